"""What a change leaves, what a placebo cannot have, and which values are the patient's own."""

from __future__ import annotations

import pytest

from medrag.checker import check_case
from medrag.quotes import ground_text

CUT = "When switching from one insulin to the other, reduce the dose by approximately 20%."
RAISED = "Levothyroxine requirements increase by 30% during pregnancy."
ARMS = (
    "Headache was reported by 24.6% of patients receiving sildenafil 50 mg, 33.1% of those "
    "receiving 100 mg and 7.9% of those receiving placebo."
)
WAIT = "Colonoscopy should be repeated at least 6 weeks after acute diverticulitis has resolved."
UNLESS = "No patient should begin natalizumab without testing for JC virus antibodies."
FAITHFUL = [
    ("Switching insulins means cutting the dose to about 80% of the previous one.", CUT),
    ("In pregnancy levothyroxine needs rise to about 130% of what they were.", RAISED),
    ("A quarter on 50 mg and a third on 100 mg had headaches, against 8% on placebo.", ARMS),
    ("Colonoscopy is repeated only once six weeks or more have gone by.", WAIT),
    ("Natalizumab starts require a JC virus antibody test.", UNLESS),
]
ALTERED = [
    ("After switching insulins the patient takes 20% of the previous dose.", CUT),
    ("In pregnancy levothyroxine needs rise to about 70% of what they were.", RAISED),
    ("A quarter on 100 mg and a third on 50 mg had headaches, against 8% on placebo.", ARMS),
    ("Colonoscopy is repeated only within six weeks of acute diverticulitis.", WAIT),
]
THRESHOLDS = [
    ("At a systolic pressure of at least 130 mmHg it is hypertension.",
     "Hypertension is a systolic pressure of 140 mmHg or higher."),
    ("Oxygen is given for a saturation of less than 88%.",
     "Oxygen is indicated if saturation falls below 92%."),
    ("Surgery may be offered from a BMI of at least 32 kg/m2.",
     "Surgery may be offered to adults with a BMI of 35 kg/m2 or more."),
    ("Ibuprofen is to be avoided up to 20 weeks of pregnancy.",
     "Ibuprofen should be avoided from 20 weeks of pregnancy."),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "quote"), FAITHFUL)
def test_a_faithful_claim_is_not_flagged(claim, quote):
    assert not ground_text(claim, [quote])


@pytest.mark.parametrize(("claim", "quote"), ALTERED)
def test_an_altered_claim_is_flagged(claim, quote):
    assert ground_text(claim, [quote])


@pytest.mark.parametrize(("claim", "quote"), THRESHOLDS)
def test_a_threshold_is_no_state_of_the_patient(claim, quote):
    case = {"id": "1", "text": claim, "patient": None, "quotes": [quote]}
    assert any(one["severity"] != "info" for one in check_case(case)["findings"])


def test_a_measured_value_of_the_patient_needs_no_quotation():
    case = {
        "id": "1", "patient": None,
        "quotes": ["Oxygen is indicated if saturation falls below 92%."],
        "text": "With a saturation of 89% oxygen is indicated.",
    }  # fmt: skip
    assert all(one["severity"] == "info" for one in check_case(case)["findings"])
