"""Writing a generation beside the old one, switching to it, and removing what nobody needs."""

from __future__ import annotations

import logging
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from importlib.metadata import version
from itertools import chain
from pathlib import Path

import numpy as np

from medrag.errors import IndexStateError
from medrag.index.ballast import ballast_for
from medrag.index.catalog import DocumentEntry, FileEntry, read_numbers, write_catalog
from medrag.index.disk import checksum, files_below, sync_folder, sync_tree, write_durably
from medrag.index.lexical import worn, write_lexical
from medrag.index.locks import nobody_reads
from medrag.index.manifest import (
    MANIFEST,
    READERS,
    Failure,
    Manifest,
    PartEntry,
    Recipe,
    current_manifest,
    generation_folder,
    part_folder,
    switch,
    write_manifest,
)
from medrag.index.part import Part, PartWriter, Rolls, kind_for, passage_from_bytes, write_vectors
from medrag.index.records import from_bytes
from medrag.index.store import LEXICAL
from medrag.index.vectors import Halves, Rows
from medrag.index.weights import weighed_terms
from medrag.index.whole import Statistics, WholeFacts, write_whole
from medrag.registry import resolve

_log = logging.getLogger(__name__)

STAGED = "staged"
"""The part name of a document that no part holds yet."""

_WORDS_AT_ONCE = 20_000
"""Up to so many passages the lexical index is written anew where any was taken out: 2 s."""

_WORN_SHARE = 0.1
"""Of the passages; where more were taken out it is written anew in any case."""

