"""A build on Ray: workers that hold the embedder once read files and embed texts.

What they give comes back in the order of a local build, to the one writer. Why actors and not Ray
Data: `docs/decisions/0210-a-build-on-ray-is-the-local-build.md`.
"""

from __future__ import annotations

import os
import secrets
import socket
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from importlib import import_module
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import numpy as np

from medrag.core.closing import Closing
from medrag.core.protocols import Progress
from medrag.cores import cores
from medrag.errors import BackendError, InputError, nearest_name
from medrag.pipeline.cutting import Item, Piece
from medrag.pipeline.engines.protocol import Embedded, Work
from medrag.pipeline.engines.ray_pool import Pool, Task, WorkerLostError
from medrag.pipeline.engines.ray_worker import Worker, facts
from medrag.pipeline.engines.reading_ahead import STRIKES, ReadingAhead

_BATCH = 256
"""Texts of one call: of each worker at most so many are embedded again after the driver died."""

_STORE_BYTES = 512 << 20
"""Room for what is on its way between processes of a Ray that is started here."""

_THREADS = 8
"""Calls that a worker may hold at once; how many it is given is decided by the pool."""

HERE = "local"
_KNOCK_S = 10.0


class Options(NamedTuple):
    """What stands behind the question mark.

    Attributes:
        workers: How many; 0: as many as the cluster's cores, or GPUs, allow.
        cpus: Cores of each.
        gpus: GPUs of each that embeds; may be a part of one. Where there are some, other workers
            without a GPU read.
    """

    workers: int = 0
    cpus: int = 1
    gpus: float = 0.0


def open_ray(argument: str, work: Work) -> RayEngine:
    """Return the engine for `ray`, `ray://HOST:PORT`, either with `?OPTION=VALUE&...`.

    Raises:
        InputError: The address or an option cannot be used.
        ModuleNotFoundError: Ray is not installed.
    """
    address, _, query = argument.partition("?")
    if address and not address.startswith("://"):
        raise InputError(f"ray{argument}: expected ray, ray?workers=4 or ray://HOST:PORT.")
    options = _options(query)
    place = f"ray{address}" if address else os.environ.get("RAY_ADDRESS", HERE)
    return RayEngine(import_ray(here=place == HERE), work, place=place, options=options)


def import_ray(*, here: bool) -> Any:
    """Return the module `ray`, told to keep quiet before it is imported.

    Args:
        here: Whether a cluster is to be started here: it listens on the loopback address only
            (the variable counts on every system, whatever its name says) and lets nobody in who
            does not know a secret that is made for it and kept nowhere.
    """
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    if here and "ray" not in sys.modules:
        os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
        os.environ.setdefault("RAY_AUTH_MODE", "token")
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
    return import_module("ray")


def _options(query: str) -> Options:
    found: dict[str, Any] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name not in Options._fields:
            raise InputError(nearest_name(name, Options._fields, "option of the engine ray"))
        try:
            found[name] = float(value) if name == "gpus" else int(value)
        except ValueError:
            found[name] = -1
        if found[name] < 0 or (name == "cpus" and not found[name]):
            raise InputError(f"ray?{name}={value}: expected a number above 0.")
    return Options(**found)


