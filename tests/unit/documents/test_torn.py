"""Sentences that the source of a page tore into two paragraphs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from medrag.documents.html import HtmlLoader

LONG = "Treat all partners of the patient, and test everyone who lives in one household with them"


def blocks(tmp_path: Path, markup: str) -> list[str]:
    path = tmp_path / "a.html"
    path.write_text(f"<html><body>{markup}</body></html>", encoding="utf-8")
    (document,) = HtmlLoader().load(path)
    return document.text.split("\n\n")


def paragraphs(*texts: str) -> str:
    return "\n\n".join(f"<p>{text}</p>" for text in texts)


@pytest.mark.parametrize(
    "texts",
    [
        ("Do not give examplazine to patients", "without a pacemaker."),
        ("Examplazine 5 mg is given to", "children over 12 years."),
        ("The dose of 5 mg may be", "doubled after a week."),
        ("The following messages should be told", "to all patients who are screened:"),
        (LONG, "before they are treated again."),
        (f"{LONG}. Testing", "pregnant women is vital."),
        ("2. a titer of examplazine that", "is fourfold higher than before; or"),
        ("• many white cells on microscopy", "of the fluid;"),
        ("Give it to patients with", "renal impairment and", "heart failure twice daily."),
        (LONG, "again. This holds for men <i>and</i> women who had", "signs of the disease."),
        ("Give examplazine, otherazine,", "or both of them together."),
        ("Give <b>5 mg</b> of", "<i>examplazine</i> once daily."),
    ],
)
def test_halves_of_a_sentence_are_one(tmp_path, texts):
    assert blocks(tmp_path, paragraphs(*texts)) == [re.sub("<[^>]*>", "", " ".join(texts))]


@pytest.mark.parametrize(
    "texts",
    [
        ("Use in Children", "examplazine is not recommended."),  # a title
        ("Contraindications", "asthma", "heart block of any grade"),  # items without marks
        ("Stop it in case of any of these", "fever above 38 °C", "rash of any kind."),
        ("Examplazine is used", "to treat gout at any age", "to prevent the next attacks"),
        ("Fever above 38 °C", "or", "Rash"),
        ("Do not give examplazine.", "otherazine is given instead of it."),
        ("Do not give it to:", "patients without a pacemaker."),
        ("Fever for three days;", "chills for one day;"),
        ("Examplazine was given.¹²", "otherazine was not given at all."),
        ("ALT: Alanine aminotransferase", "anti-HBc: Antibody to a core antigen"),
        ("Give one of both, and use", "a. examplazine 5 mg once daily"),
        ("The drug examplazine is not", "Never give it twice."),
        ("Dose", "mg per day", "of the drug"),
        ("It is non-", "toxic in all doses."),
        ("Not recommended", "for children under 6 years give 5 mg daily."),  # a label
    ],
)
def test_what_is_two_stays_two(tmp_path, texts):
    assert blocks(tmp_path, paragraphs(*texts)) == list(texts)


@pytest.mark.parametrize(
    "between",
    ["<h2>Children</h2>", "<p><b>Children</b></p>", "<ul><li>Item</li></ul>", "words", "<p>A.</p>"],
)
def test_what_stands_between_parts_the_halves(tmp_path, between):
    found = blocks(tmp_path, f"<p>Give it to patients of</p>{between}<p>every age and weight.</p>")
    assert len(found) == 3


def test_a_comment_between_the_halves_does_not(tmp_path):
    first, second = "Give it to patients of", "every age and weight."
    assert blocks(tmp_path, f"<p>{first}</p><!-- page 3 --><p>{second}</p>") == [
        f"{first} {second}"
    ]
    assert blocks(tmp_path, f"<td><p>{first}</p><p>{second}</p></td>") == [f"{first} {second}"]


def test_paragraphs_with_breaks_or_blocks_inside_are_left_alone(tmp_path):
    found = blocks(tmp_path, "<p>Give it to<br><br>patients of</p><p>every age and weight.</p>")
    assert found == ["Give it to", "patients of", "every age and weight."]
