"""Line numbers: columns of numbers that count up in a strip of the page without other text.

A page alone cannot tell them from a table of years; that most pages have them can.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from medrag.documents.pdf_page import PageContent, Rule, Word

_LEAST_NUMBERS = 5
_SHARE_OF_LINES = 0.6  # of the lines beside them have a number
_SHARE_OF_STEPS = 0.8  # of the numbers are one more, or five more, than the one above
_MOST_DIGITS = 5
_ALIGNED = 2.0  # points
_APART = 0.5  # of the size: to other text
_BESIDE = 40.0  # points: lines begin or end no further from their numbers


def line_numbers(page: PageContent) -> tuple[Word, ...]:
    """Return the words that may be line numbers, of every column of the page."""
    numbers = [word for word in page.words if _is_number(word)]
    found: list[Word] = []
    for column in _aligned(numbers):
        step = _step(column)
        if (
            step
            and not any(map(found.__contains__, column))
            and _stands_free(column, page, step)
            and not _is_ruled(column, page.rules)
        ):
            found += column
    return tuple(found)


def without_line_numbers(
    pages: Sequence[PageContent], found: Sequence[tuple[Word, ...]]
) -> list[PageContent | None]:
    """Return each page without its line numbers; None for all where they have none.

    Args:
        pages: The pages that have text.
        found: What may be line numbers on each.

    Pages with a few lines have too few numbers to be known by themselves: theirs stand where
    those of other pages do.
    """
    if sum(map(bool, found)) * 2 <= len(pages):
        return [None] * len(pages)
    lefts = {round(word.left / _ALIGNED) for words in found for word in words}
    rights = {round(word.right / _ALIGNED) for words in found for word in words}
    sizes = {round(word.size) for words in found for word in words}
    cleaned: list[PageContent | None] = []
    for page, words in zip(pages, found, strict=True):
        dropped = set(map(id, words))
        for word in page.words:
            placed = round(word.left / _ALIGNED) in lefts or round(word.right / _ALIGNED) in rights
            if placed and _is_number(word) and round(word.size) in sizes and _is_first(word, page):
                dropped.add(id(word))
        kept = tuple(word for word in page.words if id(word) not in dropped)
        cleaned.append(replace(page, words=kept) if dropped else None)
    return cleaned


def _is_number(word: Word) -> bool:
    return word.text.isdecimal() and len(word.text) <= _MOST_DIGITS


def _is_first(number: Word, page: PageContent) -> bool:
    """Return whether all text beside a number stands on one side of it, and apart."""
    beside = [
        word
        for word in page.words
        if word is not number and number.top < word.base and word.top < number.base
    ]
    gap = number.size
    return all(word.left > number.right + gap for word in beside) or all(
        word.right < number.left - gap for word in beside
    )


def _aligned(numbers: Iterable[Word]) -> list[list[Word]]:
    """Return columns of numbers that end, or else begin, at one place; the longest first."""
    columns: list[list[Word]] = []
    for edge in ("right", "left"):
        places: defaultdict[int, list[Word]] = defaultdict(list)
        for word in numbers:
            places[round(getattr(word, edge) / _ALIGNED)].append(word)
        columns += [places[key] + places.get(key + 1, []) for key in places]
    return sorted(columns, key=len, reverse=True)


def _step(column: list[Word]) -> int:
    """Return by how much the numbers of a column rise, 1 or 5; 0 where they do neither."""
    if len(column) < _LEAST_NUMBERS:
        return 0
    values = [int(word.text) for word in sorted(column, key=lambda word: word.base)]
    for step in (1, 5):
        rising = sum(b - a == step for a, b in pairwise(values))
        if rising >= _SHARE_OF_STEPS * (len(values) - 1):
            return step
    return 0


def _stands_free(column: Sequence[Word], page: PageContent, step: int) -> bool:
    """Return whether no other text stands in the strip of the numbers, and lines beside it."""
    mine = set(map(id, column))
    top, bottom = min(w.top for w in column), max(w.bottom for w in column)
    gap = _APART * column[0].size
    left, right = min(w.left for w in column) - gap, max(w.right for w in column) + gap
    others = [w for w in page.words if id(w) not in mine and top <= w.base <= bottom]
    if not others or any(w.right > left and w.left < right for w in others):
        return False
    # Of two columns of text, only the lines of the one beside the numbers are numbered; beside
    # numbers alone they are cells.
    text = [w for w in others if not w.text.isdecimal()]
    sides = (
        [w for w in text if 0 <= w.left - right < _BESIDE],
        [w for w in text if 0 <= left - w.right < _BESIDE],
    )
    lines = min((len({round(w.base / 2) for w in side}) for side in sides if side), default=0)
    return lines > 0 and len(column) * step >= _SHARE_OF_LINES * lines


def _is_ruled(column: Sequence[Word], rules: Sequence[Rule]) -> bool:
    """Return whether a rule runs over or under the numbers: they head a table's rows."""
    left, right = min(w.left for w in column), max(w.right for w in column)
    top, bottom = min(w.top for w in column), max(w.bottom for w in column)
    near = 3 * column[0].size
    return any(
        rule.horizontal
        and rule.left < left + 1
        and rule.right > right + near
        and top - near < rule.top < bottom + near
        for rule in rules
    )
