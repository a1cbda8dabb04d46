"""Fast search in two steps: an approximate index proposes, exact inner products decide."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from medrag.index.disk import write_durably
from medrag.index.flat import FlatIndex
from medrag.index.records import to_bytes
from medrag.index.vectors import Mask, Rows, SearchableVectors, Vectors, best, nothing

Propose = Callable[[Vectors, int, "Mask | None"], Rows]
"""Gives (queries, wanted, allowed) -> candidate rows, shape (len(queries), wanted), -1 for none.

It may ignore `allowed`; what is not allowed is dropped afterwards.
"""

TARGET = 0.995
"""Share of the true ten nearest that settings are chosen for."""

_EXACT_SHARE = 0.05
_EXACT_ROWS = 10_000
"""So few allowed rows are compared one by one: exact, and faster than proposing."""

_GATHERED_ROWS = 1 << 16
_QUESTIONS = 200


class Rescored:
    """A vector index whose candidates are compared exactly with the stored vectors.

    A filter widens the proposal by the share of rows that it lets through. Where few rows are
    allowed, or the proposal holds too few of them, every allowed row is compared, so a filter
    never costs a hit.

    Args:
        exact: The stored vectors.
        propose: Gives candidates.
        candidates: How many are compared for one question without a filter.
    """

    def __init__(self, exact: FlatIndex, propose: Propose, *, candidates: int) -> None:
        self._exact = exact
        self._propose = propose
        self._candidates = candidates

    def __len__(self) -> int:
        return len(self._exact)

    def search(
        self, queries: Vectors, k: int, *, allowed: Mask | None = None
    ) -> tuple[Vectors, Rows]:
        """Return the k nearest; see `core.protocols.VectorIndex.search`."""
        count = len(self) if allowed is None else int(np.count_nonzero(allowed))
        k = min(k, count)
        if k <= 0 or not len(queries):
            return nothing(len(queries))
        needed = max(self._candidates, 4 * k)
        wanted = needed * len(self) // count
        if count <= max(_EXACT_ROWS, _EXACT_SHARE * len(self)) or 4 * wanted > len(self):
            return self._exact.search(queries, k, allowed=allowed)
        step = max(1, _GATHERED_ROWS // wanted)
        found = [
            self._block(queries[start : start + step], k, wanted, allowed)
            for start in range(0, len(queries), step)
        ]
        return np.concatenate([s for s, _ in found]), np.concatenate([r for _, r in found])

    def _block(
        self, queries: Vectors, k: int, wanted: int, allowed: Mask | None
    ) -> tuple[Vectors, Rows]:
        rows = self._propose(queries, wanted, allowed)
        if allowed is not None:
            rows = np.where(allowed[rows] & (rows >= 0), rows, -1)
        enough = np.count_nonzero(rows >= 0, axis=1) >= max(k, self._candidates // 2)
        scores, rows = self._rescore(queries, rows, k)
        if not enough.all():
            short = ~enough
            scores[short], rows[short] = self._exact.search(queries[short], k, allowed=allowed)
        return scores, rows

    def _rescore(self, queries: Vectors, rows: Rows, k: int) -> tuple[Vectors, Rows]:
        if (kept := np.count_nonzero(rows >= 0, axis=1).max(initial=0)) < rows.shape[1]:
            order = np.argsort(rows < 0, axis=1, kind="stable")[:, : max(kept, k)]
            rows = np.take_along_axis(rows, order, axis=1)
        gathered = self._exact.vectors[np.maximum(rows, 0)].astype(np.float32)
        scores = np.einsum("qd,qcd->qc", queries, gathered)
        return best(np.where(rows < 0, -np.inf, scores).astype(np.float32), rows, k)


def near_questions(exact: FlatIndex) -> Vectors:
    """Return up to 200 unit vectors near the stored ones, from a fixed seed.

    Each is a stored vector moved towards another one by half of it: near the data, as real
    questions are, and never a stored vector itself.
    """
    chance = np.random.default_rng(0)
    pairs = chance.integers(0, len(exact), size=(2, _QUESTIONS))
    moved = exact.vectors[pairs[0]].astype(np.float32)
    moved += 0.5 * exact.vectors[pairs[1]].astype(np.float32)
    norms = np.linalg.norm(moved, axis=1, keepdims=True)
    unit: Vectors = moved / np.maximum(norms, np.float32(1e-12))
    return unit


def measured_recall(index: SearchableVectors, exact: FlatIndex) -> float:
    """Return the share of the true ten nearest that `index` finds, in [0, 1].

    The smaller of two shares: among all rows, and among a quarter of them drawn by chance, of
    which the ten nearest lie further away. A row counts as found when its score reaches that of
    the true tenth: equal vectors are equally good answers.
    """
    if not len(exact):
        return 1.0
    questions = near_questions(exact)
    quarter = np.random.default_rng(1).random(len(exact)) < 0.25
    shares = []
    for allowed in (None, quarter) if quarter.any() else (None,):
        true, _ = exact.search(questions, 10, allowed=allowed)
        found, _ = index.search(questions, 10, allowed=allowed)
        shares.append(float(np.mean(found >= true[:, -1:] - np.float32(1e-6))))
    return min(shares)


def tuned(
    exact: FlatIndex, settings: Iterable[int], opened: Callable[[int], SearchableVectors]
) -> tuple[int, float]:
    """Return the first of `settings` that reaches `TARGET`, and its recall.

    Where none does, the last one.
    """
    setting, recall = 0, 0.0
    for setting in settings:
        recall = measured_recall(opened(setting), exact)
        if recall >= TARGET:
            break
    return setting, recall


def write_settings(path: Path, **settings: int) -> None:
    """Write what `build` has chosen, for `open` to read."""
    write_durably(path, to_bytes(settings))


def read_settings(path: Path) -> dict[str, int]:
    """Return what `write_settings` was given."""
    settings: dict[str, int] = json.loads(path.read_bytes())
    return settings
