"""Judged retrieval: files in the layouts of BEIR and TREC, and measures worked out by hand."""

from __future__ import annotations

import math

import pytest

from medrag.errors import InputError
from medrag.evaluation.beir import read_corpus, read_qrels, read_queries, read_run, run_lines
from medrag.evaluation.retrieval import compared, measure, search, summarized
from medrag.pipeline.index import Index


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "qrels").mkdir()
    (tmp_path / "corpus.jsonl").write_text(
        '{"_id": "a", "title": "Examplazine", "text": "Examplazine is given once daily."}\n'
        '{"_id": "b c", "title": "", "text": "Otherazine is given at night."}\n'
        '{"_id": "empty", "title": "", "text": " "}\n'
        '{"_id": "title", "title": "A thirdazine without any text", "text": ""}\n'
    )
    (tmp_path / "queries.jsonl").write_text(
        '{"_id": "1", "text": "examplazine daily", "metadata": {"answer": "once"}}\n'
        '{"_id": 2, "text": "otherazine at night"}\n'
    )
    (tmp_path / "qrels" / "test.tsv").write_text(
        "query-id\tcorpus-id\tscore\n1\ta\t1\n1\tb c\t0\n2\tb c\t2\n"
    )
    return tmp_path


def test_a_set_is_read_as_it_stands(folder):
    documents = list(read_corpus(folder))
    assert [document.source.key for document in documents] == ["a", "b c", "title"]
    assert documents[0].source.title == "Examplazine"
    assert documents[1].source.title == "b c"
    assert documents[2].text == "A thirdazine without any text"
    queries = read_queries(folder)
    assert [query.id for query in queries] == ["1", "2"]
    assert queries[0].metadata == {"answer": "once"}
    assert read_qrels(folder) == {"1": {"a": 1, "b c": 0}, "2": {"b c": 2}}


def test_qrels_as_trec_writes_them_are_read(folder):
    (folder / "qrels" / "dev.tsv").write_text("1 0 a 1\n2 0 b 0\n")
    assert read_qrels(folder, "dev") == {"1": {"a": 1}, "2": {"b": 0}}


def test_an_index_of_the_set_finds_its_documents(folder, tmp_path):
    with Index.build(list(read_corpus(folder)), tmp_path / "i", embedder="hashing") as index:
        run = search(index, read_queries(folder), k=2)
    assert next(iter(run["1"])) == "a"
    assert next(iter(run["2"])) == "b_c"
    assert summarized(measure(read_qrels(folder), run))["MRR"].value == 1.0


def test_measures_are_those_worked_out_by_hand():
    qrels = {"1": {"a": 1, "b": 1, "c": 0}, "2": {"x": 1}, "none": {"y": 0}}
    run = {"1": {"c": 3.0, "a": 2.0, "z": 1.0}}
    values = measure(qrels, run)
    assert values.keys() == {"1", "2"}, "a query without a relevant document is not measured"
    gain, ideal = 1 / math.log2(3), 1 + 1 / math.log2(3)
    assert values["1"] == pytest.approx(
        {"nDCG@10": gain / ideal, "recall@10": 0.5, "recall@100": 0.5, "MRR": 0.5}
    )
    assert set(values["2"].values()) == {0.0}, "what was not found counts"
    assert summarized(values)["MRR"].value == 0.25


def test_a_run_is_compared_query_by_query():
    qrels = {str(n): {"a": 1} for n in range(20)}
    good = measure(qrels, {query: {"a": 1.0} for query in qrels})
    worse = {query: {"b": 2.0, "a": 1.0} if int(query) < 10 else {"a": 1.0} for query in qrels}
    tests = compared(measure(qrels, worse), good)
    assert tests["MRR"].difference == pytest.approx(-0.25)
    assert tests["MRR"].high < 0
    assert tests["MRR"].p_holm < 0.05
    assert (tests["MRR"].better, tests["MRR"].worse) == (0, 10)
    assert tests["recall@10"].p == 1.0


def test_a_run_is_written_and_read_back(tmp_path):
    run = {"1": {"a": 0.25, "b": 0.5}, "2": {}}
    lines = list(run_lines(run, "medrag"))
    assert lines == ["1 Q0 b 1 0.500000 medrag\n", "1 Q0 a 2 0.250000 medrag\n"]
    (tmp_path / "r.trec").write_text("".join(lines) + "\n")
    assert read_run(tmp_path / "r.trec") == {"1": {"a": 0.25, "b": 0.5}}


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("corpus.jsonl", "{", "corpus.jsonl:1: not JSON"),
        ("corpus.jsonl", "[]", "corpus.jsonl:1: expected a JSON object"),
        ("corpus.jsonl", '{"_id": "a"}', "corpus.jsonl:1: expected a string at 'text'"),
        ("queries.jsonl", '{"text": "x"}', "queries.jsonl:1: expected a string at '_id'"),
        ("qrels/test.tsv", "a\tb\n", "no judgement"),
        ("qrels/test.tsv", "q\td\ts\n1\ta\tx\n", "test.tsv:2: expected query, document and grade"),
        ("run.trec", "1 Q0 a\n", "run.trec:1: expected six columns"),
        ("run.trec", "1 Q0 a 1 0.5 x\n1 Q0 a 2 0.4 x\n", "run.trec:2: 'a' stands twice"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(folder, name, text, says):
    (folder / name).write_text(text)

    def read_all():
        list(read_corpus(folder))
        read_queries(folder)
        read_qrels(folder)
        read_run(folder / "run.trec")

    with pytest.raises(InputError, match=says):
        read_all()


@pytest.mark.shared
@pytest.mark.parametrize("name", ["cpgqa-guidelines", "druglabel-doc", "medicationqa"])
def test_public_sets_are_read_whole(shared_data, name):
    folder = shared_data / "beir" / name
    corpus = {document.source.key for document in read_corpus(folder)}
    queries = {query.id for query in read_queries(folder)}
    qrels = read_qrels(folder)
    assert qrels.keys() <= queries
    assert {document for grades in qrels.values() for document in grades} <= corpus
    perfect = {query: {d: float(grade) for d, grade in qrels[query].items()} for query in qrels}
    assert summarized(measure(qrels, perfect))["nDCG@10"].value == pytest.approx(1.0)
