"""Locks between processes, kept by the operating system: they end with their process.

A lock is an open file, so `kill -9` leaves none behind and nothing has to guess from a
process id whether a lock is stale. Works on local disks and on NFS from version 4; a share
without locks can be read from and is not written to.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from pathlib import Path

from medrag.core.closing import Closing
from medrag.errors import IndexStateError

if sys.platform == "win32":
    import msvcrt

    def _grab(handle: int, *, shared: bool) -> None:
        # Windows refuses to delete an open file, so an open handle is a shared lock already.
        if not shared:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _grab(handle: int, *, shared: bool) -> None:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)


_POLL_S = 0.05
_BUSY = {errno.EAGAIN, errno.EACCES, errno.EDEADLK}
"""What a lock says that another process holds; anything else is a failure."""


class Lock(Closing):
    """A held lock; `close` or the end of the process gives it back."""

    def __init__(self, handle: int) -> None:
        self._handle: int | None = handle

    def close(self) -> None:
        """Give the lock back; closing twice is allowed."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def lock_for_writing(path: Path, *, wait_s: float) -> Lock:
    """Return the only write lock on the file at `path`, created if missing.

    Raises:
        IndexStateError: Another process still holds it after `wait_s` seconds.
        OSError: The file cannot be opened for writing.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    until = time.monotonic() + wait_s
    while True:
        try:
            _grab(handle, shared=False)
            return Lock(handle)
        except OSError as error:
            if error.errno not in _BUSY:
                os.close(handle)
                raise
            if time.monotonic() >= until:
                os.close(handle)
                raise IndexStateError(
                    f"{path.parent}: another process is writing this index. "
                    "Build again when it has finished."
                ) from error
        time.sleep(min(_POLL_S, wait_s))


def hold_for_reading(path: Path) -> Lock | None:
    """Return a shared lock that keeps `path` from being removed; None where it is gone.

    Needs no permission to write. None also when a writer is removing the file just now.
    """
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        _grab(handle, shared=True)
    except OSError as error:
        # A file system without locks can be read from; there, nothing tells a writer to wait.
        if error.errno in _BUSY:
            os.close(handle)
            return None
    if path.exists() and os.path.samestat(os.fstat(handle), path.stat()):
        return Lock(handle)
    os.close(handle)
    return None


def nobody_reads(path: Path) -> bool:
    """Remove the file that readers hold and return True; False where one still holds it."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return True
    try:
        if sys.platform != "win32":
            _grab(handle, shared=False)
            path.unlink()
    except OSError:
        return False
    finally:
        os.close(handle)
    if sys.platform == "win32":
        try:
            path.unlink()
        except OSError:
            return False
    return True
