"""A build on Ray goes on without the workers, files and machines that it loses on the way."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time

import pytest

from faulty_plugins import (
    KILLS_ITS_EMBEDDER,
    KILLS_ITS_READER,
    KILLS_ITS_READER_ONCE,
    PAUSE_S,
)
from listening_sockets import listening
from medrag.embedders import open_embedder
from medrag.errors import BackendError, InputError, RefusedCorpusError
from medrag.index import Store
from medrag.index.pending import PendingVectors
from medrag.pipeline.index import Index

pytestmark = [
    pytest.mark.xdist_group("ray"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # files that Ray leaves open
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "corpus"
    folder.mkdir()
    for number in range(40):
        (folder / f"label{number:02}.txt").write_text(f"Examplazine {number} mg once daily.\n")
    return folder


def build(corpus, path, engine="ray", embedder="hashing:64", **options):
    options = {"progress": False, **options}
    with Index.build([corpus], path, engine=engine, embedder=embedder, **options) as index:
        return index.report


def content(path):
    """Return every byte of an index that is about documents; not when and by whom it was made."""
    with Store.open(path) as store:
        files = {entry.path: entry.sha256 for entry in store.manifest.files}
        failed = [(entry.key, entry.kept) for entry in store.manifest.failed]
    return {name: digest for name, digest in files.items() if "lexical" not in name}, failed


def documents(path):
    with Store.open(path) as store:
        return [(name, source.key, count) for name, source, count in store.sources()]


# --- Files that end their worker -------------------------------------------------------------


def test_a_file_that_ends_its_worker_every_time_is_listed_and_the_rest_is_built(
    ray_here, corpus, tmp_path
):
    build(corpus, tmp_path / "theirs", "local")
    (corpus / "label20.faulty").write_text(f"This text {KILLS_ITS_READER}.\n")
    report = build(corpus, tmp_path / "ours")
    [failed] = report.failed
    assert failed.file == "label20.faulty"
    assert "label20.faulty: reading it ended the worker's process 3 times" in failed.note
    assert documents(tmp_path / "ours") == documents(tmp_path / "theirs")
    assert report.read == 40


def test_a_file_that_ends_a_worker_once_is_read_by_another(ray_here, corpus, tmp_path):
    name = "label20.faulty"
    (corpus / name).write_text(f"This text {KILLS_ITS_READER_ONCE}, examplazine 5 mg.\n")
    ours = build(corpus, tmp_path / "ours")
    assert (corpus / f".{name}.met").exists()  # or nothing was lost
    theirs = build(corpus, tmp_path / "theirs", "local")
    assert not ours.failed
    assert ours.embedded == theirs.embedded == 41
    assert content(tmp_path / "ours") == content(tmp_path / "theirs")


def test_a_text_that_ends_every_embedder_costs_its_own_file_only(ray_here, corpus, tmp_path):
    embedder = "faulty"
    build(corpus, tmp_path / "ours", embedder=embedder)
    before = {key: name for name, key, _ in documents(tmp_path / "ours")}
    (corpus / "label07.txt").write_text(f"Examplazine {KILLS_ITS_EMBEDDER}.\n")
    (corpus / "label40.txt").write_text("Examplazine 40 mg once daily.\n")
    report = build(corpus, tmp_path / "ours", embedder=embedder)
    after = {key: name for name, key, _ in documents(tmp_path / "ours")}
    assert [note.file for note in report.failed] == ["label07.txt"]
    assert {key: after[key] for key in before} == before  # its earlier version goes on answering
    assert (report.read, report.embedded, report.passages) == (1, 1, 41)
    (corpus / "label07.txt").write_text("Examplazine 70 mg once daily.\n")
    mended = build(corpus, tmp_path / "ours", embedder=embedder)
    assert (mended.failed, mended.embedded, mended.passages) == ((), 1, 41)


def test_a_strict_build_writes_nothing_where_a_text_cannot_be_embedded(ray_here, tmp_path):
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    header = 'title = "T"\npublisher = "P"\nedition = "1"\npublished = 2024-01-01\n'
    header += 'url = "https://example.org"\nlicence = "CC0"\nkind = "label"\n'
    (corpus / "label.txt").write_text(f"Examplazine {KILLS_ITS_EMBEDDER}.\n")
    (corpus / "label.txt.toml").write_text(header)
    with pytest.raises(RefusedCorpusError, match=r"1 files failed and 0 documents"):
        build(corpus, tmp_path / "i", embedder="faulty", strict=True)
    assert not (tmp_path / "i" / "CURRENT").exists()


# --- The driver ------------------------------------------------------------------------------


def test_after_the_driver_dies_at_most_what_was_under_way_is_embedded_again(
    ray_here, corpus, tmp_path
):
    for number in range(40, 700):
        (corpus / f"label{number:03}.txt").write_text(f"Examplazine {number} mg once daily.\n")
    code = (
        "import sys; from medrag.pipeline.index import Index; "
        "Index.build([sys.argv[1]], sys.argv[2], engine='ray', embedder='faulty')"
    )
    path = tmp_path / "i"
    command = [sys.executable, "-c", code, corpus, path]
    driver = subprocess.Popen(command, env=os.environ | {PAUSE_S: "0.02"})
    pending = path / "pending"
    until = time.monotonic() + 120
    while not any(p.stat().st_size for p in pending.glob("*.vectors")):
        assert driver.poll() is None
        assert time.monotonic() < until
        time.sleep(0.05)
    driver.send_signal(signal.SIGKILL)
    driver.wait()
    digest = open_embedder("faulty").digest
    kept = PendingVectors(pending, embedder_digest=digest, dim=64)
    saved = len(kept)
    kept.close()
    assert saved >= 64
    report = build(corpus, path, embedder="faulty")
    assert report.passages == 700
    assert report.embedded == 700 - saved


def test_what_a_cluster_cannot_give_is_said_at_once(ray_here, corpus, tmp_path):
    with pytest.raises(BackendError, match="2 CPUs and 0 GPUs, less than one worker of 1 CPUs and"):
        build(corpus, tmp_path / "i", "ray?gpus=1")
    with pytest.raises(BackendError, match="less than one worker of 64 CPUs"):
        build(corpus, tmp_path / "i", "ray?cpus=64")


@pytest.mark.parametrize(
    ("engine", "says"),
    [
        ("ray?worker=2", "unknown option of the engine ray 'worker'. Did you mean 'workers'?"),
        ("ray?workers=some", "ray?workers=some: expected a number above 0."),
        ("ray?cpus=0", "ray?cpus=0: expected a number above 0."),
        ("ray:2", "ray:2: expected ray, ray?workers=4 or ray://HOST:PORT."),
    ],
)
def test_a_wrong_option_is_named(engine, says, corpus, tmp_path):
    with pytest.raises(InputError, match=re.escape(says)):
        build(corpus, tmp_path / "i", engine)


def test_nothing_listens_beyond_this_machine_and_nothing_is_reported(ray_here):
    found = set(listening(os.getpid()))
    assert {place for place, _ in found} == {"127.0.0.1"}
    assert len({process for _, process in found}) >= 2  # the store's and the head's at least
    from ray._common.usage import usage_lib

    assert not usage_lib.usage_stats_enabled()
