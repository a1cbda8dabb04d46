"""What an institution asks of a sign-off, and ways around a second person."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from medrag.core.answer import Override, ReviewedAnswer
from medrag.errors import InputError, NotReviewedError
from medrag.review import OVERRIDE_REASONS, ReviewPolicy, actionable, countersign, override_coding
from medrag.review import sign as sign_answer

NOW = datetime(2031, 5, 1, 9, 0, tzinfo=timezone.utc)
TWO = ReviewPolicy(two_persons="always")


def sign(answer, reviewer="R. Gruber", decision="accept", reason="", **changes):
    return sign_answer(answer, reviewer, decision, reason, **({"now": NOW} | changes))


def test_two_persons_release_together(answer):
    first = sign(answer, policy=TWO)
    with pytest.raises(NotReviewedError, match="One of two persons has signed"):
        actionable(first, now=NOW)
    both = countersign(first, "S. Okoye", "accept", policy=TWO, now=NOW)
    exported = actionable(both, policy=TWO, now=NOW)
    assert exported["review"]["reviewer"] == "R. Gruber"
    assert exported["second_review"]["reviewer"] == "S. Okoye"
    assert exported["second_review"]["confirms"] == first.review.digest


def test_a_policy_that_came_later_holds_for_what_was_signed_before(answer):
    with pytest.raises(NotReviewedError, match="One of two persons"):
        actionable(sign(answer), policy=TWO, now=NOW)


def test_two_persons_are_asked_for_where_a_finding_is_critical(answer, critical):
    policy = ReviewPolicy(two_persons="critical")
    overrides = [Override(rule_id=f.rule_id, code="will-monitor") for f in critical.findings]
    assert sign(answer, policy=policy).review.persons == 1
    assert sign(critical, policy=policy, overrides=overrides).review.persons == 2
    assert sign(critical, "R", "reject", "wrong", policy=policy).review.persons == 1


@pytest.mark.parametrize("name", ["R. Gruber", "  r.  GRUBER ", "R. Gruber\t"])
def test_the_second_person_is_another_one(answer, name):
    first = sign(answer, policy=TWO)
    with pytest.raises(InputError, match="another person's"):
        countersign(first, name, "accept", policy=TWO, now=NOW)


def test_the_second_person_may_reject(answer):
    first = sign(answer, policy=TWO)
    with pytest.raises(InputError, match="needs a reason"):
        countersign(first, "S", "reject", policy=TWO, now=NOW)
    rejected = countersign(first, "S", "reject", "old weight", policy=TWO, now=NOW)
    with pytest.raises(NotReviewedError, match="rejected"):
        actionable(rejected, now=NOW)


def test_the_second_person_confirms_an_acceptance_in_force_once(answer):
    first = sign(answer, policy=TWO)
    with pytest.raises(InputError, match="no acceptance in force"):
        countersign(first, "S", "accept", now=NOW + timedelta(hours=25))
    with pytest.raises(InputError, match="no acceptance in force"):
        countersign(sign(answer, "R", "reject", "no"), "S", "accept", now=NOW)
    with pytest.raises(InputError, match="dated before the first"):
        countersign(first, "S", "accept", now=NOW - timedelta(hours=1))
    both = countersign(first, "S", "accept", now=NOW)
    with pytest.raises(InputError, match="Two persons have signed"):
        countersign(both, "T", "accept", now=NOW)


def test_both_sign_offs_must_be_in_force(answer):
    first = sign(answer, policy=TWO, hours=2)
    both = countersign(first, "S", "accept", policy=TWO, now=NOW + timedelta(hours=1))
    with pytest.raises(NotReviewedError, match="expired"):
        actionable(both, now=NOW + timedelta(hours=3))


def forged(answer):
    first, other = sign(answer, policy=TWO), sign(answer, "T", policy=TWO)
    both = countersign(first, "S", "accept", policy=TWO, now=NOW)
    second = both.second
    same = second.model_copy(update={"reviewer": first.review.reviewer})
    return {
        "of another first review": {
            "review": other.review,
            "second": second,
            "seal": second.digest,
        },
        "of one person twice": {"review": first.review, "second": same, "seal": same.digest},
        "the first review again": {
            "review": first.review,
            "second": first.review,
            "seal": first.seal,
        },
        "without the seal over it": {"review": first.review, "second": second, "seal": first.seal},
    }


@pytest.mark.parametrize(
    "way",
    [
        "of another first review",
        "of one person twice",
        "the first review again",
        "without the seal over it",
    ],
)
def test_a_second_signature_made_by_hand_does_not_release(answer, way):
    made = ReviewedAnswer.model_construct(answer=answer, **forged(answer)[way])
    with pytest.raises(NotReviewedError):
        actionable(made, policy=TWO, now=NOW)


def test_the_policy_says_who_may_sign_and_for_how_long(answer):
    policy = ReviewPolicy(
        hours=2, two_persons="always", reviewers=("dr. a",), second_reviewers=("Dr. B",)
    )
    with pytest.raises(InputError, match=r"does not name R\. Gruber among those who may sign"):
        sign(answer, policy=policy)
    first = sign(answer, "Dr. A", policy=policy)
    assert first.review.expires == NOW + timedelta(hours=2)
    with pytest.raises(InputError, match="who may sign second"):
        countersign(first, "Dr. C", "accept", policy=policy, now=NOW)
    both = countersign(first, "Dr. B", "accept", policy=policy, now=NOW)
    assert actionable(both, policy=policy, now=NOW)
    stricter = policy.model_copy(update={"second_reviewers": ("Dr. D",)})
    with pytest.raises(NotReviewedError, match=r"does not name Dr\. B"):
        actionable(both, policy=stricter, now=NOW)
    with pytest.raises(NotReviewedError, match="longer than the 1 hours"):
        actionable(both, policy=policy.model_copy(update={"hours": 1}), now=NOW)


def test_the_policy_says_which_reasons_count(critical):
    policy = ReviewPolicy(codes=("specialist-advice",))
    overrides = [Override(rule_id=f.rule_id, code="will-monitor") for f in critical.findings]
    with pytest.raises(InputError, match="no override for the reason will-monitor"):
        sign(critical, policy=policy, overrides=overrides)


def test_every_code_is_a_coding_with_words():
    codings = [override_coding(code) for code in OVERRIDE_REASONS]
    assert len({coding["display"] for coding in codings}) == len(codings) == 10
    assert all(set(coding) == {"system", "code", "display"} for coding in codings)
