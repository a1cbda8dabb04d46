"""Limits of age, kidney, use and place, and what ends, keeps or repeats a drug: in other words."""

from __future__ import annotations

import pytest

from medrag import Patient, check


def patient(**known: object) -> Patient:
    """Return a patient of whom everything else is known to be nothing."""
    nothing = {"conditions": [], "medications": [], "allergies": []}
    return Patient.model_validate(nothing | known)


def lab(name: str, value: float, unit: str) -> list[dict[str, object]]:
    return [{"name": name, "value": value, "unit": unit}]


CHILD = patient(age_years=3, weight_kg=14)
TEEN = patient(age_years=15, weight_kg=55, conditions=["tonsillectomy yesterday"])
WEAK = patient(age_years=70, sex="male", weight_kg=70, labs=lab("CrCl", 20, "mL/min"))
ELIQUIS = patient(age_years=70, medications=["Plavix 75 mg daily"])
VALPROATE = patient(age_years=38, medications=["divalproex 500 mg three times daily"])
GRAFT = patient(age_years=47, medications=["tacrolimus 4 mg twice daily"])
PREGNANT = patient(
    age_years=32, sex="female", pregnant=True, medications=["lisinopril 10 mg daily"]
)
ANAPHYLAXIS = patient(age_years=28, allergies=["peanut"], conditions=["anaphylaxis to peanut"])


@pytest.mark.parametrize(
    ("who", "text"),
    [
        (CHILD, "Singulair 10 mg chewed each evening."),
        (CHILD, "Claritin 10 mg daily."),
        (patient(age_years=8, weight_kg=25), "Allegra 180 mg daily."),
        (patient(age_years=12, weight_kg=40), "Crestor 40 mg nightly."),
        (TEEN, "Tramadol 50 mg every 6 hours if sore."),
        (patient(age_years=84), "Midazolam 10 mg IV for the endoscopy."),
        (WEAK, "Acyclovir 10 mg/kg IV every 8 hours."),
        (WEAK, "Gentamicin 7 mg/kg IV every 24 hours."),
        (WEAK, "Milrinone 0.75 mcg/kg/min IV."),
        (WEAK, "Quit plan: Chantix climbing to 1 mg twice daily."),
        (patient(conditions=["amitriptyline overdose"]), "Flumazenil 0.2 mg IV, then repeat."),
        (patient(conditions=["sleepwalking last year"]), "Ambien 5 mg nightly."),
        (patient(conditions=["drain cleaner ingestion"]), "Charcoal 50 g by mouth."),
        (patient(conditions=["dendritic ulcer"]), "Durezol one drop four times daily."),
        (
            patient(medications=["daptomycin"], labs=lab("creatine kinase", 3000, "U/L")),
            "Continue daptomycin 500 mg daily.",
        ),
        (None, "Lock the infant's Broviac with heparin 5,000 units/mL, 2 mL."),
        (None, "Surgical prophylaxis: cefuroxime 150 mg IV at induction."),
        (None, "Vancomycin 1 g over a couple of minutes."),
        (None, "Amiodarone 150 mg IV over several seconds."),
        (None, "Loperamide 4 mg, then 4 mg after each stool, as many as ten times in the day."),
        (None, "He hasn't used opioids before: MS Contin 100 mg PO q12h."),
        (None, "Nifedipine 10 mg beneath his tongue."),
        (None, "Hold propofol at 10 mg/kg/hour for 5 days."),
        (ANAPHYLAXIS, "Epinephrine 0.5 mg of the 1 mg/mL solution IV push."),
        (PREGNANT, "Her lisinopril 10 mg must not be altered."),
        (ELIQUIS, "Carry on with Plavix, and also prescribe clopidogrel 75 mg daily."),
        (GRAFT, "Start voriconazole 200 mg twice daily. Tacrolimus remains at 4 mg twice daily, "
                "trough at the next monthly visit."),
        (None, "Nardil 15 mg three times a day, and eat whatever you fancy, ripe Brie included."),
    ],
)  # fmt: skip
def test_it_is_found(who: Patient | None, text: str) -> None:
    assert [f for f in check(text, patient=who).findings if f.severity != "info"]


@pytest.mark.parametrize(
    ("who", "text"),
    [
        (CHILD, "Singulair 4 mg chewed each evening."),
        (CHILD, "Claritin 5 mg daily."),
        (patient(age_years=15, conditions=["tonsillectomy"]), "Acetaminophen 650 mg PO q6h."),
        (patient(age_years=84), "For the endoscopy midazolam 1 mg IV over 2 minutes, monitored."),
        (WEAK, "Acyclovir 10 mg/kg IV every 24 hours."),
        (WEAK, "Milrinone 0.3 mcg/kg/min."),
        (WEAK, "Quit plan: Chantix climbing to 0.5 mg twice daily."),
        (patient(conditions=["acetaminophen overdose"]), "Charcoal 50 g by mouth once now."),
        (None, "Lock each lumen of the port with heparin 100 units/mL, 5 mL."),
        (None, "Neonatal line flush: heparin 10 units/mL, 1 mL."),
        (None, "Surgical prophylaxis: cefuroxime 1.5 g IV at induction."),
        (None, "HbA1c 8.6. Add sitagliptin 100 mg daily."),
        (None, "Amphotericin B deoxycholate goes into 5% dextrose (0.1 mg/mL at most)."),
        (None, "Lantus 19 units subcutaneously tonight, and check glucose every 4 hours."),
        (VALPROATE, "Meropenem 1 g every 8 hours IV collapses divalproex levels; hold it back."),
        (
            patient(medications=["meloxicam 15 mg daily"]),
            "Diclofenac would just duplicate the meloxicam; use acetaminophen 1 g PO q8h.",
        ),
        (
            patient(medications=["gemfibrozil 600 mg twice daily"]),
            "Simvastatin 20 mg nightly is acceptable only once gemfibrozil has been stopped.",
        ),
        (ELIQUIS, "Carry on with Plavix 75 mg daily."),
        (None, "Nardil 15 mg three times a day; eat what you like except ripe cheese."),
    ],
)
def test_nothing_is_found(who: Patient | None, text: str) -> None:
    found = [f for f in check(text, patient=who).findings if f.severity != "info"]
    assert [(f.rule_id, f.message) for f in found] == []
