"""What a quotation is read under, and what in its sentence it may leave outside."""

from __future__ import annotations

import pytest

from medrag.quotes import verify_quote
from medrag.quotes.reading import read_passage

FLAT = (
    "Examplazine should not be given in: • severe asthma of adults. Call for help. "
    "• gout of the knee. It is stored dry. It is white and round. "
    "• marked jaundice of newborns. Examplazine comes in boxes."
)
NESTED = "Stop and seek help if you have:\n• signs of shock:\n  o cold hands and feet\n• a rash"


@pytest.mark.parametrize(
    ("passage", "quote"),
    [
        ("It is absorbed well, and its metabolites are not active.", "It is absorbed well"),
        ("Its salts are not active, and it is absorbed well.", "it is absorbed well"),
        ("It is absorbed well; its metabolites are not active.", "It is absorbed well"),
        (FLAT, "Examplazine comes in boxes."),
        (FLAT, "It is white and round."),
        ("Uses\nExamplazine is used for pain.", "Examplazine is used for pain."),
        ("Severe asthma is common. It does not apply here. It is old.", "It is old."),
        ("This does not treat gout. It does not apply to asthma.", "This does not treat gout."),
        ("Uses of it:\n- pain of the knee\n- fever of any cause", "pain of the knee"),
        ("Give it for pain: take two tablets with water.", "take two tablets with water"),
        ("5.1 Asthma in Adults Examplazine may cause wheezing.", "Examplazine may cause wheezing."),
        ("The tablets (white and round) dissolve in water.", "The tablets … dissolve in water."),
        ("It is white. It is round. It is dry.", "It is white. … It is dry."),
    ],
)
def test_what_it_leaves_outside_turns_nothing(passage, quote):
    assert verify_quote(quote, passage).verified


@pytest.mark.parametrize(
    ("passage", "quote"),
    [
        ("It is absorbed well, and it should not be given in asthma.", "It is absorbed well"),
        ("It is absorbed well, and not in asthma.", "It is absorbed well"),
        ("It is absorbed not well, and slowly by most.", "slowly by most"),
        (FLAT, "severe asthma of adults"),
        (FLAT, "Call for help."),
        (FLAT, "gout of the knee"),
        (FLAT, "marked jaundice of newborns"),
        (NESTED, "cold hands and feet"),
        (NESTED, "a rash"),
        ("Contraindications\nSevere asthma of adults\n\nUses\nPain", "Severe asthma of adults"),
        ("It is bad in the following groups, never give it.\n- gout of toes", "gout of toes"),
        ("It is given to adults. Except in asthma.", "It is given to adults."),
        ("It is given to adults. This does not apply in asthma.", "It is given to adults."),
        ("It treats not only pain but also fever.", "It treats"),
        ("Diets to Stop Hypertension are popular now.", "Hypertension are popular now."),
        ("Avoid Examplazine in all severe asthma.", "Examplazine in all severe asthma."),
        ("Give more than 5 mg to all of them.", "5 mg to all of them."),
        ("Give it at 65 years or older only here.", "Give it at 65 years"),
        ("Give 5 mg/kg once a month to all.", "once a month to all."),
        ("The starting dose is 5 mg once daily.", "5 mg once daily"),
        ("Examplazine is safe and otherazine is harmful.", "Examplazine … is harmful."),
        ("It is white. It is not dry. It is round.", "It is white. … It is round."),
        ("It is white here. It is dry now. It is round.", "It is white … is round."),
        ("Give it by mouth, unless asleep, with much water.", "Give it by mouth … with much water"),
        ("Give it by mouth 5 mg at a time with water.", "Give it by mouth … with water."),
        ("Drug | Dose\nExamplazine | 5 mg once daily", "5 mg once daily"),
        ("Drug\tDose\nExamplazine\t5 mg once daily", "5 mg once daily"),
    ],
)
def test_what_it_leaves_outside_turns_it(passage, quote):
    match = verify_quote(quote, passage)
    assert match.status == "clipped"
    assert all(change.kind == "omission" and change.source for change in match.diff)
    assert match.diff


