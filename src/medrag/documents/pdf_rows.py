"""Lines of a table's cells to rows, where no rule says where a row ends.

A row that is parted too often can still be read; two rows in one put a dose beside another drug.
So a row begins wherever the first column begins something new, and only text that plainly goes on
stays with the row it began in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from medrag.documents.pdf_lines import BULLETS, Fragment

Row = tuple[tuple[str, ...], ...]
"""Cells from left to right, each the lines of its text."""

Line = list[tuple[Fragment, int]]
"""What stands on one baseline: (text, number of its column), from left to right."""

_ROW_GAP = 1.5  # of the size: a wider step between baselines begins another row
_LEADING = 1.3  # of the size: lines of one cell stand no further apart
_NUMBERED = re.compile(r"\(?(?:\d{1,2}|[a-zA-Z]|[ivxIVX]{1,5})[.)]\s+\S")
_JOINERS = ("-", ",", ";", "/", " and", " or", " of", " the", " with", " for", " to", " in")
_GOING_ON = re.compile(
    rf"[(\[{BULLETS}]|(?:an?|and|as|at|by|for|from|in|not|of|on|or|per|than|that|the|to|with)\b"
)
_SPACE = 0.5  # of the size
_SHORT_CHARS = 30  # lines of running text in a cell are longer
_ENDED = (".", "!", "?", ";", ":")


@dataclass(slots=True)
class BandRows:
    """Collects the rows between two rules, line by line from the top.

    Attributes:
        columns: How many cells a row has.
        rights: How far right the text of each column reaches.
        wraps: Whether lines of each column stand where the first column has none; where none
            does, every cell is one line.
        whole: Whether everything is one row.
        loose: Whether a line of the first column alone may go on with a short one above it.
    """

    columns: int
    rights: Sequence[float]
    wraps: Sequence[bool]
    whole: bool
    loose: bool = False
    _rows: list[list[list[str]]] = field(default_factory=list)
    _last: dict[int, tuple[Fragment, int]] = field(default_factory=dict)
    _base: float = 0.0
    _was_full: bool = False

    def add(self, line: Line) -> None:
        """Add what stands on the next baseline."""
        begins = not self._rows or (not self.whole and self._begins(line))
        if begins:
            self._rows.append([[] for _ in range(self.columns)])
        every_cell = begins and self._is_full(line)
        for part, at in line:
            row = len(self._rows) - 1
            above = self._last.get(at)
            # Where a row begins in all cells, only running text goes on with the cell above.
            apart = every_cell and above is not None and self._is_broken(above[0], part, at)
            if at and above is not None and not apart and self._goes_on(part, at):
                row = above[1]
            self._rows[row][at].append(part.text)
            self._last[at] = (part, row)
        if line[0][1] == 0:
            self._was_full = self._is_full(line)
        self._base = line[0][0].base

    def finished(self) -> list[Row]:
        """Return the rows, top to bottom."""
        return [tuple(tuple(cell) for cell in row) for row in self._rows]

    def _is_full(self, line: Line) -> bool:
        return len({at for _, at in line}) == self.columns

    def _begins(self, line: Line) -> bool:
        if line[0][0].base - self._base > _ROW_GAP * line[0][0].size:
            return True
        first, at = line[0]
        if at != 0:
            return False
        before = self._last[0][0] if 0 in self._last else None
        if (
            before is None
            or first.base - before.base > _ROW_GAP * first.size
            or _NUMBERED.match(first.text)
        ):
            return True
        # Names of drugs begin small, too, but beside a cell of every column.
        small = first.text[0].islower() and not (self._was_full and self._is_full(line))
        fits = not (self.loose or _GOING_ON.match(first.text)) and self._fits(before, first, at)
        if (small and not fits) or before.text.endswith(_JOINERS):
            return False
        return (
            fits
            or first.bold != before.bold
            or any(not self._goes_on(part, at) for part, at in line if at)
        )

    def _is_broken(self, above: Fragment, part: Fragment, at: int) -> bool:
        """Return whether the line above is short, or the next word would have fitted into it."""
        fits = self._fits(above, part, at)
        return fits or not self.wraps[at] or len(above.text) <= _SHORT_CHARS

    def _fits(self, above: Fragment, part: Fragment, at: int) -> bool:
        """Return whether the first word of a line would have fitted the line above."""
        word = part.words[0].right - part.words[0].left
        return above.right + word + _SPACE * part.size < self.rights[at]

    def _goes_on(self, part: Fragment, at: int) -> bool:
        """Return whether a cell's line goes on with the text above it in its column."""
        if at not in self._last:
            return False
        before = self._last[at][0]
        if part.base - before.base > _LEADING * part.size or part.bold != before.bold:
            return False
        return part.text[0].islower() or (
            len(before.text) > 20 and not before.text.endswith(_ENDED) and len(part.text) > 8
        )
