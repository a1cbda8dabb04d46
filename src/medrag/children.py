"""Child processes of this very program: started as it runs, asked through pipes, ended with it.

A child is this interpreter once more. It never runs the caller's own script again, as the processes
of `multiprocessing` do, and inherits no thread or lock that a fork would. It finds modules where
this process does, and never in the current folder: what lies beside a user's data is no program.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from typing import IO

from medrag.errors import BackendError

# `-c` puts the current folder first, as ''; before anything is imported it is taken out again.
# -P would do the same from Python 3.11, and -I would lose PYTHONPATH with it.
_CODE = "import sys; sys.path[:] = filter(None, sys.path); from {0} import {1}; {1}({2})"

_LENGTH_BYTES = 8


def can_start() -> bool:
    """Return whether there is an interpreter to start; embedded Python may know of none."""
    return bool(sys.executable) and os.access(sys.executable, os.X_OK)


def start(
    module: str,
    function: str,
    *arguments: object,
    environment: Mapping[str, str] | None = None,
    stderr: int | None = None,
    pipe_bytes: int = -1,
) -> subprocess.Popen[bytes]:
    """Start a child that calls a function, with pipes for its input and output.

    Args:
        module: Where the function stands.
        function: Its name.
        arguments: Values that Python reads again as it shows them.
        environment: Variables that the child has beside those of this process.
        stderr: As of `subprocess.Popen`.
        pipe_bytes: Size of the pipes, where the system lets it be chosen; -1: the system's own.

    Raises:
        BackendError: Python cannot be started here.
    """
    code = _CODE.format(module, function, ", ".join(map(repr, arguments)))
    places = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        return subprocess.Popen(  # noqa: S603 -- our own interpreter and our own code
            [str(sys.executable), "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env={**os.environ, **places, **(environment or {})},
            pipesize=pipe_bytes,
        )
    except OSError as error:
        raise BackendError(
            f"Python cannot be started again as sys.executable names it, {sys.executable!r}: "
            f"{error.strerror}. Set sys.executable to a Python that has medrag."
        ) from error


def end(process: subprocess.Popen[bytes]) -> None:
    """End a child and free its pipes."""
    process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:  # what was not sent any more
                continue
    process.wait()


def write(stream: IO[bytes], message: bytes) -> None:
    """Write one message of raw bytes: a length of eight bytes and that many bytes."""
    stream.write(len(message).to_bytes(_LENGTH_BYTES, "little"))
    stream.write(message)
    stream.flush()


def receive(stream: IO[bytes]) -> bytes | None:
    """Return the next message, or None where the stream has ended."""
    head = stream.read(_LENGTH_BYTES)
    if len(head) < _LENGTH_BYTES:
        return None
    length = int.from_bytes(head, "little")
    message = stream.read(length)
    return message if len(message) == length else None


def answers_only() -> IO[bytes]:
    """Return standard output for answers alone; what a library prints goes to standard error."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers
