"""Whom a statement is meant for, and whom a question is about."""

from __future__ import annotations

from decimal import Decimal

import pytest

from medrag.core.patient import Lab, Patient
from medrag.generation.fitting import fit

WOMAN = Patient(age_years=Decimal(71), sex="female", weight_kg=Decimal(68))


@pytest.mark.parametrize(
    ("question", "fits", "misses"),
    [
        ("Dose for a child?", "Give children 5 mg.", "Give adults 50 mg."),
        ("Dose for adults?", "Give adults 50 mg.", "For infants aged 12 weeks or younger, 1 mg."),
        ("Dose for a 9-year-old?", "Children aged 6 to 12 years: 5 mg.",
         "Aged 2 to 5 years: 1 mg."),
        ("Dose for a 4-month-old?", "Infants aged 3 months or older.",
         "Children aged 6 months or older."),
        ("Dose for a child who weighs 24 kg?", "Weight (kg): 21.8 to 27.2; Dose: 5 mg",
         "Weight (kg): 16.4 to 21.7; Dose: 3 mg"),
        ("Dose for a child of 16.8 kg?",
         "5 mg to a child who weighs less than 25 kg and 9 mg to a child who weighs 25 kg or more",
         "children who weigh 40 kg or more"),
        ("Dose with an eGFR of 38?", "eGFR: 30 to 44; Dose: 5 mg", "eGFR: 45 to 59; Dose: 9 mg"),
    ],
)  # fmt: skip
def test_a_statement_for_others_misses_and_one_for_such_patients_fits(question, fits, misses):
    assert fit(question, None).judge(fits, "") > 0
    assert fit(question, None).judge(misses, "") < 0


def test_the_patients_facts_count_where_the_question_names_nobody():
    judge = fit("What is the maximum dose?", WOMAN).judge
    assert judge("The maximum for children aged 10 years or older is 2,000 mg.", "") < 0
    assert judge("The maximum for adults is 2,550 mg.", "") > 0


def test_headings_say_for_whom_where_the_statement_does_not():
    judge = fit("Dose for a child?", None).judge
    assert judge("Give 5 mg.", "Doses in adults") < 0 < judge("Give 5 mg.", "Children")


def test_a_statement_on_children_is_put_back_where_nobody_asked_for_them():
    assert fit("What is the dose?", None).judge("For children: 5 mg.", "") < 0
    assert fit("Who may take it?", None).judge("For children: 5 mg.", "") == 0


def test_where_a_value_is_asked_for_the_patients_own_value_excludes_nothing():
    patient = Patient(labs=(Lab(name="eGFR", value=Decimal(38), unit="mL/min/1.73m2"),))
    text = "Stop it when the eGFR is below 30."
    assert fit("Stop with this eGFR?", patient).judge(text, "") < 0
    assert fit("At which eGFR must it be stopped?", patient).judge(text, "") >= 0


def test_what_is_asked_for_children_must_name_them():
    wanted = fit("What is the pediatric dose?", None)
    assert wanted.names_wanted("Children: 5 mg")
    assert not wanted.names_wanted("The dose is 5 mg")
    assert fit("What is the dose?", None).names_wanted("The dose is 5 mg")


def test_a_child_of_no_stated_age_fits_any_range_below_eighteen():
    judge = fit("What is the pediatric maximum?", None).judge
    assert judge("For children aged 10 years or older it is 2,000 mg.", "") > 0
    assert judge("For those aged 65 years or older it is 500 mg.", "") < 0


def test_a_newborn_is_younger_than_any_older_child():
    newborn = fit("Which dose does a newborn receive?", None)
    assert newborn.judge("For a child aged 3 months or older give 5 mg.", "") < 0
    assert newborn.judge("Neonates receive 1 mg.", "") > 0
