from __future__ import annotations

import pytest

from medrag.errors import ConfigError
from medrag.review.scope.frames import applies, request_start
from medrag.review.scope.rules import Rule, load
from medrag.review.scope.words import Lexicon, plain


def lexicon(**notions: str) -> Lexicon:
    return Lexicon(notions, {"steal": "stole stolen"}, ("sign",) if "sign" in notions else ())


def found(words: Lexicon, text: str) -> list[str]:
    return sorted({name for sentence in words.read(text) for name in sentence.places})


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("He can\u2019t breathe", "he can not breathe"),
        ("I'm sure it won't", "i am sure it will not"),
        ("the patient's chart", "the patient chart"),
        ("over-the-counter", "over the counter"),
        ("ig\u200bnore", "ignore"),
        ("FULL \uff37\uff29\uff24\uff34\uff28", "full width"),
    ],
)
def test_one_way_of_writing_is_left(written: str, meant: str) -> None:
    assert plain(written) == meant


@pytest.mark.parametrize(
    "text",
    [
        "dose of IM adrenaline in anaphylaxis for a 30 kg child?",
        "IM vs IV adrenaline",
        "adrenaline 500 mcg im: how often?",
        "glucagon 1 mg im/sc",
        "midazolam im or iv first",
        "an im injection of haloperidol",
        "give im ketamine",
    ],
)
def test_the_way_into_a_muscle_is_not_somebody_speaking(text: str) -> None:
    assert "intramuscular" in plain(text)
    assert "i am" not in plain(text)


@pytest.mark.parametrize(
    "text",
    [
        "Help IM having a stroke",
        "IM GOING TO END IT",
        "im having chest pain",
        "I took 40 tablets and im scared",
        "my throat is closing and im alone",
        "im not safe tonight",
        "Im so tired of it",
    ],
)
def test_somebody_speaking_is_not_the_way_into_a_muscle(text: str) -> None:
    assert "i am" in plain(text)


def test_sentences_end_at_marks_but_not_inside_numbers() -> None:
    read = lexicon(x="x").read("Give 2.5 mg. Then stop!\nWhy?")
    assert [sentence.words[0] for sentence in read] == ["give", "then", "why"]
    assert [sentence.stop for sentence in read] == [".", "!", "?"]


@pytest.mark.parametrize("word", ["steal", "steals", "stealing", "stole", "stolen"])
def test_a_verb_is_known_in_its_forms(word: str) -> None:
    assert found(lexicon(theft="steal+"), word) == ["theft"]


@pytest.mark.parametrize("word", ["allergy", "allergies"])
def test_a_noun_is_known_in_its_plural(word: str) -> None:
    assert found(lexicon(cause="allergy*"), word) == ["cause"]


def test_a_word_is_known_by_its_beginning_or_its_end() -> None:
    words = lexicon(force="coerc~", illness="~itis")
    assert found(words, "coercion in hepatitis") == ["force", "illness"]
    assert found(words, "itis") == []


def test_a_phrase_stands_whole_with_either_of_its_words() -> None:
    words = lexicon(secret="behind his/her back")
    assert found(words, "behind her back") == ["secret"]
    assert found(words, "behind the back") == []


@pytest.mark.parametrize("slip", ["unconcious", "unconsciuos", "unconscuous", "unconscioous"])
def test_a_slip_of_the_hand_is_forgiven_in_signs(slip: str) -> None:
    assert found(lexicon(sign="unconscious"), slip) == ["sign"]


def test_a_notion_may_hold_another() -> None:
    assert found(lexicon(kin="aunt", person="@kin, judge"), "aunt") == ["kin", "person"]


@pytest.mark.parametrize("entry", ["@missing", "@loop", "coerc~ him"])
def test_an_entry_that_means_nothing_is_an_error(entry: str) -> None:
    with pytest.raises(ConfigError):
        lexicon(loop=entry)


def test_a_rule_needs_its_notions_in_order_and_near() -> None:
    words = lexicon(act="poison+", whom="boss")
    rule = Rule(kind="k", why="w", say=(("act",), ("whom",)), within=2)
    (near,) = words.read("poison my old boss")
    (far,) = words.read("poison is what my very old boss sells")
    (turned,) = words.read("my boss hates poison")
    assert rule.match(near) == (0, 4)
    assert rule.match(far) is None
    assert rule.match(turned) is None


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("How can I fake it?", True),
        ("Please write a note", True),
        ("Can you help me?", True),
        ("Is it legal to fake it?", False),
        ("Fraud is common.", False),
    ],
)
def test_a_request_is_told_from_a_question_about_it(text: str, asks: bool) -> None:
    (sentence,) = load().lexicon.read(text)
    assert (request_start(sentence) is not None) == asks


@pytest.mark.parametrize(
    ("text", "applied"),
    [
        ("How can I falsify a record?", True),
        ("How can I detect falsified records?", False),
        ("How can falsified records be detected?", False),
        ("What should I do if a colleague falsifies a record?", False),
    ],
)
def test_what_is_to_be_prevented_is_not_asked_for(text: str, applied: bool) -> None:
    rule = next(rule for rule in load().refusals if rule.kind == "record-falsification")
    (sentence,) = load().lexicon.read(text)
    assert (applies(rule, sentence) is not None) == applied
