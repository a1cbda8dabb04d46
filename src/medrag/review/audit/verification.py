"""Read an audit log without trusting it: verify the whole."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout

from medrag.core.span import Value
from medrag.errors import AuditError, InputError
from medrag.review.audit.files import (
    HEAD_FILE,
    HEAD_START,
    LOCK_FILE,
    LOCK_POLL_S,
    LOCK_WAIT_S,
    SEGMENT_START,
    TreeHead,
    head_of,
    segment_files,
    segment_line,
)
from medrag.review.audit.merkle import EMPTY_ROOT, Frontier, leaf_hash
from medrag.review.audit.signing import VerifyingKey


class LogReport(Value):
    """What `verify_log` found.

    Attributes:
        lines, records, heads, segments: How many the log holds.
        head: The last head whose root is true; None where there is none.
        signed_by: Ids of the keys that the heads name.
        signatures: `valid`, `unsigned`, `unchecked` where no key was given, or `invalid`.
        problems: What is wrong, in the order of the log; empty where all is well.
    """

    lines: int
    records: int
    heads: int
    segments: int
    head: TreeHead | None
    signed_by: tuple[str, ...]
    signatures: Literal["valid", "unsigned", "unchecked", "invalid"]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Extent:
    """A log at one moment.

    Attributes:
        segments: Its files in order, each with its length in bytes.
        repeated: What `head.json` held; None where it is missing or damaged.
    """

    segments: list[tuple[Path, int]]
    repeated: TreeHead | None


@dataclass(slots=True)
class _Walk:
    """The state of one pass over a log.

    Attributes:
        since: The last place that was sound.
        loose: Lines since the last head.
        named: The keys that heads name; None for a head without one.
        is_true: Whether every root so far was.
        repeats: Whether a head was met that `head.json` repeats.
        met: Whether the lines that `against` covers were met.
        forged: Whether a head is not signed by one of the keys.
    """

    keys: Sequence[VerifyingKey]
    against: TreeHead | None
    repeated: TreeHead | None
    tree: Frontier = field(default_factory=Frontier)
    records: int = 0
    heads: int = 0
    last: TreeHead | None = None
    since: str = "the start"
    loose: int = 0
    named: set[str | None] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)
    is_true: bool = True
    repeats: bool = False
    met: bool = False
    forged: bool = False


def verify_log(
    path: Path, *, keys: Sequence[VerifyingKey] = (), against: TreeHead | None = None
) -> LogReport:
    """Hash every line of a log again and compare all heads with what they sign.

    One pass, memory flat. An edit, deletion, insertion or swap is named with the lines it must
    lie between; a cut tail is found through `head.json`, and a log that was rewritten with its
    `head.json` through `against`.

    Args:
        path: The log's folder. It is only read; a writer may go on meanwhile.
        keys: Every head must name one of these, and the last of each file be signed by it:
            a writer with a key builds on no head that its keys did not sign. None are checked
            where this is empty. More than one where the key was changed over time.
        against: A head that was saved elsewhere: the log must extend it.

    Raises:
        InputError: There is no log.
    """
    extent = _extent(path)
    if not extent.segments and not (path / HEAD_FILE).exists():
        raise no_log(path)
    walk = _Walk(keys=keys, against=against, repeated=extent.repeated)
    if extent.repeated is None:
        walk.problems.append(f"{HEAD_FILE} is missing or damaged: a cut tail could not be seen")
    for place, (segment, length) in enumerate(extent.segments, start=1):
        _segment(segment, length, walk, is_last=place == len(extent.segments))
    _ends(walk)
    return LogReport(
        lines=walk.tree.size,
        records=walk.records,
        heads=walk.heads,
        segments=len(extent.segments),
        head=walk.last,
        signed_by=tuple(sorted(k for k in walk.named if k)),
        signatures=_signatures(walk),
        problems=tuple(walk.problems),
    )


def demand_sound(path: Path, keys: Sequence[VerifyingKey] = ()) -> LogReport:
    """Return what verification found of a log that is sound.

    Raises:
        InputError: There is no log.
        AuditError: It does not verify.
    """
    report = verify_log(path, keys=keys)
    if report.problems:
        raise AuditError(f"{path}: the log does not verify. Run medrag audit verify {path}.")
    return report


def records_of(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the records of a log in order, `recovery` records included; nothing is verified.

    A record has `kind`, `id` and `at`, all text, and a `body`, an object. What a dead writer
    left unfinished at the very end is passed over.

    Raises:
        InputError: There is no log.
        AuditError: A line is no record.
    """
    if not segment_files(path) and not (path / HEAD_FILE).exists():
        raise no_log(path)
    for number, line in numbered_lines(path):
        if line.startswith((HEAD_START, SEGMENT_START)):
            continue
        if not line.endswith(b"\n"):
            return
        yield _record(line, f"{path}: line {number}")


