"""Pulling an index from a PostgreSQL server into a folder, byte for byte."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from medrag.errors import IndexStateError
from medrag.index.commit import clean
from medrag.index.disk import FileSum, clear_errors, sync_tree, write_durably
from medrag.index.locks import lock_for_writing
from medrag.index.manifest import (
    CURRENT,
    MANIFEST,
    READERS,
    WRITE_LOCK,
    Manifest,
    current_manifest,
    generation_folder,
    refuse_foreign,
    switch,
)
from medrag.index.postgres.address import Address, read_address
from medrag.index.postgres.connection import Connection, clear
from medrag.index.postgres.files import receive
from medrag.index.postgres.holding import Held, kept
from medrag.index.postgres.store import manifest_of
from medrag.index.postgres.tables import Schema

_READ_S = 60.0


def pull(url: str, path: Path, *, generation: int | None = None) -> Manifest:
    """Make the folder at `path` the index that was pushed to `url`; return its manifest.

    A folder that holds an earlier generation of the same index fetches what it lacks. Every file
    is compared with its SHA-256; then one rename switches. Readers of the folder keep theirs.

    Args:
        url: See `read_address`.
        path: An index folder, or a new one.
        generation: Of the index; None for the one that counts.

    Raises:
        IndexStateError: There is no index at `url`, what it sent is damaged, or the folder holds
            something else, or a later generation.
        BackendError: The server cannot be reached.
    """
    address = read_address(url)
    with _held(address, generation) as (connection, held):
        manifest = manifest_of(address, held.manifest)
        refuse_foreign(path)
        with clear_errors(path):
            path.mkdir(parents=True, exist_ok=True)
            with lock_for_writing(path / WRITE_LOCK, wait_s=0):
                _bring(connection, address, held, path)
                clean(path, manifest)
    return manifest


@contextmanager
def _held(address: Address, generation: int | None) -> Iterator[tuple[Connection, Held]]:
    with clear(address):
        connection = Connection(address, timeout_s=_READ_S)
        try:
            yield connection, kept(connection, address, generation)
        finally:
            connection.close()


def _bring(connection: Connection, address: Address, held: Held, path: Path) -> None:
    manifest = manifest_of(address, held.manifest)
    mine = _present(path, manifest)
    schema = Schema(address.schema)
    for entry in manifest.files:
        place = path / entry.path
        if entry.path in mine or (place.name == READERS and place.exists()):
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        _write(place, entry, receive(connection, schema, entry.sha256))
    folder = generation_folder(path, manifest.generation)
    write_durably(folder / MANIFEST, held.manifest)
    sync_tree(path)
    switch(path, manifest.generation, hashlib.sha256(held.manifest).hexdigest())


def _present(path: Path, manifest: Manifest) -> set[str]:
    """Return which files the folder has already, of an earlier generation of the same index.

    Raises:
        IndexStateError: It holds another index, or a later generation.
    """
    if not (path / CURRENT).exists():
        return set()
    own = current_manifest(path)
    there = {entry.path: entry.sha256 for entry in own.files}
    if own.generation > manifest.generation:
        raise IndexStateError(
            f"{path}: is at generation {own.generation}, the server at {manifest.generation}. "
            "Pull into a new folder, or push this one."
        )
    wanted = {entry.path: entry.sha256 for entry in manifest.files}
    if any(wanted[name] != digest for name, digest in there.items() if name in wanted):
        raise IndexStateError(f"{path}: holds another index. Pull into a new folder.")
    return {name for name in there if name in wanted}


def _write(place: Path, entry: FileSum, blocks: Iterator[bytes]) -> None:
    digest = hashlib.sha256()
    with place.open("wb") as file:
        for block in blocks:
            digest.update(block)
            file.write(block)
    if digest.hexdigest() != entry.sha256:
        raise IndexStateError(
            f"{entry.path}: what the server sent is damaged. Nothing was switched; push it again."
        )
