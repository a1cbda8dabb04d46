"""Numbers brought to the usual writing, character for character: "an hour and a half".

Offsets stay true: what is rewritten keeps its length.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from medrag.clinical.number_words import BELOW_TWENTY, TENS
from medrag.grounding.spelled import (
    ANTI_XA,
    CELLS_PER,
    COUNTED_OFF,
    DAY_OF_DATE,
    MILLIUNITS,
    PER_KILOGRAM,
    anti_xa,
    counted_off,
    only_month,
    per_kilogram,
)

ONES, _TENS = tuple(BELOW_TWENTY), tuple(TENS)
VALUES = BELOW_TWENTY | TENS
COUNT = rf"(?:(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(ONES[:9])}))?|{'|'.join(reversed(ONES))})"
_TENS_ONES = re.compile(rf"\b({'|'.join(_TENS)})[- ]({'|'.join(ONES[:9])})\b", re.IGNORECASE)
_TEENS = re.compile(
    rf"\b(?:{'|'.join(reversed(ONES[10:]))}|{'|'.join(_TENS)})\b(?=[ -][a-z])", re.I
)
_COUNTED = re.compile(
    rf"\b(?:{'|'.join(ONES[1:10])})\b(?= (?:\w+ )?(?:patients?|people|subjects?|children|women|men"
    r"|adults|volunteers|cases|trials|studies|participants|infants|persons|deaths|others|animals"
    r"|percent|(?:of|in|out of) (?:\d|ten"
    r"|hundred|a hundred|every))\b)", re.IGNORECASE,
)  # fmt: skip
_HAPPENED = re.compile(
    rf"(?<!in )(?<!of )\b(?:{'|'.join(ONES[1:10])})\b"
    r"(?= (?:occurred|were|had|received|developed|in the)\b)", re.IGNORECASE,
)  # fmt: skip
_ENDED = re.compile(
    rf"\b(?:{'|'.join(ONES)})\b(?=(?: to | or |-to-)(?:\d|{'|'.join(ONES)}\b))", re.IGNORECASE
)
_COMPARED = re.compile(
    rf"(?:{'|'.join(ONES[1:])})\b(?= (?:and|or) (?:older|over|above|younger|under|below)\b)"
    rf"|(?:(?<=\baged )|(?<=\bage of )|(?<=\bages of )|(?<=\bage ))(?:{'|'.join(ONES)})\b"
    rf"|(?:(?<=\bunder )|(?<=\bbelow )|(?<=\babove ))(?:{'|'.join(ONES[1:])})\b"
    r"(?![- ](?:thirds|quarters))"
    rf"|(?:(?<=\bthan )|(?<=\bleast )|(?<=\bmost )|(?<=\bup to )|(?<=\bminimum of )"
    rf"|(?<=\bmaximum of ))(?:{'|'.join(ONES[1:])})\b"
    rf"|(?<= and )(?:{'|'.join(ONES[1:])})(?= (?:afterwards?|beforehand|thereafter|later)\b)",
    re.IGNORECASE,
)  # fmt: skip
_BUT = re.compile(rf"(?<=all but )(?:{'|'.join(ONES)})\b", re.IGNORECASE)
_NAMED_COUNT = re.compile(
    rf"(?:(?<=\bday )|(?<=\bweek )|(?<=\bcycle )|(?<=\bphase )|(?<=\bstage )|(?<=\bgrade ))"
    rf"(?:{'|'.join(ONES)})\b", re.IGNORECASE,
)  # fmt: skip
_FIRST_OF = re.compile(
    r"\bfirst\b(?= (?:of )?(?:January|February|March|April|May|June|July|August|September|October"
    r"|November|December)\b)"
)
_POINTS = re.compile(r"(?<=\d) percentage points?\b")
_OR_TWO = re.compile(r"\ban? (week|day|month|hour|year) or two\b", re.IGNORECASE)
_COURSE = re.compile(
    r"(?:(?<![\w/.])[x×]\s?(?P<times>\d{1,2})/(?P<of>7|52|12)"
    r"|(?:(?<=for )|(?<=in )|(?<=after )|(?<=over )|(?<=every )|(?<=continue )|(?<=course )"
    r"|(?<=next )|(?<=last ))(?P<count>\d{1,2})/(?P<unit>7|52|12))"
    r"(?![\d/.]*\d)(?! (?:of|patients|people|had|were)\b)", re.IGNORECASE,
)  # fmt: skip
"""Days, weeks and months as British charts write them: "x3/7", "in 6/52", "for 3/12"."""
_COURSE_UNITS = {"7": "d", "52": "wk", "12": "mo"}
_DAY_FIRST = re.compile(r"(?<![\w./-])\d{1,2}([./-])\d{1,2}\1(?P<year>(?:19|20)\d\d)(?![\w/-])")
_MONTH_FIRST = re.compile(r"(?<![\w./-])(?:0?[1-9]|1[0-2])/(?P<year>(?:19|20)\d\d)(?![\w/-])")
_YEAR_FIRST = re.compile(r"(?<![\w./-])(?P<year>(?:19|20)\d\d)-\d\d-\d\d(?![\w/-])")
"""Dates in figures, whose day and month `grounding/dates` compares; the year is a number."""
_QUARTER_TO_HALF = re.compile(
    r"\b(?P<low>(?:a |one )?quarter(?: of an hour)?|half an hour) (?:to|or)"
    r" (?P<high>half an hour|three[- ]quarters of an hour|an hour)\b", re.IGNORECASE,
)  # fmt: skip
_PARTS_OF_HOUR = {"three": "45", "quarter": "15", "half": "30", "an hour": "60"}
_HALF_DAY = re.compile(r"\bhalf a day\b", re.IGNORECASE)
_DAY_AND_HALF = re.compile(r"\b(?:a|one) day and a half\b|\bone and a half days\b", re.IGNORECASE)
_BIG = re.compile(
    rf"\b(?P<many>{COUNT}|a) (?P<of>hundred|thousand)(?:(?: and)? (?P<rest>{COUNT}))?\b",
    re.IGNORECASE,
)
EACH_TIME = re.compile(
    r"\b(kg|kilograms?|m?L|m?c?g|grams?|milligrams?|micrograms?|units?|IU|m[iI]?U|milliunits?|mmol|mEq"
    r"|drops)(?: of [a-z]+(?: [a-z]+)?)? (?:each|every|an?|per)"
    r" (hour|minute)\b(?! (?:after|apart|before|earlier|later|prior)\b)", re.IGNORECASE,
)  # fmt: skip
_IN_EACH = re.compile(
    r"\b(m?c?g|grams?|milligrams?|micrograms?|units?|IU|mmol|mEq)(?: of [a-z]+(?: [a-z]+)?)?"
    r" (?:(?:in|into|to|per) (?:each|every|a|one|1)|an?|per|each|every)"
    r" (m?L|millilit(?:er|re)|lit(?:er|re))\b",
    re.IGNORECASE,
)
HOURLY = re.compile(r"(?<=\d )(m?L|m?c?g|grams?|units?|mmol|mEq) hourly\b", re.IGNORECASE)
_HOUR_AND_HALF = re.compile(
    r"\b(?:an|one) hour and a half\b|\bone and a half hours\b", re.IGNORECASE
)
_IN_ROW = re.compile(
    rf"\b(\d+|{'|'.join(ONES)}) (?:consecutive|successive|full|whole|calendar|additional|further)"
    r" (?=(?:days?|weeks?|months?|hours?|years?|minutes?|cycles?)\b)", re.IGNORECASE,
)  # fmt: skip
_MICROLITRE = re.compile(r"(?<=cells/)(?:[uµμ]|micro ?)l(?:it(?:er|re))?\b", re.I)
_PER_MICRO = re.compile(r"(?<=\d)\s?/\s?(?:micro ?L|mcL|[µμ]L|uL|mm 3|mm³)(?![\w])")
_AGED_S = re.compile(r"(?<=[vd]er)[ -](?P<age>\d{1,2})s\b")
_AGED_WORDS = re.compile(
    r"\b(?P<side>under|over)[- ](?P<age>one|two|three|four|five|six|seven|eight|nine|ten|twelve"
    r"|eighteen)e?s\b", re.IGNORECASE,
)  # fmt: skip
_END = r"\d[\d.,]*(?:\s?(?:°\s?[CF]|%|[a-zµμ]+(?:/[a-z]+)*))?"
BETWEEN = re.compile(
    rf"\b(?P<lead>between|from) +(?P<low>{_END}) +(?:and|to|up to|through) +(?=(?:{COUNT}|\d))",
    re.IGNORECASE,
)
_PER_DOSE = re.compile(r"(?<=\w)(?: per dose|/dose)\b", re.IGNORECASE)
_IN_A_DAY = re.compile(
    r"(?<=[A-Za-z] )\b(?:in|per|every|within) (?:a |any )?24[- ]h(?:ours?|rs?)?\b(?: period)?"
)
_SPLIT_POWER = re.compile(r"(?<![A-Za-z])(m|mm|cm) ([23])(?=\s?[,;).\]]|\s|\Z)")
_SPLIT_TEN = re.compile(r"(?<=[x×] )10 ([369]|12)(?=\s?/)")
_A_PERIOD = re.compile(
    r"\b(an?|the)(?= (?:hour|day|week|month|year)\b(?! (?:of|when|that|on)\b))", re.IGNORECASE
)
RATED = re.compile(
    r"(?:\d(?:\s?(?:%|percent))?|[^\W\d]+/[^\W\d]+|\b(?:m?c?g|kg|µg|m?L|units?|IU|times|once|twice|thrice|tablets?|tabs?"
    r"|capsules?|caps|puffs?|doses?|drops?|lit(?:er|re)s?|sprays?|grams?|milligrams?|micrograms?"
    r"|days|hours?|minutes|calories|kcal|mmol|mEq|cups?|drinks?|injections?|infusions?|sessions"
    r"|packs?|pieces|lozenges|servings|meals|glasses|visits|cigarettes))"
    r"(?: of(?: [a-z]+){1,3}| (?!the\b|then\b|after\b|within\b|for\b|in\b|over\b)[a-z]{5,})?\)?,?"
    r"(?: (?:(?:is|are|be) )?(?:taken|given|used|allowed|administered))?(?: in)?\s\Z",
    re.IGNORECASE,
)  # fmt: skip
"""What stands before "a day" where that says how often, not how long."""
_HEART = re.compile(r"(?<=\d )heart (?=beats?\b)", re.IGNORECASE)
_GESTATION = re.compile(
    r"\b(?P<week>\d\d) (?P<day>[0-6])/7(?!\d)"
    r"|\b(?P<weeks>\d\d)\+(?P<days>[0-6])(?=[^.;]{0,16}\bw(?:ee)?ks?\b)", re.IGNORECASE,
)  # fmt: skip
_COMBINED = re.compile(
    r"(?<![\w./])(?P<one>\d+(?:\.\d+)?(?:\s?m?c?g)?)/"
    r"(?=(?!(?:2|3|4)\s)\d+(?:\.\d+)?\s?(?:m?c?g|µg|(?:milli|micro)grams?)\b(?!\s?/))",
    re.IGNORECASE,
)  # fmt: skip


_SPACE = r"[ \u00a0\u2009\u202f]"
_LARGE = rf"[1-9]\d{{0,2}}(?:{_SPACE}\d{{3}})"
_SPACED = re.compile(rf"\d{_SPACE}\d{{3}}")
_GROUPED = re.compile(
    rf"(?<![\w.,/]){_LARGE}*{_SPACE}000(?![\w.,]*\d)|(?<=\b[nN]=){_LARGE}+(?!\d)"
    rf"|(?<=\b[nN] = ){_LARGE}+(?!\d)|(?<![\w.,/])(?<!\d ){_LARGE}+(?= (?:[a-z]+ )?(?:patients"
    r"|people|adults|women|men|children|participants|subjects|infants)\b)"
)


def grouped(text: str) -> str:
    """Return `text` with "50 000" written "50,000", character for character.

    Only where the last group is three zeros, or people are counted: "take 2 400 mg tablets" are
    two tablets.
    """
    if _SPACED.search(text) is None:
        return text
    return _GROUPED.sub(lambda m: re.sub(r"[^\d]", ",", m[0]), text)


def _words_to_digits(match: re.Match[str]) -> str:
    parts = re.split(r"[- ]", match[0].lower())
    value = sum(VALUES[part] for part in parts)
    return str(value).zfill(len(match[0]))


def _big(match: re.Match[str]) -> str:
    """Return "12000" for "twelve thousand"; the words themselves in "one in a hundred"."""
    if re.search(r"\b(?:in|of|per) \Z", match.string[: match.start()], re.IGNORECASE):
        return match[0]
    many = sum(VALUES.get(part, 1) for part in re.split(r"[- ]", match["many"].lower()))
    rest = sum(VALUES[part] for part in re.split(r"[- ]", (match["rest"] or "").lower()) if part)
    value = many * (100 if match["of"].lower() == "hundred" else 1000) + rest
    return str(value).rjust(len(match[0]))


def plain(text: str) -> str:
    """Return `text` with its numbers in the usual writing, character for character."""
    if "hundred" in text or "thousand" in text:
        text = _BIG.sub(_big, text)
    lower = text.lower()
    for words, pattern, written in _STEPS:
        if any(word in lower for word in words):
            changed = pattern.sub(written, text)
            if changed is not text:
                text, lower = changed, changed.lower()
    return text


def _course(match: re.Match[str]) -> str:
    """Return "3 d" for "x3/7"."""
    unit = _COURSE_UNITS[match["of"] or match["unit"]]
    return f"{match['times'] or match['count']} {unit}".ljust(len(match[0]))


def _only_year(match: re.Match[str]) -> str:
    """Return "      2024" for "01/09/2024"."""
    return " " * (match.start("year") - match.start()) + match["year"].ljust(
        match.end() - match.start("year")
    )


def _parts_of_hour(match: re.Match[str]) -> str:
    """Return "15-30 min" for "a quarter to half an hour"."""
    low, high = (
        next(value for word, value in _PARTS_OF_HOUR.items() if word in match[end].lower())
        for end in ("low", "high")
    )
    return f"{low}-{high} min".ljust(len(match[0]))


def _aged(match: re.Match[str]) -> str:
    """Return "under    2" for "under-twos"."""
    age = str(VALUES[match["age"].lower()])
    return match["side"] + age.rjust(len(match[0]) - len(match["side"]))


def _weeks(match: re.Match[str]) -> str:
    """Return "36.9" for "36 6/7" and "36+6" weeks: sevenths differ in their first decimal."""
    days = Decimal(match["day"] or match["days"]) / 7
    return f"{match['week'] or match['weeks']}.{10 * days:.0f}".ljust(len(match[0]))


_BODY_WEIGHT = re.compile(
    r"\b(kilograms?|kg)(?: of)? body[ -]?weight"
    r"((?:\s?/\s?|\sper\s)(?:min(?:ute)?|h(?:our|r)?|day|d)\b)?", re.IGNORECASE,
)  # fmt: skip


def _one_period(match: re.Match[str]) -> str:
    """Return "1" for "a" in "within a day", "5 mg a day later"; the words in "5 mg a day"."""
    before = match.string[max(0, match.start() - 16) : match.start()]
    later = _BESIDE.match(match.string, match.end())
    if not later and (RATED.search(before) or match[1].lower() == "the"):
        return match[0]
    return "1".rjust(len(match[0]))


_BESIDE = re.compile(
    r" (?:hour|day|week|month|year) (?:before|after|following|prior|later|earlier|apart)\b"
)


_HALF_YEAR = re.compile(r"\bhalf (?:a|of a|the) year\b|\ba half[- ]year\b", re.IGNORECASE)
_YEAR_AND_HALF = re.compile(
    r"\b(?:a|one) year and a half\b|\bone and a half years\b|\ba year and six months\b", re.I
)
_QUARTER_YEAR = re.compile(
    r"\b(?:(?:a |the first |first |one )?quarter)(?: of a year)? (?:to|or)"
    r" (?P<half>half (?:(?:a|of a) )?year)\b"
    r"|\b(?P<year>half (?:a|of a) year (?:to|or) (?:a|one) (?:full )?year)\b"
    r"|\b(?:a|one|first) quarter of (?:a|the) year\b", re.IGNORECASE,
)  # fmt: skip
_FORTNIGHT = re.compile(r"\ba fortnight\b|\bone fortnight\b", re.IGNORECASE)
_QUARTERS = re.compile(
    r"\b(?:(?P<p45>three[- ]quarters)|(?P<p15>(?:a|one) quarter)|(?P<p40>two[- ]thirds)"
    r"|(?P<p20>(?:a|one) third)) of an hour\b", re.IGNORECASE,
)  # fmt: skip


def _quarters(match: re.Match[str]) -> str:
    return f"{(match.lastgroup or '')[1:]} min".ljust(len(match[0]))


_A_UNIT = re.compile(
    r"\ban?(?= (?:gram|milligram|microgram|millilit(?:er|re)|lit(?:er|re))\b)", re.IGNORECASE
)


def _one_unit(match: re.Match[str]) -> str:
    """Return "1" for "a" in "a gram of calcium"; the word itself in "40 mmol a litre"."""
    before = match.string[max(0, match.start() - 24) : match.start()]
    rated = RATED.search(before) or before.endswith((" half ", "quarter of ", "in "))
    return match[0] if rated else "1".rjust(len(match[0]))


_UNITS_OF = re.compile(
    r"(?<=[\da-z] )units?(?= of (?:packed |red |whole |donor )*(?:blood|cells|platelets|plasma"
    r"|cryoprecipitate)\b)", re.IGNORECASE,
)  # fmt: skip
"""Bags of blood, which are no international units."""
_HALF_HOUR = re.compile(
    r"\b(?:one-half|one half|half|a half)(?: of)?(?: an)? hour\b", re.IGNORECASE
)


def _per_day(match: re.Match[str]) -> str:
    """Return "per day" for "in 24 hours" after an amount; the words themselves elsewhere."""
    before = match.string[max(0, match.start() - 40) : match.start()]
    return "per day".ljust(len(match[0])) if RATED.search(before) else match[0]


def _range(match: re.Match[str]) -> str:
    """Return "between 10 and " as "10-" at its right end."""
    return f"{match['low']} to ".rjust(len(match[0]))


def _as(written: str) -> Callable[[re.Match[str]], str]:
    """Return what writes `written` in the place of a match, as long as the match."""
    return lambda match: written.ljust(len(match[0]))


def _per(match: re.Match[str]) -> str:
    return f"{match[1]}/{match[2]}".ljust(len(match[0]))


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


_COUNTED_WORDS = (*ONES, *_TENS)
_STEPS: tuple[
    tuple[tuple[str, ...], re.Pattern[str], str | Callable[[re.Match[str]], str]], ...
] = (
    ((" one ",), COUNTED_OFF, counted_off),
    ((" 19", " 20"), DAY_OF_DATE, only_month),
    *(
        (_COUNTED_WORDS, pattern, _words_to_digits)
        for pattern in (_TENS_ONES, _TEENS, _COUNTED, _HAPPENED, _ENDED, _BUT, _COMPARED)
    ),
    (("first",), _FIRST_OF, "1    "),
    (("percentage point",), _POINTS, _as("%")),
    ((" or two",), _OR_TWO, lambda m: f"1-2 {m[1]}s".rjust(len(m[0]))),
    (("half a day",), _HALF_DAY, _as("12 hours")),
    (("and a half",), _DAY_AND_HALF, _as("36 hours")),
    (("hourly",), HOURLY, lambda m: f"{m[1]}/hour".ljust(len(m[0]))),
    (("anti",), ANTI_XA, anti_xa),
    (("kg", "kilo"), PER_KILOGRAM, per_kilogram),
    (("cubic", "mm3", "microl"), CELLS_PER, _as(" /mm3")),
    ((" hour", " minute"), EACH_TIME, _per),
    ((" mu",), MILLIUNITS, "mIU"),
    (("ml", "milli", "lit"), _IN_EACH, _per),
    (("and a half",), _HOUR_AND_HALF, _as("1.5 hours")),
    (("/",), _COURSE, _course),
    (("/", ".", "-"), _DAY_FIRST, _only_year),
    (("/",), _MONTH_FIRST, _only_year),
    (("-",), _YEAR_FIRST, _only_year),
    (("quarter", "half"), _QUARTER_TO_HALF, _parts_of_hour),
    (
        ("consecutive", "successive", "full", "whole", "calendar", "additional", "further"),
        _IN_ROW,
        lambda m: m[1].rjust(len(m[0]) - 1) + " ",
    ),
    (("cells/",), _MICROLITRE, _as("mm3")),
    (("/",), _PER_MICRO, _as("/mm3")),
    (
        ("day ", "week ", "cycle ", "phase ", "stage ", "grade "),
        _NAMED_COUNT,
        lambda m: str(VALUES[m[0].lower()]).zfill(len(m[0])),
    ),
    (("er-", "er "), _AGED_S, lambda m: f" {m['age']} "),
    (("under", "over"), _AGED_WORDS, _aged),
    (("dose",), _PER_DOSE, _blank),
    (("10 ",), _SPLIT_TEN, r"10^\1"),
    (("m 2", "m 3"), _SPLIT_POWER, lambda m: f"{m[1]}{m[2]} "),
    (("/7", "+"), _GESTATION, _weeks),
    (("/",), _COMBINED, lambda m: f"{m['one']}&"),
    (("heart ",), _HEART, _blank),
    (("and a half", "six months"), _YEAR_AND_HALF, _as("18 months")),
    (
        ("quarter", "half"),
        _QUARTER_YEAR,
        lambda m: ("6-12 months" if m["year"] else "3-6 months" if m["half"] else "3 months").rjust(
            len(m[0])
        ),
    ),
    (("half",), _HALF_YEAR, _as("6 months")),
    (("fortnight",), _FORTNIGHT, _as("2 weeks")),
    (("of an hour",), _QUARTERS, _quarters),
    (("half",), _HALF_HOUR, _as("30 min")),
    ((" hour", " day", " week", " month", " year"), _A_PERIOD, _one_period),
    (("body",), _BODY_WEIGHT, lambda m: f"{m[1]}{m[2] or ''}".ljust(len(m[0]))),
    (("between ", "from "), BETWEEN, _range),
    (("24",), _IN_A_DAY, _per_day),
    (("unit",), _UNITS_OF, _blank),
    (("gram", "lit"), _A_UNIT, _one_unit),
)
"""What is brought to the usual writing, in this order: words in small letters one of which stands
wherever the pattern matches, the pattern, and what is written in its place.
"""
