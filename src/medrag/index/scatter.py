"""Questions to several shards at once, each within its time; a shard that is down is let be."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TypeVar

from medrag.core.query import NotSearched
from medrag.errors import BackendError
from medrag.index.shard import Shard, ShardFailedError

_log = logging.getLogger(__name__)
_T = TypeVar("_T")
_THREADS_EACH = 16

Lost = dict[int, str]
"""Numbers of the shards that gave no answer to a question, and why."""


class LostError(BackendError):
    """A shard was lost while passages of it were already among the candidates."""


class Member:
    """The place of one shard in a split, whoever answers there.

    A shard that was not reached is not asked until it has been found again: what it costs to look
    for it no question pays twice.

    Args:
        number: From 0.
        shard: What is asked.
        retry_s: Seconds before a shard that is down is asked again.
    """

    def __init__(self, number: int, shard: Shard, *, retry_s: float) -> None:
        self.number, self.shard = number, shard
        self._retry_s = retry_s
        self._down: tuple[float, str] | None = None
        self._lock = threading.Lock()

    @property
    def down(self) -> str | None:
        """Why it is not asked at present; None where it is asked."""
        with self._lock:
            return None if self._down is None else self._down[1]

    def is_due(self) -> bool:
        """Return whether it is to be looked for again; says so to one caller only."""
        now = time.monotonic()
        with self._lock:
            if self._down is None or now < self._down[0]:
                return False
            self._down = (now + self._retry_s, self._down[1])
            return True

    def failed(self, reason: str, *, is_down: bool) -> None:
        """Note that it gave no answer."""
        with self._lock:
            if is_down:
                known, self._down = self._down, (time.monotonic() + self._retry_s, reason)
                if known is None:
                    _log.warning("shard %d: %s", self.number + 1, reason)

    def answered(self) -> None:
        """Note that it answered."""
        with self._lock:
            if self._down is not None:
                _log.warning("shard %d: answers again", self.number + 1)
            self._down = None


class Shards:
    """The places of all shards of a split.

    Args:
        shards: In the order of their numbers.
        limit_s: The longest time for one question to one shard, in seconds.
        retry_s: Seconds before a shard that was not reached is asked again.
    """

    def __init__(self, shards: Sequence[Shard], *, limit_s: float, retry_s: float) -> None:
        self._members = [Member(n, shard, retry_s=retry_s) for n, shard in enumerate(shards)]
        self._limit_s = limit_s
        self._pool = ThreadPoolExecutor(
            _THREADS_EACH * len(shards), thread_name_prefix="medrag-shard"
        )

    def __len__(self) -> int:
        return len(self._members)

    def close(self) -> None:
        """Let go of the shards."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        for member in self._members:
            member.shard.close()

    def look(self) -> None:
        """Look for shards that are down, where it is time; for a quarter of the limit at most."""
        due = [member for member in self._members if member.is_due()]
        if due:
            wait([self._pool.submit(_find, member) for member in due], timeout=self._limit_s / 4)

    def ask(self, question: Callable[[Shard], _T], lost: Lost) -> dict[int, _T]:
        """Return what each shard answers, by its number; those that fail become lost."""
        return self.ask_each(dict.fromkeys(range(len(self)), question), lost)

    def ask_each(self, questions: Mapping[int, Callable[[Shard], _T]], lost: Lost) -> dict[int, _T]:
        """Return what the shards answer to questions of their own; those that fail become lost.

        Raises:
            InputError: What was asked is no fault of the shard's.
        """
        waiting: dict[int, Future[_T]] = {}
        for number, question in questions.items():
            if number in lost:
                continue
            member = self._members[number]
            if (reason := member.down) is not None:
                lost[number] = reason
                continue
            waiting[number] = self._pool.submit(question, member.shard)
        done, _ = wait(waiting.values(), timeout=self._limit_s)
        found = {}
        for number, future in waiting.items():
            member = self._members[number]
            if future not in done:
                future.cancel()
                lost[number] = f"gave no answer within {self._limit_s:g} s"
                member.failed(lost[number], is_down=True)
                continue
            try:
                found[number] = future.result()
                member.answered()
            except ShardFailedError as error:
                lost[number] = error.reason
                member.failed(error.reason, is_down=error.is_down)
        return found

    def named(self, lost: Lost) -> tuple[NotSearched, ...]:
        """Return the lost shards as a reader may see them."""
        return tuple(
            NotSearched(part=f"shard {number + 1} of {len(self)}", reason=f"it {lost[number]}")
            for number in sorted(lost)
        )


def _find(member: Member) -> None:
    try:
        member.shard.facts()
    except ShardFailedError:
        return  # it is looked for again later
    member.answered()
