"""What of a passage may be quoted as it stands, and with what beside it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from medrag.core.span import Span
from medrag.text.cues import turns
from medrag.text.governing import Governor, governs
from medrag.text.normalization import normalize
from medrag.text.outline import Outline, outline
from medrag.text.rows import row_cells
from medrag.text.segmentation import segment
from medrag.text.statements import is_self_contained
from medrag.text.tables import RULE

CitableKind = Literal["prose", "item", "row"]

ELLIPSIS = " … "
"""What joins the parts of one quotation that do not stand side by side."""

_HALF_WORD = re.compile(r"[^\W\d_][-\u00ad\u00ac\u2010]\s*\Z")  # the other stands elsewhere
_FEWEST_WORDS = 3
_FEWEST_LETTERS = 12  # of two words


@dataclass(frozen=True, slots=True)
class Citable:
    """One statement of a text, with what it must be read under.

    Attributes:
        kind: A sentence, a list item or a table row.
        span: The statement, whole; of an item all its sentences, and of a sentence the next
            one too where that takes it back.
        over: Headings, caption, lead-in, items it is nested in and header rows that must be
            quoted with it, in text order; empty for a sentence that stands by itself.
        notes: Footnotes of it that turn it, in text order.
    """

    kind: CitableKind
    span: Span
    over: tuple[Span, ...] = ()
    notes: tuple[Span, ...] = ()

    @property
    def parts(self) -> tuple[Span, ...]:
        """Every place to quote, in text order: what is over it, the statement, its notes."""
        return (*self.over, self.span, *self.notes)

    def quotation(self, text: str) -> str:
        """Return the parts as one quotation of `text`, the text that they were found in.

        Parts with nothing but white space between them are one slice of the text; others
        are joined by `ELLIPSIS`. The gate verifies it, also where white space is collapsed.
        """
        pieces = [text[self.parts[0].start : self.parts[0].end]]
        for before, after in pairwise(self.parts):
            gap = text[before.end : after.start]
            joint = ELLIPSIS if gap.strip() else gap
            pieces += (joint, text[after.start : after.end])
        return "".join(pieces)


def citable(text: str, heading: str = "") -> list[Citable]:
    """Return the statements of a passage that may be quoted, in text order.

    Headings, header rows and scraps are not among them; nor are rows of a table whose header
    stands elsewhere, nor the first items of a list that was parted from a `heading`, that of
    the passage's section, which turns them. A sentence that stands under several headings of
    the text comes with its heading.

    The one notion of what may be quoted that prompts, grammars and the gate share.
    """
    units = [unit for unit in segment(text) if normalize(text[unit.start : unit.end]).text]
    return _Passage(outline(text, units), heading).citable()


class _Passage:
    """The units of one passage, each looked at with what stands over it."""

    def __init__(self, read: Outline, heading: str) -> None:
        self._read = read
        self._heading = heading
        self._leading = {number for numbers in read.over for number in numbers}

    def citable(self) -> list[Citable]:
        """Return the statements, each where it has all that it must be read under."""
        found = [(number, one) for number, one in self._all() if self._says_enough(one)]
        places: defaultdict[str, list[int]] = defaultdict(list)
        for place, (_, one) in enumerate(found):
            places[" ".join(self._words(one.span).split())].append(place)
        headings = [self._read.heading[number] for number, _ in found]
        for words, same in places.items():
            if len({headings[place] for place in same}) > 1 and _leans_on_heading(words):
                for place in same:
                    number, one = found[place]
                    found[place] = (number, self._headed(one, headings[place]))
        return [one for _, one in found]

    def _all(self) -> Iterator[tuple[int, Citable]]:
        units = self._read.units
        number = 0
        while number < len(units):
            last = self._last(number)
            one = self._one(number, last)
            if one is not None:
                yield number, one
            number = last + 1

    def _last(self, number: int) -> int:
        """Return the last unit that the statement beginning at `number` takes in."""
        units, last = self._read.units, number
        if units[number].kind == "item":
            while last + 1 < len(units) and self._same_item(number, last + 1):
                last += 1
        while (taken := self._read.taken_back(last)) and taken[0] == last + 1:
            last += 1
        return last

    def _same_item(self, first: int, number: int) -> bool:
        units = self._read.units
        same = units[number].block == units[first].block
        return same and bool(self._read.over[number] or not self._read.over[first])

    def _one(self, first: int, last: int) -> Citable | None:
        units = self._read.units
        kind = units[first].kind
        if kind == "row":
            return self._row(first)
        words = self._read.words(first)
        if kind == "heading":
            if first in self._leading or not is_self_contained(words):
                return None
            kind = "prose"
        if self._is_torn(first, words) or self._read.taken_back(last):
            return None
        over: Sequence[int] = self._read.over[first]
        if kind == "prose":
            over = [number for number in over if self._governs(number, first)]
        return self._citable(kind, (first, last), over)

    def _governs(self, governor: int, number: int) -> bool:
        over = " ".join(self._read.words(governor).split())
        words = " ".join(self._read.words(number).split())
        near = self._read.is_near(governor, number)
        return governs(Governor(over, self._read.units[governor].kind, near), words, "prose")

    def _citable(
        self, kind: CitableKind, place: tuple[int, int], over: Sequence[int]
    ) -> Citable | None:
        units = self._read.units
        notes = [n for number in range(place[0], place[1] + 1) for n in self._read.notes(number)]
        if any(number <= place[1] for number in notes):
            return None  # a note before its text: no quotation can hold both in order
        span = Span(start=units[place[0]].start, end=units[place[1]].end)
        return Citable(kind, span, self._spans(over), self._spans(notes))

    def _row(self, number: int) -> Citable | None:
        words = self._read.words(number)
        heads = self._read.heads(number)
        filled = [cell for cell in row_cells(words) if cell]
        if heads is None or RULE.match(words) or self._is_header(number):
            return None
        if len(filled) < 2 and not heads:
            return None
        if self._read.taken_back(number):
            return None
        over = (*self._read.over[number], *heads)
        return self._citable("row", (number, number), over)

    def _is_header(self, number: int) -> bool:
        """Return whether the row heads the columns of a row under it."""
        following = number + 1
        while following < len(self._read.units) and self._read.units[following].kind == "row":
            heads = self._read.heads(following)
            if heads:
                return number in heads and number < following and not self._read.heads(number)
            following += 1
        return False

    def _is_torn(self, number: int, words: str) -> bool:
        """Return whether a fragment begins the passage whose section's heading turns it."""
        if not self._heading or self._read.over[number] or is_self_contained(words):
            return False
        kinds = {unit.kind for unit in self._read.units[: number + 1]}
        return len(kinds) == 1 and turns(self._heading)

    def _says_enough(self, one: Citable) -> bool:
        span = one.span
        before = self._read.text[max(0, span.start - 12) : span.start]
        if _HALF_WORD.search(before) or _HALF_WORD.search(self._words(span)[-2:]):
            return False
        words = self._words(span).split()
        letters = sum(char.isalpha() for word in words for char in word)
        if one.over and one.kind != "prose":
            return letters > 0
        return len(words) >= _FEWEST_WORDS or (len(words) > 1 and letters >= _FEWEST_LETTERS)

    def _headed(self, one: Citable, heading: int | None) -> Citable:
        if heading is None:
            return one
        (span,) = self._spans((heading,))
        return one if span in one.over else replace(one, over=(span, *one.over))

    def _spans(self, numbers: Sequence[int]) -> tuple[Span, ...]:
        return tuple(self._read.units[number].span for number in sorted(set(numbers)))

    def _words(self, span: Span) -> str:
        return self._read.text[span.start : span.end]


def _leans_on_heading(words: str) -> bool:
    """Return whether a statement that stands twice may be about what its heading names."""
    return any(char.isdigit() for char in words) or not is_self_contained(words)
