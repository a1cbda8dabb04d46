"""What opens `llama-index://FILE.toml`, pushes to it and pulls from it.

```
guidelines.vectors/
  CURRENT        which pushes are complete; the last one counts
  write.lock     held by the one that pushes
  000003/index   the index folder as it was pushed: passages, words, editions, exact vectors
  000003/...     the vectors of a store in memory
```
"""

from __future__ import annotations

import contextlib
import json
import shutil
from pathlib import Path
from typing import Any

from medrag.errors import IndexStateError
from medrag.index.disk import clear_errors, replace_durably
from medrag.index.llama_index.settings import VectorsFile, failed, open_store, read_vectors_file
from medrag.index.llama_index.store import OutsideStore, fill, proposed, recall_of
from medrag.index.locks import lock_for_writing, nobody_reads
from medrag.index.manifest import READERS, Manifest, current_manifest, generation_folder
from medrag.index.moving import Pushed, Say, VectorSearch
from medrag.index.records import to_bytes
from medrag.index.snapshot import snapshot
from medrag.index.verification import verify

FLOOR = 0.95
"""Share of the true ten nearest that a store must find, or the push is refused."""

_CURRENT, _LOCK, _INDEX = "CURRENT", "write.lock", "index"
_SAMPLE = 100


class LlamaIndexKind:
    """An index with its vectors in a LlamaIndex vector store; see `index.opening.IndexKind`."""

    @staticmethod
    def open(url: str) -> OutsideStore:
        """Return the push that counts now.

        Raises:
            IndexStateError: Nothing was pushed, or what was pushed is damaged.
            BackendError: The vector store cannot be opened.
        """
        folder, settings = read_vectors_file(url)
        number = _completed(folder, url)[-1]
        try:
            store = _opened(folder, settings, number)
        except IndexStateError:
            if (now := _completed(folder, url)[-1]) == number:
                raise
            number, store = now, _opened(folder, settings, now)  # replaced and removed meanwhile
        store.engine = _engine(store, settings, folder, number)
        return store

    @staticmethod
    def newest(url: str) -> Manifest:
        """Return the manifest of the push that counts now."""
        folder, _ = read_vectors_file(url)
        return current_manifest(_place(folder, _completed(folder, url)[-1]) / _INDEX)

    @staticmethod
    def verify(url: str) -> list[str]:
        """Return which files are damaged, and which of 100 passages the vector store lacks."""
        folder, settings = read_vectors_file(url)
        number = _completed(folder, url)[-1]
        problems = verify(_place(folder, number) / _INDEX)
        if problems:
            return problems
        with contextlib.closing(LlamaIndexKind.open(url)) as store:
            step = max(1, len(store) // _SAMPLE)
            for row in range(0, len(store), step):
                vector = store.vectors([row])[0]
                near = proposed(store.engine, settings, vector, min(100, len(store)))
                if not (store.vectors(near.tolist()) @ vector > 1 - 1e-2).any():
                    problems.append(f"push {number}: the vector of row {row} is not found")
        return problems

    @staticmethod
    def push(path: Path, url: str, *, vectors: VectorSearch, keep: int, say: Say) -> Pushed:
        """Keep the index folder as it is and send its vectors; see `index.moving.push`.

        How the vectors are searched is the store's own affair, so `vectors` says nothing.

        Raises:
            IndexStateError: The folder is damaged, somebody else is pushing, or the store finds
                less than `FLOOR`.
            BackendError: The vector store failed.
        """
        del vectors
        folder, settings = read_vectors_file(url)
        with clear_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
            with lock_for_writing(folder / _LOCK, wait_s=0):
                return _push(path, folder, settings, keep=keep, say=say)

    @staticmethod
    def pull(url: str, path: Path, *, generation: int | None) -> Manifest:
        """Give back the index folder as it was pushed; see `index.moving.pull`.

        Raises:
            IndexStateError: Nothing was pushed, the generation is not kept, or `path` exists.
        """
        folder, _ = read_vectors_file(url)
        kept = {
            current_manifest(_place(folder, number) / _INDEX).generation: number
            for number in _completed(folder, url)
        }
        wanted = generation or [*kept][-1]
        if wanted not in kept:
            there = ", ".join(map(str, sorted(kept)))
            raise IndexStateError(f"{url}: generation {wanted} is not kept there; {there} are.")
        return snapshot(_place(folder, kept[wanted]) / _INDEX, path)


def _push(path: Path, folder: Path, settings: VectorsFile, *, keep: int, say: Say) -> Pushed:
    before = _pushes(folder)
    if before and _same(_place(folder, before[-1]) / _INDEX, path):
        manifest = current_manifest(path)
        return Pushed(before[-1], manifest.generation, manifest.passages, False, 1.0)
    number = max([0, *before, *_numbers(folder)]) + 1
    place = _place(folder, number)
    place.mkdir()
    manifest = snapshot(path, place / _INDEX)
    with _opened(folder, settings, number) as store:
        dim = manifest.recipe.dim
        store.engine = open_store(settings, place, push=number, dim=dim, is_new=True)
        say(f"{len(store)} vectors")
        fill(store)
        recall = recall_of(store)
        if recall < FLOOR:
            raise IndexStateError(
                f"{settings.store} finds {recall:.1%} of the nearest, it must find {FLOOR:.0%}. "
                "What was pushed before still counts; let the store search more thoroughly."
            )
        if settings.persist is not None:
            _save(store, place)
        count = len(store)
    kept = [*before, number][-max(keep, 1) :]
    replace_durably(folder / _CURRENT, to_bytes({"pushes": kept}))
    removed = _remove_others(folder, settings, kept)
    return Pushed(number, manifest.generation, count, True, recall, removed)


def _save(store: OutsideStore, place: Path) -> None:
    try:
        store.engine.persist(persist_path=str(place / str(store.settings.persist)))
    except Exception as error:  # noqa: BLE001 - every store has its own
        raise failed(store.settings, "be saved", error) from None


def _opened(folder: Path, settings: VectorsFile, number: int) -> OutsideStore:
    store = OutsideStore.open(_place(folder, number) / _INDEX)
    store.settings = settings
    return store


def _engine(store: OutsideStore, settings: VectorsFile, folder: Path, number: int) -> Any:
    try:
        dim = store.manifest.recipe.dim
        return open_store(settings, _place(folder, number), push=number, dim=dim)
    except BaseException:
        store.close()
        raise


def _remove_others(folder: Path, settings: VectorsFile, kept: list[int]) -> tuple[int, ...]:
    """Remove pushes that are not kept and that nobody reads, dead ones included."""
    removed = []
    for number in sorted(set(_numbers(folder)) - {*kept}):
        place = _place(folder, number)
        try:
            manifest = current_manifest(place / _INDEX)
        except (IndexStateError, OSError):
            manifest = None  # it died before it was complete
        if manifest is not None:
            lock = generation_folder(place / _INDEX, manifest.generation) / READERS
            if not nobody_reads(lock):
                continue
            if settings.persist is None:
                with contextlib.suppress(Exception):  # a store that cannot forget keeps it
                    open_store(
                        settings, place, push=number, dim=manifest.recipe.dim, is_new=True
                    ).clear()
        shutil.rmtree(place, ignore_errors=True)
        removed.append(number)
    return tuple(removed)


def _same(kept: Path, path: Path) -> bool:
    return current_manifest(kept) == current_manifest(path)


def _completed(folder: Path, url: str) -> list[int]:
    found = _pushes(folder)
    if not found:
        raise IndexStateError(
            f"{url}: no index here. Push one: medrag index push --index DIR --to {url}"
        )
    return found


def _pushes(folder: Path) -> list[int]:
    try:
        found: list[int] = json.loads((folder / _CURRENT).read_bytes())["pushes"]
    except FileNotFoundError:
        return []
    except (ValueError, KeyError, TypeError) as error:
        raise IndexStateError(f"{folder / _CURRENT}: not readable. Push again.") from error
    return found


def _numbers(folder: Path) -> list[int]:
    return [int(path.name) for path in folder.iterdir() if path.name.isdecimal()]


def _place(folder: Path, number: int) -> Path:
    return folder / f"{number:06d}"
