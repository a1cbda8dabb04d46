"""Whether what was found answers the question at all: retrieval's own signal for silence."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from medrag.retrieval.candidates import Candidates

_AROUND = 10


class Signs(NamedTuple):
    """What tells an answered question from one without an answer.

    Attributes:
        best: Score of the best candidate.
        shared: Mean share of words of the ten that share most; where many passages share as
            much as the best one does, the words are those of the field, not of the answer.
    """

    best: float
    shared: float


INTERCEPT, WEIGHTS = -7.87, Signs(best=14.21, shared=-4.31)
"""Fitted by benchmarks/answerable.py; ADR 0162 has the figures."""

_FITTED_FOR = "minilm"


def signs(found: Candidates) -> Signs:
    """Return the signs of at least one candidate."""
    return Signs(
        best=float(found.scores.max()),
        shared=float(np.sort(found.words)[-_AROUND:].mean()),
    )


def answerable(found: Candidates, embedder: str) -> float | None:
    """Return the chance in [0, 1] that one of the best ten documents answers the question.

    A logistic function of two signs. 0.0 where nothing was found at all.

    Args:
        found: The candidates of a question.
        embedder: Name of what made the vectors: cosines of another embedder lie elsewhere, so
            there is no estimate (None) but for the one that the function was fitted for.
    """
    if embedder != _FITTED_FOR:
        return None
    if not len(found):
        return 0.0
    logit = INTERCEPT + sum(w * s for w, s in zip(WEIGHTS, signs(found), strict=True))
    return 1 / (1 + math.exp(-logit))
