"""Words compared by what they mean."""

from __future__ import annotations

import pytest

from medrag.generation.words import negated_stems, stems


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("stopped", "stop"),
        ("stopping", "discontinued"),
        ("raise", "raised"),
        ("kidney", "renal"),
        ("dosage", "dose"),
        ("breastfeeding", "lactation"),
        ("highest", "maximum"),
        ("tables", "table"),
        ("three", "3"),
        ("fourth", "4"),
        ("itching", "pruritus"),
    ],
)
def test_endings_and_common_synonyms_make_no_difference(one, other):
    assert stems(one) == stems(other) != ()


@pytest.mark.parametrize(("one", "other"), [("start", "stop"), ("adult", "child"), ("ill", "il")])
def test_what_differs_stays_apart(one, other):
    assert stems(one) != stems(other)


def test_a_number_is_one_word_without_the_commas_of_its_thousands():
    assert stems("1,000 mg or 2.5 mg") == ("1000", "milligram", "2.5", "milligram")


def test_a_second_is_a_time_and_no_number():
    assert stems("one second") == ("1", "second")


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("Do not give examplazine.", {"examplazin"}),
        ("Without fever, give fluids.", {"fever"}),
        ("It isn't safe", {"safe"}),
        ("Give fluids.", set()),
    ],
)
def test_a_negation_denies_what_follows_it_in_its_clause(text, denied):
    assert negated_stems(text) == denied
