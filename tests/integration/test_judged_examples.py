"""The judged examples, answered from an index of the corpus that comes with the project.

Floors a little under what is reached; a change that falls under one lost something.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from medrag.core.answer import CheckedAnswer, Claim
from medrag.core.patient import Patient
from medrag.core.query import Filters
from medrag.pipeline.engine import QueryEngine
from medrag.pipeline.index import Index
from medrag.text import row_cells

ROOT = Path(__file__).parents[2]
DAY = date(2026, 1, 1)  # the judgements hold from February 2025 to December 2039
FIRST = 2

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Case:
    """One question with what was judged of it, and the answer it got."""

    id: str
    status: str
    answers: tuple[str, ...]
    wrong: tuple[str, ...]
    answer: CheckedAnswer

    def holds(self, claim: Claim, judged: tuple[str, ...]) -> bool:
        """Return whether a verified quotation of `claim` has one of the judged sentences."""
        shown = [bare(quote.match.text or "") for quote in claim.quotes if quote.match.verified]
        return any(bare(sentence) in text for sentence in judged for text in shown)


def bare(text: str) -> str:
    return " ".join(" ".join(row_cells(line)) for line in text.splitlines()).strip()


def lines(name: str) -> list[dict]:
    text = (ROOT / "examples" / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    judged = {row["id"]: row for row in lines("judged.jsonl")}
    path = tmp_path_factory.mktemp("judged") / "corpora.index"
    with Index.build([ROOT / "corpora"], path, progress=False) as index:
        engine = QueryEngine(index)
        found = []
        for row in lines("questions.jsonl"):
            patient = Patient.model_validate(row["patient"]) if row.get("patient") else None
            answer = engine.query(row["question"], patient=patient, filters=Filters(as_of=DAY))
            told = judged[row["id"]]
            found.append(
                Case(
                    row["id"], told["status"], tuple(told["answers"]), tuple(told["wrong"]), answer
                )
            )
    return found


def test_of_the_answerable_questions_most_show_a_judged_sentence_first(cases):
    answerable = [case for case in cases if case.status == "answered"]
    hits = [
        any(case.holds(claim, case.answers) for claim in case.answer.quoted.claims[:FIRST])
        for case in answerable
    ]
    assert len(answerable) == 89
    assert sum(hits) / len(hits) >= 0.86


def test_every_unanswerable_question_is_met_with_silence(cases):
    unanswerable = [case for case in cases if case.status == "abstained"]
    assert len(unanswerable) == 16
    assert [case.id for case in unanswerable if case.answer.status != "abstained"] == []


def test_no_claim_rests_on_a_sentence_judged_wrong(cases):
    wrong = [
        case.id
        for case in cases
        if any(case.holds(claim, case.wrong) for claim in case.answer.quoted.claims)
    ]
    assert wrong == []


def test_its_own_quoting_never_weakens_an_extractive_answer(cases):
    claims = [claim for case in cases for claim in case.answer.quoted.claims]
    assert {claim.support for claim in claims} == {"supported"}
    findings = [finding for case in cases for finding in case.answer.findings]
    assert [finding for finding in findings if finding.rule_id.startswith("QUO")] == []
    assert "partly_supported" not in {case.answer.status for case in cases}
