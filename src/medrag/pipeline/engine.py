"""Answers questions from one index: the surface of the line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import Any, cast

from medrag.config import SELECTION, Settings
from medrag.core.answer import CheckedAnswer, Claim
from medrag.core.patient import Patient
from medrag.core.prompt import Prompt
from medrag.core.protocols import LLM, Cancelled, Entailment
from medrag.core.query import Filters, Query
from medrag.core.trace import TracedAnswer
from medrag.errors import BackendError, InputError
from medrag.generation import open_llm
from medrag.pipeline.answering import Answerer
from medrag.pipeline.choosing import Chosen, choose
from medrag.pipeline.gates import Gates
from medrag.pipeline.index import Index
from medrag.pipeline.run import Line, Run, open_policy, open_second_reader
from medrag.privacy import Deidentifier
from medrag.review.approval import Approval
from medrag.review.audit.recorder import Recorder

_SIDE_BY_SIDE = 16
"""Questions whose replies a model may decode together."""


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
        deidentifier: Takes identifiers out, with the surrogates of its vault. Default: one
            without a vault, or none where `settings.deidentify` is false.
        recorder: Writes every answer to the audit log before it is returned; a failure to do
            so is an `AuditError`, and then there is no answer.
        approval: The configuration that was approved: any other answers nothing, which is a
            `ConfigError` that names what differs.
        pause: Called before each stage of a question, in the thread that answers it; a service
            lets more urgent work pass there.

    Example:
        >>> engine = QueryEngine(index)                                    # doctest: +SKIP
        >>> engine.query("Metformin with an eGFR of 38?").status           # doctest: +SKIP
        'answered'
    """

    def __init__(  # noqa: PLR0913 - one argument for each part of the line
        self,
        index: Index,
        llm: str | LLM | object | None = None,
        *,
        settings: Settings | None = None,
        second_reader: Entailment | None = None,
        deidentifier: Deidentifier | None = None,
        recorder: Recorder | None = None,
        approval: Approval | None = None,
        pause: Callable[[], None] | None = None,
    ) -> None:
        known = settings or Settings()
        chosen = known.llm if llm is None else llm
        answers = _answering(chosen, index, known)
        name = chosen if isinstance(chosen, str) else answers.name
        self._line = Line(
            index,
            known.model_copy(update={"llm": name}),
            Answerer.of(answers, known),
            Gates.of(known, deidentifier),
            reader=second_reader or open_second_reader(known),
            recorder=recorder,
            approval=approval,
            policy=open_policy(known),
            pause=pause,
        )
        given = (*_models(known), second_reader, deidentifier, recorder)
        self._is_plain = chosen == SELECTION and all(one is None for one in given)

    def reseeded(self, seed: int) -> QueryEngine:
        """Return an engine with another seed of the sampling; index and model are shared."""
        line = self._line
        decoding = line.answerer.decoding.model_copy(update={"seed": seed})
        other = copy(self)
        other._line = replace(
            line,
            settings=line.settings.model_copy(update={"seed": seed}),
            answerer=replace(line.answerer, decoding=decoding),
        )
        return other

    def _run(self, cancelled: Cancelled | None) -> Run:
        return Run(self._line, cancelled)

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
        replies = iter(self._line.answerer.complete_many(asked, cancelled))
        return [
            run.settled(next(replies) if prompt.hits else None, prompt).answer
            for run, prompt in zip(runs, prompts, strict=True)
        ]

    def query_all(
        self, queries: Sequence[Query], *, jobs: int | None = None
    ) -> Iterator[CheckedAnswer]:
        """Yield the answer that `query` gives to each, in order, a few of them at a time.

        Args:
            queries: With whom they are about and which sources may answer.
            jobs: The most processes that answer; by default one for each core where questions are
                so many that starting them pays. Only extraction from an index folder is done in
                several, and only where nothing of the caller's own takes part: no recorder,
                deidentifier or second reader.

        Raises:
            InputError, BackendError: As `query`, for the first that fails; `jobs` is no whole
                number from 1.
        """
        from medrag.pipeline.elsewhere import ANSWER_MS, Answering, Folder, jobs_for, spread

        most = jobs_for(len(queries), ANSWER_MS, jobs)
        folder = Folder.of(self._line.index) if most > 1 and self._is_plain else None
        if folder is not None:
            answering = Answering(folder, self._line.settings, self._line.approval)
            yield from spread(answering, queries, most)
            return
        for at in range(0, len(queries), _SIDE_BY_SIDE):
            yield from self.query_many(queries[at : at + _SIDE_BY_SIDE])

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

    def choose(
        self,
        question: str,
        choices: Mapping[str, str],
        *,
        filters: Filters | None = None,
        closed_book: bool = False,
    ) -> Chosen:
        """Return which option of a multiple-choice question the model chooses.

        For measuring models, with passages and without: nobody is answered by it.

        Args:
            question: Without its options.
            choices: Key (`A`) to words, in the order to show.
            filters: Which sources may be shown; by default those in force today.
            closed_book: Whether the model has to choose without passages.

        Raises:
            InputError: The answerer only selects, or it does not fit the model's context.
            BackendError: The model failed.
        """
        query = Query(text=question, filters=filters or Filters())
        return choose(self._line, query, choices, closed_book=closed_book)

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


def _models(settings: Settings) -> tuple[str | None, str | None]:
    """Return the models beside the answerer that settings name: no process loads them again."""
    return settings.second_reader, settings.retrieval.reranker


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
