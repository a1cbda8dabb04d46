"""An opened index: what retrieval reads. Nothing that it has open ever changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timezone
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from medrag.core.closing import Closing
from medrag.core.document import Document, Passage, Source
from medrag.core.query import Filters, Hit
from medrag.core.understanding import Added
from medrag.errors import IndexStateError, InputError, NotFoundError
from medrag.index.catalog import Catalog, DocumentEntry
from medrag.index.disk import damaged
from medrag.index.editions import Edition
from medrag.index.lexical import LexicalSearch
from medrag.index.locks import Lock, hold_for_reading
from medrag.index.manifest import (
    READERS,
    Manifest,
    generation_folder,
    generation_manifest,
    held_generation,
)
from medrag.index.part import Part, body_from_bytes, passage_from_bytes
from medrag.index.terms import terms
from medrag.index.vectors import Mask, Rows, Vectors, best, nothing
from medrag.index.whole import open_whole

if TYPE_CHECKING:
    from typing_extensions import Self

_MASKS_KEPT = 16
_PASSAGES_KEPT = 4_096
"""Some 10 MB: questions of one field read the same passages again and again."""

_QUICK_ROWS = 50_000
LEXICAL = "lexical"


class Store(Closing):
    """One generation of an index, opened for reading; safe to share between threads.

    Rows count the passages that can answer, from 0, in the order in which they were added.
    They belong to this generation; what lasts is `Passage.id`. A store keeps its generation
    for as long as it is open, whatever a writer does meanwhile.

    Attributes:
        path: The index directory, absolute and without links: what was opened is named by it, in
            whatever folder this process works by then.
        manifest: What the generation consists of.
        whole: Of a shard, what it knows of the index that it is a part of; None of an index.
    """

    def __init__(self, path: Path, manifest: Manifest, lock: Lock) -> None:
        self.path = path
        self.manifest = manifest
        self._lock = lock
        folder = generation_folder(path, manifest.generation)
        self.whole = open_whole(folder)
        self._catalog = Catalog(folder, elsewhere=self.whole.editions if self.whole else ())
        self._parts = [Part(path, entry) for entry in manifest.parts]
        self._named = {part.name: part for part in self._parts}
        self._lexical = LexicalSearch(
            folder / LEXICAL,
            self._catalog.serials,
            row_documents=self._catalog.row_documents,
            numbers=self._catalog.numbers,
            whole=self.whole,
        )
        self._places = [self._place(part) for part in self._parts]
        self._mask = lru_cache(maxsize=_MASKS_KEPT)(self._mask_of)
        self._passage = lru_cache(maxsize=_PASSAGES_KEPT)(self._read_passage)

    @classmethod
    def open(cls, path: Path | str, *, check: Literal["bytes", "sizes"] = "bytes") -> Self:
        """Return the index at `path`, memory-mapped, every byte of it compared first.

        Args:
            path: The index directory.
            check: `bytes` compares a checksum of every file (several GB/s); `sizes` only the
                lengths, for indexes so large that `verify` runs by itself at night.

        Raises:
            IndexStateError: There is no index, it is damaged, or of another format.
        """
        root = Path(path).resolve()
        manifest, lock = held_generation(root)
        try:
            _refuse_damage(root, manifest, check)
            return cls(root, manifest, lock)
        except BaseException:
            lock.close()
            raise

    @classmethod
    def reopened(cls, path: Path, manifest: Manifest) -> Self:
        """Return the generation that another process has open, whatever was written since.

        Its bytes were compared when it was opened there; they are not compared again.

        Raises:
            IndexStateError: It was removed, since nobody has it open any more, or another index
                lies in that folder by now.
        """
        lock = hold_for_reading(generation_folder(path, manifest.generation) / READERS)
        if lock is None or not _stands(path, manifest):
            if lock is not None:
                lock.close()
            raise IndexStateError(
                f"{path}: generation {manifest.generation} was removed or replaced while it was "
                "searched. Open the index anew."
            )
        return cls(path, manifest, lock)

    @property
    def stands(self) -> bool:
        """Whether what is open still lies at `path`: not where the folder was moved or replaced."""
        return _stands(self.path, self.manifest)

    def close(self) -> None:
        """Let a writer remove this generation when it is no longer the current one."""
        self._lock.close()

    def __len__(self) -> int:
        return len(self._catalog.serials)

    @property
    def quick(self) -> bool:
        """Whether words are looked up in less time than a thread takes to start."""
        return len(self) <= _QUICK_ROWS

    @property
    def embedder_name(self) -> str:
        """The name to open the embedder of this index by."""
        return self.manifest.recipe.embedder_name

    @property
    def embedder_digest(self) -> str:
        """The digest that a query's embedder must have."""
        return self.manifest.recipe.embedder_digest

    def select(self, filters: Filters) -> Mask | None:
        """Return which rows pass `filters`, shape (len(self),), read-only; None where all do."""
        return self._mask(filters, filters.as_of or today())

    def holds_as_many(self, narrow: Filters, wide: Filters) -> bool:
        """Return whether `narrow` lets through as many rows as `wide`, which allows more."""
        return self.count(narrow) == self.count(wide)

    def count(self, filters: Filters) -> int:
        """Return how many rows pass `filters`."""
        mask = self.select(filters)
        return len(self) if mask is None else int(np.count_nonzero(mask))

    def dense(
        self, queries: Vectors, k: int, *, allowed: Mask | None = None
    ) -> tuple[Vectors, Rows]:
        """Return the nearest rows; see `core.protocols.VectorIndex.search`.

        Raises:
            ValueError: The queries are not of shape (n, dim).
        """
        dim = self.manifest.recipe.dim
        if queries.ndim != 2 or queries.shape[1] != dim:
            raise ValueError(f"queries need the shape (n, {dim}), got {queries.shape}")
        queries = np.ascontiguousarray(queries, dtype=np.float32)
        found = [nothing(len(queries))]
        for part, (start, end, local) in zip(self._parts, self._places, strict=True):
            inside = None if allowed is None else allowed[start:end]
            if local is not None:
                wide = np.zeros(len(part), dtype=np.bool_)
                wide[local] = True if inside is None else inside
                inside = wide
            scores, rows = part.index.search(queries, k, allowed=inside)
            if local is not None:
                rows = np.searchsorted(local, rows)
            found.append((scores, rows + start))
        scores = np.concatenate([scores for scores, _ in found], axis=1)
        return best(scores, np.concatenate([rows for _, rows in found], axis=1), k)

    def serials(self, rows: Rows | Sequence[int]) -> Rows:
        """Return the permanent numbers of rows, which the shards of an index share."""
        numbers: Rows = self._catalog.serials[np.asarray(rows, dtype=np.int64)]
        return numbers

    def rows_of(self, serials: Rows) -> Rows:
        """Return the rows of permanent numbers.

        Raises:
            InputError: One of them is of no passage that can answer.
        """
        places = np.searchsorted(self._catalog.serials, serials)
        inside = np.minimum(places, max(len(self) - 1, 0))
        if len(serials) and not (len(self) and (self._catalog.serials[inside] == serials).all()):
            raise InputError("A passage was asked for that the index does not hold. Search anew.")
        return places

    def lexical(
        self, text: str, k: int, *, allowed: Mask | None = None, added: Sequence[Added] = ()
    ) -> list[tuple[int, float]]:
        """Return the best rows by BM25; see `core.protocols.LexicalIndex.search`."""
        return self._lexical.search(text, k, allowed=allowed, added=added)

    def terms(self, text: str) -> list[str]:
        """Return the words of `text` as the lexical search compares them, in text order."""
        return terms(text)

    def frequencies(self, words: Sequence[str]) -> list[int]:
        """Return in how many passages each of `words`, as `terms` cuts them, stands."""
        return self._lexical.frequencies(words)

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
        in_force = self._catalog.in_force(as_of or today())
        return [
            Hit(
                passage=self.passage(row),
                source=self._catalog.source(position),
                score=score,
                rank=rank,
                retriever=retriever,
                in_force=bool(in_force[position]),
            )
            for rank, (row, score) in enumerate(ranked, start=1)
            for position in (int(self._catalog.row_documents[row]),)
        ]

    def passage(self, row: int) -> Passage:
        """Return the passage of a row.

        Raises:
            IndexError: There is no such row.
        """
        return self._passage(row)

    def record(self, row: int) -> bytes:
        """Return the passage of a row as it is stored; see `part.passage_to_bytes`.

        Raises:
            IndexError: There is no such row.
        """
        if not 0 <= row < len(self):
            raise IndexError(f"row {row} of {len(self)}")
        for part, (start, end, local) in zip(self._parts, self._places, strict=True):
            if row < end:
                place = row - start if local is None else int(local[row - start])
                return part.passages[place]
        raise IndexError(f"row {row} of {len(self)}")

    def stored_documents(self) -> Iterator[tuple[DocumentEntry, bytes]]:
        """Yield each document's entry and body as they are stored, in order; no body is parsed."""
        for position in range(len(self._catalog)):
            entry = self._catalog.entry(position)
            yield entry, self._body(entry)

    @property
    def row_documents(self) -> NDArray[np.int32]:
        """Position of each row's document among `stored_documents`, shape (len(self),)."""
        return self._catalog.row_documents

    @property
    def editions(self) -> tuple[Edition, ...]:
        """What decides which source is in force, in the order of `stored_documents`."""
        return self._catalog.editions

    def document(self, document_id: str) -> Document:
        """Return a document with its canonical text.

        Raises:
            InputError: The index holds no such document.
        """
        return self._document(self._position(document_id))

    def documents(self) -> Iterator[Document]:
        """Yield every document, in the order in which they were added."""
        return (self._document(position) for position in range(len(self._catalog)))

    def passages_of(self, document_id: str) -> list[Passage]:
        """Return the passages of a document, in text order.

        Raises:
            InputError: The index holds no such document.
        """
        entry = self._catalog.entry(self._position(document_id))
        start = int(np.searchsorted(self._catalog.serials, entry.first))
        return [self.passage(row) for row in range(start, start + entry.count)]

    def sources(self) -> Iterator[tuple[str, Source, int]]:
        """Yield (document id, source, number of passages) of each document, without its text."""
        for position in range(len(self._catalog)):
            entry = self._catalog.entry(position)
            yield entry.id, self._catalog.source(position), entry.count

    def superseded(
        self,
        as_of: date | None = None,
        *,
        among: Iterable[str] | None = None,  # noqa: ARG002 - all of them are at hand
    ) -> dict[str, tuple[str, ...]]:
        """Return the keys of replaced sources, each with the keys of what replaces it."""
        return self._catalog.superseded(as_of or today())

    def keys_in_force(self, as_of: date | None = None) -> set[str]:
        """Return the keys of the sources that are in force on the day, today unless given."""
        chosen = np.flatnonzero(self._catalog.in_force(as_of or today()))
        return {self._catalog.editions[position].key for position in chosen.tolist()}

    def vectors(self, rows: Sequence[int]) -> Vectors:
        """Return the stored vectors of rows, shape (len(rows), dim), in the order given."""
        found = np.empty((len(rows), self.manifest.recipe.dim), dtype=np.float32)
        asked = np.asarray(rows, dtype=np.int64)
        for part, (start, end, local) in zip(self._parts, self._places, strict=True):
            mine = (asked >= start) & (asked < end)
            if mine.any():
                places = asked[mine] - start
                found[mine] = part.vectors[places if local is None else local[places]]
        return found

    def _read_passage(self, row: int) -> Passage:
        return passage_from_bytes(self.record(row)).passage

    def _position(self, document_id: str) -> int:
        try:
            return self._catalog.positions[document_id]
        except KeyError as error:
            raise NotFoundError(f"{self.path}: no document has the id {document_id!r}.") from error

    def _document(self, position: int) -> Document:
        body = self._body(self._catalog.entry(position))
        return body_from_bytes(body, self._catalog.source(position))

    def _body(self, entry: DocumentEntry) -> bytes:
        return self._named[entry.part].bodies[entry.slot]

    def _place(self, part: Part) -> tuple[int, int, NDArray[np.int64] | None]:
        """Return where the rows of a part start and end, and which of them can answer."""
        if not len(part):
            return 0, 0, None
        serials = self._catalog.serials
        start, end = np.searchsorted(serials, [part.serials[0], part.serials[-1] + 1])
        local = None
        if end - start < len(part):
            local = np.searchsorted(part.serials, serials[start:end])
        return int(start), int(end), local

    def _mask_of(self, filters: Filters, as_of: date) -> Mask | None:
        chosen = self._catalog.select(filters, as_of)
        if chosen.all():
            return None
        mask: Mask = chosen[self._catalog.row_documents]
        mask.flags.writeable = False
        return mask


def _stands(root: Path, manifest: Manifest) -> bool:
    """Return whether this generation lies there; its number alone may be another index's too."""
    try:
        return generation_manifest(root, manifest.generation)[0] == manifest
    except (OSError, IndexStateError):
        return False


def _refuse_damage(root: Path, manifest: Manifest, check: Literal["bytes", "sizes"]) -> None:
    sums = manifest.files
    if check == "sizes":
        sums = tuple(entry.model_copy(update={"crc32": ()}) for entry in sums)
    if problems := damaged(root, sums):
        raise IndexStateError(
            f"{root}: the index is damaged ({problems[0]}; {len(problems)} of {len(sums)} "
            "files). Restore it from a copy, or delete the folder and build it anew."
        )


def today() -> date:
    """Return the present day in UTC."""
    return datetime.now(timezone.utc).date()
