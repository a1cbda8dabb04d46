"""The default retriever: dense and lexical search over one index, fused by rank."""

from __future__ import annotations

from medrag.core.protocols import Embedder, PassageIndex
from medrag.core.query import Hit, Query
from medrag.retrieval.fusion import fuse_reciprocal_rank


class HybridRetriever:
    """Finds passages by meaning and by words, fused by reciprocal rank.

    Args:
        index: An opened index.
        embedder: The embedder that the index was built with.
        candidates: Hits taken from each of the two searches before fusion.
    """

    def __init__(self, index: PassageIndex, embedder: Embedder, *, candidates: int = 100) -> None:
        self._index = index
        self._embedder = embedder
        self._candidates = candidates

    def retrieve(self, query: Query, k: int) -> list[Hit]:
        """Return at most k hits, best first, ranks from 1; no passage twice.

        The filters of the query apply before ranking. A blank question has no hits.
        """
        if k < 1 or not query.text.strip():
            return []
        allowed = self._index.select(query.filters)
        depth = max(k, self._candidates)
        vectors = self._embedder.embed_queries([query.text])
        _, rows = self._index.dense(vectors, depth, allowed=allowed)
        words = self._index.lexical(query.text, depth, allowed=allowed)
        fused = fuse_reciprocal_rank([rows[0].tolist(), [row for row, _ in words]])
        return self._index.hits(fused[:k], retriever="rrf")
