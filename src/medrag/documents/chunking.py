"""A document to passages: whole sentences, within the embedder's own token budget.

Three steps: *units* (sentences, rows, items, headings) with their token counts; the *partition* of
the units that costs least; passages filed under the section that holds all they say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate

from medrag.core.document import Document, Passage
from medrag.core.span import Span
from medrag.documents.partition import partition
from medrag.documents.units import Unit, units_of

CHUNKER_VERSION = 8
"""Grows by one whenever a document gives other passages or contexts; an index re-chunks then."""

CountTokens = Callable[[Sequence[str]], list[int]]

_SMALLEST_BUDGET = 8
_ROOM_FOR_JOINTS = 1
_MOST_CHARS = 32
"""Characters that one token may stand for: WordPiece takes a word of more than 100 for one unknown
token, so scripts without spaces between words would make passages of any length."""


def chunk(document: Document, *, count_tokens: CountTokens, max_tokens: int) -> list[Passage]:
    """Return the passages of a document, in text order.

    Every passage is the document's own slice; passages do not overlap and together hold every
    character that is not white space. No passage has more than `max_tokens`. A passage ends at
    the end of a section, else of a block, else of a sentence; only a sentence, row or item that
    is longer than the budget by itself is cut inside, after a clause or cell where there is one.
    A heading stays with what it heads, and a table's header with its first row, where both fit.
    Sections of one parent share a passage only where one of them is very short (under about 40
    tokens). `Passage.section` is the heading path common to the passage's body.

    Args:
        document: What to cut.
        count_tokens: The embedder's `count_tokens`: special tokens included.
        max_tokens: The budget, special tokens included.

    Raises:
        ValueError: `max_tokens` leaves room for fewer than eight tokens, or a single character
            does not fit.
    """
    overhead, *_ = count_tokens([""])
    if max_tokens - overhead < _SMALLEST_BUDGET:
        raise ValueError(
            f"max_tokens={max_tokens} leaves {max_tokens - overhead} tokens for text; "
            f"at least {_SMALLEST_BUDGET} are needed"
        )
    budget = max_tokens - overhead

    def measure(texts: Sequence[str]) -> list[int]:
        counts = count_tokens(texts) if texts else []
        pairs = zip(texts, counts, strict=True)
        return [max(count - overhead, len(text) // _MOST_CHARS) for text, count in pairs]

    units = units_of(document, measure=measure, budget=budget)
    groups = [units[start:end] for start, end in partition(units, budget)]
    return [_passage(document, group) for group in _fitting(document.text, groups, measure, budget)]


def _fitting(
    text: str, groups: list[list[Unit]], measure: CountTokens, budget: int
) -> list[list[Unit]]:
    """Return the groups, those split that are over budget once their words stand together.

    Joining texts adds at most the white space between them for the tokenizers in use; a group
    whose sum leaves no room for that is measured as a whole.
    """
    doubtful = [group for group in groups if _most_tokens(group) > budget]
    over = set()
    sizes = measure([text[group[0].start : group[-1].end] for group in doubtful])
    for group, size in zip(doubtful, sizes, strict=True):
        if size > budget:
            over.add(group[0].start)
    if not over:
        return groups
    split: list[list[Unit]] = []
    for group in groups:
        if group[0].start in over and len(group) > 1:
            middle = len(group) // 2
            split += _fitting(text, [group[:middle], group[middle:]], measure, budget)
        else:
            split.append(group)
    return split


def _most_tokens(group: Sequence[Unit]) -> int:
    words = sum(unit.tokens for unit in group)
    spaces = group[-1].end - group[0].start - sum(unit.end - unit.start for unit in group)
    return words + spaces + _ROOM_FOR_JOINTS * (len(group) - 1)


def _passage(document: Document, group: Sequence[Unit]) -> Passage:
    passage = Passage.cut(document, Span(start=group[0].start, end=group[-1].end))
    body = [unit for unit in group if not unit.heading] or group[-1:]
    path = _common(unit.path for unit in body)
    code = body[0].code if all(unit.code == body[0].code for unit in body) else None
    if passage.section == path and passage.section_code == code:
        return passage
    return passage.model_copy(update={"section": path, "section_code": code})


def _common(paths: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    def shared(left: tuple[str, ...], right: tuple[str, ...]) -> tuple[str, ...]:
        length = 0
        while length < min(len(left), len(right)) and left[length] == right[length]:
            length += 1
        return left[:length]

    *_, path = accumulate(paths, shared)
    return path
