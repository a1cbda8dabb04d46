"""Which row heads the columns of a table row: by place and number of cells, not by words."""

from __future__ import annotations

import re

from medrag.quotes.reading import Reading
from medrag.quotes.scope import is_self_contained
from medrag.text.rows import row_cells

_RULE = re.compile(r"[\s|:+=-]*\Z")  # the line of dashes under a markdown header
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")
_MOST_ROWS = 400
_SENTENCE_WORDS = 6


def header_of(reading: Reading, number: int) -> int | None:
    """Return the unit that heads the columns of row `number`; None where no row does.

    The first row of the same table with as many cells; where none has as many, the first
    with two or more (a header that spans columns). A row that is a sentence of its own in
    one of its cells needs no header.
    """
    cells = _cells(reading, number)
    if len(cells) < 2 or any(_is_statement(cell) for cell in cells):
        return None
    above = [row for row in range(_first_row(reading, number), number) if _holds(reading, row)]
    same = [row for row in above if len(_cells(reading, row)) == len(cells)]
    wide = [row for row in above if len(_cells(reading, row)) > 1]
    return next(iter(same), next(iter(wide), None))


def holds_header(reading: Reading, first: int, last: int) -> bool:
    """Return whether the units `first` to `last` are rows that bring their own header."""
    if last <= first or any(unit.kind != "row" for unit in reading.units[first : last + 1]):
        return False
    header = header_of(reading, last)
    return header is None or header >= first


def _first_row(reading: Reading, number: int) -> int:
    units, first = reading.units, number
    while first and number - first < _MOST_ROWS and units[first - 1].kind == "row":
        between = reading.text[
            reading.folded.origin[units[first - 1].end - 1] : reading.folded.origin[
                units[first].start
            ]
        ]
        if _BLANK_LINE.search(between):
            break
        first -= 1
    return first


def _holds(reading: Reading, number: int) -> bool:
    unit = reading.units[number]
    return not _RULE.match(reading.words(unit.start, unit.end))


def _cells(reading: Reading, number: int) -> list[str]:
    unit = reading.units[number]
    return row_cells(reading.words(unit.start, unit.end))


def _is_statement(cell: str) -> bool:
    closed = cell.endswith(".")
    return closed and len(cell.split()) >= _SENTENCE_WORDS and is_self_contained(cell)
