"""An append-only log whose every line is hashed into one signed tree.

A commit is one write and one fsync of its records together with their head. What stands after
the last head was never promised to anybody: the next writer moves it aside and says so in a
record. `head.json` repeats the last head, so that a cut tail is missed; copies of it kept
elsewhere (`medrag audit head`) find even a log that was rewritten with its key.
"""

from __future__ import annotations

import base64
import hashlib
import os
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from medrag.errors import AuditError, InputError
from medrag.review.audit.files import (
    HEAD_FILE,
    HEAD_START,
    TreeHead,
    append_durably,
    frontier_at,
    head_line,
    head_of,
    holds_a_head,
    line_of,
    record_line,
    replace_file,
    segment_files,
    segment_line,
)
from medrag.review.audit.merkle import Frontier, leaf_hash
from medrag.review.audit.signing import SigningKey, VerifyingKey

ROTATE_BYTES = 64 << 20
_LOCK_WAIT_S = 10.0


@dataclass(slots=True)
class _Ticket:
    """Lines that wait for their commit."""

    lines: list[bytes]
    is_done: bool = False
    error: Exception | None = None


@dataclass(slots=True)
class _Tail:
    """Where the log ends: the last file, its sound length, and the tree so far."""

    segment: Path | None = None
    offset: int = 0
    tree: Frontier = field(default_factory=Frontier)


