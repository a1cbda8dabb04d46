"""Ruled tables: where they stand on a page, and their rows.

A table is a group of horizontal rules of one width with several cells between them. Its columns
are told by the ends of rule segments, by vertical rules, or by the white space between cells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from medrag.documents.pdf_lines import Fragment, fragments_of, merged
from medrag.documents.pdf_page import Rule, Word
from medrag.documents.pdf_rows import BandRows, Line, Row

_SAME_LEVEL = 3.5  # points: rules this close are one line, drawn in parts or twice
_SAME_EDGE = 12.0  # points: rules of one table begin and end together
_LEAST_LEVELS = 3
_UNDER = 0.25  # of the size: letters under a rule reach further down than this
_LEAST_SEGMENT = 8.0  # points
_HEADER_LINES = 5  # lines: what stands higher above the second rule is no header
_DISPLAY = 1.7  # times the usual size: type so large stands in no table
_BODY_SIZE = 1.25  # times the table's size: running text is set larger than tables
_APART = 5.0  # of the size: what stands further below belongs to no row above
_WIDE = 0.6  # of the table's width: wider text alone on its line is a caption or a footnote
_CELL_GAP = 0.4  # of the size: wider than the spaces inside a cell


@dataclass(frozen=True, slots=True)
class Table:
    """A table's place and its rows of cell texts, top to bottom, header first.

    Attributes:
        columns: Where the text of each column begins, from the left; empty ones are among them.
    """

    left: float
    right: float
    top: float
    bottom: float
    rows: tuple[Row, ...]
    columns: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Level:
    """All rules at one height; `segments` are their (left, right), from left to right."""

    y: float
    left: float
    right: float
    segments: tuple[tuple[float, float], ...]


def stands_under(top: float, fragment: Fragment) -> bool:
    """Return whether a line's letters stand below the height `top`, not on it."""
    return fragment.base - top > _UNDER * fragment.size


def goes_on(above: Table, below: Table, header: Row) -> bool:
    """Return whether `below`, first on its page, goes on with the table that ends the page before.

    Args:
        above: The last piece of the page before.
        below: A table of as many columns at the same places, but for a shift of the page.
        header: The first row of the whole table; where it is printed again, a table begins.
    """
    if len(above.columns) != len(below.columns) or len(above.rows[0]) != len(below.rows[0]):
        return False
    shift = below.columns[0] - above.columns[0]
    pairs = zip(above.columns, below.columns, strict=True)
    apart = max(abs(there - here - shift) for here, there in pairs)
    return apart < _SAME_EDGE and below.rows[0] != header


def find_tables(fragments: Sequence[Fragment], rules: Sequence[Rule]) -> list[Table]:
    """Return the ruled tables of a page from top to bottom; they do not overlap."""
    flat = [rule for rule in rules if rule.horizontal and not _underlines(rule, fragments)]
    tables: list[Table] = []
    for levels in _groups(_levels(flat), fragments):
        table = _table(levels, fragments, rules)
        if table is not None and not any(_overlap(table, other) for other in tables):
            tables.append(table)
    return sorted(tables, key=lambda table: table.top)


def _overlap(one: Table, other: Table) -> bool:
    across = one.left < other.right and other.left < one.right
    return across and one.top < other.bottom and other.top < one.bottom


def _underlines(rule: Rule, fragments: Sequence[Fragment]) -> bool:
    for f in fragments:
        under = -1 < rule.top - f.base < 0.4 * f.size
        if under and f.left - 3 < rule.left and rule.right < f.right + 3:
            return True
    return False


def _levels(rules: Sequence[Rule]) -> list[_Level]:
    """Join rules at one height that touch; those apart (two columns' tables) stay apart."""
    levels: list[_Level] = []
    rows: list[list[Rule]] = []
    for rule in sorted(rules, key=lambda rule: rule.top):
        if rows and rule.top - rows[-1][0].top <= _SAME_LEVEL:
            rows[-1].append(rule)
        else:
            rows.append([rule])
    for row in rows:
        row.sort(key=lambda rule: (rule.left, -rule.right))
        chain: list[Rule] = []
        for rule in row:
            if chain and rule.left > max(r.right for r in chain) + 6:
                levels.append(_level(chain))
                chain = []
            chain.append(rule)
        levels.append(_level(chain))
    return levels


