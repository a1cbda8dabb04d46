"""`medrag eval retrieval`: figures, runs and comparisons."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def beir(tmp_path):
    folder = tmp_path / "set"
    (folder / "qrels").mkdir(parents=True)
    drugs = ["alphazine", "betazine", "gammazine", "deltazine"]
    corpus = [{"_id": d, "title": d, "text": f"{d} is given once daily."} for d in drugs]
    queries = [{"_id": f"q{d}", "text": f"how is {d} given"} for d in drugs]
    (folder / "corpus.jsonl").write_text("\n".join(map(json.dumps, corpus)))
    (folder / "queries.jsonl").write_text("\n".join(map(json.dumps, queries)))
    (folder / "qrels" / "test.tsv").write_text("".join(f"q{d}\t{d}\t1\n" for d in drugs))
    return folder


def test_a_set_is_indexed_once_searched_and_measured(tmp_path, medrag, beir):
    arguments = ("eval", "retrieval", beir, "--embedder", "hashing", "--cache", tmp_path / "kept")
    done = medrag(*arguments, "--run", tmp_path / "out.trec", "--json")
    assert done.status == 0, done.err
    found = json.loads(done.out)
    assert found["queries"] == 4
    assert found["measures"]["nDCG@10"] == {"value": 1.0, "low": 1.0, "high": 1.0}
    assert len(found["per_query"]) == 4
    assert len(list((tmp_path / "kept").iterdir())) == 1
    assert (tmp_path / "out.trec").read_text().startswith("qalphazine Q0 alphazine 1 ")
    again = medrag(*arguments)
    assert "nDCG@10    1.000  [1.000, 1.000]" in again.out
    assert len(list((tmp_path / "kept").iterdir())) == 1


def test_a_run_is_measured_without_an_index_and_compared(tmp_path, medrag, beir):
    good, bad = tmp_path / "good.trec", tmp_path / "bad.trec"
    drugs = ["alphazine", "betazine", "gammazine", "deltazine"]
    good.write_text("".join(f"q{d} Q0 {d} 1 1.0 x\n" for d in drugs))
    bad.write_text("".join(f"q{d} Q0 {d} 1 1.0 x\n" for d in drugs[1:]))
    done = medrag("eval", "retrieval", beir, "--score", bad, "--against", good)
    assert done.status == 0, done.err
    assert "nDCG@10    0.750" in done.out
    assert "-0.250" in done.out
    assert "worse most by nDCG@10: qalphazine -1.00" in done.out
    told = json.loads(
        medrag("eval", "retrieval", beir, "--score", bad, "--against", good, "--json").out
    )
    assert told["against"]["MRR"]["worse"] == 1
    assert told["per_query"][0]["changes"]["MRR"] == -1.0


def test_an_index_of_ones_own_is_used(tmp_path, medrag, beir):
    (tmp_path / "alphazine.md").write_text("# alphazine\n\nalphazine is given once daily.\n")
    medrag("index", "build", tmp_path / "alphazine.md", "--index", tmp_path / "i", "--embedder",
           "hashing")  # fmt: skip
    done = medrag("eval", "retrieval", beir, "--index", tmp_path / "i")
    assert done.status == 0, done.err
    assert "index 1-" in done.out


def test_a_folder_that_is_no_set_is_refused(tmp_path, medrag):
    done = medrag("eval", "retrieval", tmp_path)
    assert done.status == 2
    assert "test.tsv: No such file" in done.err
