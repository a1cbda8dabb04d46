"""Ruled tables: where they stand on a page, and their rows.

A table is a group of horizontal rules of one width with several cells between them. Its columns
are told by the ends of rule segments, by vertical rules, or by the white space between cells.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from medrag.documents.pdf_bands import SAME_UPRIGHT, Ruling
from medrag.documents.pdf_cells import column_of, leading_of
from medrag.documents.pdf_columns import lines_of, white_columns
from medrag.documents.pdf_lines import CAPTION, Fragment, fragments_of
from medrag.documents.pdf_page import Rule, Word
from medrag.documents.pdf_rows import Row

_SAME_LEVEL = 3.5  # points: rules this close are one line, drawn in parts or twice
_SAME_EDGE = 12.0  # points: rules of one table begin and end together
_LEAST_LEVELS = 3
_UNDER = 0.25  # of the size: letters under a rule reach further down than this
_LEAST_SEGMENT = 8.0  # points
_HEADER_LINES = 5  # lines: what stands higher above the second rule is no header
_DISPLAY = 1.7  # times the usual size: type so large stands in no table
_BODY_SIZE = 1.25  # times the table's size: running text is set larger than tables
_APART = 5.0  # of the size: what stands further below belongs to no row above
_NEXT = 1.2  # of the size: a cell's next line or paragraph stands no further below
_WIDE = 0.6  # of the table's width: wider text alone on its line is a caption or a footnote
_JOINT = 6.0  # points: rules meet, or are drawn twice
_WHOLE_HEIGHT = 0.8  # of the table's height: rules as high part all rows
_SOME_HEIGHT = 0.3


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
    inner = [*flat, *(rule for rule in rules if not rule.horizontal)]
    tables: list[Table] = []
    for levels in _groups(_levels(flat), fragments):
        table = _table(levels, fragments, inner)
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
                if _is_running_text(between, level) or _is_caption(between):
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
        for group in (_with_bottom(group, levels, fragments) for group in groups)
        if len(group) >= _LEAST_LEVELS
        or (len(group) == 2 and max(len(level.segments) for level in group) >= 3)
    ]


def _with_bottom(
    group: list[_Level], levels: Sequence[_Level], fragments: Sequence[Fragment]
) -> list[_Level]:
    """Return the levels with a bottom where a table that goes on overleaf has none.

    Such a table ends with a rule in segments under its header; its rows are the lines of one type
    size below it, down to the next rule, caption or line of running text.
    """
    last = group[-1]
    header = len(group) < 2 or _is_header(_between(group[0], last, fragments))
    if len(last.segments) < 3 or not header:
        return group
    beside = (v.y for v in levels if v.left < last.right and v.right > last.left)
    end = min((y for y in beside if y > last.y + _SAME_LEVEL), default=math.inf)
    below = sorted(
        (f for f in fragments if f.base > last.y and f.right > last.left and f.left < last.right),
        key=lambda f: f.base,
    )
    inside: list[Fragment] = []
    bottom = last.y
    for fragment in below:
        if fragment.size > _BODY_SIZE * below[0].size or fragment.size * _BODY_SIZE < below[0].size:
            break
        if fragment.top - bottom > _APART * fragment.size or fragment.base > end:
            break
        if CAPTION.match(fragment.text):
            break
        bottom = max(bottom, fragment.bottom)
        inside.append(fragment)
    bottom = _last_row(inside, last)
    if bottom == last.y:
        return group
    return [*group, _Level(bottom + 1, last.left, last.right, ((last.left, last.right),))]


def _last_row(fragments: Sequence[Fragment], level: _Level) -> float:
    """Return how far down lines of several cells reach, and what goes on right under the last."""
    bottom = level.y
    for line in lines_of(fragments):
        near = bottom > level.y and line[0].top < bottom + _NEXT * line[0].size
        if len(line) > 1 or (near and not _runs_over(line[0], level)):
            bottom = max(f.bottom for f in line)
    return bottom


def _runs_over(fragment: Fragment, level: _Level) -> bool:
    """Return whether a line fills more than one column, as running text does."""
    wide = fragment.right - fragment.left > _WIDE * (level.right - level.left)
    return wide and sum(fragment.left < start < fragment.right for start, _ in level.segments) > 1


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


def _is_caption(fragments: Sequence[Fragment]) -> bool:
    """Return whether a line between two rules, alone at its height, names another table."""
    heights = Counter(round(f.base) for f in fragments)
    return any(CAPTION.match(f.text) and heights[round(f.base)] == 1 for f in fragments)


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
    gridded = bool(_upright_bounds(upright, top, bottom, _WHOLE_HEIGHT))
    body = [w for w in inside if w.base > levels[1].y] if len(levels) > 2 else inside
    partial = [r for r in rules if r.horizontal and _is_partial(r, levels)]
    ruling = Ruling(bounds, partial, upright if gridded else (), leading_of(body, bounds))
    rows: list[Row] = []
    for number, (above, below) in enumerate(pairwise(levels)):
        last = below.y + (2 if number == len(levels) - 2 else 1)
        first = above.y + 1 if number else top - 2  # all that is inside stands under the top
        band = [w for w in inside if first < w.base <= last]
        header = (
            number == 0 and len(levels) > 2 and len({round(w.base) for w in band}) <= _HEADER_LINES
        )
        rows += ruling.rows(band, above.y, below.y, whole=gridded or header)
    if sum(sum(map(bool, row)) > 1 for row in rows) < 2:
        return None
    starts = list(bounds[:-1])
    for at, _ in enumerate(starts):
        starts[at] = min((w.left for w in inside if column_of(w, bounds) == at), default=starts[at])
    return Table(left, right, top, bottom, _without_empty_columns(rows), tuple(starts))


def _is_partial(rule: Rule, levels: Sequence[_Level]) -> bool:
    """Return whether a rule runs over some columns of a table, at none of its own levels."""
    left, right = min(v.left for v in levels), max(v.right for v in levels)
    return (
        levels[0].y < rule.top < levels[-1].y
        and left - 3 <= rule.left
        and rule.right <= right + 3
        and rule.right - rule.left > _LEAST_SEGMENT
        and all(abs(rule.top - level.y) > _SAME_LEVEL for level in levels)
    )


def _without_empty_columns(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Return rows without the columns that have no cell of their own, only wider ones."""
    kept = [
        any(row[at] and (not at or row[at] is not row[at - 1]) for row in rows)
        for at in range(len(rows[0]))
    ]
    return tuple(tuple(cell for cell, own in zip(row, kept, strict=True) if own) for row in rows)


