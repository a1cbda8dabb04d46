"""The files and documents of one generation: what a build compares with, what filters read."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medrag.core.document import Source
from medrag.core.query import Filters
from medrag.index.disk import write_durably
from medrag.index.editions import Edition, in_force, superseded
from medrag.index.records import Records, RecordsWriter, from_bytes, mapped, mapped_bytes, to_bytes

_FILES = "files.json"
_DOCUMENTS = "documents"
_COLUMNS = "columns.json"
_SERIALS = "serials.bin"
_NUMBERS = "numbers.bin"
_ROW_DOCUMENTS = "row-documents.bin"
_SERIAL = np.dtype("<i8")
_NUMBER = np.dtype("<i4")
_FILTERED = ("kind", "specialty", "jurisdiction", "publisher")
_DATES = ("published", "effective", "expires")
_SOURCES_KEPT = 4096


@dataclass(frozen=True, slots=True)
class FileEntry:
    """What a generation knows of one file.

    Attributes:
        recipe: `Recipe.digest` of the build that read it.
        documents: Ids of what it held, in file order.
        failed: Why it could not be read, if it could not.
        unread: What of it is not read, and why, where the rest is.
    """

    fingerprint: str
    loader: str
    loader_version: int
    recipe: str
    documents: tuple[str, ...] = ()
    failed: str | None = None
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """Where a document and its passages are.

    Attributes:
        number: Permanent, never reused.
        part, slot: The part and the number of the body in it.
        first, count: Its passages have the row numbers `first` to `first + count - 1`.
        digest: Over its body and its passages as stored; equal means nothing to write.
        source: `Source` as JSON; kept here because it may change while the text does not.
    """

    id: str
    number: int
    part: str
    slot: int
    first: int
    count: int
    digest: str
    source: dict[str, Any]

    def holds_one_of(self, rows: Sequence[int]) -> bool:
        """Return whether one of `rows`, ascending, is a passage of this document."""
        place = bisect_left(rows, self.first)
        return place < len(rows) and rows[place] < self.first + self.count


def write_catalog(
    folder: Path, files: dict[str, FileEntry], documents: Sequence[DocumentEntry]
) -> None:
    """Write the catalog of a generation; `documents` in the order of their numbers."""
    write_durably(folder / _FILES, to_bytes({key: _fields(files[key]) for key in sorted(files)}))
    records = RecordsWriter(folder / _DOCUMENTS)
    for entry in documents:
        records.append(to_bytes(_fields(entry)))
    records.close()
    names = ("key", "series", "supersedes", *_DATES, *_FILTERED)
    columns: dict[str, list[Any]] = {
        name: [entry.source.get(name) for entry in documents] for name in names
    }
    columns["id"] = [entry.id for entry in documents]
    write_durably(folder / _COLUMNS, to_bytes(columns))
    numbers = np.array([entry.number for entry in documents], dtype=_SERIAL)
    write_durably(folder / _NUMBERS, numbers.tobytes())
    counts = np.array([entry.count for entry in documents], dtype=np.int64)
    owners = np.repeat(np.arange(len(documents), dtype=_NUMBER), counts)
    rows = [np.arange(entry.first, entry.first + entry.count) for entry in documents]
    serials = np.concatenate([np.empty(0, dtype=_SERIAL), *rows]).astype(_SERIAL)
    order = np.argsort(serials, kind="stable")
    write_durably(folder / _SERIALS, serials[order].tobytes())
    write_durably(folder / _ROW_DOCUMENTS, owners[order].tobytes())


def _fields(entry: FileEntry | DocumentEntry) -> dict[str, Any]:
    """Return what `dataclasses.asdict` does, twenty times as fast: nothing is copied."""
    return {name: getattr(entry, name) for name in entry.__slots__}


def read_numbers(folder: Path) -> NDArray[np.int64]:
    """Return the permanent number of each document of the generation in `folder`, ascending."""
    return mapped(folder / _NUMBERS, _SERIAL)


def read_files(folder: Path) -> dict[str, FileEntry]:
    """Return what the generation in `folder` knows of each file, by key."""
    rows = from_bytes((folder / _FILES).read_bytes())
    lists = ("documents", "unread")
    return {
        key: FileEntry(**row | {name: tuple(row.get(name, ())) for name in lists})
        for key, row in rows.items()
    }


def read_documents(folder: Path) -> dict[str, DocumentEntry]:
    """Return every document entry of the generation in `folder`, by id, in number order."""
    entries = (DocumentEntry(**from_bytes(record)) for record in Records(folder / _DOCUMENTS))
    return {entry.id: entry for entry in entries}


class Catalog:
    """The documents of one generation, as a reader needs them: nothing is parsed until asked.

    Args:
        folder: Of the generation.
        elsewhere: Editions of other shards that may replace some of these.

    Attributes:
        serials: Permanent number of each row, ascending, shape (rows,).
        numbers: Permanent number of each document, ascending, shape (len(self),).
        row_documents: Position of each row's document in this catalog, shape (rows,).
    """

    def __init__(self, folder: Path, *, elsewhere: Sequence[Edition] = ()) -> None:
        self._packed = mapped_bytes(folder / _COLUMNS)
        self._elsewhere = tuple(elsewhere)
        self._records = Records(folder / _DOCUMENTS)
        self.serials: NDArray[np.int64] = mapped(folder / _SERIALS, _SERIAL)
        self.numbers: NDArray[np.int64] = read_numbers(folder)
        self.row_documents: NDArray[np.int32] = mapped(folder / _ROW_DOCUMENTS, _NUMBER)
        self._forced = lru_cache(maxsize=8)(self._in_force)
        self._source = lru_cache(maxsize=_SOURCES_KEPT)(self._read_source)

    def __len__(self) -> int:
        return len(self._records)

    def entry(self, position: int) -> DocumentEntry:
        """Return the entry at `position` of the catalog."""
        return DocumentEntry(**from_bytes(self._records[position]))

    def source(self, position: int) -> Source:
        """Return the source of the document at `position`."""
        return self._source(position)

    @cached_property
    def positions(self) -> dict[str, int]:
        """Where each document id stands in the catalog."""
        return {name: place for place, name in enumerate(self._columns["id"])}

    @cached_property
    def editions(self) -> tuple[Edition, ...]:
        """What decides which source is in force, in catalog order."""
        columns = [self._columns[name] for name in ("key", "series", *_DATES, "supersedes")]
        return tuple(
            Edition(
                key=key,
                series=series,
                published=_day(published),
                effective=_day(effective),
                expires=_day(expires),
                supersedes=tuple(supersedes or ()),
            )
            for key, series, published, effective, expires, supersedes in zip(*columns, strict=True)
        )

    def superseded(self, as_of: date) -> dict[str, tuple[str, ...]]:
        """Return which source keys are replaced on the day, and by which."""
        return superseded(self.editions, as_of, others=self._elsewhere)

    def in_force(self, as_of: date) -> NDArray[np.bool_]:
        """Return which documents are in force on the day, shape (len(self),)."""
        return self._forced(as_of)

    def select(self, filters: Filters, as_of: date) -> NDArray[np.bool_]:
        """Return which documents pass `filters`, shape (len(self),)."""
        chosen = np.ones(len(self), dtype=np.bool_)
        if not filters.include_superseded:
            chosen &= self.in_force(as_of)
        wanted = (filters.kinds, filters.specialties, filters.jurisdictions, filters.publishers)
        for name, values in zip(_FILTERED, wanted, strict=True):
            if values:
                chosen &= self._equals(name, values)
        if filters.dated_from or filters.dated_until:
            chosen &= self._dated(filters.dated_from or date.min, filters.dated_until or date.max)
        if filters.document_ids:
            among = np.zeros(len(self), dtype=np.bool_)
            places = (self.positions.get(name) for name in filters.document_ids)
            among[[place for place in places if place is not None]] = True
            chosen &= among
        return chosen

    @cached_property
    def _columns(self) -> dict[str, list[Any]]:
        columns: dict[str, list[Any]] = from_bytes(bytes(self._packed))
        return columns

    def _equals(self, name: str, values: Iterable[str]) -> NDArray[np.bool_]:
        wanted = {folded(value) for value in values}
        column = self._columns[name]
        return np.fromiter(
            (value is not None and folded(value) in wanted for value in column),
            dtype=np.bool_,
            count=len(column),
        )

    def _dated(self, first: date, last: date) -> NDArray[np.bool_]:
        return np.fromiter(
            (e.start is not None and first <= e.start <= last for e in self.editions),
            dtype=np.bool_,
            count=len(self),
        )

    def _in_force(self, as_of: date) -> NDArray[np.bool_]:
        forced = np.array(in_force(self.editions, as_of, others=self._elsewhere), dtype=np.bool_)
        forced.flags.writeable = False
        return forced

    def _read_source(self, position: int) -> Source:
        return Source.model_validate(self.entry(position).source)


def folded(value: str) -> str:
    """Return a metadata value as filters compare it: case and white space do not count."""
    return " ".join(value.casefold().split())


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
