"""Several servers of one model: who is healthy, who has least to do, who has to wait."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from medrag.core.protocols import Cancelled
from medrag.errors import BackendError, InputError, MedragError, OverloadedError
from medrag.generation.server.llm import ServerLLM

_log = logging.getLogger(__name__)
_ASK_EVERY_S = 0.1


class Load(NamedTuple):
    """What one replica has to do.

    Attributes:
        at_work: Replies that it is asked for now.
        served: Replies that it has been asked for in all.
        down: Why it is not asked; None where it is.
    """

    at_work: int
    served: int
    down: str | None


class Replica:
    """One server; opened when it is first reached.

    Args:
        number: In the order given, from 0.
        connect: Opens it.
    """

    def __init__(self, number: int, connect: Callable[[], ServerLLM]) -> None:
        self.number = number
        self._connect = connect
        self.llm: ServerLLM | None = None
        self.at_work = self.served = 0
        self.down: str | None = "not reached yet"

    def find(self, limit_s: float) -> str | None:
        """Return why it does not answer; None where it does.

        Raises:
            InputError: Its URL or model cannot be used.
        """
        try:
            if self.llm is None:
                self.llm = self._connect()
                return None
            return None if self.llm.is_alive(limit_s) else "gives no answer"
        except BackendError as error:
            return str(error)


class Pool:
    """Hands out the replica that has least to do, and lets so many wait for one.

    Args:
        replicas: In the order given.
        each: The most replies that one is asked for at the same time.
        waiting: The most requests that wait for a replica; more are refused at once.
        wait_s: The longest wait, in seconds.
        check_s: How often each is asked whether it is well, in seconds.
    """

    def __init__(
        self,
        replicas: Sequence[Replica],
        *,
        each: int,
        waiting: int,
        wait_s: float,
        check_s: float,
    ) -> None:
        self._replicas = list(replicas)
        self._each, self._waiting, self._wait_s = each, waiting, wait_s
        self._check_s = check_s
        self._free = threading.Condition()
        self._queue = 0
        self._over = threading.Event()
        self.model = ""

    def open(self) -> ServerLLM:
        """Look for all replicas, begin to look after them, and return the first that answers.

        Raises:
            InputError: A URL or model cannot be used, or they have different models.
            BackendError: None of them answers.
        """
        for replica in self._replicas:
            self._checked(replica)
        first = next((one.llm for one in self._replicas if one.down is None and one.llm), None)
        if first is None:
            raise BackendError(
                f"None of {len(self._replicas)} servers answers. "
                f"The first: {self._replicas[0].down}"
            )
        threading.Thread(
            target=_look_after, args=(self, self._check_s), name="medrag-replicas", daemon=True
        ).start()
        return first

    def close(self) -> None:
        """Stop looking after the replicas, and close them."""
        self._over.set()
        for replica in self._replicas:
            if replica.llm is not None:
                replica.llm.close()

    def wait(self, seconds: float) -> bool:
        """Wait; return whether the pool was closed meanwhile."""
        return self._over.wait(seconds)

    def loads(self) -> list[Load]:
        """Return what each replica has to do, in the order given."""
        with self._free:
            return [Load(one.at_work, one.served, one.down) for one in self._replicas]

    def take(self, without: frozenset[int], cancelled: Cancelled | None) -> Replica:
        """Return the healthy replica with the fewest replies at work; give it back with `free`.

        Args:
            without: Numbers of those that failed for this request already.
            cancelled: Asked ten times a second whether to go on waiting.

        Raises:
            OverloadedError: As many wait as may, or the wait was too long.
            BackendError: No other replica is healthy.
        """
        until = time.monotonic() + self._wait_s
        with self._free:
            if (found := self._best(without)) is not None:
                return self._taken(found)
            if self._queue >= self._waiting:
                raise OverloadedError(
                    f"All servers of the model are busy and {self._queue} requests wait. "
                    "Ask again later."
                )
            self._queue += 1
            try:
                while (found := self._best(without)) is None:
                    left = until - time.monotonic()
                    if left <= 0 or (cancelled is not None and cancelled()):
                        raise OverloadedError(
                            f"No server of the model was free within {self._wait_s:g} s. "
                            "Ask again later."
                        )
                    self._free.wait(min(left, _ASK_EVERY_S))
                return self._taken(found)
            finally:
                self._queue -= 1

    def well(self) -> Replica:
        """Return a healthy replica, for what costs it next to nothing.

        Raises:
            BackendError: None is healthy.
        """
        with self._free:
            return self._least(frozenset())

    def free(self, replica: Replica) -> None:
        """Give a replica back."""
        with self._free:
            replica.at_work -= 1
            self._free.notify()

    def failed(self, replica: Replica, reason: str) -> None:
        """Ask a replica no more until it is found again."""
        with self._free:
            self._note(replica, reason)

    def check(self) -> None:
        """Ask every replica whether it is well."""
        for replica in self._replicas:
            with self._kept(replica):
                self._checked(replica)

    @contextmanager
    def _kept(self, replica: Replica) -> Iterator[None]:
        """Leave a replica out that cannot be used, as the wrong model."""
        try:
            yield
        except MedragError as error:
            self.failed(replica, str(error))

    def _best(self, without: frozenset[int]) -> Replica | None:
        """Return the one with least to do; None where all healthy ones have enough."""
        least = self._least(without)
        return least if least.at_work < self._each else None

    def _least(self, without: frozenset[int]) -> Replica:
        well = [r for r in self._replicas if r.down is None and r.number not in without]
        if not well:
            down = next((r.down for r in self._replicas if r.down is not None), "it failed.")
            raise BackendError(f"No server of the model answers. One of them: {down}")
        return min(well, key=lambda r: (r.at_work, r.served, r.number))

    def _taken(self, replica: Replica) -> Replica:
        replica.at_work += 1
        replica.served += 1
        return replica

    def _checked(self, replica: Replica) -> None:
        reason = replica.find(self._check_s)
        if reason is None and replica.llm is not None:
            self._must_be_the_model(replica.llm.name)
        with self._free:
            self._note(replica, reason)
            self._free.notify_all()

    def _must_be_the_model(self, name: str) -> None:
        if self.model and name != self.model:
            raise InputError(
                f"The servers have different models: {self.model} and {name}. An answer says "
                "which model gave it, so replicas must be of one. Name it after #."
            )
        self.model = name

    def _note(self, replica: Replica, reason: str | None) -> None:
        if (replica.down is None) != (reason is None):
            state = "answers" if reason is None else f"is left out: {reason}"
            _log.warning("server %d of the model %s", replica.number + 1, state)
        replica.down = reason


def _look_after(pool: Pool, every_s: float) -> None:
    while not pool.wait(every_s):
        pool.check()
