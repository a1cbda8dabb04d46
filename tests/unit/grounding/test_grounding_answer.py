"""Grounding of a whole answer: what it may say that no source says."""

from __future__ import annotations

from decimal import Decimal

import pytest

from medrag.core.patient import Lab, Patient
from medrag.grounding.answer import NOBODY, Known, ground_text

QUOTE = "Children: examplazine 10 mg/kg once daily. Adults: examplazine 400 mg once daily."
CHILD = Known.of(Patient(age_years=Decimal(6), weight_kg=Decimal(20)))
ADULT = Known.of(
    Patient(age_years=Decimal(71), sex="female", medications=("warfarin 5 mg daily",),
            labs=(Lab(name="eGFR", value=Decimal(38)),))
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("For this child of 20 kg, give examplazine 200 mg once daily.", CHILD),
        ("She is 71 and takes warfarin. Adults get examplazine 400 mg once daily.", ADULT),
        ("With her eGFR of 38, examplazine 400 mg once daily is the adult dose.", ADULT),
        ("Adults get examplazine 400 mg once daily. The passage says nothing about pregnancy.",
         NOBODY),
        ("Adults get examplazine 400 mg once daily. A flu vaccine in autumn is sensible.", NOBODY),
        ("For your 45-year-old, examplazine 400 mg once daily.", NOBODY),
    ],
)  # fmt: skip
def test_what_is_not_the_sources_business_raises_nothing(text, known):
    assert ground_text(text, [QUOTE], known) == []


@pytest.mark.parametrize(
    ("text", "known", "kind"),
    [
        ("Give examplazine 300 mg once daily to this child.", CHILD, "number"),
        ("Give examplazine 400 mg once daily.", CHILD, "population"),
        ("Give her examplazine 10 mg/kg once daily.", ADULT, "population"),
        ("For your 8-year-old, examplazine 400 mg once daily.", NOBODY, "population"),
        ("Adults get examplazine 400 mg once daily. Warfarin 5 mg is an alternative.", NOBODY,
         "number"),
    ],
)  # fmt: skip
def test_what_the_sources_give_otherwise_is_found(text, known, kind):
    assert kind in {one.kind for one in ground_text(text, [QUOTE], known)}


LINES = (
    "For prevention after hip surgery the dose of examplazine is 10 mg once daily.",
    "In atrial fibrillation the dose of examplazine is 20 mg once daily.",
)
AGED = (
    "Adults with feverpox: the dose of examplazine is 75 mg twice daily.",
    "Pediatric patients of 15 kg to 23 kg: 45 mg of examplazine twice daily.",
)
SETTINGS = (
    "In hospitalized patients with feverpox examplazine 6 mg once daily is recommended.",
    "In nonhospitalized patients examplazine is not recommended.",
)


@pytest.mark.parametrize(
    ("text", "quotes", "condition", "flagged"),
    [
        ("His dose is examplazine 10 mg once daily.", LINES, "atrial fibrillation", True),
        ("His dose is examplazine 10 mg once daily, as after hip surgery.", LINES,
         "atrial fibrillation", True),
        ("His dose is examplazine 20 mg once daily.", LINES, "atrial fibrillation", False),
        ("His dose is examplazine 10 mg once daily.", LINES, "hip surgery; atrial fibrillation",
         False),
        ("After his hip surgery the dose is examplazine 10 mg once daily.", LINES,
         "atrial fibrillation", False),
        ("Examplazine 6 mg once daily is right for her.", SETTINGS, "feverpox, outpatient", True),
        ("Examplazine 6 mg once daily is right for her.", SETTINGS, "feverpox, admitted", False),
    ],
)  # fmt: skip
def test_a_dose_of_the_line_for_another_disease_or_setting_is_found(
    text, quotes, condition, flagged
):
    known = Known.of(Patient(conditions=(condition,)))
    found = ground_text(text, quotes, known)
    assert ("population" in {one.kind for one in found}) == flagged


def test_the_line_for_a_patients_age_is_his_though_only_another_names_his_disease():
    known = Known.of(Patient(age_years=Decimal(6), conditions=("feverpox",)))
    assert ground_text("He gets examplazine 45 mg twice daily.", AGED, known) == []


def test_a_dose_of_the_line_for_another_weight_is_found():
    quotes = (
        "Patients weighing 20 kg or more: inject 1 mg of examplazine.",
        "Patients weighing less than 20 kg: inject 0.5 mg of examplazine.",
    )
    known = Known.of(Patient(weight_kg=Decimal(26)))
    assert ground_text("He gets examplazine 1 mg.", quotes, known) == []
    found = ground_text("He gets examplazine 0.5 mg.", quotes, known)
    assert [one.kind for one in found] == ["population"]


def test_months_between_doses_are_no_ages():
    quote = "Administer two doses (0.5 mL each) at 0 and 2 to 6 months."
    known = Known.of(Patient(age_years=Decimal(47)))
    text = "The vaccine is given as two doses, 2 to 6 months apart."
    assert ground_text(text, [quote], known) == []
