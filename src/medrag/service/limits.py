"""Who has to wait, and who is told to come back later."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from medrag.errors import MedragError

_MOST_CLIENTS = 10_000


class BusyError(MedragError):
    """There is too much to do; nothing of the request was done.

    Attributes:
        retry_s: Seconds after which to try again, at least 1.
    """

    def __init__(self, why: str, retry_s: float) -> None:
        self.retry_s = max(1, math.ceil(retry_s))
        super().__init__(f"{why} Try again in {self.retry_s} s.")


class Rates:
    """A token bucket for each client.

    Args:
        per_minute: Requests that a client earns in a minute.
        burst: The most that it can have saved.
        clock: Seconds that only grow; for tests.
    """

    def __init__(
        self, per_minute: int, burst: int, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate = per_minute / 60
        self._burst = float(burst)
        self._clock = clock
        self._saved: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, client: str) -> None:
        """Count one request of `client`.

        Raises:
            BusyError: It has none left.
        """
        now = self._clock()
        with self._lock:
            saved, then = self._saved.pop(client, (self._burst, now))
            saved = min(self._burst, saved + (now - then) * self._rate)
            self._saved[client] = (max(saved - 1, 0.0) if saved >= 1 else saved, now)
            if len(self._saved) > _MOST_CLIENTS:
                self._saved.popitem(last=False)
        if saved < 1:
            raise BusyError("More requests than one client may send.", (1 - saved) / self._rate)


class Slots:
    """So many at once, so many waiting; the rest is turned away at once.

    Args:
        at_once: Requests that run together.
        waiting: Requests that may wait for one of them.
        wait_s: The longest wait.
    """

    def __init__(self, at_once: int, waiting: int, *, wait_s: float = 5.0) -> None:
        self._free = threading.Semaphore(at_once)
        self._places = threading.Semaphore(at_once + waiting)
        self._wait_s = wait_s

    @contextmanager
    def take(self) -> Iterator[None]:
        """Hold one of them.

        Raises:
            BusyError: All run and all places to wait are taken, or the wait was too long.
        """
        if not self._places.acquire(blocking=False):
            raise BusyError("All workers are busy.", 1)
        try:
            if not self._free.acquire(timeout=self._wait_s):
                raise BusyError("All workers are busy.", 1)
            try:
                yield
            finally:
                self._free.release()
        finally:
            self._places.release()
