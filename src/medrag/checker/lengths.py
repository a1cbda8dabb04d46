"""How long a course is, in words: "for the next two years", "indefinitely", "overnight"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from medrag.checker.sieve import sifted
from medrag.clinical.number_words import CARDINAL, COUNTS, count_of

_UNIT = r"(?P<unit>min|minute|hour|night|day|week|fortnight|month|year)s?"
_COUNT = rf"(?P<n>half\san?|half|an?\scouple\sof|an?\sfew|an?|several|many|\d+|{CARDINAL})"
_UNBROKEN = r"(?:full|whole|straight|solid|good|clear|entire|consecutive|continuous|unbroken)"
_LENGTH = sifted(
    r"\b(?:for|over|during|last(?:s|ing)?|going|refills?(?: it)? for)\s"
    rf"(?:about\s|roughly\s|around\s|at\sleast\s|no\sless\sthan\s|another\s|a\s{_UNBROKEN}\s"
    r"|fully\s|the\s|up\sto\s|as\s(?:long|much|many)\sas\s|this\s|a\stotal\sof\s|some\s)*"
    rf"(?:next\s|coming\s|first\s|following\s|{_UNBROKEN}\s)*"
    + _COUNT
    + rf"[\s-](?:(?:more|further|additional|{_UNBROKEN})\s)?"
    + _UNIT
    + r"\b(?!-old)(?!\s(?:ago|old|after|later|apart"
    + r"|before(?!\s(?:\w+ing|she|he|they|you|we|it|any)\b)))",
    re.I,
)
"""A length behind its preposition: "for a year", "over the next few months"."""
_COMING = sifted(
    r"\b(?:for|over|during|through(?:out)?|all) (?:the |this )?"
    r"(?:whole |entire |coming |next |full |rest of the )+(?:of (?:the )?(?:next |coming |this )?)?"
    r"(?P<unit>month|year|night)\b"
    r"|\bthroughout the (?P<through>month|year)\b"
    r"|\ball (?P<round>year|month|night) (?:long|round)\b|\b(?P<over>overnight)\b"
    r"|\bthrough(?:out)? the (?P<dark>night)\b",
    re.I,
)
"""A length that is one of its unit: "for the coming year"."""
_COURSE = sifted(
    rf"(?<![\w-])(?:(?:an?|the|one|another)\s)?(?:full\s|whole\s)?(?P<n>half|\d+|{CARDINAL})[\s-]"
    r"(?P<unit>day|week|month|year)\s(?:course|treatment|prescription|scripts?|repeats?)\b",
    re.I,
)
"""A length ahead of the word for a course: "a five-year course"."""
_TOTAL = sifted(
    rf"(?<![\w-])(?P<n>\d+|{CARDINAL})[\s-](?P<unit>day|week|month|year)s?\s"
    r"(?:in (?:total|all)|altogether|only|overall|on (?:repeat|end)|straight|running|in a row"
    r"|at a stretch|in one (?:go|stretch)|continuously|non-?stop|back[- ]to[- ]back|throughout"
    r"|uninterrupted(?:ly)?|without (?:a |any )?(?:break|pause|gap|interruption))\b",
    re.I,
)
"""A length of the whole: "3 days in total", "six months on repeat"."""
_LABELLED = re.compile(
    r"\b(?:course|duration|treatment|therapy|length|to complete)(?: (?:length|duration|is|of))*:?\s"
    rf"(?P<n>\d+|{CARDINAL})[\s-](?P<unit>day|week|month|year)s?\b(?! (?:ago|old|after|later"
    rf"|apart))",
    re.I,
)
_BARE = re.compile(
    r"\b(?:daily|nightly|hours|hourly|hrly|\dh|night|nocte|mane|morning|evening|bedtime|[bt]ds?|[btq]id"
    rf"|qds|od|day)\)?(?:[,;]|\s?[(\u2013\u2014]|\s-)?\s?(?P<n>\d+|{CARDINAL})"
    r"(?:[\s-](?P<unit>day|week|month|year)s?(?=\s*(?:[).;]|\Z))|/(?P<part>7|52|12)(?![\d/]))",
    re.I,
)
"""A length that stands alone behind how often: "every 12 hours, twelve weeks", "nocte 6/12"."""
_PART = re.compile(r"\b(?:for|x)\s(?P<n>\d{1,2})/(?P<part>7|52|12)(?![\d/])")
"""Days, weeks and months as a British prescriber writes them: 5/7, 2/52, 3/12."""
ENDLESS = sifted(
    r"\b(?:indefinite(?:ly)?|life-?long|for life|permanent(?:ly)?|for good"
    r"|for (?:many )?(?:years|months)"
    r"|without (?:an? )?(?:stop|end) date|without (?:an? )?(?:end|limit)\b|year-round"
    r"|as long as (?:needed|it helps|symptoms last|(?:he|she|you|they) (?:likes?|wants?))"
    r"|(?:years|for ever|forever) if need(?:ed| be)|forever|for ever|open-ended"
    r"|(?:for |on )?at least (?:a|one|\d+) years?"
    r"|(?:all|right|all the way) through(?:out)? (?:the |this )?(?:winter|summer|spring|autumn"
    r"|season)"
    r"|(?:(?:every|each) (?:day|night|morning|evening) )?from (?:then|now|here) on(?:wards?)?"
    r"|(?:keep|kept|leave|left|stay|remain|continu\w*|carry on|take|taken|use|used|renew\w*|on)\b"
    r"[^.;,]{0,40}\blong[- ]term(?=\s*(?:[.;,]|\Z|and\b|as\b|for\b|to\b|without\b)))\b"
    r"|\blong[- ]term(?=\s*(?:[.;,]|\Z))",
    re.I,
)
"""A course without an end."""
_AHEAD = re.compile(
    rf"\b(?P<n>an?|\d+|{CARDINAL})[\s-](?P<unit>day|week|month|year)s?(?:['\u2019]s?)?"
    r"\s(?:(?:course|supply)\s)?of\s(?:[\w-]+\s){0,2}\Z",
    re.I,
)
"""A length ahead of the name: "six months of daily fluconazole"."""
_DAYS = {
    "min": Decimal(1) / 1440, "minute": Decimal(1) / 1440, "hour": Decimal(1) / 24,
    "night": Decimal("0.4"), "day": Decimal(1), "week": Decimal(7), "fortnight": Decimal(14),
    "month": Decimal(30), "year": Decimal(365), "overnight": Decimal("0.4"),
}  # fmt: skip
_PARTS = {"7": "day", "52": "week", "12": "month"}
_SOME = {"half": Decimal("0.5"), "couple": Decimal(2), "few": Decimal(3), "several": Decimal(4)}
DENIED = re.compile(r"\b(?:not|never|no|cannot|avoid\w*|without|rather than|beyond)\b|n't\b", re.I)
"""Words by which a length is none to be kept."""
_GOES_ON = re.compile(
    r"\b(?:continu\w*|keep\w*|kept|stay\w*|remain\w*|(?:carr(?:y|ies|ied)|go(?:es)?|going) on"
    r"|maint\w*|leave\w*|left|runs?|running|lasts?|treat\w*|therapy|courses?|plan\w*|renew\w*"
    r"|refill\w*|prescri\w*|uses?|using|takes?|taken|taking|give|given|gets?|needs?|needed|persever\w*"
    r"|repeat\w*|doses?|dosing|injections?|infusions?|tablets?|capsules?|drops?|sprays?|puffs?"
    r"|ointment|cream|daily|nightly|monthly|weekly|intention|aim|expect\w*|intend\w*|appl\w+"
    r"|extend\w*|prolong\w*|sustain\w*|held|hold|on (?:it|this|them)|supply|duration|length"
    r"|(?:is|are) for)\b",
    re.I,
)
"""Words by which a length is of the treatment that was named before."""
_ENDS = re.compile(
    r"\b(?:stop\w*|ends?|ended|review\w*|re-?check\w*|reassess\w*|see|seen|saw|visits?|returns?|come"
    r"|follow\w*|monitor\w*|watch\w*|measur\w*|repeat (?:the )?(?:blood|test|\w+gram)|discontinu\w*"
    r"|taper\w*|wean\w*|withdraw\w*|pause\w*|symptoms?|wait\w*|protect\w*|immun\w*|effects?"
    r"|half-?life|abstain\w*|contracepti\w*|abroad|off)\b",
    re.I,
)
"""Words by which it is of something else."""


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time and where its words stand."""

    start: int
    end: int
    days: Decimal


