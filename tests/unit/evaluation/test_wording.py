"""Whether a fact is stated: numbers by value, words by meaning, in the same direction."""

from __future__ import annotations

import pytest

from medrag.evaluation.wording import bare, is_stated, span_in, stands_in

POTASSIUM = (
    "Stop potassium supplements, potassium-sparing diuretics, ACE inhibitors, trimethoprim and "
    "NSAIDs while the potassium is 6.0 mmol/L or more."
)
VACCINE = "Offer the vaccine to every adult aged 50 years or older who has never had one."


@pytest.mark.parametrize(
    ("fact", "statement"),
    [
        ("1,000 mg", "limit examplazine to 1 g per day"),
        ("1000 mg per day", "limit examplazine to 1,000 mg per day."),
        ("stop examplazine", "Stop examplazine when the eGFR is below 30."),
        ("eGFR below 30", "Stop examplazine when the eGFR is below 30 mL/min/1.73 m2"),
        ("do not use examplazine", "examplazine should not be used"),
        ("apixaban 2.5 mg twice daily", "Give Eliquis 2.5 mg BID"),
        ("480 mg", "Give 0.48 g every 6 h"),
        ("within 1 hour", "within 60 minutes"),
        ("within the first hour", "give antibiotics within the first hour"),
        ("50 years", VACCINE),
        ("ACE inhibitors", POTASSIUM),
        ("potassium-sparing diuretics", POTASSIUM),
        ("hepatic failure", "Avoid in hepatic failure"),
        ("contraindicated in pregnancy", "It is contraindicated in pregnancy."),
        ("every 6 hours", "480 mg every 6 hours"),
        ("40 mg once daily", "Examplazine is given as 40 mg once daily with meals."),
        ("37", "A platelet count below 37 × 10⁹/L is critical."),
        ("3 to 6 months", "every 3 to 6 months"),
        ("CrCl 15 to 50 mL/min", "for a CrCl of 15 to 50 mL/min"),
        ("15 mL/min", "for a CrCl of 15 to 50 mL/min"),
        ("blood cultures before antibiotics", "Take blood cultures before antibiotics are given"),
        ("monitor potassium", "Potassium should be monitored weekly"),
        ("must be taken with food", "Take with food"),
        ("contraindicated", "It is CONTRAINDICATED here."),
    ],
)
def test_a_fact_is_stated_however_it_is_written(fact, statement):
    assert is_stated([fact], [[statement]])


@pytest.mark.parametrize(
    ("fact", "statement"),
    [
        ("1000 mg twice daily", "limit examplazine to 1,000 mg per day."),
        ("start examplazine", "Do not start examplazine in an adult whose eGFR is below 45."),
        ("examplazine is safe", "Examplazine is contraindicated in kidney impairment"),
        ("eGFR below 45", "Stop examplazine when the eGFR is below 30 mL/min/1.73 m2"),
        ("eGFR above 30", "Stop examplazine when the eGFR is below 30 mL/min/1.73 m2"),
        ("avoid examplazine", "examplazine is recommended"),
        ("30 mg/kg", "15 mg/kg every 4 to 6 hours, not more than 60 mg/kg per day"),
        ("within the first hour", "at least 30 mL/kg within the first 3 hours"),
        ("65 years", VACCINE),
        ("65 years", "An adult who receives PCV20 or PCV21 needs no PPSV23 afterwards."),
        ("safe in pregnancy", "contraindicated in pregnancy"),
        ("no bolus", "give a bolus of insulin"),
        ("10 mg", "100 mg"),
        ("550 mg", "not more than 2,550 mg"),
        ("5 mg", "2.5 mg"),
        ("20", "20,000/µL"),
        ("every 4 hours", "480 mg every 6 hours"),
        ("double the dose", "halve the dose"),
        ("contraindicated", "It is recommended."),
    ],
)
def test_another_number_drug_or_direction_is_another_fact(fact, statement):
    assert not is_stated([fact], [[statement]])


def test_any_wording_will_do_and_no_fact_is_put_together_from_two_statements():
    assert is_stated(["halve it", "40 mg"], [["Give 40 mg."]])
    assert not is_stated(["examplazine 40 mg"], [["Give examplazine."], ["Give 40 mg."]])
    assert is_stated(["examplazine 40 mg"], [["Give examplazine.", "Examplazine: 40 mg."]])
    assert not is_stated(["40 mg"], [])


def test_quotations_stand_word_for_word_but_for_white_space_and_table_marks():
    assert bare("| a  |  b |\n c ") == "a b c"
    assert stands_in("30 to 44 | No", ["x | 30 to 44 | No | y"])
    assert stands_in("two\nlines", ["of two  lines"])
    assert not stands_in("Two lines", ["two lines"])


def test_a_span_stands_in_any_case_without_the_marks_at_its_ends():
    assert span_in("Establish goals.", ["first establish goals and then"])
    assert not span_in("goals set", ["goals are set"])
