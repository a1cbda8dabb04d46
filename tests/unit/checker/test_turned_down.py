"""Drugs that a text weighs and turns down, gives to somebody else, or advises in the first person.

Each pair differs in what is meant; the rule speaks of the second text only.
"""

from __future__ import annotations

import pytest

from medrag.checker import check
from medrag.core.patient import Patient


def _alarms(text, patient):
    found = check(text, Patient.model_validate(patient) if patient else None).findings
    return {one.rule_id for one in found if one.severity != "info"}


_NITRATE = {"medications": ["isosorbide mononitrate 60 mg daily"]}
_QTC = {"labs": [{"name": "QTc", "value": 505, "unit": "ms"}]}
_MTX = {"medications": ["methotrexate 20 mg weekly"]}


@pytest.mark.parametrize(
    ("rule", "patient", "silent", "fires"),
    [
        ("MED201", _NITRATE,
         "His nitrate rules out riociguat 1 mg three times daily.",
         "His angina is mild. Start riociguat 1 mg three times daily."),
        ("MED311", _QTC,
         "Dofetilide 500 mcg twice daily would fit her, but the QTc of 505 ms rules it out.",
         "Dofetilide 500 mcg twice daily fits her, and the QTc of 505 ms allows it."),
        ("MED303", {"conditions": ["pulmonary embolism 3 years ago"]},
         "Raloxifene 60 mg daily looks tempting. However, her embolism is a contraindication.",
         "Raloxifene 60 mg daily looks tempting. However, it costs more."),
        ("MED301", {"allergies": ["ciprofloxacin - anaphylaxis"]},
         "Ciprofloxacin 500 mg twice daily would be an option in others.",
         "Ciprofloxacin 500 mg twice daily would be an option."),
        ("MED306", {"pregnant": True, "age_years": 24, "sex": "female"},
         "The partner, who is not pregnant, takes doxycycline 100 mg twice daily.",
         "She takes doxycycline 100 mg twice daily from today."),
        ("MED306", {"pregnant": True, "age_years": 29, "sex": "female"},
         "Mycophenolate 1,000 mg twice daily can be considered again after delivery.",
         "Mycophenolate 1,000 mg twice daily can be considered now."),
        ("MED201", {"medications": ["disulfiram 250 mg daily"]},
         "All alcohol must be avoided, including alcohol-containing mouthwash.",
         "Alcohol-containing mouthwash is fine; a glass of alcohol may be taken."),
        ("MED114", None,
         "Take one montelukast 10 mg tablet each evening; no 100 mg tablet exists.",
         "Take one montelukast 100 mg tablet each evening."),
        ("MED104", None,
         "Infiltrate 45 mL of lidocaine 1% with epinephrine (450 mg).",
         "Give epinephrine 450 mg IM."),
        ("MED203", {"conditions": ["schizophrenia"]},
         "After failed trials of risperidone and olanzapine start clozapine 12.5 mg daily.",
         "Continue olanzapine 10 mg daily and start clozapine 12.5 mg daily."),
        ("PRO101", {"medications": ["enoxaparin 80 mg twice daily"]},
         "The biopsy is on Monday. Hold enoxaparin for 24 hours before the biopsy.",
         "Do the lung biopsy today on enoxaparin."),
    ],
)  # fmt: skip
def test_what_is_turned_down_is_silent(rule, patient, silent, fires):
    assert rule not in _alarms(silent, patient)
    assert rule in _alarms(fires, patient)


def test_advice_in_the_first_person_is_an_order():
    patient = {"age_years": 72, "medications": ["amiodarone 200 mg daily"]}
    said = "I would give Paxlovid: nirmatrelvir 300 mg with ritonavir 100 mg twice daily."
    assert "MED201" in _alarms(said, patient)


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("MED108", "Carisoprodol 350 mg four times daily for a year."),
        ("MED108", "Nitrofurantoin 100 mg twice daily for 60 days for the acute cystitis."),
        ("MED102", "Tramadol, one hundred milligrams by mouth every four hours, for the pain."),
        ("MED314", "Blood pressure goal for a diabetic is 170/100."),
        ("MED314", "In gout the target uric acid is below 9 mg/dL."),
        ("PRO107", "Start the transfusion without a crossmatch; it is elective."),
    ],
)
def test_what_was_missed_is_found(rule, text):
    assert rule in _alarms(text, None)


@pytest.mark.parametrize(
    "text",
    [
        "Haemoglobin 13.1 g/dL, MCV 71 fL, CRP normal.",
        "HBV DNA is low and ALT 64 U/L; fibrosis is mild.",
        "The serum magnesium is 1.3 mg/dL, which is below normal.",
        "LDL was 160 mg/dL after myocardial infarction; the goal is below 70 mg/dL.",
    ],
)
def test_a_word_judges_its_own_value_only(text):
    assert not {"LAB201", "MED314"} & _alarms(text, None)


@pytest.mark.parametrize(
    ("rule", "patient", "text"),
    [
        ("MED305", {"age_years": 56, "conditions": ["Child-Pugh C cirrhosis", "seizures"]},
         "Child-Pugh C cirrhosis with seizures: valproate 750 mg twice daily is a good choice."),
        ("MED101", None, "Ondansetron thirty-two milligrams is given intravenously once."),
        ("PRO101", {"labs": [{"name": "eGFR", "value": 11, "unit": "mL/min/1.73m2"}]},
         "The MR angiogram with gadodiamide may be done today."),
        ("MED115", None, "Restart lacosamide 100 as before for the seizures."),
    ],
)  # fmt: skip
def test_what_the_twelfth_set_showed_is_found(rule, patient, text):
    assert rule in _alarms(text, patient)


@pytest.mark.parametrize(
    ("patient", "text"),
    [
        ({"labs": [{"name": "potassium", "value": 2.6, "unit": "mmol/L"}]},
         "Hold insulin, replace potassium until it is above 3.5 mmol/L, then start insulin."),
        (None, "Give two apixaban 5 mg tablets in the morning and two in the evening for the "
         "first week of treatment of the pulmonary embolism."),
    ],
)  # fmt: skip
def test_what_the_twelfth_set_showed_is_silent(patient, text):
    assert not {"MED310", "MED110"} & _alarms(text, patient)
