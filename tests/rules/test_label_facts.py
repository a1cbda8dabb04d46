"""The tables' numbers and names looked up in real labels, and real labels read by the checker."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from medrag.checker import check

pytestmark = pytest.mark.shared
LOOKUP = Path(__file__).resolve().parents[2] / "benchmarks" / "label_facts.py"
DOSES = {"MED101", "MED102", "MED103", "MED104", "MED105", "MED107"}
CHUNK, MOST = 3000, 9000


@pytest.fixture(scope="module")
def lookup():
    spec = importlib.util.spec_from_file_location("label_facts", LOOKUP)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up by name
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture
def found(lookup, shared_data):
    by_table = defaultdict(list)
    for fact in lookup.facts(shared_data):
        by_table[fact.table].append(fact.stands)
    return by_table


@pytest.mark.parametrize(
    ("table", "least", "share"),
    [
        ("doses", 600, 0.80),
        ("renal", 90, 0.85),
        ("ages", 25, 0.80),
        ("interactions", 150, 0.70),
        ("contraindications", 50, 0.80),
    ],
)
def test_most_of_what_a_row_says_stands_in_the_label(found, table, least, share):
    """The rest are sums, guideline doses and facts of the partner's label, each read."""
    assert len(found[table]) >= least
    assert sum(found[table]) >= share * len(found[table])


def test_a_number_inside_another_does_not_stand(lookup):
    assert lookup.stands(lookup.Decimal(400), "up to 400 mg a day")
    assert lookup.stands(lookup.Decimal(2000), "not more than 2 g")
    assert not lookup.stands(lookup.Decimal(400), "up to 1400 mg a day")
    assert not lookup.stands(lookup.Decimal(5), "0.5 mg")


def sections(shared):
    for path in sorted((shared / "corpora/openfda_labels/json").glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        for label in content if isinstance(content, list) else content.get("results", [content]):
            yield " ".join(label.get("dosage_and_administration", ()))[:MOST]


def test_dosing_sections_of_labels_are_read_and_seldom_above_our_limits(shared_data):
    alarms, read = 0, 0
    for text in sections(shared_data):
        for start in range(0, len(text), CHUNK):
            report = check(text[start : start + CHUNK])
            alarms += sum(
                f.rule_id in DOSES and f.severity != "info" for f in report.findings
            )  # a label's own doses are no errors
            read += 1
    assert read > 200
    assert alarms <= 0.12 * read
