"""The hybrid retriever over a small index made by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from making_indexes import build, make_vector
from medrag.core.document import Document, Passage, Source
from medrag.core.query import Filters, Hit, Query, RetrievalSettings
from medrag.core.span import Span
from medrag.index import Store
from medrag.retrieval import HybridRetriever

TEXTS = (
    "Examplazine is given at 40 mg once daily.",
    "Otherazine is avoided in pregnancy.",
    "EXAMPLAZINE is given at 40 mg, once daily",
    "Examplazine is given at 80 mg once daily.",
)
END = date(2020, 1, 1)
"""The table's sources are in force before this day, and today."""

VECTORS = np.eye(4, dtype=np.float32)[[0, 1, 0, 0]]


class TableIndex:
    """Four passages; dense by a table, lexical by shared words."""

    quick = False

    def __len__(self):
        return len(TEXTS)

    def select(self, filters):
        return np.array([True, True, True, False]) if filters.specialties else None

    def dense(self, queries, k, *, allowed=None):
        scores = (VECTORS @ queries[0]).astype(np.float32)
        rows = [row for row in np.argsort(-scores, kind="stable") if self.may(row, allowed)][:k]
        return scores[rows][None, :], np.array([rows], dtype=np.int64)

    def lexical(self, text, k, *, allowed=None, added=()):
        words = set(self.terms(text))
        shared = [len(words & set(self.terms(TEXTS[row]))) for row in range(4)]
        scored = [(row, count / len(words)) for row, count in enumerate(shared)]
        found = [pair for pair in scored if pair[1] and self.may(pair[0], allowed)]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:k]

    def vectors(self, rows):
        return VECTORS[list(rows)]

    def terms(self, text):
        return text.lower().replace(".", " ").replace(",", " ").replace("?", " ").split()

    def frequencies(self, words):
        return [sum(word in self.terms(text) for text in TEXTS) for word in words]

    def may(self, row, allowed):
        return allowed is None or bool(allowed[row])

    def hits(self, ranked, *, retriever, as_of=None):
        return [
            self.hit(row, score, rank, retriever=retriever, as_of=as_of)
            for rank, (row, score) in enumerate(ranked, start=1)
        ]

    def hit(self, row, score, rank, *, retriever, as_of):
        source = Source(key=str(row), title="t", sha256="0" * 64)
        document = Document.of(TEXTS[row], source)
        passage = Passage.cut(document, Span(start=0, end=len(TEXTS[row])))
        return Hit(
            passage=passage,
            source=source,
            score=score,
            rank=rank,
            retriever=retriever,
            in_force=as_of is None or as_of < END,
        )


class TableEmbedder:
    name = "table"
    digest = "0"
    dim = 4
    max_tokens = 512

    def embed_queries(self, texts):
        return np.eye(4, dtype=np.float32)[[1 if "otherazine" in t.lower() else 0 for t in texts]]


class HashedTexts(TableEmbedder):
    def embed_queries(self, texts):
        return np.stack([make_vector(text) for text in texts])


@pytest.fixture
def retriever():
    return HybridRetriever(TableIndex(), TableEmbedder())


def ids(hits):
    return [(hit.rank, hit.passage.id) for hit in hits]


def found(hits):
    return [TEXTS.index(hit.passage.text) for hit in hits]


def test_meaning_and_words_together_decide(retriever):
    assert found(retriever.retrieve(Query(text="otherazine in pregnancy"), 1)) == [1]


def test_a_passage_that_says_the_same_is_left_out_but_another_number_never(retriever):
    hits = retriever.retrieve(Query(text="Examplazine is given at once daily."), 4)
    assert sorted(found(hits)) == [0, 1, 3]


def test_ranks_count_from_one_without_gaps(retriever):
    hits = retriever.retrieve(Query(text="Examplazine is given at once daily."), 3)
    assert [hit.rank for hit in hits] == [1, 2, 3]
    assert {hit.retriever for hit in hits} == {"hybrid"}


