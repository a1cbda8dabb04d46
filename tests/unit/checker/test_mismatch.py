"""MED318: what the text says of its patient and the record says otherwise."""

from __future__ import annotations

import pytest

from medrag.checker import check
from medrag.core.patient import Patient


def told(text, **patient):
    found = check(text, patient=Patient(**patient)).findings
    return [one for one in found if one.rule_id == "MED318"]


def test_the_finding_stands_at_the_words_and_says_both():
    text = "This 4-year-old gets paracetamol 240 mg every 6 hours."
    (one,) = told(text, age_years=29)
    assert one.span is not None
    assert one.span.of(text) == "4-year-old"
    assert "4 years" in one.message
    assert "29 years" in one.message
    assert one.category == "population"


@pytest.mark.parametrize(
    ("years", "stated"),
    [("0.02", "5-day-old"), ("1.2", "15-month-old"), ("8.4", "8-year-old"), ("71", "72-year-old")],
)
def test_ages_that_are_nearly_the_same_are_the_same(years, stated):
    assert told(f"This {stated} patient gets paracetamol.", age_years=years) == []


@pytest.mark.parametrize(
    ("years", "stated"),
    [("0.02", "5-month-old"), ("1.2", "4-month-old"), ("8.4", "5-year-old"), ("71", "62-year-old")],
)
def test_other_ages_are_told(years, stated):
    assert told(f"This {stated} patient gets paracetamol.", age_years=years)


def test_nothing_is_compared_where_nothing_is_known():
    assert told("She is 10 weeks pregnant and weighs 60 kg.") == []
    assert check("This 4-year-old gets paracetamol 240 mg every 6 hours.").findings == ()


@pytest.mark.parametrize(
    "text",
    [
        "Her potassium was 5.9 mmol/L on admission.",
        "Her potassium rose from 4.1 to 5.9 mmol/L.",
        "If her potassium is 5.9 mmol/L or more, call.",
        "A potassium of 4.4 mmol/L needs nothing.",
    ],
)
def test_results_with_a_time_of_their_own_or_near_the_records_are_left(text):
    assert told(text, labs=[{"name": "potassium", "value": 4.2, "unit": "mmol/L"}]) == []


def test_a_result_that_is_another_is_told():
    text = "Her potassium is 5.9 mmol/L."
    assert told(text, labs=[{"name": "potassium", "value": 4.2, "unit": "mmol/L"}])


@pytest.mark.parametrize(
    "text",
    [
        "His 4-year-old daughter has pertussis. Give him azithromycin 500 mg daily.",
        "Your father was a 70-year-old man when he had his infarct.",
        "This 6-week-old fracture is healed.",
        "It is safe even for a 6-year-old.",
        "In a 50-kg adult a loading dose would be 750 mg; dose by his own weight.",
        "Patients weighing 50 kg or more take 1 g.",
        "She weighed 92 kg a year ago.",
        "At an eGFR of 20 mL/min the dose is halved.",
        "A potassium of 5.5 mmol/L is the limit.",
        "She was pregnant in 2022.",
        "She hopes to be pregnant within a year.",
        "Safe with breastfeeding.",
        "Apart from penicillin, no known drug allergies.",
    ],
)
def test_other_people_other_times_and_limits_are_not_this_patient_now(text):
    labs = [
        {"name": "eGFR", "value": 80, "unit": "mL/min/1.73m2"},
        {"name": "potassium", "value": 4.1, "unit": "mmol/L"},
    ]
    facts = {
        "age_years": 45,
        "weight_kg": 70,
        "sex": "female",
        "pregnant": False,
        "lactating": False,
    }
    assert told(text, allergies=["penicillin"], labs=labs, **facts) == []


def test_a_list_that_says_none_lists_no_allergy():
    for none in ("NKDA", "none", "No known allergies"):
        assert told("No known drug allergies. Give azithromycin.", allergies=[none]) == []
