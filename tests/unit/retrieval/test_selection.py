"""Which hits are returned: what may stand for another, and several documents before one."""

from __future__ import annotations

import pytest

from medrag.core.document import Document, Passage, Source
from medrag.core.query import Hit
from medrag.core.span import Span
from medrag.retrieval.sameness import said
from medrag.retrieval.selection import Placed, Selection


def make_hit(text, *, title="t", key=None, section=(), in_force=True) -> Hit:
    source = Source(key=key or title, title=title, sha256="0" * 64)
    document = Document.of(text, source)
    passage = Passage.cut(document, Span(start=0, end=len(text)))
    passage = passage.model_copy(update={"section": section})
    return Hit(passage=passage, source=source, score=1.0, rank=1, retriever="x", in_force=in_force)


SAME = (
    ("Examplazine is given daily.", "EXAMPLAZINE is given,\ndaily"),
    ("Give the dose at night", "Give a dose at night"),
    ("Glucophage 500 mg is taken with meals", "metformin 500 mg is taken with meals"),
)
DIFFERENT = (
    ("Give 5 mg", "Give 50 mg"),
    ("Give 0.5 mg", "Give 5 mg"),
    ("Give 1.5 mg", "Give 1 5 mg"),
    ("eGFR < 30 mL/min", "eGFR > 30 mL/min"),
    ("A change of -5 mmol/L", "A change of 5 mmol/L"),
    ("It is recommended", "It is not recommended"),
    ("It should be given", "It may be given"),
    ("Metformin is avoided", "Glipizide is avoided"),
    ("The dose is raised", "The dose is lowered"),
)


@pytest.mark.parametrize(("one", "other"), SAME)
def test_case_marks_articles_and_names_of_one_drug_may_differ(one, other):
    assert said(make_hit(one)) == said(make_hit(other))


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_numbers_comparators_drugs_and_every_other_word_may_not(one, other):
    assert said(make_hit(one)) != said(make_hit(other))


TEXT = "Avoid in pregnancy."


def test_the_same_words_about_two_things_are_not_the_same():
    assert said(make_hit(TEXT, title="Metformin")) != said(make_hit(TEXT, title="Warfarin"))
    assert said(make_hit(TEXT, title="Type 1")) != said(make_hit(TEXT, title="Type 2"))
    adults, children = make_hit(TEXT, section=("Adults",)), make_hit(TEXT, section=("Children",))
    assert said(adults) != said(children)


def test_labels_of_two_manufacturers_that_say_the_same_are_one():
    one = make_hit(TEXT, title="Metformin tablets (Acme)", section=("5.4 Pregnancy",))
    other = make_hit(TEXT, title="GLUCOPHAGE (metformin)", section=("Use", "8.1 Pregnancy"))
    assert said(one) == said(other)


def test_what_is_in_force_is_never_replaced_by_what_is_not():
    assert said(make_hit(TEXT)) != said(make_hit(TEXT, in_force=False))


def selected(pairs, size, *, repeated):
    selection = Selection(size, repeated=repeated)
    selection.offer(Placed(n, hit, score) for n, (hit, score) in enumerate(pairs))
    return selection.result()


def of(document_id, hit):
    passage = hit.passage.model_copy(update={"document_id": document_id})
    return hit.model_copy(update={"passage": passage})


@pytest.mark.parametrize(("repeated", "rows"), [(0.0, [0, 1, 2]), (0.1, [0, 3, 1])])
def test_each_passage_of_a_document_costs_the_next_one(repeated, rows):
    pairs = [(of("a", make_hit(f"text {n}")), score) for n, score in enumerate((0.9, 0.8, 0.75))]
    pairs.append((of("b", make_hit("another")), 0.72))
    found = selected(pairs, 3, repeated=repeated)
    assert [placed.row for placed in found] == rows
    assert [placed.hit.rank for placed in found] == [1, 2, 3]
    scores = [placed.hit.score for placed in found]
    assert scores == sorted(scores, reverse=True)


def test_the_better_of_two_that_say_the_same_stays():
    pairs = [(make_hit("same"), 0.5), (make_hit("SAME"), 0.9), (make_hit("other"), 0.1)]
    assert [placed.row for placed in selected(pairs, 3, repeated=0.0)] == [1, 2]


def test_the_third_copy_of_a_text_without_numbers_is_left_out_too():
    pairs = [(make_hit(text), 0.9 - n / 10) for n, text in enumerate(("one", "two", "ONE", "Two"))]
    assert [placed.row for placed in selected(pairs, 4, repeated=0.0)] == [0, 1]
