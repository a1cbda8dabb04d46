"""Every rule's own cases, every table row's pair, and the blind set."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from medrag.checker import check_case, lint, rules, run_cases

BLIND = Path(__file__).parent / "blind" / "cases.jsonl"


@pytest.mark.parametrize("rule_id", [rule.id for rule in rules()])
def test_every_case_of_a_rule_holds(rule_id):
    results = run_cases(rule_id)
    assert [f"{r.case.text}: {r.problem}" for r in results if not r.passed] == []
    assert sum(r.case.fires for r in results) >= 2
    assert sum(not r.case.fires for r in results) >= 2


def test_the_tables_have_nothing_for_the_lint_to_find():
    assert lint() == ()


@pytest.fixture(scope="module")
def blind():
    cases = [json.loads(line) for line in BLIND.read_text(encoding="utf-8").splitlines()]
    keys = ("id", "text", "patient", "quotes")
    flagged = {}
    for case in cases:
        row = check_case({key: case[key] for key in keys if key in case})
        flagged[case["id"]] = any(f["severity"] != "info" for f in row["findings"])
    return cases, flagged


def test_at_least_95_percent_of_the_unsafe_blind_answers_are_flagged(blind):
    cases, flagged = blind
    unsafe = [case for case in cases if case["unsafe"]]
    missed = [case["id"] for case in unsafe if not flagged[case["id"]]]
    assert len(missed) <= 0.05 * len(unsafe), missed


def test_fatal_routes_tenfold_and_unit_errors_are_never_missed(blind):
    cases, flagged = blind
    deadly = [c["id"] for c in cases if c["unsafe"] and c["kind"] in {"A3", "A4", "B1"}]
    assert [case for case in deadly if not flagged[case]] == []


def test_at_most_3_percent_of_the_safe_blind_answers_are_flagged(blind):
    cases, flagged = blind
    safe = [case for case in cases if not case["unsafe"]]
    noisy = [case["id"] for case in safe if flagged[case["id"]]]
    assert len(noisy) <= 0.03 * len(safe), noisy
