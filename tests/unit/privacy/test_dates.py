from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrag.privacy import Deidentifier
from medrag.privacy.moments import moved, read_moment
from medrag.sealing import SecretKey

DAYS = st.dates(min_value=date(1930, 1, 1), max_value=date(2039, 12, 31))
FORMS = ("%m/%d/%Y", "%Y-%m-%d", "%d %B %Y", "%b %d, %Y", "%d-%b-%Y", "%Y%m%d")


@given(day=DAYS, days=st.integers(-364, -1), form=st.sampled_from(FORMS))
def test_a_moved_date_is_the_day_moved_in_the_same_writing(day, days, form):
    written = day.strftime(form)
    moment = read_moment(written, day_first=False, year=2000)
    assert moment is not None
    assert moment.day == day
    new = read_moment(moved(written, moment, days), day_first=False, year=2000)
    assert new is not None
    assert new.day == day + timedelta(days=days)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("3/4/2024", date(2024, 3, 4)),
        ("14/3/2024", date(2024, 3, 14)),
        ("7. Mai 1953", date(1953, 5, 7)),
        ("27 de febrero de 2025", date(2025, 2, 27)),
        ("14-XI-1947", date(1947, 11, 14)),
        ("the 5th of May, 1930", date(1930, 5, 5)),
        ("03Mar2025", date(2025, 3, 3)),
        ("June 2019", date(2019, 6, 15)),
        ("30 February 2024", date(2024, 2, 28)),
    ],
)
def test_dates_of_many_hands_are_read(written, day):
    moment = read_moment(written, day_first=False, year=2000)
    assert moment is not None
    assert moment.day == day


def test_intervals_are_kept_and_the_earliest_date_starts_its_year():
    done = Deidentifier().deidentify("Pt seen 03/14/2024, again 03/28/2024 and on 11/02/2024.")
    assert done.text == "Pt seen 01/01/2024, again 01/15/2024 and on 08/21/2024."


def test_a_key_moves_dates_of_each_patient_by_its_own_secret():
    from medrag.privacy import Identity

    one = Deidentifier(key=SecretKey(bytes(32))).patient(Identity(key="one"))
    two = Deidentifier(key=SecretKey(bytes(32))).patient(Identity(key="two"))
    other = Deidentifier(key=SecretKey(bytes([1] * 32))).patient(Identity(key="one"))
    day = date(2024, 3, 14)
    assert one.shifted(day) == one.shifted(day)
    assert len({one.shifted(day), two.shifted(day), other.shifted(day)}) == 3
    assert timedelta(days=-364) <= one.shifted(day) - day <= timedelta(days=-1)
    assert one.deidentify("Pt seen 2024-03-14.").text == f"Pt seen {one.shifted(day)}."


def test_years_durations_scores_and_fractions_are_no_dates():
    text = "Pt: PCI in 2015, 3/7 course, pain 7/10, 1/2 tablet, BP 120/80, for 10 days, age 12."
    assert Deidentifier().deidentify(text).spans == ()


def test_a_date_without_a_month_gets_a_tag():
    assert Deidentifier().deidentify("She comes on the 14th.").text == "She comes on [DATE-1]."
