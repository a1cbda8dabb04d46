"""The order in which a quotation lists its steps: "(1) flush the line; (2) connect the syringe".

Only what is numbered, or joined by "then", is in an order; a list of things to do is in none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

_NUMBER = re.compile(
    r"(?:(?<=\A)|(?<=[\s(]))(?:step )?\(?(?P<n>[1-9]|[a-h])[.):]\s+(?=[A-Za-z])", re.IGNORECASE
)
_THEN = re.compile(
    r"(?:[,;.]\s*)?(?:\band )?\b(?:then|next|finally|lastly|thereafter|afterwards)\b,?\s", re.I
)
_SENTENCE = re.compile(r"(?<=[a-z\d)])[.](?=\s+[A-Z]|\Z)|\n")
_FEWEST = 2
_MOST = 12
"""Steps of one list that are looked at."""


@lru_cache(maxsize=256)
def steps(text: str) -> tuple[tuple[tuple[int, int], ...], ...]:
    """Return the (start, end) of the steps of each ordered list in `text`, in their order."""
    lists = [one for one in (_numbered(text), *_joined(text)) if len(one) >= _FEWEST]
    return tuple(tuple(one[:_MOST]) for one in lists)


def _numbered(text: str) -> list[tuple[int, int]]:
    """Return what stands behind 1, 2, 3 (or a, b, c), each up to the next or a sentence's end."""
    marks = list(_NUMBER.finditer(text))
    labels = [mark["n"].lower() for mark in marks]
    first = ord(labels[0]) if labels else 0
    if labels[:1] not in (["1"], ["a"]) or labels != [chr(first + n) for n in range(len(labels))]:
        return []
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    last = _SENTENCE.search(text, marks[-1].end())
    ends[-1] = last.start() if last else len(text)
    return [(mark.end(), end) for mark, end in zip(marks, ends, strict=True)]


def _joined(text: str) -> Iterator[list[tuple[int, int]]]:
    """Yield the parts of each sentence that "then" joins, where it does so more than once."""
    start = 0
    for stop in [*(match.start() for match in _SENTENCE.finditer(text)), len(text)]:
        marks = list(_THEN.finditer(text, start, stop))
        if len(marks) >= _FEWEST:
            starts = [start, *(mark.end() for mark in marks)]
            ends = [*(mark.start() for mark in marks), stop]
            yield list(zip(starts, ends, strict=True))
        start = stop