def test_filters_apply_before_ranking(retriever):
    query = Query(text="Examplazine is given at 80 mg", filters=Filters(specialties=("x",)))
    assert 3 not in found(retriever.retrieve(query, 4))


@pytest.mark.parametrize(("text", "k"), [("  ", 3), ("examplazine", 0)])
def test_a_blank_question_or_no_room_has_no_hits(retriever, text, k):
    assert retriever.retrieve(Query(text=text), k) == []


@pytest.mark.parametrize(("as_of", "in_force"), [(date(2019, 1, 1), True), (END, False)])
def test_in_force_is_told_for_the_day_that_was_asked_about(retriever, as_of, in_force):
    filters = Filters(as_of=as_of, include_superseded=True)
    hits = retriever.retrieve(Query(text="examplazine", filters=filters), 3)
    assert hits
    assert {hit.in_force for hit in hits} == {in_force}


def test_many_questions_are_answered_as_each_is_alone(tmp_path):
    corpus = {f"{n}.txt": (f"Drug{n}azine {n} mg\nOtherazine {n % 7} mg", {}) for n in range(40)}
    build(tmp_path / "index", corpus)
    questions = ["drug3azine", " ", *(f"otherazine {n} mg" for n in range(300))]
    with Store.open(tmp_path / "index") as store:
        retriever = HybridRetriever(store, HashedTexts())
        many = list(retriever.retrieve_documents(questions, 5, filters=Filters()))
        alone = [
            hits
            for text in questions
            for hits in retriever.retrieve_documents([text], 5, filters=Filters())
        ]
        best = retriever.retrieve(Query(text=questions[0]), 1)
    assert many == alone
    assert many[1] == []
    assert many[0][:1] == best


@pytest.mark.parametrize("search", ["dense", "lexical"])
def test_a_search_that_fails_is_not_answered_by_the_other_alone(search):
    class Broken(TableIndex):
        pass

    def fail(*_, **__):
        raise OSError(5, "the disk is gone")

    setattr(Broken, search, fail)
    with pytest.raises(OSError, match="the disk is gone"):
        HybridRetriever(Broken(), TableEmbedder()).retrieve(Query(text="examplazine"), 3)


def test_an_explanation_has_the_hits_of_the_search_and_says_why(retriever):
    query = Query(text="Is otherazine avoided in pregnancy?")
    explained = retriever.explain(query, 2)
    assert [part.hit for part in explained.hits] == retriever.retrieve(query, 2)
    first = explained.hits[0].scores
    assert (first.dense, first.dense_rank, first.lexical_rank) == (1.0, 1, 1)
    assert first.lexical == 1.0
    assert first.matched == ("Is", "otherazine", "avoided", "in", "pregnancy")
    assert first.fused == explained.hits[0].hit.score


def test_what_one_search_did_not_find_is_not_explained_by_it(retriever):
    explained = retriever.explain(Query(text="otherazine"), 4)
    last = explained.hits[-1].scores
    assert last.lexical is None
    assert last.lexical_rank is None


def test_nothing_is_explained_of_a_blank_question(retriever):
    assert retriever.explain(Query(text=" "), 3).hits == ()


class Backwards:
    name = "backwards"

    def rerank(self, question, hits):
        return [hit.rank / 100 for hit in hits]


def test_a_reranker_reads_deeper_than_what_is_returned():
    plain = HybridRetriever(TableIndex(), TableEmbedder())
    query = Query(text="Examplazine is given at once daily.")
    settings = RetrievalSettings(rerank_depth=3)
    turned = HybridRetriever(TableIndex(), TableEmbedder(), settings=settings, reranker=Backwards())
    (first,) = turned.retrieve(query, 1)
    assert first.passage == plain.retrieve(query, 3)[2].passage
    assert (first.rank, first.retriever) == (1, "backwards")
    assert turned.explain(query, 1).hits[0].scores.rerank == 0.03
