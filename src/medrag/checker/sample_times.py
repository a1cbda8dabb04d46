"""How long after a dose or a change a sample is taken, as a text tells it."""

from __future__ import annotations

import re
from decimal import Decimal

from medrag.clinical.number_words import COUNT, count_of

_SOME = {"couple": Decimal(2), "few": Decimal(3), "several": Decimal(3)}
_HOURS = {"h": 1, "d": 24, "w": 168, "m": 730, "y": 8760}
_TIME = (
    r"(\d+(?:\.\d+)?|half an?|couple|few|several|" + COUNT + r")"
    r"[\s-]*(?:of )?(?:more )?(hours?|h|hr|hrs|minutes?|min|days?|weeks?|wks?|months?|years?)\b"
)
AFTER = re.compile(
    rf"\b{_TIME}\s?-?(?:after|post|following|into|from|of (?:the )?(?:start|change)|later)", re.I
)
CHANGED = re.compile(
    rf",[^,.;]{{0,12}}\b{_TIME}\s(?:after|following|into|of)\s(?:each|every|any|the"
    rf"|a)\s(?:dose\s)?change",
    re.I,
)
"""When a sample is due after a change, told beside its time after a dose."""
FROM_NOW = re.compile(rf"\b(?:in|after|within|every|at|for)\s(?:another |a |about )?{_TIME}", re.I)
AT_ONCE = re.compile(
    r"\b(immediately after|right after|just after|soon after|at the end of|as the infusion ends"
    r"|straight after|directly after|at the peak|any ?time|random time"
    r"|whenever convenient)\b",
    re.I,
)
_CLOCK = r"(?P<h{0}>\d{{1,2}})(?::(?P<m{0}>[0-5]\d))?\s?(?P<p{0}>[ap]\.?m)?"
_CLOCKS = re.compile(
    r"\b(?:takes?|taken|doses?|swallow\w*|gives?|given|tablets?|capsules?"
    r"|(?P<drug>\w+))\b[^.;]{0,30}?"
    rf"\bat\s{_CLOCK.format(1)}\b[^.;\d]{{0,60}}?\b(?:levels?|troughs?|blood|samples?|drawn?"
    rf"|bled)\b"
    rf"[^.;\d]{{0,30}}?\bat\s{_CLOCK.format(2)}\b",
    re.I,
)
"""A dose and a sample by the clock: "take the tablet at 8, then come for the level at 10"."""


def times_after(text: str) -> list[Decimal]:
    """Return the hours from a dose or a change to a sample."""
    times = [hours_of(match) for match in AFTER.finditer(text)]
    return [*times, Decimal(0)] if AT_ONCE.search(text) else times


def hours_of(match: re.Match[str]) -> Decimal:
    """Return the hours that `AFTER`, `CHANGED` or `FROM_NOW` found."""
    return hours(match[1], match[2])


def hours(word: str, unit: str) -> Decimal:
    """Return how many hours a count and a unit of time are: `hours("two", "days")` is 48."""
    word, unit = word.lower(), unit.lower()
    word = "0.5" if word.startswith("half") else word
    value = _SOME[word] if word in _SOME else count_of(word)
    return value / 60 if unit.startswith("min") else value * _HOURS[unit[0]]


def by_the_clock(text: str) -> Decimal | None:
    """Return the hours from a dose to a sample that are both told by the clock, else None."""
    found = _CLOCKS.search(text)
    if found is None:
        return None
    dose, sample = (_of_day(found, n) for n in (1, 2))
    half = Decimal(24) if found["p1"] or found["p2"] or max(dose, sample) > 12 else Decimal(12)
    return (sample - dose) % half


def _of_day(found: re.Match[str], n: int) -> Decimal:
    hour = Decimal(found[f"h{n}"]) + Decimal(found[f"m{n}"] or 0) / 60
    half = (found[f"p{n}"] or "").lower()[:1]
    return hour % 12 + 12 if half == "p" else hour % 12 if half == "a" else hour
