"""Read an audit log without trusting it: verify the whole."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from medrag.core.span import Value
from medrag.errors import AuditError, InputError
from medrag.review.audit.files import (
    HEAD_FILE,
    HEAD_START,
    TreeHead,
    head_of,
    segment_files,
)
from medrag.review.audit.merkle import Frontier, leaf_hash
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


@dataclass(slots=True)
class _Walk:
    """The state of one pass over a log."""

    keys: Sequence[VerifyingKey]
    against: TreeHead | None
    tree: Frontier = field(default_factory=Frontier)
    records: int = 0
    heads: int = 0
    last: TreeHead | None = None
    since: str = "the start"
    loose: int = 0
    named: set[str | None] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)
    is_true: bool = True
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
        keys: One of these must have signed the last head of each segment; none are checked
            where this is empty. More than one where the key was changed over time.
        against: A head that was saved elsewhere: the log must extend it.

    Raises:
        InputError: There is no log.
    """
    segments = segment_files(path)
    if not segments and not (path / HEAD_FILE).exists():
        raise InputError(f"{path}: no audit log. Give the folder that holds its .jsonl files.")
    walk = _Walk(keys=keys, against=against)
    pinned = _pinned(path, walk)
    for segment in segments:
        _segment(segment, walk)
    _ends(walk, pinned)
    return LogReport(
        lines=walk.tree.size,
        records=walk.records,
        heads=walk.heads,
        segments=len(segments),
        head=walk.last,
        signed_by=tuple(sorted(k for k in walk.named if k)),
        signatures=_signatures(walk),
        problems=tuple(walk.problems),
    )


def records_of(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the records of a log in order, `recovery` records included; nothing is verified.

    Raises:
        AuditError: A line is no JSON object.
    """
    for number, line in numbered_lines(path):
        try:
            fields = json.loads(line)
            kind = fields["kind"]
        except (ValueError, KeyError, TypeError) as error:
            raise AuditError(
                f"{path}: line {number} is damaged. Run medrag audit verify."
            ) from error
        if kind not in ("segment", "head"):
            yield fields


def numbered_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield every line of a log without its end, with its number from 0."""
    number = 0
    for segment in segment_files(path):
        with segment.open("rb") as file:
            for line in file:
                yield number, line.rstrip(b"\n")
                number += 1


def _pinned(path: Path, walk: _Walk) -> TreeHead | None:
    try:
        return TreeHead.read(path / HEAD_FILE)
    except InputError:
        walk.problems.append(f"{HEAD_FILE} is missing or damaged: a cut tail could not be seen")
        return None


def _segment(segment: Path, walk: _Walk) -> None:
    if int(segment.stem) != walk.tree.size:
        walk.problems.append(
            f"{segment.name} begins at line {int(segment.stem)}, the file before it ends at "
            f"{walk.tree.size}: lines were removed or added"
        )
    with segment.open("rb") as file:
        for line in file:
            _take(line, segment, walk)
    last = walk.last
    if walk.keys and last is not None and not any(last.is_signed_by(k) for k in walk.keys):
        walk.forged = True
        wanted = ", ".join(key.id for key in walk.keys)
        walk.problems.append(f"{segment.name}: its last true head is not signed by {wanted}")


def _take(line: bytes, segment: Path, walk: _Walk) -> None:
    """Count and hash one line; compare what it says where it is a head."""
    _meet(walk)
    whole = line.endswith(b"\n")
    if line.startswith(HEAD_START) and whole:
        _compare(line, segment, walk)
    else:
        walk.loose += 1
        walk.records += not line.startswith(b'{"kind":"segment",')
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
    walk.named.add(head.key)
    if walk.is_true and (head.size != walk.tree.size or head.root != walk.tree.root().hex()):
        walk.is_true = False  # every later root differs too: the first place is the news
        walk.problems.append(
            f"between {walk.since} and {here}: lines were changed, removed, added or reordered"
        )
    elif walk.is_true:
        walk.last, walk.since = head, here


def _ends(walk: _Walk, pinned: TreeHead | None) -> None:
    """Judge what only the end of the log shows."""
    _meet(walk)
    size = walk.tree.size
    if pinned is not None and walk.is_true:
        if pinned.size >= size:
            walk.problems.append(
                f"{HEAD_FILE} counts {pinned.size} lines before the last head, the log has "
                f"{size} in all: its tail was cut"
            )
        elif walk.last is not None and pinned.size == walk.last.size and pinned != walk.last:
            walk.problems.append(f"{HEAD_FILE} and the last head of the log differ")
    if walk.against is not None and not walk.met:
        walk.problems.append(
            f"the head saved at {walk.against.at:%Y-%m-%d %H:%M:%S} UTC covers "
            f"{walk.against.size} lines, the log has {size}: its tail was cut"
        )
    if walk.loose:
        walk.problems.append(
            f"{walk.loose} lines stand after the last head: a writer died there, or somebody "
            "added them; the next writer moves them aside"
        )


def _signatures(walk: _Walk) -> Literal["valid", "unsigned", "unchecked", "invalid"]:
    if walk.forged:
        return "invalid"
    if not any(walk.named):
        return "unsigned"
    return "valid" if walk.keys else "unchecked"
