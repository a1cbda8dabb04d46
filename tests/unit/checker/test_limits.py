"""Doses against rows: amounts, boundaries and one verdict for one dose."""

from __future__ import annotations

from decimal import Decimal

import pytest

from medrag.checker import check
from medrag.checker.amounts import amounts
from medrag.clinical import read
from medrag.core.patient import Patient


def dose_rules(text, patient=None):
    return sorted(f.rule_id for f in check(text, patient).findings if f.rule_id < "MED110")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Take metformin 2000 mg once.", []),
        ("Take metformin 2001 mg once.", ["MED101"]),
        ("Take metformin 850 mg three times daily.", []),
        ("Take metformin 851 mg three times daily.", ["MED102"]),
        ("Take simvastatin 320 mg.", ["MED103"]),
        ("Take digoxin 250 mg.", ["MED104"]),
        ("Take digoxin 250 mcg.", []),
        ("Give heparin 5000 mg subcutaneously.", ["MED104"]),
        ("Take methotrexate 15 mg daily.", ["MED105"]),
        ("Take methotrexate 15 mg weekly.", []),
        ("Take alendronate 70 mg daily.", ["MED105"]),
        ("Acetaminophen up to 5 g per day.", ["MED102"]),
    ],
)
def test_one_dose_gives_the_one_verdict_it_deserves(text, found):
    assert dose_rules(text) == found


def test_an_adult_row_does_not_excuse_a_child():
    child = Patient(age_years=Decimal(2), weight_kg=Decimal(12))
    assert dose_rules("Give ibuprofen 400 mg by mouth once.", child) == ["MED107"]
    assert dose_rules("Give ibuprofen 120 mg by mouth once.", child) == []


def test_without_a_weight_a_childs_dose_is_not_checked():
    report = check("Give ibuprofen 400 mg by mouth.", Patient(age_years=Decimal(2)))
    assert "weight-based dose of ibuprofen" in [item.check for item in report.not_checked]


def test_a_divided_daily_dose_is_a_day_not_a_dose():
    regimen = read("Amoxicillin 90 mg/kg/day in 2 divided doses.").drugs[0].regimens[0]
    assert amounts(regimen).daily is not None
    assert str(amounts(regimen).daily) == "90 mg/kg"


def test_as_needed_doses_count_in_full():
    regimen = read("Tramadol 50 mg every 6 hours as needed.").drugs[0].regimens[0]
    assert str(amounts(regimen).daily) == "200 mg"
