"""The workers of a build on Ray: hired, lent to one task after another, replaced when lost."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Condition, Thread
from time import monotonic
from typing import Any, Literal

from medrag.errors import BackendError, MedragError
from medrag.pipeline.engines.ray_worker import Facts

_log = logging.getLogger(__name__)

Task = Literal["read", "embed"]

_AT_ONCE = {"read": 1, "embed": 2}
"""Calls that a worker has at once: a second batch arrives while it embeds the first."""

_STARTS = 5
"""Workers that may die one after another while they start; then something is wrong with all."""

_LOOK_S = 1.0
"""How often who waits for a worker looks whether the build has ended."""

_PATIENCE_S = 600.0
_TELL_AFTER_S = 30.0


class WorkerLostError(Exception):
    """The worker ended, or its machine did, before it answered; never leaves the engine.

    Attributes:
        meanwhile: Whether it ended while it worked on the call that is told so.
    """

    def __init__(self, *, meanwhile: bool = True) -> None:
        self.meanwhile = meanwhile
        super().__init__()


@dataclass(eq=False, slots=True)
class Hand:
    """A worker that has started.

    Attributes:
        actor: Ray's handle.
        tasks: What it is there for.
        busy: Calls under way, by task.
        reserved: Whether it waits for, or works on, a task that is to have it alone.
        blind: Whether it does not see the files of the machine that builds.
    """

    actor: Any
    tasks: frozenset[Task]
    facts: Facts
    busy: dict[Task, int] = field(default_factory=lambda: {"read": 0, "embed": 0})
    reserved: bool = False
    blind: bool = False

    @property
    def load(self) -> int:
        """Calls under way."""
        return sum(self.busy.values())

    def takes(self, task: Task) -> bool:
        """Return whether it may be given another call of that task."""
        return task in self.tasks and not self.reserved and self.busy[task] < _AT_ONCE[task]


class Pool:
    """Lends workers to the threads of a build; may be used from any of them.

    Use it as a context: leaving ends the workers and everybody who waits for one, and returns
    when no thread is inside Ray any more. Ray may be shut down then: a thread that waits in it
    meanwhile reads memory that is freed, which ends the process.

    Args:
        ray: The module, connected.
        hire: Starts an actor for some tasks and returns its handle at once.
        expected: What every worker has to have in common with this process.
        wanted: For each worker, what it is there for.
    """

    def __init__(
        self,
        ray: Any,
        hire: Callable[[frozenset[Task]], Any],
        *,
        expected: Facts,
        wanted: Sequence[frozenset[Task]],
    ) -> None:
        self._ray = ray
        self._hire = hire
        self._expected = expected
        self._wanted = wanted
        self._changed = Condition()
        self._hands: list[Hand] = []
        self._actors: set[Any] = set()
        self._problem: MedragError | None = None
        self._died_starting = 0
        self._inside = 0
        self.closed = False

    def __enter__(self) -> Pool:
        for tasks in self._wanted:
            self._start(tasks)
        return self

    def __exit__(self, *error: object) -> None:
        with self._changed:
            self.closed = True
            actors, self._actors = self._actors, set()
            self._changed.notify_all()
        for actor in actors:
            self._ray.kill(actor)
        with self._changed:
            while self._inside:
                self._changed.wait()

    @contextmanager
    def lent(self, task: Task, *, alone: bool = False, hand: Hand | None = None) -> Iterator[Hand]:
        """Give a worker for one call, as soon as one is free; replace it where it is lost.

        Lend for a call only, never while waiting for something else: who wants a worker alone
        waits until its calls have returned.

        Args:
            task: What for.
            alone: Give it nothing else meanwhile: if it ends, this call is why.
            hand: This one and no other; None for any.

        Raises:
            WorkerLostError: `hand` is lost.
            BackendError: There is none, and none can be had.
        """
        hand = self._reserved(task, hand) if alone else self._free(task, hand)
        try:
            yield hand
        except WorkerLostError:
            self._replace(hand)
            raise
        finally:
            with self._changed:
                hand.busy[task] -= 1
                hand.reserved = hand.reserved and not alone
                self._changed.notify_all()

    def call(self, hand: Hand, method: str, *arguments: object) -> Any:
        """Return what a worker's method returns.

        Raises:
            WorkerLostError: It ended before.
            MedragError: What the method raised.
            BackendError: The method failed otherwise.
        """
        faults = self._ray.exceptions
        try:
            with self._in_ray():
                asked = getattr(hand.actor, method).remote(*arguments)
                while not self._ray.wait([asked], timeout=_LOOK_S)[0]:
                    if self.closed:
                        raise _ended()
                return self._ray.get(asked)
        except faults.RayTaskError as error:
            raise _cause(error) from error
        except ConnectionError as error:  # of a driver outside the cluster
            raise BackendError(
                "The connection to the Ray cluster is lost. Build again: what was embedded is kept."
            ) from error
        except faults.RayError as error:
            if self.closed:
                raise _ended() from error
            if getattr(error, "actor_init_failed", False):
                raise BackendError(
                    "A Ray worker cannot start: medrag cannot be imported on its machine. Install "
                    f"medrag {self._expected.medrag} on every machine of the cluster."
                ) from error
            raise WorkerLostError from error

    @contextmanager
    def _in_ray(self) -> Iterator[None]:
        """Be counted among those whom the end of the pool waits for.

        Raises:
            BackendError: It has ended.
        """
        with self._changed:
            if self.closed:
                raise _ended()
            self._inside += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()

    def _free(self, task: Task, wanted: Hand | None) -> Hand:
        with self._changed:
            while True:
                free = [hand for hand in self._among(wanted) if hand.takes(task)]
                if free:
                    hand = min(free, key=lambda hand: hand.load)
                    hand.busy[task] += 1
                    return hand
                self._wait(task)

    def _reserved(self, task: Task, wanted: Hand | None) -> Hand:
        with self._changed:
            while True:
                free = [h for h in self._among(wanted) if task in h.tasks and not h.reserved]
                if not free:
                    self._wait(task)
                    continue
                hand = min(free, key=lambda hand: hand.load)
                hand.reserved = True
                while hand.load and hand in self._hands:
                    self._wait(task)
                if hand in self._hands:
                    hand.busy[task] += 1
                    return hand

    def _among(self, wanted: Hand | None) -> list[Hand]:
        """Return whom to choose from; the lock is held."""
        if wanted is None:
            return self._hands
        if wanted not in self._hands:
            raise WorkerLostError(meanwhile=False)
        return [wanted]

    def _wait(self, task: Task) -> None:
        """Wait until something changed; the lock is held.

        Raises:
            BackendError: The pool is closed, or there is no worker and none comes.
        """
        since = monotonic()
        told = False
        while not self.closed and not self._changed.wait(timeout=_LOOK_S):
            if any(task in hand.tasks for hand in self._hands):
                break
            waited = monotonic() - since
            if waited > _TELL_AFTER_S and not told:
                told = True
                _log.warning("no worker to %s for %.0f s; %s", task, waited, self._resources())
            if waited > _PATIENCE_S:
                raise BackendError(
                    f"No Ray worker could be started in {waited:.0f} s; {self._resources()}. "
                    "Ask for fewer or smaller workers, such as --engine 'ray?workers=2'."
                )
        if self._problem is not None:
            raise self._problem
        if self.closed:
            raise _ended()

    def _resources(self) -> str:
        free, whole = self._ray.available_resources(), self._ray.cluster_resources()
        named = ((kind, free.get(kind, 0), whole.get(kind, 0)) for kind in ("CPU", "GPU"))
        return ", ".join(f"{kind}: {some:g} of {most:g} free" for kind, some, most in named if most)

    def _start(self, tasks: frozenset[Task]) -> None:
        Thread(target=self._started, args=(tasks,), name="hiring", daemon=True).start()

    def _started(self, tasks: frozenset[Task]) -> None:
        """Start a worker and add it once it answers; try again where it ends before."""
        try:
            hand = self._answering(tasks)
        except WorkerLostError:
            with self._changed:
                self._died_starting += 1
                gone = self._died_starting >= _STARTS
            if not gone:
                return self._started(tasks)
            return self._give_up(
                BackendError(
                    f"{_STARTS} Ray workers in a row ended while they started: too little memory, "
                    "or a broken installation on the cluster's machines. Ray's logs say more."
                )
            )
        except MedragError as error:
            return self._give_up(error)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a thread of our own: nobody else
            # would hear of it; Ray raises SystemExit in who waits for it while it is shut down
            return self._give_up(BackendError(f"Ray failed: {type(error).__name__}."))
        with self._changed:
            if hand is not None:
                self._died_starting = 0
                self._hands.append(hand)
            self._changed.notify_all()
        return None

    def _answering(self, tasks: frozenset[Task]) -> Hand | None:
        """Return a new worker that has answered; None where the pool was closed meanwhile."""
        with self._changed:
            if self.closed:
                return None
            actor = self._hire(tasks)
            self._actors.add(actor)
        hand = Hand(actor, tasks, self._expected)
        try:
            hand.facts = self.call(hand, "facts")
        except BackendError:
            if self.closed:
                return None
            raise
        self._refuse_another(hand.facts)
        _log.info("worker %d on %s is ready", hand.facts.pid, hand.facts.node)
        return hand

    def _refuse_another(self, found: Facts) -> None:
        """Refuse a worker that would give other passages or vectors.

        Raises:
            BackendError: Another medrag, or another version of the embedder.
        """
        mine = self._expected
        if (found.medrag, found.chunker) != (mine.medrag, mine.chunker):
            raise BackendError(
                f"The machine {found.node} has medrag {found.medrag} (chunker {found.chunker}), "
                f"this one {mine.medrag} ({mine.chunker}). Install the same on both."
            )
        if found.digest != mine.digest:
            raise BackendError(
                f"The machine {found.node} has another version of the embedder (digest "
                f"{found.digest[:12]}, expected {mine.digest[:12]}). Install the same on both."
            )

    def _replace(self, hand: Hand) -> None:
        with self._changed:
            if hand not in self._hands or self.closed:
                return
            self._hands.remove(hand)
            self._actors.discard(hand.actor)
            self._ray.kill(hand.actor)  # it may be out of reach, not ended
        _log.warning("worker %d on %s is lost", hand.facts.pid, hand.facts.node)
        self._start(hand.tasks)

    def _give_up(self, problem: MedragError) -> None:
        with self._changed:
            self._problem = problem
            self._changed.notify_all()


def _ended() -> BackendError:
    return BackendError("The build was ended.")


def _cause(error: Any) -> MedragError:
    """Return what a method raised, or an error that names its kind and not its words."""
    cause = error.cause
    if isinstance(cause, MedragError):
        return cause
    return BackendError(f"A Ray worker failed: {type(cause).__name__}.")
