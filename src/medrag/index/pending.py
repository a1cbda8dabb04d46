"""Vectors that are already computed but not yet part of an index: what a resumed build saves.

A file of frames, one for each batch: number of vectors, CRC-32 of the rest, then for each
vector its text's hash and its halves. A frame that was cut short ends the file.
"""

from __future__ import annotations

import os
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from medrag.index.part import KEY_BYTES
from medrag.index.vectors import Halves

_HEAD = struct.Struct("<II")


@dataclass(frozen=True, slots=True)
class Batch:
    """Texts that need a vector, and the hashes under which their vectors will be known."""

    keys: tuple[bytes, ...]
    texts: tuple[str, ...]


class PendingVectors:
    """The vectors of an unfinished build by one embedder; what is put is on the disk."""

    def __init__(self, folder: Path, *, embedder_digest: str, dim: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{embedder_digest[:32]}-{dim}.vectors"
        for other in folder.iterdir():
            if other.name != name:
                other.unlink()
        self._row = np.dtype([("key", np.uint8, KEY_BYTES), ("vector", "<f2", dim)])
        self._path = folder / name
        self._places: dict[bytes, int] = {}
        end = self._recover()
        self._file = self._path.open("r+b" if self._path.exists() else "w+b", buffering=0)
        self._file.truncate(end)
        self._file.seek(end)

    def __contains__(self, key: bytes) -> bool:
        return key in self._places

    def __len__(self) -> int:
        return len(self._places)

    def put(self, keys: list[bytes], vectors: Halves) -> None:
        """Append one batch and wait until the disk has it."""
        rows = np.empty(len(keys), dtype=self._row)
        rows["key"] = np.frombuffer(b"".join(keys), dtype=np.uint8).reshape(-1, KEY_BYTES)
        rows["vector"] = vectors
        data = rows.tobytes()
        start = self._file.tell() + _HEAD.size
        try:
            frame = memoryview(_HEAD.pack(len(keys), zlib.crc32(data)) + data)
            while frame:
                frame = frame[self._file.write(frame) :]
            os.fsync(self._file.fileno())
        except OSError:
            self._file.truncate(start - _HEAD.size)
            self._file.seek(start - _HEAD.size)
            raise
        for number, key in enumerate(keys):
            self._places[key] = start + number * self._row.itemsize + KEY_BYTES

    def get(self, keys: list[bytes]) -> Halves:
        """Return the vectors of `keys`, all of which were put, in their order."""
        data = np.memmap(self._path, dtype=np.uint8, mode="r")
        width = self._row.itemsize - KEY_BYTES
        starts = np.array([self._places[key] for key in keys], dtype=np.int64)
        halves = np.empty((len(keys), width), dtype=np.uint8)
        for line, start in enumerate(starts.tolist()):
            halves[line] = data[start : start + width]
        return halves.view("<f2")

    def close(self) -> None:
        """Close the file and keep it."""
        self._file.close()

    def discard(self) -> None:
        """Close the file and remove it: its vectors are part of the index now."""
        self._file.close()
        self._path.unlink(missing_ok=True)

    def _recover(self) -> int:
        """Learn the whole frames of an earlier build; return where they end."""
        if not self._path.exists():
            return 0
        end, size = 0, self._path.stat().st_size
        with self._path.open("rb") as file:
            while end + _HEAD.size <= size:
                count, crc = _HEAD.unpack(file.read(_HEAD.size))
                data = file.read(count * self._row.itemsize)
                whole = count and len(data) == count * self._row.itemsize
                if not whole or zlib.crc32(data) != crc:
                    break
                rows = np.frombuffer(data, dtype=self._row)
                start = end + _HEAD.size + KEY_BYTES
                for number, key in enumerate(rows["key"]):
                    self._places[key.tobytes()] = start + number * self._row.itemsize
                end += _HEAD.size + len(data)
        return end
