"""Reading and embedding at the same time: the same index, and nothing lost on the way."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from medrag.embedders import open_embedder
from medrag.errors import BackendError
from medrag.index import Store
from medrag.pipeline.building import build
from medrag.pipeline.engines.local import LocalEngine

FILES = 40


class Gated:
    """The hashing embedder, which can be made to wait, to fail, and counts what it was given."""

    def __init__(self, *, fail_at=None, before=lambda: None):
        self._embedder = open_embedder("hashing")
        self._fail_at = fail_at
        self._before = before
        self.calls = []

    def __getattr__(self, name):
        return getattr(self._embedder, name)

    def embed_passages(self, texts, *, progress=None):
        self._before()
        self.calls.append((threading.current_thread(), tuple(texts)))
        if len(self.calls) == self._fail_at:
            raise BackendError("the embedder is gone")
        return self._embedder.embed_passages(texts, progress=progress)

    @property
    def texts(self):
        return [text for _, texts in self.calls for text in texts]


@pytest.fixture
def corpus(tmp_path, monkeypatch):
    monkeypatch.setattr(LocalEngine, "batch", 8)
    folder = tmp_path / "corpus"
    folder.mkdir()
    for number in range(FILES):
        (folder / f"{number:02}.txt").write_text(f"Examplazine {number} mg is dose {number}.\n")
    return folder


def make(corpus, path, embedder):
    return build([corpus], path, embedder=embedder, passage_tokens=64, prune=False, progress=False)


def content(path: Path):
    with Store.open(path) as store:
        files = {entry.path: entry.sha256 for entry in store.manifest.files}
    return {name: digest for name, digest in files.items() if "lexical" not in name}


def test_files_are_read_while_earlier_ones_are_embedded(corpus, tmp_path):
    embedder = Gated()
    report = make(corpus, tmp_path / "i", embedder)
    assert report.embedded == report.passages == len(embedder.texts) == FILES
    assert [len(texts) for _, texts in embedder.calls] == [8] * 5
    assert all(thread is not threading.main_thread() for thread, _ in embedder.calls)


def test_how_fast_either_side_is_does_not_change_a_byte(corpus, tmp_path):
    pause = threading.Event()
    slow = Gated(before=lambda: pause.wait(0.02))
    make(corpus, tmp_path / "fast", Gated())
    make(corpus, tmp_path / "slow", slow)
    assert content(tmp_path / "fast") == content(tmp_path / "slow")


def test_a_build_that_failed_embeds_at_most_one_batch_again(corpus, tmp_path):
    first, second = Gated(fail_at=4), Gated()
    with pytest.raises(BackendError, match="the embedder is gone"):
        make(corpus, tmp_path / "i", first)
    report = make(corpus, tmp_path / "i", second)
    assert report.passages == FILES
    # three batches were saved before the failure; the fifth may have been, right after it
    assert report.embedded == len(second.texts)
    assert len(second.texts) in {FILES - 3 * 8, FILES - 4 * 8}
    again = set(first.texts) & set(second.texts)
    assert len(again) == 8


def test_a_failing_embedder_ends_the_build_and_leaves_the_old_index(corpus, tmp_path):
    make(corpus, tmp_path / "i", Gated())
    before = content(tmp_path / "i")
    (corpus / "new.txt").write_text("Otherazine is avoided in pregnancy.\n")
    with pytest.raises(BackendError):
        make(corpus, tmp_path / "i", Gated(fail_at=1))
    assert content(tmp_path / "i") == before


def test_vectors_belong_to_their_passages(corpus, tmp_path):
    make(corpus, tmp_path / "i", Gated())
    embedder = open_embedder("hashing")
    with Store.open(tmp_path / "i") as store:
        texts = [store.passage(row).text for row in range(len(store))]
        vectors = store.vectors(range(len(store)))
    np.testing.assert_allclose(vectors, embedder.embed_passages(texts), atol=1e-3)
