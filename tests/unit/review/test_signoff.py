"""Signing, and every public way around it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from pydantic import ValidationError

from medrag.core.answer import CheckedAnswer, Override, Review, ReviewedAnswer
from medrag.errors import InputError, NotReviewedError
from medrag.review import actionable, sign

NOW = datetime(2031, 5, 1, 9, 0, tzinfo=timezone.utc)
DOSE = "Give examplazine 40 mg once daily."
OVERRIDES = (
    Override(rule_id="MED101", code="specialist-advice", reason="agreed with the ward"),
    Override(rule_id="MED101", reason="second order stopped"),
    Override(rule_id="MED201", code="will-monitor"),
)


def accepted(answer, **changes):
    fields = {"reviewer": "R. Gruber", "decision": "accept", "reason": "fits", "now": NOW}
    return sign(answer, **(fields | changes))


def test_an_accepted_answer_exports_its_supported_claims_with_their_places(answer):
    exported = actionable(accepted(answer), now=NOW)
    assert exported["claims"] == [
        {
            "text": DOSE,
            "support": "supported",
            "quotes": [
                {
                    "text": DOSE,
                    "document_id": "d1",
                    "title": "Northfield guide",
                    "edition": "2",
                    "section": ["Dosing"],
                    "pages": ["iii"],
                    "span": (10, 10 + len(DOSE)),
                }
            ],
        }
    ]
    assert exported["withheld_claims"] == 1
    assert exported["review"]["reviewer"] == "R. Gruber"
    assert exported["not_checked"] == [{"check": "renal dosing", "reason": "no eGFR"}]
    assert exported["disclaimer"].startswith("Research and development software")


def test_each_critical_finding_needs_its_own_override(critical):
    with pytest.raises(InputError, match=r"MED101 \(1\), MED201 \(1\)"):
        accepted(critical, overrides=OVERRIDES[:1])
    assert actionable(accepted(critical, overrides=OVERRIDES), now=NOW)["overrides"] == [
        {"rule_id": "MED101", "code": "specialist-advice", "reason": "agreed with the ward"},
        {"rule_id": "MED101", "code": "other", "reason": "second order stopped"},
        {"rule_id": "MED201", "code": "will-monitor", "reason": ""},
    ]


def test_a_rejection_needs_no_override_but_a_reason(critical):
    rejected = accepted(critical, decision="reject", reason="wrong drug")
    assert rejected.review.decision == "reject"
    with pytest.raises(InputError, match="needs a reason"):
        accepted(critical, decision="reject", reason="  ")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"reviewer": " "}, "reviewer is blank"),
        ({"hours": 0}, "above 0"),
        ({"hours": 25}, "at most 24, as the policy allows"),
        ({"now": datetime(2031, 5, 1)}, "no time zone"),
        ({"overrides": (Override(rule_id="MED999", reason="x"),)}, "does not have: MED999"),
    ],
)
def test_a_sign_off_that_cannot_stand_says_why(answer, changes, message):
    with pytest.raises(InputError, match=message):
        accepted(answer, **changes)


def test_a_blank_override_reason_is_refused(critical):
    with pytest.raises(InputError, match="blank reason"):
        accepted(critical, overrides=(*OVERRIDES[:2], Override(rule_id="MED201", reason=" ")))


@pytest.mark.parametrize("status", ["abstained", "emergency"])
def test_an_answer_that_holds_no_suggestion_cannot_be_accepted(answer, status):
    with pytest.raises(InputError, match="nothing to accept"):
        accepted(answer.model_copy(update={"status": status}))


def test_a_sign_off_counts_until_it_expires(answer):
    reviewed = accepted(answer, hours=2)
    assert actionable(reviewed, now=NOW + timedelta(hours=2))
    with pytest.raises(NotReviewedError, match="expired"):
        actionable(reviewed, now=NOW + timedelta(hours=2, seconds=1))


# Ways around the sign-off. Each must end in NotReviewedError.


def changed(answer: CheckedAnswer) -> CheckedAnswer:
    return answer.model_copy(update={"reason": "changed after review"})


def review_by_hand(answer: CheckedAnswer, **changes) -> Review:
    fields = {
        "reviewer": "x",
        "decision": "accept",
        "reason": "",
        "at": NOW,
        "expires": NOW + timedelta(hours=1),
        "answer_digest": answer.digest,
    }
    return Review(**(fields | changes))


def deep_edit(reviewed: ReviewedAnswer) -> ReviewedAnswer:
    object.__setattr__(reviewed.answer.quoted.claims[0], "text", "Give examplazine 400 mg.")
    return reviewed


class Obliging(CheckedAnswer):
    """Says whatever digest it is asked for."""

    @property
    def digest(self) -> str:
        return "a" * 64


class AlwaysBound(ReviewedAnswer):
    @property
    def is_bound(self) -> bool:
        return True


AROUND = {
    "the bare answer": lambda a: a,
    "nothing": lambda a: None,
    "a dictionary": lambda a: accepted(a).model_dump(),
    "a rejection": lambda a: accepted(a, decision="reject", reason="no"),
    "another answer by model_copy": lambda a: accepted(a).model_copy(update={"answer": changed(a)}),
    "another answer by model_construct": lambda a: ReviewedAnswer.model_construct(
        answer=changed(a), review=accepted(a).review
    ),
    "another digest by model_copy": lambda a: accepted(a).model_copy(
        update={"review": review_by_hand(a, answer_digest="b" * 64)}
    ),
    "an edit in place": lambda a: deep_edit(accepted(a.model_copy(deep=True))),
    "a subclass with its own digest": lambda a: ReviewedAnswer.model_construct(
        answer=Obliging.model_construct(**dict(a)),
        review=review_by_hand(a, answer_digest="a" * 64),
    ),
    "a subclass that is always bound": lambda a: AlwaysBound.model_construct(
        answer=changed(a), review=review_by_hand(a)
    ),
    "a review that is none": lambda a: ReviewedAnswer.model_construct(
        answer=a, review={"decision": "accept", "answer_digest": a.digest}
    ),
    "a decision of another kind": lambda a: ReviewedAnswer.model_construct(
        answer=a, review=review_by_hand(a).model_copy(update={"decision": "maybe"})
    ),
    "a sign-off from tomorrow": lambda a: ReviewedAnswer.bind(
        a, review_by_hand(a, at=NOW + timedelta(days=1))
    ),
    "a rejection turned by hand": lambda a: ReviewedAnswer.model_construct(
        answer=a,
        review=review_by_hand(a),
        seal=ReviewedAnswer.bind(a, review_by_hand(a, decision="reject")).seal,
    ),
    "a first signature that says it is a second one": lambda a: ReviewedAnswer.model_construct(
        answer=a, review=review_by_hand(a, confirms="c" * 64), seal="0"
    ),
    "a sign-off without end": lambda a: ReviewedAnswer.model_construct(
        answer=a, review=review_by_hand(a).model_copy(update={"expires": None}), seal="0"
    ),
}


@pytest.mark.parametrize("way", AROUND)
def test_nothing_acts_without_a_valid_sign_off(answer, way):
    with pytest.raises(NotReviewedError):
        actionable(AROUND[way](answer), now=NOW)


def test_a_field_smuggled_in_is_not_exported(answer):
    smuggled = answer.model_copy(update={"order": "Give 400 mg."})
    review = review_by_hand(answer)
    seal = ReviewedAnswer.bind(answer, review).seal
    reviewed = ReviewedAnswer.model_construct(answer=smuggled, review=review, seal=seal)
    assert "400 mg" not in str(actionable(reviewed, now=NOW))


def test_a_review_made_by_hand_still_needs_the_overrides(critical):
    by_hand = ReviewedAnswer.bind(critical, review_by_hand(critical))
    with pytest.raises(NotReviewedError, match="MED201"):
        actionable(by_hand, now=NOW)


def test_binding_a_review_to_another_answer_fails_at_once(answer):
    with pytest.raises(ValidationError, match="review it again"):
        ReviewedAnswer.bind(changed(answer), review_by_hand(answer))
