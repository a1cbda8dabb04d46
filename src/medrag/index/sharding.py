"""Splitting an index into shards that rank together as it ranks alone."""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
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
from medrag.index.vectors import Halves
from medrag.index.weights import weighed_terms
from medrag.index.whole import Statistics, WholeFacts, refuse_shard, replacing

MOST_SHARDS = 1024


def shard_of(document_id: str, shards: int) -> int:
    """Return the number of the shard, from 0, that holds a document."""
    digest = hashlib.sha256(document_id.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") % shards


def split(
    paths: Path | str | Sequence[Path | str],
    target: Path | str,
    shards: int,
    *,
    kind: str | None = None,
) -> tuple[WholeFacts, list[Manifest]]:
    """Write `target/shard-0`, `shard-1`, ...: an index in `shards` parts, or several as one.

    Every document is whole in one shard, which its id alone decides. Passages and documents keep
    their numbers, so that what is ordered by them stays so; those of a second index follow those
    of the first. Each shard holds what it must know of the others to rank and to choose as the
    whole does; see `index.whole`. Nothing is embedded. `target` appears whole or not at all. The
    statistics are those of the passages that can answer, as in an index that is built anew.

    Args:
        paths: The index; or indexes of one recipe, without a document in common, for what is too
            large to be built at once.
        target: A new folder.
        shards: How many, from 1 to 1024.
        kind: Registered vector index of the shards; by their size where None.

    Raises:
        IndexStateError: There is no index at a path, it is damaged or a shard, two of them do not
            go together, `target` exists, or it cannot be written.
        ValueError: The number of shards is out of range.
    """
    if not 1 <= shards <= MOST_SHARDS:
        raise ValueError(f"shards must be from 1 to {MOST_SHARDS}, got {shards}")
    roots = [Path(paths)] if isinstance(paths, (str, Path)) else [Path(path) for path in paths]
    place = Path(target)
    if place.exists():
        raise IndexStateError(f"{place}: exists already. Name a new folder for the shards.")
    with ExitStack() as held:
        origins = _opened(roots, held)
        beside = place.with_name(f".{place.name}.part")
        with clear_errors(place):
            shutil.rmtree(beside, ignore_errors=True)
            try:
                made = _Splitting(origins, shards, kind).write(beside)
                beside.rename(place)
            except BaseException:
                shutil.rmtree(beside, ignore_errors=True)
                raise
    return made


class _Origin:
    """One index that is split, held open.

    Args:
        root: Its folder.
        manifest: Of its generation.
        first_row: What is added to the numbers of its passages.
        first_document: What is added to those of its documents.
    """

    def __init__(self, root: Path, manifest: Manifest, first_row: int, first_document: int) -> None:
        folder = generation_folder(root, manifest.generation)
        self.root, self.manifest = root, manifest
        self.first_row, self.first_document = first_row, first_document
        self.files = read_files(folder)
        self.documents = list(read_documents(folder).values())
        self.parts = {entry.name: Part(root, entry) for entry in manifest.parts}
        self.known = KnownVectors(root, manifest.parts)
        self.editions = replacing(Catalog(folder).editions)

    def rows(self, document: DocumentEntry) -> Iterator[tuple[int, bytes]]:
        """Yield the row in its part and the record of each passage of a document."""
        part = self.parts[document.part]
        start = int(np.searchsorted(part.serials, document.first))
        for row in range(start, start + document.count):
            yield row, part.passages[row]


def _opened(roots: Sequence[Path], held: ExitStack) -> list[_Origin]:
    """Return the indexes, whose generations are kept while `held` is.

    Raises:
        IndexStateError: One is missing, damaged or a shard, or they do not go together.
    """
    origins: list[_Origin] = []
    row = document = 0
    names: set[str] = set()
    for root in roots:
        manifest, lock = held_generation(root)
        held.enter_context(lock)
        if problems := damaged(root, manifest.files):
            raise IndexStateError(
                f"{root}: the index is damaged ({problems[0]}). Restore it first."
            )
        refuse_shard(generation_folder(root, manifest.generation), root)
        origin = _Origin(root, manifest, row, document)
        row, document = row + manifest.next_row, document + manifest.next_document
        if origin.manifest.recipe != (origins or [origin])[0].manifest.recipe:
            raise IndexStateError(
                f"{root}: made otherwise than {roots[0]} (embedder or length of passages). Build "
                "both with the same."
            )
        own = {entry.id for entry in origin.documents}
        if twice := names & own:
            raise IndexStateError(
                f"{root}: {len(twice)} of its documents are in another of the indexes too "
                f"({min(twice)}). A document is to be in one."
            )
        names |= own
        origins.append(origin)
    return origins


class _Splitting:
    """Indexes on their way into shards."""

    def __init__(self, origins: Sequence[_Origin], shards: int, kind: str | None) -> None:
        self._origins, self._of, self._kind = origins, shards, kind
        self._manifest = _together([origin.manifest for origin in origins])

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
        for origin in self._origins:
            for document in origin.documents:
                for _, record in origin.rows(document):
                    stored = passage_from_bytes(record)
                    words = weighed_terms(stored.context, stored.passage.text)
                    frequencies.update(set().union(*words))
                    passages += 1
                    term_count += sum(map(len, words))
        editions = tuple(edition for origin in self._origins for edition in origin.editions)
        listed = to_bytes(self._manifest.model_dump(mode="json"))
        return Statistics(passages, term_count, frequencies, editions, listed)

    def _shard(self, folder: Path, facts: WholeFacts, counted: Statistics) -> Manifest:
        staged = folder / STAGING
        documents, files = self._staged(PartWriter(staged), facts.number)
        draft = Draft(
            root=folder,
            previous=None,
            is_reset=False,
            recipe=self._manifest.recipe,
            files=files,
            documents={document.id: document for document in documents},
            staged=Rolls(staged),
            vectors=self._vectors,
            next_row=self._manifest.next_row,
            next_document=self._manifest.next_document,
            kind=self._kind,
            shard=(facts, counted),
        )
        manifest = write_generation(draft)
        shutil.rmtree(staged)
        return manifest

    def _vectors(self, keys: Sequence[bytes]) -> Halves:
        """Return the vectors of texts, from whichever index knows them."""
        found = np.empty((len(keys), self._manifest.recipe.dim), dtype=np.float16)
        missing = np.arange(len(keys))
        for origin in self._origins:
            places = origin.known.places([keys[line] for line in missing.tolist()])
            here = places >= 0
            if here.any():
                found[missing[here]] = origin.known.vectors(places[here])
            missing = missing[~here]
        return found

    def _staged(
        self, writer: PartWriter, number: int
    ) -> tuple[list[DocumentEntry], dict[str, FileEntry]]:
        """Write the passages and bodies of a shard; return its documents and files."""
        moved: list[DocumentEntry] = []
        files: dict[str, FileEntry] = {}
        try:
            for origin in self._origins:
                own = [d for d in origin.documents if shard_of(d.id, self._of) == number]
                moved += [_moved(document, origin, writer) for document in own]
                files |= self._own_files(origin, {document.id for document in own}, number)
        finally:
            writer.close()
        return moved, files

    def _own_files(self, origin: _Origin, own: set[str], number: int) -> dict[str, FileEntry]:
        """Return the files of a shard's documents; one without any is where its key says."""
        kept = {}
        for key, entry in origin.files.items():
            documents = tuple(name for name in entry.documents if name in own)
            if documents or (not entry.documents and shard_of(key, self._of) == number):
                kept[key] = replace(entry, documents=documents)
        return kept


def _moved(document: DocumentEntry, origin: _Origin, writer: PartWriter) -> DocumentEntry:
    """Write a document's body and passages, and return where they are."""
    part = origin.parts[document.part]
    slot = writer.bodies.append(part.bodies[document.slot])
    for row, record in origin.rows(document):
        serial = origin.first_row + int(part.serials[row])
        writer.add_passage(record, part.keys[row].tobytes(), serial)
    return replace(
        document,
        part=STAGED,
        slot=slot,
        number=origin.first_document + document.number,
        first=origin.first_row + document.first,
    )


def _together(manifests: Sequence[Manifest]) -> Manifest:
    """Return the manifest of several indexes as of one."""
    first = manifests[0]
    if len(manifests) == 1:
        return first
    counts = ("passages", "documents", "sources", "dead", "next_row", "next_document", "next_part")
    lists = ("parts", "files", "failed", "unread")
    return first.model_copy(
        update={
            "generation": max(one.generation for one in manifests),
            "created": max(one.created for one in manifests),
            **{name: sum(getattr(one, name) for one in manifests) for name in counts},
            **{name: tuple(x for one in manifests for x in getattr(one, name)) for name in lists},
        }
    )
