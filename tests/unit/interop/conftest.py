"""An answer, signed and not."""

import pytest

import medrag
from making_answers import checked_answer
from medrag.core.answer import Review, ReviewedAnswer


@pytest.fixture
def signed_answer():
    return medrag.sign(checked_answer(), "Ada Lovelace", "accept", "read and compared")


@pytest.fixture
def unsigned_answer(signed_answer):
    rejected = signed_answer.review.model_copy(update={"decision": "reject"})
    return ReviewedAnswer.bind(signed_answer.answer, Review.model_validate(rejected.model_dump()))
