"""The judged set that comes with medrag, answered from an index of its corpus.

Floors a little under what is reached; a change that falls under one lost something. What is
counted here is counted from the answers, beside the metrics of `medrag.evaluation`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from medrag.config import Settings
from medrag.core.answer import CheckedAnswer, Claim
from medrag.evaluation import Asking, Run, read_set, run, signature_of
from medrag.evaluation.gates import failures, read_gates
from medrag.evaluation.judged_set import Case, Expected, Quotation
from medrag.evaluation.reports import report
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
def done(tmp_path_factory) -> Run:
    judged = read_set(ROOT / "examples" / "northfield.yaml")
    folder = tmp_path_factory.mktemp("judged")
    asking = Asking(index=folder / "corpora.index", settings=Settings())
    with Index.build([ROOT / "corpora"], asking.index, progress=False) as index:
        generation = index.generation
    signature = signature_of(judged, index=generation, settings=asking.settings)
    return run(judged, asking, folder / "run", signature=signature)


@pytest.fixture(scope="module")
def answers(done):
    cases = {case.id: case for case in done.judged.cases}
    told = ((cases[line.id], line.answer) for line in done.answers() if line.answer)
    return [Answered(case, case.expect or Expected(), answer) for case, answer in told]


def test_the_run_keeps_the_gates_that_come_with_the_set(done):
    assert list(failures(read_gates(ROOT / "examples" / "gates.toml"), done.results)) == []
    assert [gate.name for gate in done.results.summary.gates if not gate.passed] == []


def test_its_report_tells_every_specialty_and_trap(done):
    page = report(done)
    for case in done.judged.cases:
        assert f">{case.specialty}</th>" in page
        assert all(f">{tag}</th>" in page for tag in case.tags)


def test_figures_are_those_that_are_counted_here(done, answers):
    answerable = [one for one in answers if one.expect.answerable]
    shown = [
        any(one.holds(claim, one.expect.quotations) for claim in one.answer.quoted.claims)
        for one in answerable
    ]
    assert done.results.figure("expected-quotation").value == sum(shown) / len(shown)


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
