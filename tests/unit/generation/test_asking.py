"""What kind of answer a question asks for, what about and in which case."""

from __future__ import annotations

import pytest

from medrag.generation.asking import condition_of, kinds_of, topic_of


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Who may prescribe examplazine?", "person"),
        ("Which patients need a lower dose?", "person"),
        ("Where is examplazine injected?", "place"),
        ("What are the signs of toxicity?", "list"),
        ("Name an opioid.", "list"),
        ("When is examplazine stopped?", "occasion"),
        ("How often is potassium measured?", "time"),
    ],
)
def test_a_question_is_of_the_kind_that_its_words_say(question, kind):
    assert kind in {one.name for one in kinds_of(question)}


@pytest.mark.parametrize(
    ("kind", "statement"),
    [
        ("person", "Refer children to the clinic."),
        ("place", "Inject it into the abdominal wall."),
        ("list", "Watch for fever, rash, and cough."),
        ("occasion", "Stop it if a rash appears."),
        ("time", "Measure it every 3 months."),
    ],
)
def test_a_statement_gives_what_such_a_question_asks_for(kind, statement):
    questions = {
        "person": "Who is referred?",
        "place": "Where is it injected?",
        "list": "What are the signs?",
        "occasion": "When is it stopped?",
        "time": "How often is it measured?",
    }
    (asked,) = [one for one in kinds_of(questions[kind]) if one.name == kind]
    assert asked.said.search(statement)
    assert not asked.said.search("Examplazine helps.")


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("What are the red flags of back pain?", "red flags"),
        ("Which antibiotic is given first?", "antibiotic"),
        ("What is an example of a sleep disorder?", "a sleep disorder"),
        ("How is it given?", ""),
    ],
)
def test_the_topic_is_what_is_asked_for_by_name(question, topic):
    assert topic_of(question) == topic


@pytest.mark.parametrize(
    ("question", "case"),
    [
        ("What to do if the patient vomits?", " the patient vomits?"),
        ("Which dose is given?", ""),
    ],
)
def test_the_case_is_what_a_question_puts(question, case):
    assert condition_of(question) == case
