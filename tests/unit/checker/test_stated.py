"""What a text states of its patient reaches the rules like the patient's record."""

from __future__ import annotations

from decimal import Decimal

import pytest

from medrag.checker import check
from medrag.checker.facts import read_facts, with_unit
from medrag.checker.stated import with_stated
from medrag.clinical import Quantity, read
from medrag.core.patient import Lab, Patient


def facts(text, patient=None):
    return with_stated(read_facts(patient), read(text))


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("A 4-year-old with fever.", "4"),
        ("The patient is a four-year-old girl.", "4"),
        ("This 18-month-old boy coughs.", "1.5"),
        ("82 y/o man, falls.", "82"),
        ("At 14 months, promethazine 12.5 mg rectally stops the vomiting.", str(Decimal(14) / 12)),
    ],
)
def test_the_age_is_read(text, years):
    assert facts(text).patient.age_years == Decimal(years)


@pytest.mark.parametrize(
    "text",
    [
        "Children 4 years old and older take 5 mL.",
        "At 3 months, recheck the level and give 20 mg.",
        "Approved for 12-year-old children.",
        "Use in those older than 65-year-old patients.",
        "A 4-year-old and a 9-year-old came.",
        "In 6 to 12-year-old patients it is not studied.",
    ],
)
def test_ages_of_many_are_not_the_patients(text):
    assert facts(text).patient.age_years is None


@pytest.mark.parametrize(
    ("text", "kilograms"),
    [
        ("She weighs 12 kg.", "12"),
        ("The 20 kg child has pain.", "20"),
        ("A 4-year-old weighing 44 lb.", "19.95806428"),
    ],
)
def test_the_weight_is_read(text, kilograms):
    assert facts(text).patient.weight_kg == Decimal(kilograms)


def test_pregnancy_and_lactation_are_read():
    assert facts("She is 22 weeks pregnant.").patient.pregnant is True
    assert facts("A breastfeeding mother asks.").patient.lactating is True
    assert facts("She is not pregnant.").patient.pregnant is None
    assert facts("Two pregnancy tests come first.").patient.pregnant is None
    assert facts("If she becomes pregnant, stop.").patient.pregnant is None
    assert facts("The infant was born at 30 weeks gestation.").patient.pregnant is None


def test_conditions_of_this_patient_are_read_and_those_of_others_not():
    assert "asthma" in facts("He has severe asthma.").stated_conditions
    assert "asthma" not in facts("Patients with asthma need care.").stated_conditions
    assert "asthma" not in facts("Her mother has asthma.").stated_conditions
    assert "asthma" not in facts("He has no asthma.").stated_conditions


def test_an_allergy_is_read_with_its_grade():
    (allergy,) = facts("She had anaphylaxis to amoxicillin.").stated_allergies
    assert allergy.ingredients == ("amoxicillin",)
    assert allergy.grade == "severe"
    assert facts("If allergic to amoxicillin, call.").stated_allergies == ()
    assert facts("No allergy to amoxicillin is known.").stated_allergies == ()


def test_the_record_wins_over_the_text():
    patient = Patient(age_years=Decimal(70), labs=(Lab(name="potassium", value=Decimal(4)),))
    found = facts("A 4-year-old whose potassium is 6.5 mmol/L.", patient)
    assert found.patient.age_years == 70
    assert found.lab("potassium", "mmol/L") == 4


def test_a_value_without_a_unit_takes_the_one_it_can_have():
    assert with_unit("creatinine", Quantity(Decimal(106), "1")).unit == "umol/L"
    assert with_unit("creatinine", Quantity(Decimal("1.2"), "1")).unit == "mg/dL"
    assert with_unit("inr", Quantity(Decimal(2), "1")).unit == "1"


def test_stated_facts_reach_the_rules():
    unsafe = "Her potassium is 6.1. Start spironolactone 25 mg daily."
    safe = "Her potassium is 4.1. Start spironolactone 25 mg daily."
    assert any(f.rule_id == "MED310" for f in check(unsafe).findings)
    assert not any(f.rule_id == "MED310" for f in check(safe).findings)
    supposed = "If the eGFR is below 30, give metformin 1000 mg twice daily."
    assert any(f.rule_id == "MED304" for f in check(supposed).findings)
