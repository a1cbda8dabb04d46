"""What a text calls safe, held against the tables without a patient."""

from __future__ import annotations

import pytest

from medrag.checker import check


def told(text, rules=("MED317",)):
    return {f.category for f in check(text).findings if f.rule_id in rules}


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("Lisinopril is safe in pregnancy.", "pregnancy"),
        ("Amiodarone needs no precaution during lactation.", "lactation"),
        ("Enoxaparin does not need dose adjustment in renal failure.", "renal"),
        ("Metformin needs no dose adjustment at an eGFR of 22.", "renal"),
        ("Valproate can be used in liver disease without concern.", "hepatic"),
        ("Codeine is safe in children.", "age"),
        ("Diazepam is a safe choice in older adults.", "age"),
        ("Amoxicillin is fine in penicillin allergy.", "allergy"),
        ("Sildenafil is safe together with nitroglycerin.", "interaction"),
    ],
)
def test_a_wrong_reassurance_is_told(text, category):
    # kidney and interaction rules say the same of some of these, and a fact is told once
    assert category in told(text, rules=("MED317", "MED304", "MED201"))


@pytest.mark.parametrize(
    "text",
    [
        "Lisinopril is not safe in pregnancy.",
        "Labetalol is safe in pregnancy.",
        "Enoxaparin needs no dose adjustment in mild renal impairment.",
        "Enoxaparin needs no dose adjustment at an eGFR of 80.",
        "Codeine is safe in adolescents over 18.",
        "If lisinopril is safe in pregnancy is unknown.",
        "Ask whether codeine is safe in children.",
        "Ceftriaxone is fine in penicillin allergy.",
        "Amoxicillin is safe together with acetaminophen.",
    ],
)
def test_a_right_one_and_a_doubt_raise_nothing(text):
    assert told(text) == set()
