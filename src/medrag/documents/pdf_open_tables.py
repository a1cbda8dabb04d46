"""Tables without rules: lines whose cells begin at the same places, one below the other.

Columns of text begin at the same places too, but fill their width; cells leave most of it empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from medrag.documents.pdf_cells import band_rows, leading_of, least_rows
from medrag.documents.pdf_columns import lines_of
from medrag.documents.pdf_lines import Fragment
from medrag.documents.pdf_tables import Table, stands_under

_ALIGNED = 3.0  # points
_STEP = 2.4  # of the size: rows stand no further apart
_WRAPPED = 1.35  # of the size: a cell's second line stands no further below its first
_LEAST_ROWS = 3
_FULL = 0.8  # of the distance to the next column: text fills more, cells less
_MOST_APART = 0.2  # of the fragments begin at no column: else text of a column beside is among them
_LEAST_CENTERED = 3  # cells of a row: two columns of justified lines are centered, too
_SHORT_CHARS = 25  # lines of text, even of three columns, have more
_HEADING_CHARS = 60
_LABEL_CHARS = 4  # numbers and bullets of lists are no first column

_Line = list[Fragment]


def find_open_tables(fragments: Sequence[Fragment], ruled: Sequence[Table]) -> list[Table]:
    """Return the tables without rules outside `ruled`, from top to bottom."""
    free = [
        f
        for f in fragments
        if not any(stands_under(t.top, f) and f.base <= t.bottom + 2 for t in ruled)
    ]
    found: list[Table] = []
    for run in _runs(lines_of(free)):
        columns = _columns(run)
        if columns is not None and (table := _table(run, columns, least=_LEAST_ROWS)):
            found.append(table)
    taken = [*ruled, *found]
    free = [f for f in free if not any(t.top <= f.base <= t.bottom + 2 for t in taken)]
    tables = (_table(run, _lefts(run)) for run in _centered_runs(lines_of(free)))
    found += [table for table in tables if table]
    return sorted(found, key=lambda table: table.top)


def _centered_runs(lines: Sequence[_Line]) -> list[list[_Line]]:
    """Return runs of lines that have as many cells, centered at the same places, and apart."""
    runs: list[list[_Line]] = []
    for line in lines:
        last = runs[-1][-1] if runs else None
        if last is None or not _is_centered_under(line, last):
            runs.append([line])
        else:
            runs[-1].append(line)
    return [
        run
        for run in runs
        if len(run) >= _LEAST_ROWS and len(run[0]) >= _LEAST_CENTERED and _are_apart(run)
    ]


def _is_centered_under(line: _Line, last: _Line) -> bool:
    if len(line) != len(last) or line[0].base - last[0].base > _STEP * line[0].size:
        return False
    middles = (
        abs(f.left + f.right - g.left - g.right) / 2 for f, g in zip(line, last, strict=True)
    )
    return all(apart < _ALIGNED for apart in middles)


def _are_apart(run: Sequence[_Line]) -> bool:
    lefts = _lefts(run)
    widths = [median(line[at].right - line[at].left for line in run) for at in range(len(run[0]))]
    reaches = [max(line[at].right for line in run) for at in range(len(run[0]))]
    short = _is_short(run)
    return all(
        reach < end and (short or width <= _FULL * (end - start))
        for width, reach, (start, end) in zip(widths, reaches, pairwise(lefts), strict=False)
    )


def _lefts(run: Sequence[_Line]) -> list[float]:
    return [min(line[at].left for line in run) for at in range(len(run[0]))]


def rest_of(above: Table, fragments: Sequence[Fragment], tables: Sequence[Table]) -> Table | None:
    """Return the rows at the top of a page that go on with a table of the page before.

    One row is enough, since its columns are known; None where a table was found there already,
    or where something else stands at the top.
    """
    lines = lines_of(fragments)
    shift = lines[0][0].left - above.columns[0] if lines else 0.0
    columns = [start + shift for start in above.columns]
    run: list[_Line] = []
    for line in lines:
        wrapped = len(line) == 1 and bool(run) and _is_cell(line, run[-1])
        if not all(_begins_at(f, columns) for f in line) or not (len(line) > 1 or wrapped):
            break
        run.append(line)
    if not run or any(table.top < run[0][0].base for table in tables):
        return None
    labels = [line[0].text for line in run if len(line) > 1]
    is_list = len(columns) == 2 and median(map(len, labels)) <= _LABEL_CHARS
    return None if is_list else _table(run, columns)


def _runs(lines: Sequence[_Line]) -> list[list[_Line]]:
    """Return runs of lines in which each shares two column starts with the row before."""
    runs: list[list[_Line]] = []
    row: _Line | None = None
    for line in lines:
        last = runs[-1][-1] if runs else None
        if row is None or last is None or not _follows(line, last, row):
            if len(line) > 1:
                runs.append([line])
            row = line if len(line) > 1 else None
            continue
        runs[-1].append(line)
        row = line if len(line) > 1 else row
    return runs


def _follows(line: _Line, last: _Line, row: _Line) -> bool:
    step, size = line[0].base - last[0].base, line[0].size
    if step > _STEP * size or abs(size - row[0].size) > 0.1 * size:
        return False
    shared = sum(any(abs(f.left - g.left) < _ALIGNED for g in row) for f in line)
    if len(line) == 1:  # the second line of a cell, or a name of the rows that follow
        names = len(last) > 1 and abs(line[0].left - row[0].left) < _ALIGNED
        names = names and len(line[0].text) <= _HEADING_CHARS and line[0].right < row[-1].right
        return (step < _WRAPPED * size and shared == 1) or names
    return shared >= 2 or (len(line) >= _LEAST_CENTERED and _is_centered_under(line, row))


def _columns(run: Sequence[_Line]) -> list[float] | None:
    """Return where columns begin, or None where the lines are columns of text or a list."""
    rows = [line for line in run if len(line) > 1]
    if len(rows) < _LEAST_ROWS:
        return None
    starts: list[float] = []
    for line in rows:
        starts += [f.left for f in line if all(abs(f.left - s) >= _ALIGNED for s in starts)]
    columns = sorted(s for s in starts if _times(rows, s) * 2 >= len(rows))
    if len(columns) < 2:
        return None
    cells = [_cells(rows, start) for start in columns]
    if len(columns) == 2 and median(len(f.text) for f in cells[0]) <= _LABEL_CHARS:
        return None
    apart = [f for line in rows for f in line if not _begins_at(f, columns)]
    if len(apart) > _MOST_APART * sum(map(len, rows)):
        return None
    full = any(
        median(f.right - f.left for f in here) > _FULL * (end - start)
        for here, (start, end) in zip(cells, pairwise(columns), strict=False)
    )
    short = len(columns) >= _LEAST_CENTERED and _is_short(rows)
    return columns if short or not full else None


def _is_short(rows: Sequence[_Line]) -> bool:
    """Return whether lines hold words and numbers rather than text, cell by cell."""
    return median(max(len(cell.text) for cell in line) for line in rows) <= _SHORT_CHARS


def _begins_at(fragment: Fragment, columns: Sequence[float]) -> bool:
    return any(abs(fragment.left - start) < _ALIGNED for start in columns)


def _times(rows: Sequence[_Line], start: float) -> int:
    return len(_cells(rows, start))


def _cells(rows: Sequence[_Line], start: float) -> list[Fragment]:
    return [f for line in rows for f in line if abs(f.left - start) < _ALIGNED]


def _table(run: Sequence[_Line], columns: Sequence[float], *, least: int = 1) -> Table | None:
    """Return lines as a table; None where they may be fewer rows than `least`: running text."""
    while len(run[-1]) == 1 and len(run) > 1 and not _is_cell(run[-1], run[-2]):
        run = run[:-1]
    parts = [f for line in run for f in line]
    left, right = min(f.left for f in parts), max(f.right for f in parts)
    top, bottom = min(f.top for f in parts), max(f.base for f in parts)
    inside = [word for part in parts for word in part.words]
    bounds = [left - 1, *(start - 1 for start in columns[1:]), right + 1]
    if least_rows(inside, bounds) < least:
        return None
    leading = leading_of(inside, bounds)
    rows = tuple(band_rows(inside, bounds, whole=False, leading=leading))
    return Table(left, right, top, bottom, rows, tuple(columns))


def _is_cell(line: _Line, last: _Line) -> bool:
    return line[0].base - last[0].base < _WRAPPED * line[0].size


def widened(tables: Sequence[Table], fragments: Sequence[Fragment]) -> list[Table]:
    """Return ruled tables with the rows that stand right above and right below their rules.

    Where every second row has a ground of its own, nothing is drawn around the others: a white
    first or last row stands outside all that is drawn, and is a row by its cells alone.
    """
    made = list(tables)
    for at, table in enumerate(tables):
        if len(table.columns) != len(table.rows[0]):
            continue
        free = [
            f
            for f in fragments
            if table.left - _ALIGNED < f.left and f.right < table.right + _ALIGNED
            if not any(stands_under(t.top, f) and f.base <= t.bottom + 2 for t in made)
        ]
        lines = lines_of(free)
        below = [line for line in lines if line[0].base > table.bottom]
        above = [line for line in reversed(lines) if line[0].base <= table.top + 2]
        over = _beside(above, table, table.top)[::-1]
        while over and not _is_row(over[0], table):
            over = over[1:]
        made[at] = _joined(_joined(table, over, top=True), _beside(below, table, table.bottom))
    return made


def _beside(lines: Sequence[_Line], table: Table, edge: float) -> list[_Line]:
    """Return the lines next to a table's edge, nearest first, that are rows or go on with one."""
    run: list[_Line] = []
    for line in lines:
        size, is_under = line[0].size, line[0].base > edge
        near = min(abs(line[0].base - edge), abs(line[0].top - edge)) < size
        goes_on = bool(run or not is_under) and _stands_in(line, table)
        if not near or not (goes_on or _is_row(line, table)):
            break
        run.append(line)
        edge = line[0].base if is_under else line[0].top
    return run


