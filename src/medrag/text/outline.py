"""What each sentence, item and row of a text is read under: headings, lead-ins, table heads."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from medrag.text.cues import turns
from medrag.text.segmentation import Unit, without_emphasis
from medrag.text.statements import (
    forbids,
    is_closed,
    is_fragment,
    is_self_contained,
    keeps_from,
    limits,
    limits_at_once,
    points_forward,
    takes_back,
)
from medrag.text.tables import Heads, read_table

_POINTS_DOWN = re.compile(r"\b(?:following|below|these|any of|as follows)\b", re.IGNORECASE)
_ANSWER = re.compile(r"\W*(?:yes|no)\b[,.;:!–—-]?", re.IGNORECASE)
_CASE_ASKED = re.compile(r"\W*(?!(?:wh\w+|how)\b)[^?]{1,60}\?\Z", re.IGNORECASE)  # `Pregnant?`
_CAPITALS = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})*\.?\s+)?(?:[A-Z][A-Z,&-]+\s+)*[A-Z]{6,}\b")
_OF_A_TABLE = re.compile(r"\W*(?:this|these|those|the (?:above|foregoing)|except|unless)", re.I)
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")
_SECTION_NUMBER = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,3})\.?[ \t]")
_MARK = re.compile(r"(?:[^\w\s(]+|\(?(?:\d+|[a-zA-Z]{1,4})[.)]|o(?=\s))")
_NOTE_MARK = re.compile(
    r"(?<=[^\s|*])([*†‡§¶#]{1,3}|[¹²³⁴-⁹]{1,2}(?<=[^\W\d].)(?!\w)|[ᵃ-ᵍᶜᶠ]|\^[a-z\d](?!\w)"
    r"|\[\d{1,2}\](?!\w)|(?: ?\((?:\d{1,2}|[a-z])\)|\b[a-z]\))(?=[\s.,;|]|\Z))"
)
_EMPHASIS = re.compile(r"(?<!\S)\*+(?=\w)")  # the stars of markdown are no marks
_MOST_NOTES = 4
_LONG_LIST = 60  # items after which the sentence behind a list is not looked for
_LONGEST_TITLE = 60  # characters
_MOST_HEADINGS = 6
_DEEPEST = 5  # items around an item
_REACH = 6  # units between a heading without rank and a list without a heading


@dataclass(slots=True)
class Outline:
    """The units of a text with what stands over each.

    Attributes:
        over: For each unit the numbers of the headings, the lead-in, the caption and the items
            that it is read under, outermost first.
        heading: For each unit the nearest heading above it, however far; None where none is.
    """

    text: str
    units: Sequence[Unit]
    over: list[tuple[int, ...]]
    heading: list[int | None]
    _tables: dict[int, Heads | None] = field(default_factory=dict)
    _starts: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._starts = [unit.start for unit in self.units]

    def words(self, number: int) -> str:
        """Return unit `number` as it stands in the text."""
        unit = self.units[number]
        return self.text[unit.start : unit.end]

    def heads(self, number: int) -> Heads | None:
        """Return the rows that row `number` must be read under; see `tables.read_table`."""
        if number not in self._tables:
            first = last = number
            while first and self._joined(first):
                first -= 1
            while last + 1 < len(self.units) and self._joined(last + 1):
                last += 1
            table = read_table([self.words(row) for row in range(first, last + 1)])
            for row, heads in enumerate(table, start=first):
                moved = None if heads is None else tuple(first + head for head in heads)
                self._tables[row] = moved
        return self._tables[number]

    def is_near(self, governor: int, number: int) -> bool:
        """Return whether nothing but headings and items stands between the two units."""
        return all(unit.kind in {"heading", "item"} for unit in self.units[governor + 1 : number])

    def notes(self, number: int) -> tuple[int, ...]:
        """Return the footnotes of unit `number`: lines that begin with a mark that stands in it.

        Only those that turn what they are about (`* Not in children`).
        """
        words = self.words(number)
        marks = dict.fromkeys(match[1] for match in _NOTE_MARK.finditer(words))
        if _EMPHASIS.search(words):
            marks = {mark: None for mark in marks if "*" not in mark}
        found: list[int] = []
        for mark in list(marks)[:_MOST_NOTES]:
            for match in _note_line(mark.strip(" ^")).finditer(self.text):
                note = bisect_right(self._starts, match.end() - 1) - 1
                if note == number or note < 0 or not turns(self.words(note)):
                    continue
                said = self.text[match.end() : self.units[note].end]
                if match["own"] or (note > number and limits_at_once(said)):
                    found.append(note)
        return tuple(dict.fromkeys(found))

    def taken_back(self, number: int) -> tuple[int, str] | None:
        """Return the sentence that takes back unit `number` and its words that do so.

        It is the next sentence of the paragraph, the first of the next paragraph, or the first
        after the list or the table.
        """
        units, kind, following = self.units, self.units[number].kind, number + 1
        while (
            following < min(len(units), number + _LONG_LIST)
            and kind in {"item", "row"}
            and units[following].kind == kind
            and units[following].block != units[number].block
        ):
            following += 1
        if kind == "heading" or following >= len(units):
            return None
        if units[following].kind in {"row", "heading"}:
            return None
        said = " ".join(self.words(following).split())
        near = units[following].block == units[number].block or said[:1].islower()
        words = takes_back(said, near=near)
        if not words and units[following].block == units[number].block and limits(said):
            words = said
        if kind == "row" and not _OF_A_TABLE.match(words):
            return None
        return (following, words) if words else None

    def leaned_on(self, number: int) -> int | None:
        """Return what a fragment at unit `number` of prose goes on from; None where nothing.

        A list that lost its lines goes on from a sentence that forbids, through fragments (`...
        is contraindicated in patients with gout. Women who are pregnant.`), or stands in a
        section whose title in capitals was run into its first sentence.
        """
        among = True  # fragments
        for above in range(number, max(-1, number - _LONG_LIST), -1):
            if self.units[above].kind != "prose":
                return None
            words = self.words(above)
            title = _CAPITALS.match(words)
            if title is not None:
                return above if above < number and forbids(title.group()) else None
            if above < number and among:
                said = " ".join(words.split())
                if keeps_from(said):
                    return above
                among = is_fragment(said)
        return None

    def _joined(self, number: int) -> bool:
        """Return whether unit `number` is a row of the same table as the unit before it."""
        above, unit = self.units[number - 1], self.units[number]
        if unit.kind != "row" or above.kind != "row":
            return False
        return not _BLANK_LINE.search(self.text, above.end, unit.start)


@lru_cache(maxsize=256)
def _note_line(mark: str) -> re.Pattern[str]:
    """Return what finds the lines that begin with a footnote's mark.

    One that numbers and lists begin with as well (`1`, `(a)`, `#`) is not in the group `own`.
    """
    plain = unicodedata.normalize("NFKC", mark)
    own = (
        r"(?P<own>(?!))"
        if mark == plain and mark[0] not in "*†‡§¶"
        else rf"(?P<own>{re.escape(mark)})[ \t]*"
    )
    other = rf"\^?{re.escape(plain)}(?:[.)]?[ \t]+|(?<=[\])#])[ \t]*)"
    return re.compile(rf"(?m)^[ \t|]*(?:{own}|{other})(?=[^\W\d_])")


def outline(text: str, units: Sequence[Unit]) -> Outline:
    """Return what every unit of `text` is read under; linear in the number of units.

    For an item: headings that forbid, at any distance; the headings and the lead-in right
    above its list; the items that it is nested in. For a row the headings and the caption
    above its table. For prose the headings right above its paragraph.
    """
    return _Sweep(text, units).outline()


class _Sweep:
    """One pass over the units, top to bottom."""

    def __init__(self, text: str, units: Sequence[Unit]) -> None:
        self._text = text
        self._units = units
        self._stack: list[tuple[_Rank, int]] = []  # the headings around, outermost first
        self._run: tuple[int, ...] = ()  # headings in an unbroken row above
        self._base: tuple[int, ...] = ()  # over the open list, table or paragraph
        self._items: list[tuple[str, int, int]] = []  # (mark, indent, number) of open items

    def outline(self) -> Outline:
        """Return the outline."""
        over: list[tuple[int, ...]] = []
        heading: list[int | None] = []
        for number, unit in enumerate(self._units):
            heading.append(self._stack[-1][1] if self._stack else None)
            over.append(self._over(number, unit))
        return Outline(self._text, self._units, over, heading)

    def _over(self, number: int, unit: Unit) -> tuple[int, ...]:
        above = self._units[number - 1] if number else None
        if unit.kind == "heading":
            self._run = self._run if above is not None and above.kind == "heading" else ()
            over, self._run = self._run, (*self._run, number)[-_MOST_HEADINGS:]
            self._push(number)
            return over
        opens = above is None or above.kind != unit.kind
        if unit.kind == "prose":
            if opens or (above is not None and above.block != unit.block):
                headed = above is not None and above.kind == "heading"
                self._base = self._run if headed else self._far_prose(number)
            return self._base or self._announced(number)
        if opens:
            self._base = self._led_in(number)
            self._items = []
        if unit.kind == "row":
            return self._base
        return self._over_item(number)

    def _announced(self, number: int) -> tuple[int, ...]:
        """Return the sentence before, where it is a question, a title or points at this one."""
        if not number or self._units[number - 1].kind != "prose":
            return ()
        before = self._words(number - 1)
        if before.endswith("?"):
            asked = _CASE_ASKED.match(before) is not None and not is_self_contained(before)
            announces = asked or bool(_ANSWER.match(self._words(number)))
        else:
            announces = "follow" in before and points_forward(before)
            if self._units[number - 1].block == self._units[number].block:
                announces = announces or _is_title(before)
        return (number - 1,) if announces else ()

    def _push(self, number: int) -> None:
        rank = _rank(self._words(number))
        while self._stack and not _encloses(self._stack[-1][0], rank):
            self._stack.pop()
        self._stack.append((rank, number))

    def _led_in(self, number: int) -> tuple[int, ...]:
        """Return what a list or table that begins at unit `number` is read under."""
        near: tuple[int, ...] = ()
        if number:
            above = self._units[number - 1]
            words = self._words(number - 1)
            if above.kind == "heading":
                near = self._run[-3:]
            elif above.kind == "prose" and _leads(words):
                near = (*self._base[-2:], number - 1)
            elif above.kind == "item" and words.endswith(":"):
                near = (number - 1,)
        return (*self._far(number, near), *near)

    def _far(self, number: int, near: tuple[int, ...]) -> tuple[int, ...]:
        """Return the forbidding headings around a list that do not stand right above it.

        Where the headings are ranked (numbers, `##`) their ranks tell what lies within what;
        else a heading reaches a list that has none of its own, over a few sentences.
        """
        ranked = bool(near) and _rank(self._words(near[-1]))[0] in {"#", "1"}
        headed = any(
            self._units[n].kind == "heading" and not self._words(n).endswith(":") for n in near
        )
        if self._units[number].kind == "row" and not ranked:
            return ()
        return tuple(
            n
            for _, n in self._stack
            if n not in near
            and (ranked or (not headed and number - n <= _REACH))
            and not self._words(n).endswith(":")
            and forbids(self._words(n))
        )

    def _far_prose(self, number: int) -> tuple[int, ...]:
        """Return the forbidding heading over a paragraph after others (`Contraindications`)."""
        for above in range(number - 1, max(-1, number - _REACH), -1):
            kind, words = self._units[above].kind, self._words(above)
            if kind == "heading":
                return (above,) if forbids(words) and not words.endswith(":") else ()
            if kind != "prose":
                return ()
        return ()

    def _words(self, number: int) -> str:
        unit = self._units[number]
        return without_emphasis(self._text[unit.start : unit.end])

    def _over_item(self, number: int) -> tuple[int, ...]:
        if _runs_on(self._text, self._units, number):
            return ()
        unit = self._units[number]
        if number and self._units[number - 1].block == unit.block:
            own, self._items[-1] = self._items[-1], (*self._items[-1][:2], number)
            if not self._words(number).endswith(":"):  # a later sentence leads in, or none does
                self._items[-1] = own
            return (*self._base, *(item for _, _, item in self._items[:-1]))
        mark, indent = _marker(self._text, unit.start)
        if not self._words(number - 1).endswith(":") or not self._items:
            self._close_items(mark, indent)
        del self._items[:-_DEEPEST]
        parents = tuple(item for _, _, item in self._items)
        self._items.append((mark, indent, number))
        return (*self._base, *parents)

    def _close_items(self, mark: str, indent: int) -> None:
        """Forget the open items that the next one is not nested in."""
        for place in reversed(range(len(self._items))):
            other, before, _ = self._items[place]
            if indent < before - 1:
                del self._items[place:]
            elif mark == other and indent <= before + 1:
                del self._items[place:]
                return


_Rank = tuple[Literal["#", "1", "A", "a"], str]


def _rank(heading: str) -> _Rank:
    """Return how a heading is ranked: by `#`, by its number, by capitals, or not; and where."""
    if heading.startswith("#"):
        return "#", heading[: len(heading) - len(heading.lstrip("#"))]
    number = _SECTION_NUMBER.match(heading)
    if number:
        return "1", number[1] + "."
    return ("A", "") if heading.isupper() else ("a", "")


def _encloses(outer: _Rank, inner: _Rank) -> bool:
    """Return whether a section under `inner` lies within the one under `outer`."""
    if outer[0] == inner[0]:
        return inner[1] != outer[1] and inner[1].startswith(outer[1])
    return outer[0] == "#" or inner[0] == "a"


def _is_title(words: str) -> bool:
    """Return whether a sentence is but a title that forbids (`Contraindications.`)."""
    short = len(words) <= _LONGEST_TITLE and len(words.split()) <= 4
    return short and forbids(words) and not is_self_contained(words)


def _leads(words: str) -> bool:
    """Return whether a sentence announces the list or table after it."""
    if words.endswith((":", "?")) or not is_closed(words) or _POINTS_DOWN.search(words):
        return True
    return len(words) <= _LONGEST_TITLE and turns(words) and not is_self_contained(words)


def _marker(text: str, at: int) -> tuple[str, int]:
    """Return the sort of mark that an item's line begins with, and how far it is indented."""
    before = text[max(0, at - 24) : at].rsplit("\n", 1)[-1]
    indent = 0 if before.strip() else len(before)
    match = _MARK.match(text, at, at + 8)
    if match is None:
        return "", indent
    return re.sub(r"[a-zA-Z]+", "a", re.sub(r"\d+", "1", match[0])), indent


def _runs_on(text: str, units: Sequence[Unit], number: int) -> bool:
    """Return whether this sentence sticks to an item of a list that lost its lines.

    In flattened labels nothing but the next bullet ends an item, so that whole paragraphs
    stick to the last item: sentences after the second of an inline item are not its own,
    nor is the second where no further item follows.
    """
    block = units[number].block
    first = number
    while first and number - first < 3 and units[first - 1].block == block:
        first -= 1
    if first == number:
        return False
    after = number + 1
    while after < len(units) and after - first < 3 and units[after].block == block:
        after += 1
    is_last = after >= len(units) or units[after].kind != "item"
    return (after - first > 2 or is_last) and _is_inline(text, units[first].start)


def _is_inline(text: str, at: int) -> bool:
    """Return whether words stand before the place `at` on its line."""
    line = text[max(0, at - 80) : at].rsplit("\n", 1)[-1]
    return any(char.isalnum() for char in line)
