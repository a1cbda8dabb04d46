"""How often, in times per day."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from medrag.clinical.frequency import parse_frequencies

DAYS = {"d": 1, "wk": 7, "mo": 30, "h": 1 / 24, "min": 1 / 1440}


def only(text):
    found = parse_frequencies(text)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("text", "per_day"),
    [
        ("BID", 2),
        ("b.i.d.", 2),
        ("TID with meals", 3),
        ("QID", 4),
        ("once daily", 1),
        ("twice a day", 2),
        ("three times daily with meals", 3),
        ("once daily with meals", 1),
        ("four times every day", 4),
        ("5x/day", 5),
        ("2 two times daily", 2),
        ("q6h", 4),
        ("q 8 hr", 3),
        ("every 12 h", 2),
        ("every twelve hours", 2),
        ("6-hourly", 4),
        ("every other day", "0.5"),
        ("QOD", "0.5"),
        ("every 48 hours", "0.5"),
        ("at bedtime", 1),
        ("nightly", 1),
        ("each morning", 1),
        ("in the morning and at bedtime", 2),
        ("before meals and at bedtime", 4),
        ("once in the evening", 1),
        ("a day", 1),
        ("every 4 hours around the clock", 6),
    ],
)
def test_a_rate_is_read(text, per_day):
    assert only(text).per_day == Decimal(per_day)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("once weekly", 7),
        ("every week", 7),
        ("weekly on Friday", 7),
        ("every 2 weeks", 14),
        ("q3wk", 21),
        ("monthly", 30),
        ("every 3 months", 90),
        ("once a year", 365),
    ],
)
def test_a_long_interval_is_a_small_rate(text, days):
    assert only(text).per_day == 1 / Decimal(days)


def test_days_of_the_week_are_counted():
    assert only("on Monday, Wednesday and Friday").per_day == Decimal(3) / 7


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("every 4 to 6 hours", 4, 6),
        ("q4-6h", 4, 6),
        ("2-3 times daily", 2, 3),
        ("two or three times a day", 2, 3),
        ("tid-qid", 3, 4),
    ],
)
def test_a_range_keeps_both_rates(text, low, high):
    frequency = only(text)
    assert (frequency.per_day_low, frequency.per_day) == (Decimal(low), Decimal(high))


@pytest.mark.parametrize("text", ["q6h PRN", "as needed every 6 hours", "every 6 hours if needed"])
def test_as_needed_counts_at_its_maximum(text):
    frequency = only(text)
    assert frequency.prn
    assert frequency.per_day == Decimal(4)


def test_as_needed_alone_has_no_rate():
    assert only("as needed").per_day is None


@pytest.mark.parametrize("text", ["once", "as a single dose", "stat", "one time"])
def test_a_single_administration_is_one(text):
    frequency = only(text)
    assert frequency.once
    assert frequency.daily_times == Decimal(1)


def test_a_number_of_doses_limits_the_day():
    frequency = only("every 5 minutes for 3 doses")
    assert frequency.per_day == Decimal(288)
    assert frequency.daily_times == Decimal(3)


def test_a_continuous_infusion_has_no_rate():
    assert only("as a continuous infusion").continuous


@pytest.mark.parametrize(
    "text", ["the maximum daily dose", "total daily dose", "daily weight", "one hour later", "2 g"]
)
def test_what_is_no_frequency(text):
    assert parse_frequencies(text) == []


def test_right_eye_is_no_frequency():
    assert only("1 drop OD QID").text == "QID"


@pytest.mark.shared
def test_most_published_directions_are_read_with_the_published_rate(shared_data):
    path = shared_data / "checker" / "sig_inputs" / "ezmed_extracted_sigs.json"
    rows = [r for r in json.loads(path.read_text()) if r.get("periodUnit") and r.get("period")]
    agreed = 0
    for row in rows:
        wanted = (row.get("frequency") or 1) / (row["period"] * DAYS[row["periodUnit"]])
        found = [float(f.per_day) for f in parse_frequencies(row["sig"]) if f.per_day is not None]
        agreed += bool(found) and abs(max(found) - wanted) < 1e-6 * wanted
    # 60 of 70; the rest is one library's shorthand ("1x3") and "od" beside an eye.
    assert agreed / len(rows) >= 0.85
