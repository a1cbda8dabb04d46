"""Evaluation sets of others: what becomes of their questions, and what is refused."""

from __future__ import annotations

import json

import pytest

from medrag.errors import InputError, UnknownNameError
from medrag.evaluation.beir import read_qrels, read_queries
from medrag.evaluation.importing import import_set
from medrag.evaluation.reading import read_set
from medrag.evaluation.writing import yaml_set

CONTEXT = "Examplazine is given as 40 mg once daily. It is stored in the cold."
SQUAD = {
    "version": "v2.0",
    "data": [
        {
            "title": "Exam plazine",
            "paragraphs": [
                {
                    "context": CONTEXT,
                    "qas": [
                        {
                            "id": "s1",
                            "question": "What is the dose?",
                            "answers": [
                                {"text": "40 mg once daily", "answer_start": 24},
                                {"text": "40 mg once daily", "answer_start": 24},
                                {"text": "40 mg", "answer_start": 24},
                            ],
                        },
                        {"id": "s2", "question": "Who?", "answers": [], "is_impossible": True},
                    ],
                }
            ],
        }
    ],
}
CASE_1 = {"id": 1, "question": "Dose?", "answers": [{"text": "40 mg", "answer_start": 24}]}
MIRAGE = {
    "medqa": {"01": {"question": "Dose?", "options": {"A": "4", "B": "40"}, "answer": "B"}},
    "pubmedqa": {"9": {"question": "So?", "options": {"A": "yes", "B": "no"}, "answer": "A"}},
}
LABELLED = {
    "examples": [
        {
            "query": "dose?",
            "query_by": {"model_name": "", "type": "human"},
            "reference_contexts": [CONTEXT],
            "reference_answer": "40 mg of examplazine daily",
            "reference_answer_by": None,
        }
    ]
}
PAIRS = {
    "queries": {"q1": "dose?"},
    "corpus": {"n1": CONTEXT, "n2": "Other."},
    "relevant_docs": {"q1": ["n1", "lost"]},
}


@pytest.fixture
def of(tmp_path):
    def imported(name, value, file="set.json"):
        path = tmp_path / file
        path.write_text(value if isinstance(value, str) else json.dumps(value))
        return import_set(name, path)

    return imported


def test_squad_gives_spans_and_silence_where_nothing_answers(of):
    found = of("squad", SQUAD)
    first, second = found.judged.cases
    assert first.expect.spans == ("40 mg once daily", "40 mg")
    assert first.expect.status == ("answered",)
    assert second.expect.status == ("abstained",)
    assert found.corpus == {"Exam_plazine-0-0": ("Exam plazine", CONTEXT)}
    assert found.judged.cases[0].expect.documents == ()
    assert found.over_corpus().cases[0].expect.documents == ("Exam_plazine-0-0",)
    assert found.over_corpus().cases[1].expect.documents == ()


def test_mirage_gives_choices_tagged_by_its_parts(of):
    cases = of("mirage", MIRAGE).judged.cases
    assert [case.id for case in cases] == ["medqa-01", "pubmedqa-9"]
    assert cases[0].choices == {"A": "4", "B": "40"}
    assert cases[0].expect.choice == "B"
    assert cases[1].tags == ("pubmedqa",)


def test_lines_of_multiple_choice_name_the_answer_by_key_or_words(of):
    rows = [
        {"question": "a?", "options": {"A": "x", "B": "y"}, "answer": "y", "answer_idx": "B"},
        {"question": "b?", "options": ["x", "y", "z"], "answer": "z", "id": "second"},
    ]
    cases = of("mirage", "\n".join(map(json.dumps, rows)), "set.jsonl").judged.cases
    assert [(case.id, case.expect.choice) for case in cases] == [("1", "B"), ("second", "C")]


def test_a_labelled_dataset_gives_the_sentence_that_is_nearest_to_its_answer(of):
    found = of("llamaindex-rag", LABELLED)
    case = found.judged.cases[0]
    assert [one.text for one in case.expect.quotations] == [
        "Examplazine is given as 40 mg once daily."
    ]
    assert "Reference answer: 40 mg" in case.notes
    assert "nobody has looked" in case.notes
    assert list(found.relevant.values()) == [tuple(found.corpus)]


def test_embedding_pairs_give_judged_documents(of):
    found = of("llamaindex-embedding", PAIRS)
    assert found.relevant == {"q1": ("n1",)}
    assert found.over_corpus().cases[0].expect.documents == ("n1",)


