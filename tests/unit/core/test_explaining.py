"""An explanation reads as short lines, on a terminal and in a notebook."""

from __future__ import annotations

import pytest

from medrag.core.explaining import answerable_line, understood_lines, why_lines
from medrag.core.understanding import (
    Added,
    Explanation,
    HeadingPrior,
    HitScores,
    QuestionKind,
    UnderstoodQuery,
)


def added(asked, text, kind, reason="why"):
    source = "table: Row 7"
    return Added(asked=asked, text=text, weight=1, kind=kind, reason=reason, source=source)


UNDERSTOOD = UnderstoodQuery(
    question="xyz dose, examplazin",
    dense_text="xyz dose, examplazine",
    added=(
        added("xyz", "example yellow zone", "abbreviation"),
        added("xyz", "one", "related"),
        added("xyz", "two", "related"),
        added("examplazin", "examplazine", "misspelling"),
        added("", "geriatric", "patient", "age 82"),
    ),
    kinds=(QuestionKind(name="dose", told_by="dose"),),
    headings=(HeadingPrior(phrases=("dosage", "<dose>"), bonus=0.2, kind="dose"),),
    notes=("abc: read as written",),
)


def test_a_question_is_told_in_the_order_in_which_it_is_read():
    assert understood_lines(UNDERSTOOD) == [
        'Asks for: dose ("dose")',
        "Looked for as well:",
        "  xyz: example yellow zone (what it stands for; Row 7)",
        "  xyz: one, two (goes with it; Row 7)",
        "  examplazin: examplazine (nearest drug name; the word itself is none; Row 7)",
        "  geriatric (age 82)",
        "The corrected spelling is what is compared by meaning.",
        "Headings preferred for dose: dosage, <dose>",
        "Left open: abc: read as written",
    ]


def test_a_question_that_needs_nothing_says_so():
    plain = UnderstoodQuery(question="x", dense_text="x")
    assert understood_lines(plain) == ["Looked for as it is asked; no words added."]


def test_a_hit_is_told_by_the_parts_of_its_score():
    scores = HitScores(
        dense=0.71,
        dense_rank=2,
        lexical=0.5,
        lexical_rank=11,
        fused=0.6,
        prior=0.02,
        prior_kind="dose",
        rerank=0.9,
        matched=("the", "dose"),
        matched_added=("geriatric",),
    )
    assert why_lines(scores) == [
        "why: meaning 0.71 (2nd); words 0.50 (11th); together 0.60; heading for dose +0.020; "
        "read again 0.90",
        "words asked: dose",
        "words added: geriatric",
    ]


def test_a_search_that_did_not_find_a_hit_is_named():
    assert why_lines(HitScores(dense=0.3, dense_rank=1)) == [
        "why: meaning 0.30 (1st); words: not among the best"
    ]


@pytest.mark.parametrize(
    ("chance", "word"), [(0.9, "likely (90%)"), (0.5, "uncertain (50%)"), (0.1, "unlikely (10%)")]
)
def test_the_chance_of_an_answer_is_a_word_and_a_number(chance, word):
    line = answerable_line(Explanation(understood=UNDERSTOOD, hits=(), answerable=chance))
    assert line == f"That these passages answer it is {word}."


def test_no_chance_is_told_where_none_is_known():
    assert answerable_line(Explanation(understood=UNDERSTOOD, hits=())) is None


def test_a_notebook_shows_the_same_lines_escaped():
    html = Explanation(understood=UNDERSTOOD, hits=())._repr_html_()
    assert "example yellow zone" in html
    assert "&lt;dose&gt;" in html
    assert "<dose>" not in html
