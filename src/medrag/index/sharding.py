"""Splitting an index into shards that rank together as it ranks alone."""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from medrag.errors import IndexStateError
from medrag.index.catalog import Catalog, DocumentEntry, FileEntry, read_documents, read_files
from medrag.index.commit import STAGED, Draft, write_generation
from medrag.index.disk import clear_errors, damaged
from medrag.index.known import KnownVectors
from medrag.index.manifest import STAGING, Manifest, generation_folder, held_generation
from medrag.index.part import Part, PartWriter, Rolls, passage_from_bytes
from medrag.index.records import to_bytes
from medrag.index.weights import weighed_terms
from medrag.index.whole import Statistics, WholeFacts, refuse_shard, replacing

MOST_SHARDS = 1024


def shard_of(document_id: str, shards: int) -> int:
    """Return the number of the shard, from 0, that holds a document."""
    digest = hashlib.sha256(document_id.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") % shards


def split(
    path: Path | str, target: Path | str, shards: int, *, kind: str | None = None
) -> tuple[WholeFacts, list[Manifest]]:
    """Write `target/shard-0`, `shard-1`, ...: the index at `path` in `shards` parts.

    Every document is whole in one shard, which its id alone decides. Passages and documents keep
    their numbers, so that what is ordered by them stays so. Each shard holds what it must know of
    the others to rank and to choose as the whole does; see `index.whole`. Nothing is embedded.
    `target` appears whole or not at all. The statistics are those of the passages that can
    answer, as in an index that is built anew.

    Args:
        path: The index.
        target: A new folder.
        shards: How many, from 1 to 1024.
        kind: Registered vector index of the shards; by their size where None.

    Raises:
        IndexStateError: There is no index at `path`, it is damaged or a shard, `target` exists,
            or it cannot be written.
        ValueError: The number of shards is out of range.
    """
    if not 1 <= shards <= MOST_SHARDS:
        raise ValueError(f"shards must be from 1 to {MOST_SHARDS}, got {shards}")
    root, place = Path(path), Path(target)
    if place.exists():
        raise IndexStateError(f"{place}: exists already. Name a new folder for the shards.")
    manifest, lock = held_generation(root)
    with lock:
        if problems := damaged(root, manifest.files):
            raise IndexStateError(
                f"{root}: the index is damaged ({problems[0]}). Restore it first."
            )
        refuse_shard(generation_folder(root, manifest.generation), root)
        beside = place.with_name(f".{place.name}.part")
        with clear_errors(place):
            shutil.rmtree(beside, ignore_errors=True)
            try:
                made = _Splitting(root, manifest, shards, kind).write(beside)
                beside.rename(place)
            except BaseException:
                shutil.rmtree(beside, ignore_errors=True)
                raise
    return made


class _Splitting:
    """One index on its way into shards."""

    def __init__(self, root: Path, manifest: Manifest, shards: int, kind: str | None) -> None:
        folder = generation_folder(root, manifest.generation)
        self._manifest, self._of, self._kind = manifest, shards, kind
        self._files = read_files(folder)
        self._documents = list(read_documents(folder).values())
        self._parts = {entry.name: Part(root, entry) for entry in manifest.parts}
        self._known = KnownVectors(root, manifest.parts)
        self._editions = replacing(Catalog(folder).editions)

    def write(self, folder: Path) -> tuple[WholeFacts, list[Manifest]]:
        counted = self._counted()
        facts = self._facts(counted)
        made = [
            self._shard(
                folder / f"shard-{number}", facts.model_copy(update={"number": number}), counted
            )
            for number in range(self._of)
        ]
        return facts, made

    def _facts(self, counted: Statistics) -> WholeFacts:
        manifest = self._manifest
        named = f"{manifest.generation}\0{manifest.content}\0{self._of}"
        return WholeFacts(
            split=hashlib.sha256(named.encode()).hexdigest()[:16],
            number=0,
            of=self._of,
            generation=manifest.generation,
            passages=counted.passages,
            term_count=counted.term_count,
        )

    def _counted(self) -> Statistics:
        frequencies: Counter[str] = Counter()
        passages = term_count = 0
        for document in self._documents:
            for _, record in self._rows(document):
                stored = passage_from_bytes(record)
                words = weighed_terms(stored.context, stored.passage.text)
                frequencies.update(set().union(*words))
                passages += 1
                term_count += sum(map(len, words))
        listed = to_bytes(self._manifest.model_dump(mode="json"))
        return Statistics(passages, term_count, frequencies, self._editions, listed)

    def _rows(self, document: DocumentEntry) -> Iterator[tuple[int, bytes]]:
        """Yield the row in its part and the record of each passage of a document."""
        part = self._parts[document.part]
        start = int(np.searchsorted(part.serials, document.first))
        for row in range(start, start + document.count):
            yield row, part.passages[row]

    def _shard(self, folder: Path, facts: WholeFacts, counted: Statistics) -> Manifest:
        own = [d for d in self._documents if shard_of(d.id, self._of) == facts.number]
        staged = folder / STAGING
        documents = self._staged(PartWriter(staged), own)
        draft = Draft(
            root=folder,
            previous=None,
            is_reset=False,
            recipe=self._manifest.recipe,
            files=self._own_files({document.id for document in own}, facts.number),
            documents={document.id: document for document in documents},
            staged=Rolls(staged),
            vectors=lambda keys: self._known.vectors(self._known.places(keys)),
            next_row=self._manifest.next_row,
            next_document=self._manifest.next_document,
            kind=self._kind,
            shard=(facts, counted),
        )
        manifest = write_generation(draft)
        shutil.rmtree(staged)
        return manifest

    def _staged(self, writer: PartWriter, own: Sequence[DocumentEntry]) -> list[DocumentEntry]:
        moved = []
        try:
            for document in own:
                part = self._parts[document.part]
                slot = writer.bodies.append(part.bodies[document.slot])
                moved.append(replace(document, part=STAGED, slot=slot))
                for row, record in self._rows(document):
                    writer.add_passage(record, part.keys[row].tobytes(), int(part.serials[row]))
        finally:
            writer.close()
        return moved

    def _own_files(self, own: set[str], number: int) -> dict[str, FileEntry]:
        """Return the files of a shard's documents; one without any is where its key says."""
        kept = {}
        for key, entry in self._files.items():
            documents = tuple(name for name in entry.documents if name in own)
            if documents or (not entry.documents and shard_of(key, self._of) == number):
                kept[key] = replace(entry, documents=documents)
        return kept
