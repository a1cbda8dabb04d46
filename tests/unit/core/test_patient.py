"""What is known of one patient, however an institution writes it."""

from decimal import Decimal

import pytest
from pydantic import ValidationError

from medrag.core.patient import Lab, Patient


def test_a_number_in_quotation_marks_is_a_number():
    assert Lab(name="potassium", value="4.5").value == Decimal("4.5")


def test_words_and_bounds_are_results_without_a_value():
    assert Lab(name="hCG", value="negative", unit="") == Lab(name="hCG", result="negative")
    assert Lab(name="eGFR", value="> 60").result == "> 60"


def test_a_lab_that_says_nothing_is_refused():
    with pytest.raises(ValidationError, match="expected a number as value, or words as result"):
        Lab(name="eGFR")


def test_a_blood_pressure_is_its_two_numbers():
    patient = Patient(labs=[{"name": "BP", "value": "126/78", "unit": "mmHg"}])
    assert [(lab.name, lab.value, lab.unit) for lab in patient.labs] == [
        ("systolic blood pressure", 126, "mmHg"),
        ("diastolic blood pressure", 78, "mmHg"),
    ]
