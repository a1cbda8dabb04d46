"""Static embedders: what is opened, what is refused, and that fitting learns its teacher."""

from __future__ import annotations

import json

import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from making_embedders import make_static
from medrag.embedders import open_embedder
from medrag.embedders.fitting import distill
from medrag.embedders.static import ABOUT_FILE, VECTORS_FILE, StaticEmbedder
from medrag.errors import InputError

WORDS = ["dose", "pain", "fever", "rash", "heart", "liver", "daily", "twice", "never", "always"]


@pytest.fixture
def tokenizer_file(tmp_path):
    vocabulary = {word: number for number, word in enumerate(["[UNK]", *WORDS])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    path = tmp_path / "tokenizer.json"
    tokenizer.save(str(path))
    return path


def sentences(count: int) -> list[str]:
    chance = np.random.default_rng(1)
    return [" ".join(chance.choice(WORDS, size=4)) for _ in range(count)]


def test_fitting_brings_the_mean_of_words_near_to_the_teachers_vectors(tmp_path, tokenizer_file):
    teacher = open_embedder("hashing:64")
    distill(
        sentences(3000),
        tmp_path / "words",
        teacher=teacher,
        tokenizer_file=tokenizer_file,
        dim=64,
    )
    fitted = open_embedder(f"static:{tmp_path / 'words'}")
    unseen = sentences(3200)[3000:]
    likeness = fitted.embed_passages(unseen) @ fitted.embed_passages(unseen).T
    true = teacher.embed_passages(unseen) @ teacher.embed_passages(unseen).T
    assert np.corrcoef(likeness.ravel(), true.ravel())[0, 1] > 0.9


def test_a_smaller_vector_keeps_what_tells_texts_apart(tmp_path, tokenizer_file):
    teacher = open_embedder("hashing:64")
    folder = tmp_path / "words"
    distill(sentences(500), folder, teacher=teacher, tokenizer_file=tokenizer_file, dim=8)
    fitted = open_embedder(f"static:{folder}")
    assert fitted.dim == 8
    assert json.loads((folder / ABOUT_FILE).read_text())["texts"] == 500


def test_a_folder_that_exists_is_left_alone(tmp_path, tokenizer_file):
    with pytest.raises(InputError, match="exists already"):
        distill(
            ["dose"],
            tmp_path,
            teacher=open_embedder("hashing"),
            tokenizer_file=tokenizer_file,
        )


@pytest.mark.parametrize("damage", ["missing", "cut", "pickled", "other format"])
def test_what_is_no_static_embedder_is_refused(tmp_path, damage):
    folder = make_static(tmp_path / "words")
    vectors = folder / VECTORS_FILE
    if damage == "missing":
        vectors.unlink()
    elif damage == "cut":
        vectors.write_bytes(vectors.read_bytes()[:1000])
    elif damage == "pickled":
        np.save(vectors, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    else:
        (folder / ABOUT_FILE).write_text('{"format": 99}')
    with pytest.raises(InputError, match="words"):
        StaticEmbedder(folder)


def test_without_a_folder_it_says_how_to_make_one():
    with pytest.raises(InputError, match="medrag index distill"):
        open_embedder("static")


def test_text_without_any_word_has_the_first_unit_vector(tmp_path):
    vectors = StaticEmbedder(make_static(tmp_path / "words")).embed_passages(["", "  "])
    np.testing.assert_array_equal(vectors, np.eye(32, dtype=np.float32)[[0, 0]])
