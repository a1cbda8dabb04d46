"""One immutable part of an index: passages, document bodies, vectors and their search index."""

from __future__ import annotations

import contextlib
import hashlib
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medrag.core.document import Document, Passage, Source
from medrag.index.flat import FlatIndex, write_exact
from medrag.index.manifest import PartEntry, part_folder
from medrag.index.records import Records, RecordsWriter, from_bytes, mapped, to_bytes
from medrag.index.rescored import measured_recall
from medrag.index.vectors import Halves, Rows, SearchableVectors, VectorKind
from medrag.registry import resolve

KEY_BYTES = 16
"""Length of the hash that says which text a vector belongs to."""

_PASSAGES = "passages"
_BODIES = "bodies"
_KEYS = "keys.bin"
_SERIALS = "serials.bin"
_KEY = np.dtype((np.uint8, KEY_BYTES))
_SERIAL = np.dtype("<i8")
_ZIP_LEVEL = 3

FLAT_ROWS = 50_000
"""Up to here exact search is fast enough (about 3 ms for one question)."""


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage as kept on disk.

    Attributes:
        context: What stood before the text when it was embedded and indexed; may be empty.
    """

    passage: Passage
    context: str

    @property
    def searched(self) -> str:
        """The words that are embedded and indexed."""
        return searched_text(self.context, self.passage.text)


def searched_text(context: str, text: str) -> str:
    """Return what is embedded and indexed for a passage: its context, then its own text."""
    return f"{context}\n{text}" if context else text


def text_key(text: str) -> bytes:
    """Return the hash under which the vector of `text` is known."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:KEY_BYTES]


def passage_to_bytes(passage: Passage, context: str) -> bytes:
    """Return the record of a passage."""
    return to_bytes({**passage.model_dump(mode="json"), "context": context})


def passage_from_bytes(record: bytes) -> StoredPassage:
    """Return the passage of a record."""
    fields = from_bytes(record)
    context = fields.pop("context")
    return StoredPassage(passage=Passage.model_validate(fields), context=context)


def body_to_bytes(document: Document) -> bytes:
    """Return everything of a document but its source, compressed."""
    fields = document.model_dump(mode="json", exclude={"source"})
    return zlib.compress(to_bytes(fields), _ZIP_LEVEL)


def body_from_bytes(body: bytes, source: Source) -> Document:
    """Return the document of a body and its source."""
    fields: dict[str, Any] = from_bytes(zlib.decompress(body))
    return Document.model_validate({**fields, "source": source})


class PartWriter:
    """Writes the passages and bodies of a part; its vectors follow when all are known."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.passages = RecordsWriter(folder / _PASSAGES)
        self.bodies = RecordsWriter(folder / _BODIES)
        self._keys = (folder / _KEYS).open("wb")
        self._serials = (folder / _SERIALS).open("wb")

    def add_passage(self, record: bytes, key: bytes, serial: int) -> None:
        """Append one passage; serials ascend."""
        self.passages.append(record)
        self._keys.write(key)
        self._serials.write(serial.to_bytes(8, "little"))

    def flush(self) -> None:
        """Make the passages added so far readable."""
        self.passages.flush()

    def close(self) -> None:
        """Hand everything to the operating system; every file is closed, whatever fails."""
        with contextlib.ExitStack() as stack:
            for file in (self.passages, self.bodies, self._keys, self._serials):
                stack.callback(file.close)


class Rolls:
    """The passages and bodies of a part, without its vectors.

    Attributes:
        keys: Hash of what was embedded for each row, shape (rows, 16) uint8.
        serials: Permanent number of each row, ascending, shape (rows,).
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.passages = Records(folder / _PASSAGES)
        self.bodies = Records(folder / _BODIES)
        self.keys: NDArray[np.uint8] = mapped(folder / _KEYS, np.dtype(np.uint8)).reshape(
            -1, KEY_BYTES
        )
        self.serials: NDArray[np.int64] = mapped(folder / _SERIALS, _SERIAL)

    def __len__(self) -> int:
        return len(self.serials)

    def serials_of(self, keys: Collection[bytes]) -> list[int]:
        """Return the permanent numbers of the rows whose text has one of these hashes."""
        wanted = set(keys)
        pairs = zip(self.serials.tolist(), self.keys, strict=True)
        return [serial for serial, key in pairs if key.tobytes() in wanted]

    def texts(self, rows: Rows) -> Iterator[str]:
        """Yield what is embedded and indexed for each of `rows`."""
        for row in rows:
            yield passage_from_bytes(self.passages[int(row)]).searched


class Part(Rolls):
    """An opened part: every file of it, so that what lies there later is no part of it.

    Attributes:
        vectors: Those of all rows, shape (rows, dim).
    """

    def __init__(self, root: Path, entry: PartEntry) -> None:
        folder = part_folder(root, entry.name)
        super().__init__(folder)
        self.name = entry.name
        self.entry = entry
        kind: VectorKind = resolve("vector-index", entry.kind)
        self.index: SearchableVectors = kind.open(folder)
        self.vectors: Halves = FlatIndex(folder).vectors


def kind_for(rows: int) -> str:
    """Return the registered kind that suits a part of that many passages."""
    return "flat" if rows <= FLAT_ROWS else "compact"


def write_vectors(folder: Path, vectors: Halves, kind: str) -> float:
    """Write the vectors of the part in `folder` and its index; return the measured recall."""
    write_exact(folder, vectors)
    if not len(vectors):
        return 1.0
    chosen: VectorKind = resolve("vector-index", kind)
    chosen.build(folder, vectors)
    return 1.0 if kind == "flat" else measured_recall(chosen.open(folder), FlatIndex(folder))
