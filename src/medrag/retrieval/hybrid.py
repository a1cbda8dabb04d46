"""The default retriever: dense and lexical search over one index, fused."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from medrag.core.protocols import Embedder, PassageIndex
from medrag.core.query import Filters, Hit, Query
from medrag.retrieval.fusion import fuse_standard_scores
from medrag.text.tags import untagged

_WORD = re.compile(r"\w+")
_BLOCK = 256
"""Questions that are searched together."""


class HybridRetriever:
    """Finds passages by meaning and by words.

    Args:
        index: An opened index.
        embedder: The embedder that the index was built with.
        candidates: Hits taken from each of the two searches before fusion, from 1.
    """

    def __init__(self, index: PassageIndex, embedder: Embedder, *, candidates: int = 100) -> None:
        self._index = index
        self._embedder = embedder
        self._candidates = candidates

    def retrieve(self, query: Query, k: int) -> list[Hit]:
        """Return at most k hits, best first, ranks from 1; no passage twice.

        The filters of the query apply before ranking. Of passages that say the same, word
        for word, only the best stays. A blank question has no hits.
        """
        if k < 1 or not query.text.strip():
            return []
        asked = untagged(query.text)
        depth = max(k, self._candidates)
        allowed = self._index.select(query.filters)
        # Both searches and the embedder work outside the interpreter's lock, so the words are
        # looked up while the question is embedded. No thread outlives the call, nor a fork.
        with ThreadPoolExecutor(1) as pool:
            words = pool.submit(self._index.lexical, asked, depth, allowed=allowed)
            vectors = self._embedder.embed_queries([asked])
            scores, rows = self._index.dense(vectors, depth, allowed=allowed)
        dense = list(zip(rows[0].tolist(), scores[0].tolist(), strict=True))
        ranked = fuse_standard_scores([dense, words.result()], depth=depth)
        return self._hits(ranked, k, query.filters)

    def retrieve_many(
        self, questions: Sequence[str], k: int, *, filters: Filters
    ) -> Iterator[list[Hit]]:
        """Yield for each question what `retrieve` returns, on all cores.

        Questions are embedded, compared and looked up a block at a time.
        """
        depth = max(k, self._candidates)
        allowed = self._index.select(filters)
        with ThreadPoolExecutor() as pool:
            for start in range(0, len(questions), _BLOCK):
                block = questions[start : start + _BLOCK]
                look_up = partial(self._index.lexical, k=depth, allowed=allowed)
                words = pool.map(look_up, block)
                scores, rows = self._index.dense(
                    self._embedder.embed_queries(block), depth, allowed=allowed
                )
                for question, lexical, found, near in zip(block, words, rows, scores, strict=True):
                    dense = list(zip(found.tolist(), near.tolist(), strict=True))
                    ranked = fuse_standard_scores([dense, lexical], depth=depth)
                    wanted = k if question.strip() else 0
                    yield self._hits(ranked, wanted, filters)

    def _hits(self, ranked: list[tuple[int, float]], k: int, filters: Filters) -> list[Hit]:
        kept: list[Hit] = []
        # Two passages for each wanted one are read first; more only where many were alike.
        for start in range(0, len(ranked), 2 * max(k, 1)):
            if len(kept) >= k:
                break
            batch = self._index.hits(
                ranked[start : start + 2 * k], retriever="hybrid", as_of=filters.as_of
            )
            kept = _distinct(kept, batch)
        return [hit.model_copy(update={"rank": n}) for n, hit in enumerate(kept[:k], start=1)]


def _distinct(kept: list[Hit], batch: list[Hit]) -> list[Hit]:
    """Return `kept` and those of `batch` that say something else, in order."""
    seen = {_said(hit) for hit in kept}
    result = list(kept)
    for hit in batch:
        if _said(hit) not in seen:
            seen.add(_said(hit))
            result.append(hit)
    return result


def _said(hit: Hit) -> tuple[bool, tuple[str, ...]]:
    """Return what two passages share when one may stand for the other.

    Case, punctuation and line breaks may differ, no word may: one word can be the drug, the
    number or the `not`. An edition in force never stands for one that is not.
    """
    return hit.in_force, tuple(_WORD.findall(hit.passage.text.casefold()))
