"""Tables, references, registry and generated pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from medrag.checker import describe, rules, run_cases
from medrag.checker.pages import pages
from medrag.checker.rows import DoseRow
from medrag.checker.tables import load_knowledge
from medrag.errors import UnknownNameError

DOCS = Path(__file__).resolve().parents[3] / "docs" / "rules"


def test_ids_are_unique_sorted_and_well_formed():
    ids = [rule.id for rule in rules()]
    assert ids == sorted(set(ids))
    assert all(i[:3] in {"MED", "LAB", "PRO", "QUO"} and i[3:].isdigit() for i in ids)


def test_every_row_names_a_reference_that_exists():
    knowledge = load_knowledge()
    for table, rows in knowledge.tables.items():
        if table not in {"groups", "sources"}:
            assert all(knowledge.reference(row).title for row in rows)


def test_a_label_reference_names_the_drug_and_the_section():
    row = load_knowledge().rows(DoseRow, "metformin")[0]
    reference = load_knowledge().reference(row, "metformin")
    assert reference.title == "metformin prescribing information (FDA label)"
    assert reference.section == "Dosage and Administration"


def test_an_unknown_rule_is_refused_with_the_near_miss():
    with pytest.raises(UnknownNameError, match="Did you mean 'MED"):
        run_cases("MED1O1")


def test_a_description_shows_why_and_its_cases():
    text = describe("MED112")
    assert "wrong or fatal route" in text
    assert "routes (" in text
    assert text.count("fires") >= 2


def test_the_pages_in_docs_are_the_generated_ones():
    made = pages()
    stored = {path.name: path.read_text(encoding="utf-8") for path in DOCS.glob("*.md")}
    assert sorted(stored) == sorted(made)
    assert [name for name in made if made[name] != stored[name]] == []
