"""The hours between two things that one sentence puts on days of the week."""

from __future__ import annotations

import re
from decimal import Decimal

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = re.compile(
    r"\b(?P<day>mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b"
    r"(?:,? (?:at |by )?(?:(?P<part>morning|noon|midday|afternoon|evening|night)"
    r"|(?P<hour>[01]?\d|2[0-3])(?::(?P<minute>[0-5]\d))?(?:\s?(?P<half>[ap])\.?m\b)?))?",
    re.I,
)
_APART = re.compile(r"[,;:]\s|\sand\s")
_HOUR = {"morning": 8, "noon": 12, "midday": 12, "afternoon": 15, "evening": 20, "night": 22}
_USUAL = Decimal(8)
"""The hour of a day without one."""
_WEEK = 7


def weekdays_apart(words: str, *, first: int) -> Decimal | None:
    """Return the hours from what stands at `first` to the other of two days of the week.

    None where the words do not name two days, or nothing says that the first comes first.
    """
    days = list(_DAY.finditer(words))
    if len(days) != len(("dose", "procedure")):
        return None
    dose, other = sorted(days, key=lambda day: _distance(words, first, day.start()))
    nights = (_index(other) - _index(dose)) % _WEEK
    apart = nights * 24 + _hour(other) - _hour(dose)
    return apart if apart > 0 else None


_DATE = re.compile(
    r"\b(?P<day>[12]?\d|3[01])(?:st|nd|rd|th)\b(?!\s(?:dose|week|day|month|year|time))", re.I
)


_EVENING = re.compile(r"\b(?:evening|night)\b", re.I)


def dates_apart(operated: str, given: str) -> Decimal | None:
    """Return the hours from the last date of a drug to that of a procedure, within a month.

    None where the words about each name no date, or the drug's does not come first.
    """
    last = [int(found["day"]) for found in _DATE.finditer(given)]
    days = [int(found["day"]) for found in _DATE.finditer(operated)]
    if operated == given and len(days) == len(("dose", "procedure")):
        last, days = [min(days)], [max(days)]
    if len(last) != 1 or len(days) != 1 or days[0] < last[0]:
        return None
    late = _EVENING.search(given) is not None
    return Decimal(24 * (days[0] - last[0]) - (12 if late else 0))


def _distance(words: str, one: int, other: int) -> tuple[int, int]:
    """Return how many clauses lie between two places, and how many characters."""
    begin, end = sorted((one, other))
    return len(_APART.findall(words, begin, end)), end - begin


def _index(day: re.Match[str]) -> int:
    return _DAYS.index(day["day"][:3].lower())


def _hour(day: re.Match[str]) -> Decimal:
    if day["part"]:
        return Decimal(_HOUR[day["part"].lower()])
    if not day["hour"]:
        return _USUAL
    hour = Decimal(day["hour"]) + Decimal(day["minute"] or 0) / 60
    half = (day["half"] or "").lower()
    return hour % 12 + 12 if half == "p" else hour
