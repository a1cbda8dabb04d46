"""A snapshot stays what it was, whatever is done to the index or to it."""

from __future__ import annotations

import shutil

import pytest

from making_indexes import build
from medrag.errors import IndexStateError
from medrag.index import Store, diff, verify
from medrag.index.snapshot import snapshot

FIRST = {"a.txt": ("one\ntwo", {}), "b.txt": ("three", {})}
SECOND = {"a.txt": ("one\nchanged", {}), "c.txt": ("four", {})}


def texts(path) -> dict[str, str]:
    with Store.open(path) as store:
        return {document.source.key: document.text for document in store.documents()}


def test_a_snapshot_stays_when_the_index_changes_or_goes(tmp_path):
    build(tmp_path / "index", FIRST)
    snapshot(tmp_path / "index", tmp_path / "kept")
    build(tmp_path / "index", SECOND)
    with Store.open(tmp_path / "kept") as old, Store.open(tmp_path / "index") as new:
        found = diff(old, new)
        assert (found.added, found.removed, found.changed) == (("c.txt",), ("b.txt",), ("a.txt",))
    shutil.rmtree(tmp_path / "index")
    assert texts(tmp_path / "kept") == {"a.txt": "one\ntwo", "b.txt": "three"}
    assert verify(tmp_path / "kept") == []


def test_building_on_a_snapshot_leaves_the_index_alone(tmp_path):
    build(tmp_path / "index", FIRST)
    snapshot(tmp_path / "index", tmp_path / "kept")
    build(tmp_path / "kept", SECOND)
    assert verify(tmp_path / "index") == []
    assert texts(tmp_path / "index") == {"a.txt": "one\ntwo", "b.txt": "three"}
    assert texts(tmp_path / "kept") == {"a.txt": "one\nchanged", "c.txt": "four"}


def test_a_reader_of_the_snapshot_keeps_no_file_of_the_index(tmp_path):
    build(tmp_path / "index", FIRST)
    snapshot(tmp_path / "index", tmp_path / "kept")
    with Store.open(tmp_path / "kept"):
        build(tmp_path / "index", SECOND)
        build(tmp_path / "index", FIRST)
    folders = sorted(path.name for path in (tmp_path / "index" / "generations").iterdir())
    assert folders == ["000003"]


def test_where_links_are_refused_files_are_copied(tmp_path, monkeypatch):
    build(tmp_path / "index", FIRST)

    def refuse(*_: object) -> None:
        raise OSError(95, "no links here")

    monkeypatch.setattr("os.link", refuse)
    snapshot(tmp_path / "index", tmp_path / "kept")
    assert verify(tmp_path / "kept") == []
    assert texts(tmp_path / "kept") == texts(tmp_path / "index")


def test_a_damaged_index_and_a_folder_that_exists_are_refused(tmp_path):
    build(tmp_path / "index", FIRST)
    (tmp_path / "there").mkdir()
    with pytest.raises(IndexStateError, match="exists already"):
        snapshot(tmp_path / "index", tmp_path / "there")
    victim = next((tmp_path / "index" / "parts").rglob("passages.dat"))
    victim.write_bytes(victim.read_bytes()[::-1])
    with pytest.raises(IndexStateError, match="damaged"):
        snapshot(tmp_path / "index", tmp_path / "kept")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["index", "there"]
