"""Questions by which an engine elsewhere is measured before it may answer."""

from __future__ import annotations

import numpy as np

from medrag.index.store import Store
from medrag.index.vectors import Vectors

_QUESTIONS = 50


def probes(store: Store) -> Vectors:
    """Return 50 unit vectors near stored ones, and 50 half way between two of them."""
    pairs = np.random.default_rng(0).integers(0, len(store), size=(2, 2 * _QUESTIONS))
    shares = np.repeat(np.array([0.5, 1.0], dtype=np.float32), _QUESTIONS)[:, None]
    moved = store.vectors(pairs[0].tolist()) + shares * store.vectors(pairs[1].tolist())
    norms = np.linalg.norm(moved, axis=1, keepdims=True)
    unit: Vectors = moved / np.maximum(norms, np.float32(1e-12))
    return unit
