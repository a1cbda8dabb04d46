"""Misspelled drug names: found where they are, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrag.clinical import tables
from medrag.core.query import Query, RetrievalSettings
from medrag.retrieval.understanding import understand
from medrag.retrieval.understanding.misspelling import edits, is_known, near_drugs
from medrag.retrieval.understanding.vocabulary import vocabulary
from medrag.text.ordinary import ordinary_words


def never(word):
    return False


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("metopralol", "metoprolol"),
        ("metropolol", "metoprolol"),
        ("lisinipril", "lisinopril"),
        ("amoxacillin", "amoxicillin"),
        ("hydroclorothiazide", "hydrochlorothiazide"),
        ("gabapenten", "gabapentin"),
        ("coumidin", "coumadin"),
        ("omeprasole", "omeprazole"),
        ("warferin", "warfarin"),
        ("levothyroxin", "levothyroxine"),
        ("ciprofloxicin", "ciprofloxacin"),
        ("acetominophen", "acetaminophen"),
    ],
)
def test_a_slip_is_corrected(written, meant):
    found = understand(Query(text=f"can i take {written} daily"), RetrievalSettings())
    assert [(more.asked, more.text) for more in found.added if more.kind == "misspelling"] == [
        (written, meant)
    ]
    assert found.dense_text == f"can i take {meant} daily"


@pytest.mark.parametrize(
    "word",
    [
        "cycloserine",  # not cyclosporine
        "tioconazole",  # not terconazole
        "rifamycin",  # not rifampicin
        "streptozocin",  # not streptomycin
        "cortisol",  # not cortisone
        "pancreas",  # not Pancreaze
        "androgen",  # not AndroGel
        "carnitine",
        "colitis",
        "stents",
        "mitigated",
    ],
)
def test_another_drug_or_word_stays(word):
    assert is_known(word, vocabulary(None), never) or not near_drugs(word)


def test_no_name_and_no_ordinary_word_is_ever_corrected():
    names = {
        name.lower()
        for row in tables.rows("drugs")
        for name in (row["key"], *tables.items(row["names"]), *tables.items(row["brands"]))
        if name.isalpha()
    }
    words = [*names, *ordinary_words()]
    assert [word for word in words if not is_known(word, vocabulary(None), never)] == []


def test_a_word_that_stands_in_the_documents_is_left_alone():
    asked = Query(text="can i take metopralol daily")
    found = understand(asked, RetrievalSettings(), stands=lambda word: word == "metopralol")
    assert found.added == ()


def test_a_word_between_two_drugs_is_left_alone_and_the_reader_is_told():
    found = understand(Query(text="hydroxyzone dose"), RetrievalSettings())
    near = {one.key for one in near_drugs("hydroxyzone")}
    if len(near) > 1:
        assert found.notes
    assert len([more for more in found.added if more.kind == "misspelling"]) == (len(near) == 1)


@given(st.text("abcde", max_size=7), st.text("abcde", max_size=7))
def test_edits_are_symmetric_and_zero_for_the_same_word_only(one, other):
    assert edits(one, other, 9) == edits(other, one, 9)
    assert (edits(one, other, 9) == 0) == (one == other)


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [
        ("abc", "abc", 0),
        ("abc", "acb", 1),
        ("abc", "ac", 1),
        ("abc", "axc", 1),
        ("abcd", "dcba", 3),
    ],
)
def test_a_swap_of_neighbours_is_one_edit(one, other, count):
    assert edits(one, other, 9) == count
