"""Which rows of a table another row must be read under: by place and form, not by words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from medrag.text.layout import has_values
from medrag.text.rows import row_cells

RULE = re.compile(r"[\s|:+=-]*\Z")
"""What the line of dashes under a header consists of."""

_BARE_NUMBER = re.compile(r"[<>≤≥~±]?\s?\d[\d.,]*(?:\s?(?:[-–(/]|to)[\s\d.,()%–-]*|\s?%)?\*?\Z")
_YEAR = re.compile(r"(?:19|20)\d\d\Z")
_AMOUNT_FIRST = re.compile(r"[<>≤≥~±]?\s?\d")

LIST_MARK = re.compile(r"(?:[IVXLC]+|[A-Za-z]|\d{1,2})[.)](?:[a-z](?:/[a-z])*[.)]?)?\Z")
"""The number or letter of an item, in a cell of its own."""

_LABEL_WORDS = 2  # `10 mg` may head a column; `10 mg once daily` is what stands in one

Heads = tuple[int, ...]


def read_table(rows: Sequence[str]) -> list[Heads | None]:
    """Return, for each row of one table, the rows that it must be read under, in order.

    These are the header rows, the last rows that hold but one cell (headings inside the
    table), and the row that holds the label where the own first cell is blank. Empty for the
    header itself, for a row with one cell, and for the rows of a headless list of pairs
    (`Adults | 10 mg`). None where the table goes on from elsewhere, so that its header does
    not stand here. Where nothing parts the cells of any row, the first row is the header.
    """
    cells = [row_cells(row) for row in rows]
    if all(len(row) == 1 for row in cells):  # its columns are not marked in any way
        return [None] * len(rows) if has_values(rows[0]) else [(), *[(0,)] * (len(rows) - 1)]
    head = _header(rows, cells)
    if head is None:
        return [None if len(_filled(row)) > 1 else () for row in cells]
    section: Heads = ()
    label: int | None = None
    found: list[Heads | None] = []
    for number, row in enumerate(cells):
        filled = _filled(row)
        if number < head or RULE.match(rows[number]) or not filled:
            found.append(())
        elif len(filled) == 1 and row[0]:
            goes_on = bool(section) and section[-1] == number - 1
            section, label = (*section, number) if goes_on else (number,), None
            found.append(())
        else:
            above = _columns(rows, cells, head)
            under = (label,) if label is not None and not row[0] else ()
            found.append((*above, *section, *under))
        if len(filled) > 1 and row[0]:
            label = number
    return found


def _filled(row: Sequence[str]) -> list[str]:
    return [cell for cell in row if cell]


def _header(rows: Sequence[str], cells: Sequence[Sequence[str]]) -> int | None:
    """Return how many rows from the top make the header; None where it stands elsewhere."""
    ruled = [number for number, row in enumerate(rows) if RULE.match(row)]
    if ruled and any(_filled(row) for row in cells[: ruled[0]]):
        return ruled[0]
    first = next((n for n, row in enumerate(cells) if len(_filled(row)) > 1), None)
    if first is None:
        return 0
    if _holds_data(cells[first]):
        return 0 if len(cells[first]) == 2 else None
    width = max(len(row) for row in cells)
    second = first + 1
    spans = len(cells[first]) < width or "" in cells[first][1:]
    below = cells[second] if second < len(cells) else []
    if spans and len(below) > 1 and not any(_AMOUNT_FIRST.match(cell) for cell in below[1:]):
        return second + 1
    return second


def _holds_data(row: Sequence[str]) -> bool:
    """Return whether a table's first row is no header: amounts, where labels would stand."""
    if LIST_MARK.match(row[0]):
        return True  # a list set as a table
    if len(row) == 2:
        return bool(_AMOUNT_FIRST.match(row[1])) and not _YEAR.match(row[1])
    values = _filled(row[1:])
    if all(_BARE_NUMBER.match(v) and not _YEAR.match(v) for v in values):
        return True
    return all(_AMOUNT_FIRST.match(v) and len(v.split()) > _LABEL_WORDS for v in values)


def _columns(rows: Sequence[str], cells: Sequence[Sequence[str]], head: int) -> list[int]:
    """Return the header rows, from the first that holds more than a title.

    A single cell that does not stand first spans columns.
    """
    header = [n for n in range(head) if not RULE.match(rows[n]) and _filled(cells[n])]
    wide = [n for n in header if len(_filled(cells[n])) > 1 or not cells[n][0]]
    return header[header.index(wide[0]) :] if wide else header
