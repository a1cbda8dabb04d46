"""Merkle trees as Certificate Transparency hashes them (RFC 6962, RFC 9162).

A tree of n entries has one 32-byte root. An *inclusion proof* shows with about log2(n) hashes
that an entry is in it; a *consistency proof* shows that a later tree holds an earlier one
unchanged as its beginning. Both exist for subtrees too, as in the IETF draft on Merkle tree
certificates. Nothing here reads or writes files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of a tree without entries."""


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of one entry: SHA-256 over a zero byte and the entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node: SHA-256 over a one byte and both children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a growing tree: all that appending needs, about log2(n) hashes.

    `hashes` are the roots of the largest full subtrees, left to right, one for each bit of
    `size` that is set.
    """

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        if len(hashes) != bin(size).count("1") or any(len(h) != HASH_BYTES for h in hashes):
            raise ValueError(f"a frontier of {size} entries has one hash for each bit set")
        self.size = size
        self.hashes = list(hashes)

    def append(self, leaf: bytes) -> None:
        """Add the hash of the next entry. Amortized: one more hash."""
        node, size = leaf, self.size
        while size & 1:
            node = node_hash(self.hashes.pop(), node)
            size >>= 1
        self.hashes.append(node)
        self.size += 1

    def root(self) -> bytes:
        """Return the root of the tree so far."""
        if not self.hashes:
            return EMPTY_ROOT
        node = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            node = node_hash(left, node)
        return node

    def copy(self) -> Frontier:
        """Return a frontier that grows on its own."""
        return Frontier(self.size, self.hashes)


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes, in order."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the hashes that lead from the leaf at `index` to the root of all `leaves`.

    Raises:
        ValueError: `index` is not that of a leaf.
    """
    if not 0 <= index < len(leaves):
        raise ValueError(f"no entry {index} in a tree of {len(leaves)}")
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    if index < split:
        return [*inclusion_proof(leaves[:split], index), root(leaves[split:])]
    return [*inclusion_proof(leaves[split:], index - split), root(leaves[:split])]


def consistency_proof(leaves: Sequence[bytes], earlier: int) -> list[bytes]:
    """Return the hashes that show the tree of the first `earlier` leaves inside this one.

    Empty where both are the same tree.

    Raises:
        ValueError: `earlier` is not between 1 and the number of leaves: that an empty tree
            is the beginning of every tree proves nothing.
    """
    if not 1 <= earlier <= len(leaves):
        raise ValueError(f"no tree of {earlier} entries is proved by one of {len(leaves)}")
    return _consistency(leaves, earlier, whole=True)


def _consistency(leaves: Sequence[bytes], earlier: int, *, whole: bool) -> list[bytes]:
    if earlier == len(leaves):
        return [] if whole else [root(leaves)]
    split = _split(len(leaves))
    if earlier <= split:
        return [*_consistency(leaves[:split], earlier, whole=whole), root(leaves[split:])]
    below = _consistency(leaves[split:], earlier - split, whole=False)
    return [*below, root(leaves[:split])]


def _split(size: int) -> int:
    """Return the largest power of two below `size`, which is at least 2."""
    return 1 << ((size - 1).bit_length() - 1)


def includes(
    proof: Sequence[bytes], *, leaf: bytes, index: int, size: int, expected: bytes
) -> bool:
    """Return whether `proof` shows the leaf hash at `index` in the tree of this size and root."""
    return subtree_includes(proof, leaf=leaf, index=index, bounds=(0, size), expected=expected)


def subtree_includes(
    proof: Sequence[bytes], *, leaf: bytes, index: int, bounds: tuple[int, int], expected: bytes
) -> bool:
    """Return whether `proof` shows the leaf at `index` in the subtree over `bounds`.

    Args:
        proof: Hashes from the leaf upwards.
        leaf: Its leaf hash.
        index: Its place in the whole tree.
        bounds: First entry of the subtree and the one after its last.
        expected: The subtree's root.
    """
    start, end = bounds
    if not (_is_subtree(start, end) and start <= index < end and _are_hashes([leaf, *proof])):
        return False
    at, last, node = index - start, end - start - 1, leaf
    for other in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            node = node_hash(other, node)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            node = node_hash(node, other)
        at, last = at >> 1, last >> 1
    return last == 0 and node == expected


def extends(proof: Sequence[bytes], *, sizes: tuple[int, int], roots: tuple[bytes, bytes]) -> bool:
    """Return whether `proof` shows the earlier tree unchanged as the beginning of the later.

    Args:
        proof: Hashes; empty where both trees are the same.
        sizes: Entries of the earlier and of the later tree. An earlier tree without entries
            proves nothing and is False.
        roots: Their roots.
    """
    earlier, later = sizes
    if earlier < 1:
        return False
    return subtree_extends(proof, bounds=(0, earlier), size=later, roots=roots)


def subtree_extends(
    proof: Sequence[bytes], *, bounds: tuple[int, int], size: int, roots: tuple[bytes, bytes]
) -> bool:
    """Return whether `proof` shows the subtree over `bounds` unchanged in a tree of `size`.

    Args:
        proof: Hashes; empty where the subtree is the tree.
        bounds: First entry of the subtree and the one after its last.
        size: Entries of the tree.
        roots: The root of the subtree and that of the tree.
    """
    start, end = bounds
    if 0 <= start == end <= size:  # nothing is the beginning of anything
        return not proof and roots[0] == EMPTY_ROOT
    if not (_is_subtree(start, end) and end <= size and _are_hashes(proof)):
        return False
    first, last, top = _below_last_turn(start, end - 1, size - 1)
    remaining = list(proof)
    if first == last:
        part = whole = roots[0]
    elif remaining:
        part = whole = remaining.pop(0)
    else:
        return False
    for other in remaining:
        if top == 0:
            return False
        if last & 1 or last == top:
            if first < last:
                part = node_hash(other, part)
            whole = node_hash(other, whole)
            while last and not last & 1:
                first, last, top = first >> 1, last >> 1, top >> 1
        else:
            whole = node_hash(whole, other)
        first, last, top = first >> 1, last >> 1, top >> 1
    return top == 0 and part == roots[0] and whole == roots[1]


def _below_last_turn(first: int, last: int, top: int) -> tuple[int, int, int]:
    """Climb while the subtree's last node is a right child: its hash needs no proof there."""
    while first != last and (last == top or last & 1):
        first, last, top = first >> 1, last >> 1, top >> 1
    return first, last, top


def _is_subtree(start: int, end: int) -> bool:
    """Whether the entries are those beneath one node, or the last ones beneath it."""
    return 0 <= start < end and start & ((1 << (end - start - 1).bit_length()) - 1) == 0


def _are_hashes(values: Sequence[bytes]) -> bool:
    return all(len(value) == HASH_BYTES for value in values)
