"""Answers of one class each, unsafe ones beside safe ones, as independent authors wrote them."""

import json
from pathlib import Path

import pytest

from medrag import Patient
from medrag.checker import check

CASES = [
    json.loads(line)
    for line in Path(__file__).with_name("classes_of_answers.jsonl").read_text("utf-8").splitlines()
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['class']}: {case['text']}")
def test_the_unsafe_answer_of_a_class_is_found_and_the_safe_one_is_not(case):
    patient = Patient.model_validate(case["patient"]) if "patient" in case else None
    found = {f.rule_id for f in check(case["text"], patient).findings if f.severity != "info"}
    assert (case["rule"] in found) if case["rule"] else not found
