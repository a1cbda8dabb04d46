"""What opens the places that begin with `postgresql://`."""

from __future__ import annotations

from pathlib import Path

from medrag.index.manifest import Manifest
from medrag.index.moving import Pushed, Say, VectorSearch
from medrag.index.postgres.address import read_address
from medrag.index.postgres.connection import Connection, clear
from medrag.index.postgres.files import damaged_files
from medrag.index.postgres.holding import hold
from medrag.index.postgres.pull import pull
from medrag.index.postgres.push import push
from medrag.index.postgres.store import PostgresStore, manifest_of
from medrag.index.postgres.tables import Schema, Tables

_READ_S = 60.0


class PostgresKind:
    """An index in PostgreSQL; see `index.opening.IndexKind`."""

    @staticmethod
    def open(url: str) -> PostgresStore:
        """Return the generation that counts now, held until it is closed.

        Raises:
            IndexStateError: There is no index there, or it is of another format.
            BackendError: The server cannot be reached.
        """
        return PostgresStore(read_address(url))

    @staticmethod
    def newest(url: str) -> Manifest:
        """Return the manifest of the generation that counts now."""
        address = read_address(url)
        with clear(address):
            connection = Connection(address, timeout_s=_READ_S)
            try:
                return manifest_of(address, hold(connection, address).manifest)
            finally:
                connection.close()

    @staticmethod
    def push(path: Path, url: str, *, vectors: VectorSearch, keep: int, say: Say) -> Pushed:
        """Send an index folder; see `index.moving.push`."""
        return push(path, url, vectors=vectors, keep=keep, say=say)

    @staticmethod
    def pull(url: str, path: Path, *, generation: int | None) -> Manifest:
        """Fetch an index folder; see `index.moving.pull`."""
        return pull(url, path, generation=generation)

    @staticmethod
    def verify(url: str) -> list[str]:
        """Return what is wrong: files that differ from their SHA-256, tables that lack rows."""
        address = read_address(url)
        schema = Schema(address.schema)
        with clear(address):
            connection = Connection(address, timeout_s=_READ_S)
            try:
                held = hold(connection, address)
                manifest = manifest_of(address, held.manifest)
                problems = damaged_files(connection, schema, manifest)
                return problems + _short_tables(connection, Tables(schema, held.push), manifest)
            finally:
                connection.close()


def _short_tables(connection: Connection, tables: Tables, manifest: Manifest) -> list[str]:
    problems = []
    expected = {
        tables.documents: manifest.documents,
        tables.passages: manifest.passages,
        tables.vectors: manifest.passages,
        tables.words: manifest.passages,
    }
    for table, count in expected.items():
        ((found,),) = connection.rows(f"SELECT count(*) FROM {table}")
        if found != count:
            problems.append(f"{table}: {found} rows, expected {count}")
    return problems
