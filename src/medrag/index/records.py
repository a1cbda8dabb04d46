"""A file of many byte strings, read at random without parsing the others.

Two files: the records one after another, and where each ends. Both are memory-mapped, so
opening costs nothing and any number of threads and forks may read.
"""

from __future__ import annotations

import json
import mmap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medrag.errors import IndexStateError

DATA_SUFFIX = ".dat"
ENDS_SUFFIX = ".idx"
_ENDS = np.dtype("<i8")


def to_bytes(value: Any) -> bytes:
    """Return `value` as compact JSON, keys sorted; lone surrogates survive."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.encode("utf-8", "surrogatepass")


def from_bytes(data: bytes) -> Any:
    """Return what `to_bytes` was given."""
    return json.loads(data.decode("utf-8", "surrogatepass"))


class RecordsWriter:
    """Appends records to `<path>.dat` and their ends to `<path>.idx`, from empty files."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._data = path.with_name(path.name + DATA_SUFFIX).open("wb")
        self._ends = path.with_name(path.name + ENDS_SUFFIX).open("wb")
        self._size = 0
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def append(self, record: bytes) -> int:
        """Write one record and return its number, from 0."""
        self._data.write(record)
        self._size += len(record)
        self._ends.write(self._size.to_bytes(8, "little"))
        self._count += 1
        return self._count - 1

    def flush(self) -> None:
        """Make what was appended so far readable as `Records(self.path)`."""
        self._data.flush()
        self._ends.flush()

    def close(self) -> None:
        """Hand everything to the operating system; `sync_tree` makes it durable."""
        try:
            self._data.close()
        finally:
            self._ends.close()


class Records:
    """The records at `<path>.dat`, by number.

    Raises:
        IndexStateError: The two files do not belong together.
    """

    def __init__(self, path: Path) -> None:
        self._ends: NDArray[np.int64] = mapped(path.with_name(path.name + ENDS_SUFFIX), _ENDS)
        self._data = mapped_bytes(path.with_name(path.name + DATA_SUFFIX))
        size = int(self._ends[-1]) if len(self._ends) else 0
        if size != len(self._data):
            raise IndexStateError(
                f"{path.name}{DATA_SUFFIX} has {len(self._data)} bytes, its list says {size}. "
                "Restore the index from a copy or build it anew."
            )

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, number: int) -> bytes:
        start = int(self._ends[number - 1]) if number else 0
        return bytes(self._data[start : int(self._ends[number])])

    def __iter__(self) -> Iterator[bytes]:
        return (self[number] for number in range(len(self)))


def mapped(path: Path, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return the file at `path` as a read-only array of `dtype`; empty files give length 0."""
    if not path.stat().st_size:
        return np.empty(0, dtype=dtype)
    return np.asarray(np.memmap(path, dtype=dtype, mode="r"))


def mapped_bytes(path: Path) -> mmap.mmap | bytes:
    """Return the bytes of the file at `path`, mapped, for reading."""
    if not path.stat().st_size:
        return b""
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
