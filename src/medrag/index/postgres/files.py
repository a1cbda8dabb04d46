"""The files of an index folder on the server: each content once, whole, and its digest with it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from medrag.index.manifest import Manifest
from medrag.index.postgres import binary
from medrag.index.postgres.connection import Connection
from medrag.index.postgres.tables import Schema
from medrag.index.store import Store

_BLOCK_BYTES = 1 << 20


def send_files(connection: Connection, schema: Schema, push: int, store: Store) -> None:
    """Send the files of the store's generation that the server does not have yet."""
    wanted = {entry.path: entry.sha256 for entry in store.manifest.files}
    blocks = schema.table("blocks")
    found = connection.rows(
        f"SELECT DISTINCT sha256 FROM {blocks} WHERE sha256 = ANY(:digests::text[])",
        digests=sorted({*wanted.values()}),
    )
    held = {digest for (digest,) in found}
    missing = {digest: path for path, digest in wanted.items() if digest not in held}
    connection.copy(
        blocks,
        binary.stream(
            [binary.raw(digest.encode()), binary.integer(number), binary.raw(block)]
            for digest, path in missing.items()
            for number, block in enumerate(_blocks(store.path / path))
        ),
    )
    connection.copy(
        schema.table("files"),
        binary.stream(
            [binary.integer(push), binary.raw(path.encode()), binary.raw(digest.encode())]
            for path, digest in wanted.items()
        ),
    )


def remove_unneeded(connection: Connection, schema: Schema) -> None:
    """Remove the contents that no push names any more."""
    connection.do(
        f"DELETE FROM {schema.table('blocks')} b WHERE NOT EXISTS "
        f"(SELECT 1 FROM {schema.table('files')} f WHERE f.sha256 = b.sha256)"
    )


def receive(connection: Connection, schema: Schema, digest: str) -> Iterator[bytes]:
    """Yield the content that has a digest, piece by piece; nothing where it is not there."""
    number = 0
    while True:
        found = connection.rows(
            f"SELECT data FROM {schema.table('blocks')} "
            "WHERE sha256 = :digest::text AND block = :block::integer",
            digest=digest,
            block=number,
        )
        if not found:
            return
        yield found[0][0]
        number += 1


def damaged_files(connection: Connection, schema: Schema, manifest: Manifest) -> list[str]:
    """Return what is wrong with each file that is not what the manifest says; [] when sound."""
    problems = []
    for entry in manifest.files:
        digest, size = hashlib.sha256(), 0
        for block in receive(connection, schema, entry.sha256):
            digest.update(block)
            size += len(block)
        if size != entry.bytes:
            problems.append(f"{entry.path}: {size} bytes, expected {entry.bytes}")
        elif digest.hexdigest() != entry.sha256:
            problems.append(f"{entry.path}: the SHA-256 differs")
    return problems


def _blocks(path: Path) -> Iterator[bytes]:
    """Yield the content of a file; an empty one is one empty block."""
    with path.open("rb") as file:
        block = file.read(_BLOCK_BYTES)
        yield block
        while block := file.read(_BLOCK_BYTES):
            yield block
