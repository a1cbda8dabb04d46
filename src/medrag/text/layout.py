"""What lines are by their shape alone: items without marks, rows of tables without rules.

Text taken from pages and from XML has lost its bullets and its rules, but not its line ends.
A line end that nothing forced (the next word would have fitted) parts two things; one that the
width of the page forced parts nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal

BULLETS = "•●○■□▪▫◦‣⁃◆❖►▶➢➤\uf0b7\uf0a7"
"""Signs that begin an item and nothing else; the last two are those of a symbol font."""

Shape = Literal["item", "row", "prose", "heading"]
Line = tuple[int, int]

CLOSED = re.compile(r"[.!?;,:][\"'”’)\]]*(?:\s?\[[^\[\]]{1,40}\])?\Z")
SMALL_WORDS = frozenset({
    "a", "an", "and", "are", "as", "at", "be", "been", "but", "by", "can", "for", "from", "has",
    "have", "if", "in", "into", "is", "may", "more", "not", "of", "on", "or", "should", "than",
    "that", "the", "their", "these", "this", "to", "was", "were", "when", "where", "which",
    "while", "who", "will", "with"
})  # fmt: skip
_GOES_ON = SMALL_WORDS - {"and", "or"}
_COMPARES_LAST = re.compile(r"[<>≤≥⩽⩾=±~≈+×/(\[]\Z")
_AWAITS_NUMBER = re.compile(
    r"\b(?:at (?:least|most)|about|around|approximately|nearly|almost|within|over|under|above|below"
    r"|beyond|per|every|after|before|until|between|exceed(?:s|ed|ing)?|less|greater|fewer|only"
    r"|max(?:imum|\.)?|minimum|last|first|next|another|n[o.°]|part|grade|stage|class|type|day|week"
    r"|month|year|age|table|figure|section)\Z",
    re.IGNORECASE,
)
_HEADING_WORDS = 3  # `Age` over numbers heads them

_MARKED = re.compile(r"[^\w\s(\[<>≤≥±~\"'“‘%+.]|\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{1,4})[.)]\s|\||o\s")
_ITEM_ENDED = re.compile(r"(?:[;.,)\]]|\b(?:and|or))\Z")
CAPTION = re.compile(r"Table\s+\w{1,4}[.:]?\s", re.IGNORECASE)
_VALUE = re.compile(
    r"[<>≤≥~±=]?\(?[<>≤≥~±=]?\d[\d.,]*(?:[-–/]\d[\d.,]*)?%?\)?[,;]?[*†‡§¶a-e]?|N/?[AR]|NE|[-–—]"
)
_BESIDE_VALUE = frozenset({"to", "mg", "mcg", "g", "kg", "ml", "mL", "%", "n", "=", "±"})
_LAST_BRACKET = re.compile(r"\s\([^()]*\)\Z")
_WIDE = 0.8  # of the width: a line that ends before it was not broken by the page's edge
_NARROWEST = 36  # characters: no page is set in shorter lines than these
_LONGEST_ROW = 300
_LONGEST_LEAD = 90  # characters

_GAP = re.compile(r"(?<=\S)[ \u00a0]{2,}(?=\S)")  # between the cells of a table set with spaces
_WIDE_GAP = 3
_LONGEST_SPACED_CELL = 80
_MARK_ALONE = re.compile(r"(?:[^\w\s]+|\(?(?:\d{1,2}(?:\.\d{1,2})*|[a-zA-Z]|[ivx]{1,4})[.)]?)\Z")


def shapes(text: str, lines: Sequence[Line]) -> dict[int, Shape]:
    """Return what the unmarked lines are that begin a unit, by their numbers.

    Lines are (start, end), trimmed; empty for a blank one. Linear in the length of `text`.
    """
    found: dict[int, Shape] = dict.fromkeys(_spaced_rows(text, lines), "row")
    width = max((end - start for start, end in lines), default=0)
    for run in _runs(text, lines, found):
        words = [text[slice(*lines[number])] for number in run]
        above = text[slice(*lines[run[0] - 1])] if run[0] else ""
        below = _right_below(text, lines[run[-1] + 1 : run[-1] + 3])
        for place, shape in _Run(words, width, above, below).shapes().items():
            found[run[place]] = shape
    return found


def _runs(text: str, lines: Sequence[Line], rows: dict[int, Shape]) -> Iterator[list[int]]:
    """Yield the numbers of unmarked lines that follow each other."""
    run: list[int] = []
    for number, (start, end) in enumerate([*lines, (0, 0)]):
        plain = start < end and number not in rows and not _is_marked(text, start, end)
        if plain:
            run.append(number)
            continue
        if run:
            yield run
        run = []


def _right_below(text: str, lines: Sequence[Line]) -> str:
    """Return the first of two lines; the second where nothing but a bullet's begin parts them."""
    if len(lines) > 1 and "\n" not in text[lines[0][0] : lines[1][0]]:
        return text[slice(*lines[1])]
    return text[slice(*lines[0])] if lines else ""


