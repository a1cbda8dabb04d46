"""A core for each worker: its threads take turns anyway, and then find what they read in one cache.

The scheduler puts the loop of a worker and the thread that computes an answer on two cores, and
each turn of Python moves what both work on from one core's cache to the other's (ADR 0290).
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path


def is_one_each(workers: int) -> bool:
    """Return whether so many workers have a core each, and none is left over."""
    return sys.platform == "linux" and workers == len(os.sched_getaffinity(0))


def keep_to_own_core(together: Path) -> int | None:
    """Keep this thread, and those that it starts, to a core that no other worker has.

    Args:
        together: Folder that all workers of the service share; a file in it is locked for each
            core that is taken, which ends with the process, however that ends.

    Returns:
        Which core; None where every one is taken, or the system has no such call.
    """
    if sys.platform != "linux":
        return None
    import fcntl

    for core in sorted(os.sched_getaffinity(0)):
        handle = os.open(together / f"core-{core}", os.O_RDWR | os.O_CREAT, 0o600)
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.sched_setaffinity(0, {core})
            return core  # the handle stays open
        os.close(handle)
    return None
