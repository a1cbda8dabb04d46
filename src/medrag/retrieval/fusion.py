"""Several rankings to one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from medrag.retrieval.candidates import Ranking


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
