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
from medrag.review.policy import ANYBODY, ReviewPolicy

EMPTY_STATUSES = ("abstained", "emergency")
"""Answers that hold no suggestion: they can be rejected or left, never accepted."""


def sign(  # noqa: PLR0913 - one argument for each thing a person states
    answer: CheckedAnswer,
    reviewer: str,
    decision: Literal["accept", "reject"],
    reason: str = "",
    *,
    overrides: Sequence[Override] = (),
    policy: ReviewPolicy = ANYBODY,
    hours: float | None = None,
    now: datetime | None = None,
) -> ReviewedAnswer:
    """Return the answer bound to one person's decision.

    Accepting needs one override with a reason for each critical finding: two findings of one
    rule need two overrides. Other findings may be overridden too, none must be. Where the
    policy asks for two persons, the answer acts only after `countersign`.

    Args:
        answer: Exactly what the person saw.
        reviewer: Who decides; the institution's own name or number for that person.
        decision: What was decided.
        reason: Why; required for a rejection, may be empty for an acceptance.
        overrides: Findings that the reviewer goes against, by rule id, each with a coded reason.
        policy: What the institution asks of a sign-off.
        hours: How long the sign-off counts, above 0 and at most as long as the policy allows,
            which is what None takes.
        now: The moment of signing, aware; the present where None.

    Raises:
        InputError: The reviewer or a needed reason is blank, a critical finding lacks its
            override, an override names no finding, the answer holds nothing to accept, the
            policy does not allow it, `hours` is out of range or `now` is not aware.
    """
    at = _aware(now)
    review = Review(
        reviewer=_named(reviewer),
        decision=decision,
        reason=reason,
        at=at,
        expires=at + timedelta(hours=_hours(hours, policy)),
        overrides=tuple(overrides),
        answer_digest=answer.digest,
        persons=policy.persons(answer) if decision == "accept" else 1,
        policy="" if policy == ANYBODY else policy.digest,
    )
    _demand(_objection(answer, review) or policy.objection(review))
    return ReviewedAnswer.bind(answer, review)


def countersign(  # noqa: PLR0913 - one argument for each thing a person states
    reviewed: ReviewedAnswer,
    reviewer: str,
    decision: Literal["accept", "reject"],
    reason: str = "",
    *,
    policy: ReviewPolicy = ANYBODY,
    hours: float | None = None,
    now: datetime | None = None,
) -> ReviewedAnswer:
    """Return the answer bound to a second person's decision about the first one's acceptance.

    The second person confirms or rejects all of it, overrides included. Arguments are as in
    `sign`.

    Raises:
        InputError: As `sign`; or the first review is no acceptance, has expired or has been
            countersigned, or both persons are one.
        NotReviewedError: `reviewed` was changed since it was signed.
    """
    first = _rebuilt(reviewed)
    at = _aware(now)
    if first.second is not None:
        raise InputError("Two persons have signed this answer already.")
    if first.review.decision != "accept" or not first.is_current(at):
        raise InputError("There is no acceptance in force to confirm. Review the answer first.")
    second = Review(
        reviewer=_named(reviewer),
        decision=decision,
        reason=reason,
        at=at,
        expires=at + timedelta(hours=_hours(hours, policy)),
        answer_digest=first.answer.digest,
        persons=first.review.persons,
        confirms=first.review.digest,
        policy="" if policy == ANYBODY else policy.digest,
    )
    _demand(_objection_to_second(first.review, second) or policy.objection(second))
    return ReviewedAnswer.bind(first.answer, first.review, second)


def actionable(
    reviewed: ReviewedAnswer,
    *,
    policy: ReviewPolicy = ANYBODY,
    now: datetime | None = None,
) -> dict[str, Any]:
    """Return what may act: the supported claims, their sources and who released them.

    The only exporter. It trusts no object: the values are taken apart and built again, so
    that neither a changed copy nor a made-up one passes.

    Args:
        reviewed: The signed answer.
        policy: What the institution asks today; what was asked at the signing holds as well.
        now: The moment of release, aware; the present where None.

    Returns:
        JSON-ready: `question`, `status`, `claims` (text and quotations with document, title,
        edition, section, pages and span), `withheld_claims` (how many were unsupported),
        `findings`, `overrides`, `not_checked`, `review`, `second_review` (None where one person
        sufficed), `versions`, `disclaimer`.

    Raises:
        NotReviewedError: There is no valid sign-off: not signed, rejected, expired, dated in
            the future, of another answer, without an override for a critical finding, without
            the second person that is asked for, or against the policy.
    """
    moment = _aware(now)
    fresh = _rebuilt(reviewed)
    problem = _reason_not_to_act(fresh, policy, moment)
    if problem:
        raise NotReviewedError(problem)
    return _export(fresh)