def _level(chain: Sequence[Rule]) -> _Level:
    segments: list[tuple[float, float]] = []
    for rule in chain:
        if rule.right - rule.left < _LEAST_SEGMENT and len(chain) > 1:
            continue  # where two lines meet, some programs draw a joint
        if not segments or rule.left > segments[-1][1] - 4:
            segments.append((rule.left, rule.right))
        else:
            segments[-1] = (segments[-1][0], max(segments[-1][1], rule.right))
    segments = segments or [(chain[0].left, max(rule.right for rule in chain))]
    y = sum(rule.top for rule in chain) / len(chain)
    return _Level(y, segments[0][0], max(right for _, right in segments), tuple(segments))


def _groups(levels: Sequence[_Level], fragments: Sequence[Fragment]) -> list[list[_Level]]:
    """Return groups of levels of one width, each with text between its neighbors."""
    groups: list[list[_Level]] = []
    for level in sorted(levels, key=lambda level: level.y):
        if level.right - level.left < 60:
            continue
        for group in reversed(groups):
            last = group[-1]
            same = abs(last.left - level.left) < _SAME_EDGE
            if same and abs(last.right - level.right) < _SAME_EDGE:
                between = _between(last, level, fragments)
                if _is_running_text(between, level):
                    groups.append([level])
                elif between:
                    group.append(level)
                else:
                    group[-1] = level if len(level.segments) > len(last.segments) else last
                break
        else:
            groups.append([level])
    return [
        group
        for group in (_with_bottom(group, fragments) for group in groups)
        if len(group) >= _LEAST_LEVELS
        or (len(group) == 2 and max(len(level.segments) for level in group) >= 3)
    ]


def _with_bottom(group: list[_Level], fragments: Sequence[Fragment]) -> list[_Level]:
    """Return the levels with a bottom where a table that goes on overleaf has none.

    Such a table ends with a rule in segments under its header; its rows are the lines of one type
    size below it.
    """
    last = group[-1]
    header = len(group) < 2 or _is_header(_between(group[-2], last, fragments))
    if len(last.segments) < 3 or not header:
        return group
    below = sorted(
        (f for f in fragments if f.base > last.y and f.right > last.left and f.left < last.right),
        key=lambda f: f.base,
    )
    bottom = last.y
    for fragment in below:
        if fragment.size > _BODY_SIZE * below[0].size or fragment.size * _BODY_SIZE < below[0].size:
            break
        if fragment.top - bottom > _APART * fragment.size:
            break
        bottom = max(bottom, fragment.bottom)
    if bottom == last.y:
        return group
    return [*group, _Level(bottom + 1, last.left, last.right, ((last.left, last.right),))]


def _is_header(fragments: Sequence[Fragment]) -> bool:
    return len({round(f.base) for f in fragments}) <= _HEADER_LINES


def _between(above: _Level, below: _Level, fragments: Sequence[Fragment]) -> list[Fragment]:
    return [
        f
        for f in fragments
        if stands_under(above.y, f)
        and f.base < below.y + 2
        and f.right > above.left
        and f.left < above.right
    ]


def _is_running_text(fragments: Sequence[Fragment], level: _Level) -> bool:
    """Return whether what stands between two rules parts two tables: captions, footnotes."""
    lines = Counter(round(f.base) for f in fragments)
    width = _WIDE * (level.right - level.left)
    wide = any(f.right - f.left > width for f in fragments)
    return wide and max(lines.values()) == 1


# --- One table -----------------------------------------------------------------------------


def _table(
    levels: Sequence[_Level], fragments: Sequence[Fragment], rules: Sequence[Rule]
) -> Table | None:
    top, bottom = levels[0].y, levels[-1].y
    left, right = min(v.left for v in levels), max(v.right for v in levels)
    inside = [
        word
        for fragment in fragments
        if stands_under(top, fragment)
        and fragment.base <= bottom + 2
        and left - 3 <= (fragment.left + fragment.right) / 2 <= right + 3
        for word in fragment.words
    ]
    upright = [
        r
        for r in rules
        if not r.horizontal and left + 5 < r.left < right - 5 and r.bottom > top and r.top < bottom
    ]
    bounds = _columns(levels, inside, upright, (left, right))
    if len(bounds) < 3 or not inside or _is_display(inside):
        return None
    gridded = _spans_height(upright, top, bottom)
    rows: list[Row] = []
    for number, (above, below) in enumerate(pairwise(levels)):
        last = below.y + (2 if number == len(levels) - 2 else 1)
        first = above.y + 1 if number else top - 2  # all that is inside stands under the top
        band = [w for w in inside if first < w.base <= last]
        header = (
            number == 0 and len(levels) > 2 and len({round(w.base) for w in band}) <= _HEADER_LINES
        )
        rows += band_rows(band, bounds, whole=gridded or header)
    if sum(sum(map(bool, row)) > 1 for row in rows) < 2:
        return None
    starts = list(bounds[:-1])
    for at, _ in enumerate(starts):
        starts[at] = min((w.left for w in inside if _column(w, bounds) == at), default=starts[at])
    return Table(left, right, top, bottom, _without_empty_columns(rows), tuple(starts))


