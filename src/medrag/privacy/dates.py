"""Dates: where they stand, what day they mean, and how the same writing says another day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from medrag.privacy.evidence import CERTAIN, SOFT, STRONG, Found, Note

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_YEAR = r"(?P<year>(?:19|20)\d\d|['\u2019]\d\d)"
_GERMAN = re.compile(
    r"(?<![\d.])(?P<whole>(?:0?[1-9]|[12]\d|3[01])\.(?:0?[1-9]|1[0-2])\.)(?=\s?[-\u2013]\s?\d"
    r"|\s\d{1,2}:)"
    r"|\b(?:am|vom|bis|den|seit|ab|dated?|surgery|on|since|from|until)\b[^\n\d]{0,3}"
    r"(?P<cued>(?:0?[1-9]|[12]\d|3[01])\.(?:0?[1-9]|1[0-2])\.)(?![\d\n])",
    re.IGNORECASE,
)
"""A day and a month with a full stop after each: "12.01.\u201319.01.2025"."""
_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])(?P<ordinal>st|nd|rd|th)?"
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:day)?,?\s(?:the\s)?)?"
_THE = r"(?:\bthe\s)?"
_CLOCK = r"(?:T\d{2}:?\d{2}(?::?\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?|\s\d{2}:\d{2}:\d{2})?"
_FULL = (
    rf"(?<![\d.])(?P<year>(?:19|20)\d\d)(?P<sep>[-/.])(?P<month>1[0-2]"
    rf"|0?[1-9])(?P=sep)(?P<day>3[01]|[12]\d|0?[1-9])(?!\d){_CLOCK}",
    r"(?<![\d./-])(?P<first>\d{1,2})(?P<sep>[-/.])(?P<second>\d{1,2})(?P=sep)(?P<year>(?:19"
    r"|20)\d\d|['\u2019]?\d\d)(?![\d/-]|\.\d)",
    rf"{_WEEKDAY}{_THE}(?<![\d.]){_DAY}(?:\s?(?:of\s)?|-|/|\.\s?){_MONTH}(?:,?\s(?:of\s)?|-"
    rf"|/)?{_YEAR}(?![\d])",
    rf"{_WEEKDAY}\b{_MONTH}[\s-]{{0,2}}(?:the\s)?{_DAY}(?:,\s?|\s|-){_YEAR}(?!\d)",
    rf"(?<!\d){_DAY}(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"(?P<year>(?:19|20)\d\d)(?!\d)",
    rf"(?<!\d)(?P<year>(?:19|20)\d\d)[-\s/]{_MONTH}[-\s/]{_DAY}(?!\d)",
    r"(?<![\d.-])(?P<year>19\d\d|20[0-4]\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d"
    r"|3[01])(?:T?\d{4,6})?(?![\d.-])",
)
_PARTIAL = (
    rf"{_WEEKDAY}{_THE}(?<![\d./])(?<!\d-){_DAY}(?:\s(?:of\s)?|-){_MONTH}(?!\s?\d)",
    rf"{_WEEKDAY}\b{_MONTH}\s(?:the\s)?{_DAY}(?!\s?(?:[:%/]|mg|mcg|ml|units|-?(?:19|20)\d\d)|\d"
    rf"|\.\d)\b",
    rf"\b(?:early\s|late\s|mid[\s-])?{_MONTH}(?:,?\s(?:of\s)?|[-/])?{_YEAR}(?!\d)",
    r"(?<![\d./-])(?P<month>0?[1-9]|1[0-2])(?P<sep>[/-])(?P<year>(?:19|20)\d\d)(?![\d/-])",
    r"(?<![\d./-])(?P<year>(?:19|20)\d\d)(?P<sep>[-/])(?P<month>0[1-9]|1[0-2])(?![\d/-])",
)
_WHOLE = tuple(re.compile(pattern, re.IGNORECASE) for pattern in _FULL)
_PARTS = tuple(re.compile(pattern, re.IGNORECASE) for pattern in _PARTIAL)
_SHORT = re.compile(
    r"(?<![\d./-])(?P<first>\d{1,2})(?P<sep>[/-])(?P<second>\d{1,2})(?![\d/-]|\.\d|\s?[%])"
)
_LONE_MONTH = re.compile(
    r"\b(?:in|since|last|this|next|until|till|by|from|during|early|late|mid|before|after|around"
    r"|of|through|to"
    r"|between|beginning|end\sof|every)[\s-]"
    r"(?P<whole>(?:early\s|late\s|mid[\s-])?(?P<month>(?-i:January|February|March|April|May|June"
    r"|July|August|September"
    r"|October|November"
    r"|December|january|february|april|june|july|august|september|october|november|december|Jan"
    r"|Feb|Apr|Jun|Jul"
    r"|Aug|Sept?|Oct|Nov|Dec)))\b(?!\s?(?:\d|be\b|have\b|need|help|cause|require|take|also|not\b)"
    r"|-)",
    re.IGNORECASE,
)
_ORDINAL_DAY = re.compile(
    r"\b(?:on|since|until|by|from|the|before|after)\s(?:the\s)?(?P<whole>(?P<day>[12]?\d"
    r"|3[01])(?:st|nd|rd|th)(?:\sof\s(?:the|this|last|next)\smonth)?)"
    r"(?=[\s]*(?:[.,;?!)]|$|and\b|at\b|for\b|but\b|to\b|of\s(?:the|this|last|next)\smonth))",
    re.IGNORECASE,
)
_HOLIDAY = re.compile(
    r"\b(?:christmas(?:\s(?:day|eve))?(?:\s(?:19|20)\d\d)?|xmas|boxing\sday|thanksgiving(?:\sday)?"
    r"|new\syear['\u2019]?s(?:\s(?:day|eve))?"
    r"|easter(?:\s(?:sunday|monday))?|good\sfriday|halloween|(?:labou?r|memorial|independence"
    r"|veterans|presidents|mothers?|fathers?"
    r"|mother['\u2019]s|father['\u2019]s|valentine['\u2019]?s|st\.?\spatrick['\u2019]?s|canada"
    r"|australia|mlk)\sday|diwali|hanukkah"
    r"|passover|eid(?:\sal-\w+)?|(?:spring|summer|autumn|fall|winter)\s(?:of\s)?(?:19|20)\d\d"
    r"|q[1-4]\s(?:19|20)\d\d)\b"
    r"(?!\stree|\sdisease|\sfactor)",
    re.IGNORECASE,
)
_DATED = re.compile(
    r"(?:\b(?:inr|hgb|hb|cr|k|na|a1c|hba1c|egfr|wbc|plt|tsh|trough|level|creatinine"
    r"|potassium)\s(?:of\s)?"
    r"\d+(?:\.\d+)?\s?%?\s|\b(?:on|since|from|dated?|seen|last|visit\w*|admi\w+|discharg\w+"
    r"|d/?c['\u2019]?d?"
    r"|started|starting|start|until|till|by"
    r"|through|thru|before|after|as\sof|of|dos|doa|dod|drawn|collected|taken|dx|surgery|appt"
    r"|appointment|f/u|follow-?up"
    r"|scheduled|due|dob|d\.o\.b|born|lmp|edd|edc|adm|op|s/p|pod|labs?|cultures?|echo|ct|mri|cxr"
    r"|xray|scan|biopsy"
    r"|procedure|refill\w*|prescribed|given|held|stopped|increased|decreased|changed|today"
    r"|yesterday|note|call\w*|week\sof"
    r"|date|event|booked|between|effective|clinic|vaccine|dose|signed|dictated|typed|transcribed"
    r"|written|reported|resulted|sent|faxed|received|ordered"
    r"|released|removed|placed)"
    r"[\s:=(,]*(?:the\s|on\s|was\s|is\s)*|[(\[]|\d[/-]\d{1,2}\s?(?:[-\u2013]|to|and|&|,|through"
    r"|until)\s?)$",
    re.IGNORECASE,
)
_NOT_DATED = re.compile(
    r"\s?(?:course|review|f/u|follow|fu\b|hx|history|tabs?|tablets?|pills?|strength|power|pain"
    r"|mmhg|points?|score|murmur|systolic"
    r"|diastolic|mg|mcg|ml|kg|cm|mm|g\b"
    r"|weeks?|days?|hours?|hrs?|months?|years?|of\s(?:a|the|an)\b|times|cup|in(?:ch)?|units?|dose"
    r"|normal|positive|criteria"
    r"|sirs|edema|reflex\w*|severity|ns\b|saline|dextrose|strengths?|ths?\b|:\d|x\b|ratio|visual"
    r"|vision|per\b)",
    re.IGNORECASE,
)
_NO_DATE_BEFORE = re.compile(
    r"(?:\b(?:bp|pressure|pain|score|strength|power|grade|stage|ratio|vision|va|acuity|gcs"
    r"|apgars?|murmur|mrc|reflex\w*|edema"
    r"|phq-?\d*|gad-?\d*|moca|mmse|asa|nyha|ecog|rated?|scored?|flacc|nrs|vas|wells|curb-?65"
    r"|abcd2|hunt|psa|class|type|dtr\w*|nihss"
    r"|for|x|over|every|within|review\sin|back\sin|in|took|takes?|taking|give|half|about|gleason"
    r"|bishop|level|peep|fev1/fvc"
    r"|percocet|norco|vicodin|bactrim|humalog|novolin|humulin|novolog|mix|augmentin|symbicort"
    r"|advair|seretide|sinemet|exforge|hyzaar"
    r"|tribenzor|caduet|zestoretic|lotrel|twynsta|azor|dyazide|hydrocodone|oxycodone"
    r"|insulin)\b[\s:=]*(?:is\s|was\s|of\s|at\s)*"
    r"|\d)$",
    re.IGNORECASE,
)
_PUBLIC = re.compile(
    r"\b(?:guid(?:eline|ance)s?|fda|ema|mhra|nice|who|cdc|esc|acc|aha|kdigo|ada|gold|nejm|lancet"
    r"|jama|bmj|cochrane"
    r"|approv\w+|publish\w*|publication|edition|version|updat\w+|revis\w+|recall\w*|trial"
    r"|meta-?analysis|statement|recommendations?"
    r"|boxed?\swarning|label(?:l?ing)?|safety\s(?:alert|communication)|consensus|release\w*"
    r"|withdrawn\sfrom|pandemic|protocol"
    r"|formulary|policy|bulletin|advisory|standards?\sof\scare|paper|article|study|issue|journal"
    r"|prescribing\sinformation|package\sinsert"
    r"|smpc|spc|package\sleaflet|season)\b",
    re.IGNORECASE,
)
_PERSONAL = re.compile(
    r"\b(?:pt|patient|he|she|his|her|him|my|i|we|mr|mrs|ms|admitted|seen|dob|born|lmp|surgery"
    r"|started|discharged|underwent"
    r"|diagnosed|year-old|yo|y/o|visit|appointment|labs?|dose|injection|enrolled|last)\b",
    re.IGNORECASE,
)
_DAY_FIRST_PLACES = re.compile(
    r"\b(?:NHS|GP|A&E|paracetamol|Ltd|haemoglobin|oedema|anaemia|\+44|\+61|\+353)\b"
)


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


def find_dates(note: Note) -> Iterator[Found]:
    """Yield every date finer than a year; a year alone is no identifier.

    A month or day of something public (a guideline, an approval, a trial) stays.
    """
    for pattern in _WHOLE:
        for match in _private(note, pattern):
            if _valid(match):
                dotted = "first" in match.groupdict() and match["sep"] == "."
                sure = STRONG if dotted and len(match["year"]) < 4 else CERTAIN
                yield Found(match.start(), match.end(), "date", sure)
    for pattern in _PARTS:
        for match in _private(note, pattern):
            if _is_month(note, match):
                end = match.start() + len(match[0].rstrip("."))
                yield Found(match.start(), end, "date", STRONG)
    yield from _loose_dates(note)
    yield from _short_dates(note)


def _loose_dates(note: Note) -> Iterator[Found]:
    """Yield a month or a day alone, days written "12.01.", and holidays."""
    for pattern in (_LONE_MONTH, _ORDINAL_DAY):
        for match in _private(note, pattern):
            yield Found(*match.span("whole"), "date", SOFT)
    for match in _GERMAN.finditer(note.text):
        yield Found(*match.span("whole" if match["whole"] else "cued"), "date", SOFT)
    for match in _HOLIDAY.finditer(note.text):
        yield Found(match.start(), match.end(), "date", SOFT)


def _private(note: Note, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """Yield what a pattern finds, but for dates of something public."""
    return (match for match in pattern.finditer(note.text) if not _is_public(note, match))


_LISTED = re.compile(r"(?:^|[;,\n(])\s*\Z")
"""Where an entry of a list of days starts: "3/2: Cr 1.9; 3/5: Cr 2.6"."""


def _short_dates(note: Note) -> Iterator[Found]:
    """Yield `3/14` where what stands around it says a date, and no fraction, score or duration."""
    for match in _SHORT.finditer(note.text):
        first, second = int(match["first"]), int(match["second"])
        if not _day_and_month(first, second):
            continue
        before, after = note.before(match.start(), 32), note.after(match.end(), 16)
        if _NOT_DATED.match(after) or (match["sep"] == "-" and not re.search(r"\bon\s$", before)):
            continue
        heads = _LISTED.search(before) is not None and after[:1] in {":", ")"}
        if (heads or _DATED.search(before)) and not _NO_DATE_BEFORE.search(before):
            yield Found(match.start(), match.end(), "date", SOFT)


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
        _PUBLIC.search(before + " | " + after) is not None
        and _PERSONAL.search(before) is None
        and _PERSONAL.search(after) is None
    )


def day_first(note: Note) -> bool:
    """Return whether numeric dates of the text put the day before the month."""
    votes = 0
    for match in _WHOLE[1].finditer(note.text):
        votes += (int(match["first"]) > 12) - (int(match["second"]) > 12)
    for match in _SHORT.finditer(note.text) if votes == 0 else ():
        if (
            12 < int(match["first"]) <= 31
            and int(match["second"]) <= 12
            and _DATED.search(note.before(match.start()))
        ):
            votes += 1
    return votes > 0 or (votes == 0 and _DAY_FIRST_PLACES.search(note.text) is not None)


def read_moment(written: str, *, day_first: bool, year: int) -> Moment | None:
    """Return the day that a found date means; None where it is not written in numbers and months.

    Args:
        written: The characters that `find_dates` found.
        day_first: How to read `03/04/2024`; a part over 12 decides by itself.
        year: The year of a date that is written without one.
    """
    for pattern in (*_WHOLE, *_PARTS, _SHORT, _BARE_MONTH):
        match = pattern.fullmatch(written) or pattern.match(written)
        if match is not None and match.end() == len(written):
            return _moment(match, day_first=day_first, year=year)
    return None


_BARE_MONTH = re.compile(rf"(?:early\s|late\s|mid[\s-])?{_MONTH}", re.IGNORECASE)


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
    return next(n for n, name in enumerate(_MONTHS, 1) if name.startswith(written[:3].lower()))


def moved(written: str, moment: Moment, days: int) -> str:
    """Return `written` with its day moved by `days`, in the same writing."""
    new = moment.day + timedelta(days=days)
    pieces = sorted(
        (place, value)
        for place, value in zip(moment.written, (new.day, new.month, new.year), strict=True)
        if place is not None
    )
    padded = any(written[start] == "0" for (start, _), _ in pieces)
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
    name = _MONTHS[value - 1]
    name = name if len(old) > 4 or old.lower() in _MONTHS else name[:3]
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
    return re.sub(rf"^{_WEEKDAY[:-1]}", "", text, flags=re.IGNORECASE)
