"""The default retriever: a question understood, searched by meaning and by words, and ranked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from medrag.core.protocols import Embedder, PassageIndex, Reranker
from medrag.core.query import Filters, Hit, Query, RetrievalSettings
from medrag.core.understanding import ExplainedHit, Explanation, HitScores, UnderstoodQuery
from medrag.retrieval.answerable import answerable
from medrag.retrieval.candidates import Candidates, Ranking, union, weigh
from medrag.retrieval.reranking import reranked
from medrag.retrieval.selection import Placed, Selection
from medrag.retrieval.understanding import understand

if TYPE_CHECKING:
    from medrag.core.protocols import Allowed, Vectors

_WORD = re.compile(r"\w(?:\S*\w)?|\S*\w")
_BLOCK = 256
"""Questions that are searched together."""
_READ_AT_LEAST = 30
"""Passages that are read where headings count."""


class HybridRetriever:
    """Finds passages by meaning and by words.

    Args:
        index: An opened index.
        embedder: The embedder that the index was built with.
        settings: How questions are understood, and how many passages a reranker reads.
        reranker: Reads the best passages again; None for none.
        candidates: Hits taken from each of the two searches, from 1.
    """

    def __init__(
        self,
        index: PassageIndex,
        embedder: Embedder,
        *,
        settings: RetrievalSettings | None = None,
        reranker: Reranker | None = None,
        candidates: int = 100,
    ) -> None:
        self._index = index
        self._embedder = embedder
        self._settings = settings or RetrievalSettings()
        self._reranker = reranker
        self._candidates = candidates

    def retrieve(self, query: Query, k: int) -> list[Hit]:
        """Return at most k hits, best first, ranks from 1; no passage twice.

        The filters of the query apply before ranking. Of passages that say the same only the
        best stays. A blank question has no hits.
        """
        if k < 1 or not query.text.strip():
            return []
        understood = self._understand(query)
        found = self._search(understood, query.filters, k)
        return [placed.hit for placed in self._best(found, understood, query.filters, k)]

    def candidates(self, query: Query, k: int = 10) -> Candidates:
        """Return what both searches found for k hits, weighed, before headings and reranking."""
        return self._search(self._understand(query), query.filters, k)

    def explain(self, query: Query, k: int) -> Explanation:
        """Return the hits of `retrieve` with how the question was read and what ranked each."""
        understood = self._understand(query)
        if k < 1 or not query.text.strip():
            return Explanation(understood=understood, hits=())
        found = self._search(understood, query.filters, k)
        best = self._best(found, understood, query.filters, k)
        hits = tuple(
            ExplainedHit(hit=placed.hit, scores=self._scores(placed, found, understood))
            for placed in best
        )
        chance = answerable(found, self._embedder.name)
        return Explanation(understood=understood, hits=hits, answerable=chance)

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
                asked = [Query(text=text, filters=filters) for text in questions[start:][:_BLOCK]]
                block = [self._understand(query) for query in asked]
                words = pool.map(self._look_up(depth, allowed), block)
                vectors = self._embedder.embed_queries([item.dense_text for item in block])
                scores, rows = self._index.dense(vectors, depth, allowed=allowed)
                for n, (understood, lexical) in enumerate(zip(block, words, strict=True)):
                    if k < 1 or not understood.question.strip():
                        yield []
                        continue
                    dense = list(zip(rows[n].tolist(), scores[n].tolist(), strict=True))
                    found = self._weighed(vectors[n], dense, lexical, depth)
                    yield [placed.hit for placed in self._best(found, understood, filters, k)]

    def _understand(self, query: Query) -> UnderstoodQuery:
        return understand(query, self._settings, stands=self._stands)

    def _stands(self, word: str) -> bool:
        return any(self._index.frequencies(self._index.terms(word)))

    def _look_up(
        self, depth: int, allowed: Allowed | None
    ) -> Callable[[UnderstoodQuery], list[tuple[int, float]]]:
        def look_up(understood: UnderstoodQuery) -> list[tuple[int, float]]:
            return self._index.lexical(
                understood.question, depth, allowed=allowed, added=understood.added
            )

        return look_up

    def _search(self, understood: UnderstoodQuery, filters: Filters, k: int) -> Candidates:
        depth = max(k, self._candidates)
        allowed = self._index.select(filters)
        # Both searches and the embedder work outside the interpreter's lock, so the words are
        # looked up while the question is embedded. No thread outlives the call, nor a fork.
        with ThreadPoolExecutor(1) as pool:
            words = pool.submit(self._look_up(depth, allowed), understood)
            vectors = self._embedder.embed_queries([understood.dense_text])
            scores, rows = self._index.dense(vectors, depth, allowed=allowed)
        dense = list(zip(rows[0].tolist(), scores[0].tolist(), strict=True))
        return self._weighed(vectors[0], dense, words.result(), depth)

    def _weighed(
        self,
        question: Vectors,
        dense: Ranking,
        lexical: Ranking,
        depth: int,
    ) -> Candidates:
        rows = union(dense, lexical)
        vectors = self._index.vectors(rows.tolist())
        return weigh(rows, vectors, question, dense=dense, lexical=lexical, depth=depth)

    def _best(
        self, found: Candidates, understood: UnderstoodQuery, filters: Filters, k: int
    ) -> list[Placed]:
        """Return the k best that say different things, ranked from 1."""
        reranker, depth = self._reranker, self._settings.rerank_depth
        if reranker is None:
            return self._selected(found, understood, filters, k)
        selected = self._selected(found, understood, filters, max(k, depth))
        return reranked(selected, understood.question, reranker, depth=depth)[:k]

    def _selected(
        self, found: Candidates, understood: UnderstoodQuery, filters: Filters, size: int
    ) -> list[Placed]:
        ranked = found.ranked()
        first = max(2 * size, _READ_AT_LEAST if understood.headings else 0)
        selection = Selection(size)
        selection.offer(self._by_headings(self._read(ranked[:first], filters), found, understood))
        # More is read only where many were alike; a bonus is never below 0, so what comes
        # later cannot belong before what was read.
        for start in range(first, len(ranked), first):
            if selection.complete:
                break
            selection.offer(self._read(ranked[start : start + first], filters))
        return selection.result()

    def _read(self, ranked: Ranking, filters: Filters) -> list[Placed]:
        hits = self._index.hits(ranked, retriever="hybrid", as_of=filters.as_of)
        return [Placed(row, hit, score) for (row, score), hit in zip(ranked, hits, strict=True)]

    def _by_headings(
        self, read: list[Placed], found: Candidates, understood: UnderstoodQuery
    ) -> list[Placed]:
        """Return what was read, with the bonus of its headings in the score."""
        if not understood.headings or not read:
            return read
        spread = float(found.scores.std())
        placed = []
        for item in read:
            share, kind = understood.prior(item.hit.passage.section)
            bonus = share * spread
            placed.append(replace(item, score=item.score + bonus, bonus=bonus, kind=kind))
        return placed

    def _scores(self, placed: Placed, found: Candidates, understood: UnderstoodQuery) -> HitScores:
        at = int(np.searchsorted(found.rows, placed.row))
        passage, source = placed.hit.passage, placed.hit.source
        held = set(self._index.terms(" ".join((source.title, *passage.section, passage.text))))
        lexical = int(found.lexical_ranks[at])
        return HitScores(
            dense=float(found.cosines[at]),
            dense_rank=int(found.dense_ranks[at]) or None,
            lexical=float(found.words[at]) if lexical else None,
            lexical_rank=lexical or None,
            fused=float(found.scores[at]),
            prior=placed.bonus,
            prior_kind=placed.kind,
            rerank=placed.rerank,
            matched=self._held(_WORD.findall(understood.question), held),
            matched_added=self._held([more.text for more in understood.added], held),
        )

    def _held(self, phrases: Sequence[str], held: set[str]) -> tuple[str, ...]:
        """Return those phrases of which every word is held, none twice."""
        terms = {phrase: self._index.terms(phrase) for phrase in phrases}
        return tuple(phrase for phrase, words in terms.items() if words and held.issuperset(words))
