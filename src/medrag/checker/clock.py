"""The hours between two things that one sentence times by the clock."""

from __future__ import annotations

import re
from decimal import Decimal

_TIME = re.compile(
    r"\b(?:at |@ ?)?(?P<h>[01]?\d|2[0-3])(?::(?P<m>[0-5]\d)(?:\s?(?P<p>[ap])\.?m\b)?"
    r"|\s?(?P<q>[ap])\.?m\b)|\b(?:noon|midday)\b",
    re.I,
)
_DAY_AFTER = re.compile(r"\b(?:yesterday|last night|tomorrow|next (?:day|morning))\b", re.I)


def clock_apart(words: str) -> Decimal | None:
    """Return the hours between a dose and a procedure that one sentence times by the clock."""
    times = [_of_day(match) for match in _TIME.finditer(words)]
    if len(times) != len(("dose", "procedure")):
        return None
    marks = [_day_of(words, match) for match in _TIME.finditer(words)]
    if None not in marks:
        return abs(times[1] - times[0] + 24 * ((marks[1] or 0) - (marks[0] or 0)))
    apart = times[1] - times[0]
    return apart + 24 if _DAY_AFTER.search(words) else apart if apart > 0 else None


_DAY_NAMES = {"yesterday": -1, "last night": -1, "today": 0, "this morning": 0, "tonight": 0,
              "this afternoon": 0, "this evening": 0, "tomorrow": 1, "next day": 1,
              "next morning": 1}  # fmt: skip
_NAMED_DAY = re.compile(r"\b(?:" + "|".join(_DAY_NAMES) + r")\b", re.I)
_DAY_NEAR = 22
"""Characters around a time of the clock in which its day is named."""


def _day_of(words: str, time: re.Match[str]) -> int | None:
    """Return the day of a time, counted from today; None where its clause names none."""
    begin = max(words.rfind(mark, 0, time.start()) for mark in ";,.") + 1
    ends = [at for at in (words.find(mark, time.end()) for mark in ";,.") if at >= 0]
    end = min([*ends, time.end() + _DAY_NEAR])
    found = _NAMED_DAY.search(words, max(begin, time.start() - _DAY_NEAR), end)
    return None if found is None else _DAY_NAMES[found[0].lower()]


def _of_day(match: re.Match[str]) -> Decimal:
    if match["h"] is None:
        return Decimal(12)
    hour = Decimal(match["h"]) + Decimal(match["m"] or 0) / 60
    half = (match["p"] or match["q"] or "").lower()
    return hour % 12 + 12 if half == "p" else hour
