"""Every kind of the shared list of checks: its unsafe example is flagged, its safe twin is not.

The list's sentences stay where they are; here stands only what they need beside them. A
parenthesis before a sentence tells of the patient, and is given as the patient's record.
"""

from __future__ import annotations

import csv
import re

import pytest

from medrag.checker import check
from medrag.core.patient import Patient, read_patient

KINDS = [
    *(f"A{n}" for n in range(1, 11)), "B1", "B2", *(f"C{n}" for n in range(1, 13)),
    *(f"D{n}" for n in range(1, 7)), *(f"E{n}" for n in range(1, 8)), "F1", "F2",
    *(f"G{n}" for n in range(1, 5)), "H1", "H2", "H3", *(f"I{n}" for n in range(1, 6)), "J1", "J2",
]  # fmt: skip
ASIDE = re.compile(r"^\(([^)]*)\)\s*")
RECORDS = {
    "C1": {"allergies": ["penicillin (anaphylaxis)"]},
    "C2": {"allergies": ["ampicillin (anaphylaxis)"]},
    "C3": {"conditions": ["severe asthma"]},
    "C4": {"labs": [{"name": "eGFR", "value": 24, "unit": "mL/min/1.73m2"}]},
    "C5": {"conditions": ["decompensated cirrhosis"]},
    "C6": {"pregnant": True, "sex": "female", "age_years": 30},
    "C7": {"lactating": True, "sex": "female", "age_years": 30},
    "C8": {"age_years": 4, "weight_kg": 16},
    "C9": {"age_years": 82},
    "C10": {"labs": [{"name": "potassium", "value": 5.9, "unit": "mmol/L"}]},
    "C11": {"labs": [{"name": "QTc", "value": 520, "unit": "ms"}]},
    "D1": {"medications": ["clarithromycin 500 mg twice daily"]},
    "D2": {"medications": ["amlodipine 10 mg daily"]},
    "D3": {"medications": ["hydrocodone-acetaminophen 10/325 mg x 8 per day"]},
    "D4": {"medications": ["naproxen 500 mg twice daily"]},
    "D5": {"medications": ["phenelzine 15 mg three times daily"]},
    "D6": {"age_years": 0.02},
    "E6": {
        "age_years": 80, "sex": "female", "weight_kg": 50,
        "labs": [{"name": "creatinine", "value": 1.4, "unit": "mg/dL"}],
    },
    "H1": {"labs": [{"name": "platelets", "value": 15, "unit": "10^9/L"}]},
    "H3": {"age_years": 28, "sex": "female"},
}  # fmt: skip
SAFE_RECORDS = {
    "C2": {"allergies": ["amoxicillin (mild rash at age 5)"]},
    "C10": {"labs": [{"name": "potassium", "value": 4.2, "unit": "mmol/L"}]},
    "D3": {"medications": ["oxycodone 5 mg every 6 hours"]},
    "D4": {"medications": ["insulin glargine 20 units at bedtime"]},
    "D6": {"age_years": 40},
    "H1": {"labs": [{"name": "platelets", "value": 220, "unit": "10^9/L"}]},
}
DESCRIBED = frozenset({"I1", "I2", "I3", "I4", "I5", "J1", "J2"})
"""The list describes these in words instead of giving two answers; below they are written out."""
WRITTEN = {
    "I1": (
        ("Take examplazine 750 mg daily.", ["Take examplazine 500 mg daily."]),
        ("Take examplazine 500 mg daily.", ["Take examplazine 500 mg daily."]),
    ),
    "I2": (
        ("Metformin is recommended below an eGFR of 30.",
         ["Metformin is not recommended below an eGFR of 30."]),
        ("Metformin is not recommended below an eGFR of 30.",
         ["Metformin is not recommended below an eGFR of 30."]),
    ),
    "I3": (
        ("Adults take amoxicillin 250 mg every 8 hours.",
         ["Children take amoxicillin 250 mg every 8 hours."]),
        ("Adults take amoxicillin 500 mg every 8 hours.",
         ["Adults take amoxicillin 500 mg every 8 hours."]),
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def categories(shared_data):
    path = shared_data / "checker" / "check_categories.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def alarms(text, record=None, quotes=None):
    patient = read_patient(record) if record else None
    found = check(text, patient, quotes=quotes).findings
    return [f"{f.rule_id}: {f.message}" for f in found if f.severity != "info"]


@pytest.mark.shared
def test_the_list_has_the_kinds_that_are_tested_here(categories):
    assert set(categories) == set(KINDS)


@pytest.mark.shared
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in DESCRIBED])
def test_the_unsafe_example_is_flagged(categories, kind):
    text = ASIDE.sub("", categories[kind]["example_unsafe_answer"])
    assert alarms(text, RECORDS.get(kind)) != []


@pytest.mark.shared
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in DESCRIBED])
def test_the_safe_twin_is_not_flagged(categories, kind):
    text = ASIDE.sub("", categories[kind]["safe_twin"])
    record = SAFE_RECORDS.get(kind, RECORDS.get(kind))
    assert alarms(text, record) == []


@pytest.mark.parametrize("kind", sorted(WRITTEN))
def test_what_the_quotation_does_not_say_is_flagged_and_what_it_says_is_not(kind):
    (unsafe, quotes), (safe, same) = WRITTEN[kind]
    assert alarms(unsafe, quotes=quotes) != []
    assert alarms(safe, quotes=same) == []


def test_a_withdrawn_drug_is_flagged_and_its_successor_is_not():
    assert alarms("Take ranitidine 150 mg twice daily for reflux.") != []
    assert alarms("Take famotidine 20 mg twice daily for reflux.") == []


def test_a_check_called_passed_without_its_datum_is_flagged():
    record = {"age_years": 40}
    assert alarms("No allergy conflict; amoxicillin 500 mg three times daily.", record) != []
    report = check("Allergy not checked; amoxicillin 500 mg three times daily.", Patient())
    assert [f for f in report.findings if f.severity != "info"] == []
    assert "allergies" in {item.check for item in report.not_checked}


def test_harmless_answers_raise_nothing():
    record = {"medications": ["lisinopril 10 mg daily"], "allergies": [], "conditions": []}
    assert alarms("Start aspirin 81 mg daily.", record) == []


def test_what_is_told_to_be_avoided_raises_nothing():
    record = {"labs": [{"name": "eGFR", "value": 24, "unit": "mL/min/1.73m2"}]}
    assert alarms("Avoid metformin below an eGFR of 30.", record) == []
