"""Two numbers for each key, the same for every process that opens the same file.

Worker processes share nothing but files. What must hold for the whole service, such as how much a
client has sent, stands in a memory-mapped table of a fixed size: no server, no growth, and a lock
of the operating system that ends with its process.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import struct
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        os.lseek(handle, 0, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_LOCK, 1)

    def _unlock(handle: int) -> None:
        os.lseek(handle, 0, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX)

    def _unlock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_UN)


Pair = tuple[float, float]
_ROW = struct.Struct("=16sdd")
_FREE = bytes(16)
_NEAR = 16
"""Rows in which a key may stand."""


class FullError(Exception):
    """Every row in which the key may stand is taken by another that is still needed."""


class Ledger:
    """A table of pairs of numbers.

    Args:
        file: Shared by the processes that name it, made if missing; None for this process alone.
        rows: How many keys it may hold at most; 32 bytes each.
    """

    def __init__(self, file: Path | None = None, *, rows: int = 1 << 14) -> None:
        self._rows = rows
        self._threads = threading.Lock()
        self._handle: int | None = None
        size = rows * _ROW.size
        if file is None:
            self._table = mmap.mmap(-1, size)
            return
        self._handle = os.open(file, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        with self._held():
            if os.fstat(self._handle).st_size < size:
                os.truncate(self._handle, size)
        self._table = mmap.mmap(self._handle, size)

    def change(
        self,
        key: str,
        new: Callable[[Pair | None], Pair],
        *,
        is_idle: Callable[[Pair], bool],
        evicts: bool = False,
    ) -> None:
        """Put what `new` makes of the pair under `key`, None where there is none, in its place.

        No other thread or process comes between.

        Args:
            key: Known by its digest only.
            new: Makes the pair that stands there from now on.
            is_idle: Whether a pair says no more than that none is there.
            evicts: Whether a key gives way whose second number is least, where there is no room.

        Raises:
            FullError: There is no room, and none gives way.
        """
        digest = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        first = int.from_bytes(digest[:8], "little") % self._rows
        with self._held():
            row, known = self._row(digest, first, is_idle, evicts=evicts)
            _ROW.pack_into(self._table, row * _ROW.size, digest, *new(known))

    def _row(
        self, digest: bytes, first: int, is_idle: Callable[[Pair], bool], *, evicts: bool
    ) -> tuple[int, Pair | None]:
        """Return the row of a key, its own or one that it may take, and what stands under it."""
        free: int | None = None
        least: tuple[float, int] | None = None
        for row in (number % self._rows for number in range(first, first + _NEAR)):
            held, one, other = _ROW.unpack_from(self._table, row * _ROW.size)
            if held == digest:
                return row, (one, other)
            if free is None and (held == _FREE or is_idle((one, other))):
                free = row
            least = min(least, (other, row)) if least else (other, row)
        if free is None and evicts and least is not None:
            free = least[1]
        if free is None:
            raise FullError
        return free, None

    @contextmanager
    def _held(self) -> Iterator[None]:
        with self._threads:
            if self._handle is not None:
                _lock(self._handle)
            try:
                yield
            finally:
                if self._handle is not None:
                    _unlock(self._handle)
