"""A body stands before the references and contents around it, unless those are asked for."""

import pytest

import medrag
from medrag.core.query import RetrievalSettings
from medrag.retrieval.apparatus import is_apparatus, is_asked

LIST = """12. Doe J, Roe R. Examplazine in adults. J Ex Med 2003;61:103-38.

13. Poe E, Loe L. Examplazine again. Ann Ex 2010 Oct; 88(4): 540-7."""


@pytest.mark.parametrize(
    "heading", ["References", "15 REFERENCES", "Authors' contributions", "Table of Contents"]
)
def test_a_heading_tells_what_stands_around_the_body(heading):
    assert is_apparatus("Examplazine", ("Examplazine", heading), "Examplazine.")
    assert is_apparatus(heading, (), "Examplazine.")


@pytest.mark.parametrize(
    "heading", ["Reference ranges", "Contents of the kit", "Disclosure of status to partners"]
)
def test_a_heading_that_only_begins_alike_is_the_body(heading):
    assert not is_apparatus("Examplazine", (heading,), "Examplazine.")


def test_a_title_counts_only_where_no_heading_stands_between():
    assert not is_apparatus("References", ("Dose",), "Examplazine.")


def test_a_list_that_lost_its_heading_is_told_by_its_lines():
    assert is_apparatus("Examplazine", ("Dose",), LIST)
    contents = "Dose .............. 12\n\nStorage ........... 14"
    assert is_apparatus("Examplazine", ("Dose",), contents)


@pytest.mark.parametrize(
    "text",
    [
        "Give examplazine 40 mg once daily (J Ex Med 2003;61:103).",
        "Give examplazine 40 mg. " * 30 + LIST,
        "Examplazine was given in 2003; 61 of 103 adults improved, and in 2010; 88 of 540.",
    ],
)
def test_words_that_cite_are_the_body(text):
    assert not is_apparatus("Examplazine", ("Dose",), text)


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("references on examplazine", True),
        ("who are the authors of the examplazine guideline?", True),
        ("Doe et al examplazine", True),
        ("examplazine", False),
        ("should I refer a patient on examplazine?", False),
    ],
)
def test_a_question_may_be_about_what_stands_around_the_body(question, asked):
    assert is_asked(question) is asked


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """Eight references that say little but the name, and a body that says it once."""
    root = tmp_path_factory.mktemp("apparatus")
    entries = (
        f"## References\n\n{n}. Doe J. Examplazine, examplazine {n}. J Ex Med 20{n};{n}:{n}.\n"
        for n in range(10, 18)
    )
    for number, text in enumerate(entries):
        (root / f"r{number}.md").write_text(f"# Paper {number}\n\n{text}", encoding="utf-8")
    body = "Take examplazine daily: examplazine is taken with food in the morning."
    (root / "body.md").write_text(f"# Guide\n\n## Dose\n\n{body}\n", encoding="utf-8")
    with medrag.Index.build([root], root / "i", embedder="hashing", progress=False) as made:
        yield made


@pytest.mark.parametrize("k", [1, 3, 9])
def test_a_body_stands_before_references_that_are_more_like_the_name(index, k):
    hits = index.search("examplazine", k)
    assert hits[0].passage.section[-1] == "Dose"
    assert [hit.rank for hit in hits] == list(range(1, k + 1))
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_references_come_first_where_they_are_asked_for_or_the_kind_of_question_is_off(index):
    off = RetrievalSettings(question_kind=False)
    assert index.search("examplazine", 1, settings=off)[0].passage.section[-1] == "References"
    assert index.search("examplazine references", 1)[0].passage.section[-1] == "References"


def test_an_explanation_says_what_set_a_passage_back(index):
    shown = index.explain("examplazine", 9).hits
    assert [hit.scores.prior_kind for hit in shown] == ["", *["references or contents"] * 8]
    assert {hit.scores.prior for hit in shown[1:]} == {-0.2}
