"""Changing an index: what to read, what to embed, and one switch to the new generation."""

from __future__ import annotations

import contextlib
import logging
import shutil
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from types import TracebackType

import numpy as np

from medrag.core.document import Document, Passage, Source
from medrag.errors import IndexStateError
from medrag.index.catalog import DocumentEntry, FileEntry, read_documents, read_files
from medrag.index.commit import STAGED, Draft, clean, write_generation
from medrag.index.disk import clear_errors, damaged
from medrag.index.known import KnownVectors
from medrag.index.locks import Lock, lock_for_writing
from medrag.index.manifest import (
    CURRENT,
    PENDING,
    STAGING,
    WRITE_LOCK,
    Manifest,
    Recipe,
    current_manifest,
    generation_folder,
    refuse_foreign,
)
from medrag.index.part import PartWriter, Rolls, passage_from_bytes
from medrag.index.pending import Batch, PendingVectors
from medrag.index.plan import (
    FileState,
    Plan,
    file_entry,
    forsaken,
    make_plan,
    refuse_two_embedders,
)
from medrag.index.prepared import Prepared, prepare
from medrag.index.records import Records
from medrag.index.vectors import Halves, Vectors, refuse_other_lengths

_log = logging.getLogger(__name__)


class IndexWriter:
    """Writes one new generation of an index; the only writer while it is open.

    Use it as a context: entering takes the lock, reads what is there and makes what an
    interrupted build has embedded available; leaving without `commit` changes nothing. Order:
    `plan`; `add` or `fail` for each file to read; `batches` with `put`; `commit`. To embed while
    files are read, `take` full batches between them; other threads may `put`, one at a time.

    Args:
        path: The index directory; made if missing.
        recipe: What vectors and passages are made with.
        wait_s: How long to wait for another writer, in seconds.
        kind: Registered vector index for new parts; chosen by size where None.
    """

    def __init__(
        self, path: Path | str, *, recipe: Recipe, wait_s: float = 0.0, kind: str | None = None
    ) -> None:
        self.path = Path(path)
        self.recipe = recipe
        self._wait_s = wait_s
        self._kind = kind
        self._lock: Lock | None = None
        self._sealed: Rolls | None = None
        self._moved: dict[str, str] = {}
        self._missing: set[bytes] = set()
        self._waiting: dict[bytes, int] = {}
        self._files: dict[str, FileEntry] = {}
        self._documents: dict[str, DocumentEntry] = {}
        self._before = self._files, self._documents
        self._is_reset = False

    def __enter__(self) -> IndexWriter:
        with clear_errors(self.path):
            refuse_foreign(self.path)
            self.path.mkdir(parents=True, exist_ok=True)
            self._lock = lock_for_writing(self.path / WRITE_LOCK, wait_s=self._wait_s)
            try:
                self._load()
            except BaseException:
                self._lock.close()
                raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with contextlib.suppress(OSError):  # what could not be written is thrown away anyway
            self._staging.close()
        self._pending.close()
        shutil.rmtree(self.path / STAGING, ignore_errors=True)
        if self._lock is not None:
            self._lock.close()

    @property
    def manifest(self) -> Manifest | None:
        """The generation that this writer started from; None where there was none."""
        return self._previous

    def plan(self, files: Sequence[FileState], *, prune: bool = False) -> Plan:
        """Return what has to be done so that the index answers from `files`.

        A file is unchanged when its fingerprint, loader, loader version and the recipe are
        what they were. A file under a new key with known content is a move: its passages are
        cut again, because their ids hold the key, but nothing is embedded.

        Args:
            files: Every file of the corpus, or those to add.
            prune: Take out files that are not among `files`.

        Raises:
            IndexStateError: The embedder changed and files would stay that were not given:
                vectors of two embedders cannot be compared.
        """
        plan = make_plan(files, self._files, self.recipe, prune=prune)
        if self._is_reset and self._previous is not None:
            refuse_two_embedders(self.path, self._previous.recipe, self.recipe, plan.kept)
        self._moved = dict(plan.moved)
        for key in plan.removed:
            del self._files[key]
        return plan

    def add(
        self,
        file: FileState,
        documents: Sequence[Document],
        passages: Sequence[Passage],
        *,
        contexts: Sequence[str] | None = None,
    ) -> None:
        """Give the documents of a file and the passages cut from them: `stage`, then `keep`.

        What is already there, byte for byte, is kept; a document of which only the source
        changed keeps its passages and vectors.

        Args:
            file: The file that was read.
            documents: What it holds.
            passages: Of all its documents, each document's together and in text order.
            contexts: For each passage, words that are embedded and indexed before its text
                (a title, a heading path) without being part of it; none where None.

        Raises:
            IndexStateError: Disk full or read-only.
            ValueError: A passage of another document, or `batches` was called before.
        """
        self.keep(file, self.stage(prepare(documents, passages, contexts=contexts)))

    def stage(self, prepared: Sequence[Prepared]) -> tuple[str, ...]:
        """Give some documents of a file and return their ids, for `keep`.

        Those that no file keeps are left out; what was staged before, byte for byte, is not
        written again.

        Raises:
            IndexStateError: Disk full or read-only.
            ValueError: `batches` was called before.
        """
        self._refuse_when_sealed()
        with clear_errors(self.path):
            for document in prepared:
                self._add_document(document)
        return tuple(document.id for document in prepared)

    def keep(
        self, file: FileState, documents: Sequence[str], *, unread: Sequence[str] = ()
    ) -> None:
        """Say that a file holds the staged documents, and no others.

        Args:
            file: The file that was read.
            documents: Ids, in file order.
            unread: What of the file is not read, and why; listed until the file changes.
        """
        self._refuse_when_sealed()
        self._files.pop(self._moved.pop(file.key, ""), None)
        unique = tuple(dict.fromkeys(documents))
        entry = file_entry(file, self.recipe, documents=unique, unread=tuple(unread))
        self._files[file.key] = entry

    def fail(self, file: FileState, reason: str) -> None:
        """List a file as not readable; it is tried again at every build.

        An earlier version of the file goes on answering, and the manifest says so.
        """
        self._refuse_when_sealed()
        before = self._files.get(file.key)
        documents = before.documents if before and not self._is_reset else ()
        self._files[file.key] = file_entry(file, self.recipe, documents=documents, failed=reason)

    def forsake(self, keys: Collection[bytes], reason: str) -> list[str]:
        """List as not readable each file with a text that cannot be embedded; return their keys.

        An earlier version of such a file goes on answering, as after `fail`. Call it when every
        file was given.

        Args:
            keys: Hashes of the texts, as in `Batch.keys`.
            reason: For people.
        """
        rows, entries = self._seal().serials_of(keys), self._documents.values()
        lost = {e.id for e in entries if e.part == STAGED and e.holds_one_of(rows)}
        files, documents = self._before
        failed = forsaken(self._files, {} if self._is_reset else files, lost, reason)
        self._files |= failed
        old = {name: documents[name] for entry in failed.values() for name in entry.documents}
        whole = self._documents | old
        self._documents = dict(sorted(whole.items(), key=lambda item: item[1].number))
        self._missing -= set(keys)
        return sorted(failed)

    def unread(self) -> Iterator[tuple[str, str]]:
        """Yield (key of a file, what of it is not read and why), sorted by key."""
        for key in sorted(self._files):
            yield from ((key, part) for part in self._files[key].unread)

    def sources(self) -> Iterator[Source]:
        """Yield the source of every document that a commit would leave in the index."""
        for name in dict.fromkeys(name for e in self._files.values() for name in e.documents):
            yield Source.model_validate(self._documents[name].source)

    @property
    def missing(self) -> int:
        """How many texts still need a vector."""
        return len(self._missing)

    def take(self, size: int) -> Batch | None:
        """Return the next `size` texts that need a vector; None while fewer wait.

        In the order in which they were added, and none a second time.
        """
        if len(self._waiting) < size:
            return None
        if self._sealed is None:
            with clear_errors(self.path):
                self._staging.flush()
        records = Records(self._staging.passages.path)
        some = list(islice(self._waiting.items(), size))
        for key, _ in some:
            del self._waiting[key]
        texts = tuple(passage_from_bytes(records[row]).searched for _, row in some)
        return Batch(keys=tuple(key for key, _ in some), texts=texts)

    def batches(self, size: int = 512) -> Iterator[Batch]:
        """Yield the texts that need a vector and were not taken, in the order they were added.

        Only texts whose vector is known from nowhere: not in the index, not from an interrupted
        build, not twice. `put` each batch before asking for the next.
        """
        self._seal()
        while self._waiting:
            batch = self.take(min(size, len(self._waiting)))
            if batch is not None:
                yield batch

    def put(self, batch: Batch, vectors: Vectors) -> None:
        """Store the vectors of a batch; once this returns, no crash can lose them.

        Raises:
            IndexStateError: Disk full or read-only.
            ValueError: Not one unit vector of the recipe's length for each text.
        """
        refuse_other_lengths(vectors, len(batch.keys), self.recipe.dim)
        with clear_errors(self.path):
            self._pending.put(list(batch.keys), vectors.astype(np.float16))
        self._missing.difference_update(batch.keys)

    def commit(self) -> int:
        """Make the new generation the one that counts and return its number.

        Where nothing changed, nothing is written and the old number is returned.

        Raises:
            IndexStateError: Disk full or read-only; the old generation still counts.
            ValueError: Some texts have no vector yet.
        """
        staged = self._seal()
        if self._missing:
            raise ValueError(f"{len(self._missing)} texts have no vector: put every batch first")
        live = {name for entry in self._files.values() for name in entry.documents}
        documents = {name: self._documents[name] for name in self._documents if name in live}
        if self._previous is not None and not self._changes(documents):
            return self._previous.generation
        draft = Draft(
            root=self.path,
            previous=self._previous,
            is_reset=self._is_reset,
            recipe=self.recipe,
            files=self._files,
            documents=documents,
            staged=staged,
            vectors=self._vectors,
            next_row=self._next_row,
            next_document=self._next_document,
            kind=self._kind,
        )
        with clear_errors(self.path):
            manifest = write_generation(draft)
        with contextlib.suppress(OSError):  # it counts already; the next build tidies up
            self._pending.discard()
            clean(self.path, manifest)
        _log.info("index generation %d: %d passages", manifest.generation, manifest.passages)
        return manifest.generation

    def _load(self) -> None:
        is_there = (self.path / CURRENT).exists()
        self._previous = current_manifest(self.path) if is_there else None
        self._files, self._documents, self._is_reset = {}, {}, False
        self._next_row = self._next_document = 0
        self._known = KnownVectors(self.path, ())
        clean(self.path, self._previous)
        if self._previous is not None:
            self._load_generation(self._previous)
        self._before = (dict(self._files), dict(self._documents))
        shutil.rmtree(self.path / STAGING, ignore_errors=True)
        self._staging = PartWriter(self.path / STAGING)
        digest, dim = self.recipe.embedder_digest, self.recipe.dim
        self._pending = PendingVectors(self.path / PENDING, embedder_digest=digest, dim=dim)

    def _load_generation(self, manifest: Manifest) -> None:
        if problems := damaged(self.path, manifest.files):
            raise IndexStateError(
                f"{self.path}: the index is damaged ({problems[0]}). "
                "Restore it from a copy, or delete the folder and build it anew."
            )
        folder = generation_folder(self.path, manifest.generation)
        self._files = read_files(folder)
        self._documents = read_documents(folder)
        self._next_row, self._next_document = manifest.next_row, manifest.next_document
        old = manifest.recipe
        same = (old.embedder_digest, old.dim) == (self.recipe.embedder_digest, self.recipe.dim)
        self._is_reset = not same
        if same:
            self._known = KnownVectors(self.path, manifest.parts)

    def _refuse_when_sealed(self) -> None:
        if self._sealed is not None:
            raise ValueError("add every file before asking for batches")

    def _seal(self) -> Rolls:
        if self._sealed is None:
            with clear_errors(self.path):
                self._staging.close()
            self._sealed = Rolls(self.path / STAGING)
        return self._sealed

    def _add_document(self, document: Prepared) -> None:
        known = self._documents.get(document.id)
        reusable = known is not None and (known.part == STAGED or not self._is_reset)
        if known is not None and reusable and known.digest == document.digest:
            self._documents[document.id] = replace(known, source=document.source)
            return
        self._documents.pop(document.id, None)  # the order of the entries is that of numbers
        self._documents[document.id] = DocumentEntry(
            id=document.id,
            number=self._next_document,
            part=STAGED,
            slot=self._staging.bodies.append(document.body),
            first=self._next_row,
            count=len(document.records),
            digest=document.digest,
            source=document.source,
        )
        self._next_document += 1
        places = self._known.places(document.keys)
        for record, key, place in zip(document.records, document.keys, places, strict=True):
            # In this order: a `put` meanwhile fills `_pending` before it leaves `_missing`.
            if place < 0 and key not in self._missing and key not in self._pending:
                self._missing.add(key)
                self._waiting[key] = len(self._staging.passages)
            self._staging.add_passage(record, key, self._next_row)
            self._next_row += 1

    def _vectors(self, keys: Sequence[bytes]) -> Halves:
        """Return the vectors of texts by their hashes, shape (len(keys), dim)."""
        places = self._known.places(keys)
        old = places >= 0
        found = np.empty((len(keys), self.recipe.dim), dtype=np.float16)
        if not old.any():  # of a first build: the vectors once, not twice
            return self._pending.get(list(keys)) if len(keys) else found
        found[old] = self._known.vectors(places[old])
        if not old.all():
            found[~old] = self._pending.get([keys[line] for line in np.flatnonzero(~old).tolist()])
        return found

    def _changes(self, documents: dict[str, DocumentEntry]) -> bool:
        return self._before != (self._files, documents)