def _is_marked(text: str, start: int, end: int) -> bool:
    return bool(_MARKED.match(text, start, end)) or text.find("\t", start, end) >= 0


class _Run:
    """Unmarked lines one under the other."""

    def __init__(self, lines: Sequence[str], width: int, above: str, below: str) -> None:
        self._lines = lines
        self._width = width
        self._above = above  # the marked line right above, or ""
        self._below = below

    def shapes(self) -> dict[int, Shape]:
        """Return what the lines are that begin a unit, by their places in the run."""
        found: dict[int, Shape] = {}
        at = 0
        while at < len(self._lines):
            if self._lines[at].endswith(":"):
                stop = self._list(at + 1, found)
            elif CAPTION.match(self._lines[at]) and not self._lines[at].endswith("."):
                stop = self._captioned(at + 1, found)
            else:
                stop = self._valued(at, found)
            if stop <= at + 1:
                if at not in found and self._parted(at):
                    found[at] = "heading" if self._is_between(at) else "prose"
                stop = at + 1
            at = stop
        return found

    def _list(self, first: int, found: dict[int, Shape]) -> int:
        """Add the items of a list that begins here; return where it ends."""
        lines, stop = self._lines, first
        starts: list[int] = []
        while stop < len(lines) and not lines[stop].endswith(":"):
            if starts and self._ends_list(lines[first], lines[stop]):
                break
            if not starts or self._is_item(stop, first):
                starts.append(stop)
            stop += 1
        if len(starts) < 2 and not self._are_short(first, stop):
            return first
        if self._are_short(first, stop):
            starts = list(range(first, stop))
        found.update(dict.fromkeys(starts, "item"))
        if stop < len(lines):
            found[stop] = "prose"
        return stop

    def _are_short(self, first: int, stop: int) -> bool:
        """Return whether the lines are two or more fragments, none broken off or closed."""
        return stop - first > 1 and all(_is_fragment(line) for line in self._lines[first:stop])

    def _ends_list(self, item: str, line: str) -> bool:
        """Return whether a whole sentence follows the fragments of a list."""
        return item[0].islower() and line[0].isupper() and line.endswith(".")

    def _is_item(self, at: int, first: int) -> bool:
        """Return whether line `at` begins an item of the list whose first item is known."""
        before, line = self._lines[at - 1], self._lines[at]
        if _goes_on(before):
            return False
        room = self._room(at)
        if room <= _WIDE * self._width or (line[0].isupper() and self._lines[first][0].isupper()):
            return True
        return room <= self._width and bool(_ITEM_ENDED.search(before) or line[0].isupper())

    def _captioned(self, first: int, found: dict[int, Shape]) -> int:
        """Add the rows of a table that begins under its caption; return where it ends."""
        stop, starts = first, list[int]()
        while stop < len(self._lines) and len(self._lines[stop]) <= _LONGEST_ROW:
            line = self._lines[stop]
            begins = has_values(line) or not (line[0].islower() or _goes_on(self._lines[stop - 1]))
            if not starts or begins:
                starts.append(stop)
            stop += 1
        valued = sum(any(c.isdigit() for c in self._lines[n]) for n in starts)
        if len(starts) < 2 or 2 * valued < len(starts):
            return first
        found.update(dict.fromkeys(starts, "row"))
        return stop

    def _valued(self, first: int, found: dict[int, Shape]) -> int:
        """Add the rows of a table known by the values at the ends of its lines."""
        lines, stop = self._lines, first
        begin = first if has_values(lines[first]) else first + 1
        stop = begin
        while stop < len(lines) and has_values(lines[stop]):
            stop += 1
        if stop - begin < 2:
            return first
        headed = begin > first and not CLOSED.search(lines[first])
        found.update(dict.fromkeys(range(first if headed else begin, stop), "row"))
        return stop

    def _parted(self, at: int) -> bool:
        """Return whether a line begins anew though nothing marks it."""
        before, line = self._lines[at - 1] if at else self._above, self._lines[at]
        if not before or _goes_on(before) or before.endswith((",", "and", "or", "-")):
            return False
        if line[0].isdigit() and awaits_number(before):
            return False
        leads_in = line[0].isupper() and (line.endswith(":") or self._is_between(at))
        width = max(self._width, _NARROWEST) if leads_in else _WIDE * self._width
        fits = self._room(at) <= width
        return fits and (line[0].isupper() or line[0].isdigit())

    def _is_between(self, at: int) -> bool:
        """Return whether a line stands open between two items, as what leads in the second."""
        items = self._above[:1] not in {"", "#", "|"} and self._below[:1] not in {"", "#", "|"}
        last = items and at + 1 == len(self._lines)
        return last and len(self._lines[at]) <= _LONGEST_LEAD and not _ends(self._lines[at])

    def _room(self, at: int) -> int:
        """Return how long the line before would be with the first word of this one."""
        before = self._lines[at - 1] if at else self._above
        return len(before) + 1 + len(self._lines[at].split(maxsplit=1)[0])


