"""The passages that either search found, and one score for each.

The weights and what else was measured stand in ADR 0160.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ranking = Sequence[tuple[int, float]]
"""Pairs (row, score), best first; no row twice."""

MEANING, WORDS, LIKENESS = 0.4, 0.4, 0.2
"""Shares of the cosine, of the words, and of the likeness to the best."""

_BEST = 3
_SHARPNESS = 20.0
"""How much more the first of the best counts than one that scores less: by a factor of
`exp(_SHARPNESS * difference)`."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """What two searches say of the passages that either of them found.

    Attributes:
        rows: Ascending, none twice, shape (n,).
        cosines: Cosine of question and passage, shape (n,).
        words: Share of the words asked that the passage holds, shape (n,); of a passage that
            the lexical search did not return, the most that it can have.
        scores: Everything together, higher is better, shape (n,).
        dense_ranks, lexical_ranks: From 1; 0 where that search did not find the row.
    """

    rows: NDArray[np.int64]
    cosines: NDArray[np.float64]
    words: NDArray[np.float64]
    scores: NDArray[np.float64]
    dense_ranks: NDArray[np.int64]
    lexical_ranks: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.rows)

    def ranked(self) -> list[tuple[int, float]]:
        """Return (row, score), best first; ties go to the smaller row."""
        order = np.lexsort((self.rows, -self.scores))
        return list(zip(self.rows[order].tolist(), self.scores[order].tolist(), strict=True))


def union(dense: Ranking, lexical: Ranking) -> NDArray[np.int64]:
    """Return the rows of two rankings, ascending, none twice."""
    found = [row for row, _ in dense] + [row for row, _ in lexical]
    return np.unique(np.array(found, dtype=np.int64))


def weigh(
    rows: NDArray[np.int64],
    vectors: NDArray[np.float32],
    question: NDArray[np.float32],
    *,
    dense: Ranking,
    lexical: Ranking,
    depth: int,
) -> Candidates:
    """Return the rows with one score each: by meaning, by words, by likeness to the best.

    Cosine and share of words are on scales that do not move with the question, so what is far
    from the question in both stays low, and neither search is stretched where it found nothing.
    The likeness is the cosine with the mean of the three passages that are best by the other
    two (pseudo relevance feedback among the candidates, no second search): a passage that says
    what the best ones say rises above one that merely shares words.

    Args:
        rows: What `union` returns for the two rankings.
        vectors: Of the rows, in their order, shape (n, dim).
        question: The question's vector, shape (dim,).
        dense: Rows by cosine.
        lexical: Rows by share of words; see `core.protocols.LexicalIndex`.
        depth: The length at which both searches cut their rankings.

    Source:
        Convex combination: Bruch, Gai and Ingber, ACM TOIS 2023, doi:10.1145/3596512.
        Feedback: Rocchio, in The SMART Retrieval System, 1971, chapter 14.
    """
    cosines = (vectors @ question).astype(np.float64)
    shares = dict(lexical)
    least = lexical[-1][1] if lexical and len(lexical) >= depth else 0.0
    words = np.array([shares.get(row, least) for row in rows.tolist()], dtype=np.float64)
    scores = MEANING * cosines + WORDS * words
    if len(rows):
        best = np.lexsort((rows, -scores))[:_BEST]
        weights = np.exp(_SHARPNESS * (scores[best] - scores[best[0]]))
        middle = weights @ vectors[best]
        scores = scores + LIKENESS * (vectors @ middle) / max(float(np.linalg.norm(middle)), 1e-9)
    return Candidates(
        rows=rows,
        cosines=cosines,
        words=words,
        scores=scores,
        dense_ranks=_ranks(rows, dense),
        lexical_ranks=_ranks(rows, lexical),
    )


def _ranks(rows: NDArray[np.int64], ranking: Ranking) -> NDArray[np.int64]:
    places = {row: place for place, (row, _) in enumerate(ranking, start=1)}
    return np.array([places.get(row, 0) for row in rows.tolist()], dtype=np.int64)
