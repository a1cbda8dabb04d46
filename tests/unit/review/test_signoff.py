"""Signing, and every public way around it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone, tzinfo

import pytest
from pydantic import ValidationError

from medrag.core.answer import CheckedAnswer, Override, Review, ReviewedAnswer
from medrag.errors import InputError, NotReviewedError
from medrag.review import actionable, hindrance, sign

NOW = datetime(2131, 5, 1, 9, 0, tzinfo=timezone.utc)  # no release is before the present
DOSE = "Give examplazine 40 mg once daily."
OVERRIDES = (
    Override(rule_id="MED101", code="specialist-advice", reason="agreed with the ward"),
    Override(rule_id="MED101", reason="second order stopped"),
    Override(rule_id="MED201", code="will-monitor"),
)


EARLIEST = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))


class Nowhere(tzinfo):
    """A time zone that does not say how far from UTC it is, or says it in words."""

    def __init__(self, offset=None):
        self.offset = offset

    def utcoffset(self, dt):
        return self.offset


class Later(datetime):
    """A time that is after every other one, and at most any other one, as it suits."""

    def __gt__(self, other):
        return True

    def __lt__(self, other):
        return False

    def __le__(self, other):
        return True


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
        ({"overrides": (Override(rule_id="MED\x1b", reason="x"),)}, "no finding's rule id"),
        ({"reviewer": "\x1b[2J\rDr Chief"}, "control or invisible"),
        ({"reviewer": "\ud800"}, "control or invisible"),
        ({"reviewer": "..."}, "no letter or digit"),
        ({"reviewer": 5}, "not a text: found int"),
        ({"reviewer": None}, "not a text: found NoneType"),
        ({"reason": None}, "not a text: found NoneType"),
        ({"reason": "fine\u202e"}, "reason holds control or invisible"),
        ({"reason": "fine\rnot"}, "reason holds control or invisible"),
        ({"decision": "approve"}, "neither 'accept' nor 'reject'"),
        ({"decision": ["accept"]}, "neither 'accept' nor 'reject'"),
        ({"decision": None}, "neither 'accept' nor 'reject'"),
        ({"hours": "24"}, "not a number: found str"),
        ({"hours": True}, "not a number: found bool"),
        ({"hours": float("nan")}, "at most 24"),
        ({"hours": -1}, "at most 24"),
        ({"now": "2131-05-01"}, "no time zone"),
        ({"now": NOW.replace(tzinfo=Nowhere())}, "no time zone"),
        ({"now": NOW.replace(tzinfo=Nowhere("x"))}, "cannot be told in UTC"),
        ({"now": NOW.replace(year=9999, month=12, day=31)}, "after the year 9999"),
        ({"now": EARLIEST}, "cannot be told in UTC"),
        ({"overrides": None}, "not a sequence"),
        ({"overrides": "MED101"}, "not a sequence"),
        ({"overrides": [{"rule_id": "MED101"}]}, "not an Override: found dict"),
        ({"overrides": [Override.model_construct(code="other")]}, "not an Override: a field"),
    ],
)
def test_a_sign_off_that_cannot_stand_says_why(answer, changes, message):
    with pytest.raises(InputError, match=message) as raised:
        accepted(answer, **changes)
    assert "Chief" not in str(raised.value)


def test_white_space_around_a_name_and_a_reason_is_not_kept(answer):
    review = accepted(answer, reviewer=" R. Gruber\n", reason=" line\r\nline\t").review
    assert (review.reviewer, review.reason) == ("R. Gruber", "line\nline")


def test_a_sign_off_is_told_in_utc_whatever_zone_it_was_given_in(answer):
    vienna = NOW.astimezone(timezone(timedelta(hours=2)))
    review = accepted(answer, now=vienna).review
    assert review == accepted(answer, now=NOW).review
    assert (review.at.utcoffset(), review_by_hand(answer, at=vienna).at.utcoffset()) == (
        timedelta(0),
        timedelta(0),
    )
    with pytest.raises(ValidationError, match="UTC can tell"):
        review_by_hand(answer, at=EARLIEST)


def test_what_hinders_a_release_is_told_without_trying_it(answer):
    signed = accepted(answer)
    assert hindrance(signed, now=NOW) is None
    assert "expired" in hindrance(signed, now=NOW + timedelta(hours=25))
    assert "not a signed answer" in hindrance(answer)
    with pytest.raises(InputError, match="not a ReviewPolicy"):
        hindrance(signed, policy="none")


@pytest.mark.parametrize("thing", [None, {}, "answer"])
def test_only_a_checked_answer_is_signed(answer, thing):
    with pytest.raises(InputError, match="not a checked answer"):
        accepted(thing)
    with pytest.raises(InputError, match="not a checked answer"):
        accepted(accepted(answer))
    with pytest.raises(InputError, match="not a checked answer: a field"):
        accepted(answer.model_copy(update={"findings": (thing,)}))


@pytest.mark.parametrize("reason", ["", "  ", "12", "...", "☤", "\u2800"])
def test_a_needed_reason_holds_a_letter(answer, critical, reason):
    with pytest.raises(InputError, match="needs a reason"):
        accepted(answer, decision="reject", reason=reason)
    with pytest.raises(InputError, match="blank reason"):
        accepted(critical, overrides=(*OVERRIDES[:2], Override(rule_id="MED201", reason=reason)))


@pytest.mark.parametrize("reason", ["\u200b", "\u3164", "\ufeff", "\x00", "no\u2060"])
def test_a_reason_that_nobody_can_read_is_none(answer, critical, reason):
    with pytest.raises(InputError, match="reason"):
        accepted(answer, decision="reject", reason=reason)
    hidden = Override(rule_id="MED201", code="will-monitor", reason=reason)
    with pytest.raises(InputError, match="reason"):
        accepted(critical, overrides=(*OVERRIDES[:2], hidden))


@pytest.mark.parametrize("reason", ["10 μg/kg zu viel", "دوز زیاد است، می\u200cماند", "量多"])
def test_a_reason_may_be_in_any_language(answer, reason):
    assert accepted(answer, decision="reject", reason=reason).review.reason == reason


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


@pytest.mark.parametrize("hours", [1, 24 * 365])
def test_an_earlier_now_brings_nothing_back(answer, hours):
    then = datetime.now(timezone.utc) - timedelta(hours=hours)
    expired = accepted(answer, now=then, hours=0.5)
    for moment in (then, then + timedelta(minutes=1), Later.fromisoformat(then.isoformat())):
        with pytest.raises(NotReviewedError, match="expired"):
            actionable(expired, now=moment)


def test_a_claim_without_a_verified_quotation_is_not_exported_whatever_its_label(answer):
    unquoted = answer.quoted.claims[1].model_copy(update={"support": "supported"})
    claims = (answer.quoted.claims[0], unquoted)
    labelled = answer.model_copy(
        update={"quoted": answer.quoted.model_copy(update={"claims": claims})}
    )
    exported = actionable(accepted(labelled), now=NOW)
    assert [claim["text"] for claim in exported["claims"]] == [DOSE]
    assert exported["withheld_claims"] == 1
    nothing = answer.model_copy(
        update={"quoted": answer.quoted.model_copy(update={"claims": (unquoted,)})}
    )
    with pytest.raises(InputError, match="nothing to accept"):
        accepted(nothing)


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


def by_hand(answer: CheckedAnswer, **changes) -> ReviewedAnswer:
    """Return what somebody makes who knows how the seal is computed, with any field."""
    review = review_by_hand(answer).model_copy(update=changes)
    return ReviewedAnswer.model_construct(
        answer=answer, review=review, second=None, seal=review.digest
    )


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
    "nothing but an answer": lambda a: ReviewedAnswer.model_construct(answer=a),
    "nothing at all": lambda a: ReviewedAnswer.model_construct(),
    "no review": lambda a: ReviewedAnswer.model_construct(
        answer=a, review=None, second=None, seal=""
    ),
    "a reviewer whom nobody can see": lambda a: by_hand(a, reviewer="\u200b"),
    "a reviewer who erases the line": lambda a: by_hand(a, reviewer="x\r\x1b[2KDr Chief"),
    "a reviewer in two alphabets": lambda a: by_hand(a, reviewer="Аlice"),
    "a blank reviewer": lambda a: by_hand(a, reviewer=""),
    "a reason that steers": lambda a: by_hand(a, reason="\x1b[2J"),
    "a policy that is not in force": lambda a: by_hand(a, policy="0" * 64),
    "an end before its begin": lambda a: by_hand(a, expires=NOW - timedelta(hours=1)),
    "an end after the policy's": lambda a: by_hand(a, expires=NOW + timedelta(hours=25)),
    "two persons of whom one signed": lambda a: by_hand(a, persons=2),
    "three persons": lambda a: by_hand(a, persons=3),
    "an answer of a status that is none": lambda a: ReviewedAnswer.model_construct(
        answer=a.model_copy(update={"status": "fine"}), review=review_by_hand(a), seal="0"
    ),
    "an abstention": lambda a: by_hand(a.model_copy(update={"status": "abstained"})),
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


def test_the_same_made_by_hand_with_nothing_wrong_does_act(answer):
    assert actionable(by_hand(answer), now=NOW)  # or the ways around would show nothing
