"""`medrag eval run`: files written, gates on the exit status, resumed runs."""

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


def test_a_run_leaves_answers_records_results_and_a_page(tmp_path, medrag, index, questions):
    out = tmp_path / "run"
    done = medrag("eval", "run", questions, "--index", index, "--out", out, "-j", "1")
    assert done.status == 0, done.err
    assert "2 cases" in done.out
    assert {file.name for file in out.iterdir()} == {
        "answers.jsonl",
        "records.jsonl",
        "report.html",
        "results.json",
        "run.json",
        "set.jsonl",
    }
    results = json.loads((out / "results.json").read_text())
    assert results["signature"]["llm"] == "extractive"
    assert results["summary"]["questions"] == 2
    assert "<html" in (out / "report.html").read_text()


def test_a_second_call_goes_on_with_the_same_run(tmp_path, medrag, index, questions):
    arguments = ("eval", "run", questions, "--index", index, "--out", tmp_path / "run", "-j", "1")
    medrag(*arguments)
    before = (tmp_path / "run" / "records.jsonl").read_bytes()
    done = medrag(*arguments, "--json")
    assert json.loads(done.out)["summary"]["questions"] == 2
    assert (tmp_path / "run" / "records.jsonl").read_bytes() == before


def test_another_set_needs_another_folder(tmp_path, medrag, index, questions):
    arguments = ("eval", "run", questions, "--index", index, "--out", tmp_path / "run", "-j", "1")
    medrag(*arguments)
    done = medrag(*arguments, "--limit", "1")
    assert done.status == 2
    assert "another asked" in done.err


def test_a_server_that_is_not_there_fails_the_run(tmp_path, medrag, index, questions):
    done = medrag(
        "eval", "run", questions, "--index", index, "--out", tmp_path / "run",
        "--llm", "http://127.0.0.1:9/v1",
    )  # fmt: skip
    assert done.status != 0


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("", "no case"),
        ('{"id": "a", "question": " "}', "question: String should match"),
        ('{"question": "x"}', "id: Field required"),
        ('{"id": "a", "question": "x", "patiant": {}}', "Did you mean 'patient'"),
    ],
)
def test_a_set_that_cannot_be_meant_is_refused(tmp_path, medrag, index, line, says):
    (tmp_path / "bad.jsonl").write_text(line)
    done = medrag(
        "eval", "run", tmp_path / "bad.jsonl", "--index", index, "--out", tmp_path / "run"
    )
    assert done.status == 2
    assert says in done.err


def test_the_former_name_of_the_command_still_runs_it(tmp_path, medrag, index, questions):
    done = medrag(
        "eval", "generation", questions, "--index", index, "--out", tmp_path / "run", "-j", "1"
    )
    assert done.status == 0, done.err


def test_several_answerers_have_a_folder_each(tmp_path, medrag, index, questions):
    done = medrag(
        "eval", "run", questions, "--index", index, "--out", tmp_path / "runs", "--llm",
        "extractive", "--llm", "http://127.0.0.1:9/v1", "--json", "-j", "1",
    )  # fmt: skip
    assert done.status != 0
    assert {folder.name for folder in (tmp_path / "runs").iterdir()} >= {"extractive"}


def test_processes_answer_as_one_does(tmp_path, medrag, index, questions):
    arguments = ("eval", "run", questions, "--index", index, "--out")
    assert medrag(*arguments, tmp_path / "one", "-j", "1").status == 0
    done = medrag(*arguments, tmp_path / "two", "-j", "2")
    assert done.status == 0, done.err
    digests = [
        [json.loads(line)["digest"] for line in (run / "records.jsonl").read_text().splitlines()]
        for run in (tmp_path / "one", tmp_path / "two")
    ]
    assert digests[0] == digests[1]


def test_a_run_without_a_folder_has_one_named_after_it(
    tmp_path, medrag, index, questions, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    done = medrag("eval", "run", questions, "--index", index, "-j", "1", "--limit", "1")
    assert done.status == 0, done.err
    assert [folder.name[:13] for folder in (tmp_path / "runs").iterdir()] == ["q-extractive-"]
