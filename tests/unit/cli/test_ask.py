"""`medrag ask`: streams, traces and settings."""

from __future__ import annotations

import json

import pytest

from medrag.pipeline.index import Index

GUIDE = "Examplazine is given as 500 mg twice daily with meals. It is stored in a dry place.\n"
CLAIM = "Examplazine is given as 500 mg twice daily with meals."
QUESTION = "What is the dose of examplazine twice daily with meals?"


@pytest.fixture
def index(tmp_path):
    (tmp_path / "guide.txt").write_text(GUIDE)
    target = tmp_path / "g.index"
    with Index.build([tmp_path / "guide.txt"], target, embedder="hashing", progress=False):
        return target


def test_a_stream_shows_each_verified_claim_before_the_whole_answer(medrag, index):
    plain = medrag("ask", QUESTION, "--index", index)
    streamed = medrag("ask", QUESTION, "--index", index, "--stream")
    assert streamed.status == 0
    assert plain.out.count(CLAIM) == 2  # the claim and its quotation
    before, _, card = streamed.out.partition("ANSWERED")
    assert before.startswith(f"· {CLAIM}\n     “{CLAIM}”")
    assert "ANSWERED" + card == plain.out


def test_a_stream_as_json_is_one_line_a_claim_and_one_for_the_answer(medrag, index):
    plain = json.loads(medrag("ask", QUESTION, "--index", index, "--json").out)
    lines = medrag("ask", QUESTION, "--index", index, "--json", "--stream").out.splitlines()
    claim, answer = (json.loads(line) for line in lines)
    assert answer == {"answer": plain}
    assert claim == {"claim": plain["quoted"]["claims"][0]}


def test_a_trace_is_written_beside_the_answer(medrag, index, tmp_path):
    done = medrag("ask", QUESTION, "--index", index, "--trace", tmp_path / "trace.json")
    assert done.status == 0
    trace = json.loads((tmp_path / "trace.json").read_text())
    assert [stage["name"] for stage in trace["stages"]][2:5] == ["retrieve", "pack", "generate"]
    assert trace["replies"][0]["parsed"] is True
    assert CLAIM not in json.dumps(trace)


def test_settings_are_read_from_a_file(medrag, index, tmp_path):
    (tmp_path / "s.toml").write_text("retrieve = 1\n")
    arguments = ("ask", QUESTION, "--index", index, "--json", "--settings", tmp_path / "s.toml")
    with_file = json.loads(medrag(*arguments).out)
    without = json.loads(medrag("ask", QUESTION, "--index", index, "--json").out)
    assert with_file["versions"]["settings"] != without["versions"]["settings"]


def test_the_prompt_can_be_read_without_asking(medrag, index):
    done = medrag("ask", QUESTION, "--index", index, "--prompt", "--llm", "extractive")
    assert done.out.startswith("You answer a clinician's question")
    assert done.out.endswith(f"Question\n{QUESTION}\n")
    fields = json.loads(medrag("ask", QUESTION, "--index", index, "--prompt", "--json").out)
    assert fields["messages"][0]["content"] + "\n" == done.out


def test_cases_are_answered_in_order(medrag, index, tmp_path):
    questions = [QUESTION, "Where is examplazine stored?", QUESTION] * 7
    lines = [json.dumps({"id": n, "question": q}) for n, q in enumerate(questions)]
    (tmp_path / "in.jsonl").write_text("\n".join(lines))
    out = tmp_path / "out.jsonl"
    medrag("ask", "--cases", tmp_path / "in.jsonl", "--out", out, "--index", index)
    answers = [json.loads(line) for line in out.read_text().splitlines()]
    assert [answer["id"] for answer in answers] == list(range(21))
    single = json.loads(medrag("ask", QUESTION, "--index", index, "--json").out)
    assert answers[0]["answer"] == answers[20]["answer"] == single


@pytest.mark.parametrize("option", [("--stream",), ("--prompt",), ("--trace", "t.json")])
def test_streams_and_traces_are_of_one_question(medrag, index, option):
    done = medrag("ask", "--cases", "c", "--out", "o", "--index", index, *option)
    assert done.status == 2
    assert "for one QUESTION" in done.err
