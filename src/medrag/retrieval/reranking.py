"""Hits in another order: what a reranker is given, and what becomes of its scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import isfinite

from medrag.core.protocols import Reranker
from medrag.core.query import Hit
from medrag.errors import BackendError
from medrag.retrieval.selection import Placed

_ABOVE = 2.0
"""Added to a reranker's score, so that what it read stands before what it did not."""


def shown(hit: Hit) -> str:
    """Return what a reranker reads of a hit: title and headings, then the passage."""
    return f"{' > '.join((hit.source.title, *hit.passage.section))}\n{hit.passage.text}"


def reranked(
    placed: Sequence[Placed], question: str, reranker: Reranker, *, depth: int
) -> list[Placed]:
    """Return the hits with the first `depth` in the reranker's order, ranks from 1.

    Hits of equal score keep their order. What the reranker did not read keeps its own, after it.

    Raises:
        BackendError: The reranker failed, or did not give one finite score for each hit.
    """
    first, rest = placed[:depth], placed[depth:]
    scores = reranker.rerank(question, [item.hit for item in first])
    if len(scores) != len(first) or not all(map(isfinite, scores)):
        raise BackendError(
            f"{reranker.name}: gave {len(scores)} scores for {len(first)} passages; expected one "
            "finite number for each. Check the reranker."
        )
    pairs = sorted(zip(scores, first, strict=True), key=lambda pair: -pair[0])
    read = [replace(item, score=_ABOVE + score, rerank=score) for score, item in pairs]
    return [
        replace(item, hit=_moved(item, rank, reranker.name))
        for rank, item in enumerate((*read, *rest), start=1)
    ]


def _moved(item: Placed, rank: int, name: str) -> Hit:
    change: dict[str, object] = {"rank": rank, "score": item.score}
    if item.rerank is not None:
        change["retriever"] = name
    return item.hit.model_copy(update=change)
