"""Twice a hostile text is twice the work: nothing is read again from every place in it."""

import time
from itertools import product

import pytest

from medrag.privacy import Deidentifier

ALPHABET = "Aa1 .-/@:,'\n"
SHORT, LONG = 1_000, 6_000
"""Some 10 to 100 ms of work, and enough to show a square of small weight among the rest."""
MOST = 3
"""How many times longer twice the text may take."""
WORDS = (
    *ALPHABET,
    *("A-", "a.b", "A ", "Aa ", "1-", "1.", "1/", "(1", "@a", "a@", "http://", "Dr ", "of ", "A'"),
    *("Mc", "a.ba.", "A- ", "a@b.c ", "at ", "de la ", "A of ", "Aa, ", "Aa and ", "Foo Clinic, "),
    *("lives with ", "lives at Oak, ", "1234 5678 ", "mrn 12345 ", "12 Main Street, ", "INR 4.5 "),
    *("ferritin 1203345 ", "metformin 500 mg ", "sugars 145 220 ", "3/5: Cr 2.6; ", "Wilson, 64M "),
    *("Charles Bonnet ", "from Yass Hb 9, ", "hi Foo, ", "Abimbola's ", "x\u0301", "a;dob;mrn\n"),
)
"""What patterns begin with, or stop at, over and over."""


def _sweep(first):
    """Return runs of one to three characters, each once: that which sorts first begins so."""
    runs = ("".join(run) for length in (1, 2, 3) for run in product(ALPHABET, repeat=length))
    once = {min(run[at:] + run[:at] for at in range(len(run))) for run in runs}
    return sorted(run for run in once if run[0] == first)


@pytest.fixture(scope="module")
def deidentify():
    ready = Deidentifier()
    ready.deidentify("warm up every list: Mrs. Doe, Zzyzx, patient zzyzx says INR 4.5")
    return ready.deidentify


def _growth(deidentify, piece, length):
    """Return how many times longer twice the text takes; 2 where it is too quick to tell.

    What seems to grow is measured once more at four times the length: there a square weighs more
    among the rest of the work, and what a busy machine adds weighs less.
    """
    found = _ratio(deidentify, piece, length)
    return found if found < MOST else _ratio(deidentify, piece, 4 * length)


def _ratio(deidentify, piece, length):
    text = piece * (2 * length)
    once, twice = 1e9, 1e9
    for _ in range(4):  # the best of a few, since other work on the machine disturbs a few
        once = min(once, _seconds(deidentify, text[:length]))
        twice = min(twice, _seconds(deidentify, text[: 2 * length]))
        if twice < max(MOST * once, 0.05):
            return 2
    return twice / once


def _seconds(deidentify, text):
    began = time.process_time()
    deidentify(text)
    return time.process_time() - began


@pytest.mark.parametrize("piece", WORDS)
def test_the_time_is_linear_in_the_length_of_a_hostile_text(deidentify, piece):
    assert _growth(deidentify, piece, SHORT) < MOST


@pytest.mark.parametrize("piece", ["a.ba.", "1-", "\n", "A'", "1234 5678 ", "A, b; "])
def test_no_square_hides_behind_the_rest_of_the_work(deidentify, piece):
    assert _growth(deidentify, piece, LONG) < MOST


@pytest.mark.slow
@pytest.mark.parametrize("first", sorted(ALPHABET))
def test_the_time_is_linear_for_every_run_of_up_to_three_characters(deidentify, first):
    grown = {piece: _growth(deidentify, piece, SHORT) for piece in _sweep(first)}
    assert {piece: ratio for piece, ratio in grown.items() if ratio >= MOST} == {}
