"""A passage read once, for many quotations: folded text, search key, units."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from medrag.core.span import Span
from medrag.text import Normalized, normalize, segment
from medrag.text.cues import Cue, find_cues
from medrag.text.layout import BULLETS
from medrag.text.origins import counting
from medrag.text.outline import Outline, outline
from medrag.text.pages import without_pages
from medrag.text.segmentation import Unit, UnitKind
from medrag.text.tokens import FLAT_MARK

Range = tuple[int, int]

_INNER_HYPHEN = re.compile(r"-(?<=[^\W\d_]-) ?(?=[^\W\d_])")
# After a word or a sentence's point: `pain[12]`, `women¶`, `ago^1`, `print^20-28`, `visit,^21,^29`,
# `dosesᵃ`; no unit takes a power here.
_AFTER_WORD = (
    r"(?:(?<=[^\W\d_]{3}.)|(?<=[^\W\d_]{2}[.,;:)].)|(?<=[^\W\d_]\)[.,;:].))"
    r"(?<!min.)(?<!mol.)(?<!sec.)(?<!day.)"
)
MARK = re.compile(
    rf"(?:\[{_AFTER_WORD}\d{{1,3}}(?:[,-] ?\d{{1,3}})*\]"
    r"| \[(?<=[^\W\d_]{3} .)\d{1,3}(?:[,-] ?\d{1,3})*\]"
    rf"|[¶§](?<=\S.)[¶§]*|[ᵃ-ᵍᶜᶠ](?<=[^\W\d_]{{3}}.)"
    rf"|(?:(?:\^|[,-](?=\^)){_AFTER_WORD}| (?=\^)(?<=[^\W\d_]{{3}} ))\^?\d{{1,2}}(?:-\^?\d{{1,2}})?"
    r"(?:,\^\d{1,2}(?:-\^?\d{1,2})?)*)"
    rf"(?=[\s,.;:)|]|\Z)|{FLAT_MARK}"
)
"""A footnote's or a reference's mark in folded text."""


def holds(outer: Range, inner: Range) -> bool:
    """Return whether `inner` lies within `outer`."""
    return outer[0] <= inner[0] and inner[1] <= outer[1]


_INNER_BULLET = re.compile(r" [-*+] (?=[^\W\d])")
_LINE_BULLET = re.compile(rf"\n[ \t]*[-–—*+{BULLETS}](?=\s*[^\W\d])")
_OUTER_MARK = re.compile(r"(?:[^\w<>=~(+-]+|\d{1,2}(?:\.\d{1,2}){0,3}\.? (?=[^\W\d]))+")
_MARK_CHARACTER = re.compile(r"[\[¶§^ᵃ-ᵍᶜᶠ]|\.\d")


# The number of an item, where its line stands behind a lead-in, a whole item or a blank line.
_ITEM_NUMBER = re.compile(r"[:;.,][ \t]*\n\s*(?P<number>\(?\d{1,2}[.)][ \t]+)(?=[^\W\d_])")
# Lines that count from the first are items, whatever ends the line before.
_LINE_NUMBER = re.compile(r"^[ \t]*(?P<number>\(?(?P<count>\d{1,2})[.)][ \t]+)(?=\S)", re.MULTILINE)


class FoldedUnit(NamedTuple):
    """A sentence, item, row or heading, in offsets of the folded text."""

    start: int
    end: int
    kind: UnitKind
    block: int


@dataclass(slots=True)
class Reading:
    """What the gate needs to know about one passage.

    Attributes:
        text: The passage.
        paged: Whether it holds page numbers or running heads that are not in `folded`.
        folded: It, normalized; every offset below counts characters of `folded.text`.
        key: `folded.text` without the hyphens inside words (and a space after one), so that a
            word broken at its own hyphen meets the unbroken one.
        key_to_folded: For each character of `key`, its offset in `folded.text`.
    """

    text: str
    folded: Normalized
    key: str
    key_to_folded: array[int]
    paged: bool = False
    _units: list[FoldedUnit] | None = None
    _raw_units: list[Unit] = field(default_factory=list)
    _unit_starts: list[int] = field(default_factory=list)
    _lowered: str | None = None
    _unmarked: tuple[str, array[int]] | None = None
    _outline: Outline | None = None
    _cues: dict[int, list[Cue]] = field(default_factory=dict)

    @property
    def units(self) -> list[FoldedUnit]:
        """Sentences, items, rows and headings, in order; found when first asked for."""
        if self._units is None:
            found, end = list[FoldedUnit](), 0
            for unit in segment(self.text):
                start, end = trimmed_range(self.folded, unit.start, unit.end, after=end)
                if start < end:
                    found.append(FoldedUnit(start, end, unit.kind, unit.block))
                    self._raw_units.append(unit)
            self._unit_starts = [unit.start for unit in found]
            self._units = found
        return self._units

    @property
    def outline(self) -> Outline:
        """What every unit is read under, found when first asked for."""
        if self._outline is None:
            _ = self.units
            self._outline = outline(self.text, self._raw_units)
        return self._outline

    @property
    def lowered(self) -> str:
        """The folded text in lower case, character for character."""
        if self._lowered is None:
            lower = self.folded.text.lower()
            same = len(lower) == len(self.folded.text)  # `İ` becomes two characters
            self._lowered = lower if same else "".join(c.lower()[:1] for c in self.folded.text)
        return self._lowered

    def over(self, number: int) -> tuple[int, ...]:
        """Return the headings, lead-in and items that unit `number` is read under."""
        return self.outline.over[number]

    def heads(self, number: int) -> tuple[int, ...] | None:
        """Return the rows that row `number` is read under; None where they stand elsewhere."""
        return self.outline.heads(number)

    def unit_at(self, offset: int) -> int:
        """Return the number of the unit that holds the folded character at `offset`."""
        _ = self.units
        return max(0, bisect_right(self._unit_starts, offset) - 1)

    def words(self, start: int, end: int) -> str:
        """Return the source's own characters of a folded range, or "" where there are none."""
        if start >= end:
            return ""
        return self.folded.span(start, end).of(self.text)

    def without_marks(self, place: Range) -> Range:
        """Return a folded range without the section number and the marks at its ends."""
        mark = _OUTER_MARK.match(self.folded.text, *place)
        start, end = mark.end() if mark is not None else place[0], place[1]
        while end > start and not self.folded.text[end - 1].isalnum():
            end -= 1
        return (start, end) if start < end else place

    def all_over(self, number: int) -> tuple[int, ...]:
        """Return all that unit `number` can be quoted with: its heading and heads too.

        A heading with a colon leads in its own list, and none that has another lead-in.
        """
        heading, over = self.outline.heading[number], self.over(number)
        rows = (self.heads(number) or ()) if self.units[number].kind == "row" else ()
        if heading is None or (over and over[-1] > heading and self._ends_in_colon(heading)):
            return (*over, *rows)
        return (*over, *rows, heading)

    def _ends_in_colon(self, number: int) -> bool:
        return self.folded.text[self.units[number].end - 1] == ":"

    def folded_range(self, span: Span) -> Range:
        """Return the folded characters made from `span` of the passage, without outer spaces."""
        return trimmed_range(self.folded, span.start, span.end)

    def unmarked(self) -> tuple[str, array[int]]:
        """Return `key` without footnote marks and item numbers, and its way back.

        Read only where a quotation stands nowhere: so one that holds a mark must hold the
        right one.
        """
        if self._unmarked is None:
            marked = _MARK_CHARACTER.search(self.key) is not None
            marks = [m.span() for m in MARK.finditer(self.key)] if marked else []
            marks += [self._key_range(*one) for one in _item_numbers(self.text)]
            if not marks:
                self._unmarked = self.key, self.key_to_folded
                return self._unmarked
            pieces, index, done = [], array("I"), 0
            for start, end in sorted(set(marks)):
                pieces.append(self.key[done:start])
                index += self.key_to_folded[done:start]
                done = max(done, end)
            pieces.append(self.key[done:])
            index += self.key_to_folded[done:]
            self._unmarked = "".join(pieces), index
        return self._unmarked

    def _key_range(self, start: int, end: int) -> Range:
        """Return the characters of `key` made from a range of the passage."""
        ends = (bisect_left(self.folded.origin, edge) for edge in (start, end))
        first, last = (bisect_left(self.key_to_folded, edge) for edge in ends)
        return first, last

    def cues(self, number: int) -> list[Cue]:
        """Return the words of unit `number` that can turn a meaning, read once."""
        if number not in self._cues:
            unit = self.units[number]
            self._cues[number] = find_cues(self.folded.text, unit.start, unit.end)
        return self._cues[number]


