"""What a hostile or careless hand does at the command line ends in one plain line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]
_MAIN = "import sys; from medrag.cli import main; sys.argv[0] = 'medrag'; main()"
_CASE = json.dumps({"id": "a", "quote": "Take it.", "passage": "Take it."})


@pytest.fixture
def medrag(tmp_path: Path) -> Run:
    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", _MAIN, *arguments],
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=tmp_path,
            env={**os.environ, **environment},
            check=False,
            timeout=120,
        )

    return run


@pytest.fixture
def cases(tmp_path: Path) -> Callable[[str], str]:
    def write(text: str) -> str:
        (tmp_path / "cases.jsonl").write_text(text, encoding="utf-8")
        return "cases.jsonl"

    return write


def assert_refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    for word in words:
        assert word in done.stderr


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("[" * 200_000, "nested too deep"),
        ('{"id": ' + "9" * 6000 + "}", "too many digits"),
        ('{"id": "a"', "not JSON"),
        ("[1]", "expected a JSON object"),
    ],
)
@pytest.mark.parametrize("command", [("check",), ("quotes", "verify")])
def test_a_line_that_cannot_be_read_is_named(medrag, cases, command, line, word):
    done = medrag(*command, "--cases", cases(f"\n{line}\n"), "--out", "-")
    assert_refused(done, "cases.jsonl:2", word)


@pytest.mark.parametrize("text", ["[" * 200_000, '{"weight_kg": ' + "9" * 6000 + "}"])
def test_a_patient_that_cannot_be_read_is_refused(medrag, tmp_path, text):
    (tmp_path / "patient.json").write_text(text)
    (tmp_path / "answer.txt").write_text("Rest.")
    done = medrag("check", "--answer", "answer.txt", "--patient", "patient.json")
    assert_refused(done, "patient.json")


def test_the_values_of_a_bad_patient_are_not_repeated(medrag, tmp_path):
    (tmp_path / "patient.json").write_text('{"age_years": "Secretname"}')
    (tmp_path / "answer.txt").write_text("Rest.")
    done = medrag("check", "--answer", "answer.txt", "--patient", "patient.json")
    assert_refused(done, "age_years")
    assert "Secretname" not in done.stderr


@pytest.mark.parametrize("out", ["-", "out.jsonl"])
def test_half_a_surrogate_pair_comes_back_as_its_escape(medrag, cases, tmp_path, out):
    line = '{"id": "a\\ud800", "quote": "Take it.", "passage": "Take it."}'
    done = medrag("quotes", "verify", "--cases", cases(line), "--out", out)
    assert done.returncode == 0, done.stderr
    text = done.stdout if out == "-" else (tmp_path / out).read_text(encoding="utf-8")
    assert json.loads(text)["id"] == "a\ud800"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_written_to_and_never_replaced(medrag, cases, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        done = medrag("quotes", "verify", "--cases", cases(_CASE), "--out", "pipe")
        written = os.read(reader, 10_000)
    finally:
        os.close(reader)
    assert done.returncode == 0, done.stderr
    assert json.loads(written)["status"] == "exact"
    assert pipe.is_fifo()


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")
def test_a_link_goes_on_pointing_where_it_did(medrag, cases, tmp_path):
    (tmp_path / "link.jsonl").symlink_to("real.jsonl")
    medrag("quotes", "verify", "--cases", cases(_CASE), "--out", "link.jsonl")
    assert (tmp_path / "link.jsonl").is_symlink()
    assert json.loads((tmp_path / "real.jsonl").read_text())["status"] == "exact"


@pytest.mark.parametrize("out", ["", ".", "missing/out.jsonl"])
def test_an_output_that_cannot_be_a_file_is_refused(medrag, cases, tmp_path, out):
    done = medrag("quotes", "verify", "--cases", cases(_CASE), "--out", out)
    assert_refused(done)
    assert [path.name for path in tmp_path.iterdir()] == ["cases.jsonl"]


def test_a_terminal_without_the_letters_gets_escapes(medrag):
    done = medrag("rules", "list", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["missing", "file"])
def test_a_review_folder_that_is_none_is_not_an_empty_one(medrag, tmp_path, name):
    (tmp_path / "file").write_text("")
    assert_refused(medrag("review", "list", "--folder", name), "no such folder")


def test_a_blank_question_among_cases_is_named_by_its_line(medrag, cases, tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.txt").write_text("Give examplazine 5 mg once daily to adults.")
    built = medrag("index", "build", "docs", "--index", "i", "--embedder", "hashing")
    assert built.returncode == 0, built.stderr
    blank = cases('\n{"id": "a", "question": " "}\n')
    done = medrag("ask", "--cases", blank, "--index", "i", "--out", "out.jsonl")
    assert_refused(done, "cases.jsonl:2", "blank")
    assert not (tmp_path / "out.jsonl").exists()
