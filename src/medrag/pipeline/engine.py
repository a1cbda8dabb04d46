"""A question to a checked answer: the line, stage after stage."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from importlib.metadata import version
from time import perf_counter
from typing import NamedTuple

from medrag.checker import check
from medrag.clinical.grounding_rules import GROUNDING_IDS
from medrag.config import Settings
from medrag.core.answer import AnswerStatus, CheckedAnswer, QuotedAnswer, Versions
from medrag.core.finding import CheckReport, Finding
from medrag.core.patient import Patient
from medrag.core.prompt import Completion, Decoding, Prompt
from medrag.core.protocols import LLM
from medrag.core.query import Filters, Query
from medrag.errors import DraftParseError
from medrag.generation import build_prompt, open_llm, parse
from medrag.generation.extractive import ExtractiveLLM
from medrag.generation.grammar import AnswerGrammar
from medrag.pipeline.index import Index
from medrag.quotes import ground_answer, verify

_log = logging.getLogger(__name__)


class Verdict(NamedTuple):
    """What an answer is worth, and why."""

    status: AnswerStatus
    reason: str | None


class QueryEngine:
    """Answers questions from one index.

    Args:
        index: An opened index.
        llm: What answers: a registered name, the URL of an OpenAI-compatible server, the path
            of a model folder, or an object with the `LLM` protocol. Default: `settings.llm`.
        settings: How many passages are retrieved, how long a reply may be, how many claims it
            may have. Every answer records their digest, with the answerer that was used.

    Example:
        >>> engine = QueryEngine(index)                                    # doctest: +SKIP
        >>> engine.query("Metformin with an eGFR of 38?").status           # doctest: +SKIP
        'answered'
    """

    def __init__(
        self,
        index: Index,
        llm: str | LLM | None = None,
        *,
        settings: Settings | None = None,
    ) -> None:
        known = settings or Settings()
        chosen = known.llm if llm is None else llm
        self._index = index
        if isinstance(chosen, str):
            self._llm = open_llm(chosen, embedder=index.embedder, max_claims=known.max_claims)
        else:
            self._llm = chosen
        name = chosen if isinstance(chosen, str) else chosen.name
        self._settings = known.model_copy(update={"llm": name})

    def query(
        self,
        question: str,
        *,
        patient: Patient | None = None,
        filters: Filters | None = None,
    ) -> CheckedAnswer:
        """Return the checked answer to `question`.

        Args:
            question: In words; a blank one is refused.
            patient: Whom it is about; checks that lack a datum are listed as not checked.
            filters: Which sources may answer; by default those in force today.

        Raises:
            InputError: The question is blank, or does not fit the model's context.
            BackendError: The answerer failed.
        """
        started = perf_counter()
        query = Query(text=question, filters=filters or Filters(), patient=patient)
        hits = self._index.retrieve(query, self._settings.retrieve)
        tokens = self._settings.answer_tokens
        prompt = build_prompt(query, hits, llm=self._llm, answer_tokens=tokens)
        quoted = self._answer(prompt)
        grounding = ground_answer(quoted)
        report = check(quoted.text, patient) if quoted.claims else CheckReport(rule_set="none run")
        answer = self._checked(quoted, grounding, report, prompt)
        _log.info(
            "answered: %s, %d claims, %d findings, %.3f s",
            answer.status,
            len(quoted.claims),
            len(answer.findings),
            perf_counter() - started,
        )
        return answer

    def _answer(self, prompt: Prompt) -> QuotedAnswer:
        """Return what the answerer says, with its quotations through the gate.

        A reply that breaks the contract is no answer; it is kept whole for audit.
        """
        if not prompt.hits:
            nothing = Completion(text="", model=self._llm.name)
            return _unanswered(prompt, nothing, "No passage of the index shares anything with it.")
        completion = self._llm.complete(
            prompt,
            constraint=AnswerGrammar.of(prompt.hits),
            decoding=Decoding(max_tokens=self._settings.answer_tokens),
        )
        try:
            draft = parse(completion, prompt)
        except DraftParseError as error:
            return _unanswered(prompt, completion, str(error))
        claims = draft.claims[: self._settings.max_claims]
        quoted = verify(draft.model_copy(update={"claims": claims}), prompt)
        return _selected(quoted) if isinstance(self._llm, ExtractiveLLM) else quoted

    def _checked(
        self,
        quoted: QuotedAnswer,
        grounding: Sequence[Finding],
        report: CheckReport,
        prompt: Prompt,
    ) -> CheckedAnswer:
        findings = (*grounding, *report.findings)
        status, reason = judge(quoted, findings)
        return CheckedAnswer(
            status=status,
            reason=reason,
            quoted=quoted,
            patient=prompt.patient,
            findings=tuple(sorted(findings, key=_by_severity)),
            not_checked=report.not_checked,
            rules_run=report.rules_run,
            versions=Versions(
                medrag=version("medrag"),
                model=quoted.completion.model,
                index=self._index.generation,
                prompt=prompt.template,
                rules=report.rule_set,
                settings=self._settings.digest,
            ),
        )


def judge(quoted: QuotedAnswer, findings: Sequence[Finding]) -> Verdict:
    """Return the status of an answer, and why it is not simply `answered`.

    In order: nothing supported → `abstained`; a critical finding → `blocked`; a claim without
    full support, or a finding about the grounding → `partly_supported`; else `answered`.

    A claim without any verified quotation stays in the answer, marked `unsupported`: it is
    shown as withheld and never released, and so does not block what the others say.
    """
    if not any(claim.support != "unsupported" for claim in quoted.claims):
        reason = quoted.missing or "No statement has a verified quotation."
        return Verdict("abstained", reason)
    critical = sum(finding.severity == "critical" for finding in findings)
    if critical:
        noun = "finding stands" if critical == 1 else "findings stand"
        return Verdict("blocked", f"{critical} critical {noun} against it.")
    weak = sum(claim.support != "supported" for claim in quoted.claims)
    loose = sum(finding.rule_id in GROUNDING_IDS for finding in findings)
    if weak or loose:
        return Verdict("partly_supported", "Not every statement stands in its quotations.")
    return Verdict("answered", None)


def _selected(quoted: QuotedAnswer) -> QuotedAnswer:
    """Return a selection without the statements that the gate would not quote alone.

    What was only selected, not said, is no claim that anyone would miss. Where the gate
    refuses every one of them they stay, for the record.
    """
    whole = tuple(claim for claim in quoted.claims if claim.support == "supported")
    return quoted.model_copy(update={"claims": whole}) if whole else quoted


def _unanswered(prompt: Prompt, completion: Completion, missing: str) -> QuotedAnswer:
    return QuotedAnswer(
        question=prompt.question,
        status="insufficient",
        missing=missing,
        hits=prompt.hits,
        completion=completion,
    )


def _by_severity(finding: Finding) -> tuple[int, int, str]:
    rank = {"critical": 0, "warning": 1, "info": 2}[finding.severity]
    return rank, finding.span.start if finding.span else -1, finding.rule_id
