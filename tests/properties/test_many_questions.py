"""However many questions are asked at once, each finds what it finds alone."""

import tempfile
from datetime import date
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from making_indexes import DIM, build, make_vector
from medrag.core.query import Filters
from medrag.index import Store
from medrag.retrieval import HybridRetriever

WORDS = ["examplazine", "otherazine", "HbA1c", "10 mg", "renal", "dose", "not", "x"]
LINES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)
TEXTS = st.lists(LINES, min_size=1, max_size=8).map("\n".join)
KINDS = st.sampled_from(["label", "guideline"])
CORPORA = st.lists(st.tuples(TEXTS, KINDS), min_size=1, max_size=12).map(
    lambda files: {f"{n}.txt": (text, {"kind": kind}) for n, (text, kind) in enumerate(files)}
)
FILTERS = st.builds(
    Filters, kinds=st.sampled_from([(), ("label",)]), as_of=st.just(date(2024, 6, 1))
)


class HashedTexts:
    """An embedder whose rows depend on their texts alone."""

    name, digest, dim, max_tokens = "hashed", "0", DIM, 256

    def count_tokens(self, texts):
        return [len(text.split()) for text in texts]

    def embed_passages(self, texts, *, progress=None):
        return np.stack([make_vector(text) for text in texts])

    embed_queries = embed_passages


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    corpus=CORPORA,
    kind=st.sampled_from(["flat", "hnsw", "ivf", "compact"]),
    questions=st.lists(st.one_of(LINES, st.just(" ")), min_size=2, max_size=20),
    k=st.integers(1, 12),
    filters=FILTERS,
)
def test_a_question_finds_beside_others_what_it_finds_alone(corpus, kind, questions, k, filters):
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder), corpus, kind=kind)
        with Store.open(folder) as store:
            # A search that goes deeper than its first candidates takes part as well.
            retriever = HybridRetriever(store, HashedTexts(), candidates=3)
            many = list(retriever.retrieve_documents(questions, k, filters=filters))
            alone = [
                next(retriever.retrieve_documents([text], k, filters=filters)) for text in questions
            ]
    assert many == alone
    for hits in many:
        assert len({hit.passage.document_id for hit in hits}) == len(hits) <= k
