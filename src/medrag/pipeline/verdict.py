"""What an answer is worth, and which of its claims it keeps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from medrag.core.answer import AnswerStatus, QuotedAnswer
from medrag.core.finding import Finding, NotChecked
from medrag.core.query import NotSearched, UnreadPart
from medrag.core.scope import ScopeDecision
from medrag.grounding.rules import GROUNDING_IDS


class Verdict(NamedTuple):
    """What an answer is worth, and why."""

    status: AnswerStatus
    reason: str | None


def judge(
    quoted: QuotedAnswer,
    findings: Sequence[Finding],
    decision: ScopeDecision | None = None,
    not_searched: Sequence[NotSearched] = (),
) -> Verdict:
    """Return the status of an answer, and why it is not simply `answered`.

    In order: the question is an emergency → `emergency`, with what to do; nothing supported →
    `abstained`; a critical finding → `blocked`; a claim without full support, one that was
    withheld, a reply that was cut, a part of the index that was not searched, or a finding about
    the grounding → `partly_supported`; else `answered`.
    """
    if decision is not None and decision.decision == "emergency":
        return Verdict("emergency", decision.instruction)
    if not any(claim.support != "unsupported" for claim in quoted.claims):
        reason = quoted.missing or "No statement has a verified quotation."
        return Verdict("abstained", " ".join((reason, *_gaps(not_searched))))
    critical = sum(finding.severity == "critical" for finding in findings)
    if critical:
        noun = "finding stands" if critical == 1 else "findings stand"
        return Verdict("blocked", f"{critical} critical {noun} against it.")
    weaknesses = [*_weaknesses(quoted, findings), *_gaps(not_searched)]
    if weaknesses:
        return Verdict("partly_supported", " ".join(weaknesses))
    return Verdict("answered", None)


def _weaknesses(quoted: QuotedAnswer, findings: Sequence[Finding]) -> Iterator[str]:
    weak = any(claim.support != "supported" for claim in quoted.claims)
    if weak or any(finding.rule_id in GROUNDING_IDS for finding in findings):
        yield "Not every statement stands in its quotations."
    withheld = len(quoted.withheld)
    if withheld:
        noun = "statement was" if withheld == 1 else "statements were"
        yield f"{withheld} {noun} withheld: no quotation of it stands in its source."
    if quoted.completion.is_cut:
        yield "The reply was cut short: statements may be missing."


def _gaps(not_searched: Sequence[NotSearched]) -> Iterator[str]:
    if not_searched:
        parts = ", ".join(part.part for part in not_searched)
        yield f"The search was partial, without {parts}: other passages may say more, or otherwise."


def unsearched(parts: Sequence[NotSearched]) -> tuple[NotChecked, ...]:
    """Return the parts of the index that were not searched, among what was not checked."""
    return tuple(NotChecked(check=f"search of {part.part}", reason=part.reason) for part in parts)


def unread_parts(parts: Sequence[UnreadPart], quoted: QuotedAnswer) -> tuple[NotChecked, ...]:
    """Return what of the documents was not read, among what was not checked.

    Of those that are quoted; of all that were found where nothing is.
    """
    sources = [quote.source for claim in quoted.claims for quote in claim.quotes]
    paths = {source.path for source in sources if source is not None}
    return tuple(
        NotChecked(check=f"the whole of {part.document}", reason=part.reason)
        for part in parts
        if part.path in paths or not paths
    )


def withhold(quoted: QuotedAnswer) -> QuotedAnswer:
    """Return an answer without the claims that nothing supports; they are kept aside."""
    kept = tuple(claim for claim in quoted.claims if claim.support != "unsupported")
    refused = tuple(claim for claim in quoted.claims if claim.support == "unsupported")
    return quoted.model_copy(update={"claims": kept, "withheld": refused})


def selected(quoted: QuotedAnswer) -> QuotedAnswer:
    """Return a selection without the statements that the gate would not quote alone.

    What was only selected, not said, is no claim that anyone would miss. Where the gate
    refuses every one of them they stay, for the record.
    """
    whole = tuple(claim for claim in quoted.claims if claim.support == "supported")
    return quoted.model_copy(update={"claims": whole}) if whole else quoted
