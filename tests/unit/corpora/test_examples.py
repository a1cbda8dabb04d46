"""The example patients, questions and answers; the judged set has its own tests."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from medrag.core.document import Document
from medrag.core.patient import Patient
from medrag.documents import discover, read

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = ROOT / "examples"
PATIENTS = sorted(EXAMPLES.glob("patient*.json"))


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


def test_every_question_has_the_documented_keys_and_a_valid_patient():
    for row in rows("questions.jsonl"):
        assert row.keys() <= {"id", "question", "patient"}
        assert row["question"].strip()
        if "patient" in row:
            Patient.model_validate(row["patient"])


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
