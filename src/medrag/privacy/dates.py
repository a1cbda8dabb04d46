"""Dates: where they stand, what day they mean, and how the same writing says another day."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.privacy.date_forms import (
    ABROAD,
    BORN_MONTH,
    DATED,
    DAY_FIRST_PLACES,
    DAYS,
    DONE_NEXT,
    DURATION_NEXT,
    FASTS,
    GERMAN,
    GLUED,
    HAPPENED,
    HOLIDAY,
    ISSUED,
    LONE_MONTH,
    MONTHS_ABROAD,
    MORE_DAYS,
    NEXT_DAY,
    NO_DATE_BEFORE,
    NOT_DATED,
    OCCASION_NEXT,
    OF_MONTH,
    ORDINAL_DAY,
    ORDINALS,
    OTHER_CALENDARS,
    PARTS,
    PERSONAL,
    PUBLIC,
    SERIES,
    SHORT,
    SMALL_MONTH,
    SPACED,
    SPELLED_DAY,
    WEEKDAY_DAY,
    WHOLE,
)
from medrag.privacy.evidence import CERTAIN, SOFT, STRONG, Found, Note
from medrag.privacy.sieve import ending
from medrag.text.sieve import Sifted


def find_dates(note: Note) -> Iterator[Found]:
    """Yield every date finer than a year; a year alone is no identifier.

    A month or day of something public (a guideline, an approval, a trial) stays.
    """
    for pattern in WHOLE:
        for match in _dated_days(note, pattern):
            if _valid(match):
                dotted = "first" in match.groupdict() and match["sep"] == "."
                sure = STRONG if dotted and len(match["year"]) < 4 else CERTAIN
                yield Found(match.start(), match.end(), "date", sure)
    for pattern in PARTS:
        for match in _private(note, pattern):
            if _is_month(note, match):
                end = match.start() + len(match[0].rstrip("."))
                yield Found(match.start(), end, "date", STRONG)
    yield from _loose_dates(note)
    yield from _short_dates(note)


def _loose_dates(note: Note) -> Iterator[Found]:
    """Yield a month or a day alone, days written "12.01.", holidays and parts of a month."""
    for pattern in (LONE_MONTH, ORDINAL_DAY, SPELLED_DAY, WEEKDAY_DAY):
        for match in _private(note, pattern):
            yield Found(*match.span("whole"), "date", SOFT)
    for match in GERMAN.finditer(note.text):
        form = next(name for name in ("whole", "cued", "bare") if match[name])
        if _FROM_VALUE.search(note.before(match.start(form), 24)):
            continue
        yield Found(*match.span(form), "date", SOFT)
    for pattern in (FASTS, ORDINALS):
        for match in pattern.finditer(note.text):
            yield Found(*match.span(match.lastgroup or 0), "date", SOFT)
    for pattern in (HOLIDAY, OF_MONTH, OTHER_CALENDARS):
        for match in pattern.finditer(note.text):
            yield Found(match.start(), match.end(), "date", SOFT)
    yield from _listed_days(note)


_FROM_VALUE = ending(r"\d%?\s(?:\S+\s)?(?:(?:up|down)\s)?from\s$", re.IGNORECASE)
"""What a value came from: "Hb 7.9 from 12.1."."""


def _listed_days(note: Note) -> Iterator[Found]:
    """Yield several days of one month, days before values, days in groups after a label."""
    for match in DAYS.finditer(note.text):
        for day in re.finditer(r"\d+\w*", match["days"]):
            start = match.start("days") + day.start()
            yield Found(start, start + len(day[0]), "date", STRONG)
        yield Found(match.start("day"), match.end(), "date", STRONG)
    if len(rows := list(SERIES.finditer(note.text))) > 1:
        for row in rows:
            yield Found(*row.span("whole" if row["whole"] else "next"), "date", SOFT)
    for pattern in (SPACED, NEXT_DAY, SMALL_MONTH, BORN_MONTH, GLUED, MORE_DAYS):
        for match in pattern.finditer(note.text):
            yield Found(*match.span("whole"), "date", STRONG)
    for match in ABROAD.finditer(note.text):
        if match["month"].lower() in MONTHS_ABROAD:
            yield Found(*match.span("whole"), "date", STRONG)


def _dated_days(note: Note, pattern: Sifted) -> Iterator[re.Match[str]]:
    """Yield whole dates; one in numbers is never that of something public, but for an approval."""
    for match in pattern.finditer(note.text):
        if "first" in match.groupdict() or not _is_published(note, match):
            yield match


def _is_published(note: Note, match: re.Match[str]) -> bool:
    return _is_public(note, match) and ISSUED.search(note.before(match.start(), 48)) is not None


def _private(note: Note, pattern: Sifted) -> Iterator[re.Match[str]]:
    """Yield what a pattern finds, but for dates of something public."""
    return (match for match in pattern.finditer(note.text) if not _is_public(note, match))


_RESULT_NEXT = re.compile(
    r"\s(?:cr|creat\w*|k|na|hb|hgb|plt|wbc|crp|inr|alt|tsh|trough|level|bp)\s(?=\d)", re.IGNORECASE
)
_LISTED = re.compile(r"(?:^|[;,\n(])\s{0,8}\Z")
"""Where an entry of a list of days starts: "3/2: Cr 1.9; 3/5: Cr 2.6"."""


def _short_dates(note: Note) -> Iterator[Found]:
    """Yield `3/14` where what stands around it says a date, and no fraction, score or duration.

    Where one is a date, the others written like it are dates too: "seen 2/7 and again 2/19".
    """
    possible = [match for match in SHORT.finditer(note.text) if _may_be_day(note, match)]
    dated = [match for match in possible if _says_day(note, match)]
    marks = {match["sep"] for match in dated}
    for match in possible:
        if match in dated or match["sep"] in marks:
            yield Found(match.start(), match.end(), "date", SOFT)


def _may_be_day(note: Note, match: re.Match[str]) -> bool:
    """Return whether nothing around a pair of numbers says that it is no day."""
    before, after = note.before(match.start(), 32), note.after(match.end(), 16)
    lasting = int(match["second"]) in _PARTS_OF_TIME and DURATION_NEXT.match(after)
    return (
        _day_and_month(int(match["first"]), int(match["second"]))
        and not (lasting or NOT_DATED.match(after))
        and (match["sep"] == "/" or _is_hyphened_day(note, match))
        and (not NO_DATE_BEFORE.search(before) or _MOVED_IN.search(before) is not None)
    )


_PARTS_OF_TIME = (7, 12, 24, 52)
"""Days of a week, months of a year, hours of a day: "3/7" may be three days."""
_MOVED_IN = ending(r"\b(?:moved|came|went|rang|phoned|called)\sin\s$", re.IGNORECASE)


_ON = ending(r"\b(?:on|since|dated)\s$", re.IGNORECASE)
_CLAUSE = re.compile(r"(?:^|[;,.(\n:]\s{0,8}|\b\d{1,3}[MF],?\s)\Z")


def _is_hyphened_day(note: Note, match: re.Match[str]) -> bool:
    """Return whether two numbers with a hyphen can be a day: after "on", or where no range can be.

    No range has a zero before ("04-28"; but "04-06 hours") nor falls ("23-9").
    """
    first, second = match["first"], match["second"]
    if _ON.search(note.before(match.start(), 8)) is not None:
        return True
    joined = note.text[match.start("first") - 1 : match.start("first")].isalpha()  # "L5-1"
    zero = first[0] == "0" or second[0] == "0"
    return not joined and (zero or int(first) > max(12, int(second)))


def _says_day(note: Note, match: re.Match[str]) -> bool:
    """Return whether a word, a time or a place in a list says that a pair of numbers is a day."""
    before, after = note.before(match.start(), 32), note.after(match.end(), 16)
    timed = re.match(r"\s(?:at\s)?\d{1,2}:\d{2}\s?[ap]?m?\b", after) is not None
    timed = timed or match[0][:1].isalpha()  # "Mon 3/6"
    timed = timed or _RESULT_NEXT.match(after) is not None
    heads = timed or (_LISTED.search(before) is not None and after[:1] in {":", ")"})
    heads = heads or (
        _CLAUSE.search(before) is not None
        and any(form.match(note.after(match.end())) for form in (DONE_NEXT, OCCASION_NEXT))
    )
    if match["sep"] == "/" or match["first"][0] == "0" or _ON.search(before):
        heads = heads or DATED.search(before) is not None
    return heads or HAPPENED.search(note.before(match.start(), 64)) is not None


def _day_and_month(first: int, second: int) -> bool:
    return (1 <= first <= 12 and 1 <= second <= 31) or (1 <= first <= 31 and 1 <= second <= 12)


def _valid(match: re.Match[str]) -> bool:
    groups = match.groupdict()
    if groups.get("first") is not None:
        return _day_and_month(int(match["first"]), int(match["second"]))
    return True


def _is_month(note: Note, match: re.Match[str]) -> bool:
    """Return whether the month's word means the month: "may 5", but not "may 2 doses"."""
    month = match["month"]
    if month.isdigit():
        return True
    if (
        match.start("month") > 0
        and match.groupdict().get("day")
        and match.start("day") > match.start("month")
    ):
        follows = note.after(match.end(), 14)
        if month.lower() in {"may", "mar", "march", "dec", "jan", "sun"} and month.islower():
            return (
                re.match(r"\s?(?:[,.;)?]|$|at\b|and\b|for\b|with\b)", follows) is not None
                and month != "may"
            )
        return re.match(r"\s?(?:mg|mcg|ml|units|tabs?|doses?|x\b|%)", follows) is None
    return not (
        month.lower() in {"may", "mar"}
        and month.islower()
        and note.cased
        and "day" not in match.groupdict()
    )


def _is_public(note: Note, match: re.Match[str]) -> bool:
    before, after = note.before(match.start(), 48), note.after(match.end(), 28)
    before = re.split(r"[.;?!]\s|\n", before)[-1]
    after = re.split(r"[.;?!]\s|\n", after)[0]
    return (
        PUBLIC.search(before + " | " + after) is not None
        and PERSONAL.search(before) is None
        and PERSONAL.search(after) is None
    )


def day_first(note: Note) -> bool:
    """Return whether numeric dates of the text put the day before the month."""
    votes = 0
    for match in WHOLE[1].finditer(note.text):
        votes += (int(match["first"]) > 12) - (int(match["second"]) > 12)
    for match in SHORT.finditer(note.text) if votes == 0 else ():
        if (
            12 < int(match["first"]) <= 31
            and int(match["second"]) <= 12
            and DATED.search(note.before(match.start()))
        ):
            votes += 1
    return votes > 0 or (votes == 0 and DAY_FIRST_PLACES.search(note.text) is not None)
