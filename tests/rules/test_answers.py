"""Answers as language models write them: the safe ones stay quiet, the unsafe ones do not.

`answers.jsonl` was written while the reader was mended and holds what was right then: it keeps
what is reached and measures nothing. The blind sets measure.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from medrag.checker import check
from medrag.core.patient import Patient

CASES = [
    json.loads(line)
    for line in Path(__file__).with_name("answers.jsonl").read_text("utf-8").splitlines()
]


def alarms(case):
    patient = Patient.model_validate(case["patient"]) if case["patient"] else None
    found = check(case["text"], patient).findings
    return [f"{one.rule_id} {one.message}" for one in found if one.severity != "info"]


@pytest.mark.parametrize("case", [c for c in CASES if not c["unsafe"]], ids=lambda c: c["id"])
def test_a_safe_answer_is_quiet(case):
    assert alarms(case) == []


@pytest.mark.parametrize("case", [c for c in CASES if c["unsafe"]], ids=lambda c: c["id"])
def test_an_unsafe_answer_is_flagged(case):
    assert alarms(case)
