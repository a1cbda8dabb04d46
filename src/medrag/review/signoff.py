"""Sign an answer; release only what was signed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, Literal

from pydantic import ValidationError

from medrag.core.answer import CheckedAnswer, Claim, Override, Review, ReviewedAnswer, VerifiedQuote
from medrag.core.finding import Finding
from medrag.errors import InputError, NotReviewedError

EMPTY_STATUSES = ("abstained", "emergency")
"""Answers that hold no suggestion: they can be rejected or left, never accepted."""


def sign(  # noqa: PLR0913 - one named argument for each thing a person states
    answer: CheckedAnswer,
    *,
    reviewer: str,
    decision: Literal["accept", "reject"],
    reason: str,
    overrides: Sequence[Override] = (),
    hours: float = 24,
    now: datetime | None = None,
) -> ReviewedAnswer:
    """Return the answer bound to one person's decision.

    Accepting needs one override with a reason for each critical finding: two findings of one
    rule need two overrides. Other findings may be overridden too, none must be.

    Args:
        answer: Exactly what the person saw.
        reviewer: Who decides; the institution's own name or number for that person.
        decision: What was decided.
        reason: Why; required for a rejection, may be empty for an acceptance.
        overrides: Findings that the reviewer goes against, by rule id.
        hours: How long the sign-off counts, above 0.
        now: The moment of signing, aware; the present where None.

    Raises:
        InputError: The reviewer or a needed reason is blank, a critical finding lacks its
            override, an override names no finding, the answer holds nothing to accept,
            `hours` is not above 0 or `now` is not aware.
    """
    at = _aware(now)
    if hours <= 0:
        raise InputError(f"A sign-off was to count for {hours} hours; give a number above 0.")
    if not reviewer.strip():
        raise InputError("The reviewer is blank. Name the person who signs.")
    if decision == "reject" and not reason.strip():
        raise InputError("A rejection needs a reason.")
    problem = _objection(answer, decision, overrides)
    if problem:
        raise InputError(problem)
    review = Review(
        reviewer=reviewer,
        decision=decision,
        reason=reason,
        at=at,
        expires=at + timedelta(hours=hours),
        overrides=tuple(overrides),
        answer_digest=answer.digest,
    )
    return ReviewedAnswer.bind(answer, review)


def actionable(reviewed: ReviewedAnswer, *, now: datetime | None = None) -> dict[str, Any]:
    """Return what may act: the supported claims, their sources and who released them.

    The only exporter. It trusts no object: the values are taken apart and built again, so
    that neither a changed copy nor a made-up one passes.

    Args:
        reviewed: The signed answer.
        now: The moment of release, aware; the present where None.

    Returns:
        JSON-ready: `question`, `status`, `claims` (text and quotations with document, title,
        edition, section, pages and span), `withheld_claims` (how many were unsupported),
        `findings`, `overrides`, `not_checked`, `review`, `versions`, `disclaimer`.

    Raises:
        NotReviewedError: There is no valid sign-off: not signed, rejected, expired, dated in
            the future, of another answer, or without an override for a critical finding.
    """
    moment = _aware(now)
    fresh = _rebuilt(reviewed)
    answer, review = fresh.answer, fresh.review
    if review.decision != "accept":
        raise NotReviewedError("The answer was rejected by its reviewer. Only accepted ones act.")
    if review.at > moment:
        raise NotReviewedError("The sign-off is dated in the future. Check the clock; sign again.")
    if not fresh.is_current(moment):
        raise NotReviewedError("The sign-off has expired. Review the answer again.")
    problem = _objection(answer, review.decision, review.overrides)
    if problem:
        raise NotReviewedError(problem)
    return _export(answer, review)


def _aware(now: datetime | None) -> datetime:
    if now is None:
        return datetime.now(timezone.utc)
    if now.tzinfo is None:
        raise InputError("`now` has no time zone. Give an aware time, e.g. in UTC.")
    return now


def _objection(
    answer: CheckedAnswer, decision: Literal["accept", "reject"], overrides: Sequence[Override]
) -> str | None:
    """Return why this decision cannot stand, or None."""
    given = Counter(override.rule_id for override in overrides)
    found = Counter(finding.rule_id for finding in answer.findings)
    stray = sorted(rule for rule, count in given.items() if count > found[rule])
    if stray:
        return f"Overrides for findings that the answer does not have: {', '.join(stray)}."
    if any(not override.reason.strip() for override in overrides):
        return "An override has a blank reason. Say why, for each."
    if decision == "reject":
        return None
    if answer.status in EMPTY_STATUSES:
        return f"The answer is {answer.status}: it holds nothing to accept. Reject it, or ask anew."
    needed = Counter(f.rule_id for f in answer.findings if f.severity == "critical")
    missing = [f"{rule} ({n - given[rule]})" for rule, n in needed.items() if n > given[rule]]
    if missing:
        listing = ", ".join(sorted(missing))
        return f"Critical findings without an override and its reason: {listing}."
    return None


def _rebuilt(reviewed: ReviewedAnswer) -> ReviewedAnswer:
    parts = (type(reviewed), type(getattr(reviewed, "answer", None)))
    if parts != (ReviewedAnswer, CheckedAnswer) or type(reviewed.review) is not Review:
        raise NotReviewedError(
            "What was given is not a signed answer. Sign it first: medrag.review.sign."
        )
    try:
        return ReviewedAnswer.model_validate_json(reviewed.model_dump_json(warnings="error"))
    except (ValidationError, ValueError, AttributeError) as error:
        raise NotReviewedError(
            "The answer is not what was reviewed, or its sign-off is damaged. Review it again."
        ) from error


def _export(answer: CheckedAnswer, review: Review) -> dict[str, Any]:
    shown = [claim for claim in answer.quoted.claims if claim.support != "unsupported"]
    return {
        "question": answer.quoted.question,
        "status": answer.status,
        "claims": [_claim(claim) for claim in shown],
        "withheld_claims": len(answer.quoted.claims) - len(shown) + len(answer.quoted.withheld),
        "findings": [_finding(finding) for finding in answer.findings],
        "overrides": [override.model_dump(mode="json") for override in review.overrides],
        "not_checked": [item.model_dump(mode="json") for item in answer.not_checked],
        "review": review.model_dump(mode="json", exclude={"overrides"}),
        "versions": answer.versions.model_dump(mode="json"),
        "disclaimer": answer.disclaimer,
    }


def _claim(claim: Claim) -> dict[str, Any]:
    quotes = [_quote(quote) for quote in claim.quotes if quote.match.verified]
    return {"text": claim.text, "support": claim.support, "quotes": quotes}


def _quote(quote: VerifiedQuote) -> dict[str, Any]:
    source = quote.source
    return {
        "text": quote.match.text,
        "document_id": quote.document_id,
        "title": source.title if source else None,
        "edition": source.edition if source else None,
        "section": list(quote.section),
        "pages": [page.label or str(page.number) for page in quote.pages],
        "span": quote.match.span.model_dump() if quote.match.span else None,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return finding.model_dump(mode="json")
