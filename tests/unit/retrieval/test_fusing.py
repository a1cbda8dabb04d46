"""Fusion, worked by hand."""

from __future__ import annotations

import pytest

from medrag.retrieval import fuse_reciprocal_rank, fuse_standard_scores


def test_reciprocal_ranks_add_up():
    fused = fuse_reciprocal_rank([[(7, 0.9), (3, 0.8)], [(3, 12.0), (5, 2.0)]], c=60)
    assert [row for row, _ in fused] == [3, 7, 5]
    assert [score for _, score in fused] == pytest.approx([1 / 62 + 1 / 61, 1 / 61, 1 / 62])


def test_a_tie_goes_to_the_smaller_row():
    assert [row for row, _ in fuse_reciprocal_rank([[(9, 1.0)], [(2, 1.0)]])] == [2, 9]
    assert [row for row, _ in fuse_standard_scores([[(9, 1.0)], [(9, 1.0)]], depth=1)] == [9]


def test_standard_scores_by_hand():
    # First: 4, 2, 0 over rows 1, 2, 3 (row 3 lacks a shared word: 0). Mean 2, deviation 1.63.
    # Second: 1, 0, 1, cut at its depth, so row 2 takes the last score 1: all equal, no say.
    fused = fuse_standard_scores([[(1, 4.0), (2, 2.0)], [(3, 1.0), (1, 1.0)]], depth=2)
    # Cut at depth 2 the first ranking's floor is its last score, 2: 4, 2, 2.
    assert fused[0][0] == 1
    assert [row for row, _ in fused] == [1, 2, 3]
    assert fused[0][1] == pytest.approx((4 - 8 / 3) / (2 * 2**0.5 / 3) / 2)
    whole = fuse_standard_scores([[(1, 4.0), (2, 2.0)], [(3, 0.5), (1, 0.5)]], depth=3)
    # Not cut: row 3 has 0 in the first, row 2 has 0 in the second.
    first = (8 / 3) ** 0.5
    second = 0.5 * 2**0.5 / 3
    assert dict(whole) == pytest.approx(
        {
            1: (2 / first + (1 / 6) / second) / 2,
            2: (0 + (-1 / 3) / second) / 2,
            3: (-2 / first + (1 / 6) / second) / 2,
        }
    )


def test_a_search_without_a_preference_has_no_say():
    sure = [(1, 30.0), (2, 9.0), (3, 8.5), (4, 8.0)]
    flat = [(4, 0.4), (3, 0.4), (2, 0.4), (1, 0.4)]
    assert [row for row, _ in fuse_standard_scores([flat, sure], depth=4)] == [1, 2, 3, 4]


def test_nothing_fused_is_nothing():
    assert fuse_standard_scores([], depth=10) == []
    assert fuse_standard_scores([[], []], depth=10) == []
    assert fuse_reciprocal_rank([[]]) == []
