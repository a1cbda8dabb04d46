"""`medrag eval generation`: files written, gates on the exit status, resumed runs."""

from __future__ import annotations

import json

import pytest

GUIDE = (
    "# Examplazine\n\nExamplazine is given as 40 mg once daily with meals.\n\n"
    "Stop examplazine when the eGFR is below 30.\n"
)


@pytest.fixture
def index(tmp_path, medrag):
    (tmp_path / "guide.md").write_text(GUIDE)
    done = medrag(
        "index", "build", tmp_path / "guide.md", "--index", tmp_path / "i", "--embedder", "hashing"
    )
    assert done.status == 0
    return tmp_path / "i"


@pytest.fixture
def questions(tmp_path):
    file = tmp_path / "q.jsonl"
    rows = [
        {"id": "a", "question": "What is the dose of examplazine?"},
        {"id": "b", "question": "When to stop examplazine?", "patient": {"age_years": 70}},
    ]
    file.write_text("\n".join(json.dumps(row) for row in rows))
    return file


def test_a_run_leaves_records_answers_a_summary_and_a_report(tmp_path, medrag, index, questions):
    out = tmp_path / "run"
    done = medrag("eval", "generation", questions, "--index", index, "--out", out)
    assert done.status == 0, done.err
    assert "2 questions" in done.out
    assert {file.name for file in out.iterdir()} == {
        "answers.jsonl",
        "records.jsonl",
        "report.md",
        "run.json",
        "summary.json",
    }
    summary = json.loads((out / "summary.json").read_text())
    assert summary["passed"]
    assert summary["questions"] == 2
    assert summary["facts"]["answerer"] == "extractive"
    assert (out / "report.md").read_text().startswith("# Generation: passed")


def test_a_second_call_goes_on_with_the_same_run(tmp_path, medrag, index, questions):
    arguments = ("eval", "generation", questions, "--index", index, "--out", tmp_path / "run")
    medrag(*arguments)
    before = (tmp_path / "run" / "records.jsonl").read_bytes()
    done = medrag(*arguments, "--json")
    assert json.loads(done.out)["questions"] == 2
    assert (tmp_path / "run" / "records.jsonl").read_bytes() == before


def test_another_set_needs_another_folder(tmp_path, medrag, index, questions):
    arguments = ("eval", "generation", questions, "--index", index, "--out", tmp_path / "run")
    medrag(*arguments)
    done = medrag(*arguments, "--limit", "1")
    assert done.status == 2
    assert "another set" in done.err


def test_a_server_that_is_not_there_fails_the_run(tmp_path, medrag, index, questions):
    done = medrag(
        "eval", "generation", questions, "--index", index, "--out", tmp_path / "run",
        "--llm", "http://127.0.0.1:9/v1",
    )  # fmt: skip
    assert done.status != 0


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("", "no question"),
        ('{"id": "a", "question": " "}', "the question is blank"),
        ('{"question": "x"}', "expected a string at 'id'"),
        ('{"id": "a", "question": "x", "patiant": {}}', "Did you mean 'patient'"),
    ],
)
def test_a_set_that_cannot_be_meant_is_refused(tmp_path, medrag, index, line, says):
    (tmp_path / "bad.jsonl").write_text(line)
    done = medrag(
        "eval", "generation", tmp_path / "bad.jsonl", "--index", index, "--out", tmp_path / "run"
    )
    assert done.status == 2
    assert says in done.err


def test_judgements_are_counted_and_misspelled_ones_refused(tmp_path, medrag, index, questions):
    judged = tmp_path / "judged.jsonl"
    judged.write_text('{"id": "a", "status": "answered", "answers": [], "trap": null}')
    arguments = ("eval", "generation", questions, "--index", index, "--judged", judged)
    done = medrag(*arguments, "--out", tmp_path / "run", "--json")
    assert json.loads(done.out)["judged"] == 1
    judged.write_text('{"id": "a", "status": "answerd"}')
    done = medrag(*arguments, "--out", tmp_path / "other")
    assert done.status == 2
    assert "judged.jsonl:1: status" in done.err
