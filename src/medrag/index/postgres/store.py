"""An index on a PostgreSQL server, opened for reading."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
from pydantic import ValidationError

from medrag.core.document import Document, Passage, Source
from medrag.core.query import Filters, Hit
from medrag.core.understanding import Added
from medrag.errors import IndexStateError, InputError
from medrag.index.editions import Edition, superseded
from medrag.index.manifest import Manifest
from medrag.index.part import body_from_bytes, passage_from_bytes
from medrag.index.postgres.address import Address
from medrag.index.postgres.binary import halves_of
from medrag.index.postgres.connection import Connection, Pool
from medrag.index.postgres.graph import walk
from medrag.index.postgres.holding import Held, held_again, hold
from medrag.index.postgres.search import DenseSearch, WordSearch
from medrag.index.postgres.selection import Selected, select, stored
from medrag.index.postgres.tables import Schema, Tables
from medrag.index.records import from_bytes
from medrag.index.store import today
from medrag.index.terms import terms
from medrag.index.vectors import Rows, Vectors

_SELECTIONS_KEPT = 16
_SOURCES_KEPT = 4096
_PAGE = 1000


class PostgresStore:
    """One push of an index, opened for reading; see `index.opening.OpenedIndex`.

    It keeps its push while it is open: a later one switches readers that open anew.

    Attributes:
        manifest: Of the index folder that was pushed.
    """

    quick = False
    """A server is asked over a network."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._schema = Schema(address.schema)
        self._held: Held | None = None
        self._pool = Pool(address, self._ready)
        ask = self._pool.rows
        try:
            ask("SELECT 1")
            held = self._now_held()
            self.manifest = manifest_of(address, held.manifest)
            self._tables = Tables(self._schema, held.push)
        except BaseException:
            self._pool.close()
            raise
        self._rows = held.passages
        self._dense = DenseSearch(ask, self._tables, rows=held.passages, depth=held.depth)
        self._words = WordSearch(ask, self._tables, rows=held.passages)
        self._selected = lru_cache(maxsize=_SELECTIONS_KEPT)(self._select)
        self._source = lru_cache(maxsize=_SOURCES_KEPT)(_source)

    def __len__(self) -> int:
        return self._rows

    @property
    def path(self) -> object:
        """The URL, without its password."""
        return str(self._address)

    @property
    def embedder_name(self) -> str:
        """The name to open the embedder of this index by."""
        return self.manifest.recipe.embedder_name

    @property
    def embedder_digest(self) -> str:
        """The digest that a query's embedder must have."""
        return self.manifest.recipe.embedder_digest

    def close(self) -> None:
        """Let a push remove this generation when it is no longer kept."""
        self._pool.close()

    def select(self, filters: Filters) -> Selected | None:
        """Return which documents pass `filters`; None where all do."""
        selected = self._selected(filters, filters.as_of or today())
        return None if selected.rows == self._rows else selected

    def holds_as_many(self, narrow: Filters, wide: Filters) -> bool:
        """Return whether `narrow` lets through as many rows as `wide`, which allows more."""
        counts = [
            self._selected(filters, filters.as_of or today()).rows for filters in (narrow, wide)
        ]
        return counts[0] == counts[1]

    def dense(
        self, queries: Vectors, k: int, *, allowed: Selected | None = None
    ) -> tuple[Vectors, Rows]:
        """Return the nearest rows; see `core.protocols.VectorIndex.search`.

        Raises:
            ValueError: The queries are not of shape (n, dim).
        """
        dim = self.manifest.recipe.dim
        if queries.ndim != 2 or queries.shape[1] != dim:
            raise ValueError(f"queries need the shape (n, {dim}), got {queries.shape}")
        return self._dense.search(queries.astype(np.float32), k, allowed=allowed)

    def lexical(
        self, text: str, k: int, *, allowed: Selected | None = None, added: Sequence[Added] = ()
    ) -> list[tuple[int, float]]:
        """Return the best rows by BM25; see `core.protocols.LexicalIndex.search`."""
        return self._words.search(text, k, allowed=allowed, added=added)

    def terms(self, text: str) -> list[str]:
        """Return the words of `text` as the lexical search compares them, in text order."""
        return terms(text)

    def frequencies(self, words: Sequence[str]) -> list[int]:
        """Return in how many passages each of `words`, as `terms` cuts them, stands."""
        return self._words.frequencies(words)

    def vectors(self, rows: Sequence[int]) -> Vectors:
        """Return the stored vectors of rows, shape (len(rows), dim), in the order given."""
        ((sent,),) = self._pool.rows(
            "SELECT encode(string_agg(halfvec_send(v.vector), '' ORDER BY asked.place), 'base64') "
            'FROM unnest(:rows::integer[]) WITH ORDINALITY AS asked("row", place) '
            f'JOIN {self._tables.vectors} v ON v."row" = asked."row"',
            rows=list(rows),
        )
        return halves_of(sent or "", self.manifest.recipe.dim).astype(np.float32)

    def hits(
        self,
        ranked: Sequence[tuple[int, float]],
        *,
        retriever: str,
        as_of: date | None = None,
    ) -> list[Hit]:
        """Return (row, score) pairs as hits, ranked from 1 in the order given.

        `in_force` is what it is on the day `as_of`, today unless given.
        """
        found = self._pool.rows(
            'SELECT p."row", p.record, d.source, d.in_force @> :day::date '
            f"FROM {self._tables.passages} p JOIN {self._tables.documents} d "
            'ON d.position = p.document WHERE p."row" = ANY(:rows::integer[])',
            rows=[row for row, _ in ranked],
            day=(as_of or today()).isoformat(),
        )
        by_row = {row: rest for row, *rest in found}
        hits = []
        for rank, (row, score) in enumerate(ranked, start=1):
            record, source, in_force = by_row[row]
            hits.append(
                Hit(
                    passage=passage_from_bytes(record).passage,
                    source=self._source(source),
                    score=score,
                    rank=rank,
                    retriever=retriever,
                    in_force=in_force,
                )
            )
        return hits

    def passage(self, row: int) -> Passage:
        """Return the passage of a row.

        Raises:
            IndexError: There is no such row.
        """
        if not 0 <= row < len(self):
            raise IndexError(f"row {row} of {len(self)}")
        return self._passages(row, row + 1)[0]

    def document(self, document_id: str) -> Document:
        """Return a document with its canonical text.

        Raises:
            InputError: The index holds no such document.
        """
        source, body = self._find(document_id, "source, body")
        return body_from_bytes(body, self._source(source))

    def documents(self) -> Iterator[Document]:
        """Yield every document, in the order in which they were added."""
        for source, body in self._pages("source, body"):
            yield body_from_bytes(body, self._source(source))

    def passages_of(self, document_id: str) -> list[Passage]:
        """Return the passages of a document, in text order.

        Raises:
            InputError: The index holds no such document.
        """
        first, count = self._find(document_id, "first, passages")
        return self._passages(first, first + count)

    def sources(self) -> Iterator[tuple[str, Source, int]]:
        """Yield (document id, source, number of passages) of each document, without its text."""
        for name, source, count in self._pages("id, source, passages"):
            yield name.decode("utf-8", "surrogatepass"), self._source(source), count

    def superseded(
        self, as_of: date | None = None, *, among: Iterable[str] | None = None
    ) -> dict[str, tuple[str, ...]]:
        """Return the keys of replaced sources, each with the keys of what replaces it.

        With `among` only the editions that can decide about those sources are fetched.
        """
        documents = self._tables.documents
        where, values = "", {}
        if among is not None:
            asked = f"SELECT family FROM {documents} WHERE key = ANY(:keys::bytea[])"
            where, values = f"WHERE family IN ({asked})", {"keys": [stored(key) for key in among]}
        found = self._pool.rows(f"SELECT source FROM {documents} {where}", **values)
        return superseded([_edition(self._source(source)) for (source,) in found], as_of or today())

    def keys_in_force(self, as_of: date | None = None) -> set[str]:
        """Return the keys of the sources that are in force on the day, today unless given."""
        found = self._pool.rows(
            f"SELECT key FROM {self._tables.documents} WHERE in_force @> :day::date",
            day=(as_of or today()).isoformat(),
        )
        return {key.decode("utf-8", "surrogatepass") for (key,) in found}

    def _select(self, filters: Filters, as_of: date) -> Selected:
        return select(self._pool.rows, self._tables, filters, as_of)

    def _passages(self, start: int, end: int) -> list[Passage]:
        found = self._pool.rows(
            f"SELECT record FROM {self._tables.passages} "
            'WHERE "row" >= :start::integer AND "row" < :end::integer ORDER BY "row"',
            start=start,
            end=end,
        )
        return [passage_from_bytes(record).passage for (record,) in found]

    def _find(self, document_id: str, columns: str) -> list[Any]:
        found = self._pool.rows(
            f"SELECT {columns} FROM {self._tables.documents} WHERE id = :id::bytea",
            id=stored(document_id),
        )
        if not found:
            raise InputError(f"{self.path}: no document has the id {document_id!r}.")
        return found[0]

    def _pages(self, columns: str) -> Iterator[list[Any]]:
        for start in range(0, self.manifest.documents, _PAGE):
            yield from self._pool.rows(
                f"SELECT {columns} FROM {self._tables.documents} "
                "WHERE position >= :start::integer AND position < :end::integer ORDER BY position",
                start=start,
                end=start + _PAGE,
            )

    def _ready(self, connection: Connection) -> None:
        """Let no push remove what this store reads, for as long as the connection lasts."""
        if self._held is None:
            self._held = hold(connection, self._address)
        else:
            held_again(connection, self._address, self._held.push)
        if self._held.depth:
            connection.do(walk(self._held.depth))

    def _now_held(self) -> Held:
        if self._held is None:
            raise IndexStateError(f"{self.path}: no index is open.")
        return self._held


def manifest_of(address: Address, data: bytes) -> Manifest:
    """Return the manifest that was pushed.

    Raises:
        IndexStateError: It is not readable.
    """
    try:
        return Manifest.model_validate(json.loads(data))
    except (ValueError, ValidationError) as error:
        raise IndexStateError(
            f"{address}: the manifest is not readable by this medrag. Push the index again."
        ) from error


def _source(data: bytes) -> Source:
    return Source.model_validate(from_bytes(data))


def _edition(source: Source) -> Edition:
    return Edition(
        key=source.key,
        series=source.series,
        published=source.published,
        effective=source.effective,
        expires=source.expires,
        supersedes=source.supersedes,
    )
