"""The graph of neighbors: how far it is walked is chosen by what it then finds, and measured.

Source: Malkov and Yashunin, arXiv:1603.09320.
"""

from __future__ import annotations

import numpy as np

from medrag.errors import IndexStateError
from medrag.index.postgres.connection import Connection
from medrag.index.postgres.search import DenseSearch
from medrag.index.postgres.selection import Selected
from medrag.index.postgres.tables import Tables
from medrag.index.probing import probes
from medrag.index.store import Store
from medrag.index.vectors import Vectors

FLOOR = 0.95
"""Share of the true ten nearest that a graph must find, or the push is refused."""

_TARGET = 0.99
_DEPTHS = (100, 200, 400, 700, 1000)
"""Candidates kept while walking; 1000 is the most that pgvector allows."""

_NEAREST = 10


def tuned(connection: Connection, tables: Tables, store: Store) -> tuple[int, float]:
    """Return how far the graph is to be walked, and the recall that was measured with it.

    That is the least depth that finds 99 of 100 of the true ten nearest, else the largest. It
    counts the smaller share of two: among all rows, and among a quarter of them drawn by chance.

    Raises:
        IndexStateError: It finds less than `FLOOR` even then.
    """
    if not len(store):
        return _DEPTHS[0], 1.0
    questions, depth, recall = probes(store), 0, 0.0
    scopes = (None, _quarter(store))
    exact = DenseSearch(connection.rows, tables, rows=len(store))
    true = [_nearest(exact, questions, scope) for scope in scopes]
    for depth in _DEPTHS:
        connection.do(walk(depth))
        search = DenseSearch(connection.rows, tables, rows=len(store), depth=depth)
        found = [_nearest(search, questions, scope) for scope in scopes]
        recall = min(_share(some, best) for some, best in zip(found, true, strict=True))
        if recall >= _TARGET:
            break
    if recall < FLOOR:
        raise IndexStateError(
            f"The graph finds {recall:.1%} of the nearest, it must find {FLOOR:.0%}. "
            "The server holds what it held; push with exact vectors."
        )
    return depth, recall


def walk(depth: int) -> str:
    """Return the statement that sets how far a session walks."""
    return f"SET hnsw.iterative_scan = strict_order; SET hnsw.ef_search = {int(depth)}"


def _nearest(search: DenseSearch, questions: Vectors, scope: Selected | None) -> Vectors:
    """Return the scores of the ten nearest; one question at a time, on the one connection."""
    return np.concatenate([search.search(q[None], _NEAREST, allowed=scope)[0] for q in questions])


def _share(found: Vectors, true: Vectors) -> float:
    if not true.shape[1]:
        return 1.0
    return float(np.mean(found >= true[:, -1:] - np.float32(1e-6)))


def _quarter(store: Store) -> Selected:
    chosen = np.random.default_rng(1).random(store.manifest.documents) < 0.25
    documents = np.flatnonzero(chosen).astype(np.int32)
    bits = np.packbits(chosen, bitorder="little").tobytes()
    return Selected(documents, bits, int(np.count_nonzero(chosen[store.row_documents])))