def _without_empty_columns(rows: Sequence[Row]) -> tuple[Row, ...]:
    filled = [any(row[at] for row in rows) for at in range(len(rows[0]))]
    return tuple(
        tuple(cell for cell, kept in zip(row, filled, strict=True) if kept) for row in rows
    )


def _is_display(words: Sequence[Word]) -> bool:
    """Return whether type of very different sizes stands together: a cover, not a table."""
    sizes = [word.size for word in words]
    return max(sizes) > _DISPLAY * median(sizes)


def _spans_height(upright: Sequence[Rule], top: float, bottom: float) -> bool:
    covered = sum(min(r.bottom, bottom) - max(r.top, top) for r in upright)
    return covered >= 0.8 * (bottom - top)


def _columns(
    levels: Sequence[_Level],
    words: Sequence[Word],
    upright: Sequence[Rule],
    edges: tuple[float, float],
) -> list[float]:
    """Return the x of every column's left edge, and the right edge of the last."""
    left, right = edges
    segmented = max(levels, key=lambda level: len(level.segments))
    inner = [start for start, _ in segmented.segments[1:]]
    if not inner and _spans_height(upright, levels[0].y, levels[-1].y):
        inner = sorted({round(rule.left) + 0.0 for rule in upright})
        inner = [x for at, x in enumerate(inner) if not at or x - inner[at - 1] > 6]
    if not inner:
        inner = _white_columns(fragments_of(words), right - left)
    return [left, *inner, right]


def _white_columns(fragments: Sequence[Fragment], width: float) -> list[float]:
    """Return the middle of every strip that no cell crosses; wide fragments head groups of rows."""
    cells = sorted((f.left, f.right) for f in fragments if f.right - f.left < 0.6 * width)
    strips: list[float] = []
    reach = cells[0][1] if cells else 0.0
    for left, right in cells[1:]:
        if left - reach > 3:
            strips.append((left + reach) / 2)
        reach = max(reach, right)
    return strips


def band_rows(words: Sequence[Word], bounds: Sequence[float], *, whole: bool) -> list[Row]:
    """Return the rows between two rules; one row where `whole`."""
    columns: list[list[Word]] = [[] for _ in bounds[1:]]
    for fragment in fragments_of(words):
        inside = fragment.words
        at = _column(inside[0], bounds)
        for before, word in zip((inside[0], *inside), inside, strict=False):
            # A gap at a column's edge begins a cell; words that run over it are one cell's.
            if _column(word, bounds) > at and word.left - before.right > _CELL_GAP * word.size:
                at = _column(word, bounds)
            columns[at].append(word)
    cells = [
        (line, at) for at, column in enumerate(columns) for line in merged(fragments_of(column))
    ]
    rights = [max((word.right for word in column), default=0.0) for column in columns]
    lines = _baselines(cells)
    wraps = [
        any(at in {c for _, c in line} and line[0][1] != 0 for line in lines)
        for at in range(len(columns))
    ]
    rows = BandRows(columns=len(columns), rights=rights, wraps=wraps, whole=whole)
    for line in lines:
        rows.add(line)
    return rows.finished()


def _column(word: Word, bounds: Sequence[float]) -> int:
    middle = (word.left + word.right) / 2
    return sum(bound <= middle for bound in bounds[1:-1])


def _baselines(cells: Sequence[tuple[Fragment, int]]) -> list[Line]:
    lines: list[Line] = []
    for cell in sorted(cells, key=lambda cell: (cell[0].base, cell[1])):
        if lines and cell[0].base - lines[-1][0][0].base < 0.3 * cell[0].size:
            lines[-1].append(cell)
        else:
            lines.append([cell])
    return [sorted(line, key=lambda cell: cell[1]) for line in lines]
