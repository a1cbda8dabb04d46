"""Drafts of a judged set from an index, and what breaks in one when the index changes."""

from __future__ import annotations

from datetime import date

import pytest

from medrag.errors import InputError
from medrag.evaluation import Case, Expected, JudgedSet
from medrag.evaluation.drafting import draft_set
from medrag.evaluation.linting import lint
from medrag.evaluation.reading import read_set
from medrag.evaluation.writing import yaml_set
from medrag.pipeline.index import Index

OLD = "# Warfarin 2019\n\n## Bleeding\n\nGive vitamin K 10 mg to adults with an INR above 9.\n"
NEW = (
    "# Warfarin 2024\n\n## Bleeding\n\nGive vitamin K 5 mg to adults with an INR above 10.\n\n"
    "- Repeat the INR on the next morning in everybody who was given vitamin K.\n\n"
    "This page was printed on a Tuesday in the old building of the pharmacy.\n"
)
CORPUS = """
["old.md"]
key = "warfarin-2019"
title = "Warfarin 2019"
series = "warfarin"
effective = 2019-01-01
kind = "protocol"
specialty = "hematology"

["new.md"]
key = "warfarin-2024"
title = "Warfarin 2024"
series = "warfarin"
effective = 2024-01-01
kind = "protocol"
specialty = "hematology"
"""


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    folder = tmp_path_factory.mktemp("docs")
    (folder / "old.md").write_text(OLD)
    (folder / "new.md").write_text(NEW)
    (folder / "corpus.toml").write_text(CORPUS)
    with Index.build([folder], folder / "i", embedder="hashing", progress=False) as built:
        yield built


def broken(index, as_of=None, **expected):
    case = Case(
        id="a", question="x", expect=Expected(**expected), judged_by="n", judged_on="2026-01-01"
    )
    found = lint(JudgedSet(name="s", cases=(case,), as_of=as_of), index)
    return [(problem.field.removeprefix("expect."), problem.kind) for problem in found]


def test_references_that_hold_are_let_pass(index):
    passage = index.search("vitamin K")[0].passage.id
    found = broken(
        index,
        status="answered",
        documents="warfarin-2024",
        not_documents="warfarin-2019",
        passages=passage,
        quotations="Give vitamin K 5 mg to  adults with an INR above 10.",
        not_quotations="Give vitamin K 10 mg to adults with an INR above 9.",
        spans="VITAMIN K 5 mg",
        findings=("daily-dose", "MED101"),
    )
    assert found == []


@pytest.mark.parametrize(
    ("expected", "kind"),
    [
        ({"documents": "warfarin-2018"}, "document"),
        ({"not_documents": "warfarin-2018"}, "document"),
        ({"documents": "warfarin-2019"}, "edition"),
        ({"passages": "0123456789abcdef"}, "passage"),
        ({"quotations": "Give vitamin K 6 mg to adults."}, "quotation"),
        ({"not_quotations": "Give vitamin K 6 mg to adults."}, "quotation"),
        ({"spans": "6 mg"}, "span"),
        ({"findings": "daily-doze"}, "finding"),
        ({"not_findings": "MED999"}, "finding"),
    ],
)
def test_what_the_index_no_longer_holds_is_found(index, expected, kind):
    field = next(iter(expected))
    assert broken(index, **expected) == [(f"{field}.0", kind)]


def test_a_quotation_that_stands_in_another_document_is_told_so(index):
    case = Case(
        id="a",
        question="x",
        expect=Expected(
            documents="warfarin-2024",
            quotations="Give vitamin K 10 mg to adults with an INR above 9.",
        ),
    )
    found = lint(JudgedSet(name="s", cases=(case,)), index)
    assert "It stands in another." in found[1].message
    assert not found[0].is_broken, "nobody signed it"


def test_a_quotation_of_an_unknown_document_is_a_broken_document(index):
    quotation = {"text": "Give vitamin K 5 mg", "document": "warfarin-2018"}
    assert broken(index, quotations=quotation) == [("quotations.0", "document")]


def test_the_day_of_the_set_decides_which_edition_is_in_force(index):
    assert broken(index, as_of=date(2020, 1, 1), documents="warfarin-2019") == []
    assert broken(index, as_of=date(2020, 1, 1), documents="warfarin-2024") == [
        ("documents.0", "edition")
    ]


def test_a_case_that_expects_nothing_is_noted(index):
    found = lint(JudgedSet(name="s", cases=(Case(id="a", question="x"),)), index)
    assert [(problem.kind, problem.is_broken) for problem in found] == [("note", False)]


def test_a_draft_names_place_dose_and_the_edition_it_replaces(index):
    judged = draft_set(index, count=1)
    case = judged.cases[0]
    assert case.question == 'What does "Warfarin 2024" say about vitamin K, under "Bleeding"?'
    assert case.expect.documents == ("warfarin-2024",)
    assert case.expect.not_documents == ("warfarin-2019",)
    assert case.expect.quotations[0].text.startswith("Give vitamin K 5 mg to adults")
    assert any("5 mg" in fact[0] for fact in case.expect.must)
    assert (case.specialty, case.kind, case.tags) == ("hematology", "protocol", ("draft",))
    assert case.judged_by is None


def test_drafts_are_a_set_without_broken_references(index, tmp_path):
    judged = draft_set(index, count=10)
    assert [problem for problem in lint(judged, index) if problem.is_broken] == []
    assert not any(one.text.startswith("- ") for c in judged.cases for one in c.expect.quotations)
    (tmp_path / "draft.yaml").write_text(yaml_set(judged))
    assert read_set(tmp_path / "draft.yaml") == judged


def test_the_same_seed_drafts_the_same(index):
    assert draft_set(index, seed=3) == draft_set(index, seed=3)


def test_an_index_with_nothing_in_force_cannot_be_drafted_from(index):
    with pytest.raises(InputError, match="Nothing in this index"):
        draft_set(index, as_of=date(2000, 1, 1))
