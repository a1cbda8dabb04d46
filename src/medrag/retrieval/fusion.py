"""Several rankings to one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence


def fuse_reciprocal_rank(
    rankings: Sequence[Sequence[int]], *, c: int = 60
) -> list[tuple[int, float]]:
    """Fuse rankings of rows by reciprocal rank (RRF).

    A row scores the sum, over the rankings that hold it, of `1 / (c + rank)`, ranks from 1.
    Only ranks are used, so rankings whose scores mean different things (BM25, cosine) fuse
    safely.

    Args:
        rankings: Row numbers, best first, one list per retriever; no row twice in a list.
        c: Damping constant, above 0; larger values flatten the top of each ranking.

    Returns:
        Every row with its score, best first. Ties go to the smaller row, so the order never
        depends on the order of the rankings.

    Source:
        Cormack, Clarke and Buettcher, SIGIR 2009, doi:10.1145/1571941.1572114.
    """
    shares: defaultdict[int, list[float]] = defaultdict(list)
    for ranking in rankings:
        for rank, row in enumerate(ranking, start=1):
            shares[row].append(1 / (c + rank))
    # Sorted shares: adding floats in another order could break a tie by the last bit.
    scores = {row: sum(sorted(parts)) for row, parts in shares.items()}
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))
