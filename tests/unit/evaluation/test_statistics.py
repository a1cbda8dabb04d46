"""Intervals, paired tests and their correction, beside values worked out by hand or by scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from medrag.evaluation.statistics import Draws, holm, interval, paired, ratio


def each(*values):
    return [np.array([[float(value), 1.0]]) for value in values]


def middle(rows):
    return float(np.median(rows[:, 0]))


def test_a_share_is_pooled_and_undefined_without_anything_to_share():
    assert ratio(np.array([[1.0, 2.0], [0.0, 2.0]])) == 0.25
    assert ratio(np.zeros((3, 2))) is None
    assert ratio(np.zeros((0, 2))) is None


def test_an_interval_is_that_of_scipy():
    values = np.random.default_rng(3).random(200)
    own = interval(each(*values))
    theirs = stats.bootstrap(
        (values,), np.mean, method="percentile", n_resamples=5000, random_state=1
    ).confidence_interval
    assert own.low == pytest.approx(theirs.low, abs=0.005)
    assert own.high == pytest.approx(theirs.high, abs=0.005)


def test_an_interval_of_another_figure_is_that_of_scipy_too():
    values = np.random.default_rng(4).random(150)
    own = interval(each(*values), middle)
    theirs = stats.bootstrap(
        (values,), np.median, method="percentile", n_resamples=2000, random_state=1
    ).confidence_interval
    assert own == pytest.approx(theirs, abs=0.02)


def test_the_same_rows_have_the_same_interval_and_another_seed_a_near_one():
    rows = each(*np.random.default_rng(5).random(50))
    assert interval(rows) == interval(rows)
    assert interval(rows) != interval(rows, draws=Draws(seed=1))
    assert interval(rows) == pytest.approx(interval(rows, draws=Draws(seed=1)), abs=0.03)


def test_one_question_has_no_interval():
    assert interval(each(0.5)) is None
    assert interval([]) is None


def test_repeats_of_a_question_are_drawn_together():
    apart = each(*([0.0] * 10 + [1.0] * 10))
    together = [np.array([[value, 1.0]] * 10) for value in (0.0, 1.0)]
    wide, narrow = interval(together), interval(apart)
    assert (wide.low, wide.high) == (0.0, 1.0)
    assert narrow.low > 0.2


def test_a_paired_test_is_that_of_scipy():
    generator = np.random.default_rng(6)
    first = generator.random(80)
    second = first + generator.normal(0.02, 0.1, 80)
    own = paired(each(*first), each(*second), draws=Draws(resamples=5000))
    theirs = stats.permutation_test(
        (second, first),
        lambda x, y, axis: np.mean(x - y, axis=axis),
        permutation_type="samples",
        n_resamples=5000,
        vectorized=True,
        random_state=0,
    )
    assert own.difference == pytest.approx(theirs.statistic)
    assert own.p == pytest.approx(theirs.pvalue, abs=0.03)
    assert own.low < own.difference < own.high


@pytest.mark.parametrize("combine", [ratio, middle])
def test_runs_that_are_alike_do_not_differ(combine):
    rows = each(0.1, 0.4, 0.9)
    same = paired(rows, rows, combine)
    assert (same.difference, same.low, same.high, same.p) == (0.0, 0.0, 0.0, 1.0)


@pytest.mark.parametrize("combine", [ratio, middle])
def test_a_difference_in_every_question_is_significant(combine):
    low, high = [i / 100 for i in range(30)], [i / 100 + 0.5 for i in range(30)]
    test = paired(each(*low), each(*high), combine)
    assert test.p < 0.001
    assert test.difference == pytest.approx(0.5)
    assert test.low > 0.3


def test_runs_of_other_lengths_cannot_be_paired_and_undefined_ones_have_no_test():
    with pytest.raises(ValueError, match="same questions"):
        paired(each(1), each(1, 2))
    assert paired([], []) is None
    assert paired([np.zeros((1, 2))], each(1.0)) is None


def test_holm_multiplies_by_how_many_are_left_and_never_falls():
    assert holm([0.01, 0.04, 0.03, 0.5]) == pytest.approx([0.04, 0.09, 0.09, 0.5])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []
