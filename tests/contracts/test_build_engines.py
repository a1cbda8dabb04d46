"""Every engine gives the index of a local build, to the byte, however often it is built on."""

from __future__ import annotations

import os
import shutil

import fsspec
import pytest

from medrag.documents import from_llama_index
from medrag.index import Store
from medrag.pipeline.index import Index
from medrag.registry import BUILTINS

pytestmark = [
    pytest.mark.xdist_group("ray"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # files that Ray leaves open
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

PAPER = (
    "# {name}\n\n## Dosing\n\n{name} {dose} mg once daily.\n\n## Renal\n\nHalve {name} below 30.\n"
)


@pytest.fixture(params=sorted(BUILTINS["build-engine"]))
def engine(request):
    if request.param == "ray":
        request.getfixturevalue("ray_here")
    return request.param


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "corpus"
    for number in range(30):
        place = folder / f"ward{number % 3}"
        place.mkdir(parents=True, exist_ok=True)
        text = PAPER.format(name=f"Examplazine{number}", dose=number + 1)
        (place / f"label{number}.md").write_text(text)
    (folder / "ward0" / "label0.md.toml").write_text('title = "Label nought"\n')
    (folder / "empty.txt").write_text("")
    (folder / "picture.xyz").write_bytes(b"\0")
    return folder


def build(sources, path, engine, **options):
    options = {"embedder": "hashing", "progress": False, **options}
    with Index.build(sources, path, engine=engine, **options) as index:
        return index.report


def content(path):
    """Return everything of an index but what depends on the time or on tantivy's file names."""
    with Store.open(path) as store:
        manifest = store.manifest
        files = {entry.path: entry.sha256 for entry in manifest.files}
        words = store.lexical("examplazine dose", 20)
    return (
        {name: digest for name, digest in files.items() if "lexical" not in name},
        manifest.model_dump(exclude={"created", "files"}),
        words,
    )


def what(report):
    return report.model_dump(exclude={"seconds"})


def change(folder):
    (folder / "ward1" / "label1.md").write_text(PAPER.format(name="Examplazine1", dose=77))
    (folder / "ward2" / "label2.md").unlink()
    (folder / "ward0" / "label3.md").rename(folder / "moved.md")
    (folder / "new.md").write_text(PAPER.format(name="Otherazine", dose=5))
    (folder / "empty.txt").write_text("Examplazine is avoided in pregnancy.\n")


def test_the_index_is_that_of_a_local_build_byte_for_byte(engine, corpus, tmp_path):
    ours = build([corpus], tmp_path / "ours", engine)
    theirs = build([corpus], tmp_path / "theirs", "local")
    assert what(ours) == what(theirs)
    assert content(tmp_path / "ours") == content(tmp_path / "theirs")
    assert (ours.read, len(ours.failed), len(ours.skipped)) == (30, 1, 1)


def test_so_is_what_is_added_changed_moved_and_pruned_later(engine, corpus, tmp_path):
    for name, by in (("ours", engine), ("theirs", "local")):
        build([corpus], tmp_path / name, by)
    change(corpus)
    reports = [
        build([corpus], tmp_path / name, by, prune=True)
        for name, by in (("ours", engine), ("theirs", "local"))
    ]
    assert what(reports[0]) == what(reports[1])
    assert content(tmp_path / "ours") == content(tmp_path / "theirs")
    assert (reports[0].read, len(reports[0].removed), len(reports[0].moved)) == (4, 1, 1)


def test_nothing_is_done_for_an_unchanged_corpus(engine, corpus, tmp_path):
    (corpus / "empty.txt").unlink()
    first = build([corpus], tmp_path / "i", engine)
    second = build([corpus], tmp_path / "i", engine)
    assert (second.read, second.embedded, second.generation) == (0, 0, first.generation)


def test_documents_that_another_reader_has_read_are_taken_too(engine, tmp_path):
    from llama_index.core import Document as ReaderDocument

    given = from_llama_index(
        [ReaderDocument(text=PAPER.format(name="Examplazine", dose=5), metadata={"title": "A"})]
    )
    build(given, tmp_path / "ours", engine)
    build(given, tmp_path / "theirs", "local")
    assert content(tmp_path / "ours") == content(tmp_path / "theirs")


def test_vectors_of_the_default_embedder_are_the_same(engine, corpus, tmp_path):
    for name in ("ward1", "ward2"):
        shutil.rmtree(corpus / name)
    build([corpus], tmp_path / "ours", engine, embedder="minilm")
    build([corpus], tmp_path / "theirs", "local", embedder="minilm")
    assert content(tmp_path / "ours") == content(tmp_path / "theirs")


def test_sources_named_from_the_working_folder_are_found(engine, corpus, tmp_path, monkeypatch):
    monkeypatch.chdir(corpus.parent)
    report = build(["corpus"], "ours", engine)
    assert (report.read, [note.file for note in report.failed]) == (30, ["empty.txt"])
    assert os.fspath(report.failed[0].note).startswith("corpus/empty.txt: ")


def test_documents_of_an_object_store_are_taken_too(engine, corpus, tmp_path):
    files = fsspec.filesystem("memory")
    files.put(str(corpus), "/contract/corpus", recursive=True)
    try:
        build(["memory://contract/corpus"], tmp_path / "ours", engine)
        build(["memory://contract/corpus"], tmp_path / "theirs", "local")
    finally:
        files.rm("/contract", recursive=True)
    assert content(tmp_path / "ours") == content(tmp_path / "theirs")
