"""A claim that is nothing but its quotations is grounded by definition."""

from __future__ import annotations

import pytest

from medrag.clinical.verbatim import is_verbatim
from medrag.grounding.claims import ground

HEADER = "eGFR | Start examplazine? | Highest dose"
ROW = "30 to 44 | No | 1,000 mg"


@pytest.mark.parametrize(
    ("claim", "quotes"),
    [
        ("Do not  give it.", ["Do not\ngive it."]),
        ("Avoid: examplazine", ["Avoid:", "• examplazine"]),
        (f"{HEADER} {ROW}", [HEADER, ROW]),
        ("eGFR: 30 to 44; Start examplazine?: No; Highest dose: 1,000 mg", [HEADER, ROW]),
        (
            "Adults: eGFR: 30 to 44; Start examplazine?: No; Highest dose: 1,000 mg",
            [f"Adults\n\n{HEADER}\n{ROW}"],
        ),
    ],
)
def test_words_of_the_quotations_and_rows_under_their_labels_raise_nothing(claim, quotes):
    assert is_verbatim(claim, quotes)
    assert ground(claim, quotes) == []


@pytest.mark.parametrize(
    ("claim", "quotes"),
    [
        ("Do give it.", ["Do not give it."]),
        ("eGFR: 30 to 44; Start examplazine?: Yes; Highest dose: 1,000 mg", [HEADER, ROW]),
        ("eGFR: 30 to 44; Highest dose: 1,000 mg; Start examplazine?: No", [HEADER, ROW]),
        ("eGFR: 30 to 44; Start examplazine?: No; Highest dose: 1,000 mg", [ROW]),
        ("anything", []),
    ],
)
def test_a_changed_dropped_or_moved_word_is_not_verbatim(claim, quotes):
    assert not is_verbatim(claim, quotes)
