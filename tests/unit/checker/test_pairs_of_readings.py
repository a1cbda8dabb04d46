"""Further wordings of the constructions that `tests/rules/pairs.jsonl` called for."""

from __future__ import annotations

import pytest

from medrag.checker import check
from medrag.core.patient import Patient

FIRES = (
    ("Ramipril 5 until review.", "MED115", {}),
    ("Meropenem 1 TDS.", "MED115", {}),
    ("Propofol at 30, titrate to sedation.", "MED115", {}),
    ("Furosemide IV now.", "MED115", {}),
    ("Enoxaparin 80 mg was given at 08:00; spinal at 14:00.", "PRO102", {"age_years": 66}),
    ("Stop dapagliflozin the night before the bowel resection.", "PRO102", {}),
    ("Give cefazolin 2 g IV four hours before incision.", "PRO102", {}),
    ("Cut the fentanyl patch in half.", "MED113", {}),
    ("Kadian can be chewed if that is easier.", "MED113", {}),
    ("Six months of daily fluconazole 150 mg for the vaginal thrush.", "MED108", {}),
    ("Triazolam 0.25 mg all year round.", "MED108", {}),
    ("Proximal DVT: rivaroxaban 10 mg daily.", "MED110", {"age_years": 60}),
    (
        "Atrial fibrillation: apixaban 2.5 mg twice daily for stroke prevention.",
        "MED110",
        {"age_years": 60, "weight_kg": 80},
    ),
    (
        "Spironolactone 25 mg is added to his lisinopril. Chemistry at the yearly review.",
        "MED201",
        {"medications": ["lisinopril 20 mg daily"]},
    ),
    ("Creatinine 3.8 mg/dL: kidney function is intact.", "LAB205", {}),
    ("Serum sirolimus is a peak, one hour after the tablet.", "MED314", {}),
)

SILENT = (
    ("Please give him bisoprolol 2.5 mg by mouth daily while in hospital.", {}),
    ("Enoxaparin 80 mg was given at 08:00 today; spinal tomorrow at 10:00.", {"age_years": 66}),
    ("Give cefazolin 2 g IV 30 minutes before incision.", {}),
    ("The lidocaine patch may be cut to size.", {}),
    ("Open Kadian capsule and sprinkle on applesauce without chewing.", {}),
    ("Recurrent vaginal thrush: fluconazole 150 mg once a week for six months.", {}),
    (
        "Atrial fibrillation: apixaban 2.5 mg twice daily.",
        {"age_years": 84, "weight_kg": 56, "conditions": ["atrial fibrillation"]},
    ),
    (
        "Spironolactone 25 mg is added to his lisinopril. Chemistry in one week.",
        {"medications": ["lisinopril 20 mg daily"]},
    ),
    ("Creatinine 3.8 mg/dL: kidney function is badly reduced.", {}),
)


def alarms(text, patient):
    found = check(text, Patient.model_validate(patient) if patient else None).findings
    return [one.rule_id for one in found if one.severity != "info"]


@pytest.mark.parametrize(("text", "rule", "patient"), FIRES, ids=lambda value: str(value)[:40])
def test_what_is_wrong_in_other_words_is_flagged(text, rule, patient):
    assert rule in alarms(text, patient)


@pytest.mark.parametrize(("text", "patient"), SILENT, ids=lambda value: str(value)[:40])
def test_its_safe_counterpart_is_quiet(text, patient):
    assert alarms(text, patient) == []
