"""What holds for every text, and for questions that name nobody."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import medrag
from medrag.privacy import Deidentifier

PIECES = st.sampled_from(
    [
        "Mrs. Quillfeather",
        "MRN 5521-8830",
        "on 03/14/2024",
        "555-010-0142",
        "at 14 Mill Lane, Ludlow",
        "odile@mail.test",
        "SMITH, John",
        "SSN 078-05-1120",
        "a 93-year-old",
        "St. Brendan Hospital",
        "and",
        "takes",
        "\n",
        ";",
    ]
)
DOSES = st.sampled_from(
    ["examplazine 5 mg", "warfarin 2.5 mg", "INR 4.5", "54 kg", "K 5.9", "40 %"]
)


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=200))
def test_spans_are_of_the_original_disjoint_and_in_order(text):
    done = Deidentifier(year=2025).deidentify(text)
    rebuilt, last = "", 0
    for span in done.spans:
        assert last <= span.start < span.end <= len(text)
        rebuilt += text[last : span.start] + span.surrogate
        last = span.end
    assert rebuilt + text[last:] == done.text


@settings(deadline=None, max_examples=60)
@given(st.lists(PIECES, max_size=6), DOSES, st.lists(PIECES, max_size=6))
def test_a_dose_stays_whatever_stands_around_it(before, dose, after):
    text = " ".join([*before, dose, *after])
    assert dose in Deidentifier(year=2025).deidentify(text).text


@settings(deadline=None, max_examples=30)
@given(st.lists(PIECES, max_size=8))
def test_the_same_text_gives_the_same_result(pieces):
    text = " ".join(pieces)
    first = Deidentifier(year=2025).deidentify(text)
    assert Deidentifier(year=2025).deidentify(text) == first


def test_the_root_offers_it():
    done = medrag.deidentify("Mrs. Okafor, 78, INR 4.5 on 03/14/2024: hold warfarin 5 mg?")
    assert done.text == "Mrs. [NAME-1], 78, INR 4.5 on 01/01/2024: hold warfarin 5 mg?"


def test_forms_of_one_name_share_a_number():
    text = "Ms. Odile Quillfeather called. Quillfeather takes examplazine. Mr. Okafor agrees."
    done = Deidentifier().deidentify(text).text
    assert done == "Ms. [NAME-1] called. [NAME-1b] takes examplazine. Mr. [NAME-2] agrees."


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a 93-year-old woman", "a 90+-year-old woman"),
        ("she is 101 and frail", "she is 90+ and frail"),
        ("an 89-year-old woman", "an 89-year-old woman"),
        ("patients over 90 years", "patients over 90 years"),
        ("SpO2 of 92%, HR 95, 98.6 F, 94 kg", "SpO2 of 92%, HR 95, 98.6 F, 94 kg"),
        ("a nonagenarian on warfarin", "a person aged 90+ on warfarin"),
    ],
)
def test_ages_over_89_become_a_category(text, shown):
    assert Deidentifier(year=2025).deidentify(text).text == shown


@pytest.mark.parametrize(
    "text",
    [
        "Is Merkel cell cancer more common in Boston or in Kenya?",
        "What Are the Stages of Small Intestine Cancer?",
        "How is African Trypanosomiasis (also known as Sleeping Sickness) treated?",
        "Does Lin28 bind to Kat8 in Drosophila?",
        "When was the October 2015 memorandum of the Department of Defense issued?",
    ],
)
def test_a_question_about_nobody_is_left_as_it_is(text):
    assert Deidentifier().deidentify(text).spans == ()


@pytest.mark.shared
def test_questions_of_judged_sets_are_left_as_they_are(shared_data):
    questions = [
        json.loads(line)["text"]
        for path in sorted((shared_data / "beir").glob("*/queries.jsonl"))
        for line in path.read_text(encoding="utf-8").split("\n")[:300]
        if line
    ]
    assert len(questions) > 1000
    deidentifier = Deidentifier()
    touched = [text for text in questions if deidentifier.deidentify(text).spans]
    assert len(touched) <= 0.005 * len(questions)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Seen at Larkfield Hospital on 12/03/2024.", "Seen at [ORGANIZATION-1] on 01/01/2024."),
        ("Larkfield Community Hospital 12/03/2024", "[ORGANIZATION-1] 01/01/2024"),
    ],
)
def test_a_date_beside_an_institution_is_moved_and_not_swallowed(text, left):
    assert Deidentifier().deidentify(text).text == left


@pytest.mark.parametrize("named", ["Parkland formula", "Mayo score", "Duke criteria"])
def test_a_rule_that_is_called_by_a_hospital_stays(named):
    done = Deidentifier().deidentify(f"Does the {named} apply to Mrs. Okafor, 70 kg?")
    assert done.text == f"Does the {named} apply to Mrs. [NAME-1], 70 kg?"


@pytest.mark.parametrize("run", ["a", "(", "0", "A1", "mg/", "a-", "1/", "Ann and ", "0O"])
def test_a_long_run_of_anything_is_read_in_linear_time(run):
    # Sixty thousand characters: what reads them again from every place takes minutes.
    text = (run * 60_000)[:60_000]
    assert medrag.deidentify(text).text


@pytest.mark.parametrize(
    "text",
    [
        "if i am allergic to sufa can i take glipizide?",
        "she has an allergy to amoxocilin, what for her throat",
        "intolerance of simvistatin, which statin next",
    ],
)
def test_what_one_is_allergic_to_is_nobody(text):
    assert Deidentifier().deidentify(text).spans == ()
