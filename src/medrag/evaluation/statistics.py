"""How sure a figure is: bootstrap intervals, paired tests and their correction.

Everything is resampled over *questions*: the repeats of one question move together, and so do the
counts that one question contributes to a pooled share. A row holds what one question contributes;
`Combine` makes the figure of the rows. All of it is seeded: the same rows give the same interval.

Sources: Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13 (percentile
intervals); Smucker, Allan and Carterette, CIKM 2007, doi:10.1145/1321440.1321528 (randomization
test for paired runs); Holm, Scand. J. Statist. 6:65-70, 1979.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float64]
"""(n, m): what each of n questions, or of their repeats, contributes."""
Combine = Callable[[Rows], float | None]
"""The figure of rows; None where they do not define it."""


class Draws(NamedTuple):
    """How often rows are drawn, and where the draws begin.

    Attributes:
        resamples: Sets of as many questions, drawn with replacement; swaps, for a paired test.
        seed: The same seed draws the same.
    """

    resamples: int = 2000
    seed: int = 0


DRAWS = Draws()
_COVERED = 0.95


class Interval(NamedTuple):
    """The middle 95 % of a resampled figure."""

    low: float
    high: float


class Paired(NamedTuple):
    """How two runs over the same questions differ in one figure.

    Attributes:
        first, second: The figure of each.
        difference: Second minus first.
        low, high: Its 95 % interval.
        p: Of the two-sided randomization test, in (0, 1]; 1 where nothing differs.
    """

    first: float
    second: float
    difference: float
    low: float
    high: float
    p: float


def ratio(rows: Rows) -> float | None:
    """Return the sum of the first column over that of the second; None where that is 0.

    With 1 in the second column it is the mean of the first: most metrics are one or the other.
    """
    total = float(rows[:, 1].sum()) if len(rows) else 0.0
    return float(rows[:, 0].sum()) / total if total else None


def interval(
    groups: Sequence[Rows], combine: Combine = ratio, draws: Draws = DRAWS
) -> Interval | None:
    """Return the bootstrap interval of a figure; None for fewer than two questions.

    Args:
        groups: For each question the rows of its repeats.
        combine: Makes the figure.
        draws: How many, and their seed.
    """
    if len(groups) < 2:
        return None
    if combine is ratio:
        drawn = _resampled(_sums(groups), draws)
        defined = drawn[drawn[:, 1] > 0]
        found = defined[:, 0] / defined[:, 1]
    else:
        picked = _picked(len(groups), draws)
        found = _figures([np.concatenate([groups[i] for i in pick]) for pick in picked], combine)
    return _middle(found)


def paired(
    first: Sequence[Rows],
    second: Sequence[Rows],
    combine: Combine = ratio,
    draws: Draws = DRAWS,
) -> Paired | None:
    """Return how the second run differs from the first; None where a figure is undefined.

    The interval is a paired bootstrap over the questions. The p-value is that of the
    randomization test: were the runs alike, either one's rows could as well be the other's, so
    those of each question are swapped at random.

    Args:
        first: For each question the rows of its repeats.
        second: The same of the other run, the questions in the same order.
        combine: Makes the figure.
        draws: How many draws and swaps, and their seed.

    Raises:
        ValueError: The runs have different numbers of questions.
    """
    if len(first) != len(second):
        raise ValueError(f"paired runs need the same questions, got {len(first)}, {len(second)}")
    one, other = _figure(first, combine), _figure(second, combine)
    if one is None or other is None:
        return None
    if combine is ratio:
        drawn, swapped = _quick(_sums(first), _sums(second), draws)
    else:
        drawn, swapped = _slow(first, second, combine, draws)
    low, high = _middle(drawn) or (other - one, other - one)
    observed = abs(other - one) - 1e-12  # swaps of nothing but ties are as far apart as it is
    p = (1 + int(np.count_nonzero(np.abs(swapped) >= observed))) / (1 + len(swapped))
    return Paired(one, other, other - one, low, high, p if observed > 0 else 1.0)


def holm(values: Sequence[float]) -> list[float]:
    """Return p-values corrected for their number, in the order given; each in [0, 1].

    The smallest is multiplied by their number, the next by one less, and so on; none becomes
    smaller than the one before it.
    """
    order = sorted(range(len(values)), key=lambda i: values[i])
    corrected = [0.0] * len(values)
    highest = 0.0
    for rank, i in enumerate(order):
        highest = max(highest, min(1.0, values[i] * (len(values) - rank)))
        corrected[i] = highest
    return corrected


def _figure(groups: Sequence[Rows], combine: Combine) -> float | None:
    return combine(np.concatenate(groups)) if groups else None


def _sums(groups: Sequence[Rows]) -> Rows:
    return np.array([rows.sum(axis=0) for rows in groups])


def _picked(count: int, draws: Draws) -> NDArray[np.int64]:
    """Return the questions of each resample, (resamples, count)."""
    return np.random.default_rng(draws.seed).integers(count, size=(draws.resamples, count))


def _swaps(count: int, draws: Draws) -> Rows:
    """Return 1 where a question's rows are swapped, else 0, (resamples, count)."""
    generator = np.random.default_rng(draws.seed + 1)
    return generator.integers(2, size=(draws.resamples, count)).astype(float)


def _resampled(sums: Rows, draws: Draws) -> Rows:
    """Return the sums over each resample, (resamples, m)."""
    found: Rows = sums[_picked(len(sums), draws)].sum(axis=1)
    return found


def _quick(first: Rows, second: Rows, draws: Draws) -> tuple[Rows, Rows]:
    """Return the differences of resampled and of swapped shares."""
    drawn = _difference(_resampled(first, draws), _resampled(second, draws))
    swap = _swaps(len(first), draws)
    stay = 1 - swap
    swapped = _difference(stay @ first + swap @ second, stay @ second + swap @ first)
    return drawn, swapped


def _difference(first: Rows, second: Rows) -> Rows:
    """Return the second share minus the first, of the (n, 2) sums that define both."""
    defined = (first[:, 1] > 0) & (second[:, 1] > 0)
    one, other = first[defined], second[defined]
    found: Rows = other[:, 0] / other[:, 1] - one[:, 0] / one[:, 1]
    return found


def _slow(
    first: Sequence[Rows], second: Sequence[Rows], combine: Combine, draws: Draws
) -> tuple[Rows, Rows]:
    """Return the same for any figure, one at a time."""
    count = len(first)
    drawn = (
        ([first[i] for i in pick], [second[i] for i in pick]) for pick in _picked(count, draws)
    )
    pairs = list(zip(first, second, strict=True))
    swapped = (
        (
            [pair[int(flip)] for pair, flip in zip(pairs, swap, strict=True)],
            [pair[1 - int(flip)] for pair, flip in zip(pairs, swap, strict=True)],
        )
        for swap in _swaps(count, draws)
    )
    return _differences(drawn, combine), _differences(swapped, combine)


def _differences(pairs: Iterable[tuple[Sequence[Rows], Sequence[Rows]]], combine: Combine) -> Rows:
    found = []
    for one, other in pairs:
        a, b = _figure(one, combine), _figure(other, combine)
        if a is not None and b is not None:
            found.append(b - a)
    return np.array(found)


def _figures(samples: Sequence[Rows], combine: Combine) -> Rows:
    return np.array([found for rows in samples if (found := combine(rows)) is not None])


def _middle(found: Rows) -> Interval | None:
    if not len(found):
        return None
    outside = (1 - _COVERED) / 2
    low, high = np.quantile(found, [outside, 1 - outside])
    return Interval(float(low), float(high))
