"""Whatever is split into however many shards, and whatever is asked: as the index."""

import tempfile
from datetime import date
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from making_indexes import make_vector
from making_shards import Split
from medrag.core.query import Filters
from medrag.core.understanding import Added

WORDS = ["examplazine", "otherazine", "β-blocker", "HbA1c", "10 mg/kg", "of", "renal", "x"]
LINES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)
TEXTS = st.lists(LINES, min_size=1, max_size=5).map("\n".join)
SOURCES = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.sampled_from(["label", "guideline"]),
        "series": st.sampled_from(["a", "b"]),
        "published": st.sampled_from(["2019-01-01", "2020-01-01", "2030-01-01"]),
        "supersedes": st.sampled_from([("0.txt",), ("1.txt",)]),
    },
)
CORPORA = st.lists(st.tuples(TEXTS, SOURCES), min_size=1, max_size=12).map(
    lambda files: {f"{number}.txt": file for number, file in enumerate(files)}
)
FILTERS = st.builds(
    Filters,
    kinds=st.sampled_from([(), ("label",)]),
    include_superseded=st.booleans(),
    as_of=st.just(date(2024, 6, 1)),
)
ADDED = st.lists(
    st.builds(
        Added,
        asked=st.sampled_from(["", "renal", "HbA1c"]),
        text=st.sampled_from(WORDS),
        weight=st.sampled_from([0.5, 1.0]),
        kind=st.just("synonym"),
    ),
    max_size=2,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    corpus=CORPORA,
    shards=st.integers(1, 5),
    words=LINES,
    k=st.integers(1, 12),
    filters=FILTERS,
    added=ADDED,
)
def test_shards_rank_as_the_index_does(corpus, shards, words, k, filters, added):
    with (
        tempfile.TemporaryDirectory() as folder,
        Split(Path(folder), corpus, shards, limit_s=30.0) as made,
    ):
        question = make_vector(words)[None]

        def work(index):
            allowed = index.select(filters)
            lexical = index.lexical(words, k, allowed=allowed, added=added)
            scores, rows = index.dense(question, k, allowed=allowed)
            dense = list(zip(rows[0].tolist(), scores[0].tolist(), strict=True))
            return [
                [
                    (hit.passage.id, hit.score, hit.in_force)
                    for hit in index.hits(ranked, retriever="x", as_of=filters.as_of)
                ]
                for ranked in (lexical, dense)
            ]

        found, missing = made.sharded.asked(work)
        assert missing == ()
        lexical, dense = found
        expected_lexical, expected_dense = work(made.whole)
        assert without_scores(lexical) == without_scores(expected_lexical)
        same_scores(lexical, expected_lexical)
        same_scores(dense, expected_dense)
        # Of equal vectors at the cut the exact search keeps any, in one index as in several.
        assert without_scores(before_the_cut(dense)) == without_scores(
            before_the_cut(expected_dense)
        )
        every = Filters(include_superseded=True)
        assert made.sharded.holds_as_many(filters, every) == made.whole.holds_as_many(
            filters, every
        )
        assert made.sharded.superseded(filters.as_of) == made.whole.superseded(filters.as_of)


def without_scores(found):
    return [(name, forced) for name, _, forced in found]


def same_scores(found, expected):
    np.testing.assert_allclose(
        [score for _, score, _ in found], [score for _, score, _ in expected], atol=1e-5
    )


def before_the_cut(found):
    return [one for one in found if one[1] > found[-1][1] + 1e-6]
