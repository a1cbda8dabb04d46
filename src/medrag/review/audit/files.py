"""The files of an audit log: their lines, the tree heads between them, durable writing.

A log is a folder. Its segments, `000000000000.jsonl` and on, are named after the number of
their first line. There are three sorts of line, each one JSON object, each one leaf of the
Merkle tree:

* `{"kind":"segment", ...}` opens a file and holds the tree's frontier there, so that opening
  a log reads its last file only;
* a record: `kind`, `id`, `at` and `body`;
* `{"kind":"head", ...}` closes each commit: the size and root of everything before it, signed.
"""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from pydantic import AwareDatetime, Field, ValidationError, field_validator

from medrag.core.span import Value
from medrag.errors import AuditError, InputError
from medrag.review.audit.merkle import Frontier
from medrag.review.audit.signing import VerifyingKey

FORMAT = 1
HEAD_FILE = "head.json"
LOCK_FILE = "LOCK"
LOCK_WAIT_S, LOCK_POLL_S = 10.0, 0.002
"""How long a process waits for the lock, and how often it asks for it."""
HEAD_START = b'{"kind":"head",'
SEGMENT_START = b'{"kind":"segment",'
RESERVED_KINDS = frozenset({"segment", "head", "recovery"})
_SEGMENT_NAME = re.compile(r"[0-9]{12,}\.jsonl")
_LONGEST_NAME = 200
"""Characters of a record's kind or id."""


class TreeHead(Value):
    """The state of a log at one moment.

    Attributes:
        size: How many lines it covers.
        root: Merkle root over them, hex.
        at: When it was made.
        key: Id of the key that signed it; None where unsigned.
        signature: Ed25519 over `message`, base64; None where unsigned.
    """

    size: int = Field(ge=0)
    root: str = Field(pattern="^[0-9a-f]{64}$")
    at: AwareDatetime
    key: str | None = Field(default=None, pattern="^[0-9a-f]{16}$")
    signature: str | None = Field(default=None, pattern="^[A-Za-z0-9+/]{86}==$")

    @field_validator("at")
    @classmethod
    def _in_utc(cls, at: datetime) -> datetime:
        if not 1970 < at.year < 9999:
            raise ValueError("a head is made in the present")
        return at.astimezone(timezone.utc)

    @property
    def message(self) -> bytes:
        """What is signed."""
        at = self.at.isoformat()
        return f"medrag audit head {FORMAT}\n{self.size}\n{self.root}\n{at}\n".encode()

    def is_signed_by(self, key: VerifyingKey) -> bool:
        """Return whether this key made the signature."""
        signature = base64.b64decode(self.signature or "")
        return self.key == key.id and key.confirms(signature, self.message)

    @classmethod
    def read(cls, path: Path) -> TreeHead:
        """Read a head that was saved as JSON.

        Raises:
            InputError: The file cannot be read or holds none.
        """
        try:
            return cls.model_validate_json(path.read_bytes())
        except OSError as error:
            raise InputError(f"{path}: cannot be read ({error.strerror}).") from error
        except (ValidationError, RecursionError) as error:
            raise InputError(
                f"{path}: no head of an audit log. Save one with `medrag audit head`."
            ) from error


def segment_files(path: Path) -> list[Path]:
    """Return the log's files in order."""
    return sorted(p for p in path.glob("*.jsonl") if _SEGMENT_NAME.fullmatch(p.name))


def holds_a_head(segment: Path) -> bool:
    """Whether a commit in this file was ever whole."""
    return any(line.startswith(HEAD_START) and line.endswith(b"\n") for line in lines_of(segment))


def lines_of(segment: Path) -> Iterator[bytes]:
    """Yield the lines of a file with their line ends."""
    with segment.open("rb") as file:
        yield from file


