from datetime import datetime, timedelta, timezone

import pytest

from medrag.core.answer import (
    DISCLAIMER,
    CheckedAnswer,
    QuotedAnswer,
    Review,
    ReviewedAnswer,
    Versions,
)
from medrag.core.patient import Lab, Patient
from medrag.core.prompt import Completion

NOON = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)


@pytest.fixture
def make_answer():
    def make(**fields):
        quoted = QuotedAnswer(
            question="How much examplazine?",
            status="insufficient",
            missing="nothing on examplazine",
            completion=Completion(text="", model="scripted"),
        )
        versions = Versions(medrag="0", model="scripted", index="1", prompt="p", rules="r")
        return CheckedAnswer(
            **{"status": "abstained", "quoted": quoted, "versions": versions, **fields}
        )

    return make


def review_of(answer, **fields):
    return Review(
        **{
            "reviewer": "R",
            "decision": "accept",
            "reason": "fits",
            "at": NOON,
            "expires": NOON + timedelta(hours=1),
            "answer_digest": answer.digest,
            **fields,
        }
    )


def test_every_answer_carries_the_disclaimer(make_answer):
    assert make_answer().disclaimer == DISCLAIMER


def test_the_digest_changes_with_any_field(make_answer):
    digests = {
        make_answer().digest,
        make_answer(status="blocked").digest,
        make_answer(patient=Patient(age_years=71)).digest,
        make_answer(patient=Patient(age_years=72)).digest,
        make_answer(rules_run=("MED101",)).digest,
        make_answer(disclaimer="").digest,
    }
    assert len(digests) == 6


def test_the_digest_survives_json(make_answer):
    answer = make_answer(patient=Patient(labs=(Lab(name="K", value="4.10", unit="mmol/L"),)))
    again = CheckedAnswer.model_validate_json(answer.model_dump_json())
    assert again.digest == answer.digest


def test_a_review_of_another_answer_is_refused(make_answer):
    answer = make_answer()
    with pytest.raises(ValueError, match="review it again"):
        ReviewedAnswer.bind(make_answer(status="blocked"), review_of(answer))


def test_a_changed_copy_is_no_longer_bound(make_answer):
    reviewed = ReviewedAnswer.bind(make_answer(), review_of(make_answer()))
    tampered = reviewed.model_copy(update={"answer": make_answer(status="answered")})
    assert reviewed.is_bound
    assert not tampered.is_bound


def test_a_review_changed_by_hand_is_no_longer_bound(make_answer):
    signed = ReviewedAnswer.bind(make_answer(), review_of(make_answer(), decision="reject"))
    turned = signed.model_dump_json().replace('"reject"', '"accept"')
    with pytest.raises(ValueError, match="was changed"):
        ReviewedAnswer.model_validate_json(turned)


def test_a_sign_off_counts_until_it_expires(make_answer):
    answer = make_answer()
    review = review_of(answer, expires=NOON + timedelta(hours=1))
    reviewed = ReviewedAnswer.bind(answer, review)
    assert reviewed.is_current(NOON + timedelta(hours=1))
    assert not reviewed.is_current(NOON + timedelta(hours=1, seconds=1))


def test_a_review_needs_an_aware_time(make_answer):
    with pytest.raises(ValueError, match="timezone"):
        review_of(make_answer(), at=datetime(2026, 3, 1, 12))


def test_values_are_frozen_and_closed(make_answer):
    with pytest.raises(ValueError, match="frozen"):
        make_answer().status = "answered"
    with pytest.raises(ValueError, match="Extra inputs"):
        make_answer(verdict="fine")
