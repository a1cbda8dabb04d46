"""One question on its way to a checked answer: the line, stage after stage."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

from medrag.checker import Policy, check, load_policy
from medrag.config import Settings
from medrag.core.answer import DISCLAIMER, CheckedAnswer, Claim, QuotedAnswer, Versions
from medrag.core.finding import CheckReport, Finding, NotChecked, gravity
from medrag.core.prompt import Completion, Prompt
from medrag.core.protocols import Cancelled, Entailment
from medrag.core.query import Filters, NotSearched, Query, Retrieved, UnreadPart
from medrag.core.scope import ScopeDecision
from medrag.core.trace import Stage, StageName, Trace, TracedAnswer
from medrag.errors import BackendError
from medrag.generation.extractive import ExtractiveLLM
from medrag.index.store import today
from medrag.pipeline.answering import Answerer, Outcome
from medrag.pipeline.gates import Gates
from medrag.pipeline.index import Index
from medrag.pipeline.replies import unanswered
from medrag.pipeline.verdict import judge, selected, unread_parts, unsearched, withhold
from medrag.quotes import ground_answer
from medrag.quotes.second_reader import second_findings
from medrag.review.approval import Approval, approved
from medrag.review.audit.recorder import Recorder

_log = logging.getLogger(__name__)
NO_RULES = "none run"


@dataclass(frozen=True, slots=True)
class Line:
    """What the questions of one engine pass.

    Attributes:
        index: Where they are answered from.
        settings: How many passages are retrieved; their digest goes into the answer.
        answerer: Asks the model.
        gates: What a question passes first.
        reader: Reads the claims again; None for nobody.
        recorder: Writes the answer to the audit log; None for nobody.
        approval: What may answer at all; None where anything may.
        policy: What the institution decided about the checker; None where nothing.
        pause: Called before each stage, in the thread that answers; None for nothing.
    """

    index: Index
    settings: Settings
    answerer: Answerer
    gates: Gates
    reader: Entailment | None = None
    recorder: Recorder | None = None
    approval: Approval | None = None
    policy: Policy | None = None
    pause: Callable[[], None] | None = None


class Run:
    """One question on its way, with a clock on every stage.

    Args:
        line: What it passes.
        cancelled: Asked now and then whether to stop.
    """

    def __init__(self, line: Line, cancelled: Cancelled | None = None) -> None:
        self._line = line
        self._cancelled = cancelled
        self._stages: list[Stage] = []
        self._retrieved: tuple[str, ...] = ()
        self._not_searched: tuple[NotSearched, ...] = ()
        self._unread: tuple[UnreadPart, ...] = ()
        self._filters = Filters()
        self._identifiers: int | None = None
        self._decision: ScopeDecision | None = None

    def whole(self, query: Query) -> TracedAnswer:
        """Return the answer to `query`."""
        prompt = self.prompt(query)
        if not prompt.hits:
            return self.settled(None, prompt)
        with self._stage("generate"):
            completion = self._line.answerer.complete(prompt, self._cancelled)
        return self.settled(completion, prompt)

    def events(self, query: Query) -> Iterator[Claim | TracedAnswer]:
        """Yield the claims of the answer as they verify, last the answer that `whole` gives."""
        prompt = self.prompt(query)
        shown: list[Claim] = []
        completion: Completion | None = None
        if prompt.hits:
            with self._stage("generate"):
                for event in self._line.answerer.stream(prompt, self._cancelled):
                    if isinstance(event, Completion):
                        completion = event
                    else:
                        shown.append(event)
                        yield event
        traced = self.settled(completion, prompt)
        for claim in traced.answer.quoted.claims:
            if claim.support == "supported" and claim not in shown:
                yield claim
        yield traced

    @contextmanager
    def _stage(self, name: StageName) -> Iterator[None]:
        """Time what happens inside as the stage `name`."""
        if self._line.pause is not None:
            self._line.pause()
        started = perf_counter()
        yield
        self._stages.append(Stage(name=name, seconds=perf_counter() - started))

    def prompt(self, query: Query, *, left_out: Sequence[str] | None = None) -> Prompt:
        """Return the prompt for `query` over what retrieval finds.

        Where a gate stops the question it has no passages, and nothing is to be asked.

        Args:
            query: The question.
            left_out: Ids of the passages that are not to be packed; None for those that do not
                fit the model's context.
        """
        query = self._through_gates(query)
        filters = query.filters
        self._filters = filters.model_copy(update={"as_of": filters.as_of or today()})
        query = query.model_copy(update={"filters": self._filters})
        with self._stage("retrieve"):
            found = (
                Retrieved(hits=())
                if self._is_stopped
                else self._line.index.retrieved(
                    query,
                    self._line.settings.retrieve,
                    settings=self._line.settings.retrieval,
                )
            )
        hits, self._not_searched, self._unread = found.hits, found.not_searched, found.unread
        self._retrieved = tuple(hit.passage.id for hit in hits)
        with self._stage("pack"):
            kept = [hit for hit in hits if hit.passage.id not in (left_out or ())]
            prompt = self._line.answerer.prompt(query, kept)
            if left_out is not None:
                prompt = prompt.model_copy(update={"left_out": tuple(left_out)})
        if self._line.approval is not None:  # before a model is asked, and before it is heard
            self._versions(prompt, self._line.answerer.llm.name, NO_RULES)
        return prompt

    def _through_gates(self, query: Query) -> Query:
        """Return the question without its identifiers, and keep what the gates decided.

        Scope is decided by the words that were written; what is said about it repeats only
        what is left of them.
        """
        with self._stage("scope"):
            decision = self._line.gates.decision(query)
        with self._stage("deidentify"):
            query, self._identifiers = self._line.gates.without_identifiers(query)
        if decision is not None and decision.decision != "answer":
            decision = self._line.gates.told(decision, query)
        self._decision = decision
        return query

    @property
    def _is_stopped(self) -> bool:
        """Whether a gate keeps the question from the index."""
        return self._decision is not None and self._decision.decision != "answer"

    def settled(self, completion: Completion | None, prompt: Prompt) -> TracedAnswer:
        """Return the answer that a reply comes to; without a reply, why there is none."""
        if completion is None:
            silent = Completion(text="", model=self._line.answerer.llm.name)
            reason = "No passage of the index shares anything with it."
            if self._decision is not None and self._is_stopped:
                reason = self._line.gates.refusal(self._decision)
            return self._finished(Outcome(unanswered(prompt, silent, reason), ()), prompt)
        with self._stage("gate"):
            first = self._line.answerer.read(completion, prompt)
        with self._stage("repair"):
            outcome = self._line.answerer.settle(first, prompt, self._cancelled)
        quoted = outcome.quoted
        if isinstance(self._line.answerer.llm, ExtractiveLLM):
            quoted = selected(quoted)
        return self._finished(outcome._replace(quoted=withhold(quoted)), prompt)

    def _finished(self, outcome: Outcome, prompt: Prompt) -> TracedAnswer:
        """Return the answer after grounding and checks, with its trace."""
        quoted = outcome.quoted
        with self._stage("ground"):
            grounding = ground_answer(quoted, prompt.patient)
            second, unread = self._read_again(quoted)
        with self._stage("check"):
            silent = CheckReport(rule_set=NO_RULES)
            report = self._report(quoted, prompt) if quoted.claims else silent
        unread = (*unread, *unsearched(self._not_searched), *unread_parts(self._unread, quoted))
        report = report.model_copy(update={"not_checked": (*report.not_checked, *unread)})
        answer = self._checked(quoted, (*grounding, *second), report, prompt)
        trace = Trace(
            stages=tuple(self._stages),
            identifiers=self._identifiers,
            scope="question" if self._decision is None else self._decision.kind,
            mode=prompt.mode,
            retrieved=self._retrieved,
            left_out=prompt.left_out,
            prompt_sha256=_sha256(prompt),
            replies=outcome.replies,
            repair_error=outcome.repair_error,
            withheld=len(quoted.withheld),
            versions=answer.versions,
        )
        _log.info(
            "answered: %s, %d claims, %d findings, %.3f s",
            answer.status,
            len(quoted.claims),
            len(answer.findings),
            trace.seconds,
        )
        traced = TracedAnswer(answer=answer, trace=trace)
        if self._line.recorder is not None:
            self._line.recorder.record(traced, self._line.settings)
        return traced

    def _report(self, quoted: QuotedAnswer, prompt: Prompt) -> CheckReport:
        return check(quoted.text, prompt.patient, asked=quoted.question, policy=self._line.policy)

    def _read_again(
        self, quoted: QuotedAnswer
    ) -> tuple[tuple[Finding, ...], tuple[NotChecked, ...]]:
        """Return what the second reader finds, or that it could not read."""
        if self._line.reader is None:
            return (), ()
        try:
            return second_findings(quoted, self._line.reader), ()
        except BackendError as error:
            return (), (NotChecked(check="second reader of the claims", reason=str(error)),)

    def _checked(
        self,
        quoted: QuotedAnswer,
        grounding: Sequence[Finding],
        report: CheckReport,
        prompt: Prompt,
    ) -> CheckedAnswer:
        findings = (*grounding, *report.findings)
        status, reason = judge(quoted, findings, self._decision, self._not_searched)
        versions = self._versions(prompt, quoted.completion.model, report.rule_set)
        notice = getattr(self._line.answerer.llm, "notice", None)  # a model with terms of use
        return CheckedAnswer(
            status=status,
            reason=reason,
            quoted=quoted,
            patient=prompt.patient,
            filters=self._filters,
            findings=tuple(sorted(findings, key=_by_severity)),
            not_checked=report.not_checked,
            rules_run=report.rules_run,
            versions=versions,
            not_searched=self._not_searched,
            disclaimer=" ".join(part for part in (DISCLAIMER, notice) if part),
        )

    def _versions(self, prompt: Prompt, model: str, rules: str) -> Versions:
        """Return what an answer depends on.

        Raises:
            ConfigError: It is not what was approved.
        """
        versions = Versions(
            medrag=installed_version(),
            model=model,
            index=self._line.index.generation,
            prompt=prompt.template,
            rules=rules,
            settings=self._line.settings.digest,
        )
        if self._line.approval is not None:
            approved(versions, self._line.approval)
        return versions


@cache
def installed_version() -> str:
    """Return the version of medrag; a package's metadata is read once, not for every answer."""
    return version("medrag")


def open_policy(settings: Settings) -> Policy | None:
    """Return what the institution decided about the checker; None where nothing.

    Raises:
        ConfigError: The file cannot be read, or is no policy.
    """
    return load_policy(Path(settings.policy)) if settings.policy is not None else None


def open_second_reader(settings: Settings) -> Entailment | None:
    """Return what reads the claims again, by the settings.

    Raises:
        InputError, BackendError: It cannot be opened.
    """
    if settings.second_reader is None:
        return None
    from medrag.quotes.cross_encoder import open_cross_encoder

    return open_cross_encoder(settings.second_reader)


def _sha256(prompt: Prompt) -> str:
    text = "\0".join(f"{message.role}\0{message.content}" for message in prompt.messages)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _by_severity(finding: Finding) -> tuple[int, int, str]:
    return -gravity(finding.severity), finding.span.start if finding.span else -1, finding.rule_id
