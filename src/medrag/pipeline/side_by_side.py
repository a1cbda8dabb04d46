"""Work done side by side in child processes, where Python's lock would keep it on one core."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeVar

from medrag.children import answers_only, end, receive, start, write
from medrag.errors import BackendError, MedragError

_T = TypeVar("_T")
_D = TypeVar("_D")

_ONE_CORE = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"), "1"
)
_AHEAD = 3
"""Tasks for each process that are asked for before the first of them is taken."""


def side_by_side(
    opener: Callable[[], Callable[[_T], _D]], tasks: Iterable[_T], processes: int
) -> Iterator[_D]:
    """Yield what becomes of each task, in order; each process keeps to one core.

    Args:
        opener: Called once in each process; what it returns is called with each task. Opener,
            tasks and what becomes of them are pickled, and trusted: both sides are this program.
        tasks: Taken as they are needed.
        processes: How many, from 1. They end with the iterator.

    Raises:
        MedragError: Opening or a task raised it, or a process died or cannot be started.
    """
    free: SimpleQueue[subprocess.Popen[bytes]] = SimpleQueue()

    def done(task: _T) -> _D:
        process = free.get()
        try:
            found: _D = _asked(process, task)
            return found
        finally:
            free.put(process)

    started: list[subprocess.Popen[bytes]] = []
    waiting: deque[Future[_D]] = deque()
    pool = ThreadPoolExecutor(processes)
    try:
        for _ in range(processes):
            started.append(start(__name__, serve.__name__, environment=_ONE_CORE))
            _send(started[-1], opener)
            free.put(started[-1])
        for task in tasks:
            waiting.append(pool.submit(done, task))
            if len(waiting) > _AHEAD * processes:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for process in started:
            process.kill()  # a thread that waits for it sees the end of its pipe
        pool.shutdown(cancel_futures=True)
        for process in started:
            end(process)


def _send(process: subprocess.Popen[bytes], value: object) -> None:
    assert process.stdin is not None
    try:
        write(process.stdin, pickle.dumps(value))
    except OSError as error:
        raise _died() from error


def _asked(process: subprocess.Popen[bytes], task: object) -> Any:
    assert process.stdout is not None
    _send(process, task)
    answer = receive(process.stdout)
    if answer is None:
        raise _died()
    found = pickle.loads(answer)  # noqa: S301 -- written by our own code
    if isinstance(found, MedragError):
        raise found
    return found


def _died() -> BackendError:
    return BackendError(
        "A process that worked on some of many questions died. Ask for fewer, or for one."
    )


def serve() -> None:
    """Do the tasks that come in on standard input until it ends, as its first object says.

    An interrupt is the parent's business. Where the parent is gone, so is the input, and this
    process ends at once in the midst of its task, without a word.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers, tasks = answers_only(), SimpleQueue[bytes]()
    Thread(target=_listen, args=[tasks], daemon=True).start()
    opener = pickle.loads(tasks.get())  # noqa: S301 -- written by our own code
    do: Callable[[object], object] | None = None
    while True:
        task = pickle.loads(tasks.get())  # noqa: S301 -- written by our own code
        try:
            do = do or opener()
            found = do(task)
        except MedragError as error:
            found = error
        try:
            write(answers, pickle.dumps(found))
        except OSError:
            os._exit(0)


def _listen(tasks: SimpleQueue[bytes]) -> None:
    # Not `sys.stdin`: Python would wait for its lock at its end, which this thread holds.
    with os.fdopen(0, "rb") as stream:
        while (task := receive(stream)) is not None:
            tasks.put(task)
    os._exit(0)
