"""One suite over every place that an index can lie in: what `index.opening.OpenedIndex` promises.

The folder is the measure. Wherever else an index lies, it gives the same hits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from making_indexes import DIM, build, make_vector
from medrag.core.query import Filters
from medrag.core.understanding import Added
from medrag.errors import InputError
from medrag.index import OpenedIndex, Store, diff, open_index, push, verify
from medrag.pipeline.index import Index
from medrag.pipeline.report import why_not_in_force
from medrag.registry import BUILTINS

DAY = date(2024, 6, 1)
WORDS = [
    *("examplazine", "otherazine", "dose", "renal", "egfr", "mg", "daily", "the", "of", "in"),
    *("is", "and", "β-blocker", "HbA1c", "P2Y12", "10,000", "0.5", "warfarin", "bleeding", "risk"),
    "null",  # a word, whatever a database calls so
]
SOURCES: tuple[dict[str, Any], ...] = (
    {"kind": "label", "specialty": "Cardiology", "published": "2020-01-01"},
    {"kind": "guideline", "series": "anticoagulation", "published": "2019-05-01"},
    {"kind": "guideline", "series": "anticoagulation", "published": "2023-05-01"},
    {"kind": "guideline", "series": "anticoagulation", "published": "2031-01-01"},
    {"kind": "protocol", "expires": "2021-01-01", "jurisdiction": "GB"},
    {"kind": "protocol", "supersedes": ("file00.txt", "file07.txt"), "effective": "2022-02-02"},
    {"kind": "label", "specialty": " cardiology", "publisher": "Nobody's \0 ΣAG\ud800"},
    {"kind": "label", "supersedes": ("file08.txt",)},
    {"kind": "label", "supersedes": ("file07.txt",)},
    {},
)
QUESTIONS = (
    "examplazine dose",
    "the of in",
    "HbA1c and β-blocker 0.5 mg",
    "unique4x2",
    "null",
    "nothing",
)
FILTERS = (
    Filters(as_of=DAY),
    Filters(as_of=date(2018, 1, 1)),
    Filters(as_of=date(2031, 1, 1)),
    Filters(include_superseded=True),
    Filters(as_of=DAY, kinds=("label", "protocol")),
    Filters(as_of=DAY, specialties=("CARDIOLOGY",)),
    Filters(as_of=DAY, publishers=("nobody's \0 σag\ud800",)),
    Filters(as_of=DAY, jurisdictions=("'; DROP TABLE pushes; --",)),
    Filters(include_superseded=True, dated_from=date(2020, 1, 1), dated_until=date(2023, 5, 1)),
    Filters(include_superseded=True, dated_until=date(2022, 2, 2)),
    Filters(include_superseded=True, document_ids=("no such document",)),
)


def make_corpus() -> dict[str, tuple[str, dict[str, Any]]]:
    chance = np.random.default_rng(0)
    weights = 1 / np.arange(1, len(WORDS) + 1)
    corpus = {}
    for number in range(60):
        lines = [
            " ".join(chance.choice(WORDS, chance.integers(2, 40), p=weights / weights.sum()))
            + f" unique{number}x{line}"
            for line in range(number % 7 + 1)
        ]
        corpus[f"file{number:02}.txt"] = ("\n".join(lines), SOURCES[number % len(SOURCES)])
    return corpus


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("opened") / "index"
    build(place, make_corpus())
    return place


@pytest.fixture(scope="module")
def measure(folder) -> Iterator[Store]:
    with Store.open(folder) as store:
        yield store


def in_a_folder(request: pytest.FixtureRequest, folder: Path) -> str:
    return str(folder)


def in_postgres(request: pytest.FixtureRequest, folder: Path) -> str:
    url = request.getfixturevalue("postgres").url("exact")
    push(folder, url)
    return url


def in_postgres_with_a_graph(request: pytest.FixtureRequest, folder: Path) -> str:
    url = request.getfixturevalue("postgres").url("graph")
    assert push(folder, url, vectors="hnsw").recall >= 0.95
    return url


SIMPLE = """
store = "llama_index.core.vector_stores:SimpleVectorStore"
persist = "vectors.json"
"""
FAISS = """
store = "llama_index.vector_stores.faiss:FaissVectorStore"
persist = "vectors.faiss"
[arguments]
faiss_index = { make = "faiss:IndexFlatL2", with = ["{dim}"] }
"""


def in_a_simple_store(request: pytest.FixtureRequest, folder: Path) -> str:
    return in_a_vector_store(request, folder, SIMPLE)


def in_a_faiss_store(request: pytest.FixtureRequest, folder: Path) -> str:
    return in_a_vector_store(request, folder, FAISS)


def in_a_vector_store(request: pytest.FixtureRequest, folder: Path, settings: str) -> str:
    place = request.getfixturevalue("tmp_path_factory").mktemp("vectors") / "vectors.toml"
    place.write_text(f'folder = "kept"\n{settings}')
    push(folder, f"llama-index://{place}")
    return f"llama-index://{place}"


PLACES: dict[str, Callable[[pytest.FixtureRequest, Path], str]] = {
    "folder": in_a_folder,
    "llama-index, simple": in_a_simple_store,
    "llama-index, faiss": in_a_faiss_store,
    "postgresql": in_postgres,
    "postgresql, hnsw": in_postgres_with_a_graph,
}


@pytest.fixture(scope="module", params=PLACES)
def place(request, folder) -> str:
    return PLACES[request.param](request, folder)


@pytest.fixture(scope="module")
def index(place) -> Iterator[OpenedIndex]:
    with closing(open_index(place)) as opened:
        yield opened


@pytest.fixture(params=range(len(FILTERS)), ids=str)
def filters(request) -> Filters:
    return FILTERS[request.param]


def test_every_kind_is_in_this_suite():
    # Shards number their rows in another order: tests/unit/index/test_sharding.py compares them.
    assert {name.partition(",")[0] for name in PLACES} >= {*BUILTINS["index"]} - {"shards"}


def test_it_says_what_it_is(index, measure):
    assert len(index) == len(measure) > 200
    assert index.manifest == measure.manifest
    assert index.embedder_name == "first"
    assert index.embedder_digest == measure.embedder_digest


def test_the_same_rows_may_answer(index, measure, filters):
    mask, allowed = measure.select(filters), index.select(filters)
    assert (mask is None) == (allowed is None)
    everything = [(row, 1.0) for row in range(len(index))]
    chosen = np.ones(len(index), dtype=bool) if mask is None else mask
    found = index.dense(make_vector("x")[None], len(index), allowed=allowed)[1][0]
    assert sorted(found.tolist()) == np.flatnonzero(chosen).tolist()
    assert len(index.hits(everything, retriever="all")) == len(index)


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("k", [1, 7, 500])
def test_words_rank_as_in_the_folder(index, measure, filters, question, k):
    true = measure.lexical(question, k, allowed=measure.select(filters))
    found = index.lexical(question, k, allowed=index.select(filters))
    assert [row for row, _ in found] == [row for row, _ in true]
    assert [s for _, s in found] == pytest.approx([s for _, s in true], rel=1e-5)


def test_words_that_were_added_count_as_in_the_folder(index, measure):
    added = (
        Added(text="warfarin bleeding", asked="examplazine", weight=0.5, kind="abbreviation"),
        Added(text="HbA1c", asked="", weight=0.3, kind="abbreviation"),
        Added(text="word that nothing holds", asked="dose", weight=1.0, kind="abbreviation"),
    )
    true = measure.lexical("examplazine dose", 50, added=added)
    found = index.lexical("examplazine dose", 50, added=added)
    assert [row for row, _ in found] == [row for row, _ in true]
    assert [s for _, s in found] == pytest.approx([s for _, s in true], rel=1e-5)


@pytest.mark.parametrize(
    "text", ["", "  ", "'; DROP TABLE x; --", 'a"b', "\0", "\ud800", "{1,2}", ":asked", "$1 %s"]
)
def test_any_text_is_a_question(index, measure, text):
    assert [r for r, _ in index.lexical(text, 5)] == [r for r, _ in measure.lexical(text, 5)]


def test_meaning_ranks_as_in_the_folder(index, measure, filters):
    asked = np.stack([make_vector(question) for question in QUESTIONS])
    true = measure.dense(asked, 10, allowed=measure.select(filters))
    found = index.dense(asked, 10, allowed=index.select(filters))
    assert found[0].shape == true[0].shape
    assert found[0].dtype == np.float32
    assert found[1].dtype == np.int64
    np.testing.assert_allclose(found[0], true[0], atol=1e-5)
    assert (found[1] == true[1]).all()


def test_an_index_never_pads(index):
    everything = Filters(include_superseded=True)
    assert index.dense(make_vector("x")[None], 10_000)[1].shape == (1, len(index))
    none = index.select(Filters(document_ids=("none",), include_superseded=True))
    assert index.dense(make_vector("x")[None], 5, allowed=none)[0].shape == (1, 0)
    assert index.dense(np.empty((0, DIM), np.float32), 5)[0].shape[0] == 0
    assert index.lexical("examplazine", 0, allowed=index.select(everything)) == []


def test_vectors_of_another_length_are_refused(index):
    with pytest.raises(ValueError, match="shape"):
        index.dense(np.ones((1, DIM + 1), np.float32), 3)


def test_hits_are_the_same(index, measure, filters):
    ranked = measure.lexical("examplazine dose", 20, allowed=measure.select(filters))
    assert index.hits(ranked, retriever="x", as_of=filters.as_of) == measure.hits(
        ranked, retriever="x", as_of=filters.as_of
    )


def test_vectors_come_in_the_order_asked(index, measure):
    rows = [5, 0, 5, len(index) - 1]
    assert (index.vectors(rows) == measure.vectors(rows)).all()
    assert index.vectors([]).shape == (0, DIM)


def test_words_are_cut_and_counted_alike(index, measure):
    words = [*index.terms("The β-blocker, 10,000 mg; HbA1c"), "never", "never"]
    assert index.terms("β-blocker") == measure.terms("β-blocker")
    assert index.frequencies(words) == measure.frequencies(words)


def test_documents_and_passages_are_the_same(index, measure):
    assert list(index.sources()) == list(measure.sources())
    assert list(index.documents()) == list(measure.documents())
    for name, _, _ in measure.sources():
        assert index.document(name) == measure.document(name)
        assert index.passages_of(name) == measure.passages_of(name)
    with pytest.raises(InputError, match="no document has the id"):
        index.document("x' OR true --")


@pytest.mark.parametrize("day", [date(1990, 1, 1), DAY, date(2031, 1, 1), None])
def test_the_same_editions_are_in_force(index, measure, day):
    assert index.superseded(day) == measure.superseded(day)
    assert index.keys_in_force(day) == measure.keys_in_force(day)
    sources = [source for _, source, _ in measure.sources()]
    for source in sources:
        assert why_not_in_force(index, [source], as_of=day) == why_not_in_force(
            measure, [source], as_of=day
        )
    assert diff(index, measure, as_of=day) == diff(measure, measure, as_of=day)


def test_a_filter_that_is_wider_holds_more(index):
    wide = Filters(include_superseded=True)
    assert not index.holds_as_many(Filters(as_of=DAY), wide)
    assert index.holds_as_many(wide, wide)


def test_it_can_be_verified(place):
    assert verify(place) == []


GUIDES = {
    "old.md": ("Give examplazine 5 mg once daily for pain.", "2019-01-01"),
    "new.md": ("Give examplazine 10 mg once daily for pain.", "2023-01-01"),
    "next.md": ("Give examplazine 20 mg once daily for pain.", "2090-01-01"),
}


@pytest.fixture(scope="module")
def guides(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("guides")
    for name, (text, day) in GUIDES.items():
        head = f"title: Examplazine\npublisher: Nobody\nseries: examplazine\npublished: {day}"
        (place / name).write_text(f"---\n{head}\n---\n# Dosing\n\n{text}\n")
    Index.build([place], place / "index", embedder="hashing", progress=False).close()
    return place / "index"


@pytest.fixture(scope="module", params=PLACES)
def searched(request, guides) -> Iterator[Index]:
    with Index.open(PLACES[request.param](request, guides), preload=True) as index:
        yield index


def test_superseded_editions_answer_on_their_day_only(searched):
    def texts(**fields: Any) -> list[str]:
        hits = searched.search("examplazine for pain", filters=Filters(**fields))
        return [hit.passage.text.split("examplazine ")[1][:5] for hit in hits]

    assert texts() == ["10 mg"]
    assert texts(as_of=date(2020, 1, 1)) == ["5 mg "]
    assert sorted(texts(include_superseded=True)) == ["10 mg", "20 mg", "5 mg "]
    assert texts(as_of=date(2010, 1, 1)) == []


def test_what_is_passed_over_is_told(searched):
    told = searched.passed_over("give examplazine 5 mg once daily")
    assert "5 mg" in told[0].hit.passage.text
    assert told[0].reason.endswith("new.md")


def test_info_and_explanations_are_the_folder_s(searched, guides):
    with Index.open(guides) as measure:
        mine, true = searched.info(), measure.info()
        assert mine.model_copy(update={"path": ""}) == true.model_copy(update={"path": ""})
        assert "secret" not in mine.path
        ours, theirs = searched.explain("examplazine 10 mg"), measure.explain("examplazine 10 mg")
        assert [hit.hit.passage for hit in ours.hits] == [hit.hit.passage for hit in theirs.hits]
        assert ours.answerable == pytest.approx(theirs.answerable, abs=1e-5)
        assert searched.generation == measure.generation
