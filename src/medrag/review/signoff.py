"""Sign an answer; release only what was signed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from medrag.core.answer import CheckedAnswer, Claim, Override, Review, ReviewedAnswer, VerifiedQuote
from medrag.core.finding import Finding
from medrag.core.person import holds_hidden, holds_letter
from medrag.errors import InputError, NotReviewedError
from medrag.review.given import (
    decision_of,
    end_of,
    moment_of,
    overrides_of,
    reason_of,
    reason_problem,
    rebuilt,
    reviewer_of,
)
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
        reviewer: Who decides; the institution's own name or number for that person. Kept
            without white space around it.
        decision: What was decided.
        reason: Why; required for a rejection, may be empty for an acceptance.
        overrides: Findings that the reviewer goes against, by rule id, each with a coded reason.
        policy: What the institution asks of a sign-off. It counts under this very policy.
        hours: How long the sign-off counts, above 0 and at most as long as the policy allows,
            which is what None takes.
        now: The moment of signing, aware; the present where None, as it always is outside
            tests and replays.

    Raises:
        InputError: The reviewer is blank, invisible or in mixed alphabets; a needed reason holds
            no letter; a critical finding lacks its override, an override names no finding, the
            answer holds nothing to accept, the policy does not allow it, `hours` is out of
            range, `now` is not aware; or an argument is of another type.
    """
    seen, asked = _checked(answer), _policy(policy)
    at = moment_of(now)
    decided = decision_of(decision)
    review = Review(
        reviewer=reviewer_of(reviewer),
        decision=decided,
        reason=reason_of(reason),
        at=at,
        expires=end_of(at, hours, asked),
        overrides=overrides_of(overrides),
        answer_digest=seen.digest,
        persons=asked.persons(seen) if decided == "accept" else 1,
        policy=asked.mark,
    )
    _demand(_objection(seen, review) or asked.objection(review))
    return ReviewedAnswer.bind(seen, review)


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
        InputError: As `sign`; or the first review is no acceptance, has expired, was made under
            another policy or has been countersigned, or both persons are one.
        NotReviewedError: `reviewed` was changed since it was signed.
    """
    first, asked = _signed(reviewed), _policy(policy)
    at = moment_of(now)
    if first.second is not None:
        raise InputError("Two persons have signed this answer already.")
    if first.review.decision != "accept" or not first.is_current(at):
        raise InputError("There is no acceptance in force to confirm. Review the answer first.")
    second = Review(
        reviewer=reviewer_of(reviewer),
        decision=decision_of(decision),
        reason=reason_of(reason),
        at=at,
        expires=end_of(at, hours, asked),
        answer_digest=first.answer.digest,
        persons=first.review.persons,
        confirms=first.review.digest,
        policy=asked.mark,
    )
    _demand(
        asked.objection(first.review)
        or _objection_to_second(first.review, second)
        or asked.objection(second)
    )
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
        policy: What the institution asks today; it must be what was asked at each signing.
        now: A moment of release after the present, aware: for tests. An earlier one counts as
            the present, so that no clock brings back what has expired.

    Returns:
        JSON-ready: `question`, `status`, `claims` (text and quotations with document, title,
        edition, section, pages and span), `withheld_claims` (how many no verified quotation
        supports), `findings`, `overrides`, `not_checked`, `review`, `second_review` (None where
        one person sufficed), `versions`, `disclaimer`.

    Raises:
        NotReviewedError: There is no valid sign-off: not signed, rejected, expired, dated in
            the future, of another answer, under another policy, without an override for a
            critical finding, without the second person that is asked for, or against the policy.
        InputError: `policy` is no policy, or `now` is not aware.
    """
    asked = _policy(policy)
    moment = max(moment_of(now), moment_of(None))
    fresh = _signed(reviewed)
    problem = _reason_not_to_act(fresh, asked, moment)
    if problem:
        raise NotReviewedError(problem)
    return _export(fresh)


