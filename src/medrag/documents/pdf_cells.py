"""Words between two rules of a table to rows of cells.

Where cells stand in the middle of their rows and lines of one cell are nearer to each other than
rows are, that alone tells the rows. Where they stand at the top, `pdf_rows` asks what lines say.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from medrag.documents.pdf_columns import is_in_line, lines_of
from medrag.documents.pdf_lines import Fragment, fragments_of, merged
from medrag.documents.pdf_page import Word
from medrag.documents.pdf_rows import BandRows, Line, Row

_CELL_GAP = 0.4  # of the size: wider than the spaces inside a cell
_ACROSS = 1.0  # points: a word that reaches as far over both sides of an edge stands across it
_SAME_STEP = 1.12  # times the least: lines of one cell
_WIDEST_LEADING = 1.75  # of the size
_FULL = 0.6  # of a row's cells go on in its next line: these are rows, not lines of cells
_LEAST_GAP = 1.5  # of the size: text of a column ends no nearer to the next one
_LEAST_STEPS = 2
_SAME_LINE = 0.3  # of the size
_SPACE = 0.3  # of the size
_ALIGNED = 3.0  # points
_ASCENT = 0.7  # of the size, above the baseline
_DESCENT = 0.2

Cell = tuple[Fragment, int]
"""One line of a cell, and the number of its column."""


def column_of(word: Word, bounds: Sequence[float]) -> int:
    """Return the number of the column that the middle of a word stands in."""
    middle = (word.left + word.right) / 2
    return sum(bound <= middle for bound in bounds[1:-1])


def leading_of(words: Sequence[Word], bounds: Sequence[float]) -> float | None:
    """Return how far apart lines of one cell stand in a table, in points, if nearer than rows."""
    cells = _cells(words, bounds)
    steps = sorted(_steps(cells))
    if len(steps) < _LEAST_STEPS:
        return None
    leading = steps[0] * _SAME_STEP
    if steps[0] > _WIDEST_LEADING * median(f.size for f, _ in cells) or steps[-1] <= leading:
        return None
    if _share_going_on(cells, leading) > _FULL or not _stand_in_the_middle(cells, leading):
        return None
    return leading


def _steps(cells: Sequence[Cell]) -> list[float]:
    """Return the distances of baselines of each line and the next one in its column."""
    columns: defaultdict[int, list[float]] = defaultdict(list)
    for fragment, at in cells:
        columns[at].append(fragment.base)
    return [b - a for bases in columns.values() for a, b in pairwise(sorted(bases))]


def _stand_in_the_middle(cells: Sequence[Cell], leading: float) -> bool:
    """Return whether names of rows stand in the middle of longer cells, more than at their top.

    So do short cells beside names of several lines.
    """
    middle = top = 0
    for block in _blocks(cells, leading):
        first, last, column = block[0][0], block[-1][0], block[0][1]
        near = _SAME_LINE * first.size
        beside = sorted(
            f.base
            for f, at in cells
            if (at == 0) != (column == 0) and first.base - near < f.base < last.base + near
        )
        if len(block) > 1 and beside:
            off = abs(beside[0] + beside[-1] - first.base - last.base) / 2
            if beside[0] - first.base < near:
                top += 1
            else:
                middle += off < near
    return middle > top


def _share_going_on(cells: Sequence[Cell], leading: float) -> float:
    """Return how many cells of a row go on in its next line, as a share, on the average."""
    shares = []
    for row in _components(_blocks(cells, leading)):
        columns = {at for block in row for _, at in block}
        following = [cell for block in row for cell in block[1:]]
        shares += [len(line) / len(columns) for line in _baselines(following) if len(columns) > 1]
    return sum(shares) / len(shares) if shares else 1.0


def _blocks(cells: Sequence[Cell], leading: float) -> list[list[Cell]]:
    """Return the lines of each column that go on with the one above."""
    blocks: list[list[Cell]] = []
    for fragment, at in sorted(cells, key=lambda cell: (cell[1], cell[0].base)):
        last = blocks[-1][-1] if blocks else None
        if last is not None and last[1] == at and fragment.base - last[0].base <= leading:
            blocks[-1].append((fragment, at))
        else:
            blocks.append([(fragment, at)])
    return blocks


def _components(blocks: Sequence[list[Cell]]) -> list[list[list[Cell]]]:
    """Return blocks that stand beside each other, from top to bottom."""
    rows: list[list[list[Cell]]] = []
    reach = 0.0
    for block in sorted(blocks, key=_top):
        if not rows or _top(block) >= reach:
            rows.append([])
            reach = 0.0
        rows[-1].append(block)
        reach = max(reach, block[-1][0].base + _DESCENT * block[-1][0].size)
    return rows


def _entries(blocks: list[list[Cell]]) -> list[list[list[Cell]]]:
    """Return blocks beside each other as rows: one for each block of the first column.

    A note may stand beside several rows.
    """
    starts = sorted(block[0][0].base for block in blocks if block[0][1] == 0)
    if len(starts) < 2:
        return [blocks]
    rows: list[list[list[Cell]]] = [[] for _ in starts]
    for block in blocks:
        first = block[0][0]
        under = sum(start <= first.base + _SAME_LINE * first.size for start in starts)
        rows[max(0, under - 1)].append(block)
    return rows


def _top(block: Sequence[Cell]) -> float:
    return block[0][0].base - _ASCENT * block[0][0].size


def band_rows(
    words: Sequence[Word],
    bounds: Sequence[float],
    spans: Sequence[tuple[int, int]] = (),
    *,
    whole: bool,
    leading: float | None = None,
) -> list[Row]:
    """Return the rows between two rules; one row where `whole`.

    Args:
        words: What stands there.
        bounds: Of the columns.
        spans: First and last column of each cell that covers several; its text is written in each,
            but once where it covers all.
        whole: Whether it is one row.
        leading: What `leading_of` the table is.
    """
    columns = len(bounds) - 1
    if not whole and (headings := _headings(words, bounds)):
        return _under_headings(words, bounds, headings, leading)
    cells = _cells(words, bounds, spans)
    if leading is not None and not whole:
        blocks = _blocks(cells, leading)
        entries = [row for beside in _components(blocks) for row in _entries(beside)]
        rows = [_row(row, columns) for row in entries]
    else:
        rows = _by_lines(cells, bounds, whole=whole)
    for first, last in spans:
        if last - first + 1 < columns:
            again = range(first, last + 1)
            rows = [
                tuple(row[first] if at in again else cell for at, cell in enumerate(row))
                for row in rows
            ]
    return rows


def _headings(words: Sequence[Word], bounds: Sequence[float]) -> list[Fragment]:
    """Return the lines over several columns with nothing beside them: names of groups of rows.

    One in the middle of the table may stand in one column, of which it is no cell.
    """
    fragments = fragments_of(words)
    alone = [line[0] for line in lines_of(fragments) if len(line) == 1]
    centered = [f for f in alone if abs(f.left + f.right - bounds[0] - bounds[-1]) < 2 * _ALIGNED]
    return [
        f
        for f in alone
        if any(f.left + f.size < bound < f.right - f.size for bound in bounds[1:-1])
        or (f in centered and not _is_of_column(f, fragments, bounds))
    ]


def _is_of_column(
    heading: Fragment, fragments: Sequence[Fragment], bounds: Sequence[float]
) -> bool:
    """Return whether the cells of its column begin, end or are centered where a line is."""
    at = column_of(heading.words[0], bounds)
    others = [f for f in fragments if f is not heading and column_of(f.words[0], bounds) == at]
    near = [
        f
        for f in others
        if min(abs(f.left - heading.left), abs(f.right - heading.right)) < _ALIGNED
        or abs(f.left + f.right - heading.left - heading.right) < 2 * _ALIGNED
    ]
    return 2 * len(near) >= len(others)


def _under_headings(
    words: Sequence[Word],
    bounds: Sequence[float],
    headings: Sequence[Fragment],
    leading: float | None,
) -> list[Row]:
    """Return rows, each heading as one of its first cell alone."""
    taken = {id(word) for heading in headings for word in heading.words}
    rest = [word for word in words if id(word) not in taken]
    rows: list[Row] = []
    texts: list[str] = []
    for above, heading in pairwise([None, *headings, None]):
        top = above.base if above else -math.inf
        bottom = heading.base if heading else math.inf
        inside = [word for word in rest if top <= word.base < bottom]
        if texts and (inside or above is None or heading is None or not _goes_on(above, heading)):
            rows.append((tuple(texts), *(() for _ in bounds[2:])))
            texts = []
        rows += band_rows(inside, bounds, whole=False, leading=leading) if inside else []
        texts += [heading.text] if heading else []
    return rows


def _goes_on(above: Fragment, line: Fragment) -> bool:
    near = line.base - above.base <= _WIDEST_LEADING * line.size
    return near and above.bold == line.bold and not above.text.endswith((".", "!", "?", ":"))


def _row(blocks: Sequence[Sequence[Cell]], columns: int) -> Row:
    texts: list[list[str]] = [[] for _ in range(columns)]
    for fragment, at in sorted((c for block in blocks for c in block), key=lambda c: c[0].base):
        texts[at].append(fragment.text)
    return tuple(map(tuple, texts))


def least_rows(words: Sequence[Word], bounds: Sequence[float]) -> int:
    """Return how many rows words are, where all that may go on with the line above does."""
    return len(_by_lines(_cells(words, bounds), bounds, whole=False, loose=True))


def _by_lines(
    cells: Sequence[Cell], bounds: Sequence[float], *, whole: bool, loose: bool = False
) -> list[Row]:
    columns = len(bounds) - 1
    rights = [max((f.right for f, c in cells if c == at), default=0.0) for at in range(columns)]
    if cells and not loose:  # text may reach further than it does, but not up to the next column
        gap = _LEAST_GAP * median(f.size for f, _ in cells)
        lefts = [min((f.left for f, c in cells if c == at), default=0.0) for at in range(columns)]
        ends = [left - gap for left in (*lefts[1:], bounds[-1])]
        rights = [max(right, end) for right, end in zip(rights, ends, strict=True)]
    lines = _baselines(cells)
    wraps = [
        any(at in {c for _, c in line} and line[0][1] != 0 for line in lines)
        for at in range(columns)
    ]
    rows = BandRows(columns=columns, rights=rights, wraps=wraps, whole=whole, loose=loose)
    for line in lines:
        rows.add(line)
    return rows.finished()


def _cells(
    words: Sequence[Word], bounds: Sequence[float], spans: Sequence[tuple[int, int]] = ()
) -> list[Cell]:
    columns: list[list[Word]] = [[] for _ in bounds[1:]]
    first_of = {at: first for first, last in spans for at in range(first, last + 1)}

    def column(word: Word) -> int:
        at = column_of(word, bounds)
        return first_of.get(at, at)

    for fragment in fragments_of(words):
        inside = fragment.words
        at = column(inside[0])
        is_over = any(_stands_across(word, bounds) for word in inside)
        for before, word in zip((inside[0], *inside), inside, strict=False):
            # A gap at a column's edge begins a cell; words that run over it are one cell's.
            wide = word.left - before.right > _CELL_GAP * word.size
            if wide and not is_over and column(word) > at:
                at = column(word)
            columns[at].append(word)
    lines = (merged(fragments_of(column)) for column in columns)
    return [(line, at) for at, column in enumerate(lines) for line in column]


def _stands_across(word: Word, bounds: Sequence[float]) -> bool:
    return any(word.left + _ACROSS < bound < word.right - _ACROSS for bound in bounds[1:-1])


def _baselines(cells: Sequence[Cell]) -> list[Line]:
    lines: list[Line] = []
    for cell in sorted(cells, key=lambda cell: (cell[0].base, cell[1])):
        if lines and is_in_line(cell[0], [line for line, _ in lines[-1]]):
            lines[-1].append(cell)
        else:
            lines.append([cell])
    return [sorted(line, key=lambda cell: cell[1]) for line in lines]
