"""PDF files opened in a child process, which is ended when a file takes too long.

A PDF can make any reader loop for years (forms that draw each other), ask for all memory, or crash
its native code. The child has a limit of memory, the parent one of time, and a dead child is an
error of one file.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Timer
from typing import IO, Any, TypeVar

from medrag.documents.pdf_child import MAX_PAGES, Engine, receive, write
from medrag.errors import CorpusError

PageT = TypeVar("PageT")

SECONDS_PER_PAGE = 30.0
"""Longest wait for one page; printed pages take a few hundredths of a second."""

_DETAIL_CHARS = 200


def pdf_pages(
    data: bytes, path: Path, *, engine: Engine, convert: Callable[[Any], PageT]
) -> tuple[dict[str, str], list[PageT]]:
    """Return (metadata, one value per page).

    Args:
        data: The file's bytes.
        path: For messages only.
        engine: Which library opens it.
        convert: Turns what the engine's part of `pdf_child` gives for a page into a value, while
            the child is busy with the next page.

    Raises:
        CorpusError: The file is no PDF, damaged, encrypted, has no pages or more than
            `MAX_PAGES`, has a page that takes longer than `SECONDS_PER_PAGE`, or ends the child.
    """
    with _ONE_AT_A_TIME:
        child = _child(engine)
        whole = False
        try:
            answers = child.ask(data, path)
            head = next(answers)
            pages = [convert(next(answers)) for _ in range(_checked(int(head["pages"]), path))]
            whole = True
        finally:
            if not whole:
                child.close()  # what it may still send answers no later question
        return head["meta"], pages


def _checked(count: int, path: Path) -> int:
    if not 0 < count <= MAX_PAGES:
        raise CorpusError(
            f"{path}: says it has {count} pages; expected 1 to {MAX_PAGES}. Split or repair it."
        )
    return count


@dataclass(slots=True)
class _Child:
    """One child process and its pipes."""

    process: subprocess.Popen[bytes]
    owner: int

    @classmethod
    def start(cls, engine: Engine) -> _Child:
        code = f"from medrag.documents.pdf_child import main; main({engine!r})"
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        process = subprocess.Popen(  # noqa: S603 -- our own interpreter and our own code
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        return cls(process, os.getpid())

    @property
    def alive(self) -> bool:
        """Whether it can be asked, by this process and not by one forked from it."""
        return self.owner == os.getpid() and self.process.poll() is None

    def ask(self, data: bytes, path: Path) -> Iterator[Any]:
        """Yield the child's answers about one file."""
        requests, answers = self.process.stdin, self.process.stdout
        assert requests is not None
        assert answers is not None
        try:
            write(requests, data)
        except OSError as error:
            raise self._lost(path, timed_out=False) from error
        while True:
            yield self._answer(answers, path)

    def _answer(self, answers: IO[bytes], path: Path) -> Any:
        late: list[bool] = []

        def end() -> None:
            late.append(True)
            self.process.kill()

        timer = Timer(SECONDS_PER_PAGE, end)
        timer.daemon = True
        timer.start()
        try:
            message = receive(answers)
        finally:
            timer.cancel()
        if message is None:
            raise self._lost(path, timed_out=bool(late))
        answer = json.loads(message)
        if isinstance(answer, dict) and "error" in answer:
            raise CorpusError(_explained(answer, path))
        return answer

    def _lost(self, path: Path, *, timed_out: bool) -> CorpusError:
        if timed_out:
            return CorpusError(
                f"{path}: a page took longer than {SECONDS_PER_PAGE:.0f} seconds to read. Print "
                "the file to a new PDF and add that."
            )
        return CorpusError(f"{path}: reading it ended the PDF reader; the file is damaged.")

    def close(self) -> None:
        """End the process and free its pipes."""
        if self.owner != os.getpid():
            return
        self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:  # what was not sent any more
                    continue
        self.process.wait()


def _explained(answer: dict[str, str], path: Path) -> str:
    kind, detail = answer["error"], answer.get("detail", "")[:_DETAIL_CHARS]
    if kind == "encrypted":
        return f"{path}: the PDF is encrypted. Save a copy without a password."
    if kind == "memory":
        return f"{path}: needs more memory than any printed document. It is not read."
    if kind == "bomb":
        return f"{path}: {detail}; no printed page has so many. It is not read."
    return f"{path}: not a PDF, or damaged ({detail}). Fetch it again or repair it."


# One child per engine is kept for the next file: starting one takes longer than a small PDF.
_CHILDREN: dict[Engine, _Child] = {}
_ONE_AT_A_TIME = Lock()


def _child(engine: Engine) -> _Child:
    child = _CHILDREN.get(engine)
    if child is None or not child.alive:
        if child is not None:
            child.close()
        child = _CHILDREN[engine] = _Child.start(engine)
    return child


@atexit.register
def _end_children() -> None:
    for child in _CHILDREN.values():
        child.close()
    _CHILDREN.clear()
