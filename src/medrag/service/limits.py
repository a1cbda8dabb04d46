"""Who has to wait, and who is told to come back later."""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

from anyio import fail_after

from medrag.errors import MedragError
from medrag.service.ledger import Ledger, Pair

_LOOK_S = 0.00005
_LET_PASS_S = 0.002
"""The longest wait for more urgent work before a stage of a question; there are nine."""


class BusyError(MedragError):
    """There is too much to do; nothing of the request was done.

    Attributes:
        retry_s: Seconds after which to try again, at least 1.
    """

    def __init__(self, why: str, retry_s: float) -> None:
        self.retry_s = max(1, math.ceil(retry_s))
        super().__init__(f"{why} Try again in {self.retry_s} s.")


class Rates:
    """A token bucket for each client, of all processes that share a ledger.

    Args:
        per_minute: Requests that a client earns in a minute.
        burst: The most that it can have saved.
        ledger: Where the buckets stand; this process's own where None.
        clock: Seconds that only grow, the same for all processes; for tests.
    """

    def __init__(
        self,
        per_minute: int,
        burst: int,
        *,
        ledger: Ledger | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rate = per_minute / 60
        self._burst = float(burst)
        self._clock = clock
        self._ledger = ledger or Ledger()

    def take(self, client: str) -> None:
        """Count one request of `client`.

        Raises:
            BusyError: It has none left.
        """
        now = self._clock()
        had = 0.0

        def taken(bucket: Pair | None) -> Pair:
            nonlocal had
            had = self._saved(bucket or (self._burst, now), now)
            return (had - 1 if had >= 1 else had), now

        self._ledger.change(
            client,
            taken,
            is_idle=lambda bucket: self._saved(bucket, now) >= self._burst,
            evicts=True,
        )
        if had < 1:
            raise BusyError("More requests than one client may send.", (1 - had) / self._rate)

    def _saved(self, bucket: Pair, now: float) -> float:
        saved, then = bucket
        return min(self._burst, saved + max(0.0, now - then) * self._rate)


class Crowd:
    """How many requests of each client are inside one process.

    Used from the event loop only, so it needs no lock.

    Args:
        most: Of one client.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._inside: Counter[str] = Counter()

    @contextmanager
    def take(self, client: str) -> Iterator[None]:
        """Count one request of `client` while it is inside.

        Raises:
            BusyError: It has as many inside as it may.
        """
        if self._inside[client] >= self._most:
            raise BusyError("More requests at once than one client may send.", 1)
        self._inside[client] += 1
        try:
            yield
        finally:
            self._inside[client] -= 1
            if not self._inside[client]:
                del self._inside[client]


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


class Turns:
    """One at a time, in the order of coming; so many wait, the rest is turned away at once.

    For what computes and never waits for others: threads that compute side by side take each
    other's turn again and again and are all done later (ADR 0255). Used from the event loop only,
    so nobody who waits holds a thread.

    Args:
        waiting: Requests that may wait for the one.
        wait_s: The longest wait.
    """

    def __init__(self, waiting: int, *, wait_s: float = 5.0) -> None:
        self._turn = asyncio.Lock()
        self._inside = 0
        self._nobody = threading.Event()
        self._nobody.set()
        self._places = 1 + waiting
        self._wait_s = wait_s

    @asynccontextmanager
    async def take(self) -> AsyncIterator[None]:
        """Hold the turn.

        Raises:
            BusyError: All places to wait are taken, or the wait was too long.
        """
        if not self._places:
            raise BusyError("All workers are busy.", 1)
        self._places -= 1
        self._inside += 1
        self._nobody.clear()
        try:
            try:
                with fail_after(self._wait_s):
                    await self._turn.acquire()
            except TimeoutError as error:
                raise BusyError("All workers are busy.", 1) from error
            try:
                yield
            finally:
                self._turn.release()
        finally:
            self._places += 1
            self._inside -= 1
            if not self._inside:
                self._nobody.set()

    def let_pass(self) -> None:
        """Wait in another thread, not for long, until nobody has or awaits a turn."""
        time.sleep(_LOOK_S)  # the loop may not have read yet that somebody has come
        self._nobody.wait(_LET_PASS_S)
