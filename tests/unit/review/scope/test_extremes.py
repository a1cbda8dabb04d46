"""Values at which life is in danger, and those that clinics see."""

from __future__ import annotations

import pytest

from medrag.review.scope import scope


@pytest.mark.parametrize(
    "text",
    [
        "Laryngospasm on induction, sats 62, sux dose?",
        "SpO2 71 on 15 litres, next step?",
        "K 8.1, on dialysis, calcium dose?",
        "hb down to 3 in a toddler with malaria, blood how fast?",
    ],
)
def test_a_value_nobody_has_but_in_danger_is_an_emergency(text: str) -> None:
    assert scope(text).decision == "emergency"


@pytest.mark.parametrize(
    "text",
    [
        "sats 88 in stable COPD, target?",
        "K 5.9 on ramipril, repeat when?",
        "Dose of vitamin K for INR above 10 without bleeding",
        "What is the treatment of K 8.1?",
        "Is H3K9 methylation reduced by EZH2 inhibitors?",
        "HR 42 on bisoprolol, asymptomatic, reduce?",
    ],
)
def test_what_clinics_see_and_what_is_asked_in_general_is_answered(text: str) -> None:
    assert scope(text).decision == "answer"
