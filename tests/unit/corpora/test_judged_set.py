"""The judged set that comes with medrag: every reference in it holds, and it covers what it says.

The checks read the documents themselves: nothing of retrieval or of the metrics is asked.
"""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from medrag.core.document import Document
from medrag.core.finding import Category
from medrag.documents import discover, read
from medrag.evaluation.judged_set import ANSWERS, Case, Expected, JudgedSet
from medrag.evaluation.reading import read_set

ROOT = Path(__file__).resolve().parents[3]
SET = ROOT / "examples" / "northfield.yaml"
DAYS = [date(2025, 2, 1), date(2026, 1, 1), date(2039, 12, 31)]
TIMED = {"superseded", "expired", "not-yet-in-force"}


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def judged() -> JudgedSet:
    return read_set(SET)


@pytest.fixture(scope="module")
def questions(judged) -> list[tuple[Case, Expected]]:
    """The cases with a question, each beside what is expected of it."""
    return [(case, case.expect) for case in judged.cases if case.question and case.expect]


@pytest.fixture(scope="module")
def documents() -> dict[str, Document]:
    """The documents of `corpora/` by key."""
    found = [d for file in discover([ROOT / "corpora"]).files for d in read(file)]
    return {document.source.key: document for document in found}


@pytest.fixture(scope="module")
def texts(documents) -> dict[str, str]:
    return {key: flat(document.text) for key, document in documents.items()}


def in_force(documents: dict[str, Document], day: date) -> set[str]:
    """Keys in force by the dates and the `supersedes` fields alone, independent of the index."""
    dated = {key for key, document in documents.items() if document.source.in_date(day)}
    replaced = {old for key in dated for old in documents[key].source.supersedes}
    return dated - replaced


def wordings(facts: tuple[tuple[str, ...], ...]) -> list[str]:
    return [wording for fact in facts for wording in fact]


def test_it_is_as_large_and_as_wide_as_the_readme_says(judged, questions):
    assert len(questions) >= 150
    assert len(judged.cases) > len(questions), "texts for the checker as well"
    assert all(case.expect for case in judged.cases)
    answered = {case.specialty for case, expect in questions if expect.answerable}
    assert len(answered) >= 10


def test_every_outcome_is_expected_of_some_question(questions):
    expected = {status for _, expect in questions for status in expect.status}
    assert expected == {
        "answered",
        "partly_supported",
        "abstained",
        "emergency",
        "refused",
        "blocked",
    }
    for status in ("abstained", "emergency", "refused", "partly_supported"):
        assert sum(status in expect.status for _, expect in questions) >= 5, status


@pytest.mark.parametrize(
    "trap",
    [
        "fabricated-citation",
        "wrong-dose",
        "contraindication",
        "adult-to-child",
        "superseded",
        "conflicting-protocols",
        "false-premise",
        "unit-trap",
        "look-alike",
        "partly",
        "table-row",
    ],
)
def test_a_trap_is_set_at_least_five_times(questions, trap):
    assert sum(trap in case.tags for case, _ in questions) >= 5


def test_every_tag_is_explained_in_the_readme(judged):
    readme = (ROOT / "examples" / "README.md").read_text(encoding="utf-8")
    tags = {tag for case in judged.cases for tag in case.tags}
    assert [tag for tag in sorted(tags) if f"`{tag}`" not in readme] == []


def test_it_says_who_judged_it_when_and_that_they_are_no_clinicians(judged):
    assert all(case.judged_by and case.judged_on for case in judged.cases)
    assert "not clinicians" in (judged.judged_by or "")


def test_no_question_stands_twice(judged):
    asked = [(flat(case.asked).lower(), case.patient) for case in judged.cases]
    assert len({question for question, _ in asked}) == len(asked)


def test_what_is_to_be_answered_has_documents_and_quotations_and_the_rest_has_neither(questions):
    for case, expect in questions:
        assert expect.status, case.id
        assert bool(expect.documents) is expect.answerable, case.id
        assert bool(expect.quotations) is expect.answerable, case.id
        assert expect.answerable or not expect.must, case.id
        assert not expect.answerable or ANSWERS.issuperset(expect.status), case.id


