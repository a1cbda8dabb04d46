"""One suite over every registered vector index: what `core.protocols.VectorIndex` promises."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from medrag.index.flat import FlatIndex
from medrag.index.part import write_vectors
from medrag.index.rescored import measured_recall
from medrag.registry import names, resolve

DIM = 30
ROWS = 20_000
TOLERANCE = 5e-4  # half precision: 30 rounded products of numbers below 1


def unit(vectors: np.ndarray) -> np.ndarray:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    chance = np.random.default_rng(0)
    centers = unit(chance.normal(size=(200, DIM)))
    near = centers[chance.integers(0, 200, ROWS)] + 0.15 * chance.normal(size=(ROWS, DIM))
    return unit(near)


@pytest.fixture(scope="module", params=names("vector-index"))
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


def make_index(folder: Any, kind: str, vectors: np.ndarray) -> Any:
    write_vectors(folder, vectors.astype(np.float16), kind)
    return resolve("vector-index", kind).open(folder)


@pytest.fixture(scope="module")
def folder(kind, vectors, tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp(kind)
    make_index(place, kind, vectors)
    return place


@pytest.fixture(scope="module")
def index(kind, folder) -> Any:
    return resolve("vector-index", kind).open(folder)


@pytest.fixture(scope="module")
def questions(vectors) -> np.ndarray:
    chance = np.random.default_rng(1)
    return unit(vectors[chance.integers(0, ROWS, 40)] + 0.1 * chance.normal(size=(40, DIM)))


def found_share(scores: np.ndarray, products: np.ndarray, k: int) -> float:
    """Share of the answers that are as good as the true k-th best, by score."""
    true = -np.sort(-products, axis=1)[:, k - 1 : k]
    return float(np.mean(scores >= true - TOLERANCE))


def test_it_knows_how_many_vectors_it_holds(index):
    assert len(index) == ROWS


def test_a_vector_is_its_own_nearest_with_score_one(index, kind, vectors):
    scores, rows = index.search(vectors[::500], 1)
    np.testing.assert_allclose(scores[:, 0], 1.0, atol=TOLERANCE)
    assert np.mean(rows[:, 0] == np.arange(0, ROWS, 500)) >= resolve("vector-index", kind).floor


def test_scores_are_inner_products_and_fall(index, vectors, questions):
    scores, rows = index.search(questions, 10)
    true = np.take_along_axis(questions @ vectors.T, rows, axis=1)
    np.testing.assert_allclose(scores, true, atol=TOLERANCE)
    assert (np.diff(scores, axis=1) <= 0).all()
    assert scores.dtype == np.float32
    assert rows.dtype == np.int64


def test_scores_stay_within_the_range_of_a_cosine(index, vectors):
    scores, _ = index.search(vectors[:200], 3)
    assert scores.max() <= 1.0
    assert scores.min() >= -1.0


def test_it_finds_what_its_kind_promises(index, kind, vectors, questions):
    scores, _ = index.search(questions, 10)
    assert found_share(scores, questions @ vectors.T, 10) >= resolve("vector-index", kind).floor


@pytest.mark.parametrize("share", [0.9, 0.4, 0.1, 0.01])
def test_a_filter_comes_before_ranking(index, kind, vectors, questions, share):
    allowed = np.random.default_rng(2).random(ROWS) < share
    scores, rows = index.search(questions, 10, allowed=allowed)
    assert rows.shape == (len(questions), 10)
    assert allowed[rows].all()
    products = questions @ vectors[allowed].T
    assert found_share(scores, products, 10) >= resolve("vector-index", kind).floor


def test_a_filter_against_the_question_costs_no_hit(index, kind, vectors, questions):
    for question in questions[:8]:
        products = vectors @ question
        allowed = products < np.median(products)  # everything near is forbidden
        scores, rows = index.search(question[None], 10, allowed=allowed)
        assert allowed[rows].all()
        share = found_share(scores, products[None, allowed], 10)
        assert share >= resolve("vector-index", kind).floor


def test_an_index_never_pads(index, questions):
    allowed = np.zeros(ROWS, dtype=bool)
    allowed[[3, 5, 8]] = True
    scores, rows = index.search(questions, 10, allowed=allowed)
    assert scores.shape == rows.shape == (len(questions), 3)
    assert {tuple(sorted(line)) for line in rows.tolist()} == {(3, 5, 8)}
    scores, rows = index.search(questions[:2], 10, allowed=np.zeros(ROWS, dtype=bool))
    assert scores.shape == rows.shape == (2, 0)


def test_more_than_there_is_gives_everything_once(kind, vectors, tmp_path):
    index = make_index(tmp_path, kind, vectors[:50])
    scores, rows = index.search(vectors[:3], 80)
    assert scores.shape == (3, 50)
    assert all(sorted(line) == list(range(50)) for line in rows.tolist())


def test_a_batch_answers_as_its_questions_do_alone(index, questions):
    scores, rows = index.search(questions, 5)
    for number, question in enumerate(questions):
        alone_scores, alone_rows = index.search(question[None], 5)
        np.testing.assert_allclose(alone_scores[0], scores[number], atol=1e-6)
        assert set(alone_rows[0]) == set(rows[number])


def test_no_question_gives_no_line(index):
    scores, rows = index.search(np.empty((0, DIM), dtype=np.float32), 5)
    assert len(scores) == len(rows) == 0


def test_a_mask_and_questions_are_not_changed(index, questions):
    allowed = np.random.default_rng(3).random(ROWS) < 0.5
    before, asked = allowed.copy(), questions.copy()
    index.search(questions, 5, allowed=allowed)
    assert (allowed == before).all()
    assert (questions == asked).all()


@pytest.mark.parametrize("rows", [1, 2, 17])
def test_a_tiny_index_answers_exactly(kind, vectors, tmp_path, rows):
    index = make_index(tmp_path, kind, vectors[:rows])
    scores, found = index.search(vectors[:1], 5)
    true = -np.sort(-(vectors[:rows] @ vectors[0]))[:5]
    np.testing.assert_allclose(scores[0], true, atol=TOLERANCE)
    assert found[0, 0] == 0


def test_equal_vectors_are_all_found_and_go_by_row(kind, vectors, tmp_path):
    index = make_index(tmp_path, kind, np.repeat(vectors[:5], 3, axis=0))
    _, rows = index.search(vectors[1:2], 3)
    assert rows[0].tolist() == [3, 4, 5]


def test_the_same_files_give_the_same_answers(kind, index, folder, questions):
    reopened = resolve("vector-index", kind).open(folder)
    first, second = index.search(questions, 10), reopened.search(questions, 10)
    assert (first[1] == second[1]).all()
    assert (first[0] == second[0]).all()


def test_the_measured_recall_reaches_the_floor(kind, index, folder):
    floor = resolve("vector-index", kind).floor
    assert floor <= measured_recall(index, FlatIndex(folder)) <= 1.0
