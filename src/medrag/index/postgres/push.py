"""Pushing an index folder to a PostgreSQL server: one transaction, then the old is removed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from pg8000.exceptions import DatabaseError

from medrag.errors import BackendError, IndexStateError
from medrag.index.catalog import folded
from medrag.index.manifest import MANIFEST, generation_folder
from medrag.index.moving import Pushed, Say, VectorSearch
from medrag.index.postgres import binary
from medrag.index.postgres.address import Address, read_address
from medrag.index.postgres.connection import Connection, clear, sqlstate
from medrag.index.postgres.files import remove_unneeded, send_files
from medrag.index.postgres.graph import tuned
from medrag.index.postgres.holding import (
    lock_for_pushing,
    nobody_reads,
    refuse_other_formats,
)
from medrag.index.postgres.impacts import DIM, WordCounts
from medrag.index.postgres.periods import families, periods_in_force
from medrag.index.postgres.selection import stored
from medrag.index.postgres.tables import FORMAT, Schema, Tables
from medrag.index.records import to_bytes
from medrag.index.store import Store

_OLDEST = (0, 7)
_ROWS_A_CHUNK = 2048


def push(
    path: Path,
    url: str,
    *,
    vectors: VectorSearch = "exact",
    keep: int = 2,
    say: Say = lambda _: None,
) -> Pushed:
    """Make the index at `url` what the index folder at `path` is now.

    All of it is sent in one transaction: readers see the old generation until it is complete,
    then the new one; whatever dies in between leaves the old one. Readers that have the old one
    open keep it.

    Args:
        path: The index folder; every byte of it is compared first.
        url: See `read_address`.
        vectors: Compare every vector, or make a graph of neighbors as well.
        keep: How many pushes stay on the server, the new one included; at least 1.
        say: Told what is being done.

    Raises:
        IndexStateError: The folder is damaged, somebody else is pushing, or the graph finds less
            than `graph.FLOOR`.
        BackendError: The server cannot be reached, lacks pgvector, or lets this user not write.
    """
    address = read_address(url)
    with Store.open(path) as store, clear(address):
        if store.whole is not None:
            raise IndexStateError(f"{path}: a shard. Push the index that it is a part of.")
        connection = Connection(address, timeout_s=None)
        try:
            pushed = _Push(store, connection, address, say).run(vectors)
            removed = _remove_old(connection, address, pushed.push, keep)
        finally:
            connection.close()
    return replace(pushed, removed=removed)


class _Push:
    """One push, in one transaction."""

    def __init__(self, store: Store, connection: Connection, address: Address, say: Say) -> None:
        self._store = store
        self._connection = connection
        self._address = address
        self._say = say
        self._schema = Schema(address.schema)
        self._generation = store.manifest.generation
        listed = generation_folder(store.path, self._generation) / MANIFEST
        self._manifest = listed.read_bytes()

    def run(self, vectors: VectorSearch) -> Pushed:
        self._prepare()
        self._connection.do("BEGIN")
        lock_for_pushing(self._connection, self._address)
        before = self._latest()
        if before is not None and before[1:3] == [self._manifest, vectors == "hnsw"]:
            self._connection.do("ROLLBACK")
            return self._done(before[0], is_new=False, recall=before[3])
        tables = Tables(self._schema, before[0] + 1 if before else 1)
        self._connection.do("SET LOCAL maintenance_work_mem = '256MB'")
        self._connection.do(tables.create(dim=self._store.manifest.recipe.dim))
        self._send(tables)
        self._say("indexing")
        self._connection.do(tables.finish())
        depth, recall = self._graph(tables) if vectors == "hnsw" else (0, 1.0)
        self._connection.do(tables.analyze())
        self._switch(tables.push, depth, recall)
        self._connection.do("COMMIT")
        return self._done(tables.push, is_new=True, recall=recall)

    def _done(self, number: int, *, is_new: bool, recall: float) -> Pushed:
        count = len(self._store)
        return Pushed(number, self._generation, count, is_new, recall, ())

    def _prepare(self) -> None:
        """Make what all pushes share; each of it once, so a reader may look before any push."""
        ((encoding,),) = self._connection.rows("SHOW server_encoding")
        if encoding != "UTF8":
            raise BackendError(f"{self._address}: the database is {encoding}, it must be UTF8.")
        _need_pgvector(self._connection, self._address)
        self._connection.do(self._schema.create())
        refuse_other_formats(self._connection, self._address)
        self._connection.rows(
            f"INSERT INTO {self._schema.table('format')} SELECT :version::integer "
            f"WHERE NOT EXISTS (SELECT 1 FROM {self._schema.table('format')})",
            version=FORMAT,
        )

    def _latest(self) -> list[Any] | None:
        found = self._connection.rows(
            "SELECT p.push, p.manifest, p.depth > 0, p.recall "
            f"FROM {self._schema.table('pushes')} p "
            f"JOIN {self._schema.table('current')} c ON c.push = p.push"
        )
        return found[0] if found else None

    def _send(self, tables: Tables) -> None:
        copy = self._connection.copy
        self._say("documents")
        copy(tables.documents, binary.stream(self._documents()))
        self._say(f"{len(self._store)} vectors")
        copy(tables.vectors, binary.stream(self._vectors()))
        self._say("words")
        with tempfile.TemporaryFile() as spool:
            words = WordCounts(spool)
            copy(tables.passages, binary.stream(self._passages(words)))
            copy(tables.words, binary.stream(self._words(words)))
            copy(tables.terms, binary.stream(_terms(words)))
        self._say("files")
        send_files(self._connection, self._schema, tables.push, self._store)

    def _documents(self) -> Iterator[list[bytes]]:
        editions = self._store.editions
        groups = families(editions)
        forced = periods_in_force(editions, groups)
        owners, starts = np.unique(self._store.row_documents, return_index=True)
        first = dict(zip(owners.tolist(), starts.tolist(), strict=True))
        for position, (entry, body) in enumerate(self._store.stored_documents()):
            source, edition = entry.source, editions[position]
            yield [
                binary.integer(position),
                binary.raw(stored(entry.id)),
                binary.raw(stored(edition.key)),
                *(
                    binary.raw(None if value is None else stored(folded(value)))
                    for value in map(source.get, ("kind", "specialty", "jurisdiction", "publisher"))
                ),
                binary.day(edition.start),
                binary.periods(forced[position]),
                binary.integer(groups[position]),
                binary.integer(first.get(position, 0)),
                binary.integer(entry.count),
                binary.raw(to_bytes(source)),
                binary.raw(body),
            ]

    def _passages(self, words: WordCounts) -> Iterator[list[bytes]]:
        for row, document in enumerate(self._store.row_documents.tolist()):
            record = self._store.record(row)
            words.add(record)
            yield [binary.integer(row), binary.integer(document), binary.raw(record)]

    def _vectors(self) -> Iterator[list[bytes]]:
        documents = self._store.row_documents.tolist()
        for start in range(0, len(self._store), _ROWS_A_CHUNK):
            rows = range(start, min(start + _ROWS_A_CHUNK, len(self._store)))
            halves = self._store.vectors(rows).astype(np.float16)
            for row, half in zip(rows, halves, strict=True):
                yield [
                    binary.integer(row),
                    binary.integer(documents[row]),
                    binary.half_vector(half),
                ]

    def _words(self, words: WordCounts) -> Iterator[list[bytes]]:
        documents = self._store.row_documents.tolist()
        for row, (places, impacts) in enumerate(words.impacts()):
            yield [
                binary.integer(row),
                binary.integer(documents[row]),
                binary.integers(places),
                binary.sparse_vector(places, impacts, DIM),
            ]

    def _graph(self, tables: Tables) -> tuple[int, float]:
        """Make the graph of neighbors; return how far it is walked and what it then finds."""
        self._say("graph of neighbors")
        self._connection.do(tables.graph())
        self._connection.do(f"ANALYZE {tables.vectors}")
        return tuned(self._connection, tables, self._store)

    def _switch(self, number: int, depth: int, recall: float) -> None:
        self._connection.rows(
            f"INSERT INTO {self._schema.table('pushes')} "
            "(push, manifest, passages, depth, recall) VALUES (:push::integer, "
            ":manifest::bytea, :passages::integer, :depth::integer, :recall::double precision)",
            push=number,
            manifest=self._manifest,
            passages=len(self._store),
            depth=depth,
            recall=recall,
        )
        self._connection.rows(
            f"INSERT INTO {self._schema.table('current')} (push) VALUES (:push::integer) "
            "ON CONFLICT (one) DO UPDATE SET push = excluded.push",
            push=number,
        )


def _terms(words: WordCounts) -> Iterator[list[bytes]]:
    for word, number in words.numbers.items():
        yield [
            binary.raw(word.encode()),
            binary.integer(number),
            binary.integer(words.passages[number]),
        ]


def _need_pgvector(connection: Connection, address: Address) -> None:
    try:
        connection.do("CREATE EXTENSION IF NOT EXISTS vector")
    except DatabaseError as error:
        if sqlstate(error) not in {"58P01", "0A000", "22023", "42501"}:
            raise
        raise BackendError(
            f"{address}: the server has no pgvector, or this user may not turn it on. Install the "
            "package postgresql-NN-pgvector there, then as an administrator of the database: "
            "CREATE EXTENSION vector"
        ) from None
    ((version,),) = connection.rows(
        "SELECT extversion FROM pg_extension WHERE extname = :name::text", name="vector"
    )
    if tuple(int(part) for part in version.split(".")[:2]) < _OLDEST:
        raise BackendError(f"{address}: pgvector is {version}; 0.7 or newer is needed.")


def _remove_old(
    connection: Connection, address: Address, current: int, keep: int
) -> tuple[int, ...]:
    """Remove pushes beyond the `keep` latest that nobody reads; the others go next time."""
    schema = Schema(address.schema)
    connection.do("BEGIN")
    found = connection.rows(f"SELECT push FROM {schema.table('pushes')} ORDER BY push DESC")
    removed = []
    for (number,) in found[max(keep, 1) :]:
        if number != current and nobody_reads(connection, schema, number):
            connection.do(Tables(schema, number).drop())
            for table in ("pushes", "files"):
                connection.rows(
                    f"DELETE FROM {schema.table(table)} WHERE push = :push::integer", push=number
                )
            removed.append(number)
    if removed:
        remove_unneeded(connection, schema)
    connection.do("COMMIT")
    return tuple(removed)
