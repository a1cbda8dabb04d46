"""What a passage is made of: sentences, rows, items and headings with their token counts."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from medrag.core.document import Document, Section
from medrag.documents.composer import CELL_SEPARATOR, ITEM_MARK
from medrag.documents.table_heads import headed_at_once
from medrag.text import sentences

Joint = Literal["section", "child", "block", "header", "line", "sentence", "inside"]
"""What lies between a unit and the one before it, from the best place to break to the worst:

`section` another section of the same parent; `child` the first subsection; `block` a blank line;
`line` another row or item; `header` the row before heads this one; `sentence`; `inside` a cut
within one sentence.
"""

_TITLE_CHARS = 80
_WORD = re.compile(r"\S+")
_CLAUSE_END = re.compile(r"[;,:)\]—–|]$")


@dataclass(frozen=True, slots=True)
class Unit:
    """One piece that is cut only when it is longer than the budget by itself.

    Attributes:
        start, end: Its characters in the document's text; both ends are not white space.
        tokens: Its length without special tokens.
        joint: What lies before it; None where no passage may span the place.
        heading: Whether it opens its section.
        leads: Whether it announces what follows (a heading, or a line that ends in a colon).
        path, code: Its section's heading path and code; the code is inherited from the nearest
            section around it that has one.
    """

    start: int
    end: int
    tokens: int
    joint: Joint | None
    heading: bool
    leads: bool
    path: tuple[str, ...]
    code: str | None


Measure = Callable[[Sequence[str]], list[int]]


def units_of(document: Document, *, measure: Measure, budget: int) -> list[Unit]:
    """Return the units of a document in text order; none is longer than `budget` tokens.

    Raises:
        ValueError: A single character has more than `budget` tokens.
    """
    text = document.text
    spans = list(_spans(document))
    counts = measure([text[start:end] for start, end in spans])
    units: list[Unit] = []
    places = _places(document.sections, [start for start, _ in spans])
    before: Unit | None = None
    headed = headed_at_once(text)
    for (start, end), tokens, (path, code, opens) in zip(spans, counts, places, strict=True):
        gap = text[before.end : start] if before else ""
        words = text[start:end]
        joint = _joint(gap, before, path, words)
        if before is not None and code != before.code and not before.heading:
            joint = None  # a boxed warning shares no passage with its neighbors
        if joint in {"line", "sentence"} and start in headed:
            joint = "header"
        leads = opens or words.endswith(":") or _is_title(words, gap, joint)
        before = Unit(start, end, tokens, joint, opens, leads, path, code)
        units.append(before)
    return list(_cut_long(text, units, measure, budget))


def _spans(document: Document) -> Iterator[tuple[int, int]]:
    """Yield sentences as (start, end), cut where a section begins or ends inside one."""
    text = document.text
    edges = sorted(
        {s.span.start for s in document.sections} | {s.span.end for s in document.sections}
    )
    for sentence in sentences(text):
        start, end = sentence.start, sentence.end
        here = bisect_right(edges, start)
        while here < len(edges) and edges[here] < end:
            yield from _trimmed(text, start, edges[here])
            start = edges[here]
            here += 1
        yield from _trimmed(text, start, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


def _places(
    sections: Sequence[Section], starts: Sequence[int]
) -> Iterator[tuple[tuple[str, ...], str | None, bool]]:
    """Yield (path, code, whether a section begins here) for every start, in one sweep."""
    ordered = sorted(sections, key=lambda s: (s.span.start, -s.span.end, len(s.path)))
    around: list[Section] = []
    following = 0
    for start in starts:
        opens = False
        while following < len(ordered) and ordered[following].span.start <= start:
            opens = ordered[following].span.start == start
            around.append(ordered[following])
            following += 1
        around = [section for section in around if section.span.end > start]
        path = around[-1].path if around else ()
        code = next((section.code for section in reversed(around) if section.code), None)
        yield path, code, opens and bool(around)


def _is_title(words: str, gap: str, joint: Joint | None) -> bool:
    """Return whether a unit looks like a heading that its format did not mark as one."""
    alone = gap.count("\n") > 1 or joint in {"section", "child"}
    short = len(words) <= _TITLE_CHARS and words[0].isupper() and words[-1].isalnum()
    return alone and short and CELL_SEPARATOR not in words


def _joint(gap: str, before: Unit | None, path: tuple[str, ...], words: str) -> Joint | None:
    if before is None:
        return None
    if path != before.path:
        return _joint_of_sections(before.path, path)
    lines = gap.count("\n")
    if lines > 1:
        return "block"
    if lines and (CELL_SEPARATOR in words or words.startswith(ITEM_MARK)):
        return "line"
    return "sentence"


def _joint_of_sections(before: tuple[str, ...], after: tuple[str, ...]) -> Joint | None:
    if after[:-1] == before:
        return "child"
    return "section" if after and before and after[:-1] == before[:-1] else None


# --- Units longer than the budget ----------------------------------------------------------


def _cut_long(text: str, units: list[Unit], measure: Measure, budget: int) -> Iterator[Unit]:
    if all(unit.tokens <= budget for unit in units):
        yield from units
        return
    for unit in units:
        if unit.tokens <= budget:
            yield unit
        else:
            yield from _pieces(text, unit, measure, budget)


def _pieces(text: str, unit: Unit, measure: Measure, budget: int) -> Iterator[Unit]:
    words = list(_short_words(text, unit.start, unit.end, measure=measure, budget=budget))
    counts = measure([text[start:end] for start, end in words])
    joint = unit.joint
    first = 0
    while first < len(words):
        last = _last_word(text, words, counts, first=first, budget=budget)
        start, end = words[first][0], words[last - 1][1]
        tokens = measure([text[start:end]])[0]
        while tokens > budget and last > first + 1:
            last = first + (last - first) // 2
            end = words[last - 1][1]
            tokens = measure([text[start:end]])[0]
        yield replace(unit, start=start, end=end, tokens=tokens, joint=joint, leads=False)
        joint, first = "inside", last


def _last_word(
    text: str, words: Sequence[tuple[int, int]], counts: Sequence[int], *, first: int, budget: int
) -> int:
    """Return the end of the words from `first` on that fit, fewer where a clause or cell ends.

    At least one word fits.
    """
    used = clause = 0
    last = first
    while last < len(words) and used + counts[last] <= budget:
        used += counts[last]
        start, end = words[last]
        last += 1
        if used * 2 > budget and _CLAUSE_END.search(text[start:end]):
            clause = last
    if last == len(words):
        return last
    return clause or max(last, first + 1)


def _short_words(
    text: str, start: int, end: int, *, measure: Measure, budget: int
) -> Iterator[tuple[int, int]]:
    """Yield words; those longer than the budget in equal parts that fit it."""
    words = [match.span() for match in _WORD.finditer(text, start, end)]
    counts = measure([text[a:b] for a, b in words])
    for (a, b), count in zip(words, counts, strict=True):
        if count <= budget:
            yield a, b
        elif b - a == 1:
            raise ValueError(f"one character has {count} tokens, the budget is {budget}")
        else:
            middle = (a + b) // 2
            yield from _short_words(text, a, middle, measure=measure, budget=budget)
            yield from _short_words(text, middle, b, measure=measure, budget=budget)
