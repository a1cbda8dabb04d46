"""What somebody without the log can check: that a record is in it, that it only grew."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from medrag.core.span import Value
from medrag.errors import InputError
from medrag.review.audit.files import HEAD_START, TreeHead, head_of
from medrag.review.audit.merkle import (
    consistency_proof,
    extends,
    includes,
    inclusion_proof,
    leaf_hash,
)
from medrag.review.audit.signing import VerifyingKey
from medrag.review.audit.verification import numbered_lines


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
    index: int
    proof: tuple[str, ...]
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
    proof: tuple[str, ...]

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
        InputError: No such record, or none that a head covers yet.
    """
    leaves, found, head = [], None, None
    wanted = f'"id":{json.dumps(record_id, ensure_ascii=False)},'.encode()
    for number, line in numbered_lines(path):
        if line.startswith(HEAD_START):
            head = head_of(line)
        elif wanted in line and json.loads(line).get("id") == record_id:
            found = number, line
        leaves.append(leaf_hash(line))
    if found is None or head is None or found[0] >= head.size:
        raise InputError(f"{path}: no record {record_id!r}. `medrag audit show` lists them.")
    number, line = found
    hashes = inclusion_proof(leaves[: head.size], number)
    text = line.decode("utf-8", "surrogatepass")
    return InclusionProof(line=text, index=number, proof=tuple(h.hex() for h in hashes), head=head)


def prove_growth(path: Path, earlier: TreeHead) -> ConsistencyProof:
    """Return the proof that the log only grew since `earlier`.

    Of a log that was rewritten it returns a proof that does not hold.

    Raises:
        InputError: The log has no head, or fewer lines than the earlier head covers.
    """
    leaves, head = [], None
    for _, line in numbered_lines(path):
        if line.startswith(HEAD_START):
            head = head_of(line)
        leaves.append(leaf_hash(line))
    if head is None or not 1 <= earlier.size <= head.size:
        covered = head.size if head else 0
        raise InputError(
            f"{path}: its newest head covers {covered} lines, the one given {earlier.size}: "
            "that is another log, or its tail was cut."
        )
    hashes = consistency_proof(leaves[: head.size], earlier.size)
    return ConsistencyProof(earlier=earlier, head=head, proof=tuple(h.hex() for h in hashes))


def _bytes(hashes: tuple[str, ...]) -> list[bytes]:
    return [bytes.fromhex(value) for value in hashes]


def _is_signed(head: TreeHead, key: VerifyingKey | None) -> bool:
    return key is None or head.is_signed_by(key)
