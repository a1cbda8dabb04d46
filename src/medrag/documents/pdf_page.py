"""What stands on one PDF page, and how it travels from the child process as a few numbers.

Coordinates are PDF points from the top left corner of the page as a reader sees it; y grows
downwards.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat, starmap
from typing import Any, NamedTuple

_WORD_NUMBERS = 6
_RULE_NUMBERS = 4


class Word(NamedTuple):
    """Characters without white space between them.

    Attributes:
        left, right, top, bottom: The box of its characters' font, not of their ink.
        base: Baseline.
        size: Height of the font's box, about its nominal size.
        bold: Whether the font's name says so.
    """

    text: str
    left: float
    right: float
    top: float
    bottom: float
    base: float
    size: float
    bold: bool


class Rule(NamedTuple):
    """A straight ruled line or the edge of a filled box, horizontal or vertical."""

    left: float
    right: float
    top: float
    bottom: float

    @property
    def horizontal(self) -> bool:
        """Whether it runs from left to right."""
        return self.right - self.left > self.bottom - self.top


@dataclass(frozen=True, slots=True)
class PageContent:
    """One page before anybody has decided on a reading order.

    Attributes:
        number: Physical page, from 1.
        label: From the file's page labels; None where it has none.
        words: In the order of the file, which may be any.
        chars: How many characters the page has at any angle.
        images: How many images stand on the page.
    """

    number: int
    label: str | None
    width: float
    height: float
    words: tuple[Word, ...]
    rules: tuple[Rule, ...]
    chars: int
    images: int


@dataclass(frozen=True, slots=True)
class PackedPage:
    """A page as it travels.

    Attributes:
        about: JSON values: all but the numbers of words and rules; `texts` has the words, which
            hold no space, parted by spaces, and `bold` a 0 or 1 for each.
        numbers: 64-bit floats of this machine: six for each word (left, right, top, bottom, base,
            size, each for all words together), then four for each rule (rule by rule).
    """

    about: dict[str, Any]
    numbers: bytes


def unpacked(page: PackedPage) -> PageContent:
    """Return the page that `page` was made of."""
    about = page.about
    texts = about["texts"].split(" ") if about["texts"] else []
    count = len(texts)
    numbers = array("d", page.numbers).tolist()
    words = _words(texts, about["bold"], numbers[: _WORD_NUMBERS * count])
    flat = iter(numbers[_WORD_NUMBERS * count :])
    rules = tuple(starmap(Rule, zip(*repeat(flat, _RULE_NUMBERS), strict=True)))
    return PageContent(
        number=about["number"],
        label=about["label"],
        width=about["width"],
        height=about["height"],
        words=tuple(words),
        rules=rules,
        chars=about["chars"],
        images=about["images"],
    )


def _words(texts: Sequence[str], bold: str, numbers: Sequence[float]) -> Iterator[Word]:
    count = len(texts)
    columns = [numbers[at * count : (at + 1) * count] for at in range(_WORD_NUMBERS)]
    return starmap(Word, zip(texts, *columns, map("1".__eq__, bold), strict=True))