def _ends(line: str) -> bool:
    return CLOSED.search(line) is not None and not line.endswith(":")


def _goes_on(line: str) -> bool:
    return line.endswith("-") or line.rsplit(maxsplit=1)[-1].lower() in _GOES_ON


def awaits_number(line: str) -> bool:
    """Return whether a number at the head of the next line goes on from this one."""
    if _COMPARES_LAST.search(line):
        return True
    if line.count(" ") < _HEADING_WORDS:
        return False
    return _goes_on(line) or _AWAITS_NUMBER.search(line) is not None


def _is_fragment(line: str) -> bool:
    words = line.split()
    return (
        len(line) <= 70
        and len(words) <= 10
        and line[0].isalnum()
        and not CLOSED.search(line)
        and words[-1].lower() not in SMALL_WORDS
    )


def has_values(line: str) -> bool:
    """Return whether a line is a label with two values or more behind it."""
    if not (line[-1].isdigit() or line[-1] in "%)*†‡§¶–—-AERgLln") or len(line) > _LONGEST_ROW:
        return False
    words = _LAST_BRACKET.sub("", line).split()
    values = 0
    while len(words) > 1:
        if _VALUE.fullmatch(words[-1]):
            values += 1
        elif words[-1] not in _BESIDE_VALUE:
            break
        words.pop()
    return values >= 2 and any(char.isalpha() or char.isdigit() for word in words for char in word)


# --- Columns set with spaces ---------------------------------------------------------------


def _spaced_rows(text: str, lines: Sequence[Line]) -> set[int]:
    """Return the numbers of the lines that are rows of a table set with spaces alone.

    Two or more lines in a row of short cells, with a column in common: one begins or ends
    where one of the line above does, or all are parted by wide gaps and as many.
    """
    found: set[int] = set()
    if "  " not in text:
        return found
    rows = [_cell_edges(text, start, end) for start, end in lines]
    for number, (above, row) in enumerate(pairwise(rows)):
        aligned = any(edge + shift in above for edge in row for shift in (-1, 0, 1))
        if aligned or (row and len(above) == len(row)):
            found.update((number, number + 1))
    return found


def _cell_edges(text: str, start: int, end: int) -> set[int]:
    """Return the columns where cells after the first begin and end; empty for a line of prose."""
    gaps = [m.span() for m in _GAP.finditer(text, start, end)] if end - start < _LONGEST_ROW else []
    if not gaps or text.find("|", start, end) >= 0 or text.find("\t", start, end) >= 0:
        return set()
    bounds = [start, *(edge for gap in gaps for edge in gap), end]
    cells = list(zip(bounds[::2], bounds[1::2], strict=True))
    wide = max(b - a for a, b in gaps) >= _WIDE_GAP
    short = all(b - a <= _LONGEST_SPACED_CELL for a, b in cells[:-1])
    listed = len(cells) == 2 and _MARK_ALONE.match(text, *cells[0])
    if not (wide and short) or listed or CLOSED.search(text, start, gaps[0][0]):
        return set()
    left = text.rfind("\n", max(0, start - _LONGEST_ROW), start) + 1
    return {edge - left for cell in cells[1:] for edge in cell}
