"""The example patients, questions, judgements and answers."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

from medrag.core.document import Document
from medrag.core.patient import Patient
from medrag.documents import discover, read

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = ROOT / "examples"
PATIENTS = sorted(EXAMPLES.glob("patient*.json"))
TRAPS = {
    None,
    "disagreement",
    "expired",
    "not-yet-in-force",
    "population",
    "superseded",
    "table-row",
    "unanswerable",
}


def rows(name: str) -> list[dict]:
    lines = (EXAMPLES / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def documents() -> dict[str, Document]:
    """The documents of `corpora/` by key."""
    found = [d for file in discover([ROOT / "corpora"]).files for d in read(file)]
    return {document.source.key: document for document in found}


def in_force(documents: dict[str, Document], day: date) -> set[str]:
    """Keys in force by the dates and the `supersedes` fields alone, independent of the index."""
    dated = {key for key, document in documents.items() if document.source.in_date(day)}
    replaced = {old for key in dated for old in documents[key].source.supersedes}
    return dated - replaced


@pytest.mark.parametrize("path", PATIENTS, ids=lambda path: path.stem)
def test_a_patient_validates(path):
    patient = Patient.model_validate_json(path.read_text(encoding="utf-8"))
    assert patient.age_years is not None
    assert (patient.weight_kg is None) == (path.stem == "patient-partial")


def test_there_is_a_patient_of_each_kind():
    assert {path.stem for path in PATIENTS} == {
        "patient",
        "patient-child",
        "patient-partial",
        "patient-pregnant",
        "patient-warfarin",
    }


def test_questions_and_judgements_pair_up_and_ids_are_unique():
    questions = [row["id"] for row in rows("questions.jsonl")]
    assert questions == [row["id"] for row in rows("judged.jsonl")]
    assert len(set(questions)) == len(questions) >= 60


def test_every_question_has_the_documented_keys_and_a_valid_patient():
    for row in rows("questions.jsonl"):
        assert row.keys() <= {"id", "question", "patient"}
        assert row["question"].strip()
        if "patient" in row:
            Patient.model_validate(row["patient"])


def test_every_trap_is_used_and_none_is_unknown():
    assert {row["trap"] for row in rows("judged.jsonl")} == TRAPS


def test_an_answered_question_has_documents_and_answers_and_an_abstention_has_neither():
    for row in rows("judged.jsonl"):
        answered = row["status"] == "answered"
        assert row["status"] in {"answered", "abstained"}
        assert bool(row["documents"]) is answered, row["id"]
        assert bool(row["answers"]) is answered, row["id"]


def test_every_judged_answer_stands_in_a_judged_document(documents):
    lost = []
    for row in rows("judged.jsonl"):
        texts = [flat(documents[key].text) for key in row["documents"]]
        lost += [(row["id"], a) for a in row["answers"] if not any(flat(a) in t for t in texts)]
    assert lost == []


def test_every_judged_document_holds_an_answer_or_repeats_one(documents):
    for row in rows("judged.jsonl"):
        texts = {key: flat(documents[key].text) for key in row["documents"]}
        held = {key for key, t in texts.items() if any(flat(a) in t for a in row["answers"])}
        assert held == set(row["documents"]), row["id"]


def test_every_wrong_answer_stands_somewhere_in_the_corpus(documents):
    texts = [flat(document.text) for document in documents.values()]
    lost = []
    for row in rows("judged.jsonl"):
        lost += [(row["id"], w) for w in row["wrong"] if not any(flat(w) in t for t in texts)]
    assert lost == []


@pytest.mark.parametrize("day", [date(2025, 2, 1), date(2026, 11, 1), date(2039, 12, 31)])
def test_judged_documents_are_in_force_on_every_day_the_readme_promises(documents, day):
    valid = in_force(documents, day)
    for row in rows("judged.jsonl"):
        assert set(row["documents"]) <= valid, row["id"]


@pytest.mark.parametrize("trap", ["superseded", "expired", "not-yet-in-force"])
def test_the_wrong_answers_of_a_trap_about_time_stand_only_in_sources_not_in_force(documents, trap):
    valid = in_force(documents, date(2026, 11, 1))
    for row in rows("judged.jsonl"):
        for wrong in row["wrong"] if row["trap"] == trap else ():
            holders = {k for k, d in documents.items() if flat(wrong) in flat(d.text)}
            assert holders.isdisjoint(valid), (row["id"], wrong)


def test_a_disagreement_has_answers_in_two_documents(documents):
    for row in rows("judged.jsonl"):
        if row["trap"] == "disagreement":
            assert len(row["documents"]) >= 2, row["id"]


def test_answers_for_the_checker_have_the_documented_keys_and_their_quotes_are_the_corpus(
    documents,
):
    texts = [flat(document.text) for document in documents.values()]
    for row in rows("answers.jsonl"):
        assert {"id", "text", "patient"} <= row.keys() <= {"id", "text", "patient", "quotes"}
        if row["patient"] is not None:
            Patient.model_validate(row["patient"])
        for quote in row.get("quotes", ()):
            assert any(flat(quote) in text for text in texts), (row["id"], quote)


def test_every_unsafe_answer_is_explained_in_the_readme():
    readme = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    for row in rows("answers.jsonl"):
        assert row["id"].endswith("-safe") or f"`{row['id']}`" in readme, row["id"]


def test_the_readme_names_every_file_of_the_folder():
    readme = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([\w.-]+\.jsonl?)`", readme))
    assert {path.name for path in EXAMPLES.glob("*.json*")} <= named
