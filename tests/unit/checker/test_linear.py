"""Four times a hostile text is four times the work, not sixteen times."""

from __future__ import annotations

import time

import pytest

from medrag.checker import check

SHORT, LONG = 3_000, 12_000


def seconds(text):
    start = time.process_time()
    check(text)
    return time.process_time() - start


@pytest.mark.parametrize("piece", ["metformin ", "1,000", "0", "INR 2, ", "Give metformin. ", "a-"])
def test_the_time_is_linear_in_the_length_of_a_hostile_text(piece):
    check("warm")
    text = piece * (LONG // len(piece))
    # four times the length; ten times the time leaves room for a busy machine, sixteen is square
    once = min(seconds(text[:SHORT]) for _ in range(2))
    assert min(seconds(text) for _ in range(2)) < max(10 * once, 0.3)
