"""What somebody without the log can check: that a record is in it, that it only grew."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from medrag.core.span import Value
from medrag.errors import InputError
from medrag.review.audit.files import HEAD_START, SEGMENT_START, TreeHead
from medrag.review.audit.merkle import (
    consistency_proof,
    extends,
    includes,
    inclusion_proof,
    leaf_hash,
)
from medrag.review.audit.signing import VerifyingKey
from medrag.review.audit.verification import demand_sound, numbered_lines

Hash = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
"""One SHA-256, hex."""


class InclusionProof(Value):
    """That one line stands in a log.

    Attributes:
        line: The line, as written.
        index: Its number.
        proof: Hashes, hex, from the line's leaf to the head's root.
        head: The head that covers it.
    """

    kind: Literal["inclusion"] = "inclusion"
    line: str
    index: int = Field(ge=0)
    proof: tuple[Hash, ...]
    head: TreeHead

    def holds(self, key: VerifyingKey | None = None) -> bool:
        """Return whether the line is in the head's tree, and the head signed by `key` if given."""
        return includes(
            _bytes(self.proof),
            leaf=leaf_hash(self.line.encode("utf-8", "surrogatepass")),
            index=self.index,
            size=self.head.size,
            expected=bytes.fromhex(self.head.root),
        ) and _is_signed(self.head, key)

    def __str__(self) -> str:
        return f"The record is line {self.index} of the log as of {self.head.at.isoformat()}."


class ConsistencyProof(Value):
    """That a log of today begins with the log of an earlier day, line by line.

    Attributes:
        earlier, head: The two heads.
        proof: Hashes, hex, as RFC 6962 orders them.
    """

    kind: Literal["consistency"] = "consistency"
    earlier: TreeHead
    head: TreeHead
    proof: tuple[Hash, ...]

    def holds(self, key: VerifyingKey | None = None) -> bool:
        """Return whether the tree grew from `earlier`, and both are signed by `key` if given."""
        return (
            extends(
                _bytes(self.proof),
                sizes=(self.earlier.size, self.head.size),
                roots=(bytes.fromhex(self.earlier.root), bytes.fromhex(self.head.root)),
            )
            and _is_signed(self.head, key)
            and _is_signed(self.earlier, key)
        )

    def __str__(self) -> str:
        return (
            f"The {self.head.size} lines of {self.head.at.isoformat()} begin with the "
            f"{self.earlier.size} of {self.earlier.at.isoformat()}."
        )


def prove(path: Path, record_id: str) -> InclusionProof:
    """Return the proof that the newest record with this id stands in the log.

    Raises:
        InputError: There is no log, or no such record.
        AuditError: The log does not verify.
    """
    head = _newest(path)
    leaves, found = [], None
    wanted = json.dumps(record_id, ensure_ascii=False).encode("utf-8", "surrogatepass")
    for number, line in _covered(path, head):
        if wanted in line and not line.startswith((HEAD_START, SEGMENT_START)):
            found = (number, line) if json.loads(line)["id"] == record_id else found
        leaves.append(leaf_hash(line))
    if found is None:
        raise InputError(f"{path}: no record {record_id!r}. `medrag audit show` lists them.")
    number, line = found
    hashes = inclusion_proof(leaves, number)
    return InclusionProof(
        line=line.decode(), index=number, proof=tuple(h.hex() for h in hashes), head=head
    )


def prove_growth(path: Path, earlier: TreeHead) -> ConsistencyProof:
    """Return the proof that the log only grew since `earlier`.

    Of a log that was rewritten since it returns a proof that does not hold.

    Raises:
        InputError: There is no log, or it has fewer lines than the earlier head covers.
        AuditError: The log does not verify.
    """
    head = _newest(path)
    if not 1 <= earlier.size <= head.size:
        raise InputError(
            f"{path}: its newest head covers {head.size} lines, the one given {earlier.size}: "
            "that is another log, or its tail was cut."
        )
    leaves = [leaf_hash(line) for _, line in _covered(path, head)]
    hashes = consistency_proof(leaves, earlier.size)
    return ConsistencyProof(earlier=earlier, head=head, proof=tuple(h.hex() for h in hashes))


def _newest(path: Path) -> TreeHead:
    """Return the last head of a sound log."""
    head = demand_sound(path).head
    if head is None:
        raise InputError(f"{path}: the log holds no record yet.")
    return head


def _covered(path: Path, head: TreeHead) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that a head covers, without their ends."""
    return (
        (number, line.rstrip(b"\n")) for number, line in islice(numbered_lines(path), head.size)
    )


def _bytes(hashes: Iterable[str]) -> list[bytes]:
    return [bytes.fromhex(value) for value in hashes]


def _is_signed(head: TreeHead, key: VerifyingKey | None) -> bool:
    return key is None or head.is_signed_by(key)
