"""What the lint finds: each kind of fault, planted as a policy's row."""

from __future__ import annotations

from datetime import date

import pytest

from medrag.checker import lint, load_policy
from medrag.checker.lints import (
    contradictory_bands,
    contradictory_doses,
    contradictory_values,
    shadowed_interactions,
    unreachable_names,
    unreachable_values,
)
from medrag.checker.tables import load_knowledge

DOSE = {"drug": "digoxin", "route": "oral", "population": "adult", "unit": "ug", "ref": "L2"}


def planted(check, table, *rows):
    known = set(check(load_knowledge()))
    return [line for line in check(load_knowledge().extended({table: rows})) if line not in known]


def test_a_single_dose_above_the_daily_maximum_is_found():
    lines = planted(contradictory_doses, "doses", {**DOSE, "single": "500", "daily": "250"})
    assert any("a single dose above the daily maximum" in line for line in lines)


def test_a_least_dose_above_the_largest_is_found():
    lines = planted(contradictory_doses, "doses", {**DOSE, "low": "500", "single": "250"})
    assert any("the lowest dose is above the largest" in line for line in lines)


def test_two_rows_for_one_dose_are_found():
    rows = [{**DOSE, "single": "250"}, {**DOSE, "unit": "mg", "single": "0.5"}]
    assert any("two rows overlap" in line for line in planted(contradictory_doses, "doses", *rows))


def test_a_limit_that_grows_as_the_kidney_fails_is_found():
    row = {"drug": "allopurinol", "measure": "crcl", "action": "daily", "unit": "mg",
           "severity": "warning", "text": "less", "ref": "L2"}  # fmt: skip
    rows = [{**row, "below": "5", "value": "900"}, {**row, "below": "50", "value": "100"}]
    lines = planted(contradictory_bands, "renal", *rows)
    assert any("more is allowed below 5 than" in line for line in lines)


def test_a_worse_value_that_weighs_less_is_found():
    row = {"drug": "spironolactone", "analyte": "potassium", "op": ">", "unit": "mmol/L",
           "reason": "more", "ref": "L4"}  # fmt: skip
    rows = [
        {**row, "value": "4", "severity": "critical"},
        {**row, "value": "9", "severity": "info"},
    ]
    assert any("weighs less" in line for line in planted(contradictory_values, "drug_labs", *rows))


@pytest.mark.parametrize(
    ("table", "row", "words"),
    [
        (
            "contraindications",
            {"drug": "metformin", "condition": "no-such-state", "severity": "info",
             "reason": "x", "ref": "L4"},
            "nothing reads the condition",
        ),
        (
            "periprocedural",
            {"drug": "warfarin", "procedure": "no-such-thing", "min_hours": "1",
             "direction": "before", "severity": "info", "text": "x", "ref": "L4"},
            "nothing reads 'no-such-thing'",
        ),
    ],
)  # fmt: skip
def test_a_row_about_what_nothing_reads_is_found(table, row, words):
    assert any(words in line for line in planted(unreachable_names, table, row))


def test_a_limit_in_a_unit_that_nobody_reports_is_found():
    row = {"drug": "metformin", "analyte": "potassium", "op": ">", "value": "1", "unit": "mm[Hg]",
           "severity": "info", "reason": "x", "ref": "L4"}  # fmt: skip
    lines = planted(unreachable_values, "drug_labs", row)
    assert any("no reported unit converts" in line for line in lines)


def test_a_pair_hidden_by_the_row_of_its_groups_is_found():
    rows = [
        {"drug": "@ssri", "other": "@macrolide", "severity": "critical", "effect": "x",
         "action": "y", "ref": "L7"},
        {"drug": "sertraline", "other": "azithromycin", "severity": "info", "effect": "x",
         "action": "y", "ref": "L7"},
    ]  # fmt: skip
    lines = planted(shadowed_interactions, "interactions", *rows)
    assert any("sertraline+azithromycin is hidden" in line for line in lines)


def test_a_suspension_that_has_ended_is_told(tmp_path):
    path = tmp_path / "policy.toml"
    path.write_text(
        'name = "N"\n[[disabled]]\nrule = "MED104"\nreason = "x"\nexpires = 2026-01-31', "utf-8"
    )
    policy = load_policy(path, today=date(2026, 6, 1))
    assert lint(policy) == (*lint(), "policy N: MED104 runs again since 2026-01-31.")
