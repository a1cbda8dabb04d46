"""What every registered embedder promises (`core.protocols.Embedder`)."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from making_embedders import WHEEL, make_static
from medrag.core.protocols import Embedder
from medrag.embedders import open_embedder
from medrag.registry import names

SPELLINGS = {
    "hashing": "hashing",
    "minilm": "minilm",
    "sentence-transformers": f"sentence-transformers:{WHEEL}",
    "static": "static:{folder}",
}
"""Registered name -> one spelling that opens on a machine without a network."""

TEXTS = [
    "Examplazine 5 mg by mouth twice daily with food.",
    "Do not give otherazine below an eGFR of 30 mL/min/1.73m2.",
    "Monitor potassium.",
    "The table lists doses by weight; see section 4.2 for children under 12 years.",
]

ODD = {
    "empty": "",
    "white space": " \t\n\u00a0",
    "NUL": "dose\0dose",
    "emoji": "\U0001f48a\U0001f468\u200d\u2695\ufe0f",
    "lone surrogate": "5 \ud835 mg",
    "right to left": "\u05de\u05d9\u05e0\u05d5\u05df",
    "one long word": "x" * 10_000,
    "a megabyte": "a tablet of examplazine " * 43_691,
}


@pytest.fixture(scope="module", params=sorted(SPELLINGS))
def embedder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Embedder:
    spelling: str = SPELLINGS[request.param]
    if request.param == "static":
        folder = make_static(tmp_path_factory.mktemp("embedders") / "words")
        spelling = spelling.format(folder=folder)
    return open_embedder(spelling)


def tolerance(embedder: Embedder) -> float:
    # torch sums in another order for another batch; ours compute each text alone
    return 1e-4 if embedder.name.startswith("sentence-transformers") else 0.0


def test_every_registered_embedder_is_under_this_contract() -> None:
    assert set(SPELLINGS) == set(names("embedder"))


def test_vectors_are_float32_one_row_a_text_and_of_unit_norm(embedder: Embedder) -> None:
    for vectors in (embedder.embed_passages(TEXTS), embedder.embed_queries(TEXTS)):
        assert vectors.dtype == np.float32
        assert vectors.shape == (len(TEXTS), embedder.dim)
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_no_text_gives_no_row(embedder: Embedder) -> None:
    assert embedder.embed_passages([]).shape == (0, embedder.dim)
    assert embedder.embed_queries([]).shape == (0, embedder.dim)
    assert embedder.embed_queries([]).dtype == np.float32
    assert embedder.count_tokens([]) == []


def test_the_same_text_gives_the_same_row_again(embedder: Embedder) -> None:
    first, second = embedder.embed_passages(TEXTS), embedder.embed_passages(TEXTS)
    np.testing.assert_array_equal(first, second)


def test_a_text_alone_has_the_row_it_has_in_a_batch(embedder: Embedder) -> None:
    together = embedder.embed_passages([*TEXTS, "word " * 300])
    alone = np.concatenate([embedder.embed_passages([text]) for text in TEXTS])
    np.testing.assert_allclose(alone, together[: len(TEXTS)], rtol=0, atol=tolerance(embedder))


def test_rows_keep_the_order_of_the_texts(embedder: Embedder) -> None:
    forward = embedder.embed_passages(TEXTS)
    backward = embedder.embed_passages(TEXTS[::-1])
    np.testing.assert_allclose(backward[::-1], forward, rtol=0, atol=tolerance(embedder))
    assert len(np.unique(forward.round(3), axis=0)) == len(TEXTS)


@pytest.mark.parametrize("kind", sorted(ODD))
def test_odd_text_has_a_unit_vector_and_a_count(embedder: Embedder, kind: str) -> None:
    vectors = embedder.embed_passages([ODD[kind]])
    assert np.isfinite(vectors).all()
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    assert len(embedder.count_tokens([ODD[kind]])) == 1


def test_what_stands_after_max_tokens_changes_nothing(embedder: Embedder) -> None:
    kept = "dose " * embedder.max_tokens
    both = embedder.embed_passages([kept, kept + "and then something else entirely"])
    np.testing.assert_allclose(both[0], both[1], rtol=0, atol=tolerance(embedder))


def test_tokens_are_counted_uncut(embedder: Embedder) -> None:
    short, long = embedder.count_tokens(["dose", "dose " * 5_000])
    assert long - short == 4_999


def test_progress_adds_up_to_the_number_of_texts(embedder: Embedder) -> None:
    seen: list[int] = []
    embedder.embed_passages(TEXTS, progress=seen.append)
    embedder.embed_passages(TEXTS[:1], progress=seen.append)
    assert sum(seen) == len(TEXTS) + 1


def test_near_texts_are_nearer_than_far_ones(embedder: Embedder) -> None:
    question = embedder.embed_queries(["what is the dose of examplazine?"])
    near, far = embedder.embed_passages(
        ["The dose of examplazine is 5 mg twice daily.", "Visiting hours end at eight."]
    )
    assert (question @ near).item() > (question @ far).item() + 0.1


def test_opening_twice_gives_one_digest_and_one_space(embedder: Embedder) -> None:
    other = open_embedder(embedder.name)
    assert other.digest == embedder.digest
    assert other.name == embedder.name
    assert len(other.digest) == 64
    np.testing.assert_array_equal(other.embed_queries(TEXTS), embedder.embed_queries(TEXTS))


def test_threads_share_one_embedder(embedder: Embedder) -> None:
    alone = [embedder.embed_passages([text]) for text in TEXTS]
    with ThreadPoolExecutor(8) as pool:
        shared = list(pool.map(lambda text: embedder.embed_passages([text]), TEXTS * 8))
        counts = list(pool.map(lambda text: embedder.count_tokens([text]), TEXTS * 8))
    for number, vectors in enumerate(shared):
        expected = alone[number % len(TEXTS)]
        np.testing.assert_allclose(vectors, expected, rtol=0, atol=tolerance(embedder))
    assert counts == [embedder.count_tokens([text]) for text in TEXTS] * 8


FORKING = """
import os, signal, sys
import numpy as np
from medrag.embedders import open_embedder
embedder = open_embedder(sys.argv[1])
texts = ["examplazine 5 mg", "otherazine", "monitor potassium"] * 4
before = embedder.embed_passages(texts)
child = os.fork()
if child == 0:
    signal.alarm(50)  # a hung child must not outlive the test
same = np.allclose(embedder.embed_passages(texts), before, atol=1e-4)
if child == 0:
    os._exit(0 if same else 1)
status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
sys.exit(status if same else 2)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork on Windows")
def test_a_forked_child_embeds_as_its_parent_does(embedder: Embedder) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORKING, embedder.name],
        timeout=60,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-500:]
