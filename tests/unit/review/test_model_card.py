from __future__ import annotations

import pytest

from medrag.core.answer import CheckedAnswer
from medrag.errors import InputError
from medrag.review.model_card import model_card


def test_a_card_counts_what_the_run_showed(answer: CheckedAnswer) -> None:
    card = model_card([answer, answer])
    assert "# Model card: m in medrag 0" in card
    assert "2 questions" in card
    assert "| partly_supported | 2 |" in card
    assert "| claims shown | 4 |" in card
    assert "| quotations verified | 2 of 2 |" in card
    assert "| checks that could not be made | 2 |" in card
    assert card.count("not a medical device") == 1
    assert "$" not in card


def test_the_terms_of_a_model_stand_in_its_card(answer: CheckedAnswer) -> None:
    assert "Terms apply." in model_card([answer], notice="Terms apply.")
    assert "without terms of its own" in model_card([answer])


def test_answers_of_two_configurations_make_no_card(answer: CheckedAnswer) -> None:
    other = answer.versions.model_copy(update={"model": "n", "rules": "q"})
    with pytest.raises(InputError, match="model, rules"):
        model_card([answer, answer.model_copy(update={"versions": other})])


def test_no_answers_make_no_card() -> None:
    with pytest.raises(InputError, match="none"):
        model_card([])
