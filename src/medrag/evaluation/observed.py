"""What happened to one case, as metrics read it."""

from __future__ import annotations

from dataclasses import dataclass

from medrag.core.answer import CheckedAnswer, Claim, VerifiedQuote
from medrag.core.finding import Finding
from medrag.core.protocols import Entailment
from medrag.core.query import Hit
from medrag.core.trace import ReplyTrace, TracedAnswer
from medrag.evaluation.judged_set import ANSWERS, Outcome
from medrag.pipeline.choosing import Chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What happened to one case.

    Attributes:
        traced: The answer and how it came about; None for a text that was only checked.
        findings: Of the answer or the text.
        outcome: Of a question; None for a text.
        seconds: It took.
        reader: Judges entailment for the metrics that ask for it; None for nobody.
        chosen: Of a multiple-choice question, which has no answer and no outcome.
    """

    traced: TracedAnswer | None
    findings: tuple[Finding, ...]
    outcome: Outcome | None
    seconds: float
    reader: Entailment | None = None
    chosen: Chosen | None = None

    @classmethod
    def of_answer(cls, traced: TracedAnswer, reader: Entailment | None = None) -> Observed:
        """Return what an answer shows."""
        return cls(
            traced=traced,
            findings=traced.answer.findings,
            outcome=outcome_of(traced),
            seconds=traced.trace.seconds,
            reader=reader,
        )

    @property
    def answer(self) -> CheckedAnswer | None:
        """The answer; None for a text that was only checked."""
        return self.traced.answer if self.traced else None

    @property
    def replies(self) -> tuple[ReplyTrace, ...]:
        """The replies of the model; empty where none was asked."""
        if self.chosen is not None:
            return (self.chosen.reply,)
        return self.traced.trace.replies if self.traced else ()

    @property
    def is_answered(self) -> bool:
        """Whether there is an answer to read, whatever stands against it."""
        return self.outcome in ANSWERS

    @property
    def claims(self) -> tuple[Claim, ...]:
        """What is shown; empty where there is no answer to read."""
        return self.answer.quoted.claims if self.answer and self.is_answered else ()

    @property
    def shown(self) -> tuple[VerifiedQuote, ...]:
        """The verified quotations that are shown, in order."""
        return tuple(quote for claim in self.claims for quote in claim.verified_quotes)

    @property
    def shown_texts(self) -> tuple[str, ...]:
        """Their words."""
        return tuple(quote.match.text or "" for quote in self.shown)

    @property
    def statements(self) -> tuple[tuple[str, ...], ...]:
        """Each claim that is shown, with the words of its verified quotations."""
        return tuple(
            (claim.text, *(quote.match.text or "" for quote in claim.verified_quotes))
            for claim in self.claims
        )

    @property
    def hits(self) -> tuple[Hit, ...]:
        """The passages that could be cited, best first."""
        return self.answer.quoted.hits if self.answer else ()

    @property
    def documents(self) -> tuple[frozenset[str], ...]:
        """The documents of the hits, best first, each once: its source's key and its id."""
        names = dict.fromkeys((hit.source.key, hit.passage.document_id) for hit in self.hits)
        return tuple(frozenset(pair) for pair in names)


def outcome_of(traced: TracedAnswer) -> Outcome:
    """Return the status of an answer; `refused` where the question was out of scope."""
    status = traced.answer.status
    refused = status == "abstained" and traced.trace.scope != "question"
    return "refused" if refused else status


def names_of(quote: VerifiedQuote) -> frozenset[str]:
    """Return what a case may call the document of a verified quotation: its key, its id."""
    key = quote.source.key if quote.source else None
    return frozenset(name for name in (key, quote.document_id) if name)
