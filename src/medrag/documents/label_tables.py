"""Tables of openFDA labels: the record has them as markup, and once more flattened in the text.

The flattened copy reads as prose (`10 mg 20 mg Once daily`). Where it is found word for word, the
table stands in its place, row by row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from medrag.documents.composer import Composer, clean
from medrag.documents.html import parse_html
from medrag.documents.html_blocks import write_blocks

_LEAST_CHARS = 12  # without spaces: what is shorter stands in a text by chance
_FILLER = "."


@dataclass(slots=True)
class LabelTable:
    """A table of one section.

    Attributes:
        flat: All its text without white space, in the order of the markup.
        written: Whether it has been written already.
    """

    body: etree._Element
    flat: str
    written: bool = False

    def write(self, composer: Composer) -> None:
        """Write the table row by row."""
        write_blocks(self.body, composer)
        self.written = True


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a text a table's words stand."""

    start: int
    end: int
    table: LabelTable


def read_tables(value: Any, path: Path) -> list[LabelTable]:
    """Return the tables of one `..._table` field, in order; `path` is for messages."""
    tables: list[LabelTable] = []
    for markup in value if isinstance(value, list) else []:
        if isinstance(markup, str) and "<" in markup:
            root = parse_html(f"<html><body>{markup}</body></html>", path)
            body = next(root.iter("body"))
            tables.append(LabelTable(body, _squeezed(clean("".join(map(str, body.itertext()))))))
    return tables


def distinct(tables: Sequence[LabelTable]) -> list[LabelTable]:
    """Return the tables less those that say what an earlier one says: a record repeats them."""
    return list({table.flat: table for table in reversed(tables)}.values())[::-1]


def placed(tables: Sequence[LabelTable], text: str, begin: int) -> list[Place]:
    """Return the places of tables in `text` after `begin`, in text order; they do not overlap."""
    if not tables:
        return []  # most texts of most labels
    origins = [at for at in range(begin, len(text)) if not text[at].isspace()]
    flat = "".join(text[at] for at in origins)
    places: list[Place] = []
    after = 0
    for table in tables:
        at = flat.find(table.flat, after) if len(table.flat) >= _LEAST_CHARS else -1
        if at >= 0 and not table.written:
            after = at + len(table.flat)
            places.append(Place(origins[at], origins[after - 1] + 1, table))
    return places


def masked(text: str, places: Sequence[Place]) -> str:
    """Return `text` with tables blotted out, so that no number in them reads as a heading's."""
    for place in places:
        text = text[: place.start] + _FILLER * (place.end - place.start) + text[place.end :]
    return text


def _squeezed(text: str) -> str:
    return "".join(text.split())
