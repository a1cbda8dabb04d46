"""The same error, or the same good advice, said in other words."""

from __future__ import annotations

import pytest

from medrag import Patient, check

HANDED = Patient(conditions=["atrial fibrillation"], medications=["warfarin 6 mg daily"])
STEROID = Patient(medications=["prednisone 20 mg daily"])
STENTLESS = Patient(medications=["clopidogrel 75 mg daily"])
NITRATE = Patient(medications=["nitroglycerin spray as needed"])
LIVER = Patient(conditions=["autoimmune hepatitis"])
NEWBORN = Patient(age_years=0.033)


@pytest.mark.parametrize(
    ("rule", "patient", "text"),
    [
        (
            "MED312",
            Patient(conditions=["Thai ancestry"]),
            "Carbamazepine 100 mg by mouth twice daily; genetic testing is not called for.",
        ),
        (
            "MED312",
            None,
            "Rasburicase 0.2 mg/kg IV over 30 minutes; there is no point in asking for an enzyme "
            "test first.",
        ),
        (
            "MED303",
            Patient(conditions=["epilepsy"]),
            "To help him quit, bupropion SR 150 mg by mouth once daily for 3 days.",
        ),
        (
            "MED201",
            HANDED,
            "Give amiodarone 200 mg by mouth daily. Leave warfarin at 6 mg daily and keep the next "
            "INR at the usual visit.",
        ),
        ("MED312", None, "Siponimod can be titrated to 2 mg daily whatever the CYP2C9 genotype."),
        (
            "MED304",
            Patient(labs=[{"name": "CrCl", "value": 22, "unit": "mL/min"}]),
            "Increase varenicline to the usual 1 mg twice daily.",
        ),
        (
            "MED306",
            Patient(pregnant=True),
            "Mycophenolate mofetil 1 g by mouth twice daily remains the standard treatment.",
        ),
        (
            "PRO102",
            Patient(medications=["prasugrel 10 mg daily"]),
            "Elective bypass surgery tomorrow; last prasugrel was this morning, and there is no "
            "reason to delay.",
        ),
        (
            "MED201",
            Patient(medications=["everolimus 0.75 mg twice daily"]),
            "St. John's wort is a natural way to lift her mood and will not disturb everolimus.",
        ),
        (
            "MED301",
            Patient(allergies=["trimethoprim-sulfamethoxazole (Stevens-Johnson syndrome)"]),
            "Cystitis can be treated with trimethoprim-sulfamethoxazole 160/800 mg by mouth.",
        ),
        (
            "MED106",  # 5 x 70 x 60 / 1,600 = 13.1 mL an hour
            Patient(weight_kg=70),
            "Dopamine 5 mcg/kg/min from a bag of 400 mg in 250 mL means 39 mL/hour.",
        ),
        (
            "MED113",
            None,
            "If she cannot swallow the dabigatran 150 mg capsule, open it and sprinkle it.",
        ),
        ("LAB203", None, "Sodium is judged against the normal range, which runs 120-130 mmol/L."),
        (
            "LAB206",
            None,
            "pH 7.27, bicarbonate 11 mmol/L: a metabolic alkalosis with respiratory compensation.",
        ),
        (
            "LAB204",
            None,
            "By Bazett, a QT of 400 ms with an RR interval of 0.64 s gives a QTc of 320 ms.",
        ),
        (
            "LAB202",
            None,
            "The potassium this morning was 7.1 mmol/L. Repeat at next month's visit.",
        ),
        ("MED115", None, "Pneumonia in a man who cannot take macrolides: give levofloxacin."),
        (
            "MED205",
            None,
            "Dilute the phenytoin load of 1,200 mg in 250 mL dextrose 5% and infuse it IV.",
        ),
        ("PRO102", STEROID, "Tell her to stop prednisone the evening before the colectomy."),
        (
            "PRO102",
            STENTLESS,
            "Before the craniotomy take clopidogrel 75 mg daily, operation morning included.",
        ),
        (
            "PRO107",
            None,
            "Give sodium iodide I-131 15 mCi by mouth; there is no reason to ask whether she is "
            "pregnant.",
        ),
    ],
)
def test_an_error_is_found_in_other_words(rule: str, patient: Patient | None, text: str) -> None:
    found = {one.rule_id for one in check(text, patient=patient).findings}
    assert rule in found


@pytest.mark.parametrize(
    ("patient", "text"),
    [
        (None, "Give trimethoprim-sulfamethoxazole 160/800 mg by mouth twice daily for 3 days."),
        (None, "Give TMP-SMX 160/800 mg by mouth twice daily for 3 days."),
        (
            Patient(weight_kg=70),
            "Dopamine 5 mcg/kg/min from a bag of 400 mg in 250 mL means 13 mL/hour.",
        ),
        (None, "Heparin 25,000 units in 250 mL at 1,200 units/hour runs at 12 mL/hour."),
        (
            None,
            "Run potassium phosphate 30 mmol IV in 250 mL through the central line over 6 hours, "
            "with cardiac monitoring and potassium, calcium and phosphate rechecked after it.",
        ),
        (LIVER, "Use ciclopirox solution daily, since oral terbinafine is contraindicated here."),
        (NEWBORN, "Choose ceftazidime IV, because ceftriaxone displaces bilirubin from albumin."),
        (NITRATE, "If chest pain comes within 48 hours of a tadalafil tablet, call an ambulance."),
        (
            Patient(medications=["disulfiram 250 mg daily"]),
            "Keep to drinks without alcohol: with disulfiram even a small amount makes you ill.",
        ),
        (
            Patient(conditions=["type 2 diabetes"]),
            "Semaglutide 0.25 mg subcutaneously once a week, provided there is no history of "
            "medullary thyroid cancer.",
        ),
        (
            None,
            "The neutrophils are 0.2 x 10^9/L and her temperature at home is 38.9 C: she must come "
            "in now, and the antibiotic is given within the hour.",
        ),
        (
            None,
            "pH 7.27, bicarbonate 11 mmol/L: a metabolic acidosis with respiratory compensation.",
        ),
    ],
)
def test_good_advice_is_left_alone_in_other_words(patient: Patient | None, text: str) -> None:
    alarms = [
        one.message for one in check(text, patient=patient).findings if one.severity != "info"
    ]
    assert alarms == []
