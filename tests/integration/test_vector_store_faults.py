"""An index in a LlamaIndex vector store: half pushes, wrong settings, failing stores."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from llama_index.core.vector_stores import SimpleVectorStore

import making_indexes
import reading_indexes
from making_indexes import build, make_vector
from medrag.core.query import Filters
from medrag.errors import (
    BackendError,
    ConfigError,
    IndexStateError,
    InputError,
)
from medrag.index import Store, open_index, pull, push, verify
from medrag.index.llama_index.settings import VectorsFile, open_store
from medrag.index.llama_index.store import name_of, row_of
from reading_indexes import generations_seen

SIMPLE = """
folder = "kept"
store = "llama_index.core.vector_stores:SimpleVectorStore"
persist = "vectors.json"
"""


def make_generation(number: int, files: int = 3) -> making_indexes.Corpus:
    return {
        f"file{file}.txt": (
            "\n".join(f"generation {number} file {file} line {line}" for line in range(40)),
            {},
        )
        for file in range(files)
    }


@pytest.fixture
def url(tmp_path) -> str:
    (tmp_path / "vectors.toml").write_text(SIMPLE)
    return f"llama-index://{tmp_path / 'vectors.toml'}"


@pytest.fixture
def place(tmp_path) -> Path:
    build(tmp_path / "index", make_generation(1))
    return tmp_path / "index"


def numbers(tmp_path: Path) -> set[str]:
    return {path.name for path in (tmp_path / "kept").iterdir() if path.is_dir()}


def test_a_reader_that_searches_all_the_while_never_sees_half_a_generation(url, place):
    push(place, url)
    command = [sys.executable, reading_indexes.__file__, url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as reader:
        answers = [reader.stdout.readline().strip()]
        for number in range(2, 7):
            build(place, make_generation(number))
            push(place, url, keep=2)
            answers.append(reader.stdout.readline().strip())
        reader.kill()
        answers += [line.strip() for line in reader.stdout if line.endswith("\n")]
    assert not [answer for answer in answers if not answer.isdigit()]
    assert len(set(answers)) > 2


def test_a_push_that_is_killed_leaves_the_old_generation(url, place, tmp_path):
    push(place, url)
    build(place, make_generation(2, files=60))
    code = (
        "import sys\nfrom medrag.index import push\n"
        "push(sys.argv[1], sys.argv[2], say=lambda step: print(step, flush=True))\n"
    )
    command = [sys.executable, "-c", code, str(place), url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert "vectors" in process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
    assert generations_seen(url) == {"1"}
    build(place, make_generation(3))
    push(place, url)
    assert generations_seen(url) == {"3"}
    assert numbers(tmp_path) == {"000001", "000003"}  # what died was removed


def test_a_reader_keeps_its_push_until_it_closes(url, place, tmp_path):
    push(place, url)
    with contextlib.closing(open_index(url)) as index:
        for number in (2, 3):
            build(place, make_generation(number))
            push(place, url, keep=1)
        assert numbers(tmp_path) == {"000001", "000003"}
        rows = index.dense(make_vector("x")[None], 3)[1][0].tolist()
        texts = [h.passage.text for h in index.hits([(r, 1.0) for r in rows], retriever="x")]
        assert all(text.startswith("generation 1 ") for text in texts)


def test_pulled_is_what_was_pushed(url, place, tmp_path):
    push(place, url)
    with Store.open(place) as store:
        expected = store.manifest
    build(place, make_generation(2))
    push(place, url)
    assert pull(url, tmp_path / "copy", generation=1) == expected
    assert verify(tmp_path / "copy") == []
    with pytest.raises(IndexStateError, match="generation 7 is not kept there; 1, 2 are"):
        pull(url, tmp_path / "seventh", generation=7)


def test_a_push_of_what_is_there_already_sends_nothing(url, place):
    assert push(place, url).is_new
    assert not push(place, url).is_new


class Forgetful(SimpleVectorStore):
    """Loses every second vector."""

    def add(self, nodes, **given):
        return super().add(nodes[::2], **given)


class Silent(SimpleVectorStore):
    """Has every vector and answers nothing about those it does not like."""

    def query(self, query, **given):
        raise RuntimeError("https://user:secret@vectors.example said no to the question")


def test_a_store_that_finds_too_little_is_refused_and_the_old_push_counts(
    url, place, tmp_path, monkeypatch
):
    push(place, url)
    build(place, make_generation(2))
    monkeypatch.setattr("llama_index.core.vector_stores.SimpleVectorStore", Forgetful)
    with pytest.raises(IndexStateError, match=r"finds \d+\.\d% of the nearest, it must find 95%"):
        push(place, url)
    monkeypatch.undo()
    assert generations_seen(url) == {"1"}


def test_what_a_store_says_of_its_failure_is_not_repeated(url, place, monkeypatch):
    push(place, url)
    with contextlib.closing(open_index(url)) as index:
        index.engine = Silent()
        with pytest.raises(BackendError, match="could not be searched") as caught:
            index.dense(make_vector("x")[None], 3)
        assert "secret" not in str(caught.value)
        assert caught.value.__cause__ is None


def test_a_filter_that_leaves_little_is_answered_by_the_folder_itself(url, place):
    push(place, url)
    with Store.open(place) as measure, contextlib.closing(open_index(url)) as index:
        name = next(measure.sources())[0]
        few = Filters(document_ids=(name,))
        index.engine = SimpleVectorStore()  # proposes nothing
        for filters in (few, Filters()):
            true = measure.dense(make_vector("y")[None], 5, allowed=measure.select(filters))
            found = index.dense(make_vector("y")[None], 5, allowed=index.select(filters))
            assert found[1].tolist() == true[1].tolist()


def test_missing_vectors_are_found_by_verify(url, place, tmp_path):
    push(place, url)
    assert verify(url) == []
    (tmp_path / "kept" / "000001" / "vectors.json").write_text(
        '{"embedding_dict": {}, "text_id_to_ref_doc_id": {}, "metadata_dict": {}}'
    )
    assert len(verify(url)) >= 100


@pytest.mark.parametrize(
    ("line", "error", "told"),
    [
        ('store = "os:system"', InputError, "no LlamaIndex vector store"),
        ('store = "os.path"', ConfigError, "MODULE:CLASS"),
        ('store = "llama_index.core.vector_stores:Nothing"', InputError, "has no 'Nothing'"),
        (
            'store = "llama_index.vector_stores.no_such:Store"',
            BackendError,
            "pip install llama-index-vector-stores-no-such",
        ),
        ('stroe = "x:y"', ConfigError, "Did you mean 'store'"),
    ],
)
def test_wrong_settings_are_told(tmp_path, place, line, error, told):
    path = tmp_path / "wrong.toml"
    path.write_text(f'folder = "kept"\npersist = "vectors.json"\n{line}\n')
    with pytest.raises(error, match=told):
        push(place, f"llama-index://{path}")


def test_pushes_that_would_share_a_collection_are_refused(tmp_path, place):
    path = tmp_path / "shared.toml"
    store = "llama_index.core.vector_stores:SimpleVectorStore"
    path.write_text(f'folder = "kept"\nstore = "{store}"\n[arguments]\nname = "guidelines"\n')
    with pytest.raises(InputError, match="a place of its own"):
        push(place, f"llama-index://{path}")


def test_keys_come_from_the_environment_and_other_objects_from_known_libraries(monkeypatch):
    seen = {}

    class Remembering(SimpleVectorStore):
        def __init__(self, **given):
            seen.update(given)
            super().__init__()

    monkeypatch.setattr("llama_index.core.vector_stores.SimpleVectorStore", Remembering)
    monkeypatch.setenv("MEDRAG_TEST_KEY", "secret")
    arguments = {
        "key": {"env": "MEDRAG_TEST_KEY"},
        "collection": "guidelines_{push}",
        "dim": "{dim}",
        "more": {"list": ["{push}", 5]},
    }
    name = "llama_index.core.vector_stores:SimpleVectorStore"
    settings = VectorsFile(folder="kept", store=name, arguments=arguments)
    open_store(settings, Path(), push=7, dim=384)
    assert seen == {
        "key": "secret",
        "collection": "guidelines_7",
        "dim": 384,
        "more": {"list": ["7", 5]},
    }
    hostile = VectorsFile(folder="kept", store=name, arguments={"x": {"make": "os:getcwd"}})
    with pytest.raises(InputError, match="known are objects of"):
        open_store(hostile, Path(), push=1, dim=8)
    monkeypatch.delenv("MEDRAG_TEST_KEY")
    with pytest.raises(InputError, match="MEDRAG_TEST_KEY is not set"):
        open_store(settings, Path(), push=7, dim=384)


def test_ids_say_the_row():
    assert name_of(5) == "00000000-0000-0000-0000-000000000005"
    assert [row_of(name_of(row)) for row in (0, 5, 1 << 40)] == [0, 5, 1 << 40]
    assert row_of("17") == 17  # a store that only knows positions
