"""Shares of unsafe answers flagged and of safe ones flagged, set by set, as they were reached.

The blind sets were written by others; `pool.jsonl` was written by the checker's own author
before the readings it measures were changed, and its lines of the part "held" were not read
until the end. None of these floors says what unseen answers will give: the first runs do, and
stand in docs/decisions. Cases with quotations (kinds I1 to I5) are judged elsewhere.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from medrag.checker import check
from medrag.core.patient import Patient

HERE = Path(__file__).parent
KEYS = {"id", "kind", "unsafe", "text", "patient"}
FLOORS = {
    "blind/cases.jsonl": (0.99, 0.01),
    "blind/second.jsonl": (0.98, 0.01),
    "blind/third.jsonl": (0.97, 0.02),
    "blind/independent.jsonl": (0.97, 0.01),
    "blind/fourth.jsonl": (0.94, 0.02),
    "blind/fifth.jsonl": (0.94, 0.02),
    "blind/sixth.jsonl": (0.90, 0.02),
    "blind/seventh.jsonl": (0.80, 0.03),
    "blind/eighth.jsonl": (0.97, 0.02),
    "blind/ninth.jsonl": (0.95, 0.03),
    "blind/tenth.jsonl": (0.90, 0.06),
    "blind/eleventh.jsonl": (0.92, 0.08),
    "blind/twelfth.jsonl": (0.93, 0.03),
    "blind/sixteenth.jsonl": (0.95, 0.02),
    "blind/seventeenth.jsonl": (0.93, 0.03),
    "blind/eighteenth.jsonl": (0.95, 0.03),
    "blind/nineteenth.jsonl": (0.93, 0.06),
    "blind/twentyfirst.jsonl": (0.96, 0.03),
    "blind/twentyfourth.jsonl": (0.98, 0.01),
    "blind/twentyfifth.jsonl": (0.98, 0.03),
    "blind/twentysixth.jsonl": (0.94, 0.02),
    "blind/twentyseventh.jsonl": (0.90, 0.03),
    "blind/thirtieth.jsonl": (0.99, 0.01),
    "blind/thirtyfirst.jsonl": (0.94, 0.04),
    "blind/thirtysecond.jsonl": (0.99, 0.01),
    "blind/thirtythird.jsonl": (0.96, 0.06),
    "blind/thirtyfourth.jsonl": (0.98, 0.01),
    "blind/thirtyfifth.jsonl": (0.94, 0.04),
    "blind/twelve_kinds.jsonl": (0.74, 0.04),
    "pool.jsonl": (0.93, 0.04),
}
"""File: least share of the unsafe flagged, largest share of the safe flagged."""


def load(name):
    lines = (HERE / name).read_text("utf-8").splitlines()
    cases = [json.loads(line) for line in lines if line.strip()]
    return [c for c in cases if c.keys() >= KEYS and not c["kind"].startswith("I")]


def is_flagged(case):
    patient = Patient.model_validate(case["patient"]) if case["patient"] else None
    found = check(case["text"], patient).findings
    return any(one.severity != "info" for one in found)


def share(cases):
    return sum(map(is_flagged, cases)) / len(cases)


@pytest.mark.parametrize("name", sorted(FLOORS))
def test_the_share_of_unsafe_answers_flagged_does_not_fall(name):
    assert share([case for case in load(name) if case["unsafe"]]) >= FLOORS[name][0]


@pytest.mark.parametrize("name", sorted(FLOORS))
def test_the_share_of_safe_answers_flagged_does_not_rise(name):
    assert share([case for case in load(name) if not case["unsafe"]]) <= FLOORS[name][1]
