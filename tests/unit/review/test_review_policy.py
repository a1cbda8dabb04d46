"""What an institution asks of a sign-off, and ways around a second person."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from medrag.core.answer import Override, ReviewedAnswer
from medrag.errors import ConfigError, InputError, NotReviewedError
from medrag.review import OVERRIDE_REASONS, ReviewPolicy, actionable, countersign, override_coding
from medrag.review import sign as sign_answer
from persons import PERSON, SAME_AND_SIGNABLE, SAME_BUT_REFUSED

NOW = datetime(2131, 5, 1, 9, 0, tzinfo=timezone.utc)  # no release is before the present
TWO = ReviewPolicy(two_persons="always")


def sign(answer, reviewer="R. Gruber", decision="accept", reason="", **changes):
    return sign_answer(answer, reviewer, decision, reason, **({"now": NOW} | changes))


def test_two_persons_release_together(answer):
    first = sign(answer, policy=TWO)
    with pytest.raises(NotReviewedError, match="One of two persons has signed"):
        actionable(first, policy=TWO, now=NOW)
    both = countersign(first, "S. Okoye", "accept", policy=TWO, now=NOW)
    exported = actionable(both, policy=TWO, now=NOW)
    assert exported["review"]["reviewer"] == "R. Gruber"
    assert exported["second_review"]["reviewer"] == "S. Okoye"
    assert exported["second_review"]["confirms"] == first.review.digest


STRICT = ReviewPolicy(
    hours=8,
    two_persons="always",
    reviewers=("R. Gruber",),
    second_reviewers=("S. Okoye",),
    codes=("will-monitor",),
)
OTHERS = {
    "none": ReviewPolicy(),
    "one person": STRICT.model_copy(update={"two_persons": "never"}),
    "more hours": STRICT.model_copy(update={"hours": 24}),
    "fewer hours": STRICT.model_copy(update={"hours": 7}),
    "anybody first": STRICT.model_copy(update={"reviewers": ()}),
    "anybody second": STRICT.model_copy(update={"second_reviewers": ()}),
    "another second person": STRICT.model_copy(update={"second_reviewers": ("Mallory",)}),
    "one more second person": STRICT.model_copy(
        update={"second_reviewers": ("S. Okoye", "Mallory")}
    ),
    "every reason": STRICT.model_copy(update={"codes": ()}),
}


@pytest.mark.parametrize("way", OTHERS)
def test_a_policy_that_was_removed_or_exchanged_voids_what_was_signed(answer, way):
    first = sign(answer, policy=STRICT)
    both = countersign(first, "S. Okoye", "accept", policy=STRICT, now=NOW)
    assert actionable(both, policy=STRICT, now=NOW)
    for signed in (first, both):
        with pytest.raises(NotReviewedError, match=r"[Ss]ign again"):
            actionable(signed, policy=OTHERS[way], now=NOW)


@pytest.mark.parametrize("way", OTHERS)
@pytest.mark.parametrize("name", ["S. Okoye", "Mallory"])
def test_nobody_countersigns_under_another_policy(answer, way, name):
    first = sign(answer, policy=STRICT)
    with pytest.raises(InputError, match=r"[Ss]ign again"):
        countersign(first, name, "accept", policy=OTHERS[way], now=NOW)


@pytest.mark.parametrize("policy", [TWO, ReviewPolicy(hours=48), ReviewPolicy(reviewers=("R.",))])
def test_what_was_signed_without_a_policy_does_not_act_under_one(answer, policy):
    with pytest.raises(NotReviewedError, match="another policy"):
        actionable(sign(answer), policy=policy, now=NOW)


def test_two_signatures_under_two_policies_release_under_neither(answer):
    first = sign(answer, policy=TWO)
    second = sign(answer, "S. Okoye").review
    by_hand = second.model_copy(update={"confirms": first.review.digest, "persons": 2})
    both = ReviewedAnswer.bind(answer, first.review, by_hand)
    for policy in (TWO, ReviewPolicy()):
        with pytest.raises(NotReviewedError, match=r"[Ss]ign again"):
            actionable(both, policy=policy, now=NOW)


def test_a_changed_policy_is_met_by_signing_again(answer):
    stricter = STRICT.model_copy(update={"hours": 4})
    first = sign(answer, policy=stricter)
    both = countersign(first, "S. Okoye", "accept", policy=stricter, now=NOW)
    assert actionable(both, policy=stricter, now=NOW)


def test_a_policy_that_asks_the_same_in_other_words_is_the_same(answer):
    rewritten = ReviewPolicy(
        hours=8.0,
        two_persons="always",
        reviewers=("Dr. R. GRUBER", "R Gruber"),
        second_reviewers=("Okoye, S.",),
        codes=("will-monitor", "will-monitor"),
    )
    assert rewritten.digest == STRICT.digest
    first = sign(answer, policy=STRICT)
    both = countersign(first, "S. Okoye", "accept", policy=rewritten, now=NOW)
    assert actionable(both, policy=rewritten, now=NOW)
    assert ReviewPolicy(hours=24).mark == ""


def test_two_persons_are_asked_for_where_a_finding_is_critical(answer, critical):
    policy = ReviewPolicy(two_persons="critical")
    overrides = [Override(rule_id=f.rule_id, code="will-monitor") for f in critical.findings]
    assert sign(answer, policy=policy).review.persons == 1
    assert sign(critical, policy=policy, overrides=overrides).review.persons == 2
    assert sign(critical, "R", "reject", "wrong", policy=policy).review.persons == 1


@pytest.mark.parametrize("written", [*SAME_AND_SIGNABLE.values(), f"{PERSON}\t"])
def test_the_second_person_is_another_one(answer, written):
    for first, second in ((PERSON, written), (written, PERSON)):
        signed = sign(answer, first, policy=TWO)
        with pytest.raises(InputError, match="another person's"):
            countersign(signed, second, "accept", policy=TWO, now=NOW)


@pytest.mark.parametrize("written", [*SAME_BUT_REFUSED.values(), "\u200b", "\ufeff", "\u3164"])
def test_a_name_that_could_show_as_another_signs_nothing(answer, written):
    with pytest.raises(InputError, match="reviewer's name"):
        sign(answer, written)
    with pytest.raises(InputError, match="reviewer's name"):
        countersign(sign(answer, policy=TWO), written, "accept", policy=TWO, now=NOW)


@pytest.mark.parametrize("written", [*SAME_AND_SIGNABLE.values()])
def test_the_names_of_a_policy_are_compared_as_persons(answer, written):
    policy = ReviewPolicy(
        two_persons="always", reviewers=(PERSON,), second_reviewers=(PERSON, "S. Okoye")
    )
    first = sign(answer, written, policy=policy)
    with pytest.raises(InputError, match="another person's"):
        countersign(first, PERSON, "accept", policy=policy, now=NOW)
    assert countersign(first, "S Okoye", "accept", policy=policy, now=NOW).second


def test_the_second_person_may_reject(answer):
    first = sign(answer, policy=TWO)
    with pytest.raises(InputError, match="needs a reason"):
        countersign(first, "S", "reject", policy=TWO, now=NOW)
    rejected = countersign(first, "S", "reject", "old weight", policy=TWO, now=NOW)
    with pytest.raises(NotReviewedError, match="rejected"):
        actionable(rejected, policy=TWO, now=NOW)


def test_the_second_person_confirms_an_acceptance_in_force_once(answer):
    first = sign(answer, policy=TWO)
    with pytest.raises(InputError, match="no acceptance in force"):
        countersign(first, "S", "accept", policy=TWO, now=NOW + timedelta(hours=25))
    with pytest.raises(InputError, match="no acceptance in force"):
        countersign(sign(answer, "R", "reject", "no"), "S", "accept", now=NOW)
    with pytest.raises(InputError, match="dated before the first"):
        countersign(first, "S", "accept", policy=TWO, now=NOW - timedelta(hours=1))
    both = countersign(first, "S", "accept", policy=TWO, now=NOW)
    with pytest.raises(InputError, match="Two persons have signed"):
        countersign(both, "T", "accept", policy=TWO, now=NOW)


def test_both_sign_offs_must_be_in_force(answer):
    first = sign(answer, policy=TWO, hours=2)
    both = countersign(first, "S", "accept", policy=TWO, now=NOW + timedelta(hours=1))
    with pytest.raises(NotReviewedError, match="expired"):
        actionable(both, policy=TWO, now=NOW + timedelta(hours=3))


def forged(answer):
    first, other = sign(answer, policy=TWO), sign(answer, "T", policy=TWO)
    both = countersign(first, "S", "accept", policy=TWO, now=NOW)
    second = both.second
    same = second.model_copy(update={"reviewer": first.review.reviewer})
    overriding = second.model_copy(update={"overrides": (Override(rule_id="X", reason="y"),)})
    nobody = second.model_copy(update={"reviewer": "\u200b"})
    longer = second.model_copy(update={"expires": second.expires + timedelta(hours=1)})
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
        "with overrides of its own": {
            "review": first.review,
            "second": overriding,
            "seal": overriding.digest,
        },
        "of nobody": {"review": first.review, "second": nobody, "seal": nobody.digest},
        "for too long": {"review": first.review, "second": longer, "seal": longer.digest},
    }


@pytest.mark.parametrize(
    "way",
    [
        "of another first review",
        "of one person twice",
        "the first review again",
        "without the seal over it",
        "with overrides of its own",
        "of nobody",
        "for too long",
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


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"reviewer": "T. Absent"}, r"does not name T\. Absent"),
        ({"expires": NOW + timedelta(hours=9)}, "longer than the 8 hours"),
    ],
)
def test_a_first_signature_made_by_hand_meets_the_policy(answer, changes, problem):
    policy = STRICT.model_copy(update={"two_persons": "never"})
    review = sign(answer, policy=policy).review.model_copy(update=changes)
    with pytest.raises(NotReviewedError, match=problem):
        actionable(ReviewedAnswer.bind(answer, review), policy=policy, now=NOW)


def test_the_policy_says_which_reasons_count(critical):
    policy = ReviewPolicy(codes=("specialist-advice",))
    overrides = [Override(rule_id=f.rule_id, code="will-monitor") for f in critical.findings]
    with pytest.raises(InputError, match="no override for the reason will-monitor"):
        sign(critical, policy=policy, overrides=overrides)


def test_every_code_is_a_coding_with_words():
    codings = [override_coding(code) for code in OVERRIDE_REASONS]
    assert len({coding["display"] for coding in codings}) == len(codings) == 10
    assert all(set(coding) == {"system", "code", "display"} for coding in codings)


@pytest.mark.parametrize(
    "line",
    [
        "hours = true",
        'hours = "24"',
        "hours = nan",
        "hours = inf",
        "hours = 0",
        "hours = 8761",
        "two_persons = true",
        'two_persons = "sometimes"',
        'reviewers = "R. Gruber"',
        "reviewers = [7]",
        'reviewers = [""]',
        'second_reviewers = ["\\u200b"]',
        'second_reviewers = ["Аlice"]',
        'codes = ["because"]',
        'codes = "other"',
        "persons = 2",
    ],
)
def test_a_policy_file_is_strict(tmp_path, line):
    path = tmp_path / "policy.toml"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(ConfigError):
        ReviewPolicy.load(path)


def test_whole_and_broken_hours_are_numbers(tmp_path):
    path = tmp_path / "policy.toml"
    for text, hours in (("hours = 8", 8), ("hours = 0.5", 0.5)):
        path.write_text(text)
        assert ReviewPolicy.load(path).hours == hours


class Obliging(ReviewPolicy):
    def objection(self, review):
        return None


@pytest.mark.parametrize(
    "policy",
    [
        None,
        "always",
        {"hours": 24},
        Obliging(),
        ReviewPolicy.model_construct(hours=10**9),
        ReviewPolicy().model_copy(update={"two_persons": "no"}),
    ],
)
def test_what_is_no_policy_is_an_input_error(answer, policy):
    signed = sign(answer)
    with pytest.raises(InputError, match="not a ReviewPolicy"):
        sign(answer, policy=policy)
    with pytest.raises(InputError, match="not a ReviewPolicy"):
        countersign(signed, "S", "accept", policy=policy, now=NOW)
    with pytest.raises(InputError, match="not a ReviewPolicy"):
        actionable(signed, policy=policy, now=NOW)