def test_a_set_of_beir_gives_judged_documents_and_its_spans(tmp_path):
    (tmp_path / "qrels").mkdir()
    (tmp_path / "corpus.jsonl").write_text('{"_id": "d", "title": "T", "text": "Words."}\n')
    (tmp_path / "queries.jsonl").write_text(
        '{"_id": "q", "text": "what?", "metadata": {"answer": "Words"}}\n'
        '{"_id": "unjudged", "text": "what?"}\n'
    )
    (tmp_path / "qrels" / "test.tsv").write_text("q\td\t1\nq\tno\t0\n")
    found = import_set("beir", tmp_path)
    assert [case.id for case in found.judged.cases] == ["q"]
    assert found.judged.cases[0].expect.documents == ("d",)
    assert found.judged.cases[0].expect.spans == ("Words",)
    assert found.corpus == {"d": ("T", "Words.")}


@pytest.mark.parametrize(
    ("name", "value"), [("squad", SQUAD), ("llamaindex-rag", LABELLED), ("mirage", MIRAGE)]
)
def test_what_was_imported_is_a_set_that_is_read_back(of, tmp_path, name, value):
    judged = of(name, value).over_corpus()
    (tmp_path / "out.yaml").write_text(yaml_set(judged))
    assert read_set(tmp_path / "out.yaml") == judged


def test_the_texts_that_come_along_are_a_set_of_beir(of, tmp_path):
    found = of("squad", SQUAD)
    (tmp_path / "qrels").mkdir()
    for file, text in found.beir():
        (tmp_path / file).write_text(text)
    assert read_qrels(tmp_path) == {"s1": {"Exam_plazine-0-0": 1}}
    assert [query.id for query in read_queries(tmp_path)] == ["s1", "s2"]


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("squad", [], "expected a JSON object, found list"),
        ("squad", "{", "not JSON"),
        ("squad", {}, "no question"),
        ("squad", {"data": [{"title": "t", "paragraphs": [{"qas": []}]}]}, "a text at 'context'"),
        ("mirage", {"medqa": {"1": {"question": "x"}}}, "two options or more"),
        ("mirage", {"medqa": {"1": {}}}, "medqa-1: expected a text at 'question'"),
        ("mirage", {"medqa": []}, "an object of questions"),
        (
            "mirage",
            {"m": {"1": {"question": "x", "options": ["a", "b"], "answer": "c"}}},
            "none of the options",
        ),
        ("llamaindex-rag", {"examples": [{}]}, "example 1: expected a text at 'query'"),
        ("llamaindex-rag", {}, "no example"),
        ("llamaindex-embedding", {"queries": {}}, "expected queries, corpus"),
        (
            "llamaindex-embedding",
            {"queries": {"q": "x"}, "corpus": {"n": "x"}, "relevant_docs": {"q": ["m"]}},
            "query 'q' has no relevant",
        ),
    ],
)
def test_what_is_not_of_the_format_is_refused_with_its_place(of, name, value, says):
    with pytest.raises(InputError) as caught:
        of(name, value)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("squad", [CASE_1, CASE_1], "the id '1' stands twice"),
        ("mirage", {"m": {"1": {"question": "q", "options": {"A": "x", "B": "y", "C": 7},
                                "answer": "D"}}}, "none of the options"),
        ("llamaindex-embedding", PAIRS | {"queries": {"q1": ""}}, "question: "),
        ("llamaindex-embedding", PAIRS | {"relevant_docs": {"q1": 7}}, "a list at 'q1'"),
        ("llamaindex-rag", {"examples": [{"query": "q", "reference_contexts": [{"text": "t"}]}]},
         "example 1: expected a list of texts"),
        ("squad", "[" * 100_000, "not JSON"),
    ],
)  # fmt: skip
def test_a_set_with_a_fault_in_it_is_refused_and_no_defect_of_medrag(of, name, value, says):
    if isinstance(value, list):
        value = {"data": [{"paragraphs": [{"context": CONTEXT, "qas": value}]}]}
    with pytest.raises(InputError, match=says):
        of(name, value)


def test_questions_may_be_numbered(of):
    qas = [CASE_1, CASE_1 | {"id": 2}]
    found = of("squad", {"data": [{"paragraphs": [{"context": CONTEXT, "qas": qas}]}]})
    assert [case.id for case in found.judged.cases] == ["1", "2"]


def test_a_format_that_is_not_known_is_named_with_those_that_are(tmp_path):
    with pytest.raises(UnknownNameError, match="Did you mean 'squad'"):
        import_set("squat", tmp_path)
