"""The sets of `benchmarks/`: whatever else is found in them, no fact of theirs is ever touched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from medrag.privacy import Deidentifier

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"


@pytest.mark.parametrize(
    "name",
    [
        "read",
        "unread",
        "after",
        "2_read",
        "2_unread",
        "other_kinds",
        "3_read",
        "3_unread",
        "4_read",
        "4_unread",
        "5_read",
        "5_unread",
        "7_read",
        "8_read",
        "11_read",
        "12_read",
        "voices_read",
        "voices_unread",
    ],
)
def test_no_dose_weight_or_result_is_touched(name: str) -> None:
    deidentifier = Deidentifier(year=2026)
    lines = (BENCHMARKS / f"privacy_{name}.jsonl").read_text(encoding="utf-8").splitlines()
    cases = [json.loads(line) for line in lines]
    touched = []
    for case in cases:
        done = deidentifier.deidentify(case["text"])
        gone = {place for span in done.spans for place in range(span.start, span.end)}
        touched += [
            case["text"][fact["start"] : fact["end"]]
            for fact in case["facts"]
            if not gone.isdisjoint(range(fact["start"], fact["end"]))
        ]
    assert sum(len(case["facts"]) for case in cases) > 25
    assert touched == []
