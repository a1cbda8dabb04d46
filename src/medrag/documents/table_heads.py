"""What the rows of a document's tables are to be read under: header rows, headings inside.

A passage that begins in the middle of a table says `10 mg | once daily` without what the columns
mean; what heads its first row is what an embedder may be told beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from medrag.documents.composer import CELL_SEPARATOR
from medrag.text.tables import read_table

_BLOCK_END = "\n\n"
_BLANK_FIRST = CELL_SEPARATOR.lstrip()


def table_headers(text: str, starts: Sequence[int]) -> list[tuple[str, ...]]:
    """Return for each of some places, in text order, the rows that head the row there.

    Empty for a place where no table goes on: its first row, prose, the middle of a row. Each
    table is read once, however many passages it fills.
    """
    found: list[tuple[str, ...]] = []
    table: _Table | None = None
    for start in starts:
        if start < 2 or text[start - 1] != "\n" or text[start - 2] == "\n":
            found.append(())
            continue
        if table is None or start >= table.end:
            above = text.rfind(_BLOCK_END, 0, start)
            begin = above + len(_BLOCK_END) if above >= 0 else 0
            end = text.find(_BLOCK_END, start)
            table = _Table(text[begin : end if end >= 0 else len(text)], begin)
        found.append(table.heads(start))
    return found


def headed_at_once(text: str) -> frozenset[int]:
    """Return where rows begin that stand directly under a row which heads them.

    A heading alone at the end of one passage, its row at the head of the next, is lost to both.
    """
    places: set[int] = set()
    begin = 0
    for block in text.split(_BLOCK_END):
        if CELL_SEPARATOR in block:
            places.update(_Table(block, begin).headed_at_once())
        begin += len(block) + len(_BLOCK_END)
    return frozenset(places)


class _Table:
    """A block of lines, and what heads each if they are rows."""

    def __init__(self, block: str, begin: int) -> None:
        self.end = begin + len(block)
        begin += len(block) - len(block.lstrip("\n"))
        self._rows = block.lstrip("\n").split("\n")
        self._row_at = {at: number for number, at in enumerate(_places(self._rows, begin))}
        self._heads = _heads(self._rows) if CELL_SEPARATOR in block else []

    def heads(self, start: int) -> tuple[str, ...]:
        row = self._row_at.get(start)
        return tuple(self._rows[n] for n in self._heads[row]) if self._heads and row else ()

    def headed_at_once(self) -> Iterator[int]:
        return (at for at, row in self._row_at.items() if row - 1 in self._heads[row])


def _places(rows: Sequence[str], begin: int) -> Iterator[int]:
    for row in rows:
        yield begin
        begin += len(row) + 1


def _heads(rows: Sequence[str]) -> list[tuple[int, ...]]:
    """Return for each row the rows that it is read under, a header's own upper rows included."""
    # A line of ours that begins with a bar has a blank first cell; in Markdown, where bars stand
    # around a row, it has none.
    bars = [
        f"{_BLANK_FIRST}{row}" if row.startswith(_BLANK_FIRST) and row[-1] != "|" else row
        for row in rows
    ]
    heads: list[tuple[int, ...]] = []
    for start, end in pairwise([*_beginnings(bars), len(rows)]):
        found = [under or () for under in read_table(bars[start:end])]
        heads += [tuple(start + row for row in under) for under in found]
    for under in dict.fromkeys(heads):
        for place, row in enumerate(under):
            heads[row] = heads[row] or under[:place]
    return heads


def _beginnings(rows: Sequence[str]) -> list[int]:
    """Return where a table begins, and begins anew because its header's last row is repeated.

    The rows of that header above the last may say other names: two tables printed as one.
    """
    first = next((under for under in read_table(rows) if under), ())
    header = [row for row in first if CELL_SEPARATOR in rows[row]]
    if not header:
        return [0]
    height, last = len(header), header[-1]
    again = [row for row in range(last + height, len(rows)) if rows[row] == rows[last]]
    return [0, *(row - height + 1 for row in again)]
