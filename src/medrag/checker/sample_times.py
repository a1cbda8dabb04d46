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
    r"|straight after|directly after|(?:as soon as|the moment|once|when)\b[^.;]{0,30}\b(?:infusion"
    r"|dose|load|drip)\b[^.;]{0,12}\b(?:ends?|ended|finish\w*|stops?|(?:is|has been) (?:over|in"
    r"|through|done|complete\w*|finished|given))|at the peak|any ?time|random time"
    r"|whenever convenient)\b",
    re.I,
)
_CLOCK = re.compile(
    r"\b(?:(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)\s?(?P<half>[ap]\.?m\b)?"
    r"|(?P<bare>1[0-2]|[1-9])\s?(?P<side>[ap]\.?m\b)"
    r"|(?:at|by)\s(?P<alone>1[0-2]|[1-9]|seven|eight|nine|ten|eleven|twelve)"
    r"(?!\s?(?:[\d:]|[ap]\.?m\b|[a-z]*/|%|m[cg]|hours?|h\b|weeks?|days?|months?|minutes?"
    r"|units?|years?|\.\d))\b)",
    re.I,
)
"""A time of day: "11:00", "8 am", "at nine"."""
_DOSED = re.compile(
    r"\b(?:takes?|taken|doses?|swallow\w*|gives?|given|tablets?|capsules?|(?:once|twice) daily"
    r"|infus\w+|injec\w+|your|m[cg]|\w+(?:mus|in|ium|ine))\b",
    re.I,
)
_BLED = re.compile(
    r"\b(?:levels?|troughs?|bloods?|samples?|draw\w*|drawn|bled|bleed|lab(?:oratory)?|come|clinic|nurse)\b",
    re.I,
)
_AROUND = 45


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


def names_an_hour(text: str) -> bool:
    """Return whether a text tells one time of day."""
    return len(_CLOCK.findall(text)) == 1


def by_the_clock(text: str) -> Decimal | None:
    """Return the hours from a dose to a sample that are both told by the clock, else None.

    "Take the tablet at 8 and come for the level at 10"; "take your 09:00 dose, come at 11:00 for
    the trough". Of two times the first is the dose's where dosing words stand by it.
    """
    found = list(_CLOCK.finditer(text))
    if len(found) != _TWO:
        return None
    first, second = found
    dosed = text[max(0, first.start() - _AROUND) : first.end() + _AROUND // 2]
    bled = text[first.end() : second.end() + _AROUND]
    if _DOSED.search(dosed) is None or _BLED.search(bled) is None:
        return None
    dose, sample = _of_day(first), _of_day(second)
    told = any(one["half"] or one["side"] for one in found)
    half = Decimal(24) if told or max(dose, sample) > _NOON else Decimal(12)
    return (sample - dose + half) % half


_TWO = 2
_NOON = 12


def _of_day(found: re.Match[str]) -> Decimal:
    written = found["hour"] or found["bare"] or found["alone"]
    hour = count_of(written) + Decimal(found["minute"] or 0) / 60
    half = (found["half"] or found["side"] or "").lower()[:1]
    return hour % 12 + 12 if half == "p" else hour % 12 if half == "a" else hour
