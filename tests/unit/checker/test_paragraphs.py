"""Ways of saying in running prose that must not raise an alarm, and their unsafe counterparts.

Each pair differs in what is meant: what is forbidden, offered, past, later or somebody else's.
"""

from __future__ import annotations

import pytest

from medrag.checker import check
from medrag.core.patient import Patient


def _alarms(text, patient):
    found = check(text, Patient.model_validate(patient) if patient else None).findings
    return {one.rule_id for one in found if one.severity != "info"}


@pytest.mark.parametrize(
    ("rule", "patient", "silent", "fires"),
    [
        ("MED301", {"allergies": ["allopurinol - DRESS"]},
         "Start febuxostat 40 mg daily; allopurinol stays forbidden for life.",
         "Start allopurinol 100 mg daily; it stays for life."),
        ("MED201", {"medications": ["warfarin 5 mg daily"]},
         "Ginkgo capsules are better left alone, since they can cause bleeding.",
         "Take ginkgo capsules 120 mg daily."),
        ("MED201", {"medications": ["lisinopril 20 mg daily"]},
         "Advise less fruit juice and salt substitutes.",
         "Advise salt substitutes instead of table salt."),
        ("MED204", {"medications": ["lovastatin 40 mg nightly"]},
         "As for drinks, leave grapefruit juice out, since it can lead to muscle breakdown.",
         "As for drinks, you can leave grapefruit juice on the breakfast table; it is fine."),
        ("MED204", {"medications": ["tranylcypromine 30 mg daily"]},
         "Aged cheese and soy sauce stay off the menu until two weeks after the last tablet.",
         "Aged cheese and soy sauce can be eaten again."),
        ("MED204", {"medications": ["alendronate 70 mg weekly"]},
         "Alendronate is taken with plain water. Calcium 500 mg can follow at lunch.",
         "Take alendronate together with calcium 500 mg at breakfast."),
        ("MED201", {},
         "Her depression has not responded to escitalopram 20 mg. Change to venlafaxine 75 mg "
         "daily.",
         "Her depression has not responded to escitalopram 20 mg. Add venlafaxine 75 mg daily to "
         "the escitalopram."),
        ("MED201", {},
         "Add linagliptin 5 mg daily. Semaglutide once a week would be a further possibility.",
         "Add linagliptin 5 mg daily and semaglutide 0.25 mg once a week."),
        ("MED310", {"labs": [{"name": "sodium", "value": 112, "unit": "mmol/L"}]},
         "If the rise overshoots, desmopressin 2 mcg can bring it back.",
         "Give desmopressin 2 mcg at night."),
        ("MED303", {"conditions": ["dementia"]},
         "Doxepin 3 mg at night is an option for a few weeks.",
         "Doxepin 25 mg at night is an option for a few weeks."),
        ("MED310", {"conditions": ["heparin-induced thrombocytopenia"],
                    "labs": [{"name": "platelets", "value": 38, "unit": "10^9/L"}]},
         "Start argatroban 2 mcg/kg/min.", "Start warfarin 5 mg daily."),
        ("MED303", {"conditions": ["atrial fibrillation"]},
         "Apixaban 5 mg twice daily has less gastrointestinal bleeding.",
         "She has gastrointestinal bleeding: start apixaban 5 mg twice daily."),
        ("PRO101", {"labs": [{"name": "platelets", "value": 38, "unit": "10^9/L"}]},
         "Day 7 after valve surgery: platelets fell.", "Proceed with surgery tomorrow."),
        ("PRO101", {},
         "A spinal anesthetic is planned. After the operation give enoxaparin 40 mg daily.",
         "A spinal anesthetic is planned. Give enoxaparin 40 mg daily."),
        ("PRO104", {"sex": "female", "age_years": 60},
         "A mammogram is due; PSA is a test for people with a prostate.", "A PSA is due."),
        ("MED205", {},
         "Amphotericin B deoxycholate 0.7 mg/kg IV daily: preload with 500 mL saline.",
         "Dilute the amphotericin in 0.9% saline; a separate load of 500 mL spares the kidney."),
        ("MED313", {"age_years": 83, "weight_kg": 48},
         "Apixaban 5 mg twice daily. No creatinine is available: obtain it today.",
         "Apixaban 5 mg twice daily. No creatinine is needed."),
        ("MED103", {},
         "Offer denosumab 60 mg every 6 months and continue calcium 1,200 mg a day.",
         "Offer denosumab 1,200 mg every 6 months."),
        ("MED314", {},
         "Without an anticoagulant an INR between 0.8 and 1.2 is normal; warfarin would be "
         "paused for five days.",
         "Warfarin is aimed at an INR between 0.8 and 1.2."),
        ("MED105", {"age_years": 34},
         "Put one scopolamine patch (1 mg over 3 days) behind the ear and replace it with a new "
         "one every 3 days.",
         "Put one scopolamine patch (1 mg over 3 days) behind the ear and replace it with a new "
         "one every 6 hours."),
        ("MED109", {},
         "Give furosemide 160 mg IV over 40 minutes.",
         "Give furosemide 160 mg IV as a fast push within 30 seconds."),
        ("MED304", {"labs": [{"name": "creatinine clearance", "value": 32, "unit": "mL/min"}]},
         "Dofetilide has to be started in hospital. The QTc permits it. With a creatinine "
         "clearance of 32 mL/min the first dose is 125 mcg twice daily.",
         "Dofetilide has to be started in hospital. The QTc permits it. With a creatinine "
         "clearance of 32 mL/min the first dose is 500 mcg twice daily."),
        ("MED305", {"conditions": ["cirrhosis"]},
         "For the pain choose gabapentin 300 mg daily, topical capsaicin or lidocaine patches.",
         "For the pain choose duloxetine 60 mg daily, topical capsaicin or lidocaine patches."),
        ("LAB203", {},
         "She takes no anticoagulant, so an INR between 0.8 and 1.2 is normal. Warfarin is not "
         "needed.",
         "She takes no anticoagulant, so an INR between 2 and 3 is normal. Warfarin is not "
         "needed."),
        ("LAB204", {},
         "Total cholesterol 240, HDL 40 and triglycerides 200 mg/dL give an LDL of 160 mg/dL.",
         "Total cholesterol 240, HDL 40 and triglycerides 200 mg/dL give an LDL of 60 mg/dL."),
        ("LAB104", {},
         "Your value of 7% corresponds to 53 mmol/mol.",
         "Your value of 7% corresponds to 86 mmol/mol."),
        ("MED115", {},
         "Start norepinephrine at 5 mcg/min and titrate every few minutes.",
         "Start norepinephrine at 5 and titrate every few minutes."),
        ("MED117", {"conditions": ["focal epilepsy"]},
         "Focal epilepsy is best treated early. A good first choice is lamotrigine 25 mg daily.",
         "Focal epilepsy is best treated early. A good first choice is terbinafine 25 mg daily."),
        ("MED201", {"medications": ["simvastatin 40 mg nightly"]},
         "Take itraconazole 200 mg daily; simvastatin is stopped meanwhile.",
         "Take itraconazole 200 mg daily and keep simvastatin going; there is no need to avoid "
         "the pair."),
        ("MED111", {},
         "He has taken no opioids so far: start methadone 2.5 mg every 8 hours, with no increase "
         "before five days.",
         "He has taken no opioids so far: start methadone 40 mg every 8 hours, with no increase "
         "before five days."),
        ("LAB202", {"labs": [{"name": "sodium", "value": 112, "unit": "mmol/L"}]},
         "The sodium is 112 mmol/L: admit her to hospital now.",
         "The sodium is 112 mmol/L: stay at home and repeat the test in four weeks. If it falls, "
         "dextrose is avoided."),
        ("MED306", {"pregnant": True, "sex": "female"},
         "Propylthiouracil is preferred now. After week 16 a change to methimazole is possible.",
         "Start methimazole 10 mg daily now."),
        ("MED303", {"conditions": ["dementia"]},
         "The boxed warning tells of a higher risk of death. In danger, risperidone 0.25 mg is "
         "given for a few days.",
         "Risperidone 0.25 mg is given every evening."),
        ("MED302", {"allergies": ["penicillin - anaphylaxis"]},
         "Usually amoxicillin would be given for ten days. Azithromycin 500 mg is used here.",
         "Amoxicillin 500 mg should be given for ten days."),
        ("MED313", {"medications": ["metformin 1000 mg twice daily"]},
         "At an eGFR of 75 metformin need not be paused.",
         "Metformin 1000 mg twice daily: eGFR need not be checked."),
        ("PRO101", {"conditions": ["implanted pacemaker, not MR-conditional"]},
         "MRI is not possible with his pacemaker, so a CT is done.",
         "Go ahead with the MRI of the pelvis tomorrow."),
    ],
)  # fmt: skip
def test_prose_is_read_as_it_is_meant(rule, patient, silent, fires):
    assert rule not in _alarms(silent, patient)
    assert rule in _alarms(fires, patient)
