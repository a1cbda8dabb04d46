"""A judged set written as YAML is the set that is read back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrag.core.patient import Lab, Patient
from medrag.evaluation.judged_set import Case, Expected, JudgedSet, Quotation
from medrag.evaluation.reading import read_set
from medrag.evaluation.writing import yaml_cases, yaml_set

SHIPPED = Path(__file__).parents[3] / "examples" / "northfield.yaml"
WORDS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff\ufffe\uffff"),
    min_size=1,
).filter(str.strip)


def written_and_read(judged: JudgedSet, folder: Path) -> JudgedSet:
    path = folder / "set.yaml"
    path.write_text(yaml_set(judged), encoding="utf-8")
    return read_set(path)


def test_the_shipped_set_is_read_back_as_it_is(tmp_path):
    judged = read_set(SHIPPED)
    assert written_and_read(judged, tmp_path) == judged


def test_a_case_reads_as_a_person_would_write_it():
    case = Case(
        id="a1",
        question="How much examplazine: 5 mg?",
        patient=Patient(age_years=71, labs=(Lab(name="eGFR", value="38.5"),)),
        as_of=date(2026, 1, 2),
        expect=Expected(
            status=("answered",),
            quotations=(Quotation(text="Give 5 mg."), Quotation(text="no", document="key")),
            must=(("5 mg",), ("daily", "once a day")),
            findings=(),
        ),
        tags=("draft",),
    )
    assert yaml_cases([case]) == (
        "  - id: a1\n"
        "    question: 'How much examplazine: 5 mg?'\n"
        "    patient:\n"
        "      age_years: 71\n"
        "      labs:\n"
        "        - name: eGFR\n"
        "          value: 38.5\n"
        "    as_of: 2026-01-02\n"
        "    expect:\n"
        "      status: answered\n"
        "      quotations:\n"
        "        - Give 5 mg.\n"
        "        - text: 'no'\n"
        "          document: key\n"
        "      must:\n"
        "        - 5 mg\n"
        "        - [daily, once a day]\n"
        "      findings: []\n"
        "    tags: [draft]\n"
    )


def test_what_the_head_says_is_not_repeated_and_what_differs_is_kept(tmp_path):
    cases = (
        Case(id="a", question="?", judged_by="A", judged_on=date(2026, 1, 1)),
        Case(id="b", question="?", judged_by="B", judged_on=date(2026, 1, 1)),
    )
    judged = JudgedSet(name="s", judged_by="A", judged_on=date(2026, 1, 1), cases=cases)
    assert yaml_set(judged).count("judged_by") == 2
    assert written_and_read(judged, tmp_path) == judged


@given(question=WORDS, fact=WORDS, tag=WORDS, note=WORDS)
def test_whatever_is_written_is_read_back(tmp_path_factory, question, fact, tag, note):
    case = Case(
        id="x",
        question=question,
        notes=note,
        tags=(tag,),
        expect=Expected(must=((fact, note),), not_quotations=(Quotation(text=fact),)),
    )
    judged = JudgedSet(name="s", notes=note, cases=(case,))
    assert written_and_read(judged, tmp_path_factory.mktemp("set")) == judged


@pytest.mark.parametrize(
    "words", ["1e5", "0E0", "5", "5.0", "true", "null", "~", "0x1f", "2026-01-01"]
)
def test_words_that_look_like_something_else_stay_words(tmp_path, words):
    case = Case(id=words, question=words, expect=Expected(must=((words, "x"),)), tags=(words,))
    judged = JudgedSet(name="s", cases=(case,))
    assert written_and_read(judged, tmp_path) == judged
