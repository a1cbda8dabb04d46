"""What became of one case: counts and ids, no words of question, patient or reply."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from pydantic import Field

from medrag.core.answer import AnswerStatus, CheckedAnswer, VerifiedQuote, Versions
from medrag.core.document import SourceKind
from medrag.core.finding import Finding
from medrag.core.prompt import Mode
from medrag.core.span import Value
from medrag.core.trace import ReplyTrace, TracedAnswer
from medrag.evaluation.correctness import Fault, verdict
from medrag.evaluation.judged_set import Case, Outcome
from medrag.evaluation.metric import Metric
from medrag.evaluation.observed import Observed
from medrag.pipeline.choosing import Chosen


class Record(Value):
    """One case of a run.

    Attributes:
        id: As in the set.
        repeat: From 0, where a question was asked several times.
        specialty, kind, tags: As in the set.
        error: Why there is no answer; everything below says nothing then.
        outcome: Of the question; None for a text that was only checked.
        status: Of the checked answer.
        right: Whether everything that was judged is so; None where nothing was.
        faults: What is not.
        rows: What it contributes to each metric, by part.
        mode: How the model was asked to quote.
        replies: The reply, and the one to the repair request where there was one.
        claims: By support; `unsupported` ones were withheld.
        quotes: What the gate decided about their quotations, by status.
        unsupported: Claims that are shown though no verified quotation supports them; must be 0.
        not_verbatim: Quotations that count as verified and whose words are not, character for
            character, those of the passage they cite. Compared here anew; must be 0.
        findings: By rule id.
        severities: The same findings by severity.
        retrieved, left_out: Passages found, and those that did not fit the model's context.
        seconds: From the question to the checked answer.
        digest: Of the answer.
    """

    id: str
    repeat: int = 0
    specialty: str | None = None
    kind: SourceKind | None = None
    tags: tuple[str, ...] = ()
    error: str | None = None
    outcome: Outcome | None = None
    status: AnswerStatus | None = None
    right: bool | None = None
    faults: tuple[Fault, ...] = ()
    rows: dict[str, dict[str, tuple[float, ...]]] = Field(default_factory=dict)
    mode: Mode | None = None
    replies: tuple[ReplyTrace, ...] = ()
    claims: dict[str, int] = Field(default_factory=dict)
    quotes: dict[str, int] = Field(default_factory=dict)
    unsupported: int = 0
    not_verbatim: int = 0
    findings: dict[str, int] = Field(default_factory=dict)
    severities: dict[str, int] = Field(default_factory=dict)
    retrieved: int = 0
    left_out: int = 0
    seconds: float = 0.0
    digest: str | None = None
    versions: Versions | None = None

    @classmethod
    def failed(cls, case: Case, error: str, *, repeat: int = 0) -> Record:
        """Return the record of a case without an answer."""
        return cls(
            id=case.id,
            repeat=repeat,
            specialty=case.specialty,
            kind=case.kind,
            tags=case.tags,
            error=error,
        )

    @classmethod
    def of(
        cls,
        case: Case,
        observed: Observed,
        metrics: Mapping[str, Metric],
        *,
        repeat: int = 0,
    ) -> Record:
        """Return the record of what happened to a case, with what it contributes to `metrics`."""
        right, faults = verdict(case, observed)
        rows = {name: dict(metric.measure(case, observed)) for name, metric in metrics.items()}
        record = cls.failed(case, "", repeat=repeat).model_copy(
            update={
                "error": None,
                "outcome": observed.outcome,
                "right": right,
                "faults": faults,
                "rows": {name: parts for name, parts in rows.items() if parts},
                **_found(observed.findings),
                "seconds": observed.seconds,
            }
        )
        if observed.chosen is not None:
            return record.model_copy(update=_chosen(observed.chosen))
        if observed.traced is None:
            return record
        return record.model_copy(update=_answered(observed.traced))


def _found(findings: Iterable[Finding]) -> dict[str, dict[str, int]]:
    listed = list(findings)
    return {
        "findings": _counted(finding.rule_id for finding in listed),
        "severities": _counted(finding.severity for finding in listed),
    }


def _chosen(chosen: Chosen) -> dict[str, object]:
    """Return the fields that only a choice has."""
    return {
        "replies": (chosen.reply,),
        "retrieved": len(chosen.passages),
        "versions": chosen.versions,
    }


def _answered(traced: TracedAnswer) -> dict[str, object]:
    """Return the fields that only an answer has."""
    answer, trace = traced.answer, traced.trace
    claims = (*answer.quoted.claims, *answer.quoted.withheld)
    quotes = [quote for claim in claims for quote in claim.quotes]
    return {
        "status": answer.status,
        "mode": trace.mode,
        "replies": trace.replies,
        "claims": _counted(claim.support for claim in claims),
        "quotes": _counted(quote.match.status for quote in quotes),
        "unsupported": sum(c.support == "unsupported" for c in answer.quoted.claims),
        "not_verbatim": sum(not is_verbatim(quote, answer) for quote in quotes),
        "retrieved": len(trace.retrieved),
        "left_out": len(trace.left_out),
        "digest": answer.digest,
        "versions": trace.versions,
    }


def is_verbatim(quote: VerifiedQuote, answer: CheckedAnswer) -> bool:
    """Return whether a quotation that may be shown stands in its passage, character for character.

    True of one that was not verified: no words of it are ever shown. The gate is not asked
    again; its text is compared with the slice of the passage at the place that it names.
    """
    match = quote.match
    if not match.verified:
        return True
    passages = [
        hit.passage for hit in answer.quoted.hits if hit.passage.id == quote.quote.passage_id
    ]
    if match.span is None or not match.text or not passages:
        return False
    passage = passages[0]
    start = match.span.start - passage.span.start
    end = match.span.end - passage.span.start
    return 0 <= start < end and passage.text[start:end] == match.text


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))
