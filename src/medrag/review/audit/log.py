"""An append-only log whose every line is hashed into one signed tree.

A commit is one write and one fsync of its records together with their head. What stands after
the last head was never promised to anybody: the next writer moves it aside and says so in a
record. `head.json` repeats the last head, so that a cut tail is missed; copies of it kept
elsewhere (`medrag audit head`) find even a log that was rewritten with its key.

A writer builds only on what it can trust: a head of the log that `head.json` repeats, signed by
one of the keys that it knows. Otherwise its own signature would vouch for what somebody else did.
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
    LOCK_FILE,
    LOCK_POLL_S,
    LOCK_WAIT_S,
    TreeHead,
    append_durably,
    cut_durably,
    frontier_at,
    head_line,
    head_of,
    holds_a_head,
    line_of,
    lines_of,
    record_line,
    replacing,
    segment_files,
    segment_line,
)
from medrag.review.audit.merkle import EMPTY_ROOT, Frontier, leaf_hash
from medrag.review.audit.signing import SigningKey, VerifyingKey

ROTATE_BYTES = 4 << 20
"""A writer that opens a log reads its last file: at this size in some 20 ms."""


@dataclass(slots=True)
class _Ticket:
    """Lines that wait for their commit."""

    lines: list[bytes]
    is_done: bool = False
    error: Exception | None = None


@dataclass(slots=True)
class _Tail:
    """Where the log ends: the last file, its sound length, the tree so far, and the last head."""

    segment: Path | None = None
    offset: int = 0
    tree: Frontier = field(default_factory=Frontier)
    head: TreeHead | None = None


class AuditLog:
    """Appends to one log, from any number of threads and processes.

    Threads that append at the same time share one commit. `append` returns when its records
    are on the disk.

    Args:
        path: The folder; made where missing.
        key: Signs the heads. Without one the log still finds damage and cut tails, but not
            somebody who recomputes every hash; a log is signed from its beginning or never.
        trusted: Keys that signed before this one: a log whose last head none of them signed is
            not continued.
        rotate_bytes: A commit that finds the last file longer than this starts a new one.

    Raises:
        InputError: The folder cannot be made or written.
    """

    def __init__(
        self,
        path: Path,
        *,
        key: SigningKey | None = None,
        trusted: Sequence[VerifyingKey] = (),
        rotate_bytes: int = ROTATE_BYTES,
    ) -> None:
        self.path = path
        self._key = key
        self._trusted = trusted
        self._vouched: TreeHead | None = None
        self._rotate_bytes = rotate_bytes
        self._tail = _Tail()
        self._waiting: list[_Ticket] = []
        self._turn = threading.Condition()
        self._is_busy = False
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{path}: cannot be made ({error.strerror}).") from error
        self._between_processes = FileLock(path / LOCK_FILE, timeout=LOCK_WAIT_S)

    def append(self, kind: str, body: Mapping[str, Any], *, id: str | None = None) -> str:  # noqa: A002 - the field's name
        """Write one record; return its id once it is on the disk.

        Args:
            kind: What sort of event; not `segment`, `head` or `recovery`.
            body: JSON-ready.
            id: The record's id; a new one where None. Unique ids are the caller's duty.

        Raises:
            InputError: The kind is reserved, or the body is not JSON.
            AuditError: The log is damaged, not one that this writer's keys signed, locked by
                another process for too long, or its disk is full. Nothing was written then.
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
        """What verifies the heads of this log; empty where nobody signs them."""
        return () if self._key is None else (self._key.public, *self._trusted)

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
            with self._between_processes.acquire(poll_interval=LOCK_POLL_S):
                yield
        except Timeout as error:
            raise AuditError(
                f"{self.path}: another process has held the log for {LOCK_WAIT_S:.0f} s. "
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
        self._write_block(segment, offset, block, head)
        self._tail = _Tail(segment, offset + len(block), tree, head)
        self._vouched = head

    def _write_block(self, segment: Path, offset: int, block: bytes, head: TreeHead) -> None:
        """Write a commit and repeat its head in `head.json`: both or neither."""
        written = False
        try:
            with replacing(self.path / HEAD_FILE, head.model_dump_json().encode()):
                append_durably(segment, offset, block)
                written = True
        except OSError:
            if written:
                cut_durably(segment, offset)
            raise

    def _new_head(self, tree: Frontier) -> TreeHead:
        head = TreeHead(size=tree.size, root=tree.root().hex(), at=datetime.now(timezone.utc))
        if self._key is None:
            return head
        signature = base64.b64encode(self._key.sign(head.message)).decode()
        return head.model_copy(update={"key": self._key.id, "signature": signature})

    def _catch_up(self) -> list[bytes]:
        """Read what other writers added; move a dead writer's unfinished lines aside."""
        segments = segment_files(self.path)
        repeated = self._repeated(begun=bool(segments))
        torn: list[tuple[Path, int]] = []
        while segments and segments[-1] != self._tail.segment and not holds_a_head(segments[-1]):
            torn.append((segments.pop(), 0))  # its writer died before the first commit was whole
        if segments and self._tail.segment != segments[-1]:
            self._tail = _Tail(segments[-1], 0, self._grown(frontier_at(segments[-1])))
        if not segments:
            self._tail = _Tail(tree=self._grown(Frontier()))
        elif self._follow():
            torn.append((segments[-1], self._tail.offset))
        self._demand_continuity(repeated, segments)
        return [said for segment, offset in torn for said in self._set_aside(segment, offset)]

    def _repeated(self, *, begun: bool) -> TreeHead:
        """Return what `head.json` holds; the head of an empty log is written where it begins."""
        path = self.path / HEAD_FILE
        if not begun and not path.exists():
            empty = self._new_head(Frontier())
            with replacing(path, empty.model_dump_json().encode()):
                return empty
        try:
            return TreeHead.read(path)
        except InputError as error:
            raise AuditError(
                f"{self.path}: {HEAD_FILE} is missing or damaged, so that a cut tail could not be "
                "seen. Nothing was recorded; run medrag audit verify."
            ) from error

    def _grown(self, tree: Frontier) -> Frontier:
        """Return the tree at the beginning of a file, which this writer has not outgrown."""
        if tree.size < self._tail.tree.size:
            raise AuditError(
                f"{self.path}: files that this writer has seen are missing: the log's tail was "
                "cut. Nothing was recorded; run medrag audit verify."
            )
        return tree

    def _demand_continuity(self, repeated: TreeHead, segments: Sequence[Path]) -> None:
        """Make sure that the last head is what `head.json` leads to and what our keys signed."""
        last = self._tail.head
        size = last.size if last else 0
        if repeated.size > size:
            raise AuditError(
                f"{self.path}: the log has {size} lines before its last head where {HEAD_FILE} "
                f"counts {repeated.size}: its tail was cut. Run medrag audit verify."
            )
        if repeated != last and not (_stands(repeated, segments[-2:]) and self._is_ours(repeated)):
            raise AuditError(
                f"{self.path}: {HEAD_FILE} holds a head that does not stand in the log. Nothing "
                "was recorded; run medrag audit verify."
            )
        newest = last or repeated
        if newest != self._vouched:
            self._demand_signature(newest)
            self._vouched = newest

    def _is_ours(self, head: TreeHead) -> bool:
        """Whether a key that this writer knows signed it; of a log without keys, any head is."""
        return self._key is None or any(head.is_signed_by(key) for key in self.keys)

    def _demand_signature(self, head: TreeHead) -> None:
        if self._key is None and head.key is not None:
            raise AuditError(
                f"{self.path}: the log is signed with key {head.key}; an unsigned record would "
                "break it. Give the key."
            )
        if not self._is_ours(head):
            raise AuditError(
                f"{self.path}: the last head is not signed by the key given or a key named as "
                "trusted: somebody else wrote it, the key was changed (name the old one too), or "
                "the log was begun without one (begin a new log). Run medrag audit verify."
            )

    def _follow(self) -> bool:
        """Take over every commit behind the tail; return whether more bytes follow them.

        The root of the last head covers the lines of all, earlier heads among them.
        """
        tail, tree, start = self._tail, self._tail.tree.copy(), 0
        added = self._added()
        last: tuple[bytes, int, Frontier] | None = None
        while (end := added.find(b"\n", start)) >= 0:
            line, start = added[start:end], end + 1
            if line.startswith(HEAD_START):
                last = line, start, tree.copy()
            tree.append(leaf_hash(line))
        if last is None:
            return bool(added)
        line, sound, covered = last
        head = head_of(line)
        if head.root != covered.root().hex() or head.size != covered.size:
            raise AuditError(
                f"{self.path}: lines before number {covered.size} were changed after they were "
                "signed. Nothing was recorded; run medrag audit verify."
            )
        covered.append(leaf_hash(line))
        tail.offset, tail.tree, tail.head = tail.offset + sound, covered, head
        return sound < len(added)

    def _added(self) -> bytes:
        """Return what stands behind the tail, which itself stands as it was written."""
        tail = self._tail
        assert tail.segment is not None
        ending = head_line(tail.head) + b"\n" if tail.head and tail.offset else b""
        with tail.segment.open("rb") as file:
            is_shorter = os.fstat(file.fileno()).st_size < tail.offset
            file.seek(tail.offset - len(ending))
            if is_shorter or file.read(len(ending)) != ending:
                what = "its tail was cut" if is_shorter else "what was written there was changed"
                raise AuditError(
                    f"{tail.segment}: {what}. Nothing was recorded; run medrag audit verify."
                )
            return file.read()

    def _set_aside(self, segment: Path, offset: int) -> list[bytes]:
        """Keep a dead writer's bytes in a file of their own; return the record that says so."""
        torn = segment.read_bytes()[offset:]
        name = f"torn-{segment.stem}-{uuid.uuid4().hex[:8]}.bin"
        if torn:
            append_durably(self.path / name, 0, torn)
        cut_durably(segment, offset)
        if not torn:
            return []
        body = {"bytes": len(torn), "file": name, "sha256": hashlib.sha256(torn).hexdigest()}
        return [line_of("recovery", body, uuid.uuid4().hex, datetime.now(timezone.utc))]


def _stands(head: TreeHead, segments: Sequence[Path]) -> bool:
    """Return whether a head stands in these files, or is that of a log which just began.

    A writer that dies between a commit and `head.json` leaves the one before in it.
    """
    if not head.size:
        return head.root == EMPTY_ROOT.hex() and all(int(path.stem) == 0 for path in segments)
    line = head_line(head)
    return any(found.rstrip(b"\n") == line for path in segments for found in lines_of(path))
