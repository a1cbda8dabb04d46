"""The signal for silence: a chance, and none where nothing can be said."""

from __future__ import annotations

import numpy as np
import pytest

from medrag.retrieval.answerable import INTERCEPT, WEIGHTS, answerable, signs
from medrag.retrieval.candidates import Candidates


def made(scores, words) -> Candidates:
    count = len(scores)
    return Candidates(
        rows=np.arange(count),
        cosines=np.array(scores, dtype=float),
        words=np.array(words, dtype=float),
        scores=np.array(scores, dtype=float),
        dense_ranks=np.ones(count, dtype=np.int64),
        lexical_ranks=np.ones(count, dtype=np.int64),
    )


def test_signs_by_hand():
    found = made([0.2, 0.9, 0.1], [0.3, 0.6, 0.0])
    assert signs(found) == pytest.approx((0.9, 0.3))
    twelve = made([0.5] * 12, [0.0, 0.0, *[0.4] * 10])
    assert signs(twelve).shared == pytest.approx(0.4)


def test_the_chance_by_hand():
    logit = INTERCEPT + WEIGHTS.best * 0.7 + WEIGHTS.shared * 0.5
    chance = answerable(made([0.7], [0.5]), "minilm")
    assert chance == pytest.approx(1 / (1 + np.exp(-logit)))


def test_a_better_best_raises_the_chance_and_many_that_share_as_much_lower_it():
    few, many = made([0.8, 0.1], [0.8, 0.1]), made([0.8, 0.1], [0.8, 0.8])
    worse = made([0.5, 0.1], [0.8, 0.1])
    chances = [answerable(found, "minilm") for found in (few, many, worse)]
    assert chances[0] == max(chances)


def test_nothing_found_answers_nothing():
    assert answerable(made([], []), "minilm") == 0.0


def test_there_is_no_estimate_for_an_embedder_that_it_was_not_fitted_for():
    assert answerable(made([0.7], [0.5]), "another") is None