def test_every_quotation_stands_in_a_judged_document_and_every_judged_document_holds_one(
    questions, texts
):
    for case, expect in questions:
        held = {
            key: [flat(one.text) for one in expect.quotations if flat(one.text) in texts[key]]
            for key in expect.documents
        }
        assert all(held.values()), case.id
        found = {one for quotations in held.values() for one in quotations}
        assert {flat(one.text) for one in expect.quotations} <= found, case.id


def test_every_quotation_judged_wrong_stands_somewhere_and_is_none_of_the_right_ones(
    questions, texts
):
    for case, expect in questions:
        right = {flat(one.text) for one in expect.quotations}
        for wrong in expect.not_quotations:
            assert any(flat(wrong.text) in text for text in texts.values()), (case.id, wrong.text)
            assert flat(wrong.text) not in right, case.id


def test_every_fact_that_must_be_stated_stands_in_a_quotation_and_none_that_must_not_does(
    questions,
):
    for case, expect in questions:
        right = [flat(one.text).lower() for one in expect.quotations]
        for fact in expect.must:
            assert any(w.lower() in text for w in fact for text in right), (case.id, fact)
        for wording in wordings(expect.must_not):
            assert not any(wording.lower() in text for text in right), (case.id, wording)
        for span in expect.spans:
            assert any(span.lower() in text for text in right), (case.id, span)


@pytest.mark.parametrize("day", DAYS)
def test_judged_documents_are_in_force_on_every_day_that_the_set_promises(
    questions, documents, day
):
    valid = in_force(documents, day)
    for case, expect in questions:
        assert set(expect.documents) <= valid, case.id


def test_what_a_trap_about_time_forbids_stands_only_in_sources_not_in_force(
    judged, questions, documents, texts
):
    valid = in_force(documents, judged.as_of)
    for case, expect in questions:
        if not TIMED.intersection(case.tags):
            continue
        stale = [
            one.text
            for one in expect.not_quotations
            if valid.isdisjoint(key for key in texts if flat(one.text) in texts[key])
        ]
        other = len(expect.not_quotations) - len(stale)
        assert stale or not expect.not_quotations, case.id
        assert not other or "conflicting-protocols" in case.tags, case.id


def test_protocols_that_conflict_are_two_documents_unless_one_is_asked_for(questions):
    both = [expect for case, expect in questions if "conflicting-protocols" in case.tags]
    assert sum(len(expect.documents) >= 2 for expect in both) >= 5


def test_an_abstention_about_an_adult_dose_names_the_dose_that_may_not_be_shown(questions):
    for case, expect in questions:
        if "adult-to-child" in case.tags and not expect.answerable and expect.not_quotations:
            assert expect.must_not, case.id


def test_every_expected_finding_is_a_category_and_texts_come_as_unsafe_and_safe(judged):
    texts = [case.expect for case in judged.cases if case.text and case.expect]
    assert all(expect.findings is not None for expect in texts)
    named = {name for expect in texts for name in expect.findings or ()}
    assert named <= set(get_args(Category))
    assert len(named) >= 6
    assert sum(not expect.findings for expect in texts) >= 5


def test_quotes_beside_a_text_are_the_corpus(judged, texts):
    for case in judged.cases:
        for quote in case.quotes:
            assert any(flat(quote) in text for text in texts.values()), (case.id, quote)


def test_the_questions_to_ask_in_one_go_are_questions_of_the_set(judged):
    lines = (ROOT / "examples" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    asked = {case.id: case for case in judged.cases}
    for row in map(json.loads, lines):
        case = asked[row["id"]]
        assert case.question == row["question"]
        patient = case.patient.model_dump(mode="json", exclude_unset=True) if case.patient else None
        given = row.get("patient")
        assert (patient is None) is (given is None), case.id
        assert patient is None or patient["age_years"] == given["age_years"], case.id


def test_a_case_refers_to_no_patient_file_that_the_readme_does_not_name():
    readme = (ROOT / "examples" / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"patient: ([\w-]+\.json)", SET.read_text(encoding="utf-8")))
    assert named
    assert all(f"`{name}`" in readme for name in named)
