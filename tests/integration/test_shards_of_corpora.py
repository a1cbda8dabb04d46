"""Over real corpora an index in shards returns what the index returns, part by part."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import medrag
from medrag.core.document import Document, Source
from medrag.core.query import Filters
from medrag.index.shard import LocalShard
from medrag.index.sharded import ShardedStore
from medrag.index.sharding import split
from medrag.index.store import Store

ROOT = Path(__file__).resolve().parents[2]
ABSTRACTS = ROOT.parent / "shared" / "data" / "beir" / "scifact-dev"
QUESTIONS = (
    "Which metformin dose is right with an eGFR of 38?",
    "apixaban dose in renal impairment",
    "treatment of sepsis, first hour",
    "afib on DOAC, eGFR 25, which dose?",
    "pneumococcal vaccination after 65",
    "insulin in diabetic ketoacidosis",
    "lithium level monitoring",
)
FILTERS = (Filters(), Filters(include_superseded=True), Filters(kinds=("label",)))


def in_shards(path: Path, folder: Path, shards: int) -> medrag.Index:
    split(path, folder, shards)
    stores = [Store.open(folder / f"shard-{number}") for number in range(shards)]
    return medrag.Index(ShardedStore([LocalShard(store) for store in stores], limit_s=60.0))


def compare(whole: medrag.Index, sharded: medrag.Index, questions, filters) -> None:
    for question in questions:
        for chosen in filters:
            one = whole.explain(question, 10, filters=chosen)
            other = sharded.explain(question, 10, filters=chosen)
            assert other.not_searched == ()
            assert other.understood == one.understood
            ids = [item.hit.passage.id for item in one.hits]
            assert [item.hit.passage.id for item in other.hits] == ids, question
            for mine, theirs in zip(one.hits, other.hits, strict=True):
                assert theirs.hit.score == pytest.approx(mine.hit.score, abs=1e-5)
                assert theirs.hit.model_copy(update={"score": 0}) == mine.hit.model_copy(
                    update={"score": 0}
                )
                assert theirs.scores.lexical_rank == mine.scores.lexical_rank
                assert theirs.scores.dense_rank == mine.scores.dense_rank
            if one.answerable is not None:
                assert other.answerable == pytest.approx(one.answerable, abs=1e-4)
            stale = [
                (m.hit.passage.id, m.reason) for m in whole.passed_over(question, filters=chosen)
            ]
            found = sharded.passed_over(question, filters=chosen)
            assert [(match.hit.passage.id, match.reason) for match in found] == stale


def test_shards_of_the_projects_corpora_answer_as_the_index_does(tmp_path):
    with medrag.Index.build([ROOT / "corpora"], tmp_path / "index", progress=False) as whole:
        sharded = in_shards(tmp_path / "index", tmp_path / "shards", 3)
        sharded.embedder = whole.embedder
        compare(whole, sharded, QUESTIONS, FILTERS)
        info = sharded.info()
        assert info.model_copy(update={"path": whole.info().path}) == whole.info()
        for one, other in zip(*(made(index) for index in (whole, sharded)), strict=True):
            assert other.status == one.status
            assert other.quoted.claims == one.quoted.claims
            assert other.findings == one.findings
        many = [[hit.passage.id for hit in hits] for hits in whole.search_many(list(QUESTIONS), 5)]
        assert [
            [hit.passage.id for hit in hits] for hits in sharded.search_many(list(QUESTIONS), 5)
        ] == many
        sharded.close()


def made(index: medrag.Index) -> list[medrag.CheckedAnswer]:
    engine = medrag.QueryEngine(index)
    return [engine.query(question) for question in QUESTIONS[:3]]


@pytest.mark.shared
def test_shards_of_abstracts_answer_as_the_index_does(tmp_path):
    if not ABSTRACTS.exists():
        pytest.skip(f"{ABSTRACTS} is not here")
    lines = (ABSTRACTS / "corpus.jsonl").read_text(encoding="utf-8").splitlines()[:800]
    rows = [json.loads(line) for line in lines]
    documents = [
        Document.of(
            f"{row['title']}\n\n{row['text']}",
            Source(
                key=row["_id"],
                title=row["title"],
                sha256=f"{number:064x}",
                kind=("label", "guideline")[number % 2],
                series=f"s{number // 14}" if number % 7 == 0 else None,
                published=f"20{10 + number % 14:02}-01-01",
            ),
        )
        for number, row in enumerate(rows)
    ]
    asked = (ABSTRACTS / "queries.jsonl").read_text(encoding="utf-8").splitlines()[:20]
    questions = [json.loads(line)["text"] for line in asked]
    path = tmp_path / "index"
    with medrag.Index.build(documents, path, embedder="hashing", progress=False) as whole:
        sharded = in_shards(path, tmp_path / "shards", 5)
        compare(whole, sharded, questions, FILTERS)
        sharded.close()
