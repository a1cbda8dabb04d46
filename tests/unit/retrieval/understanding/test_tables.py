"""The tables are whole: sources, no repeats, names that exist elsewhere."""

from __future__ import annotations

from collections import Counter

import pytest

from medrag.clinical import tables
from medrag.clinical.tables import items
from medrag.retrieval.understanding.vocabulary import own_rows

TABLES = ("abbreviations", "headings", "kinds", "look_alikes", "spelling", "synonyms")


@pytest.mark.parametrize("table", TABLES)
def test_every_row_names_its_source_and_has_its_columns(table):
    for row in own_rows(table):
        assert row["source"].strip(), row
        assert None not in row, row


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("abbreviations", ("short", "long")),
        ("headings", ("kind",)),
        ("kinds", ("kind",)),
        ("look_alikes", ("word",)),
        ("spelling", ("american", "british", "place")),
        ("synonyms", ("clinical",)),
        ("topics", ("topic",)),
    ],
)
def test_no_row_stands_twice(table, columns):
    counted = Counter(tuple(row[column] for column in columns) for row in own_rows(table))
    assert [key for key, count in counted.items() if count > 1] == []


def test_topics_and_kinds_that_rows_name_exist():
    topics = {row["topic"] for row in own_rows("topics")}
    named = {topic for row in own_rows("abbreviations") for topic in items(row["topics"])}
    assert named <= topics
    assert {row["kind"] for row in own_rows("headings")} <= {r["kind"] for r in own_rows("kinds")}


def test_classes_that_topics_name_exist():
    classes = {row["key"] for row in tables.rows("classes")}
    named = {key for row in own_rows("topics") for key in items(row["classes"])}
    assert named - classes == set()


def test_a_rare_sense_has_something_that_speaks_for_it():
    rare = [row for row in own_rows("abbreviations") if row["rare"]]
    assert [row["short"] for row in rare if not row["cues"] and not row["topics"]] == []
