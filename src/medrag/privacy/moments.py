"""What day a written date means, and how the same writing says another day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from medrag.privacy.date_forms import MONTH, MONTH_NAMES, PARTS, SHORT, WEEKDAY, WHOLE

_FOREIGN_MONTHS = {
    month: number
    for number, months in enumerate(
        [
            "ene gen",
            "fev fév",
            "mär maa",
            "abr avr",
            "mai mag mei",
            "jui giu",
            "lug",
            "aoû aou ago",
            "set",
            "okt ott out",
            "",
            "dez dic déc",
        ],
        1,
    )
    for month in months.split()
}
"""First letters of months in Spanish, French, German, Italian, Portuguese and Dutch."""
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")


@dataclass(frozen=True, slots=True)
class Moment:
    """A written date read.

    Attributes:
        start, end: Offsets of the whole writing.
        day: The day it means; of what is not written, 15 for the day, and the latest year that
            the text writes.
        written: Offsets of the day's, month's and year's own characters; None where not written.
    """

    start: int
    end: int
    day: date
    written: tuple[tuple[int, int] | None, tuple[int, int] | None, tuple[int, int] | None]

    @property
    def whole(self) -> bool:
        """Day, month and year are written."""
        return None not in self.written


def read_moment(written: str, *, day_first: bool, year: int) -> Moment | None:
    """Return the day that a found date means; None where it is not written in numbers and months.

    Args:
        written: The characters that `find_dates` found.
        day_first: How to read `03/04/2024`; a part over 12 decides by itself.
        year: The year of a date that is written without one.
    """
    for pattern in _FORMS:
        match = pattern.fullmatch(written) or pattern.match(written)
        if match is not None and match.end() == len(written):
            return _moment(match, day_first=day_first, year=year)
    return None


_BARE_MONTH = re.compile(rf"(?:early\s|late\s|mid[\s-])?{MONTH}", re.IGNORECASE)
_FORMS = (*(form.whole for form in (*WHOLE, *PARTS, SHORT)), _BARE_MONTH)


def _moment(match: re.Match[str], *, day_first: bool, year: int) -> Moment | None:
    groups = {name: text for name, text in match.groupdict().items() if text}
    places = {name: match.span(name) for name in groups}
    if "first" in groups:
        first, second = int(groups["first"]), int(groups["second"])
        flip = first > 12 or (day_first and second <= 12)
        places["day"], places["month"] = (
            (places["first"], places["second"]) if flip else (places["second"], places["first"])
        )
        groups["day"], groups["month"] = (
            (groups["first"], groups["second"]) if flip else (groups["second"], groups["first"])
        )
    number = _year_of(groups["year"]) if "year" in groups else year
    day = int(groups.get("day", "15"))
    try:
        read = date(number, _month_of(groups["month"]), day)
    except ValueError:  # 30 February: shown, never meant
        read = date(number, _month_of(groups["month"]), 28)
    return Moment(
        match.start(),
        match.end(),
        read,
        (places.get("day"), places.get("month"), places.get("year")),
    )


def _year_of(written: str) -> int:
    number = int(written.strip("'\u2019"))
    if number >= 100:
        return number
    return number + (1900 if number > 40 else 2000)


def _month_of(written: str) -> int:
    if written.isdigit():
        return int(written)
    lower = written.lower()
    if lower in _ROMAN:
        return _ROMAN.index(lower) + 1
    if lower.startswith("juil"):
        return 7
    if lower[:3] in _FOREIGN_MONTHS:
        return _FOREIGN_MONTHS[lower[:3]]
    return next(n for n, name in enumerate(MONTH_NAMES, 1) if name.startswith(written[:3].lower()))


def moved(written: str, moment: Moment, days: int) -> str:
    """Return `written` with its day moved by `days`, in the same writing."""
    new = moment.day + timedelta(days=days)
    pieces = sorted(
        (place, value)
        for place, value in zip(moment.written, (new.day, new.month, new.year), strict=True)
        if place is not None
    )
    bounds = [place for place, _ in pieces]
    compact = any(end == start for (_, end), (start, _) in pairwise(bounds))
    padded = compact or any(written[start] == "0" for start, _ in bounds)
    result, last = "", 0
    for (start, end), value in pieces:
        result += written[last:start] + _like(written[start:end], value, padded=padded)
        last = end
    rest = written[last:]
    if moment.written[0] is not None:
        result, rest = _ordinals(result + rest), ""
    return _without_weekday(result + rest)


def _like(old: str, value: int, *, padded: bool) -> str:
    """Return a day, month or year in the manner of `old`: digits, a name, its case, its width."""
    if old.strip("'\u2019").isdigit():
        if old[0] in "'\u2019":
            return f"{old[0]}{value % 100:02d}"
        if value > 999:
            return f"{value}" if len(old) == 4 else f"{value % 100:02d}"
        return f"{value:02d}" if padded else str(value)
    if old.lower() in _ROMAN:
        return _ROMAN[value - 1].upper() if old.isupper() else _ROMAN[value - 1]
    name = MONTH_NAMES[value - 1]
    name = name if len(old) > 4 or old.lower() in MONTH_NAMES else name[:3]
    if old.isupper():
        return name.upper()
    return name.capitalize() if old[0].isupper() else name


def _ordinals(text: str) -> str:
    def ending(match: re.Match[str]) -> str:
        number = int(match[1])
        ends = {1: "st", 2: "nd", 3: "rd"}
        return f"{number}{'th' if 10 <= number % 100 <= 20 else ends.get(number % 10, 'th')}"

    return re.sub(r"\b(\d{1,2})(?:st|nd|rd|th)\b", ending, text)


def _without_weekday(text: str) -> str:
    """Return `text` without a weekday, which would tell the shift modulo seven."""
    return re.sub(rf"^{WEEKDAY[:-1]}", "", text, flags=re.IGNORECASE)