_SMALL_ROWS = 4096
_GROWTH = 2
_DEAD_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything that the next generation will consist of.

    Attributes:
        is_reset: Nothing of the previous parts can be used: another embedder.
        documents: Those that will answer, by id, in the order of their numbers.
        staged: Passages and bodies of the documents whose part is `STAGED`.
        vectors: Gives the vectors of texts by their hashes.
        kind: Registered vector index of new parts; by size where None.
        shard: Which shard of a split it will be, and what is counted over the whole; None where
            it is an index.
    """

    root: Path
    previous: Manifest | None
    is_reset: bool
    recipe: Recipe
    files: dict[str, FileEntry]
    documents: dict[str, DocumentEntry]
    staged: Rolls
    vectors: Callable[[Sequence[bytes]], Halves]
    next_row: int
    next_document: int
    kind: str | None
    shard: tuple[WholeFacts, Statistics] | None = None


def write_generation(draft: Draft) -> Manifest:
    """Write the next generation durably, switch to it, and return its manifest.

    Until the switch the old generation counts; a failure removes what was written.

    Raises:
        OSError: The disk is full, or the folder cannot be written.
        IndexStateError: A vector index of the kind asked for finds less than it promises.
    """
    number = draft.previous.generation + 1 if draft.previous else 1
    part_number = draft.previous.next_part if draft.previous else 1
    folder = generation_folder(draft.root, number)
    part = part_folder(draft.root, f"{part_number:06d}")
    try:
        entries, documents = _write_parts(draft, part)
        part.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(parents=True)
        write_catalog(folder, draft.files, documents)
        if draft.shard is not None:
            write_whole(folder, *draft.shard)
        _write_lexical(draft, folder / LEXICAL)
        write_durably(folder / READERS, b"")
        manifest = _manifest(draft, number, entries, documents)
        for place in (folder, part):
            sync_tree(place)
        digest = write_manifest(draft.root, manifest)
        for place in (folder, folder.parent, part.parent, draft.root):
            sync_folder(place)
        switch(draft.root, number, digest)
    except BaseException:
        if not _counts(draft.root, number):
            shutil.rmtree(folder, ignore_errors=True)
            shutil.rmtree(part, ignore_errors=True)
        raise
    return manifest


def clean(root: Path, current: Manifest | None) -> None:
    """Remove every generation and part that is neither current nor open in a reader.

    Call it with the write lock held. What cannot be removed now is tried again next time.
    """
    needed = {entry.name for entry in current.parts} if current else set()
    keep = generation_folder(root, current.generation) if current else None
    for folder in _folders(root / "generations"):
        if folder == keep:
            continue
        if nobody_reads(folder / READERS):
            shutil.rmtree(folder, ignore_errors=True)
        else:
            held = from_bytes((folder / MANIFEST).read_bytes())
            needed |= {entry["name"] for entry in held["parts"]}
    for folder in _folders(root / "parts"):
        if folder.name not in needed:
            shutil.rmtree(folder, ignore_errors=True)


def _counts(root: Path, generation: int) -> bool:
    """Return whether the switch to `generation` has happened, whatever failed afterwards."""
    try:
        return current_manifest(root).generation == generation
    except (OSError, IndexStateError):
        return False


def _folders(place: Path) -> list[Path]:
    return sorted(path for path in place.iterdir() if path.is_dir()) if place.is_dir() else []


@dataclass(frozen=True, slots=True)
class _Input:
    """Passages of one old part, or of the staging area, that go into a new part."""

    rolls: Rolls
    documents: tuple[DocumentEntry, ...]
    rows: Rows
    vectors: Callable[[], Halves]


def _write_parts(draft: Draft, folder: Path) -> tuple[list[PartEntry], list[DocumentEntry]]:
    """Write at most one new part; return all parts and documents of the new generation."""
    held: dict[str, list[DocumentEntry]] = defaultdict(list)
    for document in draft.documents.values():
        held[document.part].append(document)
    old = [] if draft.is_reset or not draft.previous else list(draft.previous.parts)
    live = [sum(document.count for document in held[entry.name]) for entry in old]
    staged = sum(document.count for document in held[STAGED])
    kept = _kept(old, live, staged)
    merged = [entry for entry in old[kept:] if held[entry.name]]
    documents = {entry.id: entry for entry in draft.documents.values()}
    entries = old[:kept]
    if merged or held[STAGED]:
        inputs = [_old_input(Part(draft.root, entry), held[entry.name]) for entry in merged]
        inputs.append(_staged_input(draft, held[STAGED]))
        entry, moved = _write_part(folder, inputs, draft)
        entries.append(entry)
        documents |= {document.id: document for document in moved}
    return entries, sorted(documents.values(), key=lambda document: document.number)


def _kept(old: Sequence[PartEntry], live: Sequence[int], staged: int) -> int:
    """Return how many of the first parts stay as they are; the rest is merged.

    Each part stays more than twice as large as all that follow it, so there are few parts and
    a passage is copied few times; a part with many dead rows is written anew.
    """
    first, total = len(old), staged
    for place in range(len(old) - 1, -1, -1):
        worn = live[place] < (1 - _DEAD_SHARE) * old[place].rows
        small = total > 0 and live[place] <= max(_GROWTH * total, _SMALL_ROWS)
        if worn or (small and first == place + 1):
            first = place
            total = staged + sum(live[place:])
    return first


def _old_input(part: Part, documents: Sequence[DocumentEntry]) -> _Input:
    rows = _rows_of(part, documents)
    return _Input(
        rolls=part, documents=tuple(documents), rows=rows, vectors=lambda: part.vectors[rows]
    )


def _staged_input(draft: Draft, documents: Sequence[DocumentEntry]) -> _Input:
    rows = _rows_of(draft.staged, documents)
    keys = [key.tobytes() for key in draft.staged.keys[rows]]
    return _Input(
        rolls=draft.staged,
        documents=tuple(documents),
        rows=rows,
        vectors=lambda: draft.vectors(keys),
    )


def _rows_of(rolls: Rolls, documents: Sequence[DocumentEntry]) -> Rows:
    firsts = np.array([document.first for document in documents], dtype=np.int64)
    starts = np.searchsorted(rolls.serials, firsts).tolist()
    ranges = [
        np.arange(start, start + document.count)
        for start, document in zip(starts, documents, strict=True)
    ]
    return np.concatenate([np.empty(0, dtype=np.int64), *ranges])


def _write_part(
    folder: Path, inputs: Sequence[_Input], draft: Draft
) -> tuple[PartEntry, list[DocumentEntry]]:
    shutil.rmtree(folder, ignore_errors=True)
    writer = PartWriter(folder)
    moved = []
    try:
        for some in inputs:
            for row in some.rows.tolist():
                writer.add_passage(
                    some.rolls.passages[row],
                    some.rolls.keys[row].tobytes(),
                    int(some.rolls.serials[row]),
                )
            for document in some.documents:
                slot = writer.bodies.append(some.rolls.bodies[document.slot])
                moved.append(replace(document, part=folder.name, slot=slot))
    finally:
        writer.close()
    found_vectors = [some.vectors().reshape(-1, draft.recipe.dim) for some in inputs]
    vectors = found_vectors[0] if len(inputs) == 1 else np.concatenate(found_vectors)
    kind, found = _write_index(folder, vectors, draft.kind)
    entry = PartEntry(name=folder.name, rows=len(vectors), kind=kind, recall=round(found, 4))
    return entry, moved


def _write_index(folder: Path, vectors: Halves, asked: str | None) -> tuple[str, float]:
    """Write the vectors and an index over them; return its kind and its measured recall.

    Unless a kind is asked for, vectors that are too alike for the kind of their number are all
    compared.
    """
    before = set(folder.iterdir())
    kind = asked or kind_for(len(vectors))
    found, floor = write_vectors(folder, vectors, kind), resolve("vector-index", kind).floor
    if found >= floor:
        return kind, found
    if asked:
        raise IndexStateError(
            f"The vector index {kind!r} finds {found:.3f} of the true nearest, less than the "
            f"{floor:.2f} it promises. Build with another kind, such as 'flat'."
        )
    _log.warning("vector index %s finds %.3f of the nearest: all are compared", kind, found)
    for path in set(folder.iterdir()) - before:
        path.unlink()
    return "flat", write_vectors(folder, vectors, "flat")


def _write_lexical(draft: Draft, folder: Path) -> None:
    if draft.previous is None or draft.is_reset:
        write_lexical(folder, None, (), _staged_texts(draft), ballast=_ballast(draft))
        return
    place = generation_folder(draft.root, draft.previous.generation)
    kept = sum(entry.count for entry in draft.documents.values() if entry.part != STAGED)
    dead = worn(place / LEXICAL) + draft.previous.passages - kept
    if dead and (kept <= _WORDS_AT_ONCE or dead > _WORN_SHARE * kept):
        # What was taken out would go on counting: how rare words are, how long passages.
        write_lexical(folder, None, (), chain(_kept_texts(draft), _staged_texts(draft)))
        return
    gone = set(read_numbers(place).tolist())
    gone -= {entry.number for entry in draft.documents.values()}
    write_lexical(folder, place / LEXICAL, sorted(gone), _staged_texts(draft))


def _ballast(draft: Draft) -> list[int]:
    if draft.shard is None:
        return []
    whole = draft.shard[1]
    lengths = [
        sum(map(len, weighed_terms(context, text))) for _, _, context, text in _staged_texts(draft)
    ]
    return ballast_for(
        len(lengths),
        sum(lengths),
        whole_passages=whole.passages,
        whole_terms=whole.term_count,
    )


def _staged_texts(draft: Draft) -> Iterator[tuple[int, int, str, str]]:
    staged = [entry for entry in draft.documents.values() if entry.part == STAGED]
    return _texts(draft.staged, staged)


def _kept_texts(draft: Draft) -> Iterator[tuple[int, int, str, str]]:
    """Yield what `write_lexical` takes of every passage that stays."""
    held: dict[str, list[DocumentEntry]] = defaultdict(list)
    for entry in draft.documents.values():
        held[entry.part].append(entry)
    held.pop(STAGED, None)
    for name, entries in held.items():
        yield from _texts(Rolls(part_folder(draft.root, name)), entries)


def _texts(rolls: Rolls, entries: Sequence[DocumentEntry]) -> Iterator[tuple[int, int, str, str]]:
    for entry in entries:
        for row in _rows_of(rolls, [entry]).tolist():
            stored = passage_from_bytes(rolls.passages[row])
            yield int(rolls.serials[row]), entry.number, stored.context, stored.passage.text


def _manifest(
    draft: Draft,
    number: int,
    entries: Sequence[PartEntry],
    documents: Sequence[DocumentEntry],
) -> Manifest:
    passages = sum(document.count for document in documents)
    places = [part_folder(draft.root, entry.name) for entry in entries]
    places.append(generation_folder(draft.root, number))
    known = {} if draft.previous is None else {e.path: e for e in draft.previous.files}
    names = (path.relative_to(draft.root).as_posix() for path in files_below(places))
    return Manifest(
        medrag=version("medrag"),
        generation=number,
        created=datetime.now(timezone.utc),
        recipe=draft.recipe,
        passages=passages,
        documents=len(documents),
        sources=len(draft.files),
        dead=sum(entry.rows for entry in entries) - passages,
        next_row=draft.next_row,
        next_document=draft.next_document,
        next_part=(draft.previous.next_part if draft.previous else 1) + 1,
        parts=tuple(entries),
        files=tuple(known.get(name) or checksum(draft.root / name, draft.root) for name in names),
        failed=tuple(
            Failure(key=key, reason=entry.failed, kept=bool(entry.documents))
            for key, entry in sorted(draft.files.items())
            if entry.failed is not None
        ),
        unread=tuple(
            Failure(key=key, reason=part, kept=True)
            for key, entry in sorted(draft.files.items())
            for part in entry.unread
        ),
    )