class RayEngine(Closing):
    """Reads and embeds on the workers of a Ray cluster.

    Args:
        ray: The module.
        work: What the build works with; workers open the embedder by its name.
        place: A cluster's address, or `local`: the one that this process is connected to, else
            one that is started here for this build.
        options: How many workers, and what each takes.

    Attributes:
        lanes: Batches under way at once: two for each worker that embeds.
        batch: The most texts of one call.
    """

    batch = _BATCH

    def __init__(self, ray: Any, work: Work, *, place: str, options: Options) -> None:
        self._ray = ray
        self._work = work
        self._place = place
        self._options = options
        self._stack = ExitStack()
        self.lanes = 1

    def __enter__(self) -> RayEngine:
        with ExitStack() as stack:
            if connect(self._ray, self._place):
                stack.callback(self._ray.shutdown)
            wanted = self._wanted()
            self._readers = sum("read" in tasks for tasks in wanted)
            self.lanes = 2 * sum("embed" in tasks for tasks in wanted)
            expected = facts(self._work.embedder.digest)
            pool = Pool(self._ray, self._hire, expected=expected, wanted=wanted)
            self._pool = stack.enter_context(pool)
            self._stack = stack.pop_all()
        return self

    def close(self) -> None:
        """End the workers; whoever waits for one is told."""
        self._stack.close()

    def read(self, items: Sequence[Item]) -> Iterator[Piece]:
        """Yield the pieces of each item in order; several are read at once, ahead of their turn.

        A file that ends its worker every time is ended as failed.
        """
        return ReadingAhead(self._pool, items, self._readers).pieces()

    def embed(self, texts: Sequence[str], *, progress: Progress) -> Embedded:
        """Return the vectors of texts; a batch that ends its worker is halved to find out why."""
        vectors = np.empty((len(texts), self._work.embedder.dim), dtype=np.float32)
        lost: list[int] = []
        waiting = deque([(0, len(texts), 0, False)])  # first, end, strikes, alone
        while waiting:
            first, end, strikes, alone = waiting.popleft()
            try:
                with self._pool.lent("embed", alone=alone) as hand:
                    vectors[first:end] = self._pool.call(hand, "embed", texts[first:end])
            except WorkerLostError:
                strikes += alone
                middle = (first + end) // 2
                if strikes and middle > first:
                    waiting += [(first, middle, 0, True), (middle, end, 0, True)]
                elif strikes < STRIKES:
                    waiting.append((first, end, strikes, True))
                else:
                    lost.append(first)
            else:
                progress(end - first)
        lost.sort()
        return Embedded(np.delete(vectors, lost, axis=0), tuple(lost))

    def _wanted(self) -> list[frozenset[Task]]:
        """Return what each worker is for.

        Raises:
            BackendError: The cluster has less than one worker needs.
        """
        there: dict[str, float] = self._ray.cluster_resources()
        cpus, gpus = there.get("CPU", 0.0), there.get("GPU", 0.0)
        each = self._options
        most = int(gpus / each.gpus) if each.gpus else int(cpus / each.cpus)
        count = min(each.workers, most) if each.workers else most
        if not count:
            raise BackendError(
                f"The Ray cluster has {cpus:g} CPUs and {gpus:g} GPUs, less than one worker of "
                f"{each.cpus} CPUs and {each.gpus:g} GPUs needs."
            )
        if not each.gpus:
            return [frozenset[Task](("read", "embed"))] * count
        readers = int(cpus - count * each.cpus) // each.cpus
        if readers < 1:  # nobody but those with a GPU
            return [frozenset[Task](("read", "embed"))] * count
        return [frozenset[Task](("embed",))] * count + [frozenset[Task](("read",))] * readers

    def _hire(self, tasks: frozenset[Task]) -> Any:
        each = self._options
        actor = self._ray.remote(Worker).options(
            num_cpus=each.cpus,
            num_gpus=each.gpus if "embed" in tasks else 0,
            max_concurrency=_THREADS,
            max_restarts=0,
        )
        return actor.remote(self._work.embedder.name, self._work.budget, each.cpus)


def connect(ray: Any, place: str) -> bool:
    """Connect this process to Ray; return whether it was not connected before.

    Raises:
        BackendError: Nobody answers, or the process is connected elsewhere.
    """
    if ray.is_initialized():
        if place.startswith("ray://"):
            raise BackendError(
                "This process is connected to a Ray cluster already. Give 'ray' for that one, or "
                f"call ray.shutdown() before {place}."
            )
        return False
    _knock(place)
    options: dict[str, Any] = {
        "log_to_driver": False,
        "logging_level": "ERROR",
        "configure_logging": False,
    }
    here = {
        "num_cpus": cores(),
        "include_dashboard": False,
        "object_store_memory": _STORE_BYTES,
        "_node_ip_address": "127.0.0.1",
    }
    if place == HERE:
        options |= here
    try:
        ray.init(address=place, **options)
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        raise _unreachable(place, error) from error
    return True


def _knock(place: str) -> None:
    """Find out at once whether anybody listens at an address; Ray tries for half a minute.

    Raises:
        BackendError: Nobody does.
    """
    parts = urlsplit(f"//{place.removeprefix('ray://')}")
    try:
        host, port = parts.hostname, parts.port
        if host is not None and port is not None:
            socket.create_connection((host, port), timeout=_KNOCK_S).close()
    except (OSError, ValueError) as error:
        raise _unreachable(place, error) from error


def _unreachable(place: str, error: Exception) -> BackendError:
    return BackendError(
        f"No Ray cluster answers at {place} ({type(error).__name__}). Check the address; "
        "ray://HOST:10001 is the usual one of a client server."
    )
