"""What each word of a passage adds, computed by hand."""

from __future__ import annotations

import tempfile

import pytest

from medrag.index.postgres.impacts import WordCounts, coarse, sparse_text
from medrag.index.records import to_bytes


@pytest.mark.parametrize(
    ("length", "kept"),
    [(0, 0), (1, 1), (39, 39), (40, 40), (41, 40), (55, 54), (56, 56), (59, 56), (1000, 984)],
)
def test_lengths_are_kept_in_one_byte(length, kept):
    # 24 exact values, then 3 bits of mantissa above 24: 40, 42, ..., 54, 56, 60, ..., 984, 1048.
    assert coarse(length) == kept


def counted(*passages: tuple[str, str]):
    with tempfile.TemporaryFile() as spool:
        words = WordCounts(spool)
        for context, text in passages:
            words.add(to_bytes({"context": context, "text": text}))
        return words.numbers, words.passages, list(words.impacts())


def test_what_a_word_adds_by_hand():
    # Passage 1: "dose dose" = 6 of 6 tokens. Passage 2: "dose" in the title, 12, and "pain", 3.
    # Mean length (6 + 15) / 2 = 10.5. K = 1.2 (0.25 + 0.75 length / 10.5).
    numbers, passages, impacts = counted(("", "dose dose"), ("Dose", "pain"))
    assert numbers == {"dose": 0, "pain": 1}
    assert passages == [2, 1]
    first = 2.2 * 6 / (6 + 1.2 * (0.25 + 0.75 * 6 / 10.5))
    slope = 1.2 * (0.25 + 0.75 * 15 / 10.5)
    assert impacts[0][1].tolist() == pytest.approx([first], rel=1e-6)
    assert impacts[1][0].tolist() == [0, 1]
    assert impacts[1][1].tolist() == pytest.approx([2.2 * 12 / (12 + slope), 2.2 * 3 / (3 + slope)])


def test_a_passage_without_words_adds_nothing():
    _, _, impacts = counted(("", "..."), ("", "dose"))
    assert impacts[0][0].tolist() == []


def test_sparse_vectors_count_from_one_in_text():
    assert sparse_text([(7, 0.5), (0, 1.0)]) == "{1:1.0,8:0.5}/1000000000"
