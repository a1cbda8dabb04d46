"""Promises of fusion, on any rankings."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from medrag.retrieval import fuse_reciprocal_rank
from medrag.retrieval.candidates import union, weigh

ROWS = st.lists(st.integers(0, 30), unique=True, max_size=12)
SHARES = st.floats(0.001, 1)
VECTORS = np.random.default_rng(0).normal(size=(31, 8)).astype(np.float32)
VECTORS /= np.linalg.norm(VECTORS, axis=1, keepdims=True)


@st.composite
def rankings(draw):
    """One ranking: unique rows, scores that fall."""
    rows = draw(ROWS)
    scores = draw(st.lists(SHARES, min_size=len(rows), max_size=len(rows)))
    return list(zip(rows, sorted(scores, reverse=True), strict=True))


LISTS = st.lists(rankings(), max_size=4)


def weighed(dense, lexical):
    rows = union(dense, lexical)
    found = weigh(rows, VECTORS[rows], VECTORS[0], dense=dense, lexical=lexical, depth=12)
    return found.ranked()


@given(LISTS)
def test_every_row_of_every_ranking_comes_back_once_best_first(lists):
    fused = fuse_reciprocal_rank(lists)
    assert {row for row, _ in fused} == {row for ranking in lists for row, _ in ranking}
    assert len({row for row, _ in fused}) == len(fused)
    assert fused == sorted(fused, key=lambda pair: (-pair[1], pair[0]))


@given(rankings(), rankings())
def test_every_row_of_both_searches_is_weighed_once(dense, lexical):
    found = weighed(dense, lexical)
    assert sorted(row for row, _ in found) == sorted({row for row, _ in [*dense, *lexical]})
    assert found == sorted(found, key=lambda pair: (-pair[1], pair[0]))


@given(LISTS, st.randoms(use_true_random=False))
def test_reciprocal_rank_does_not_depend_on_the_order_of_the_rankings(lists, random):
    shuffled = random.sample(lists, len(lists))
    assert fuse_reciprocal_rank(shuffled) == fuse_reciprocal_rank(lists)


@given(rankings())
def test_one_ranking_alone_keeps_its_order_by_rank(ranking):
    assert [row for row, _ in fuse_reciprocal_rank([ranking])] == [row for row, _ in ranking]