def _stands_in(line: _Line, table: Table) -> bool:
    """Return whether each piece of a line stands in a column of its own."""
    ends = [*table.columns[1:], table.right + _ALIGNED]
    at = [sum(start - _ALIGNED <= f.left for start in table.columns) - 1 for f in line]
    inside = (column >= 0 and f.right <= ends[column] for column, f in zip(at, line, strict=True))
    return all(inside) and len(set(at)) == len(at)


def _is_row(line: _Line, table: Table) -> bool:
    """Return whether a line stands in the columns of a table, and leaves room in one of them."""
    if len(line) < 2 or 2 * len(line) <= len(table.columns) or not _stands_in(line, table):
        return False
    ends = [*table.columns[1:], table.right]
    widths = [end - start for start, end in zip(table.columns, ends, strict=True)]
    at = [sum(start - _ALIGNED <= f.left for start in table.columns) - 1 for f in line]
    return any(f.right - f.left <= _FULL * widths[c] for c, f in zip(at, line, strict=True))


def _joined(table: Table, run: Sequence[_Line], *, top: bool = False) -> Table:
    if not run:
        return table
    words = [word for line in run for part in line for word in part.words]
    bounds = [table.left - 1, *(start - 1 for start in table.columns[1:]), table.right + 1]
    rows = tuple(band_rows(words, bounds, whole=False))
    if top:
        return replace(table, top=min(f.top for f in run[0]), rows=(*rows, *table.rows))
    return replace(table, bottom=max(f.base for f in run[-1]), rows=(*table.rows, *rows))
