"""Calendar dates of a claim that its quotations give otherwise: "May 2019" for "April 2019".

A date is compared part by part with the dates of the quotations: what a claim leaves out ("in
2022" of "April 2022") is no change, another month or day beside the same year is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from medrag.text.prefilter import prefiltered


class Date(NamedTuple):
    """A date as far as it is written: 0 where a part is left out.

    `turned` where day and month are both figures, of which either may come first: "01/09/2024".
    """

    year: int
    month: int
    day: int
    start: int
    end: int
    turned: bool = False


class Other(NamedTuple):
    """A date of the claim that its quotations do not have; see `grounding.Ungrounded`."""

    kind: Literal["number"]
    start: int
    end: int
    message: str
    expected: str = ""


_NAMES = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_MONTHS = {name: number for number, name in enumerate(_NAMES, start=1)}
_MONTHS |= {name[:3]: number for name, number in _MONTHS.items()} | {"sept": 9}
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sep(?:t(?:ember)?)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth",
)  # fmt: skip
_DAY = rf"(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?|(?:{'|'.join(_ORDINALS)})(?= (?:day )?of )"
_FIGURES = _DAY.partition("|(?:first")[0]
_YEAR = r"(?:19|20)\d\d"
_DATE = prefiltered(
    rf"(?<![\w.])(?:(?P<y1>{_YEAR})-(?P<n1>0[1-9]|1[0-2])-(?P<d1>\d\d)"
    rf"|(?P<d6>0?[1-9]|[12]\d|3[01])(?P<s6>[./-])(?P<n6>0?[1-9]|[12]\d|3[01])(?P=s6)(?P<y6>{_YEAR})"
    rf"|(?P<n7>0?[1-9]|1[0-2])/(?P<y7>{_YEAR})"
    rf"|(?P<d2>{_DAY})(?: (?:day )?of)? (?P<m2>{_MONTH})(?:,? (?P<y2>{_YEAR}))?"
    rf"|(?P<m3>{_MONTH}) (?P<d3>{_FIGURES})(?!\d)(?:,? (?P<y3>{_YEAR}))?"
    rf"|(?P<m4>{_MONTH}),? (?P<y4>{_YEAR})"
    rf"|(?<=from )(?P<m5>{_MONTH})(?= (?:to|until|through)\b)"
    rf"|(?P<m6>{_MONTH})(?=\s?[-\u2013]\s?{_MONTH})"
    rf"|(?:(?<=to )|(?<=in )|(?<=until )|(?<=through )|(?<=since )"
    rf"|(?<=start of )|(?<=beginning of )|(?<=middle of )|(?<=end of )|(?<=and )|(?<=-)"
    rf"|(?<=\u2013))"
    rf"(?P<m7>{_MONTH}))(?!\w)"
)


def read_dates(text: str) -> tuple[Date, ...]:
    """Return the dates of `text` that name a month, in order; a year alone is a number."""
    return tuple(map(_date, _DATE.finditer(text)))


def _date(match: re.Match[str]) -> Date:
    parts = {name[0]: value for name, value in match.groupdict().items() if value}
    if "s" in parts:
        first, second = int(parts["d"]), int(parts["n"])
        month, day = (second, first) if second <= _MOST_MONTHS else (first, second)
        turned = first <= _MOST_MONTHS and second <= _MOST_MONTHS
        return Date(int(parts["y"]), month, day, *match.span(), turned)
    month = int(parts["n"]) if "n" in parts else _MONTHS[parts["m"].lower().rstrip(".")]
    told = parts.get("d", "0")
    day = _ORDINALS.index(told) + 1 if told in _ORDINALS else int(re.sub(r"\D", "", told))
    return Date(int(parts.get("y", "0")), month, day, *match.span())


_MOST_MONTHS = 12


def other_dates(claim: str, sources: Sequence[str]) -> Iterator[Other]:
    """Yield the dates of `claim` that no quotation has, where the quotations have dates."""
    stated = [(one, source) for source in sources for one in read_dates(source)]
    if not stated:
        return
    for date in read_dates(claim):
        if not any(_agree(date, other) for other, _ in stated):
            near, source = stated[0]
            words, their = claim[date.start : date.end], source[near.start : near.end]
            yield Other("number", date.start, date.end,
                        f"{words!r} stands in no quotation of this claim; they say {their!r}.",
                        their)  # fmt: skip


def _agree(one: Date, other: Date) -> bool:
    """Return whether two dates are one as far as both are written."""
    if one.turned or other.turned:
        ones, others = _readings(one), _readings(other)
        return any(_agree(a, b) for a in ones for b in others)
    years = not one.year or not other.year or one.year == other.year
    days = not one.day or not other.day or one.day == other.day
    return years and days and one.month == other.month


def _readings(date: Date) -> tuple[Date, ...]:
    """Return a date in figures with its day before its month, and the other way round."""
    plain = date._replace(turned=False)
    return (plain, plain._replace(month=date.day, day=date.month)) if date.turned else (plain,)
