"""Text that was made from another, with the way back."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from functools import lru_cache

from medrag.core.span import Span


@dataclass(frozen=True, slots=True)
class Normalized:
    """Normalized text with the way back to the original.

    Attributes:
        text: The normalized text.
        origin: For each character of `text`, the offset in the original where it begins;
            never falls. A ligature's letters share one offset. Counts of 32 bits, which copy
            in one piece.
        wide: Where more than one original character made one (a letter with its accent):
            the offset where it begins -> the offset where it ends.
    """

    text: str
    origin: array[int]
    wide: dict[int, int] = field(default_factory=dict)

    def span(self, start: int, end: int) -> Span:
        """Return the span of the original that `text[start:end]` was made from.

        Raises:
            ValueError: The range is empty or outside the text.
        """
        if not 0 <= start < end <= len(self.text):
            raise ValueError(f"[{start}, {end}) is not a range of {len(self.text)} characters")
        return Span(start=self.origin[start], end=self.end_of(end - 1))

    def end_of(self, at: int) -> int:
        """Return where what character `at` was made from ends in the original."""
        begin = self.origin[at]
        return self.wide.get(begin, begin + 1)


def counting(start: int, end: int) -> array[int]:
    """Return the numbers from `start` up to `end`, as offsets."""
    return _first_numbers(end.bit_length())[start:end]


@lru_cache(maxsize=24)
def _first_numbers(bits: int) -> array[int]:
    return array("I", range(1 << bits))


def through(mapped: Normalized, before: Normalized) -> Normalized:
    """Return `mapped`, made from the text of `before`, with the origins of the text before that."""
    origin = array("I", map(before.origin.__getitem__, mapped.origin))
    wide = dict(before.wide)
    for start, end in mapped.wide.items():
        wide[before.origin[start]] = before.end_of(end - 1)
    return Normalized(mapped.text, origin, wide)
