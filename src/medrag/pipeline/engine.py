"""A question to a checked answer: the line, stage after stage."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from time import perf_counter
from typing import Any, cast

from medrag.checker import check
from medrag.config import Settings
from medrag.core.answer import CheckedAnswer, Claim, QuotedAnswer, Versions
from medrag.core.finding import CheckReport, Finding, NotChecked
from medrag.core.patient import Patient
from medrag.core.prompt import Completion, Decoding, Prompt
from medrag.core.protocols import LLM, Cancelled, Entailment
from medrag.core.query import Filters, Query
from medrag.core.trace import Stage, StageName, Trace, TracedAnswer
from medrag.errors import BackendError, InputError
from medrag.generation import open_llm
from medrag.generation.extractive import ExtractiveLLM
from medrag.pipeline.answering import Answerer, Outcome
from medrag.pipeline.index import Index
from medrag.pipeline.replies import unanswered
from medrag.pipeline.verdict import judge, selected, withhold
from medrag.quotes import ground_answer
from medrag.quotes.second_reader import second_findings

_log = logging.getLogger(__name__)


class QueryEngine:
    """Answers questions from one index.

    Args:
        index: An opened index.
        llm: What answers: a registered name, the URL of an OpenAI-compatible server, the path
            of a model folder, a LlamaIndex model, or an object with the `LLM` protocol.
            Default: `settings.llm`.
        settings: How many passages are retrieved, how long a reply may be, how many claims it
            may have. Every answer records their digest, with the answerer that was used.
        second_reader: Reads the claims again, which can only add findings. Default: that
            of `settings.second_reader`, none.

    Example:
        >>> engine = QueryEngine(index)                                    # doctest: +SKIP
        >>> engine.query("Metformin with an eGFR of 38?").status           # doctest: +SKIP
        'answered'
    """

    def __init__(
        self,
        index: Index,
        llm: str | LLM | object | None = None,
        *,
        settings: Settings | None = None,
        second_reader: Entailment | None = None,
    ) -> None:
        known = settings or Settings()
        chosen = known.llm if llm is None else llm
        self._index = index
        answers = _answering(chosen, index, known)
        name = chosen if isinstance(chosen, str) else answers.name
        self._settings = known.model_copy(update={"llm": name})
        selects = isinstance(answers, ExtractiveLLM)
        self._reader = second_reader
        if second_reader is None and known.second_reader is not None:
            from medrag.quotes.cross_encoder import open_cross_encoder

            self._reader = open_cross_encoder(known.second_reader)
        self._answerer = Answerer(
            answers,
            decoding=Decoding(
                max_tokens=known.answer_tokens,
                think_tokens=known.think_tokens,
                temperature=known.temperature,
                seed=known.seed,
                timeout_s=known.reply_timeout_s,
            ),
            quoting="quote" if selects else None if known.quoting == "auto" else known.quoting,
            max_claims=known.max_claims,
            repairs=not selects,
        )

    def _run(self, cancelled: Cancelled | None) -> _Run:
        return _Run(
            self._index, self._settings, self._answerer, reader=self._reader, cancelled=cancelled
        )

    def query(
        self,
        question: str,
        *,
        patient: Patient | None = None,
        filters: Filters | None = None,
        cancelled: Cancelled | None = None,
    ) -> CheckedAnswer:
        """Return the checked answer to `question`.

        Args:
            question: In words; a blank one is refused.
            patient: Whom it is about; checks that lack a datum are listed as not checked.
            filters: Which sources may answer; by default those in force today.
            cancelled: Asked now and then whether to stop; a reply that was stopped keeps its
                complete claims.

        Raises:
            InputError: The question is blank, or does not fit the model's context.
            BackendError: The answerer failed.
        """
        return self.traced(question, patient=patient, filters=filters, cancelled=cancelled).answer

    def prompt(
        self,
        question: str,
        *,
        patient: Patient | None = None,
        filters: Filters | None = None,
    ) -> Prompt:
        """Return what the answerer would be asked, for somebody to read; nothing is asked.

        Raises:
            InputError: As `query`.
        """
        query = Query(text=question, filters=filters or Filters(), patient=patient)
        return self._run(None).prompt(query)

    def query_many(
        self, queries: Sequence[Query], *, cancelled: Cancelled | None = None
    ) -> list[CheckedAnswer]:
        """Return the answer that `query` gives to each, in order, with their replies in batches.

        How many replies are decoded side by side is the answerer's business.

        Raises:
            InputError, BackendError: As `query`, for the first that fails.
        """
        runs = [self._run(cancelled) for _ in queries]
        prompts = [run.prompt(query) for run, query in zip(runs, queries, strict=True)]
        asked = [prompt for prompt in prompts if prompt.hits]
        replies = iter(self._answerer.complete_many(asked, cancelled))
        return [
            run.settled(next(replies) if prompt.hits else None, prompt).answer
            for run, prompt in zip(runs, prompts, strict=True)
        ]

    def traced(
        self,
        question: str,
        *,
        patient: Patient | None = None,
        filters: Filters | None = None,
        cancelled: Cancelled | None = None,
        on_claim: Callable[[Claim], None] | None = None,
    ) -> TracedAnswer:
        """Return the answer that `query` gives, with how it came about.

        The same question, index, settings and model give the same answer, byte for byte; the
        trace holds what differs from run to run. With `on_claim` the reply is streamed, and
        each claim goes there as `stream` yields it.
        """
        query = Query(text=question, filters=filters or Filters(), patient=patient)
        run = self._run(cancelled)
        if on_claim is None:
            return run.whole(query)
        for event in run.events(query):
            if isinstance(event, TracedAnswer):
                return event
            on_claim(event)
        raise BackendError("The answerer's stream ended without an answer.")

    def stream(
        self,
        question: str,
        *,
        patient: Patient | None = None,
        filters: Filters | None = None,
        cancelled: Cancelled | None = None,
    ) -> Iterator[Claim | CheckedAnswer]:
        """Yield the claims of an answer as their quotations verify; last the checked answer.

        No claim is yielded before the gate has verified every one of its quotations. The
        answer at the end is what `query` returns, and it decides: the checks run on the whole,
        and a claim that it does not hold is withdrawn. Closing the iterator stops the model.

        Raises:
            InputError, BackendError: As `query`.
        """
        query = Query(text=question, filters=filters or Filters(), patient=patient)
        run = self._run(cancelled)
        for event in run.events(query):
            yield event.answer if isinstance(event, TracedAnswer) else event


def _answering(chosen: object, index: Index, settings: Settings) -> LLM:
    """Return what answers, opened by its name or wrapped where it is LlamaIndex's.

    Raises:
        InputError: It is none of what can answer.
    """
    if isinstance(chosen, str):
        return open_llm(chosen, embedder=index.embedder, max_claims=settings.max_claims)
    if isinstance(chosen, LLM):
        return chosen
    if hasattr(chosen, "metadata") and hasattr(chosen, "stream_chat"):
        from medrag.generation.llamaindex import LlamaIndexLLM

        return LlamaIndexLLM(cast("Any", chosen))
    raise InputError(
        f"A {type(chosen).__name__} cannot answer. Give a name, a URL, a model's folder, a "
        "LlamaIndex model, or an object with everything that medrag.core.protocols.LLM names."
    )


class _Run:
    """One question on its way, with a clock on every stage."""

    def __init__(
        self,
        index: Index,
        settings: Settings,
        answerer: Answerer,
        *,
        reader: Entailment | None,
        cancelled: Cancelled | None,
    ) -> None:
        self._index = index
        self._settings = settings
        self._answerer = answerer
        self._reader = reader
        self._cancelled = cancelled
        self._stages: list[Stage] = []
        self._retrieved: tuple[str, ...] = ()

    def whole(self, query: Query) -> TracedAnswer:
        """Return the answer to `query`."""
        prompt = self.prompt(query)
        if not prompt.hits:
            return self.settled(None, prompt)
        with self._stage("generate"):
            completion = self._answerer.complete(prompt, self._cancelled)
        return self.settled(completion, prompt)

    def events(self, query: Query) -> Iterator[Claim | TracedAnswer]:
        """Yield the claims of the answer as they verify, last the answer that `whole` gives."""
        prompt = self.prompt(query)
        shown: list[Claim] = []
        completion: Completion | None = None
        if prompt.hits:
            with self._stage("generate"):
                for event in self._answerer.stream(prompt, self._cancelled):
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
        started = perf_counter()
        yield
        self._stages.append(Stage(name=name, seconds=perf_counter() - started))

    def prompt(self, query: Query) -> Prompt:
        """Return the prompt for `query` over what retrieval finds."""
        with self._stage("retrieve"):
            hits = self._index.retrieve(query, self._settings.retrieve)
        self._retrieved = tuple(hit.passage.id for hit in hits)
        with self._stage("pack"):
            return self._answerer.prompt(query, hits)

    def settled(self, completion: Completion | None, prompt: Prompt) -> TracedAnswer:
        """Return the answer that a reply comes to; without a reply, that nothing was found."""
        if completion is None:
            silent = Completion(text="", model=self._answerer.llm.name)
            reason = "No passage of the index shares anything with it."
            return self._finished(Outcome(unanswered(prompt, silent, reason), ()), prompt)
        with self._stage("gate"):
            first = self._answerer.read(completion, prompt)
        with self._stage("repair"):
            outcome = self._answerer.settle(first, prompt, self._cancelled)
        quoted = outcome.quoted
        if isinstance(self._answerer.llm, ExtractiveLLM):
            quoted = selected(quoted)
        return self._finished(outcome._replace(quoted=withhold(quoted)), prompt)

    def _finished(self, outcome: Outcome, prompt: Prompt) -> TracedAnswer:
        """Return the answer after grounding and checks, with its trace."""
        quoted = outcome.quoted
        with self._stage("ground"):
            grounding = ground_answer(quoted, prompt.patient)
            second, unread = self._read_again(quoted)
        with self._stage("check"):
            silent = CheckReport(rule_set="none run")
            report = check(quoted.text, prompt.patient) if quoted.claims else silent
        report = report.model_copy(update={"not_checked": (*report.not_checked, *unread)})
        answer = self._checked(quoted, (*grounding, *second), report, prompt)
        trace = Trace(
            stages=tuple(self._stages),
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
        return TracedAnswer(answer=answer, trace=trace)

    def _read_again(
        self, quoted: QuotedAnswer
    ) -> tuple[tuple[Finding, ...], tuple[NotChecked, ...]]:
        """Return what the second reader finds, or that it could not read."""
        if self._reader is None:
            return (), ()
        try:
            return second_findings(quoted, self._reader), ()
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


def _sha256(prompt: Prompt) -> str:
    text = "\0".join(f"{message.role}\0{message.content}" for message in prompt.messages)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _by_severity(finding: Finding) -> tuple[int, int, str]:
    rank = {"critical": 0, "warning": 1, "info": 2}[finding.severity]
    return rank, finding.span.start if finding.span else -1, finding.rule_id
