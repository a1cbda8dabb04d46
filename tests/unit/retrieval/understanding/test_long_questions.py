"""A question of any length is understood in time that does not grow with its square."""

from __future__ import annotations

import time

import pytest

from medrag.core.query import Query, RetrievalSettings
from medrag.retrieval.understanding import understand

_LONGEST_S = 0.5


@pytest.mark.parametrize(
    "part", ["mg/", "MS ", "a.", "metopralol ", "egfr ", "1 y", "heart attack "]
)
def test_twenty_thousand_characters_are_read_at_once(part):
    understand(Query(text="metopralol"), RetrievalSettings())  # the tables are read before
    start = time.process_time()
    understand(Query(text=(part * 20_000)[:20_000]), RetrievalSettings())
    assert time.process_time() - start < _LONGEST_S


def test_a_long_question_is_embedded_and_searched_whole():
    text = "otherazine " * 300 + "examplazine"
    understood = understand(Query(text=text), RetrievalSettings())
    assert (understood.question, understood.dense_text) == (text, text)
