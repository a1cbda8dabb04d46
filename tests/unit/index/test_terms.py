"""How clinical text is cut for lexical search."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrag.index.terms import terms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("HbA1c of 7.5 %", ["hba1c", "of", "7.5", "%"]),
        ("P2Y12 inhibitors", ["p2y12", "inhibitor"]),
        ("10 mg/kg", ["10", "mg", "kg"]),
        ("500mg", ["500", "mg"]),
        ("500MG", ["500", "mg"]),
        ("2.5mcg", ["2.5", "ug"]),
        ("2.5 µg", ["2.5", "ug"]),
        ("β-blockers", ["beta", "blocker"]),
        ("Beta-Blocker", ["beta", "blocker"]),
        ("CHA₂DS₂-VASc", ["cha2ds2", "vasc"]),
        ("CYP2D6, CYP2C19*2", ["cyp2d6", "cyp2c19", "2"]),
        ("vitamin B12", ["vitamin", "b12"]),
        ("1,000 and 10,000IU", ["1000", "and", "10000", "iu"]),
        ("1,2,3", ["1", "2", "3"]),
        (".5 mg = 0.50 mg", ["0.5", "mg", "0.5", "mg"]),
        ("5.0", ["5"]),
        ("1.2.10", ["1.2.10"]),
        ("INR 2.0-3.0", ["inr", "2", "3"]),
        ("SpO2 >94%", ["spo2", "94", "%"]),
        ("24h", ["24", "h"]),
        ("24hydroxylase", ["24hydroxylase"]),
        ("Crohn’s café", ["crohn", "s", "cafe"]),
        ("ﬁbrillation", ["fibril"]),
        ("dose doses dosing", ["dose", "dose", "dose"]),
        ("snake_case", ["snake", "case"]),
        ("", []),
        (" \n\t.,;", []),
    ],
)
def test_text_is_cut_into(text, expected):
    assert terms(text) == expected


def test_a_run_without_spaces_is_cut_at_64_characters():
    assert terms("x7" * 200) == ["x7" * 32]


@given(st.text())
def test_any_text_gives_words_without_spaces_that_are_not_too_long(text):
    for term in terms(text):
        assert term
        assert len(term.split()) == 1
        assert len(term) <= 64


@given(st.text())
def test_case_does_not_matter(text):
    assert terms(text.casefold()) == terms(text)
