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
from medrag.cores import cores
from medrag.retrieval.answerable import answerable
from medrag.retrieval.apparatus import BEHIND, is_apparatus, is_asked
from medrag.retrieval.candidates import Candidates, Ranking, union, weigh
from medrag.retrieval.reranking import reranked
from medrag.retrieval.sameness import ingredients
from medrag.retrieval.selection import Placed, Selection
from medrag.retrieval.understanding import understand

if TYPE_CHECKING:
    from medrag.core.protocols import Allowed, Vectors

_WORD = re.compile(r"\w(?:\S*\w)?|\S*\w")
_BLOCK = 256
"""Questions that are searched together."""
_READ_AT_LEAST = 30
"""Passages that are read where headings count."""

_DEEPER = 3
"""Passages that are ranked for each document wanted, at first."""


def prepare() -> None:
    """Read the tables that the first question would otherwise wait for, once for all retrievers."""
    understand(Query(text=""), RetrievalSettings())
    ingredients()


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

    def retrieve_documents(
        self, questions: Sequence[str], k: int, *, filters: Filters
    ) -> Iterator[list[Hit]]:
        """Yield for each question the best hits of at most k different documents, best first.

        A document stands where its best passage does. Each question gets what it would get
        alone; questions are embedded, compared and looked up a block at a time, on the cores
        that `medrag.cores` gives.
        """
        for start in range(0, len(questions), _BLOCK):
            asked = [Query(text=text, filters=filters) for text in questions[start:][:_BLOCK]]
            if k < 1:
                yield from ([] for _ in asked)
                continue
            block = [self._understand(query) for query in asked]
            searched = self._search_many(block, filters, _DEEPER * k)
            for understood, found in zip(block, searched, strict=True):
                blank = not understood.question.strip()
                yield [] if blank else self._documents(found, understood, filters, k)

    def _documents(
        self, found: Candidates, understood: UnderstoodQuery, filters: Filters, k: int
    ) -> list[Hit]:
        """Return the best hit of each of k documents; search deeper where `found` has fewer."""
        depth = _DEEPER * k
        while True:
            best: dict[str, Hit] = {}
            for placed in self._best(found, understood, filters, k, by_document=True):
                best.setdefault(placed.hit.passage.document_id, placed.hit)
            everything = np.count_nonzero(found.dense_ranks) < max(depth, self._candidates)
            if len(best) >= k or everything:
                return list(best.values())[:k]
            depth *= 2
            found = self._search(understood, filters, depth)

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
        (found,) = self._search_many([understood], filters, k)
        return found

    def _search_many(
        self, block: Sequence[UnderstoodQuery], filters: Filters, k: int
    ) -> Iterator[Candidates]:
        depth = max(k, self._candidates)
        allowed = self._index.select(filters)
        look_up = self._look_up(depth, allowed)
        if self._index.quick and len(block) == 1:
            words = [look_up(block[0])]
            vectors, dense = self._compared(block, depth, allowed)
        else:
            # Both searches and the embedder work outside the interpreter's lock, so the words
            # are looked up while questions are embedded. No thread outlives this, nor a fork.
            with ThreadPoolExecutor(min(len(block), cores())) as pool:
                looked_up = pool.map(look_up, block)
                vectors, dense = self._compared(block, depth, allowed)
            words = list(looked_up)
        for question, near, lexical in zip(vectors, dense, words, strict=True):
            yield self._weighed(question, near, lexical, depth)

    def _compared(
        self, block: Sequence[UnderstoodQuery], depth: int, allowed: Allowed | None
    ) -> tuple[Vectors, list[Ranking]]:
        """Return the questions' vectors, and the rows next to each."""
        vectors = self._embedder.embed_queries([item.dense_text for item in block])
        scores, rows = self._index.dense(vectors, depth, allowed=allowed)
        pairs = zip(rows.tolist(), scores.tolist(), strict=True)
        return vectors, [list(zip(*pair, strict=True)) for pair in pairs]

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
        self,
        found: Candidates,
        understood: UnderstoodQuery,
        filters: Filters,
        k: int,
        *,
        by_document: bool = False,
    ) -> list[Placed]:
        """Return the k best that say different things, ranked from 1.

        Where `by_document`, as many as it takes for k documents.
        """
        reranker, depth = self._reranker, self._settings.rerank_depth
        wanted, documents = (0, k) if by_document else (k, 0)
        size = max(wanted, depth) if reranker is not None else wanted
        selection = Selection(size, documents=documents)
        first = 2 * max(size, _DEEPER * documents)
        for some in self._offers(found, understood, filters, first):
            selection.offer(some)
            if selection.complete:
                break
        selected = selection.result()
        if reranker is not None:
            selected = reranked(selected, understood.question, reranker, depth=depth)
        return selected if by_document else selected[:k]

    def _offers(
        self, found: Candidates, understood: UnderstoodQuery, filters: Filters, first: int
    ) -> Iterator[list[Placed]]:
        """Yield the candidates, read, `first` at a time; of the first of them headings count."""
        ranked = found.ranked()
        first = max(first, _READ_AT_LEAST if understood.headings else 0)
        held: list[Placed] = []
        # More is read only where many were alike, or stand behind. A bonus is never below 0, so
        # what comes later cannot belong before what was read, but for what was set back: that
        # waits until the next to be read scores no better.
        for start in range(0, len(ranked), first):
            read = self._set_back(self._read(ranked[start : start + first], filters), understood)
            held += read if start else self._by_headings(read, found, understood)
            rest = ranked[start + first : start + first + 1]
            ceiling = rest[0][1] if rest else float("-inf")
            yield [placed for placed in held if placed.score >= ceiling]
            held = [placed for placed in held if placed.score < ceiling]

    def _read(self, ranked: Ranking, filters: Filters) -> list[Placed]:
        hits = self._index.hits(ranked, retriever="hybrid", as_of=filters.as_of)
        return [Placed(row, hit, score) for (row, score), hit in zip(ranked, hits, strict=True)]

    def _set_back(self, read: list[Placed], understood: UnderstoodQuery) -> list[Placed]:
        """Return what was read, with less of a score where it stands around a body."""
        if not self._settings.question_kind or is_asked(understood.question):
            return read
        return [
            replace(item, score=item.score - BEHIND, bonus=-BEHIND, kind="references or contents")
            if is_apparatus(item.hit.source.title, item.hit.passage.section, item.hit.passage.text)
            else item
            for item in read
        ]

    def _by_headings(
        self, read: list[Placed], found: Candidates, understood: UnderstoodQuery
    ) -> list[Placed]:
        """Return what was read, with the bonus of its headings in the score."""
        if not understood.headings or not read:
            return read
        spread = float(found.scores.std())
        sections = {item.hit.passage.section for item in read}
        priors = {section: understood.prior(section) for section in sections}
        placed = []
        for item in read:
            share, kind = priors[item.hit.passage.section]
            bonus = share * spread
            fits = kind and not item.bonus
            more = replace(item, score=item.score + bonus, bonus=bonus, kind=kind) if fits else item
            placed.append(more)
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
