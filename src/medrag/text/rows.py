"""Table rows as text: their cells, and each cell under the label of its column."""

from __future__ import annotations

import re
from collections.abc import Sequence

_EDGE = re.compile(r"[ \t]*\|[ \t]*|\t+")
_GAP = re.compile(r"[ \u00a0]{2,}")
_SPACED_CELL = re.compile(r"[^ \u00a0]+(?:[ \u00a0][^ \u00a0]+)*")


def row_cells(row: str) -> list[str]:
    """Return the cells of one row, without white space around them.

    `|` or tabs part them; where there is neither, two spaces or more.
    """
    inner = row.strip().removeprefix("|").removesuffix("|").strip()
    edge = _EDGE if "|" in inner or "\t" in inner else _GAP
    return [" ".join(cell.split()) for cell in edge.split(inner)]


def holds_cells(row: Sequence[str], cells: Sequence[str]) -> bool:
    """Return whether `cells` stand one beside the other in `row`, in this order."""
    starts = range(len(row) - len(cells) + 1)
    return any(list(row[at : at + len(cells)]) == list(cells) for at in starts)


def placed_cells(header: str, row: str) -> list[str] | None:
    """Return the cells of a row set with spaces, one for each column of its header, "" if blank.

    Both are lines of one page, with the spaces that begin them. A cell belongs to the label that
    it stands under, else to the nearest; None where two would belong to one.
    """
    labels, cells = _places(header), _places(row)
    columns = [min(labels, key=lambda label: _apart(label, cell), default=None) for cell in cells]
    if len(set(columns)) < len(columns) or len(labels) < 2:
        return None
    found = {label: row[slice(*cell)] for label, cell in zip(columns, cells, strict=True)}
    return [found.get(label, "") for label in labels]


def _places(line: str) -> list[tuple[int, int]]:
    """Return where the cells of a line begin and end that spaces alone part."""
    return [match.span() for match in _SPACED_CELL.finditer(line)]


def _apart(label: tuple[int, int], cell: tuple[int, int]) -> tuple[int, int]:
    """Return how far a cell stands from being under a label, and how far their edges are apart."""
    beside = max(label[0] - cell[1], cell[0] - label[1], 0)
    return beside, min(abs(label[0] - cell[0]), abs(label[1] - cell[1]))


def labelled_row(header: str, row: str, *, caption: str = "") -> str | None:
    """Return a row as `caption: column: cell; column: cell`; None where its columns differ.

    Every word is the table's own; a blank cell is left out together with its label. A cell
    without a label stands alone.
    """
    labels, cells = row_cells(header), row_cells(row)
    if len(labels) != len(cells) or len(cells) < 2:
        return None
    said = [f"{a}: {b}" if a else b for a, b in zip(labels, cells, strict=True) if b]
    above = " ".join(caption.split())
    return (f"{above}: " if above else "") + "; ".join(said) if said else None
