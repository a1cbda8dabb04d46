"""Which editions are in force: every expectation is written by hand."""

from __future__ import annotations

from datetime import date

import pytest

from medrag.index.editions import Edition, in_force, rings, superseded

DAY = date(2024, 6, 1)


def day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def edition(key: str, *, start: str | None = None, **fields: object) -> Edition:
    return Edition(key=key, effective=day(start), **fields)  # type: ignore[arg-type]


def test_a_source_without_dates_or_successors_is_in_force():
    assert in_force([edition("a")], DAY) == [True]


@pytest.mark.parametrize(
    ("effective", "expires", "expected"),
    [
        ("2024-06-01", None, True),
        ("2024-06-02", None, False),
        (None, "2024-06-01", True),
        (None, "2024-05-31", False),
        ("2020-01-01", "2030-01-01", True),
    ],
)
def test_both_days_of_its_term_are_in_force(effective, expires, expected):
    source = Edition(key="a", effective=day(effective), expires=day(expires))
    assert in_force([source], DAY) == [expected]


def test_what_was_published_later_was_not_in_force_then():
    assert in_force([Edition(key="a", published=day("2025-01-01"))], DAY) == [False]


def test_the_effective_day_counts_before_the_day_of_publication():
    source = Edition(key="a", published=day("2025-01-01"), effective=day("2024-01-01"))
    assert in_force([source], DAY) == [True]


def test_a_named_successor_replaces():
    old, new = edition("old"), edition("new", supersedes=("old",))
    assert in_force([old, new], DAY) == [False, True]
    assert superseded([old, new], DAY) == {"old": ("new",)}


def test_a_successor_replaces_only_once_it_has_started():
    old, new = edition("old"), edition("new", start="2024-07-01", supersedes=("old",))
    assert in_force([old, new], DAY) == [True, False]
    assert in_force([old, new], date(2024, 7, 1)) == [False, True]


def test_an_old_guideline_does_not_come_back_when_its_successor_expires():
    new = Edition(key="new", expires=day("2024-01-01"), supersedes=("old",))
    assert in_force([edition("old"), new], DAY) == [False, False]


def test_a_chain_leaves_only_its_last():
    chain = [edition("a"), edition("b", supersedes=("a",)), edition("c", supersedes=("b",))]
    assert in_force(chain, DAY) == [False, False, True]


def test_the_latest_started_edition_of_a_series_is_in_force():
    series = [
        edition("2019", start="2019-01-01", series="sepsis"),
        edition("2023", start="2023-01-01", series="sepsis"),
        edition("2025", start="2025-01-01", series="sepsis"),
        edition("other", start="2001-01-01", series="asthma"),
    ]
    assert in_force(series, DAY) == [False, True, False, True]
    assert superseded(series, DAY) == {"2019": ("2023",)}


def test_editions_of_one_day_are_both_shown():
    series = [edition(key, start="2023-01-01", series="sepsis") for key in ("a", "b")]
    assert in_force(series, DAY) == [True, True]


def test_an_edition_without_dates_cannot_be_ordered_and_stays():
    series = [edition("dated", start="2023-01-01", series="s"), edition("undated", series="s")]
    assert in_force(series, DAY) == [True, True]


@pytest.mark.parametrize("length", [1, 2, 3])
def test_sources_that_replace_each_other_in_a_ring_all_stay(length):
    keys = "abc"[:length]
    ring = [edition(key, supersedes=(keys[(n + 1) % length],)) for n, key in enumerate(keys)]
    assert in_force(ring, DAY) == [True] * length


def test_a_ring_does_not_save_what_stands_outside_it():
    ring = [edition("a", supersedes=("b", "old")), edition("b", supersedes=("a",)), edition("old")]
    assert in_force(ring, DAY) == [True, True, False]


def test_keys_of_sources_that_are_not_here_replace_nothing():
    assert superseded([edition("new", supersedes=("gone",))], DAY) == {}


def test_two_documents_of_one_key_are_replaced_together():
    editions = [edition("old"), edition("old"), edition("new", supersedes=("old",))]
    assert in_force(editions, DAY) == [False, False, True]


def test_rings_are_told_once_and_apart_from_chains():
    editions = [
        edition("a", supersedes=("b",)),
        edition("b", supersedes=("c", "old")),
        edition("c", supersedes=("a",)),
        edition("me", supersedes=("me", "old")),
        edition("new", supersedes=("a",)),
        edition("old"),
    ]
    assert rings(editions) == [("a", "b", "c"), ("me",)]


def test_two_rings_stay_two_where_one_replaces_the_other():
    first = [edition("a", supersedes=("b", "c")), edition("b", supersedes=("a",))]
    second = [edition("c", supersedes=("d",)), edition("d", supersedes=("c",))]
    assert rings([*second, *first]) == [("a", "b"), ("c", "d")]
    assert superseded([*first, *second], DAY) == {"c": ("a",)}


def test_a_chain_of_any_length_takes_one_walk():
    chain = [edition(f"e{n}", supersedes=(f"e{n - 1}",)) for n in range(1, 30_000)]
    assert in_force(chain, DAY) == [False] * 29_998 + [True]
