"""`medrag index diff` and `medrag index export`, over small indexes made without an embedder."""

from __future__ import annotations

import json
import sys
from datetime import date

import pytest

from making_indexes import DIM, build

OLD = {
    "same.txt": ("same", {}),
    "gone.txt": ("gone", {}),
    "guide-2019.txt": ("old advice", {"effective": date(2019, 1, 1)}),
    "text.txt": ("one text", {}),
    "titled.txt": ("titled", {}),
}
NEW = {
    "same.txt": ("same", {}),
    "guide-2019.txt": ("old advice", {"effective": date(2019, 1, 1)}),
    "guide-2024.txt": ("new advice", {"supersedes": ("guide-2019.txt",)}),
    "text.txt": ("another text", {}),
    "titled.txt": ("titled", {"title": "A better title"}),
}


@pytest.fixture
def indexes(tmp_path):
    for name, corpus in (("old", OLD), ("new", NEW)):
        build(tmp_path / name, corpus)
    return tmp_path / "old", tmp_path / "new"


def test_a_difference_names_each_source_under_what_happened_to_it(medrag, indexes):
    outcome = medrag("index", "diff", *indexes)
    assert outcome.status == 0
    assert outcome.out.splitlines() == [
        "added (1):",
        "  guide-2024.txt",
        "removed (1):",
        "  gone.txt",
        "changed (1):",
        "  text.txt",
        "described otherwise, text as before (1):",
        "  titled.txt",
        "superseded (1):",
        "  guide-2019.txt, by guide-2024.txt",
    ]


def test_an_index_does_not_differ_from_itself(medrag, indexes):
    outcome = medrag("index", "diff", indexes[0], indexes[0])
    assert (outcome.status, outcome.out) == (0, "no difference\n")


def test_a_difference_as_json_has_the_same_lists(medrag, indexes):
    found = json.loads(medrag("index", "diff", *indexes, "--json").out)
    assert found == {
        "added": ["guide-2024.txt"],
        "removed": ["gone.txt"],
        "changed": ["text.txt"],
        "described": ["titled.txt"],
        "superseded": [["guide-2019.txt", "guide-2024.txt"]],
        "lapsed": [],
    }


def test_what_is_in_force_in_a_difference_is_decided_for_the_day_given(medrag, tmp_path):
    later = {"effective": date(2030, 1, 1), "supersedes": ("old.txt",)}
    build(tmp_path / "a", {"old.txt": ("old", {})})
    build(tmp_path / "b", {"old.txt": ("old", {}), "new.txt": ("new", later)})
    before = medrag("index", "diff", tmp_path / "a", tmp_path / "b", "--as-of", "2029-12-31")
    after = medrag("index", "diff", tmp_path / "a", tmp_path / "b", "--as-of", "2030-01-01")
    assert "superseded" not in before.out
    assert "old.txt, by new.txt" in after.out


def test_a_difference_with_no_index_is_bad_input(medrag, indexes, tmp_path):
    outcome = medrag("index", "diff", indexes[0], tmp_path / "nothing")
    assert outcome.status == 2
    assert "nothing" in outcome.err


def test_an_export_holds_every_passage_with_its_vector(medrag, indexes, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    target = tmp_path / "out.parquet"
    outcome = medrag("index", "export", "--index", indexes[1], "--out", target)
    assert (outcome.status, outcome.out) == (0, f"{target}: 5 passages\n")
    rows = parquet.read_table(target).to_pylist()
    assert {row["key"]: row["text"] for row in rows} == {k: t for k, (t, _) in NEW.items()}
    assert {row["key"] for row in rows if not row["in_force"]} == {"guide-2019.txt"}
    assert {len(row["vector"]) for row in rows} == {DIM}


def test_an_export_that_cannot_be_written_leaves_nothing(medrag, indexes, tmp_path):
    pytest.importorskip("pyarrow")
    outcome = medrag("index", "export", "--index", indexes[1], "--out", tmp_path / "no" / "x")
    assert outcome.status == 2
    assert outcome.err.startswith("medrag: ")
    assert not (tmp_path / "no").exists()


def test_an_export_of_no_index_does_not_touch_the_file_that_was_there(medrag, tmp_path):
    target = tmp_path / "out.parquet"
    target.write_text("yesterday's")
    outcome = medrag("index", "export", "--index", tmp_path / "nothing", "--out", target)
    assert outcome.status == 2
    assert target.read_text() == "yesterday's"
    assert [path.name for path in tmp_path.iterdir()] == ["out.parquet"]


def test_without_pyarrow_the_extra_to_install_is_named(medrag, indexes, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.delitem(sys.modules, "medrag.index.parquet", raising=False)
    outcome = medrag("index", "export", "--index", indexes[1], "--out", tmp_path / "out.parquet")
    assert outcome.status == 2
    assert "medrag[parquet]" in outcome.err
