"""PDF files opened in child processes, which are ended when a file takes too long.

A PDF can make any reader loop for years (forms that draw each other), ask for all memory, or crash
its native code. A child has a limit of memory, the parent one of time, and a dead child is an
error of one file. Long files are read by several children, each of which opens the file and reads
every second or third page.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Timer
from typing import IO, Any, TypeVar

from medrag.children import end, receive, start, write
from medrag.documents.pdf_child import MAX_PAGES, Engine
from medrag.documents.pdf_page import PackedPage
from medrag.errors import CorpusError

PageT = TypeVar("PageT")

SECONDS_PER_PAGE = 30.0
"""Longest wait for one page; printed pages take a few thousandths of a second."""

_MOST_CHILDREN = 3
_PAGES_FOR_ANOTHER = 12  # a child more for as many pages
_PIPE_BYTES = 2**20  # where the system can: a child works on while the parent is busy
_DETAIL_CHARS = 200


def pdf_pages(
    data: bytes, path: Path, *, engine: Engine, convert: Callable[[PackedPage], PageT]
) -> tuple[dict[str, str], list[PageT]]:
    """Return (metadata, one value per page).

    Args:
        data: The file's bytes.
        path: For messages only.
        engine: Which library opens it.
        convert: Turns what the engine's part of `pdf_child` gives for a page into a value, while
            the children are busy with the next pages.

    Raises:
        CorpusError: The file is no PDF, damaged, encrypted, has no pages or more than
            `MAX_PAGES`, has a page that takes longer than `SECONDS_PER_PAGE`, or ends a child.
    """
    with _ONE_AT_A_TIME:
        asked: list[_Child] = []
        whole = False
        try:
            asked.append(_child(engine, 0))
            head = asked[0].opened(data, path)
            count = _checked(int(head["pages"]), path)
            for number in range(1, _readers(count)):
                asked.append(_child(engine, number))
                asked[number].ask(data, path)
            for child in asked[1:]:
                child.answer(path)  # the same head
            pages = [convert(page) for page in _in_order(asked, count, path)]
            whole = True
        finally:
            if not whole:
                for child in asked:
                    child.close()  # what it may still send answers no later question
        return head["meta"], pages


def _readers(count: int) -> int:
    """Return how many children read a file of `count` pages side by side."""
    return min(_MOST_CHILDREN, os.cpu_count() or 1, 1 + count // _PAGES_FOR_ANOTHER)


def _in_order(children: Sequence[_Child], count: int, path: Path) -> Iterator[PackedPage]:
    """Yield a file's pages, which its children have opened, from the first to the last."""
    for first, child in enumerate(children):
        child.ask(json.dumps([first, len(children)]).encode("ascii"), path)
    read: list[deque[PackedPage]] = [deque() for _ in children]
    for index in range(count):
        at = index % len(children)
        while not read[at]:
            read[at].extend(_unpacked(*children[at].answer(path)))
        yield read[at].popleft()


def _unpacked(listed: Sequence[tuple[dict[str, Any], int]], packed: bytes) -> Iterator[PackedPage]:
    at = 0
    for about, size in listed:
        yield PackedPage(about, packed[at : at + size])
        at += size


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
        process = start(
            "medrag.documents.pdf_child",
            "main",
            engine,
            stderr=subprocess.DEVNULL,
            pipe_bytes=_PIPE_BYTES,
        )
        return cls(process, os.getpid())

    @property
    def alive(self) -> bool:
        """Whether it can be asked, by this process and not by one forked from it."""
        return self.owner == os.getpid() and self.process.poll() is None

    def ask(self, request: bytes, path: Path) -> None:
        """Send a request, about the file at `path`."""
        assert self.process.stdin is not None
        try:
            write(self.process.stdin, request)
        except OSError as error:
            raise self._lost(path, timed_out=False) from error

    def opened(self, data: bytes, path: Path) -> dict[str, Any]:
        """Send a file and return what the child says about it."""
        self.ask(data, path)
        head: dict[str, Any] = self.answer(path)[0]
        return head

    def answer(self, path: Path) -> tuple[Any, bytes]:
        """Return the next answer: a JSON value and the bytes after it."""
        assert self.process.stdout is not None
        message, late = self._in_time(self.process.stdout)
        if message is None:
            raise self._lost(path, timed_out=late)
        line, _, packed = message.partition(b"\n")
        answer = json.loads(line)
        if isinstance(answer, dict) and "error" in answer:
            raise CorpusError(_explained(answer, path))
        return answer, packed

    def _in_time(self, answers: IO[bytes]) -> tuple[bytes | None, bool]:
        """Return the next message, None where the child has ended, and whether it was too late."""
        late: list[bool] = []

        def end() -> None:
            late.append(True)
            self.process.kill()

        timer = Timer(SECONDS_PER_PAGE, end)
        timer.daemon = True
        timer.start()
        try:
            return receive(answers), bool(late)
        finally:
            timer.cancel()

    def _lost(self, path: Path, *, timed_out: bool) -> CorpusError:
        if timed_out:
            return CorpusError(
                f"{path}: a page took longer than {SECONDS_PER_PAGE:.0f} seconds to read. Print "
                "the file to a new PDF and add that."
            )
        return CorpusError(f"{path}: reading it ended the PDF reader; the file is damaged.")

    def close(self) -> None:
        """End the process and free its pipes."""
        if self.owner == os.getpid():
            end(self.process)


def _explained(answer: dict[str, str], path: Path) -> str:
    kind, detail = answer["error"], answer.get("detail", "")[:_DETAIL_CHARS]
    if kind == "encrypted":
        return f"{path}: the PDF is encrypted. Save a copy without a password."
    if kind == "memory":
        return f"{path}: needs more memory than any printed document. It is not read."
    if kind == "bomb":
        return f"{path}: {detail}; no printed page has so many. It is not read."
    return f"{path}: not a PDF, or damaged ({detail}). Fetch it again or repair it."


# Children are kept for the next file: starting one takes longer than a small PDF.
_CHILDREN: dict[tuple[Engine, int], _Child] = {}
_ONE_AT_A_TIME = Lock()


def _child(engine: Engine, number: int) -> _Child:
    child = _CHILDREN.get((engine, number))
    if child is None or not child.alive:
        if child is not None:
            child.close()
        child = _CHILDREN[engine, number] = _Child.start(engine)
    return child


@atexit.register
def _end_children() -> None:
    for child in _CHILDREN.values():
        child.close()
    _CHILDREN.clear()


def _forget_children() -> None:
    """Begin anew in a process forked from this one, where another thread may hold the lock."""
    global _ONE_AT_A_TIME  # noqa: PLW0603 -- a held lock cannot be freed by who does not hold it
    _ONE_AT_A_TIME = Lock()
    _CHILDREN.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_children)
