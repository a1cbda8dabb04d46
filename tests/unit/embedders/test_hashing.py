"""The embedder without weights."""

from __future__ import annotations

import numpy as np
import pytest

from medrag.embedders import open_embedder
from medrag.embedders.hashing import HashingEmbedder
from medrag.errors import InputError


def test_it_gives_the_same_numbers_on_every_machine() -> None:
    vector = HashingEmbedder(dim=8).embed_passages(["a b"])[0]
    # crc32 of a, #<a>, b, #<b>: 0xe8b7be43, 0x03358475, 0x71beeff9, 0x2818d7b6
    expected = np.zeros(8)
    expected[(0xE8B7BE43 >> 1) % 8] += 1.0
    expected[(0x03358475 >> 1) % 8] += 0.25
    expected[(0x71BEEFF9 >> 1) % 8] += 1.0
    expected[(0x2818D7B6 >> 1) % 8] -= 0.25
    np.testing.assert_allclose(vector, expected / np.linalg.norm(expected), atol=1e-6)


def test_case_and_punctuation_make_no_difference() -> None:
    one, other = HashingEmbedder().embed_passages(["Examplazine, 5 mg!", "examplazine 5 MG"])
    np.testing.assert_allclose(one, other, atol=1e-6)


def test_text_without_a_word_is_the_first_unit_vector() -> None:
    vectors = HashingEmbedder(dim=8).embed_passages(["", " ?! "])
    assert vectors.tolist() == [[1, 0, 0, 0, 0, 0, 0, 0]] * 2


def test_words_and_punctuation_are_counted() -> None:
    assert HashingEmbedder().count_tokens(["5 mg/kg, daily", ""]) == [6, 0]


@pytest.mark.parametrize("argument", ["7", "4097", "x", "-8", "12.5"])
def test_a_dimension_out_of_range_is_refused(argument: str) -> None:
    with pytest.raises(InputError, match="dimension"):
        open_embedder(f"hashing:{argument}")


def test_another_dimension_is_another_embedder() -> None:
    wide, narrow = open_embedder("hashing"), open_embedder("hashing:128")
    assert (wide.dim, narrow.dim) == (256, 128)
    assert wide.digest != narrow.digest
    assert narrow.name == "hashing:128"
