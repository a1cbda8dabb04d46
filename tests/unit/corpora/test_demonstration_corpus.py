"""The shipped documents: attributed, labelled as fictional, and in force as the README says."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from medrag.core.document import Document
from medrag.documents import discover, missing_provenance, read

CORPORA = Path(__file__).resolve().parents[3] / "corpora"
FORMATS = {".html", ".json", ".md", ".pdf", ".txt", ".xml"}


@pytest.fixture(scope="module")
def documents() -> dict[str, Document]:
    """The documents of `corpora/` by key."""
    found = [document for file in discover([CORPORA]).files for document in read(file)]
    return {document.source.key: document for document in found}


def flat(text: str) -> str:
    return " ".join(text.split())


def test_every_file_gives_one_document_with_a_key_of_its_own(documents):
    assert len(documents) == len(discover([CORPORA]).files) == 29


def test_every_format_is_there(documents):
    assert {Path(document.source.path).suffix for document in documents.values()} == FORMATS


def test_only_the_readme_is_passed_over_as_no_document():
    assert [path.name for path, _ in discover([CORPORA]).skipped] == ["README.md"]


def test_every_document_has_complete_provenance(documents):
    missing = {key: missing_provenance(document.source) for key, document in documents.items()}
    assert not any(missing.values()), missing


def test_every_document_has_a_series_a_kind_a_specialty_and_a_jurisdiction(documents):
    for document in documents.values():
        source = document.source
        assert source.series, source.key
        assert source.specialty, source.key
        assert source.jurisdiction == "US", source.key
        assert source.kind in {"guideline", "label", "protocol"}, source.key
        assert source.licence == "CC-BY-4.0", source.key


def test_ten_specialties_are_covered(documents):
    assert len({document.source.specialty for document in documents.values()}) >= 10


def test_every_document_says_on_its_face_that_it_is_not_for_clinical_use(documents):
    for key, document in documents.items():
        text = flat(document.text)
        assert "to demonstrate software" in text, key
        assert "not for clinical use" in text, key
        assert "Creative Commons Attribution 4.0 (CC BY 4.0)" in text, key


def test_every_document_names_a_dated_source(documents):
    for key, document in documents.items():
        text = flat(document.text)
        sources = text[max(text.lower().rfind("sources"), text.rfind("REFERENCES")) :]
        assert any(year in sources for year in map(str, range(1990, 2026))) or "label" in key, key


def test_every_document_is_named_in_the_readme(documents):
    readme = (CORPORA / "README.md").read_text(encoding="utf-8")
    assert [key for key in documents if f"`{key}`" not in readme] == []


def test_supersession_names_sources_that_are_there_and_of_the_same_series(documents):
    pairs = [(d, old) for d in documents.values() for old in d.source.supersedes]
    assert len(pairs) == 4
    for newer, old in pairs:
        older = documents[old].source
        assert older.series == newer.source.series
        assert older.effective < newer.source.effective


def test_all_ways_to_state_provenance_are_used():
    files = discover([CORPORA]).files
    ways = Counter(
        "sidecar" if file.sidecar else "manifest" if file.manifests else "front matter"
        for file in files
    )
    assert ways.keys() == {"sidecar", "manifest", "front matter"}
    sidecars = {file.sidecar.name for file in files if file.sidecar}
    assert {"sepsis-2024.pdf.toml", "thrombosis-2024.toml"} <= sidecars


@pytest.mark.parametrize(
    ("key", "day", "in_date"),
    [
        ("northfield-influenza-2022", date(2023, 6, 30), True),
        ("northfield-influenza-2022", date(2023, 7, 1), False),
        ("northfield-critical-values-2040", date(2039, 12, 31), False),
        ("northfield-critical-values-2040", date(2040, 1, 1), True),
        ("northfield-sepsis-2024", date(2024, 2, 29), False),
        ("northfield-sepsis-2024", date(2024, 3, 1), True),
    ],
)
def test_a_document_is_in_date_from_its_effective_to_its_expiry_day(documents, key, day, in_date):
    assert documents[key].source.in_date(day) is in_date


@pytest.mark.parametrize(
    ("key", "labels"),
    [
        ("northfield-sepsis-2024", ["12", "13", "14"]),
        ("northfield-thrombosis-2024", ["i", "ii", "1", "2"]),
    ],
)
def test_pages_carry_their_printed_numbers(documents, key, labels):
    assert [page.label for page in documents[key].pages] == labels


def test_the_columns_of_a_page_are_read_one_after_the_other(documents):
    text = flat(documents["northfield-sepsis-2024"].text)
    order = ["1. Scope", "4. Fluid", "5. Vasopressors", "10. Record", "11. Choice", "12. Kidney"]
    places = [text.index(heading) for heading in order]
    assert places == sorted(places)


def test_labels_keep_the_version_and_the_day_they_state_themselves(documents):
    metformin = documents["demo-label-metformin"].source
    assert metformin.effective == date(2024, 1, 15)
    assert metformin.series == "2c5f3a1e-8d47-4c8e-9b1f-5d0a7e3b6c11"
    assert documents["demo-label-apixaban"].source.effective == date(2023, 9, 1)