def _is_display(words: Sequence[Word]) -> bool:
    """Return whether type of very different sizes stands together: a cover, not a table."""
    sizes = [word.size for word in words]
    return max(sizes) > _DISPLAY * median(sizes)


def _upright_bounds(
    upright: Sequence[Rule], top: float, bottom: float, share: float
) -> list[float]:
    """Return the places at which upright rules stand beside a share of the height, or more."""
    places: list[list[Rule]] = []
    for rule in sorted(upright, key=lambda rule: rule.left):
        off = rule.left - places[-1][0].left if places else math.inf
        if off <= SAME_UPRIGHT and (off <= _JOINT or not _are_beside(rule, places[-1])):
            places[-1].append(rule)
        else:
            places.append([rule])
    return [
        place[0].left for place in places if _covered(place, top, bottom) >= share * (bottom - top)
    ]


def _are_beside(rule: Rule, others: Sequence[Rule]) -> bool:
    """Return whether a rule stands at the height of others: there is a column between them."""
    return any(rule.top < o.bottom - _JOINT and o.top < rule.bottom - _JOINT for o in others)


def _covered(rules: Sequence[Rule], top: float, bottom: float) -> float:
    covered, reach = 0.0, top
    for rule in sorted(rules, key=lambda rule: rule.top):
        end = min(rule.bottom, bottom)
        covered += max(0.0, end - max(rule.top, reach))
        reach = max(reach, end)
    return covered


def _columns(
    levels: Sequence[_Level],
    words: Sequence[Word],
    upright: Sequence[Rule],
    edges: tuple[float, float],
) -> list[float]:
    """Return the x of every column's left edge, and the right edge of the last."""
    left, right = edges
    height = (levels[0].y, levels[-1].y)
    ruled = _upright_bounds(upright, *height, _SOME_HEIGHT)
    segmented = max(levels, key=lambda level: len(level.segments))
    if not _upright_bounds(upright, *height, _WHOLE_HEIGHT):
        found = [start for start, _ in segmented.segments[1:]]
        ruled = max(found, white_columns(fragments_of(words)), ruled, key=len)
    return [left, *ruled, right]