def _reason_not_to_act(signed: ReviewedAnswer, policy: ReviewPolicy, moment: datetime) -> str:
    """Return why a signed answer may not act, empty where it may."""
    answer, review, second = signed.answer, signed.review, signed.second
    if any(each.decision != "accept" for each in signed.reviews):
        return "The answer was rejected by its reviewer. Only accepted ones act."
    if any(each.at > moment for each in signed.reviews):
        return "The sign-off is dated in the future. Check the clock; sign again."
    if not signed.is_current(moment):
        return "The sign-off has expired. Review the answer again."
    if second is None and max(review.persons, policy.persons(answer)) > 1:
        return "One of two persons has signed. A second one must: medrag review countersign."
    objections = [_objection(answer, review), *(policy.objection(r) for r in signed.reviews)]
    if second is not None:
        objections.append(_objection_to_second(review, second))
    return next((objection for objection in objections if objection), "")


def _demand(problem: str | None) -> None:
    if problem:
        raise InputError(problem)


def _named(reviewer: str) -> str:
    if not reviewer.strip():
        raise InputError("The reviewer is blank. Name the person who signs.")
    return reviewer


def _hours(hours: float | None, policy: ReviewPolicy) -> float:
    if hours is None:
        return policy.hours
    if not 0 < hours <= policy.hours:
        raise InputError(
            f"A sign-off was to count for {hours:g} hours; give a number above 0 and at most "
            f"{policy.hours:g}, as the policy allows."
        )
    return hours


def _aware(now: datetime | None) -> datetime:
    if now is None:
        return datetime.now(timezone.utc)
    if now.tzinfo is None:
        raise InputError("`now` has no time zone. Give an aware time, e.g. in UTC.")
    return now


def _objection(answer: CheckedAnswer, review: Review) -> str | None:
    """Return why a first decision cannot stand, or None."""
    if review.decision == "reject":
        missing = None if review.reason.strip() else "A rejection needs a reason."
        return missing or _objection_to_overrides(answer, review)
    if answer.status in EMPTY_STATUSES:
        return f"The answer is {answer.status}: it holds nothing to accept. Reject it, or ask anew."
    return _objection_to_overrides(answer, review) or _missing_overrides(answer, review)


def _objection_to_overrides(answer: CheckedAnswer, review: Review) -> str | None:
    given = Counter(override.rule_id for override in review.overrides)
    found = Counter(finding.rule_id for finding in answer.findings)
    stray = sorted(rule for rule, count in given.items() if count > found[rule])
    if stray:
        return f"Overrides for findings that the answer does not have: {', '.join(stray)}."
    if any(o.code == "other" and not o.reason.strip() for o in review.overrides):
        return "An override has a blank reason and no code. Say why, for each."
    return None


def _missing_overrides(answer: CheckedAnswer, review: Review) -> str | None:
    given = Counter(override.rule_id for override in review.overrides)
    needed = Counter(f.rule_id for f in answer.findings if f.severity == "critical")
    missing = [f"{rule} ({n - given[rule]})" for rule, n in needed.items() if n > given[rule]]
    if missing:
        listing = ", ".join(sorted(missing))
        return f"Critical findings without an override and its reason: {listing}."
    return None


def _objection_to_second(first: Review, second: Review) -> str | None:
    """Return why a second decision cannot stand, or None."""
    if second.person == first.person:
        return f"{first.reviewer} signed first. The second signature is another person's."
    if second.decision == "reject" and not second.reason.strip():
        return "A rejection needs a reason."
    if second.at < first.at:
        return "The second signature is dated before the first. Check the clock; sign again."
    return None


def _rebuilt(reviewed: ReviewedAnswer) -> ReviewedAnswer:
    parts = (type(reviewed), type(getattr(reviewed, "answer", None)))
    if parts != (ReviewedAnswer, CheckedAnswer) or any(
        type(review) is not Review for review in reviewed.reviews
    ):
        raise NotReviewedError(
            "What was given is not a signed answer. Sign it first: medrag.review.sign."
        )
    try:
        return ReviewedAnswer.model_validate_json(reviewed.model_dump_json(warnings="error"))
    except (ValidationError, ValueError, AttributeError) as error:
        raise NotReviewedError(
            "The answer is not what was reviewed, or its sign-off is damaged. Review it again."
        ) from error


def _export(signed: ReviewedAnswer) -> dict[str, Any]:
    answer, review = signed.answer, signed.review
    shown = [claim for claim in answer.quoted.claims if claim.support != "unsupported"]
    second = signed.second.model_dump(mode="json") if signed.second is not None else None
    return {
        "question": answer.quoted.question,
        "status": answer.status,
        "claims": [_claim(claim) for claim in shown],
        "withheld_claims": len(answer.quoted.claims) - len(shown) + len(answer.quoted.withheld),
        "findings": [_finding(finding) for finding in answer.findings],
        "overrides": [override.model_dump(mode="json") for override in review.overrides],
        "not_checked": [item.model_dump(mode="json") for item in answer.not_checked],
        "review": review.model_dump(mode="json", exclude={"overrides"}),
        "second_review": second,
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
