"""Written sums, pump rates, volumes and claimed results."""

from __future__ import annotations

from decimal import Decimal

import pytest

from medrag.checker import check
from medrag.checker.arithmetic import wrong_sums
from medrag.core.patient import Patient


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Dose = 5 x (60 + 25) = 850 mg", "425"),
        ("15 mg/kg x 20 kg = 600 mg", "300"),
        ("2 x 138 + 90/18 + 14/2.8 = 325 mOsm/kg", "286"),
        ("400 / √0.64 = **320 ms**", "5E+2"),
        ("(140 - 72) x 84 / (72 x 1.5) = 5712 / 108 = 93", "52.88888888888888888888888889"),
        ("6 - 2 = 1", "4"),
    ],
)
def test_a_sum_whose_sides_differ_is_found(text, right):
    (found,) = wrong_sums(text)
    assert found.right == Decimal(right)


@pytest.mark.parametrize(
    "text",
    [
        "5 x (60 + 25) = 425 mg",
        "75 kg x 30 mL = 2,250 mL",
        "90 x 12 = 1080 mg/day / 2 = 540 mg",
        "0.5 mg x 3 = 1.5 mg",
        "2 mg x 500 = 1 g",
        "120/80 = normal",
        "5-10 mg = two tablets",
        "180 mg/dL = 10 mmol/L",
        "3 x = 5",
        "4 x (2 = 8",
        "6 / 0 = 3",
        "no sum at all",
    ],
)
def test_right_sums_and_what_is_no_sum_raise_nothing(text):
    assert list(wrong_sums(text)) == []


def told(text, patient=None, rule="MED106"):
    return [f.message for f in check(text, patient).findings if f.rule_id == rule]


def test_a_pump_rate_that_the_concentration_does_not_give_is_told():
    (message,) = told("Norepinephrine 16 mcg/mL at 8 mcg/min: set the pump to 300 mL/h.")
    assert "is 30 mL/hour, not 300 mL/hour" in message
    assert told("Norepinephrine 16 mcg/mL at 8 mcg/min: set the pump to 30 mL/h.") == []


def test_the_dose_may_stand_a_sentence_before_the_pump_rate():
    text = "Norepinephrine 16 mcg/mL: she needs 480 mcg/h. Set the pump to {} mL/h."
    assert told(text.format(300)) != []
    assert told(text.format(30)) == []


def test_a_volume_that_the_strength_does_not_give_is_told():
    assert told("Mannitol 20 %: 65 g, or 650 mL, over 20 minutes.") != []
    assert told("Mannitol 20 %: 65 g, or 325 mL, over 20 minutes.") == []


def test_of_two_strengths_nobody_says_which_is_drawn():
    text = "Heparin comes as 1,000 units/mL and 5,000 units/mL; draw up 5,000 units (5 mL)."
    assert told(text) == []


def test_a_total_by_the_day_and_by_the_dose():
    text = "Amoxicillin 90 mg/kg/day in two doses for 12 kg: {} mg every 12 hours."
    assert told(text.format(540)) == []
    assert told(text.format(1080)) != []


def test_another_weight_than_the_patients_own_is_not_compared():
    patient = Patient(weight_kg=Decimal(120))
    assert told("Tobramycin 5 mg/kg by ideal body weight: 350 mg.", patient) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("BMI: 70 kg and 170 cm gives 31 kg/m2.", "body mass index"),
        ("FENa: urine Na 20, plasma Na 140, urine Cr 100, plasma Cr 2.0: 2.9 %.", "excretion"),
        ("ANC: WBC 2.0 with 20% neutrophils is 1.6.", "neutrophil"),
        ("MAP at 120/60 is 110 mmHg.", "mean arterial pressure"),
        ("Cockcroft-Gault for a 72-year-old man, 70 kg, creatinine 1.5 mg/dL: 88 mL/min.",
         "creatinine clearance"),
    ],
)  # fmt: skip
def test_a_result_that_its_values_do_not_give_is_told(text, words):
    (message,) = told(text, rule="LAB204")
    assert words in message