def _item_numbers(text: str) -> Iterator[Range]:
    """Yield the numbers of items: behind a lead-in or a whole item, or counting from the first."""
    if "\n" not in text:
        return
    yield from (match.span("number") for match in _ITEM_NUMBER.finditer(text))
    run: list[re.Match[str]] = []
    for match in _LINE_NUMBER.finditer(text):
        if int(match["count"]) != len(run) + 1:
            run = []
        if int(match["count"]) == len(run) + 1:
            run.append(match)
        if len(run) > 1:
            yield from (one.span("number") for one in run[-2:])


@lru_cache(maxsize=64)
def read_passage(text: str) -> Reading:
    """Return `text` read for the gate, over its pages; the latest few passages are kept."""
    flow = without_pages(text)
    folded = normalize(flow)
    key, index = search_key(folded.text)
    return Reading(text, folded, key, index, paged=flow is not text)


@lru_cache(maxsize=8)
def read_as_printed(text: str) -> Reading:
    """Return `text` read for a quotation that holds a page number itself."""
    folded = normalize(text)
    key, index = search_key(folded.text)
    return Reading(text, folded, key, index)


def trimmed_range(folded: Normalized, start: int, end: int, *, after: int = 0) -> Range:
    """Return the range of `folded.text` made from `[start, end)`, without outer spaces.

    It is known to begin at `after` or behind.
    """
    origin, text = folded.origin, folded.text
    first = bisect_left(origin, start, after)
    last = bisect_left(origin, end, first)
    while first < last and text[first] == " ":
        first += 1
    while last > first and text[last - 1] == " ":
        last -= 1
    return first, last


def search_key(folded: str) -> tuple[str, array[int]]:
    """Return `folded` without hyphens inside words, and where each character came from."""
    if "-" not in folded:
        return folded, counting(0, len(folded))
    pieces: list[str] = []
    index = array("I")
    done = 0
    for match in _INNER_HYPHEN.finditer(folded):
        pieces.append(folded[done : match.start()])
        index += counting(done, match.start())
        done = match.end()
    pieces.append(folded[done:])
    index += counting(done, len(folded))
    return "".join(pieces), index


# --- Bullets of a list that is quoted on one line ------------------------------------------


def without_bullets(key: str) -> str:
    """Return the search key of a quotation without the bullets between its words."""
    return _INNER_BULLET.sub(" ", key)


def inner_bullets(key: str) -> int:
    """Return how many bullets stand between the words of a quotation."""
    return len(_INNER_BULLET.findall(key))


def line_bullets(reading: Reading, place: Range) -> int:
    """Return how many lines of the source begin with a bullet inside a folded range."""
    return len(_LINE_BULLET.findall(reading.words(*place)))
