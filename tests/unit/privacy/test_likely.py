"""What no rule knows: weighed words, ages by where they are said, what a find takes with it."""

from __future__ import annotations

import pytest

from medrag.privacy import Deidentifier
from medrag.privacy.spelling import likeness


def done(text: str) -> str:
    return Deidentifier(year=2026).deidentify(text).text


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("nearly 97, still on simvastatin 40 mg", "97"),
        ("at 98 should she have a statin? eGFR 40", "98"),
        ("Frail, 91, on warfarin 3 mg. Stop?", "91"),
        ("bernadette osei comma ninety three comma was seen", "ninety three"),
        ("pt 94 / M, Na 121", "94"),
        ("94 ans, sous apixaban 2,5 mg", "94"),
        ("her 95th birthday is next week, on warfarin 2 mg", "95"),
        ("admitted since the twenty-second with INR 6", "twenty-second"),
        ("Hep A jab for a Tesco driver? ALT 90", "Tesco"),
        ("ORC|RE|ORD7781||||||VANDERBILT^CORNELIA^^^DR", "VANDERBILT"),
        ("patient transferred to Larkrise Endoscopy on noradrenaline", "Endoscopy"),
        ("under Copperbeech Women's for CKD, her eGFR 20", "Women"),
    ],
)
def test_what_is_said_of_somebody_goes(text, gone):
    assert gone not in done(text)


@pytest.mark.parametrize(
    "text",
    [
        "heart rate of ninety six, on bisoprolol 2.5 mg",
        "BP one hundred and ten over seventy, 66M",
        "weighs ninety two kilos, on enoxaparin",
        "creat 92. Now 104.",
        "she is 94 kg and needs enoxaparin",
        "turned 90 degrees in bed, 70F",
        "the third dose is due, on the 5th percentile, weight 3.2 kg",
        "on the 7th postoperative day, on enoxaparin 40 mg",
        "lyme disease, doxy 100 bd x 10d or 21d?",
    ],
)
def test_a_number_of_something_else_stays(text):
    assert done(text) == text


def test_a_role_stands_again_before_the_surrogate():
    assert done("Ask sister Achieng whether K 5.9 was repeated") == (
        "Ask sister [NAME-1] whether K 5.9 was repeated"
    )
    assert done("turning 94, on digoxin 62.5 mcg") == "turning 90+, on digoxin 62.5 mcg"


@pytest.mark.parametrize(
    ("name", "drug"), [("thandeka", "micotil"), ("wojciechowska", "adcal"), ("gwenllian", "epilim")]
)
def test_names_are_spelled_otherwise_than_drugs(name, drug):
    assert likeness(name) > 2 > 0 > likeness(drug)
