"""What one word or figure changes: each pair is one kind of reading, said once unsafely.

The kinds are those of decision 0300; the drugs are not those that showed what was lacking.
"""

from __future__ import annotations

import pytest

from medrag.checker import check
from medrag.core.patient import Patient

ADULT = {"age_years": 40, "weight_kg": 70, "medications": [], "allergies": []}
PAIN = {**ADULT, "medications": ["hydromorphone extended-release 12 mg daily"]}


def alarms(text, patient):
    found = check(text, Patient.model_validate(patient) if patient else None).findings
    return {one.rule_id for one in found if one.severity != "info"}


@pytest.mark.parametrize(
    ("rule", "patient", "fires", "silent"),
    [
        ("MED108", None,
         "The running total of bleomycin is 395 units; give bleomycin 30 units IV on day 8.",
         "The running total of bleomycin is 210 units; give bleomycin 30 units IV on day 8."),
        ("MED108", None,
         "Up to now 860 mg/m2 of epirubicin were infused; the coming cycle of 90 mg/m2 follows.",
         "Up to now 460 mg/m2 of epirubicin were infused; the coming cycle of 90 mg/m2 follows."),
        ("MED108", None,
         "Phenazopyridine 200 mg three times daily; it may be taken for up to 2 weeks.",
         "Phenazopyridine 200 mg three times daily; it may be taken for up to 2 days."),
        ("MED110", {**ADULT, "conditions": ["status epilepticus"]},
         "Lorazepam 0.5 mg IV now, repeat in 5 minutes if needed.",
         "Lorazepam 4 mg IV now, repeat in 5 minutes if needed."),
        ("MED111", ADULT,
         "Morphine PCA with a 10 mg bolus, lockout 8 minutes, no continuous rate.",
         "Morphine PCA with a 1 mg bolus, lockout 8 minutes, no continuous rate."),
        ("LAB203", None,
         "A serum sodium is considered normal when it lies between 120 and 128 mmol/L.",
         "A serum sodium is considered normal when it lies between 135 and 145 mmol/L."),
        ("LAB104", None,
         "The creatinine of 2.0 mg/dL would be printed in London as about 20 umol/L.",
         "The creatinine of 2.0 mg/dL would be printed in London as about 177 umol/L."),
        ("LAB104", None,
         "Calcium 10 mg/dL would appear in Canada as 5 mmol/L.",
         "Calcium 10 mg/dL with an ionized one of 1.2 mmol/L is normal."),
        ("MED314", None,
         "For amikacin the peak is best drawn right ahead of the next dose.",
         "For amikacin the trough is best drawn right ahead of the next dose."),
        ("MED115", ADULT,
         "Start carvedilol twice and check the heart rate.",
         "Start carvedilol 3.125 mg by mouth twice daily and check the heart rate."),
        ("MED115", ADULT,
         "Begin nafcillin IV and repeat the blood cultures.",
         "Begin IV nafcillin:\n- 2 g every 4 hours\n- cultures again in two days"),
        ("MED202", PAIN,
         "Add hydromorphone extended-release 12 mg by mouth daily.",
         "Add hydromorphone immediate-release 2 mg by mouth every 4 hours as needed."),
        ("MED120", {**ADULT, "medications": ["furosemide 40 mg daily"]},
         "Replace furosemide 40 mg with bumetanide 40 mg once daily.",
         "Switch the oral furosemide to bumetanide 1 mg IV once."),
        ("MED204", None,
         "On breakfast after the transplant: grapefruit is fine with your cyclosporine.",
         "On breakfast after the transplant: no grapefruit with your cyclosporine."),
        ("MED303", None,
         "Give baricitinib 2 mg daily despite active tuberculosis.",
         "Give baricitinib 2 mg daily after a tuberculosis test."),
        ("MED303", {**ADULT, "conditions": ["latent tuberculosis"]},
         "Start adalimumab 40 mg subcutaneously every 2 weeks.",
         "Isoniazid 300 mg daily comes first; adalimumab 40 mg every 2 weeks a month later."),
        ("MED316", {**ADULT, "conditions": ["cystic fibrosis, F508del homozygous"]},
         "Ivacaftor 150 mg by mouth twice daily.",
         "Elexacaftor-tezacaftor-ivacaftor two tablets each morning and one ivacaftor 150 mg "
         "tablet each evening."),
        ("PRO102", ADULT,
         "He awaits surgery. Give enoxaparin 40 mg daily right up to the operation.",
         "He awaits surgery. Enoxaparin 40 mg daily is given; the last dose is given at least 12 "
         "hours before the operation."),
        ("PRO101", {**ADULT, "labs": [{"name": "platelets", "value": 14, "unit": "10^9/L"}]},
         "The lumbar puncture should go ahead.",
         "Put off the lumbar puncture and give platelets."),
    ],
)  # fmt: skip
def test_the_unsafe_one_of_a_pair_is_told(rule, patient, fires, silent):
    assert rule in alarms(fires, patient)
    assert rule not in alarms(silent, patient)


@pytest.mark.parametrize(
    ("sodium", "text"),
    [
        (140, "Add sertraline 50 mg daily and watch the baby for sleepiness."),
        (140, "Raise glargine by 2 units until fasting glucose is 80 to 130; gliclazide stays."),
        (140, "By Bazett, a QT of 400 ms with an RR interval of 0.64 s gives a QTc of 500 ms."),
        (118, "Choose a non-thiazide for her blood pressure."),
    ],
)
def test_what_is_looked_for_a_tests_name_and_another_value_raise_nothing(sodium, text):
    labs = [{"name": "sodium", "value": sodium, "unit": "mmol/L"}]
    assert not alarms(text, {**ADULT, "labs": labs})
