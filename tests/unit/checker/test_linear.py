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


PIECES = [
    "metformin ",
    "1,000",
    "0",
    "a-",
    "INR 2, ",
    "eGFR 25 mL/min. ",
    "every 8 hours ",
    "10 mg ",
    "(see [1]) ",
    "warfarin, ibuprofen, ",
    "MRI of the left knee. ",
    "Give metformin. ",
    "Stop warfarin. ",
    "- lisinopril 10 mg daily\n",
    "Give metformin 500 mg by mouth twice daily. ",
    "Continue warfarin 5 mg daily, INR 2.5.\n",
    "If potassium > 5.5, hold spironolactone. ",
    "Start apixaban 5 mg for atrial fibrillation; ",
    "morphine 5 mg IV q4h prn pain. ",
    "insulin 10 units in 500 mL | ",
    "he takes digoxin 250 mcg ",
]


@pytest.mark.parametrize("piece", PIECES)
def test_the_time_is_linear_in_the_length_of_a_hostile_text(piece):
    check("warm")
    text = piece * (LONG // len(piece))
    # four times the length takes 3.4 to 5.3 times as long; sixteen would be square
    once = min(seconds(text[:SHORT]) for _ in range(2))
    assert min(seconds(text) for _ in range(2)) < max(10 * once, 0.3)
