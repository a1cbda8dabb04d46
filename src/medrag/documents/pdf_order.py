"""The order in which a page is read: columns, and what spans them.

A gutter is where a vertical line crosses few fragments and has many on both sides. What crosses
it (titles, tables, wide figures) parts the page into zones; in a zone the left side is read before
the right one, and each side is searched for gutters again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from medrag.documents.pdf_lines import Fragment, merged, reads_from_the_right
from medrag.documents.pdf_open_tables import find_open_tables
from medrag.documents.pdf_tables import Table, stands_under

_STEP = 2.0  # points between the places where a gutter is looked for
_LEAST_LINES = 2  # on each side of a gutter
_LEAST_LINES_BEGUN = 3  # that begin where a column begins
_LEAST_PARTED = 3  # lines that a gutter must part, on its poorer side or over several zones
_CENTERED = 0.08  # of the region's width: a gutter in the middle needs fewer lines to be believed
_MARGIN = 0.12  # of the region's width: no gutter nearer to its edges
_FEW_LINES = 3
_PROSE_OF_FEW = 0.7
_PROSE = 0.45  # of the column's width: lines of running text are longer, cells and labels shorter
_LEAST_CHARS = 12  # in half of a column's lines
_GUTTER = 4.0  # of the size: wider spaces stand between cells
_RAGGED = 4.0  # of the size: lines of text that are not justified end this far apart
_INDENT = 30.0  # points: the usual lines of a column stand no further in than its title
_MAX_DEPTH = 6


@dataclass(frozen=True, slots=True)
class Column:
    """Lines that are read one after another, top to bottom."""

    lines: tuple[Fragment, ...]


Piece = Column | Table
"""What a page is read as, in order."""


def reading_order(fragments: Sequence[Fragment], tables: Sequence[Table]) -> list[Piece]:
    """Return columns and tables in reading order; every fragment outside tables stands in one."""
    free = [f for f in fragments if not any(_inside(f, table) for table in tables)]
    return _ordered(free, list(tables), 0)


def _inside(fragment: Fragment, table: Table) -> bool:
    middle = (fragment.left + fragment.right) / 2
    return (
        table.left - 3 <= middle <= table.right + 3
        and stands_under(table.top, fragment)
        and fragment.base <= table.bottom + 2
    )


def _ordered(fragments: list[Fragment], tables: list[Table], depth: int) -> list[Piece]:
    gutter = _gutter(fragments, tables) if depth < _MAX_DEPTH else None
    if gutter is None:
        found = find_open_tables(fragments, tables)
        free = [f for f in fragments if not any(_inside(f, table) for table in found)]
        return _single(free, [*tables, *found])
    pieces: list[Piece] = []
    above: list[Fragment | Table] = []
    for zone in _zones([*fragments, *tables], gutter):
        if zone.spanning or not _is_parted(zone.things, gutter):
            above += zone.things
        else:
            pieces += _again(above, depth) + _sides(zone.things, gutter, depth)
            above = []
    return pieces + _again(above, depth)


@dataclass(slots=True)
class _Zone:
    """Things one below the other that all cross the gutter, or none of which does."""

    spanning: bool
    things: list[Fragment | Table]


def _zones(things: Sequence[Fragment | Table], gutter: float) -> list[_Zone]:
    zones: list[_Zone] = []
    for thing in sorted(things, key=lambda thing: (_middle(thing), thing.left)):
        spanning = thing.left < gutter < thing.right
        if not zones or zones[-1].spanning != spanning:
            zones.append(_Zone(spanning, []))
        zones[-1].things.append(thing)
    return zones


def _middle(thing: Fragment | Table) -> float:
    return (thing.top + thing.bottom) / 2


def _again(things: Sequence[Fragment | Table], depth: int) -> list[Piece]:
    """Return the order of a zone by gutters of its own."""
    if not things:
        return []
    fragments = [thing for thing in things if isinstance(thing, Fragment)]
    tables = [thing for thing in things if isinstance(thing, Table)]
    return _ordered(fragments, tables, depth + 1)


def _sides(things: Sequence[Fragment | Table], gutter: float, depth: int) -> list[Piece]:
    pieces: list[Piece] = []
    left = [thing for thing in things if thing.right <= gutter]
    right = [thing for thing in things if thing.right > gutter]
    texts = [thing.text for thing in things if isinstance(thing, Fragment)]
    for side in (right, left) if reads_from_the_right(texts) else (left, right):
        pieces += _again(side, depth)
    return pieces


def _single(fragments: Sequence[Fragment], tables: Sequence[Table]) -> list[Piece]:
    """Return one column from top to bottom, parted by its tables."""
    pieces: list[Piece] = []
    rest = merged(fragments)
    for table in sorted(tables, key=lambda table: table.top):
        above = [line for line in rest if not stands_under(table.top, line)]
        if above:
            pieces.append(Column(tuple(above)))
        rest = rest[len(above) :]
        pieces.append(table)
    if rest:
        pieces.append(Column(tuple(rest)))
    return pieces


# --- Gutters -------------------------------------------------------------------------------


def _gutter(fragments: Sequence[Fragment], tables: Sequence[Table]) -> float | None:
    """Return the x that best parts the fragments into columns of running text, if any does.

    Candidates are the places just left of where at least three fragments begin.
    """
    if len(fragments) < 2 * _LEAST_LINES:
        return None
    left, right = min(f.left for f in fragments), max(f.right for f in fragments)
    margin = _MARGIN * (right - left)
    begins = Counter(round(f.left / _STEP) for f in fragments)
    for table in tables:
        begins[round(table.left / _STEP)] += _LEAST_LINES_BEGUN
    best: tuple[float, float] = (0.0, 0.0)
    for place in sorted(begins):
        x = place * _STEP - _STEP
        begun = begins[place] + begins[place + 1]
        centered = abs(x - (left + right) / 2) < _CENTERED * (right - left)
        if not left + margin < x < right - margin or begun < _LEAST_LINES:
            continue
        if begun >= _LEAST_LINES_BEGUN or (centered and _goes_on_beside(fragments, x)):
            best = max(best, (_score([*fragments, *tables], x), x))
    further = (place * _STEP - _STEP for place in begins) if best[0] else ()
    for x in further:  # a column's title may begin further out than its lines
        if best[1] - _INDENT < x < best[1]:
            best = max(best, (_score([*fragments, *tables], x), x))
    centered = abs(best[1] - (left + right) / 2) < _CENTERED * (right - left)
    return best[1] if best[0] >= _LEAST_PARTED or (centered and best[0] >= _LEAST_LINES) else None


def _goes_on_beside(fragments: Sequence[Fragment], x: float) -> bool:
    """Return whether the few lines that `x` parts are sentences on both sides, and no cells.

    Lines of a sentence reach up to the gutter and go on in the next line; cells do neither.
    """
    parted = [zone.things for zone in _zones(fragments, x) if not zone.spanning]
    return any(_is_parted(things, x) and _are_sentences(things, x) for things in parted)


def _are_sentences(things: Sequence[Fragment | Table], x: float) -> bool:
    fragments = [thing for thing in things if isinstance(thing, Fragment)]
    right_edge = max(f.right for f in fragments)
    left = merged([f for f in fragments if f.right <= x])
    right = merged([f for f in fragments if f.left >= x])
    full = all(line.right > x - _GUTTER * line.size for line in left[:-1])
    full = full and all(line.right > right_edge - _RAGGED * line.size for line in right[:-1])
    return full and all(
        line.text[:1].islower() or above.text.endswith("-")
        for side in (left, right)
        for above, line in pairwise(side)
    )


def _score(things: Sequence[Fragment | Table], x: float) -> float:
    """Return how many lines `x` parts, less one for each that it crosses between them."""
    score = 0.0
    for zone in _zones(things, x):
        if not zone.spanning and _is_parted(zone.things, x):
            left = sum(_lines_of(thing) for thing in zone.things if thing.right <= x)
            score += min(left, sum(map(_lines_of, zone.things)) - left)
    return score


def _lines_of(thing: Fragment | Table) -> int:
    return 1 if isinstance(thing, Fragment) else len(thing.rows)


def _is_parted(things: Sequence[Fragment | Table], x: float) -> bool:
    """Return whether running text stands on both sides of `x`."""
    left = [thing for thing in things if thing.right <= x]
    right = [thing for thing in things if thing.left >= x]
    return all(
        any(isinstance(thing, Table) for thing in side)
        or _is_prose([thing for thing in side if isinstance(thing, Fragment)])
        for side in (left, right)
    )


def _is_prose(side: Sequence[Fragment]) -> bool:
    if len(side) < _LEAST_LINES:
        return False
    lines = merged(side)
    if len(lines) < _LEAST_LINES:
        return False
    width = max(line.right for line in lines) - min(line.left for line in lines)
    share = _PROSE if len(lines) > _FEW_LINES else _PROSE_OF_FEW
    if median(line.right - line.left for line in lines) < share * width:
        return False
    return median(len(line.text) for line in lines) >= _LEAST_CHARS