def hindrance(
    reviewed: ReviewedAnswer,
    *,
    policy: ReviewPolicy = ANYBODY,
    now: datetime | None = None,
) -> str | None:
    """Return why `actionable` refuses a signed answer, None where it releases it.

    Raises:
        InputError: As `actionable`, for `policy` and `now`.
    """
    try:
        actionable(reviewed, policy=policy, now=now)
    except NotReviewedError as error:
        return str(error)
    return None


def _reason_not_to_act(signed: ReviewedAnswer, policy: ReviewPolicy, moment: datetime) -> str:
    """Return why a signed answer may not act, empty where it may."""
    answer, review, second = signed.answer, signed.review, signed.second
    if any(each.decision != "accept" for each in signed.reviews):
        return "The answer was rejected by its reviewer. Only accepted ones act."
    if any(each.at > moment for each in signed.reviews):
        return "The sign-off is dated in the future. Check the clock; sign again."
    if not signed.is_current(moment):
        return "The sign-off has expired. Review the answer again."
    objections = [_objection(answer, review), *(policy.objection(r) for r in signed.reviews)]
    if second is not None:
        objections.append(_objection_to_second(review, second))
    elif max(review.persons, policy.persons(answer)) > 1:
        objections.append(
            "One of two persons has signed. A second one must: medrag review countersign."
        )
    return next((objection for objection in objections if objection), "")


def _checked(answer: object) -> CheckedAnswer:
    return rebuilt(answer, CheckedAnswer, "a checked answer")


def _policy(policy: object) -> ReviewPolicy:
    return rebuilt(policy, ReviewPolicy, "a ReviewPolicy")


def _signed(reviewed: object) -> ReviewedAnswer:
    try:
        return rebuilt(reviewed, ReviewedAnswer, "a signed answer")
    except InputError as error:
        raise NotReviewedError(f"{error} Review it (again): medrag.review.sign.") from error


def _demand(problem: str | None) -> None:
    if problem:
        raise InputError(problem)


def _objection(answer: CheckedAnswer, review: Review) -> str | None:
    """Return why a first decision cannot stand, or None."""
    if review.decision == "accept" and (
        answer.status in EMPTY_STATUSES or not any(map(_is_shown, answer.quoted.claims))
    ):
        return f"The answer is {answer.status}: it holds nothing to accept. Reject it, or ask anew."
    return (
        _objection_to_reasons(review)
        or _stray_overrides(answer, review)
        or (_missing_overrides(answer, review) if review.decision == "accept" else None)
    )


def _objection_to_reasons(review: Review) -> str | None:
    if review.decision == "reject" and not holds_letter(review.reason):
        return "A rejection needs a reason, in words."
    if any(o.code == "other" and not holds_letter(o.reason) for o in review.overrides):
        return "An override has a blank reason and no code. Say why, for each, in words."
    reasons = (review.reason, *(override.reason for override in review.overrides))
    return next(filter(None, map(reason_problem, reasons)), None)


def _stray_overrides(answer: CheckedAnswer, review: Review) -> str | None:
    given = Counter(override.rule_id for override in review.overrides)
    found = Counter(finding.rule_id for finding in answer.findings)
    stray = sorted(rule for rule, count in given.items() if count > found[rule])
    if any(map(holds_hidden, stray)):
        return "An override is for no finding's rule id. `findings` of the answer has them."
    return (
        f"Overrides for findings that the answer does not have: {', '.join(stray)}."
        if stray
        else None
    )


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
    if second.overrides:
        return "A second signature confirms the first one's overrides. It adds none of its own."
    if second.at < first.at:
        return "The second signature is dated before the first. Check the clock; sign again."
    return _objection_to_reasons(second)


def _export(signed: ReviewedAnswer) -> dict[str, Any]:
    answer, review = signed.answer, signed.review
    shown = [claim for claim in answer.quoted.claims if _is_shown(claim)]
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


def _is_shown(claim: Claim) -> bool:
    """Return whether a verified quotation supports a claim, whatever its label says."""
    return claim.support != "unsupported" and bool(claim.verified_quotes)


def _claim(claim: Claim) -> dict[str, Any]:
    quotes = [_quote(quote) for quote in claim.verified_quotes]
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
