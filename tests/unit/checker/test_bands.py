"""Doses given for bands of kidney function: only this patient's is held against the limits."""

from __future__ import annotations

import pytest

from medrag.checker import check
from medrag.core.patient import Patient

PATIENT = Patient.model_validate({"labs": [{"name": "CrCl", "value": 20, "unit": "mL/min"}]})
BANDS = (
    "Gabapentin: 300 mg three times daily at CrCl above 60, 200 mg twice daily at 30-59, 200 mg "
    "once daily at 15-29. "
)


def renal(text):
    return [f for f in check(text, PATIENT).findings if f.rule_id == "MED304"]


def test_bands_of_other_kidneys_are_no_order():
    assert renal(BANDS) == []


def test_the_dose_behind_words_for_this_patient_is_checked():
    assert renal("Gabapentin 800 mg three times daily at this clearance.")


@pytest.mark.parametrize(
    "text",
    [
        "Gabapentin 200 mg once daily; the usual 300 mg three times daily would accumulate.",
        "| Drug | > 60 | 30-60 | < 30 |\n|---|---|---|---|\n"
        "| Gabapentin | 900 mg/day | 400 mg/day | 200 mg/day |",
    ],
)
def test_the_usual_dose_and_a_row_of_bands_are_no_order(text):
    assert renal(text) == []
