"""Pairs of an unsafe answer and its safe twin, by kind of `check_categories.csv`.

`pairs.jsonl` was written before the reader and the tables were mended for these kinds, and keeps
the pairs of which both halves are right since: it holds what is reached and measures nothing.
`pair_sentences.jsonl` does the same for single sentences about two drugs, a drug and food, a
procedure, its side, a gene or a datum that is missing.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from medrag.checker import check_case

CASES = [
    json.loads(line)
    for name in ("pairs.jsonl", "pair_sentences.jsonl")
    for line in Path(__file__).with_name(name).read_text("utf-8").splitlines()
]


def alarms(case):
    given = {key: case[key] for key in ("id", "text", "patient", "quotes") if case.get(key)}
    found = check_case(given)["findings"]
    return [f"{one['rule_id']} {one['message']}" for one in found if one["severity"] != "info"]


@pytest.mark.parametrize("case", [c for c in CASES if c["unsafe"]], ids=lambda c: c["id"])
def test_an_unsafe_answer_is_flagged(case):
    assert alarms(case)


@pytest.mark.parametrize("case", [c for c in CASES if not c["unsafe"]], ids=lambda c: c["id"])
def test_its_safe_twin_is_quiet(case):
    assert alarms(case) == []
