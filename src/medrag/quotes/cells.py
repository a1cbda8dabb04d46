"""Cells of a quoted row: they must stand in the columns in which the passage has them.

White space is no word, so `Drug<tab>15 mg/kg` has all the words of `Drug<tab><tab>15 mg/kg`, where
the dose stands one column further on, under another label.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from medrag.core.answer import QuoteChange
from medrag.core.span import Span
from medrag.quotes.reading import Reading
from medrag.text import normalize
from medrag.text.rows import holds_cells, placed_cells, row_cells

_MOST_ROWS = 200

_Row = tuple[list[str], str]


def moved_cells(reading: Reading, quote: str, place: Span) -> tuple[QuoteChange, ...]:
    """Return the rows of `quote` whose cells stand in other columns of the passage.

    Only rows whose cells bars or tabs part say where a cell stands; and only where a cell is
    blank, on one side or the other, can it move although no word does.
    """
    parted = [line for line in quote.split("\n") if "|" in line or "\t" in line][:_MOST_ROWS]
    rows = list(_rows(reading, place)) if parted else []
    moved = ((line, _moved(line, rows)) for line in parted)
    return tuple(
        QuoteChange(kind="word", quoted=" ".join(line.split()), source=" ".join(words.split()))
        for line, words in moved
        if words
    )


def _rows(reading: Reading, place: Span) -> Iterator[_Row]:
    """Yield the cells and the words of the rows that stand in `place`."""
    start, end = reading.folded_range(place)
    for number in range(reading.unit_at(start), reading.unit_at(max(start, end - 1)) + 1):
        if reading.units[number].kind == "row":
            yield _normal(_own_cells(reading, number)), reading.outline.words(number)


def _own_cells(reading: Reading, number: int) -> list[str]:
    """Return the cells of a row, blank ones included where its header tells which they are."""
    row = reading.outline.words(number)
    heads = reading.heads(number) or ()
    if "|" in row or not heads:
        return row_cells(row)
    header = reading.outline.words(heads[-1])
    if "\t" in row:
        single = row.split("\t")
        return single if len(single) == header.count("\t") + 1 else row_cells(row)
    placed = placed_cells(_line(reading, heads[-1]), _line(reading, number))
    return row_cells(row) if placed is None else placed


def _line(reading: Reading, number: int) -> str:
    """Return unit `number` with the spaces before it in its line."""
    start = reading.outline.units[number].start
    left = reading.text.rfind("\n", 0, start) + 1
    return " " * (start - left) + reading.outline.words(number)


def _normal(cells: Sequence[str]) -> list[str]:
    return [normalize(cell).text.strip() for cell in cells]


def _moved(line: str, rows: Sequence[_Row]) -> str:
    """Return the row that has these cells but in other columns; "" where none or one has them."""
    barred = "|" in line
    cells = _normal(row_cells(line) if barred else line.split("\t"))
    filled = _filled(cells)
    if len(filled) < 2:
        return ""
    candidates = [(own, words) for own, words in rows if holds_cells(_filled(own), filled)]
    for own, _ in candidates:
        if holds_cells(own, cells) or not ("" in own or (barred and "" in cells)):
            return ""
    return candidates[0][1] if candidates else ""


def _filled(cells: Sequence[str]) -> list[str]:
    return [cell for cell in cells if cell]
