"""An index folder whose vectors are searched in a LlamaIndex vector store."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import numpy as np
from llama_index.core.schema import TextNode
from llama_index.core.vector_stores.types import VectorStoreQuery
from numpy.typing import NDArray

from medrag.index.llama_index.settings import VectorsFile, failed
from medrag.index.probing import probes
from medrag.index.store import Store
from medrag.index.vectors import Mask, Rows, Vectors, best, nothing

_SPARE = 64
_LEAST_SHARE = 0.05
_MOST_ROWS = 2_000
_BATCH = 1024
_NEAREST = 10


class OutsideStore(Store):
    """A `Store` whose nearest vectors another engine proposes.

    Whatever the engine scores by, proposals are compared again with the stored vectors, so scores
    are cosines. Filters need nothing of it: more is proposed, and where too little of it is
    allowed the folder's own vectors are searched. Words and editions are the folder's.

    Attributes:
        engine: The LlamaIndex vector store.
        settings: Where it comes from.
    """

    engine: Any
    settings: VectorsFile

    def dense(
        self, queries: Vectors, k: int, *, allowed: Mask | None = None
    ) -> tuple[Vectors, Rows]:
        """Return the nearest rows; see `core.protocols.VectorIndex.search`.

        Raises:
            ValueError: The queries are not of shape (n, dim).
            BackendError: The vector store failed.
        """
        count = len(self) if allowed is None else int(np.count_nonzero(allowed))
        kept = min(k, count)
        most = int(kept * len(self) / count * 1.5) + _SPARE if count else 0
        if kept <= 0 or count < _LEAST_SHARE * len(self) or most > _MOST_ROWS:
            return super().dense(queries, k, allowed=allowed)
        if queries.ndim != 2 or queries.shape[1] != self.manifest.recipe.dim:
            return super().dense(queries, k, allowed=allowed)  # which refuses it
        found = [self._one(query, kept, most, allowed) for query in queries]
        if not found:
            return nothing(0)
        return np.concatenate([s for s, _ in found]), np.concatenate([r for _, r in found])

    def _one(self, query: Vectors, k: int, most: int, allowed: Mask | None) -> tuple[Vectors, Rows]:
        rows = proposed(self.engine, self.settings, query, min(most, len(self)))
        rows = rows[(rows >= 0) & (rows < len(self))]
        rows = np.unique(rows if allowed is None else rows[allowed[rows]])
        if len(rows) < k:
            return super().dense(query[None], k, allowed=allowed)
        scores = (self.vectors(rows.tolist()) @ query.astype(np.float32))[None]
        return best(scores, rows[None], k)


def proposed(engine: Any, settings: VectorsFile, query: Vectors, most: int) -> NDArray[np.int64]:
    """Return the rows that a vector store proposes, at most `most`.

    Raises:
        BackendError: It failed.
    """
    asked = VectorStoreQuery(query_embedding=query.tolist(), similarity_top_k=most)
    try:
        found = engine.query(asked)
        names = found.ids if found.ids is not None else [n.node_id for n in found.nodes or ()]
        return np.array([row_of(name) for name in names], dtype=np.int64)
    except Exception as error:  # noqa: BLE001 - every store has its own
        raise failed(settings, "be searched", error) from None


def fill(store: OutsideStore) -> None:
    """Send every vector of a store to its engine.

    No text is sent: a node holds its row as its id, and its passage's id.

    Raises:
        BackendError: The engine failed.
    """
    for nodes in _nodes(store):
        _add(store, nodes)


def _add(store: OutsideStore, nodes: list[TextNode]) -> None:
    try:
        store.engine.add(nodes)
    except Exception as error:  # noqa: BLE001 - every store has its own
        raise failed(store.settings, "be filled", error) from None


def recall_of(store: OutsideStore) -> float:
    """Return the share of the folder's ten nearest that the engine finds, in [0, 1]."""
    if not len(store):
        return 1.0
    questions = probes(store)
    true = Store.dense(store, questions, _NEAREST)[0]
    found = store.dense(questions, _NEAREST)[0]
    return float(np.mean(found >= true[:, -1:] - np.float32(1e-5)))


def name_of(row: int) -> str:
    """Return the id of a row's node: a UUID, which every store takes."""
    return str(UUID(int=row))


def row_of(name: str) -> int:
    """Return the row of a node's id; a store that knows positions only gives those."""
    return int(name) if name.isdecimal() else UUID(name).int


def _nodes(store: Store) -> Iterator[list[TextNode]]:
    for start in range(0, len(store), _BATCH):
        rows = range(start, min(start + _BATCH, len(store)))
        yield [
            TextNode(id_=name_of(row), text=store.passage(row).id, embedding=vector.tolist())
            for row, vector in zip(rows, store.vectors(rows), strict=True)
        ]
