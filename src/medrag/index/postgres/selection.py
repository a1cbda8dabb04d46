"""Which documents may answer, decided by the database, kept here as one bit each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medrag.core.query import Filters
from medrag.index.catalog import folded
from medrag.index.postgres.tables import Tables

Ask = Callable[..., list[list[Any]]]
"""Gives the rows of a statement for its values: `Pool.rows` or `Connection.rows`."""

_FEW = 200
"""Up to here documents are named one by one, and their rows found without a scan."""


@dataclass(frozen=True, slots=True)
class Selected:
    """The documents that a filter lets through.

    Attributes:
        documents: Their positions, ascending.
        bits: One bit for each document of the index, the lowest of a byte first.
        rows: How many passages they have.
    """

    documents: NDArray[np.int32]
    bits: bytes
    rows: int

    @property
    def condition(self) -> str:
        """What a statement over rows must add; `values` has what it names."""
        if len(self.documents) <= _FEW:
            return "document = ANY(:documents::integer[])"
        return "get_bit(:bits::bytea, document) = 1"

    @property
    def values(self) -> dict[str, Any]:
        """The values that `condition` names."""
        if len(self.documents) <= _FEW:
            return {"documents": self.documents.tolist()}
        return {"bits": self.bits}

    def holds(self, documents: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which of the positions given are selected."""
        bits = np.unpackbits(np.frombuffer(self.bits, dtype=np.uint8), bitorder="little")
        chosen: NDArray[np.bool_] = bits[documents] == 1
        return chosen


def select(ask: Ask, tables: Tables, filters: Filters, as_of: date) -> Selected:
    """Return which documents pass `filters`; see `core.query.Filters`."""
    conditions, values = _conditions(filters, as_of)
    (everything,) = ask(f"SELECT count(*)::integer FROM {tables.documents}")
    ((places, rows),) = ask(
        "SELECT coalesce(array_agg(position ORDER BY position)::text, '{}'), "
        f"coalesce(sum(passages), 0)::integer FROM {tables.documents} "
        f"WHERE {' AND '.join(conditions) or 'true'}",
        **values,
    )
    documents = np.array(places[1:-1].split(",") if places != "{}" else [], dtype=np.int32)
    chosen = np.zeros(everything[0], dtype=np.bool_)
    chosen[documents] = True
    return Selected(documents, np.packbits(chosen, bitorder="little").tobytes(), rows)


def _conditions(filters: Filters, as_of: date) -> tuple[list[str], dict[str, Any]]:
    conditions: list[str] = []
    values: dict[str, Any] = {}
    if not filters.include_superseded:
        conditions.append("in_force @> :day::date")
        values["day"] = as_of.isoformat()
    wanted = {
        "kind": filters.kinds,
        "specialty": filters.specialties,
        "jurisdiction": filters.jurisdictions,
        "publisher": filters.publishers,
    }
    for column, names in wanted.items():
        if names:
            conditions.append(f"{column} = ANY(:{column}::bytea[])")
            values[column] = [stored(folded(name)) for name in names]
    if filters.document_ids:
        conditions.append("id = ANY(:ids::bytea[])")
        values["ids"] = [stored(name) for name in filters.document_ids]
    if filters.dated_from or filters.dated_until:
        conditions.append("start BETWEEN :first::date AND :last::date")
        values["first"] = (filters.dated_from or date.min).isoformat()
        values["last"] = (filters.dated_until or date.max).isoformat()
    return conditions, values


def stored(text: str) -> bytes:
    """Return how a text is kept: bytes, which hold any character in any database."""
    return text.encode("utf-8", "surrogatepass")