def head_of(line: bytes) -> TreeHead:
    """Return the head that a line holds, which must be written as this module writes it.

    No leaf is made of the last head yet, so that nothing else finds a change of its bytes.

    Raises:
        AuditError: It holds none.
    """
    try:
        fields = json.loads(line)
        del fields["kind"]
        head = TreeHead.model_validate(fields)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise AuditError("a head of the audit log is damaged. Run medrag audit verify.") from error
    if head_line(head) != line.rstrip(b"\n"):
        raise AuditError("a head of the audit log was rewritten. Run medrag audit verify.")
    return head


def record_line(kind: str, body: Mapping[str, Any], id_: str, at: datetime) -> bytes:
    """Return a caller's record as a line.

    Raises:
        InputError: The kind is the log's own, kind or id is no short printable text, or the body
            is no JSON object.
    """
    named: dict[str, object] = {"kind": kind, "id": id_}
    for name, value in named.items():
        if not isinstance(value, str) or not value.isprintable() or len(value) > _LONGEST_NAME:
            raise InputError(
                f"The {name} of an audit record must be printable text of up to {_LONGEST_NAME} "
                "characters."
            )
    if kind in RESERVED_KINDS or not kind:
        raise InputError(f"An audit record cannot be of kind {kind!r}: the log uses it itself.")
    return line_of(kind, body, id_, at)


def line_of(kind: str, body: Mapping[str, Any], id_: str, at: datetime) -> bytes:
    """Return any record as a line without its end, `recovery` included."""
    wanted = "The body of an audit record must be a JSON object: of text, numbers, lists, objects."
    if not isinstance(body, Mapping):
        raise InputError(wanted)
    try:
        return _json({"kind": kind, "id": id_, "at": at.isoformat(), "body": dict(body)})
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(wanted) from error


def _json(fields: Mapping[str, Any]) -> bytes:
    text = json.dumps(fields, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    try:
        return text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair: JSON can hold it, UTF-8 cannot
        return json.dumps(fields, allow_nan=False, separators=(",", ":")).encode()


def segment_line(tree: Frontier) -> bytes:
    """Return the line that opens a segment behind this tree."""
    hashes = [value.hex() for value in tree.hashes]
    return _json({"kind": "segment", "format": FORMAT, "first": tree.size, "frontier": hashes})


def head_line(head: TreeHead) -> bytes:
    """Return the line that closes a commit."""
    return _json({"kind": "head", **head.model_dump(mode="json")})


def frontier_at(segment: Path) -> Frontier:
    """Return the tree before a segment's first line, as that line says."""
    with segment.open("rb") as file:
        line = file.readline()
    try:
        fields = json.loads(line)
        return Frontier(fields["first"], [bytes.fromhex(h) for h in fields["frontier"]])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise AuditError(
            f"{segment}: does not begin as a segment of an audit log. Run medrag audit verify."
        ) from error


def append_durably(path: Path, offset: int, block: bytes) -> None:
    """Write `block` at the end of a file of `offset` bytes, or leave everything as it was."""
    is_new = not path.exists()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o640)
    try:
        os.lseek(handle, offset, os.SEEK_SET)
        view = memoryview(block)
        while view:
            view = view[os.write(handle, view) :]
        os.fsync(handle)
    except OSError:
        os.ftruncate(handle, offset)
        if is_new:
            path.unlink()
        raise
    finally:
        os.close(handle)
    if is_new:
        _sync_folder(path.parent)


def cut_durably(path: Path, length: int) -> None:
    """Shorten a file to `length` bytes; one of none is removed."""
    if length:
        with path.open("rb+") as file:
            file.truncate(length)
            os.fsync(file.fileno())
    else:
        path.unlink()


@contextmanager
def replacing(path: Path, data: bytes) -> Iterator[None]:
    """Put `data` in place of a file after what is done inside; its room is taken before.

    One writer at a time. After a crash the file is the old one or the new one, whole.
    """
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.unlink(missing_ok=True)  # what a dead writer, or somebody with a link, left there
        with beside.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        yield
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _sync_folder(path: Path) -> None:
    if os.name == "posix":
        folder = os.open(path, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
