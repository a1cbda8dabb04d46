"""Table rows as text: their cells, and each cell under the label of its column."""

from __future__ import annotations

import re

_EDGE = re.compile(r"[ \t]*\|[ \t]*|\t+")
_GAP = re.compile(r"[ \u00a0]{2,}")


def row_cells(row: str) -> list[str]:
    """Return the cells of one row, without white space around them.

    `|` or tabs part them; where there is neither, two spaces or more.
    """
    inner = row.strip().removeprefix("|").removesuffix("|").strip()
    edge = _EDGE if "|" in inner or "\t" in inner else _GAP
    return [" ".join(cell.split()) for cell in edge.split(inner)]


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
