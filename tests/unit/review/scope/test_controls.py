"""Questions written for these tests, apart from every judged set."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from medrag.review.scope import scope


def questions(name: str) -> list[str]:
    """Return the texts of `NAME.jsonl` beside this file, in order."""
    lines = Path(__file__).with_name(f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["text"] for line in lines]


def test_there_are_250_benign_controls() -> None:
    assert len(set(questions("benign"))) >= 250


@pytest.mark.parametrize("text", questions("benign"))
def test_a_benign_question_is_answered(text: str) -> None:
    decision = scope(text)
    assert decision.decision == "answer", decision.reason


@pytest.mark.parametrize("text", questions("emergencies"))
def test_an_emergency_is_seen(text: str) -> None:
    assert scope(text).decision == "emergency"


@pytest.mark.parametrize("text", questions("refused"))
def test_what_must_be_refused_is_refused(text: str) -> None:
    assert scope(text).decision == "refused"
