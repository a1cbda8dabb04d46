"""One score for what two searches found, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from medrag.retrieval.candidates import LIKENESS, MEANING, WORDS, union, weigh

QUESTION = np.array([1, 0], dtype=np.float32)


def weighed(dense, lexical, vectors, *, depth=100):
    rows = union(dense, lexical)
    table = np.array([vectors[row] for row in rows.tolist()], dtype=np.float32).reshape(-1, 2)
    return weigh(rows, table, QUESTION, dense=dense, lexical=lexical, depth=depth)


def test_meaning_words_and_likeness_to_the_best_add_up():
    found = weighed([(4, 1.0)], [(4, 0.5)], {4: (1, 0)})
    assert found.scores == pytest.approx([MEANING + WORDS * 0.5 + LIKENESS])
    assert found.ranked() == [(4, found.scores[0])]


def test_the_cosine_of_what_only_words_found_is_its_own():
    found = weighed([(1, 1.0)], [(2, 0.5)], {1: (1, 0), 2: (0.6, 0.8)})
    assert found.cosines == pytest.approx([1.0, 0.6])
    assert (found.dense_ranks.tolist(), found.lexical_ranks.tolist()) == ([1, 0], [0, 1])


@pytest.mark.parametrize(("depth", "words"), [(2, 0.3), (3, 0.0)])
def test_what_a_full_ranking_left_out_may_have_as_much_as_its_last(depth, words):
    vectors = {1: (1, 0), 2: (1, 0), 3: (1, 0)}
    found = weighed([(3, 1.0)], [(1, 0.9), (2, 0.3)], vectors, depth=depth)
    assert found.words.tolist() == [0.9, 0.3, words]


def test_what_says_the_same_as_the_best_rises():
    # 5 and 6 are alike to the question and share as many words; 5 looks like the best one.
    near, far = (0.8, 0.6), (0.8, -0.6)
    found = weighed([(9, 1.0), (5, 0.8), (6, 0.8)], [(9, 0.9)], {9: (0.9, 0.436), 5: near, 6: far})
    assert [row for row, _ in found.ranked()] == [9, 5, 6]


def test_a_tie_goes_to_the_smaller_row():
    found = weighed([(7, 1.0), (3, 1.0)], [], {7: (1, 0), 3: (1, 0)})
    assert [row for row, _ in found.ranked()] == [3, 7]


def test_nothing_found_is_nothing():
    assert weighed([], [], {}).ranked() == []
