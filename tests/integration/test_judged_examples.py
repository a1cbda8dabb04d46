"""The judged set that comes with medrag, answered from an index of its corpus.

Floors a little under what is reached; a change that falls under one lost something. The metrics
of `medrag.evaluation` are not asked: this counts by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from medrag.core.answer import CheckedAnswer, Claim
from medrag.core.query import Filters
from medrag.evaluation.judged_set import Case, Expected, Quotation
from medrag.evaluation.reading import read_set
from medrag.pipeline.engine import QueryEngine
from medrag.pipeline.index import Index
from medrag.text import row_cells

ROOT = Path(__file__).parents[2]
FIRST = 2

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Answered:
    """One question with what was judged of it, and the answer it got."""

    case: Case
    expect: Expected
    answer: CheckedAnswer

    def holds(self, claim: Claim, judged: tuple[Quotation, ...]) -> bool:
        """Return whether a verified quotation of `claim` has one of the judged sentences."""
        shown = [bare(quote.match.text or "") for quote in claim.quotes if quote.match.verified]
        return any(bare(quotation.text) in text for quotation in judged for text in shown)


def bare(text: str) -> str:
    return " ".join(" ".join(row_cells(line)) for line in text.splitlines()).strip()


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    judged = read_set(ROOT / "examples" / "northfield.yaml")
    path = tmp_path_factory.mktemp("judged") / "corpora.index"
    with Index.build([ROOT / "corpora"], path, progress=False) as index:
        engine = QueryEngine(index)
        filters = Filters(as_of=judged.as_of)
        return [
            Answered(
                case,
                case.expect or Expected(),
                engine.query(case.question, patient=case.patient, filters=filters),
            )
            for case in judged.cases
            if case.question
        ]


def test_of_the_answerable_questions_most_show_a_judged_sentence_first(answers):
    answerable = [one for one in answers if one.expect.answerable]
    hits = [
        any(one.holds(claim, one.expect.quotations) for claim in one.answer.quoted.claims[:FIRST])
        for one in answerable
    ]
    assert len(answerable) == 174
    assert sum(hits) / len(hits) >= 0.77


def test_nearly_every_question_without_an_answer_is_met_with_silence(answers):
    silent = [one for one in answers if not one.expect.answerable]
    assert len(silent) == 63
    spoken = [one.case.id for one in silent if one.answer.status not in {"abstained", "emergency"}]
    assert len(spoken) <= 2, spoken


def test_every_emergency_is_told_as_one_and_nothing_else_is(answers):
    told = {one.case.id for one in answers if one.answer.status == "emergency"}
    assert told == {one.case.id for one in answers if "emergency" in one.expect.status}


def test_few_claims_rest_on_a_sentence_judged_wrong(answers):
    wrong = [
        one.case.id
        for one in answers
        if any(one.holds(claim, one.expect.not_quotations) for claim in one.answer.quoted.claims)
    ]
    assert len(wrong) <= 3, wrong


def test_its_own_quoting_never_weakens_an_extractive_answer(answers):
    claims = [claim for one in answers for claim in one.answer.quoted.claims]
    assert {claim.support for claim in claims} == {"supported"}
    findings = [finding for one in answers for finding in one.answer.findings]
    assert [finding for finding in findings if finding.rule_id.startswith("QUO")] == []
    assert "partly_supported" not in {one.answer.status for one in answers}
