"""Reciprocal ranks, worked by hand."""

from __future__ import annotations

import pytest

from medrag.retrieval import fuse_reciprocal_rank


def test_reciprocal_ranks_add_up():
    fused = fuse_reciprocal_rank([[(7, 0.9), (3, 0.8)], [(3, 12.0), (5, 2.0)]], c=60)
    assert [row for row, _ in fused] == [3, 7, 5]
    assert [score for _, score in fused] == pytest.approx([1 / 62 + 1 / 61, 1 / 61, 1 / 62])


def test_a_tie_goes_to_the_smaller_row():
    assert [row for row, _ in fuse_reciprocal_rank([[(9, 1.0)], [(2, 1.0)]])] == [2, 9]


def test_nothing_fused_is_nothing():
    assert fuse_reciprocal_rank([[]]) == []
