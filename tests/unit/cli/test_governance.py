from __future__ import annotations

import json

import pytest

from medrag.pipeline.index import Index
from medrag.review.approval import Approval

GUIDE = "# Examplazine\n\nGive examplazine 5 mg by mouth once daily.\n"


@pytest.fixture
def index(tmp_path):
    (tmp_path / "guide.md").write_text(GUIDE, encoding="utf-8")
    path = tmp_path / "g.index"
    Index.build([tmp_path / "guide.md"], path, embedder="hashing", progress=False).close()
    return path


def test_a_run_becomes_a_card(medrag, index, tmp_path):
    cases, answers = tmp_path / "q.jsonl", tmp_path / "a.jsonl"
    cases.write_text(json.dumps({"id": "1", "question": "Dose of examplazine?"}) + "\n")
    assert medrag("ask", "--cases", cases, "--index", index, "--out", answers).status == 0
    done = medrag("models", "card", "--answers", answers)
    assert done.status == 0
    assert "# Model card: extractive" in done.out
    assert "1 questions" in done.out


def test_what_is_no_answer_makes_no_card(medrag, tmp_path):
    answers = tmp_path / "a.jsonl"
    answers.write_text('{"id": "1", "answer": {"status": "fine"}}\n')
    done = medrag("models", "card", "--answers", answers)
    assert done.status == 2
    assert "a.jsonl:1" in done.err


def test_an_approval_names_what_an_answer_is_made_with(medrag, index, tmp_path):
    out = tmp_path / "approval.toml"
    done = medrag(
        "models", "approve", "--index", index, "--by", "Dr. Example", "--until", "2031-12-31",
        "--generations", "content", "--out", out,
    )  # fmt: skip
    assert done.status == 0, done.err
    approval = Approval.load(out)
    assert approval.by == "Dr. Example"
    assert approval.index == "content"
    assert approval.versions.model.startswith("extractive")
    assert approval.versions.rules.startswith("medrag-rules")


def test_the_variants_are_still_listed(medrag):
    assert "medgemma-27b" in medrag("models").out
