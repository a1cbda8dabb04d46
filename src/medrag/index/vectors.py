"""The seam between the store and the kinds of vector index, and what all kinds share."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Halves = NDArray[np.float16]
Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]

_Float = TypeVar("_Float", bound=np.floating[Any])

EXACT_FILE = "vectors.faiss"
"""The vectors of a part in half precision, as FAISS stores them."""


class VectorKind(Protocol):
    """What is registered as a `vector-index`: builds files, then opens them.

    Attributes:
        floor: Share of the true ten nearest that the kind promises to find, in [0, 1]; a
            part in which it finds fewer is not written.
    """

    floor: float

    @staticmethod
    def build(folder: Path, vectors: Halves) -> None:
        """Write the kind's own files into `folder`, which holds the exact vectors already.

        `vectors` has shape (n, dim), n >= 1, rows of L2 norm 1.
        """
        ...

    @staticmethod
    def open(folder: Path) -> SearchableVectors:
        """Return the index in `folder`, memory-mapped."""
        ...


class SearchableVectors(Protocol):
    """A `core.protocols.VectorIndex`; scores are inner products with the stored vectors."""

    def __len__(self) -> int: ...

    def search(
        self, queries: Vectors, k: int, *, allowed: Mask | None = None
    ) -> tuple[Vectors, Rows]:
        """Return what `core.protocols.VectorIndex.search` does."""
        ...


_NORM_TOLERANCE = 1e-2


_ROUNDING = 2e-6
"""Scores that differ by less are equal: they are sums in single precision, which come out a little
different by the order in which an engine, or one of several shards, adds."""


def levelled(scores: NDArray[_Float], rows: Rows) -> tuple[NDArray[_Float], Rows]:
    """Return each line best first, ties by the smaller row.

    Scores that differ by rounding only, each from the next, become the best one's of them.

    Args:
        scores: Any number of lines along the last axis; -inf is below everything.
        rows: Of the scores.
    """
    order = np.argsort(-scores, axis=-1, kind="stable")
    scores = np.take_along_axis(scores, order, axis=-1)
    rows = np.take_along_axis(rows, order, axis=-1)
    with np.errstate(invalid="ignore"):  # of two that are -inf
        falls = scores[..., :-1] - scores[..., 1:] > _ROUNDING
    level = np.zeros(scores.shape, dtype=np.int64)
    level[..., 1:] = np.where(falls, np.arange(1, scores.shape[-1]), 0)
    level = np.maximum.accumulate(level, axis=-1) if level.size else level
    order = np.lexsort((rows, level), axis=-1)
    return np.take_along_axis(scores, level, axis=-1), np.take_along_axis(rows, order, axis=-1)


def are_apart(scores: NDArray[_Float]) -> bool:
    """Return whether somewhere in a falling line the next score is lower by more than rounding."""
    return bool((scores[:-1] - scores[1:] > _ROUNDING).any())


def best(scores: Vectors, rows: Rows, k: int) -> tuple[Vectors, Rows]:
    """Return the k best columns of each line as `levelled` orders them.

    Half precision can lift the product of two unit vectors a hair above 1, which is cut.
    """
    scores, rows = levelled(scores, rows)
    return np.minimum(scores[:, :k], np.float32(1.0)), rows[:, :k]


def nothing(queries: int) -> tuple[Vectors, Rows]:
    """Return the answer of an index in which nothing is allowed: shape (queries, 0)."""
    return np.empty((queries, 0), dtype=np.float32), np.empty((queries, 0), dtype=np.int64)


def refuse_other_lengths(vectors: Vectors, count: int, dim: int) -> None:
    """Refuse what is not `count` unit vectors of `dim` numbers.

    Raises:
        ValueError: It is not.
    """
    if vectors.shape != (count, dim):
        raise ValueError(f"vectors need the shape {(count, dim)}, got {vectors.shape}")
    norms = np.linalg.norm(vectors, axis=1)
    if not np.all(np.abs(norms - 1.0) <= _NORM_TOLERANCE):
        raise ValueError(
            f"vectors need length 1, got lengths from {norms.min():.4g} to {norms.max():.4g}"
        )