def lengths(text: str, begin: int, end: int) -> Iterator[Length]:
    """Yield each length that a stretch of text states, nearest first."""
    found = [
        Length(m.start(), m.end(), _days(m["n"], m["unit"]))
        for pattern in (_LENGTH, _COURSE, _TOTAL, _LABELLED)
        for m in pattern.finditer(text, begin, end)
    ]
    found += [
        Length(m.start("n"), m.end(), _days(m["n"], m.groupdict().get("unit") or _PARTS[m["part"]]))
        for pattern in (_BARE, _PART)
        for m in pattern.finditer(text, begin, end)
    ]
    found += [
        Length(m.start(), m.end(), _DAYS[next(g for g in m.groups() if g).lower()])
        for m in _COMING.finditer(text, begin, end)
    ]
    found += [Length(m.start(), m.end(), _DAYS["year"]) for m in ENDLESS.finditer(text, begin, end)]
    yield from sorted(found, key=lambda one: one.start)


def ahead(text: str, begin: int, end: int) -> Decimal | None:
    """Return the days that words right ahead of a name state: "six months of fluconazole"."""
    found = _AHEAD.search(text, begin, end)
    return None if found is None else _days(found["n"], found["unit"])


def kept_up(text: str, begin: int, end: int) -> Length | None:
    """Return the first length that a sentence keeps a treatment going for, unnamed in it."""
    for one in lengths(text, begin, end):
        said = text[begin : one.start]
        goes = max((m.start() for m in _GOES_ON.finditer(text, begin, one.end)), default=-1)
        ends = max((m.start() for m in _ENDS.finditer(text, begin, one.start)), default=-1)
        if DENIED.search(said) or goes <= ends:
            return None
        return one
    return None


def _days(counted: str, unit: str) -> Decimal:
    words = counted.lower()
    some = next((n for word, n in _SOME.items() if word in words), None)
    count = some or (count_of(words) if words.isdigit() or words in COUNTS else Decimal(1))
    return count * _DAYS[unit.lower()]
