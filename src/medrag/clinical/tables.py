"""The rows of the tables in `data/`, as they are written."""

from __future__ import annotations

import csv
from importlib.resources import files

BRANDS_THAT_ARE_WORDS = frozenset(
    {
        "ella", "compro", "emend", "sonata", "intermezzo", "tabloid", "errin", "portia", "soma",
        "azo", "nix", "frova", "camila", "apri", "tice", "concerta", "focalin", "maxalt", "advent",
        "provera", "navane", "neffy", "granix", "mobic", "precose", "relax", "surfactant", "ten",
    }
)  # fmt: skip
"""Brand names that are words or first names too: they count only with a capital."""


def rows(table: str) -> list[dict[str, str]]:
    """Return the rows of `data/<table>.csv`, in file order, by the names of their columns."""
    text = (files("medrag.clinical") / "data" / f"{table}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def items(cell: str) -> tuple[str, ...]:
    """Return the items of a list inside a cell."""
    return tuple(cell.split("; ")) if cell else ()
