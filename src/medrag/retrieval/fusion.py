"""Several rankings to one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from math import fsum, sqrt

Ranking = Sequence[tuple[int, float]]
"""Pairs (row, score), best first; no row twice."""


def fuse_standard_scores(rankings: Sequence[Ranking], *, depth: int) -> list[tuple[int, float]]:
    """Fuse rankings by the mean of their standard scores.

    Each ranking's scores are brought to mean 0 and standard deviation 1 over all rows that
    any ranking holds, then averaged with equal weight. Unlike ranks, this keeps how far the
    best stand out: where one search is sure, it decides (ADR 0070 has the measurement). A row
    that a ranking lacks counts with the least score it can have: the ranking's last score
    where the ranking was cut at `depth`, else 0 or the last score, whichever is smaller.

    Args:
        rankings: One per search; scores of one ranking are comparable with each other.
        depth: The length at which the searches cut their rankings, above 0.

    Returns:
        Every row with its score, best first. Ties go to the smaller row.

    Source:
        Distribution-based score fusion; compare Bruch, Gai and Ingber, ACM TOIS 2023,
        doi:10.1145/3596512, on convex combination against reciprocal rank.
    """
    rows = sorted({row for ranking in rankings for row, _ in ranking})
    totals = dict.fromkeys(rows, 0.0)
    for ranking in rankings:
        scores = dict(ranking)
        last = ranking[-1][1] if ranking else 0.0
        floor = last if len(ranking) >= depth else min(last, 0.0)
        column = [scores.get(row, floor) for row in rows]
        for row, score in zip(rows, _standard(column), strict=True):
            totals[row] += score / len(rankings)
    return _ordered(totals)


def _standard(column: list[float]) -> list[float]:
    """Return the scores less their mean, in standard deviations; all 0 where all are equal."""
    if not column or min(column) == max(column):
        return [0.0] * len(column)
    middle = fsum(column) / len(column)
    spread = sqrt(fsum((score - middle) ** 2 for score in column) / len(column))
    return [(score - middle) / spread for score in column] if spread else [0.0] * len(column)


def fuse_reciprocal_rank(rankings: Sequence[Ranking], *, c: int = 60) -> list[tuple[int, float]]:
    """Fuse rankings by reciprocal rank (RRF).

    A row scores the sum, over the rankings that hold it, of `1 / (c + rank)`, ranks from 1.
    Only ranks are used, so rankings whose scores mean nothing (a reranker's order, a person's)
    fuse too.

    Args:
        rankings: One per search; their scores are not read.
        c: Damping constant, above 0; larger values flatten the top of each ranking.

    Returns:
        Every row with its score, best first. Ties go to the smaller row.

    Source:
        Cormack, Clarke and Buettcher, SIGIR 2009, doi:10.1145/1571941.1572114.
    """
    shares: defaultdict[int, list[float]] = defaultdict(list)
    for ranking in rankings:
        for rank, (row, _) in enumerate(ranking, start=1):
            shares[row].append(1 / (c + rank))
    # Sorted shares: adding floats in another order could break a tie by the last bit.
    return _ordered({row: sum(sorted(parts)) for row, parts in shares.items()})


def _ordered(scores: dict[int, float]) -> list[tuple[int, float]]:
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))
