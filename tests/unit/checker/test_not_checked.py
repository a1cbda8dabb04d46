"""What could not be looked at is said, with what is missing, and never called safe."""

from __future__ import annotations

from decimal import Decimal

import pytest

from medrag.checker import check
from medrag.core.patient import Patient

BARE = Patient(age_years=Decimal(40))


@pytest.mark.parametrize(
    ("text", "check_words", "reason"),
    [
        ("Start amoxicillin 500 mg three times daily.", "allergies", "allergy list"),
        ("Start amoxicillin 500 mg three times daily.", "current medications", "medication list"),
        ("Start metformin 500 mg daily.", "kidney function for metformin", "neither eGFR"),
        ("Start ketoconazole 200 mg daily.", "liver disease", "conditions"),
        ("Start propranolol 40 mg twice daily.", "contraindicating conditions", "conditions"),
        ("Start lisinopril 10 mg daily.", "pregnancy for lisinopril", "not stated"),
        ("Start spironolactone 25 mg daily.", "potassium before spironolactone", "no value"),
        ("Give ondansetron 8 mg IV.", "QTc before", "no value"),
        ("Start abacavir 600 mg daily.", "genetic or enzyme test before abacavir", "no result"),
        ("Apply a fentanyl 25 mcg/hour patch.", "tolerance of opioids", "neither the text"),
        ("Enoxaparin 1 mg/kg = 80 mg twice daily.", "total of enoxaparin", "weight"),
        ("Give examplazine 20 mg daily.", "examplazine", "do not know this name"),
    ],
)
def test_a_missing_datum_is_named(text, check_words, reason):
    found = [item for item in check(text, BARE).not_checked if check_words in item.check]
    assert any(reason in item.reason for item in found), check(text, BARE).not_checked


def test_a_weight_is_asked_for_where_a_child_is_dosed():
    report = check("Acetaminophen 160 mg every 6 hours.", Patient(age_years=Decimal(3)))
    assert any("weight" in item.reason for item in report.not_checked)


def test_what_is_known_is_not_asked_for():
    patient = Patient.model_validate(
        {"age_years": 40, "sex": "male", "weight_kg": 80, "allergies": [], "medications": [],
         "conditions": [], "labs": [{"name": "potassium", "value": 4.2, "unit": "mmol/L"}]}
    )  # fmt: skip
    told = {item.check for item in check("Start spironolactone 25 mg daily.", patient).not_checked}
    assert not any("potassium" in line or "allerg" in line or "pregnan" in line for line in told)


def test_without_a_patient_one_line_says_it_all():
    report = check("Start spironolactone 25 mg daily.")
    assert [item.reason for item in report.not_checked] == ["no patient is given"]
