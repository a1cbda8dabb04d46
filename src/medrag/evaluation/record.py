"""What became of one question: counts and ids, no words of question, patient or reply."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from pydantic import Field

from medrag.core.answer import AnswerStatus, CheckedAnswer, VerifiedQuote, Versions
from medrag.core.prompt import Mode
from medrag.core.span import Value
from medrag.core.trace import ReplyTrace, TracedAnswer
from medrag.evaluation.judged import Judged, Judgement, judge_answer


class Record(Value):
    """One question of a run.

    Attributes:
        id: As in the set.
        error: Why there is no answer; everything below says nothing then.
        status: Of the checked answer.
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
        judged: How the answer does by what was judged of the question; None where nothing was.
        seconds: From the question to the checked answer.
        digest: Of the answer.
    """

    id: str
    error: str | None = None
    status: AnswerStatus | None = None
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
    judged: Judged | None = None
    seconds: float = 0.0
    digest: str | None = None
    versions: Versions | None = None

    @classmethod
    def of(cls, case_id: str, traced: TracedAnswer, judgement: Judgement | None = None) -> Record:
        """Return the record of an answer, with how it does by `judgement`."""
        answer, trace = traced.answer, traced.trace
        claims = (*answer.quoted.claims, *answer.quoted.withheld)
        quotes = [quote for claim in claims for quote in claim.quotes]
        return cls(
            id=case_id,
            status=answer.status,
            mode=trace.mode,
            replies=trace.replies,
            claims=_counted(claim.support for claim in claims),
            quotes=_counted(quote.match.status for quote in quotes),
            unsupported=sum(c.support == "unsupported" for c in answer.quoted.claims),
            not_verbatim=sum(not is_verbatim(quote, answer) for quote in quotes),
            findings=_counted(finding.rule_id for finding in answer.findings),
            severities=_counted(finding.severity for finding in answer.findings),
            retrieved=len(trace.retrieved),
            left_out=len(trace.left_out),
            judged=judge_answer(answer, judgement) if judgement else None,
            seconds=trace.seconds,
            digest=answer.digest,
            versions=trace.versions,
        )


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
