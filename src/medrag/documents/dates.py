"""Days as documents write them; only what names a whole day unambiguously."""

from __future__ import annotations

import re
from datetime import date

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sep sept",
            "october oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_ISO = re.compile(r"\s*(\d{4})[-/]?(\d{2})[-/]?(\d{2})(?!\d{1,5}\b(?!\d))")
_ISO_ALONE = re.compile(r"\s*\d{4}([-/]?)\d{2}\1\d{2}\s*")
_TIME = re.compile(r"[T\s]+\d{1,2}:\d{2}[\d:.]*\s*(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})?\s*\Z", re.I)
_PDF = re.compile(r"\s*D:(\d{4})(\d{2})(\d{2})")
_YEAR_FIRST = re.compile(r"\s*(\d{4})[-/ ]+(\d{1,2}|[A-Za-z]{3,9})[-/ ]+(\d{1,2})\s*\Z")
_DAY_FIRST = re.compile(r"\s*(\d{1,2})\s+([A-Za-z]{3,9})\.?,?\s+(\d{4})\s*\Z")
_MONTH_FIRST = re.compile(r"\s*([A-Za-z]{3,9})\.?\s+(\d{1,2}),?\s+(\d{4})\s*\Z")


def day(text: str) -> date | None:
    """Return the day that `text` names, or None.

    Read: `2010-12-17`, `20101217`, ISO times, `2010/12/17`, `2010 Dec 17`, `17 December 2010`,
    `December 17, 2010`, PDF's `D:20101217...`. Not read, because they leave open which day or
    month is meant: `12/11/2010`, `December 2010`, `2010`.
    """
    for pattern in (_PDF, _ISO):
        if match := pattern.match(text):
            return _date(match[1], match[2], match[3])
    if match := _YEAR_FIRST.match(text):
        return _date(match[1], match[2], match[3])
    if match := _DAY_FIRST.match(text):
        return _date(match[3], match[2], match[1])
    if match := _MONTH_FIRST.match(text):
        return _date(match[3], match[1], match[2])
    return None


def whole_day(text: str) -> date | None:
    """Return the day that `text` names and, but for a time of that day, nothing else.

    The day is the one that is written, whatever zone its time is of: people mean their own.
    """
    alone = _TIME.sub("", text)
    if _ISO.match(alone) and not _ISO_ALONE.fullmatch(alone):
        return None
    return day(alone)


def _date(year: str, month: str, number: str) -> date | None:
    found = int(month) if month.isdigit() else _MONTHS.get(month.lower(), 0)
    try:
        return date(int(year), found, int(number))
    except ValueError:
        return None
