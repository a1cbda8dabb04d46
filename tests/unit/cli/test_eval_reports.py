"""`medrag eval report`, `trend`, `adverse`, and models side by side on multiple choice."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest

from fake_chat_server import FakeServer, serving
from medrag.evaluation.reading import read_set

GUIDE = "# Examplazine\n\nExamplazine is given as 40 mg once daily with meals.\n"
SET = """\
name: small
cases:
  - id: a
    question: What is the dose of examplazine?
    expect: {status: answered, quotations: ["Examplazine is given as 40 mg once daily with meals."]}
  - id: b
    question: What is the dose of otherazine?
    expect: {status: answered}
"""
OPTIONS = """\
name: options
cases:
  - id: a
    question: What is the dose of examplazine?
    choices: {A: 10 mg, B: 40 mg}
    expect: {choice: B}
  - id: b
    question: How often is examplazine given?
    choices: {A: daily, B: weekly}
    expect: {choice: A}
"""


@pytest.fixture
def index(tmp_path, medrag):
    (tmp_path / "guide.md").write_text(GUIDE)
    done = medrag(
        "index", "build", tmp_path / "guide.md", "--index", tmp_path / "i", "--embedder", "hashing"
    )
    assert done.status == 0, done.err
    return tmp_path / "i"


@pytest.fixture
def run_of(tmp_path, medrag, index):
    """Runs the small set into a folder of this name."""

    def make(name: str):
        (tmp_path / "set.yaml").write_text(SET)
        out = tmp_path / "runs" / name
        done = medrag("eval", "run", tmp_path / "set.yaml", "--index", index, "--out", out, "-j1")
        assert done.status == 0, done.err
        return out

    return make


def test_one_run_becomes_a_page_beside_it_and_xml_where_it_is_asked_for(tmp_path, medrag, run_of):
    folder = run_of("one")
    (folder / "report.html").unlink()
    done = medrag("eval", "report", folder, "--junit", tmp_path / "j.xml", "--worst", "1")
    assert done.status == 0, done.err
    assert "Evaluation: small" in (folder / "report.html").read_text()
    failed = [one.get("name") for one in ET.parse(tmp_path / "j.xml").iter("testcase") if len(one)]
    assert failed == ["b"]
    again = medrag(
        "eval", "report", folder, "--junit", tmp_path / "j.xml", "--against", run_of("two")
    )
    assert again.status == 0
    assert [one.tag for one in ET.parse(tmp_path / "j.xml").iter("skipped")] == ["skipped"]
    (tmp_path / "gates.toml").write_text('[[gate]]\nmetric = "correct"\nmin = 0.9\n')
    gated = medrag(
        "eval", "report", folder, "--junit", tmp_path / "j.xml", "--gates", tmp_path / "gates.toml"
    )
    assert gated.status == 0, gated.err
    suite = ET.parse(tmp_path / "j.xml").getroot()[0]
    failed = [one.get("name") for one in suite.iter("testcase") if len(one)]
    assert len(failed) == 1
    assert failed[0].startswith("correct")


def test_several_runs_become_one_page_and_a_trend(tmp_path, medrag, run_of):
    runs = [run_of("one"), run_of("two")]
    done = medrag("eval", "report", *runs, "--out", tmp_path / "both.html")
    assert done.status == 0, done.err
    assert "extractive (one)" in (tmp_path / "both.html").read_text()
    drawn = medrag("eval", "trend", tmp_path / "runs", "--out", tmp_path / "trend.html")
    assert drawn.status == 0, drawn.err
    assert "2 runs" in drawn.out
    assert "Evaluation over time" in (tmp_path / "trend.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("{a}", "{a}", "--junit", "x.xml"), "--junit is of one run"),
        (("{a}", "--against", "{a}"), "--against and --gates are for --junit"),
        (("{a}/none",), "no results.json"),
    ],
)
def test_what_cannot_be_meant_is_refused(medrag, run_of, arguments, said):
    folder = run_of("one")
    done = medrag("eval", "report", *(one.replace("{a}", str(folder)) for one in arguments))
    assert done.status == 2
    assert said in done.err


def test_a_rejected_answer_becomes_a_draft_once(tmp_path, medrag, index):
    pending, cases = tmp_path / "pending", tmp_path / "cases.yaml"
    asked = medrag(
        "ask", "What is the dose of examplazine for Mrs. Jane Miller?",
        "--index", index, "--review", pending,
    )  # fmt: skip
    assert asked.status == 0, asked.err
    name = next(pending.glob("*.answer.json")).name.partition(".")[0]
    signed = medrag(
        "review", "sign", name, "--folder", pending, "--reviewer", "dr-0417",
        "--decision", "reject", "--reason", "Jane Miller weighs 30 kg",
    )  # fmt: skip
    assert signed.status == 0, signed.err
    done = medrag("eval", "adverse", "--folder", pending, "--out", cases)
    assert done.status == 0, done.err
    assert "1 new drafts" in done.out
    assert "Miller" not in cases.read_text()
    case = read_set(cases).cases[0]
    assert "weighs 30 kg" in case.notes
    assert "0 new drafts" in medrag("eval", "adverse", "--folder", pending, "--out", cases).out


def test_decisions_come_from_one_place(tmp_path, medrag):
    none = medrag("eval", "adverse", "--out", tmp_path / "x.yaml")
    both = medrag(
        "eval", "adverse", "--folder", tmp_path, "--audit", tmp_path, "--out", tmp_path / "x.yaml"
    )
    assert (none.status, both.status) == (2, 2)
    assert "either --folder" in none.err


def test_two_servers_choose_with_and_without_passages(tmp_path, medrag, index):
    (tmp_path / "options.yaml").write_text(OPTIONS)
    good, poor = FakeServer(), FakeServer()
    good.text, poor.text = '{"choice":"B"}', "I would not know."
    with serving(good), serving(poor):
        done = medrag(
            "eval", "run", tmp_path / "options.yaml", "--index", index, "--closed-book", "--json",
            "--llm", f"{good.url}/v1", "--llm", f"{poor.url}/v1", "--out", tmp_path / "runs",
        )  # fmt: skip
    assert done.status == 0, done.err
    told = {
        (run["signature"]["llm"], run["signature"]["closed_book"]): {
            figure["metric"]: figure["value"] for figure in run["figures"] if not figure["part"]
        }
        for run in json.loads(done.out)
    }
    assert len(told) == 4
    assert {told[f"{good.url}/v1", closed]["choice-accuracy"] for closed in (False, True)} == {0.5}
    assert {told[f"{poor.url}/v1", closed]["choice-accuracy"] for closed in (False, True)} == {0}
    assert told[f"{good.url}/v1", False]["tokens"] > 0
    asked = [body["messages"][-1]["content"] for body in good.asked if len(body["messages"]) == 1]
    with_passages = ["40 mg once daily with meals" in content for content in asked]
    assert with_passages.count(True) == 2
    assert "side by side" in done.err
    assert "closed book" in (tmp_path / "runs" / "comparison.html").read_text()
