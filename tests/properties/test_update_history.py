"""However an index came to hold what it holds: words weigh as in one that was built at once."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from making_indexes import build
from medrag.index import Store

WORDS = ["examplazine", "otherazine", "HbA1c", "renal", "dose"]
TEXTS = (
    "examplazine dose\nrenal dose of examplazine",
    "otherazine\n" + "HbA1c renal " * 20,
    "dose",
    "HbA1c\notherazine dose otherazine",
)
"""Few, so that much stays from one corpus to the next."""

CORPORA = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(TEXTS), min_size=1)


def word_scores(path, words):
    with Store.open(path) as store:
        found = store.lexical(words, len(store) + 1)
        return sorted((store.passage(row).id, score) for row, score in found)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    history=st.lists(CORPORA, min_size=2, max_size=4),
    words=st.sets(st.sampled_from(WORDS), min_size=1).map(" ".join),
)
def test_updates_leave_no_trace_in_scores(history, words):
    with tempfile.TemporaryDirectory() as updated, tempfile.TemporaryDirectory() as at_once:
        for corpus in history:
            files = {key: (text, {}) for key, text in corpus.items()}
            build(Path(updated), files)
        build(Path(at_once), files)
        assert word_scores(Path(updated), words) == word_scores(Path(at_once), words)
