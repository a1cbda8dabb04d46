"""What answers say to explain raises nothing; the unsafe order in the same words still does."""

from __future__ import annotations

import pytest

from medrag.checker import check
from medrag.core.patient import Patient


def alarms(text: str, **patient: object) -> set[str]:
    """The rules that speak at warning or above."""
    report = check(text, Patient.model_validate(patient) if patient else None)
    return {finding.rule_id for finding in report.findings if finding.severity != "info"}


TOLD = [
    ("In a woman of her age and weight, 0.125 mg by mouth once daily is usual.", {}),
    (
        "With diltiazem the limit for simvastatin would be 10 mg, and for lovastatin 20 mg.",
        {},
    ),
    (
        "Start the new drug when the INR has fallen: below 2.0 for apixaban and dabigatran, "
        "below 3.0 for rivaroxaban. Apixaban 5 mg twice daily can start today.",
        {},
    ),
    ("There is no reason to add pantoprazole.", {"medications": ["omeprazole 20 mg daily"]}),
    (
        "Levodopa itself should be continued.",
        {"medications": ["carbidopa-levodopa 25/100 mg three times daily"]},
    ),
    (
        "His angina is controlled with isosorbide mononitrate 60 mg daily, which rules out the "
        "PDE5 inhibitors sildenafil and tadalafil. Choose selexipag 200 mcg twice daily.",
        {},
    ),
    ("Continue doxycycline 100 mg daily, stopping doxycycline before isotretinoin.", {}),
    ("A rash from amoxicillin does not exclude cephalosporins; give cefazolin 2 g IV.",
     {"allergies": ["amoxicillin (mild rash as a child)"]}),
    ("Acetylcysteine 150 mg/kg IV, then 50 mg/kg and 100 mg/kg, 300 mg/kg in all.",
     {"weight_kg": 60, "age_years": 30}),
    ("1. Diphenhydramine 25 mg IV for itching.\n2. Discharge with two auto-injectors of 0.3 mg.",
     {}),
    ("Metronidazole raises the effect of warfarin, which she does not take. A test of cure is not "
     "needed.", {}),
    ("CT with iodinated contrast carries its own risk to the kidney.",
     {"labs": [{"name": "eGFR", "value": 26, "unit": "mL/min/1.73m2"}]}),
    ("Baclofen 5 mg three times daily can support abstinence from alcohol.", {}),
    ("Corrected calcium = 7.8 + 0.8 x (4.0 - 2.4) = 9.1 mg/dL, which is normal.", {}),
    ("Desmopressin 2 mcg can be given if correction is too fast.",
     {"labs": [{"name": "sodium", "value": 118, "unit": "mmol/L"}]}),
    ("Cyanocobalamin 1 mg IM weekly; high-dose oral treatment with 1000 to 2000 mcg daily.", {}),
    ("Nebulised epinephrine 0.5 mL/kg (5 mL at most).", {"weight_kg": 12, "age_years": 2}),
    ("In the first trimester propylthiouracil is preferred, since methimazole has been linked "
     "with birth defects.", {"pregnant": True}),
    ("Methotrexate is on hold; hydroxychloroquine 200 mg twice daily needs no liver tests.", {}),
    ("A puncture waits with platelets of 18 x 10^9/L: the risk of bleeding is too high.", {}),
    ("Apixaban 5 mg twice daily is my choice.",
     {"conditions": ["atrial fibrillation", "previous gastrointestinal bleeding"]}),
    ("She is opioid-tolerant: a fentanyl patch 25 mcg/hour. Patches are never for people who have "
     "not had opioids before.", {"medications": ["oxycodone ER 40 mg twice daily"]}),
    ("Lower citalopram to 20 mg now and change to sertraline over the next two weeks.", {}),
    ("After birth she may change to warfarin, which is compatible with breastfeeding.",
     {"pregnant": True}),
    ("Transferrin saturation of 24 % is normal (20 to 45) and CRP is 48 mg/L.", {}),
    ("Pantoprazole is incompatible with midazolam.", {"age_years": 70}),
    ("If he cannot swallow, an estradiol patch 50 mcg/day is an alternative.", {}),
    ("Below a creatinine clearance of 30 mL/min the dose would be 1 mg/kg once daily.",
     {"age_years": 58, "sex": "male", "weight_kg": 80,
      "labs": [{"name": "creatinine", "value": 1.0, "unit": "mg/dL"}]}),
    ("If meloxicam does not help, it can be replaced by (not combined with) naproxen 500 mg twice "
     "daily.", {"medications": ["meloxicam 15 mg daily"]}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "patient"), TOLD)
def test_what_is_told_raises_nothing(text, patient):
    assert alarms(text, **patient) == set()


ORDERED = [
    ("Simvastatin 40 mg and lovastatin 20 mg nightly.", {}, "MED203"),
    ("Add pantoprazole 40 mg daily.", {"medications": ["omeprazole 20 mg daily"]}, "MED203"),
    (
        "He takes isosorbide mononitrate 60 mg daily. Give sildenafil 50 mg as needed.",
        {},
        "MED201",
    ),
    ("Start isotretinoin 40 mg daily and continue doxycycline 100 mg daily.", {}, "MED201"),
    ("Give cefaclor 500 mg three times daily.", {"allergies": ["cephalosporins (hives)"]},
     "MED302"),
    ("Acetylcysteine 300 mg/kg IV over one hour.", {"weight_kg": 60, "age_years": 30}, "MED107"),
    ("1. Lurasidone 20 mg daily.\n2. Raise by 20 mg a week; the target is 320 mg daily.",
     {"age_years": 41}, "MED101"),
    ("Perform CT with contrast today.",
     {"labs": [{"name": "eGFR", "value": 22, "unit": "mL/min/1.73m2"}]}, "PRO101"),
    ("Disulfiram 250 mg daily; a glass of wine is fine.", {}, "MED204"),
    ("Start desmopressin 0.2 mg nightly.",
     {"labs": [{"name": "sodium", "value": 118, "unit": "mmol/L"}]}, "MED310"),
    ("Artesunate 168 mg by mouth at 0, 12 and 24 hours.", {}, "MED112"),
    ("Methotrexate 15 mg once weekly; no liver tests are needed.", {}, "MED313"),
    ("Platelets of 18 x 10^9/L are too high.", {}, "LAB201"),
    ("Apixaban 5 mg twice daily today.", {"conditions": ["active gastrointestinal bleeding"]},
     "MED303"),
    ("Start a fentanyl patch 25 mcg/hour; she has never taken opioids.", {}, "MED111"),
    ("Citalopram 20 mg daily and sertraline 50 mg daily together.", {}, "MED203"),
    ("Methimazole 10 mg daily is safe in the first trimester of pregnancy.", {}, "MED306"),
    ("Change to warfarin 5 mg daily.", {"pregnant": True}, "MED306"),
    ("CRP of 48 mg/L is normal.", {}, "LAB201"),
    ("Give midazolam 2 mg nightly for sleep.", {"age_years": 70}, "MED309"),
    ("Swallow one suppository twice a day.", {}, "MED119"),
    ("Add naproxen 500 mg twice daily.", {"medications": ["meloxicam 15 mg daily"]}, "MED203"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "patient", "rule"), ORDERED)
def test_what_is_ordered_in_such_words_is_found(text, patient, rule):
    assert rule in alarms(text, **patient)
