"""Each part can be turned off, and an institution adds rows."""

from __future__ import annotations

import pytest

from medrag.core.patient import Patient
from medrag.core.query import Query, RetrievalSettings
from medrag.errors import ConfigError
from medrag.retrieval.understanding import understand

QUESTION = "afib on Eliquis, high blood pressure, haemoglobin low, losartin dose"
PARTS = {
    "drug_names": {"ingredient", "brand"},
    "abbreviations": {"abbreviation", "related"},
    "spelling": {"spelling"},
    "synonyms": {"synonym"},
    "misspellings": {"misspelling"},
    "patient_context": {"patient"},
}


def kinds(**settings):
    query = Query(text=QUESTION, patient=Patient(age_years=80))
    return {more.kind for more in understand(query, RetrievalSettings(**settings)).added}


@pytest.mark.parametrize(("part", "what"), PARTS.items())
def test_a_part_that_is_off_adds_nothing_and_leaves_the_others(part, what):
    assert kinds(**{part: False}) == kinds() - what
    assert kinds() & what


def test_without_the_kind_of_question_only_the_patient_has_headings():
    query = Query(text=QUESTION)
    understood = understand(query, RetrievalSettings(question_kind=False))
    assert (understood.kinds, understood.headings) == ((), ())


def test_with_all_parts_off_the_question_stays_as_it_is():
    off = dict.fromkeys([*PARTS, "question_kind"], False)
    understood = understand(Query(text=QUESTION), RetrievalSettings(**off))
    assert understood.model_dump(exclude_defaults=True) == {
        "question": QUESTION,
        "dense_text": QUESTION,
    }


OWN = """
name = "St. Example"

[[abbreviations]]
short = "ZQX"
long = "zone quality examination"

[[abbreviations]]
short = "PE"
long = "plasma exchange"
context = ["apheresis"]

[[synonyms]]
names = ["code stroke protocol", "brain call"]

[[drugs]]
ingredient = "examplazine"
brands = ["Housebrand"]

[[headings]]
kind = "dose"
phrases = ["How much"]
"""


@pytest.fixture
def own(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(OWN, encoding="utf-8")
    return RetrievalSettings(vocabulary=str(path))


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("ZQX at admission", "zone quality examination"),
        ("PE by apheresis", "plasma exchange"),
        ("brain call at night", "code stroke protocol"),
        ("Housebrand at night", "examplazine"),
    ],
)
def test_an_institutions_rows_are_used_and_named(own, question, text):
    added = {more.text: more for more in understand(Query(text=question), own).added}
    assert added[text].source == "St. Example"
    assert text not in {
        more.text for more in understand(Query(text=question), RetrievalSettings()).added
    }


def test_an_institutions_sense_needs_its_context(own):
    added = understand(Query(text="PE and anticoagulation"), own).added
    assert "plasma exchange" not in {more.text for more in added}


def test_an_institutions_headings_have_the_bonus(own):
    assert understand(Query(text="examplazine dose"), own).prior(("How much to give",))[0] > 0


def test_a_key_that_is_none_is_an_error_with_the_near_miss(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text('[[abreviations]]\nshort = "A"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="abbreviations"):
        understand(Query(text="x"), RetrievalSettings(vocabulary=str(path)))


def test_what_an_abbreviation_always_means_in_a_house_replaces_our_senses(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text('[[abbreviations]]\nshort = "PE"\nlong = "plasma exchange"\n')
    understood = understand(
        Query(text="PE and anticoagulation"), RetrievalSettings(vocabulary=str(path))
    )
    longs = [more.text for more in understood.added if more.kind == "abbreviation"]
    assert longs == ["plasma exchange"]
    assert understood.notes == ()


@pytest.mark.parametrize(
    ("row", "where"),
    [
        ('[[abbreviations]]\nshort = ""\nlong = "x"', "short"),
        ('[[abbreviations]]\nshort = "ZQX"\nlong = " "', "long"),
        ('[[abbreviations]]\nshort = "ZQX"\nlong = "x"\ncontext = [""]', "context"),
        ('[[synonyms]]\nnames = ["alone"]', "names"),
        ('[[drugs]]\ningredient = "-"\nbrands = ["Housebrand"]', "ingredient"),
        ('[[headings]]\nkind = "dose"\nphrases = [""]', "phrases"),
        ('[[headings]]\nkind = "dosage"\nphrases = ["How much"]', "'dosage' is no kind"),
    ],
)
def test_a_row_that_says_nothing_is_an_error(tmp_path, row, where):
    path = tmp_path / "own.toml"
    path.write_text(row, encoding="utf-8")
    with pytest.raises(ConfigError, match=where):
        understand(Query(text="x"), RetrievalSettings(vocabulary=str(path)))
