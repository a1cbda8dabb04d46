"""Whether a stated condition holds for the patient, and kidney and liver from values."""

from __future__ import annotations

from decimal import Decimal

import pytest

from medrag.checker import check
from medrag.checker.applies import holds
from medrag.checker.facts import read_facts
from medrag.checker.kidney import kidney
from medrag.checker.liver import child_pugh_class
from medrag.clinical import read
from medrag.clinical.mentions import Condition
from medrag.core.patient import Patient


def stands(words, *, exception=False, **fields):
    text = f"Give metformin {words}."
    start = text.index(words)
    condition = Condition(start=start, end=start + len(words), text=words, exception=exception)
    return holds(read_facts(Patient.model_validate(fields)), read(text), condition)


def lab(name, value, unit=None):
    return {"name": name, "value": value, "unit": unit}


@pytest.mark.parametrize(
    ("words", "fields", "expected"),
    [
        ("if eGFR < 30", {"labs": [lab("eGFR", 24, "mL/min/1.73m2")]}, True),
        ("if eGFR < 30", {"labs": [lab("eGFR", 80, "mL/min/1.73m2")]}, False),
        ("if CrCl < 30 mL/min", {"labs": [lab("eGFR", 24, "mL/min/1.73m2")]}, True),
        ("if potassium > 5.5 mmol/L", {"labs": [lab("potassium", 4, "mmol/L")]}, False),
        ("if eGFR < 30", {}, None),
        ("in patients allergic to penicillin", {"allergies": ["amoxicillin (hives)"]}, True),
        ("in patients allergic to penicillin", {"allergies": []}, False),
        ("in patients allergic to penicillin", {}, None),
        ("if she takes warfarin", {"medications": ["warfarin 5 mg daily"]}, True),
        ("if she takes warfarin", {"medications": []}, False),
        ("if she takes an NSAID", {"medications": ["naproxen 500 mg daily"]}, True),
        ("in asthma", {"conditions": ["asthma"]}, True),
        ("in asthma", {"conditions": ["gout"]}, False),
        ("in asthma", {}, None),
        ("in children", {"age_years": 6}, True),
        ("in children", {"age_years": 60}, False),
        ("in adults", {}, None),
        ("in women", {"sex": "female"}, True),
        ("in pregnancy", {"sex": "male"}, False),
        ("in lactating women", {"lactating": True, "sex": "female"}, True),
        ("in asthma or gout", {"conditions": ["gout"]}, True),
    ],
)
def test_a_condition_holds_or_not_or_nobody_can_say(words, fields, expected):
    assert stands(words, **fields) is expected


def test_an_exception_holds_where_its_words_do_not():
    fields = {"conditions": ["asthma"]}
    assert stands("unless asthma", exception=True, **fields) is False
    assert stands("unless asthma", exception=True, conditions=["gout"]) is True


def facts(**fields):
    return read_facts(Patient.model_validate(fields))


CIRRHOSIS = {
    "conditions": ["cirrhosis"],
    "labs": [lab("bilirubin", 4, "mg/dL"), lab("albumin", 2.5, "g/dL"), lab("INR", 2.5)],
}


def test_the_child_pugh_class_follows_from_values_and_problem_list():
    assert child_pugh_class(facts(**CIRRHOSIS)) == "C"
    tense = {**CIRRHOSIS, "conditions": ["cirrhosis", "tense ascites", "encephalopathy"]}
    assert child_pugh_class(facts(**tense)) == "C"
    mild = [lab("bilirubin", 1, "mg/dL"), lab("albumin", 4, "g/dL"), lab("INR", 1.1)]
    assert child_pugh_class(facts(conditions=["cirrhosis"], labs=mild)) == "A"
    assert child_pugh_class(facts(conditions=["cirrhosis"], labs=[])) is None
    assert child_pugh_class(facts(conditions=["gout"], labs=CIRRHOSIS["labs"])) is None
    assert child_pugh_class(facts(conditions=["cirrhosis"], labs=[lab("Child-Pugh", 8)])) == "B"


def test_an_obese_patients_clearance_is_by_adjusted_weight():
    # a man of 182.88 cm: ideal 77.6 kg, adjusted at 127.6 kg 97.6 kg (Devine; Bauer)
    fields = {"age_years": 40, "sex": "male", "labs": [lab("creatinine", 1, "mg/dL")]}
    plain = kidney(facts(**fields, weight_kg=127.6)).crcl
    adjusted = kidney(facts(**fields, weight_kg=127.6, height_cm=182.88)).crcl
    assert plain is not None
    assert adjusted is not None
    assert round(plain) == round(Decimal(100) * Decimal("127.6") / 72)
    assert round(adjusted) == round(Decimal(100) * Decimal("97.6") / 72)


def test_without_a_weight_the_egfr_is_by_ckd_epi():
    # a man of 50 with 1.2 mg/dL: 73.7 (Inker 2021)
    found = kidney(facts(age_years=50, sex="male", labs=[lab("creatinine", 1.2, "mg/dL")]))
    assert found.crcl is None
    assert round(found.egfr or 0, 1) == Decimal("73.7")
    child = facts(age_years=5, sex="male", weight_kg=20, labs=[lab("creatinine", 1.2, "mg/dL")])
    assert kidney(child).measure("egfr") is None


@pytest.mark.parametrize(
    ("line", "is_allergy"),
    [
        ("Allergy to penicillin", True),
        ("Allergy status to sulfonamides", True),
        ("Cephalexin allergy", True),
        ("Anaphylaxis due to amoxicillin", True),
        ("No penicillin allergy", False),
        ("Penicillin allergy ruled out", False),
        ("Family history of penicillin allergy", False),
        ("Pneumonia treated with amoxicillin", False),
    ],
)
def test_an_allergy_on_the_problem_list_is_one(line, is_allergy):
    facts = read_facts(Patient(conditions=(line,), allergies=()))
    assert bool(facts.stated_allergies) is is_allergy


def test_an_allergy_on_the_problem_list_stands_beside_one_that_the_text_states():
    patient = Patient(conditions=("Penicillin allergy",), medications=(), allergies=())
    text = "She is allergic to codeine. Start amoxicillin 500 mg three times daily."
    assert any(f.rule_id == "MED302" for f in check(text, patient).findings)


@pytest.mark.parametrize("line", ["Family history of asthma", "Mother had asthma"])
def test_what_a_relative_has_the_patient_has_not(line):
    patient = Patient(conditions=(line, "Migraine"), allergies=(), medications=())
    assert not read_facts(patient).has("asthma")
    assert read_facts(Patient(conditions=("Asthma",))).has("asthma")


def test_what_is_inherited_counts_in_the_family_too():
    line = "Family history of medullary thyroid carcinoma"
    assert read_facts(Patient(conditions=(line,))).has("medullary-thyroid-carcinoma")
