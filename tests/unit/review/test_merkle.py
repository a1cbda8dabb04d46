import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrag.review.audit import merkle

LEAVES = [merkle.leaf_hash(bytes([number])) for number in range(40)]


def test_the_root_of_nothing_is_the_hash_of_nothing():
    assert merkle.root([]).hex().startswith("e3b0c44298fc1c14")


def test_a_frontier_refuses_the_wrong_number_of_hashes():
    with pytest.raises(ValueError, match="one hash for each bit"):
        merkle.Frontier(3, [LEAVES[0]])


@given(st.integers(1, 40), st.data())
def test_every_entry_is_proved_and_no_other_stands_in_its_place(size: int, data: st.DataObject):
    index = data.draw(st.integers(0, size - 1))
    leaves = LEAVES[:size]
    proof = merkle.inclusion_proof(leaves, index)
    place = {"index": index, "size": size, "expected": merkle.root(leaves)}
    assert merkle.includes(proof, leaf=leaves[index], **place)
    assert not merkle.includes(proof, leaf=merkle.leaf_hash(b"another"), **place)
    other = data.draw(st.integers(0, size))
    if other != index:
        moved = {**place, "index": other}
        assert not merkle.includes(proof, leaf=leaves[index], **moved)


@given(st.integers(1, 40), st.data())
def test_a_tree_is_proved_to_begin_a_later_one_and_a_changed_one_is_not(
    later: int, data: st.DataObject
):
    earlier = data.draw(st.integers(1, later))
    proof = merkle.consistency_proof(LEAVES[:later], earlier)
    roots = merkle.root(LEAVES[:earlier]), merkle.root(LEAVES[:later])
    assert merkle.extends(proof, sizes=(earlier, later), roots=roots)
    changed = [merkle.leaf_hash(b"changed"), *LEAVES[1:earlier]]
    assert not merkle.extends(proof, sizes=(earlier, later), roots=(merkle.root(changed), roots[1]))


def test_an_empty_tree_begins_every_tree_and_so_proves_nothing():
    assert not merkle.extends([], sizes=(0, 3), roots=(merkle.EMPTY_ROOT, merkle.root(LEAVES[:3])))
    with pytest.raises(ValueError, match="no tree of 0"):
        merkle.consistency_proof(LEAVES[:3], 0)
    with pytest.raises(ValueError, match="no entry 3"):
        merkle.inclusion_proof(LEAVES[:3], 3)


def _inclusion(case: dict[str, Any]) -> bool:
    return merkle.includes(
        _proof(case),
        leaf=_bytes(case["leafHash"]),
        index=case["leafIdx"],
        size=case["treeSize"],
        expected=_bytes(case["root"]),
    )


def _subtree_inclusion(case: dict[str, Any]) -> bool:
    return merkle.subtree_includes(
        _proof(case),
        leaf=_bytes(case["leafHash"]),
        index=case["leafIdx"],
        bounds=(case["start"], case["end"]),
        expected=_bytes(case["root"]),
    )


def _consistency(case: dict[str, Any]) -> bool:
    return merkle.extends(_proof(case), sizes=(case["size1"], case["size2"]), roots=_roots(case))


def _subtree_consistency(case: dict[str, Any]) -> bool:
    return merkle.subtree_extends(
        _proof(case),
        bounds=(case["start"], case["end"]),
        size=case["size"],
        roots=_roots(case),
    )


def _bytes(text: str | None) -> bytes:
    return base64.b64decode(text or "")


def _proof(case: dict[str, Any]) -> list[bytes]:
    return [_bytes(value) for value in case["proof"] or []]


def _roots(case: dict[str, Any]) -> tuple[bytes, bytes]:
    return _bytes(case["root1"]), _bytes(case["root2"])


@pytest.mark.shared
@pytest.mark.parametrize(
    ("folder", "accepts", "count"),
    [
        ("inclusion", _inclusion, 98),
        ("subtreeinclusion", _subtree_inclusion, 204),
        ("consistency", _consistency, 98),
        ("subtreeconsistency", _subtree_consistency, 118),
    ],
)
def test_the_published_vectors_are_accepted_and_refused_as_they_say(
    shared_data: Path, folder: str, accepts: Callable[[dict[str, Any]], bool], count: int
):
    files = sorted((shared_data / "audit/merkle_testdata" / folder).rglob("*.json"))
    cases = [json.loads(path.read_text(encoding="utf-8")) for path in files]
    wrong = [case["desc"] for case in cases if accepts(case) is case["wantErr"]]
    assert (len(cases), wrong) == (count, [])