def numbered_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield every line of a log with its end and its number from 0."""
    number = 0
    for segment in segment_files(path):
        with segment.open("rb") as file:
            for line in file:
                yield number, line
                number += 1


def no_log(path: Path) -> InputError:
    """Return the error about a folder that holds no log."""
    return InputError(f"{path}: no audit log. Give the folder that holds its .jsonl files.")


def _record(line: bytes, where: str) -> dict[str, Any]:
    damaged = f"{where} is damaged. Run medrag audit verify."
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise AuditError(damaged) from error
    if not (
        isinstance(fields, dict)
        and all(isinstance(fields.get(key), str) for key in ("kind", "id", "at"))
        and isinstance(fields.get("body"), dict)
    ):
        raise AuditError(damaged)
    return fields


def _extent(path: Path) -> _Extent:
    """Return the log as it stands between two commits, where its lock can be had."""
    lock = FileLock(path / LOCK_FILE, timeout=LOCK_WAIT_S)
    held = False
    if (path / LOCK_FILE).is_file():
        try:
            lock.acquire(poll_interval=LOCK_POLL_S)
            held = True
        except (OSError, Timeout):
            held = False  # a log that is only to be read, or a writer that hangs
    try:
        try:
            repeated = TreeHead.read(path / HEAD_FILE)
        except InputError:
            repeated = None
        return _Extent([(file, file.stat().st_size) for file in segment_files(path)], repeated)
    finally:
        if held:
            lock.release()


def _segment(segment: Path, length: int, walk: _Walk, *, is_last: bool) -> None:
    if int(segment.stem) != walk.tree.size:
        walk.problems.append(
            f"{segment.name} begins at line {int(segment.stem)}, the file before it ends at "
            f"{walk.tree.size}: lines were removed or added"
        )
    begun = False
    for line in _lines(segment, length):
        if line.startswith(SEGMENT_START) or not begun:
            _begin(line, segment, walk, begun=begun)
        begun = True
        if not line.endswith(b"\n") and not is_last:
            walk.problems.append(f"{segment.name}: its last line was cut")
        _take(line, segment, walk)
    if not begun:
        walk.problems.append(f"{segment.name} is empty: its lines were removed")
    last = walk.last
    if walk.keys and last is not None and not any(last.is_signed_by(k) for k in walk.keys):
        walk.forged = True
        wanted = ", ".join(key.id for key in walk.keys)
        walk.problems.append(f"{segment.name}: its last true head is not signed by {wanted}")


def _lines(segment: Path, length: int) -> Iterator[bytes]:
    """Yield the lines of a file up to a length."""
    with segment.open("rb") as file:
        for line in file:
            yield line[:length]
            length -= len(line)
            if length <= 0:
                return


def _begin(line: bytes, segment: Path, walk: _Walk, *, begun: bool) -> None:
    """Compare the line that opens a file with what it must be, which stands nowhere else."""
    if walk.is_true and (begun or line.rstrip(b"\n") != segment_line(walk.tree)):
        walk.problems.append(
            f"line {walk.tree.size} of the log ({segment.name}): "
            + ("a file begins in the middle of another" if begun else "the file begins as another")
        )


def _take(line: bytes, segment: Path, walk: _Walk) -> None:
    """Count and hash one line; compare what it says where it is a head."""
    _meet(walk)
    if line.startswith(HEAD_START) and line.endswith(b"\n"):
        _compare(line, segment, walk)
    else:
        walk.loose += 1
        walk.records += not line.startswith(SEGMENT_START)
    walk.tree.append(leaf_hash(line.rstrip(b"\n")))


def _meet(walk: _Walk) -> None:
    against = walk.against
    if against is not None and walk.tree.size == against.size and not walk.met:
        walk.met = True
        if walk.tree.root().hex() != against.root:
            walk.problems.append(
                f"the first {against.size} lines are not those of the head saved at "
                f"{against.at:%Y-%m-%d %H:%M:%S} UTC: the log was rewritten"
            )


def _compare(line: bytes, segment: Path, walk: _Walk) -> None:
    here = f"line {walk.tree.size} of the log ({segment.name})"
    try:
        head = head_of(line)
    except AuditError:
        walk.problems.append(f"{here}: a damaged head")
        return
    walk.heads += 1
    walk.loose = 0
    walk.repeats |= head == walk.repeated
    _name(head, here, walk)
    if walk.is_true and (head.size != walk.tree.size or head.root != walk.tree.root().hex()):
        walk.is_true = False  # every later root differs too: the first place is the news
        walk.problems.append(
            f"between {walk.since} and {here}: lines were changed, removed, added or reordered"
        )
    elif walk.is_true:
        walk.last, walk.since = head, here


def _name(head: TreeHead, here: str, walk: _Walk) -> None:
    """Note whose key a head names; the first that names none of those given is the news."""
    if head.key not in walk.named:
        walk.named.add(head.key)
        if walk.keys and head.key not in {key.id for key in walk.keys}:
            walk.forged = True
            whose = f"by {head.key}" if head.key else "by nobody"
            walk.problems.append(f"{here}: signed {whose}, none of the keys given")


def _ends(walk: _Walk) -> None:
    """Judge what only the end of the log shows."""
    _meet(walk)
    if walk.repeated is not None and walk.is_true:
        _judge_repeated(walk.repeated, walk)
    if walk.against is not None and not walk.met:
        walk.problems.append(
            f"the head saved at {walk.against.at:%Y-%m-%d %H:%M:%S} UTC covers "
            f"{walk.against.size} lines, the log has {walk.tree.size}: its tail was cut"
        )
    if walk.loose:
        walk.problems.append(
            f"{walk.loose} lines stand after the last head: a writer died there, or somebody "
            "added them; the next writer moves them aside"
        )


def _judge_repeated(repeated: TreeHead, walk: _Walk) -> None:
    """Compare `head.json` with the heads of the log: it repeats one of them."""
    size = walk.tree.size
    if repeated.size and repeated.size >= size:
        walk.problems.append(
            f"{HEAD_FILE} counts {repeated.size} lines before the last head, the log has {size} "
            "in all: its tail was cut"
        )
        return
    begins = not repeated.size and repeated.root == EMPTY_ROOT.hex()
    signed = not walk.keys or any(repeated.is_signed_by(key) for key in walk.keys)
    if not (walk.repeats or (begins and signed)):
        walk.problems.append(f"{HEAD_FILE} holds a head that does not stand in the log")


def _signatures(walk: _Walk) -> Literal["valid", "unsigned", "unchecked", "invalid"]:
    if walk.forged:
        return "invalid"
    if not any(walk.named):
        return "unsigned"
    return "valid" if walk.keys else "unchecked"
