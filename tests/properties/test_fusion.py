"""Promises of fusion, on any rankings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrag.retrieval import fuse_reciprocal_rank, fuse_standard_scores

ROWS = st.lists(st.integers(0, 30), unique=True, max_size=12)
SCORES = st.floats(-50, 50, allow_nan=False)


@st.composite
def rankings(draw):
    """One ranking: unique rows, scores that fall."""
    rows = draw(ROWS)
    scores = draw(st.lists(SCORES, min_size=len(rows), max_size=len(rows)))
    return list(zip(rows, sorted(scores, reverse=True), strict=True))


LISTS = st.lists(rankings(), max_size=4)


def both(lists):
    return fuse_reciprocal_rank(lists), fuse_standard_scores(lists, depth=12)


@given(LISTS)
def test_every_row_of_every_ranking_comes_back_once_best_first(lists):
    for fused in both(lists):
        assert {row for row, _ in fused} == {row for ranking in lists for row, _ in ranking}
        assert len({row for row, _ in fused}) == len(fused)
        assert fused == sorted(fused, key=lambda pair: (-pair[1], pair[0]))


@given(LISTS, st.randoms(use_true_random=False))
def test_reciprocal_rank_does_not_depend_on_the_order_of_the_rankings(lists, random):
    shuffled = random.sample(lists, len(lists))
    assert fuse_reciprocal_rank(shuffled) == fuse_reciprocal_rank(lists)


@given(rankings(), st.floats(0.5, 20), st.integers(-9, 9))
def test_standard_scores_do_not_depend_on_scale_or_offset(ranking, scale, offset):
    spread = [score for _, score in ranking]
    if spread and max(spread) - min(spread) < 1e-3:
        return  # equal up to rounding: scaling may make or break the tie
    moved = [(row, score * scale + offset) for row, score in ranking]
    one = dict(fuse_standard_scores([ranking], depth=len(ranking) or 1))
    other = dict(fuse_standard_scores([moved], depth=len(ranking) or 1))
    for row, score in one.items():
        assert other[row] == pytest.approx(score, abs=1e-6)


@given(rankings())
def test_one_ranking_alone_keeps_its_order_by_rank(ranking):
    assert [row for row, _ in fuse_reciprocal_rank([ranking])] == [row for row, _ in ranking]
