"""`medrag.ground`: anyone's answer beside anyone's sources."""

from __future__ import annotations

from datetime import date

import pytest

from medrag.core.document import Document, Source
from medrag.core.patient import Patient
from medrag.quotes import ground_text

LABEL = (
    "Examplazine is contraindicated in patients with an eGFR below 30 mL/min. The usual starting "
    "dose is 500 mg twice a day with meals. The maximum daily dose is 2550 mg. Lactic acidosis is "
    "rare. Measure vitamin B12 every 2 to 3 years. Hold examplazine before contrast imaging. "
    "Store it at room temperature. It was studied in 412 adults. Taste changes are common. "
    "Nausea occurred in 12% of patients."
)
OTHER = "Otherazine 100 mg once daily is reduced to 50 mg with an eGFR of 30 to 45 mL/min."


def rules(text, sources=(LABEL, OTHER), **more):
    return [
        (finding.rule_id, finding.span and finding.span.of(text))
        for finding in ground_text(text, sources, **more)
    ]


@pytest.mark.parametrize(
    "answer",
    [
        "Examplazine must not be used with an eGFR under 30 [1].",
        "Start with 0.5 g BID with food [1], at most 2,550 mg a day.",
        'The label says "Lactic acidosis is rare".',
        "- Check B12 every two to three years [1]\n- About one in eight had nausea",
        "Otherazine is lowered to 50 mg at an eGFR of 30-45 [2].",
        "Stay well hydrated and walk every day. Lactic acidosis is rare.",
        "",
    ],
)
def test_a_faithful_answer_raises_nothing(answer):
    assert rules(answer) == []


@pytest.mark.parametrize(
    ("answer", "rule", "words"),
    [
        ("Otherazine is given at 25 mg [2].", "QUO101", "25 mg"),
        ("It can be used with an eGFR below 30 mL/min [1].", "QUO102", "used"),
        ("Otherazine is reduced to 50 mg [7].", "QUO106", " [7]"),
        ('The label says "lactic acidosis is very common".', "QUO106",
         "lactic acidosis is very common"),
        ("Warfarin 5 mg is a good choice.", "QUO107", "Warfarin 5 mg is a good choice."),
    ],
)  # fmt: skip
def test_what_the_sources_do_not_say_is_found_at_its_words(answer, rule, words):
    assert (rule, words) in rules(answer)


def test_a_statement_is_held_to_the_source_it_cites():
    text = "Examplazine starts at 500 mg twice a day"
    assert rules(f"{text} [1].") == []
    assert "QUO101" in [rule for rule, _ in rules(f"{text} [2].")]


def test_the_message_says_which_source_and_where():
    (finding,) = ground_text("Otherazine 25 mg is given once daily [2].", [LABEL, OTHER])
    start = OTHER.index("100 mg")
    assert f"(Source 2, characters {start}-{start + 6}.)" in finding.message


def test_an_answer_may_join_two_distant_sentences_of_one_source():
    assert rules("Start at 500 mg twice a day and hold it before contrast imaging.") == []


def test_what_repeats_the_patient_is_no_claim_of_a_source():
    text = "For your 71-year-old woman the usual starting dose is 500 mg twice a day."
    patient = Patient(age_years=71, sex="female")
    assert rules(text, patient=patient) == []


def document(key, **more):
    return Document.of(LABEL, Source(key=key, title="Label", sha256="0" * 64, **more))


def test_a_document_that_has_expired_or_was_replaced_is_reported():
    old = document("label-2019", expires=date(2022, 12, 31))
    new = document("label-2023", supersedes=("label-2019",))
    answer = "Lactic acidosis is rare."
    assert rules(answer, [old], as_of=date(2024, 1, 1)) == [("QUO105", None)]
    assert rules(answer, [old], as_of=date(2022, 1, 1)) == []
    assert rules(answer, [old, new], as_of=date(2022, 1, 1)) == [("QUO105", None)]


def test_long_sources_are_read_in_linear_time():
    filler = " ".join(f"Sentence {number} is about nothing at all." for number in range(3000))
    assert rules("Examplazine starts at 500 mg twice a day.", [filler, LABEL]) == []


@pytest.mark.parametrize(
    ("words", "is_quotation"), [("purple dragons eat gently", True), ("purple dragons eat", False)]
)
def test_four_words_in_quotation_marks_are_a_quotation(words, is_quotation):
    found = [rule for rule, _ in rules(f'The label says "{words}" of it.')]
    assert ("QUO106" in found) == is_quotation, found