class AuditLog:
    """Appends to one log, from any number of threads and processes.

    Threads that append at the same time share one commit. `append` returns when its records
    are on the disk.

    Args:
        path: The folder; made where missing.
        key: Signs the heads. Without one the log still finds damage and cut tails, but not
            somebody who recomputes every hash.
        rotate_bytes: A commit that finds the last file longer than this starts a new one.

    Raises:
        InputError: The folder cannot be made or written.
    """

    def __init__(
        self, path: Path, *, key: SigningKey | None = None, rotate_bytes: int = ROTATE_BYTES
    ) -> None:
        self.path = path
        self._key = key
        self._rotate_bytes = rotate_bytes
        self._tail = _Tail()
        self._waiting: list[_Ticket] = []
        self._turn = threading.Condition()
        self._is_busy = False
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{path}: cannot be made ({error.strerror}).") from error
        self._between_processes = FileLock(path / "LOCK", timeout=_LOCK_WAIT_S)

    def append(self, kind: str, body: Mapping[str, Any], *, id: str | None = None) -> str:  # noqa: A002 - the field's name
        """Write one record; return its id once it is on the disk.

        Args:
            kind: What sort of event; not `segment`, `head` or `recovery`.
            body: JSON-ready.
            id: The record's id; a new one where None. Unique ids are the caller's duty.

        Raises:
            InputError: The kind is reserved, or the body is not JSON.
            AuditError: The log is damaged, locked by another process for too long, or its
                disk is full. Nothing was written then.
        """
        return self.append_many([(kind, body, id)])[0]

    def append_many(
        self, records: Sequence[tuple[str, Mapping[str, Any], str | None]]
    ) -> list[str]:
        """Write records of (kind, body, id) in one commit; return their ids in order.

        Raises:
            InputError: As `append`.
            AuditError: As `append`; then none of them was written.
        """
        if not records:
            return []
        ids = [given or uuid.uuid4().hex for _, _, given in records]
        now = datetime.now(timezone.utc)
        ticket = _Ticket(
            [
                record_line(kind, body, i, now)
                for i, (kind, body, _) in zip(ids, records, strict=True)
            ]
        )
        self._commit_with_others(ticket)
        if ticket.error is not None:
            raise ticket.error
        return ids

    @property
    def keys(self) -> tuple[VerifyingKey, ...]:
        """What verifies the heads that this writer signs; empty where it signs none."""
        return () if self._key is None else (self._key.public,)

    def head(self) -> TreeHead | None:
        """Return the head after the last commit; None of an empty log."""
        path = self.path / HEAD_FILE
        return TreeHead.read(path) if path.exists() else None

    def _commit_with_others(self, ticket: _Ticket) -> None:
        """Wait for a commit, or make one of everything that waits: one thread at a time does."""
        with self._turn:
            self._waiting.append(ticket)
            self._turn.wait_for(lambda: ticket.is_done or not self._is_busy)
            if ticket.is_done:
                return
            self._is_busy = True
            batch, self._waiting = self._waiting, []
        try:
            self._write(batch)
        finally:
            with self._turn:
                self._is_busy = False
                self._turn.notify_all()

    def _write(self, batch: Sequence[_Ticket]) -> None:
        error: Exception | None = AuditError("The commit was interrupted; verify what it wrote.")
        try:
            with self._alone():
                self._commit_lines([line for ticket in batch for line in ticket.lines])
            error = None
        except AuditError as failure:
            error = failure
        except OSError as failure:
            error = AuditError(
                f"{self.path}: the audit log could not be written ({failure.strerror}). "
                "Nothing was recorded; free or repair the disk and repeat."
            )
            error.__cause__ = failure
        finally:
            for ticket in batch:
                ticket.error, ticket.is_done = error, True

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            with self._between_processes:
                yield
        except Timeout as error:
            raise AuditError(
                f"{self.path}: another process has held the log for {_LOCK_WAIT_S:.0f} s. "
                "Nothing was recorded; see what holds its LOCK file."
            ) from error

    def _commit_lines(self, lines: list[bytes]) -> None:
        recovered = self._catch_up()
        tail, tree = self._tail, self._tail.tree.copy()
        segment, offset, opening = tail.segment, tail.offset, []
        if segment is None or offset > self._rotate_bytes:
            segment, offset = self.path / f"{tree.size:012d}.jsonl", 0
            opening = [segment_line(tree)]
        data = [*opening, *recovered, *lines]
        for line in data:
            tree.append(leaf_hash(line))
        head = self._new_head(tree)
        data.append(head_line(head))
        tree.append(leaf_hash(data[-1]))
        block = b"".join(line + b"\n" for line in data)
        append_durably(segment, offset, block)
        self._tail = _Tail(segment, offset + len(block), tree)
        replace_file(self.path / HEAD_FILE, head.model_dump_json().encode())

    def _new_head(self, tree: Frontier) -> TreeHead:
        head = TreeHead(size=tree.size, root=tree.root().hex(), at=datetime.now(timezone.utc))
        if self._key is None:
            return head
        signature = base64.b64encode(self._key.sign(head.message)).decode()
        return head.model_copy(update={"key": self._key.id, "signature": signature})

    def _catch_up(self) -> list[bytes]:
        """Read what other writers added; move a dead writer's unfinished lines aside."""
        moved: list[bytes] = []
        segments = segment_files(self.path)
        while segments and self._tail.segment != segments[-1]:
            if holds_a_head(segments[-1]):
                self._tail = _Tail(segments[-1], 0, frontier_at(segments[-1]))
            else:  # its writer died before the first commit was whole
                moved.append(self._set_aside(segments.pop(), 0))
        if not segments:
            self._tail = _Tail()
        elif self._follow():
            moved.append(self._set_aside(segments[-1], self._tail.offset))
        head = self.head()
        if head is not None and head.size >= self._tail.tree.size:
            raise AuditError(
                f"{self.path}: the log has {self._tail.tree.size} lines where its last head "
                f"stood after {head.size}: its tail was cut. Run medrag audit verify."
            )
        return moved

    def _follow(self) -> bool:
        """Take over every commit behind the tail; return whether more bytes follow them."""
        tail, tree, start, sound = self._tail, self._tail.tree.copy(), 0, 0
        assert tail.segment is not None
        with tail.segment.open("rb") as file:
            if os.fstat(file.fileno()).st_size < tail.offset:
                raise AuditError(
                    f"{tail.segment}: shorter than what was written there: its tail was cut. "
                    "Nothing was recorded; run medrag audit verify."
                )
            file.seek(tail.offset)
            added = file.read()
        while (end := added.find(b"\n", start)) >= 0:
            line, start = added[start:end], end + 1
            if line.startswith(HEAD_START):
                if head_of(line).root != tree.root().hex():
                    raise AuditError(
                        f"{self.path}: lines before number {tree.size} were changed after they "
                        "were signed. Nothing was recorded; run medrag audit verify."
                    )
                tree.append(leaf_hash(line))
                sound, tail.tree = start, tree.copy()
            else:
                tree.append(leaf_hash(line))
        tail.offset += sound
        return sound < len(added)

    def _set_aside(self, segment: Path, offset: int) -> bytes:
        """Keep a dead writer's bytes in a file of their own; return the record that says so."""
        torn = segment.read_bytes()[offset:]
        name = f"torn-{segment.stem}-{uuid.uuid4().hex[:8]}.bin"
        append_durably(self.path / name, 0, torn)
        if offset:
            os.truncate(segment, offset)
        else:
            segment.unlink()
        body = {"bytes": len(torn), "file": name, "sha256": hashlib.sha256(torn).hexdigest()}
        return line_of("recovery", body, uuid.uuid4().hex, datetime.now(timezone.utc))
