"""Vectors that are kept are the vectors that would be computed again."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from medrag.embedders import open_embedder
from medrag.embedders.hashing import HashingEmbedder
from medrag.embedders.remembered import RememberedEmbedder, remembered

STATEMENTS = ["Give examplazine with food.", "Stop otherazine.", "Monitor potassium."]


class Counting(HashingEmbedder):
    """Counts the texts that are computed."""

    rows_alone = True

    def __init__(self) -> None:
        super().__init__(dim=8)
        self.computed: list[str] = []

    def embed_passages(self, texts: Sequence[str], **kwargs: object) -> np.ndarray:
        self.computed += texts
        return super().embed_passages(texts)


def test_a_statement_is_computed_once_however_often_it_is_compared() -> None:
    inner = Counting()
    embedder = RememberedEmbedder(inner)
    first = embedder.embed_passages(STATEMENTS)
    again = embedder.embed_passages([STATEMENTS[2], "Weigh daily.", STATEMENTS[0]])
    assert inner.computed == [*STATEMENTS, "Weigh daily."]
    np.testing.assert_array_equal(again[[2, 0]], first[[0, 2]])


def test_what_was_used_longest_ago_goes_first() -> None:
    inner = Counting()
    embedder = RememberedEmbedder(inner, most_bytes=2 * 8 * 4)  # two rows of eight floats
    for text in ("a", "b", "a", "c", "a", "b"):
        embedder.embed_passages([text])
    assert inner.computed == ["a", "b", "c", "b"]


def test_a_batch_larger_than_the_memory_still_has_all_its_rows() -> None:
    embedder = RememberedEmbedder(Counting(), most_bytes=8 * 4)
    expected = HashingEmbedder(dim=8).embed_passages(STATEMENTS)
    np.testing.assert_array_equal(embedder.embed_passages(STATEMENTS), expected)
    np.testing.assert_array_equal(embedder.embed_passages(STATEMENTS), expected)


def test_rows_of_minilm_are_the_same_to_the_last_bit_and_from_many_threads() -> None:
    inner = open_embedder("minilm")
    embedder = remembered(inner)
    assert isinstance(embedder, RememberedEmbedder)
    expected = inner.embed_passages(STATEMENTS)
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(embedder.embed_passages, [STATEMENTS] * 8):
            np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(embedder.embed_queries(STATEMENTS), expected)
    assert embedder.count_tokens(STATEMENTS) == inner.count_tokens(STATEMENTS)


def test_no_text_is_no_row_and_a_lone_surrogate_is_a_text() -> None:
    embedder = RememberedEmbedder(Counting())
    assert embedder.embed_passages([]).shape == (0, 8)
    assert embedder.embed_passages(["5 \ud835 mg"]).shape == (1, 8)


def test_an_embedder_whose_rows_depend_on_the_batch_is_left_alone() -> None:
    plain = HashingEmbedder()
    plain.rows_alone = False
    assert remembered(plain) is plain


def test_progress_counts_every_text_kept_or_computed() -> None:
    embedder = RememberedEmbedder(Counting())
    told: list[int] = []
    embedder.embed_passages(STATEMENTS, progress=told.append)
    embedder.embed_passages(STATEMENTS, progress=told.append)
    assert sum(told) == 2 * len(STATEMENTS)


@pytest.mark.parametrize("field", ["name", "digest", "dim", "max_tokens"])
def test_it_is_known_by_what_it_remembers_for(field: str) -> None:
    inner = Counting()
    assert getattr(RememberedEmbedder(inner), field) == getattr(inner, field)
