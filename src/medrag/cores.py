"""How many cores this process may use."""

from __future__ import annotations

import os


def cores() -> int:
    """Return how many cores this process may use, at least 1.

    `OMP_NUM_THREADS` says fewer where it is set, as it does to the numerical libraries.
    """
    if hasattr(os, "sched_getaffinity"):
        there = len(os.sched_getaffinity(0))
    else:
        there = os.cpu_count() or 1
    told = os.environ.get("OMP_NUM_THREADS", "")
    return min(there, int(told)) if told.isdecimal() and int(told) else there
