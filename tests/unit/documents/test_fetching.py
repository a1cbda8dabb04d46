"""Documents of an object store are indexed as those of a folder, and named by their URL."""

from __future__ import annotations

import fsspec
import pytest

from medrag.documents.fetching import fetch
from medrag.errors import BackendError, CorpusError
from medrag.index import Store
from medrag.pipeline.index import Index

FILES = {
    "ward/label.txt": "Examplazine 5 mg once daily.\n",
    "ward/label.txt.toml": 'title = "Examplazine label"\n',
    "other.md": "# Otherazine\n\nAvoid it in pregnancy.\n",
    "empty.txt": "",
    "photo.xyz": "no document",
}


@pytest.fixture
def store():
    """An object store in memory that holds `FILES` below `memory://bucket/labels`."""
    files = fsspec.filesystem("memory")
    for name, text in FILES.items():
        files.pipe_file(f"/bucket/labels/{name}", text.encode())
    yield files
    files.rm("/bucket", recursive=True)


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "labels"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def build(source, path, **options):
    with Index.build([source], path, embedder="hashing", progress=False, **options) as index:
        return index.report


def content(path):
    with Store.open(path) as store:
        return {e.path: e.sha256 for e in store.manifest.files if "lexical" not in e.path}


def test_an_object_store_gives_the_index_of_a_folder(store, folder, tmp_path):
    (folder / "empty.txt").unlink()  # its message names the place, which differs
    store.rm("/bucket/labels/empty.txt")
    build("memory://bucket/labels", tmp_path / "ours")
    build(folder, tmp_path / "theirs")
    assert content(tmp_path / "ours") == content(tmp_path / "theirs")


def test_what_is_said_about_an_object_names_its_url(store, tmp_path):
    report = build("memory://bucket/labels/", tmp_path / "i")
    [failed], [skipped] = report.failed, report.skipped
    assert failed.file == "empty.txt"
    assert failed.note == "memory://bucket/labels/empty.txt: the file is empty (0 bytes)."
    assert skipped.file == "memory://bucket/labels/photo.xyz"


def test_a_second_build_reads_only_what_changed(store, tmp_path):
    build("memory://bucket/labels", tmp_path / "i")
    store.pipe_file("/bucket/labels/other.md", b"# Otherazine\n\nGive 2 mg.\n")
    store.rm("/bucket/labels/ward/label.txt")
    report = build("memory://bucket/labels", tmp_path / "i", prune=True)
    assert (report.read, report.removed, report.embedded) == (1, ("ward/label.txt",), 1)


def test_one_object_brings_its_provenance_along(store, tmp_path):
    with Index.build(
        ["memory://bucket/labels/ward/label.txt"], tmp_path / "i", embedder="hashing"
    ) as index:
        [source] = index.info().sources
    assert (source.key, source.title) == ("label.txt", "Examplazine label")


def test_a_file_url_is_read_where_it_lies(folder, tmp_path):
    assert fetch(folder.as_uri(), tmp_path / "copy").root == folder
    assert not (tmp_path / "copy").exists()


@pytest.mark.parametrize("name", ["../stolen.txt", "a//b.txt", "./x.txt"])
def test_no_object_is_written_outside_the_copy(name, store, tmp_path, monkeypatch):
    place = "/bucket/labels"
    monkeypatch.setattr(type(store), "find", lambda self, path: [f"{place}/{name}"])
    monkeypatch.setattr(type(store), "isfile", lambda self, path: False)
    copy = fetch("memory://bucket/labels", tmp_path / "copy")
    assert copy.skipped == (
        (f"memory://bucket/labels/{name}", "a name that is no path below a folder"),
    )
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_an_object_with_the_name_of_a_folder_is_listed(store, tmp_path, monkeypatch):
    names = ["/bucket/labels/ward", "/bucket/labels/ward/label.txt"]
    monkeypatch.setattr(type(store), "find", lambda self, path: names)
    copy = fetch("memory://bucket/labels", tmp_path / "copy")
    assert [name for name, _ in copy.skipped] == ["memory://bucket/labels/ward"]
    assert (copy.root / "ward" / "label.txt").is_file()


def test_where_nothing_lies_that_is_said(store, tmp_path):
    with pytest.raises(CorpusError, match=r"memory://bucket/no: nothing lies there"):
        build("memory://bucket/no", tmp_path / "i")


def test_a_kind_of_url_that_nobody_knows_is_named(tmp_path):
    with pytest.raises(CorpusError, match="nosuch"):
        build("nosuch://bucket/labels", tmp_path / "i")


def test_a_missing_package_is_named(tmp_path, monkeypatch):
    def missing(url):
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr(fsspec.core, "url_to_fs", missing)
    with pytest.raises(BackendError, match="s3://bucket/labels: Install s3fs to access S3"):
        build("s3://bucket/labels", tmp_path / "i")


def test_a_password_is_never_shown(tmp_path):
    with pytest.raises(CorpusError) as caught:
        build("nosuch://someone:secret@host/labels", tmp_path / "i")
    assert "secret" not in str(caught.value)
