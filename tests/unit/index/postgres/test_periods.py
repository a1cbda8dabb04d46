"""Periods in force say on every day what `editions.in_force` says."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from medrag.index.editions import Edition, in_force
from medrag.index.postgres.periods import families, periods_in_force

FIRST = date(2020, 1, 1)
DAYS = st.integers(0, 12).map(lambda number: FIRST + timedelta(days=number))
KEYS = "abcdef"


@st.composite
def editions(draw):
    count = draw(st.integers(0, len(KEYS)))
    return [
        Edition(
            key=KEYS[number],
            series=draw(st.sampled_from([None, "s", "t"])),
            published=draw(st.none() | DAYS),
            effective=draw(st.none() | DAYS),
            expires=draw(st.none() | DAYS | st.just(date.max)),
            supersedes=tuple(draw(st.lists(st.sampled_from(KEYS + "z"), max_size=2))),
        )
        for number in range(count)
    ]


def holds(periods, day):
    return any(
        (first is None or first <= day) and (end is None or day < end) for first, end in periods
    )


@given(editions())
def test_every_day_has_the_same_verdict(given_editions):
    periods = periods_in_force(given_editions, families(given_editions))
    for number in (-400_000, *range(-2, 16), 100_000):
        day = FIRST + timedelta(days=number)
        assert [holds(each, day) for each in periods] == in_force(given_editions, day)


@given(editions())
def test_a_verdict_depends_on_the_family_only(given_editions):
    groups = families(given_editions)
    for group in set(groups):
        members = [e for e, g in zip(given_editions, groups, strict=True) if g == group]
        for number in range(-1, 15):
            day = FIRST + timedelta(days=number)
            verdicts = zip(given_editions, in_force(given_editions, day), strict=True)
            assert in_force(members, day) == [v for e, v in verdicts if e in members]


def test_a_guideline_with_a_later_edition_has_one_period():
    old = Edition(key="old", series="s", published=date(2020, 1, 1))
    new = Edition(key="new", series="s", published=date(2023, 1, 1), expires=date(2024, 1, 1))
    other = Edition(key="other")
    assert families([old, new, other]) == [0, 0, 1]
    assert periods_in_force([old, new, other], [0, 0, 1]) == [
        [(date(2020, 1, 1), date(2023, 1, 1))],
        [(date(2023, 1, 1), date(2024, 1, 2))],
        [(None, None)],
    ]
