"""Work done side by side in processes, where Python's lock would keep it on one core.

A process is this interpreter once more, with pipes. It never runs the caller's own script again, as
the processes of `multiprocessing` do, and inherits no thread or lock that a fork would.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any, TypeVar

from medrag.errors import BackendError, MedragError

_T = TypeVar("_T")
_D = TypeVar("_D")

_CODE = "from medrag.pipeline.side_by_side import serve; serve()"
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")
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
        MedragError: Opening or a task raised it, or a process died.
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
            started.append(_start(opener))
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
            _close(process)


def _start(opener: Callable[[], object]) -> subprocess.Popen[bytes]:
    own = dict.fromkeys(_THREADS, "1") | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    process = subprocess.Popen(  # noqa: S603 -- our own interpreter and our own code
        [sys.executable, "-c", _CODE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | own,
    )
    _send(process, opener)
    return process


def _send(process: subprocess.Popen[bytes], value: object) -> None:
    assert process.stdin is not None
    process.stdin.write(pickle.dumps(value))
    process.stdin.flush()


def _asked(process: subprocess.Popen[bytes], task: object) -> Any:
    assert process.stdout is not None
    try:
        _send(process, task)
        found = pickle.load(process.stdout)  # noqa: S301 -- written by our own code
    except (OSError, EOFError) as error:
        raise BackendError(
            "A process that worked on some of many questions died. Ask for fewer, or for one."
        ) from error
    if isinstance(found, MedragError):
        raise found
    return found


def _close(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:  # what was not sent any more
                continue
    process.wait()


def serve() -> None:
    """Do the tasks that come in on standard input until it ends, as its first object says.

    An interrupt is the parent's business; where the parent is gone, so is the input.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tasks = sys.stdin.buffer
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no answer
        opener = pickle.load(tasks)  # noqa: S301 -- written by our own code
        do: Callable[[object], object] | None = None
        while (task := _next(tasks)) is not None:
            try:
                do = do or opener()
                found = do(task[0])
            except MedragError as error:
                found = error
            answers.write(pickle.dumps(found))
            answers.flush()


def _next(tasks: Any) -> tuple[object] | None:
    try:
        return (pickle.load(tasks),)  # noqa: S301 -- written by our own code
    except EOFError:
        return None