def test_the_exact_place_is_preferred_to_a_normalized_one():
    passage = "The tablets\ndissolve well in water. The tablets dissolve well in water."
    match = verify_quote("The tablets dissolve well in water.", passage)
    assert match.status == "exact"
    assert match.span is not None
    assert match.span.start == 36


def test_an_elision_takes_the_tightest_place():
    passage = "The tablets are sold. No boxes. The tablets (white) dissolve in water."
    match = verify_quote("The tablets … dissolve in water.", passage)
    assert match.verified
    assert match.text == "The tablets (white) dissolve in water."


@pytest.mark.parametrize(
    ("quote", "changes"),
    [
        ("It is red and round.", [("word", "red", "white")]),
        ("It is white.", []),
        ("Now it is white and round and dry.", [("word", "Now it", "It")]),
        ("It is white round and dry.", [("omission", "", "and")]),
    ],
)
def test_changes_are_named_word_by_word(quote, changes):
    match = verify_quote(quote, "It is white and round and dry. More words follow.")
    assert [(c.kind, c.quoted, c.source) for c in match.diff][: len(changes)] == changes


NESTED = (
    "• In patients with renal impairment\n    – Give 5 mg once daily.\n    – Weigh weekly.\n"
    "• All others\n    – Give 10 mg once daily."
)
STEPS = (
    "1. Unless the culture is negative\n   a. Continue vancomycin 1 g every 12 hours.\n"
    "2. After discharge\n   a. Arrange a visit within 7 days."
)
LEADERS = (
    "Formulary status\nExamplazine 5 mg ............ green\n"
    "Placebine 10 mg ......... red, specialist only\nFictamab 1 mg _______ hospital"
)


@pytest.mark.parametrize(
    ("quote", "passage", "left_out"),
    [
        ("Give 5 mg once daily.", NESTED, "In patients with renal impairment"),
        ("Continue vancomycin 1 g every 12 hours.", STEPS, "Unless the culture is negative"),
        ("Placebine 10 mg", LEADERS, "red,"),
        ("Fictamab 1 mg", LEADERS, "hospital"),
    ],
)
def test_the_item_around_an_item_and_the_value_behind_dots_belong_to_it(quote, passage, left_out):
    verdict = verify_quote(quote, passage)
    assert verdict.status == "clipped"
    assert any(left_out in change.source for change in verdict.diff)


@pytest.mark.parametrize(
    ("quote", "passage"),
    [
        ("Give 10 mg once daily.", NESTED),
        ("In patients with renal impairment – Give 5 mg once daily.", NESTED),
        ("Arrange a visit within 7 days.", STEPS),
        ("Examplazine 5 mg ............ green", LEADERS),
        ("Placebine 10 mg ... red, specialist only", LEADERS),
    ],
)
def test_with_what_belongs_to_it_or_where_nothing_turns_it_an_item_verifies(quote, passage):
    assert verify_quote(quote, passage).status in {"exact", "normalized"}


@pytest.mark.parametrize(
    "skipped",
    [
        "Do not take it in pregnancy.",
        "The maximum recommended dose is 20 mg.",
        "These patients must not take it unless they are monitored.",
    ],
)
def test_no_ellipsis_skips_a_sentence_that_forbids_limits_or_takes_back(skipped):
    passage = f"Take 5 mg once daily with food. {skipped} Store it in a dry place."
    assert not verify_quote(
        "Take 5 mg once daily with food. … Store it in a dry place.", passage
    ).verified
    harmless = passage.replace(skipped, "Tablets are white.")
    assert verify_quote(
        "Take 5 mg once daily with food. … Store it in a dry place.", harmless
    ).verified


def test_a_letter_that_grows_in_lower_case_moves_no_cue():
    passage = "İİİİ is a name. Examplazine is not given to children. It is white."
    assert read_passage(passage).lowered.index("not") == passage.index("not")
    assert verify_quote("given to children", passage).status == "clipped"
    assert verify_quote("Examplazine is not given to children.", passage).status == "exact"
