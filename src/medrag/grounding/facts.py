"""What grounding compares, read once from one text: numbers, frequencies, drugs with doses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from medrag.clinical.frequency import parse_frequencies
from medrag.clinical.mentions import DiagnosisMention, DrugMention, LabMention
from medrag.clinical.quantity import Frequency
from medrag.clinical.reading import read_named
from medrag.grounding.equal import Number
from medrag.grounding.number_facts import read_numbers
from medrag.grounding.words import DRUG_SUFFIX, NO_DRUGS
from medrag.grounding.writing import EACH_TIME, HOURLY, RATED
from medrag.text.prefilter import prefiltered


@dataclass(frozen=True, slots=True)
class Drug:
    """A drug with the doses that the text gives it.

    Attributes:
        start, end: Its words.
        name: As written.
        keys: Ingredients, or the class; equal keys are one drug.
        is_class: Whether it is a class of drugs that is named.
        doses: `500 mg`, amount and UCUM unit.
    """

    start: int
    end: int
    name: str
    keys: frozenset[str]
    is_class: bool
    doses: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """What grounding compares, read from one text."""

    text: str
    numbers: tuple[Number, ...]
    frequencies: tuple[Frequency, ...]
    drugs: tuple[Drug, ...]
    diseases: tuple[DiagnosisMention, ...]
    labs: tuple[LabMention, ...]

    @property
    def analytes(self) -> frozenset[str]:
        """What is measured."""
        return frozenset(lab.analyte for lab in self.labs)


_MARKER = re.compile(
    r"\[\d{1,3}(?:[,–-]\s?\d{1,3})*\]|(?m:^\s*\d{1,2}[.)]\s)|(?<=[a-z]\.)\d{1,3}(?=\s|\Z)"
)


def without_markers(text: str) -> str:
    """Return `text` with citation marks and list numbers blanked, offsets kept."""
    return _MARKER.sub(lambda match: " " * len(match[0]), text)


@lru_cache(maxsize=256)
def read_facts(text: str) -> Facts:
    """Return what grounding compares in `text`; the latest texts are kept."""
    frequencies = tuple(_frequencies(text))
    numbers = read_numbers(text, frequencies)
    content = read_named(text)
    drugs = tuple(_read_drugs(text, content.drugs))
    return Facts(text, numbers, frequencies, drugs, content.diagnoses, content.labs)


@lru_cache(maxsize=512)
def read_values(text: str) -> tuple[tuple[Number, ...], tuple[Frequency, ...]]:
    """Return the numbers and the frequencies of a cell, which is not searched for drugs."""
    frequencies = tuple(_frequencies(text))
    return read_numbers(text, frequencies), frequencies


_COUNT = r"(?:\d+|two|three|four|five|six|eight|ten|twelve)"
_MORE_RATES = prefiltered(
    r"\b(?:in|into|or)(?: one or)? (?P<divided>two|three|four|2|3|4)(?: equal(?:ly)?)?(?: divided)?"
    r" (?:doses|portions)\b"
    rf"|\b(?:at )?(?P<low>{_COUNT})(?:-?(?: to |-|–)(?P<high>{_COUNT}))?[- ]"
    r"(?P<unit>minute|hour|day|week|month|year)s?[ -]intervals?\b"
    r"|\bat intervals of (?P<low2>\d+)(?:(?: to |-|–)(?P<high2>\d+))?"
    r" (?P<unit2>hour|day|week|month|year)s?\b"
    r"|\bevery (?P<nth>third|fourth|fifth|sixth|tenth) (?P<nth_of>day|week|month|year)\b"
    r"|\bevery (?P<every>two|three|four|five|2|3|4|5|10|ten) years\b|\b(?P<two>biennial(?:ly)?)\b"
    r"|\b(?P<few>\d+|two|three|four|five|six|eight|ten|twelve)-?(?:(?: ?to |-|–)(?P<many>\d+|two"
    r"|three|four|five|six|eight|ten|twelve))?[- ](?P<of>hourly|daily|weekly|monthly|yearly)\b"
    r"(?:(?<=\d-weekly)|(?<=\d-monthly)|(?! (?:\d[\d.,]* ?(?:mg|mcg|g|units?) )?(?:doses|infusions"
    r"|injections|cycles|treatments|sessions|visits)))"
    r"|\b(?P<often>\d+|two|three|four|five|six)(?:(?: or | to |-|–)(?P<most>\d+|two|three|four"
    r"|five|six))? times (?:an|per|each|every) hour\b"
    r"|\b(?P<times>one|two|three|four|five|six|\d+) (?:(?:\d[\d.,]* ?(?:mg|mcg|g|mL|units?)|equal"
    r"|divided|separate|single|main) )?(?:injections?|applications?|sessions?|doses|meals"
    r"|infusions?|administrations?) (?:a|an|per|each|every) (?P<per>day|week|month|year)\b"
    r"|\b(?:single|an?|one) (?P<pace>weekly|monthly|fortnightly|nightly)"
    r" (?:(?:\d[\d.,]* ?(?:mg|mcg|g|units?) |[a-z]+ )?dose\b|dosing\b)"
    r"|(?<!every )(?<!twice )(?<!three )\b(?P<paced>weekly|monthly|fortnightly|yearly)"
    r" (?:dosing|doses)\b"
    r"|\b(?:once (?:an?|per|each|every)|every|each) (?P<fortnight>fortnight)\b"
    r"|\bonce (?:a|per|each|every) (?P<season>quarter)\b(?!(?: of)?(?: an?)?[- ]?hour)"
    r"|\b(?P<alternate>alternate-day)\b|\b(?P<year>annual(?:ly)?|yearly)\b|\b(?P<quarter>quarterly)\b"
    r"|\b(?P<half>semi-?annual(?:ly)?|half[- ]yearly|twice (?:yearly|a year|per year|each year)"
    r"|every (?:six months|half[- ]year))\b"
    r"|\bevery (?P<part>half|quarter)(?: of)?(?: an)?[- ]hour\b",
    re.IGNORECASE,
)  # fmt: skip
_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8, "ten": 10,
           "twelve": 12}  # fmt: skip
_OF_PACE = {"hourly": "hour", "daily": "day", "weekly": "week", "monthly": "month",
            "yearly": "year"}  # fmt: skip
_NTH = {"third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "tenth": 10}
_YEAR = Decimal(365)
_SELDOM = {"two": 2 * _YEAR, "year": _YEAR, "half": Decimal(180), "quarter": Decimal(90),
           "season": Decimal(90), "fortnight": Decimal(14), "alternate": Decimal(2)}  # fmt: skip
"""Days from one to the next, for words that say so by themselves."""
_PACES = {"nightly": Decimal(1), "weekly": Decimal(7), "fortnightly": Decimal(14),
          "monthly": Decimal(30), "yearly": _YEAR}  # fmt: skip
_PERIOD = re.compile(r"an? (?:day|week|month|year)\Z", re.IGNORECASE)
_ONCE = re.compile(r"once\Z", re.IGNORECASE)
_JOINS_ON = re.compile(
    r"\s(?:(?:[\w-]+ ){1,4}(?:is|are|has|have|had|was|were)\b)|\s(?:the|it|they|this|these|that"
    r"|[A-Z]{2,}|symptoms|levels?)\b"
)
_HYPHENED = prefiltered(r"(?<=[a-z])-(a|per|each|every)-(?=(?:day|week|month|year)\b)")
_ONCE_IN = re.compile(
    r"\bonce in (?=(?:\d+|two|three|four|five|six|eight|ten|twelve) (?:day|week|month|year)s\b)",
    re.I,
)
_IN_THE_DAY = re.compile(
    r"\btimes (?:over|in|during|through|throughout|across|within|in the course of)"
    r" (?:the|any|one|each) (day|week|month|year)\b", re.IGNORECASE,
)  # fmt: skip
_HALF_DAY = re.compile(r"\bhalf a day\b", re.IGNORECASE)
_NO_RATE = re.compile(r"(?i:immediately|stat)\Z|(?:sat|sun|(?:in|on) the sun)\Z")
_GIVEN = re.compile(
    r"(?:given|taken|administered|repeat(?:ed)?|used|applied|injected|dosed?|only|sprayed"
    r"|actuate\w*"
    r"|inhaler|mg|mL|g)\s\Z", re.IGNORECASE,
)  # fmt: skip


def _frequencies(text: str) -> Iterator[Frequency]:
    text = _IN_THE_DAY.sub(lambda m: f"times a {m[1]}".ljust(len(m[0])), text)
    text = _ONCE_IN.sub("  every ", _HYPHENED.sub(r" \1 ", text))
    special = [_rate(match) for match in _MORE_RATES.finditer(text)]
    for one in parse_frequencies(text):
        if any(s.start < one.end and one.start < s.end for s in special):
            continue
        before = text[max(0, one.start - 40) : one.start]
        if _HALF_DAY.search(text, one.start, one.end + 4) or _is_amount(one, before):
            continue
        if _PERIOD.match(one.text) and not RATED.search(before):
            continue  # "for more than a week" is how long
        if _PERIOD.match(one.text) and before.endswith("days "):
            continue  # "five days a week" is a number of days
        if _is_rate(text, one):
            continue
        if one.text == "hs" and text[one.end : one.end + 1] == "-":
            continue  # a high-sensitivity assay, no hour of sleep
        if _NO_RATE.match(one.text) or text[one.end :].startswith(" level"):
            continue
        joins = _JOINS_ON.match(text, one.end) is not None
        if _ONCE.match(one.text) and (joins or not _GIVEN.search(before)):
            continue  # "once it has settled"
        yield one
        yield from _steps(one)
    yield from special


def _steps(often: Frequency) -> Iterator[Frequency]:
    """Yield how often a dose is changed, behind how often it is given."""
    for step in _STEP.finditer(often.text):
        start, end = (often.start + place for place in step.span())
        yield from (replace(one, start=start, end=end) for one in parse_frequencies(step[0]))


_STEP = re.compile(
    r"(?<=[a-z] )every (?:\d+|two|three|four|six)(?: ?(?:to|-|–) ?\d+)? (?:days|weeks|months)\b",
    re.I,
)
"""What stands behind the rate in "500 mg twice daily every 2 weeks"."""
_MOST_OFTEN = 12
_COUNTED_IN = re.compile(r"(\d+) (?:a|per|each|every) ", re.IGNORECASE)
_HAD = re.compile(
    r"\b(?:had|have|has|having|received|miss\w*|since|omit\w*|skip\w*|leav\w+ out)"
    r"(?: [a-z]+){0,3} \Z", re.IGNORECASE,
)  # fmt: skip


def _is_amount(one: Frequency, before: str) -> bool:
    """Return whether "100 each month" is no rate of doses, and "has had one dose" is over."""
    counted = _COUNTED_IN.match(one.text)
    many = counted is not None and int(counted[1]) > _MOST_OFTEN
    return many or (one.once and _HAD.search(before) is not None)


def _is_rate(text: str, one: Frequency) -> bool:
    """Return whether it is what an amount is per: "1 g hourly", "18 units/kg each hour"."""
    before = max(0, one.start - 24)
    return HOURLY.search(text, max(0, one.start - 16), one.end) is not None or any(
        match.end() == one.end for match in EACH_TIME.finditer(text, before)
    )


def _rate(match: re.Match[str]) -> Frequency:
    start, end = match.span()
    if match["low"] or match["low2"]:
        return _interval(match)
    if match["divided"]:
        times = match["divided"].lower()
        rate = Decimal(_COUNTS.get(times, 0) or int(times))
    elif match["nth"]:
        rate = _each(match["nth_of"].lower(), _NTH[match["nth"].lower()])
    elif match["every"]:
        years = match["every"].lower()
        rate = 1 / (_YEAR * (_COUNTS.get(years, 0) or int(years)))
    elif match["often"]:
        low, high = match["often"].lower(), (match["most"] or match["often"]).lower()
        slow, fast = (Decimal(24 * (_COUNTS.get(one, 0) or int(one))) for one in (low, high))
        return Frequency(per_day=fast, start=start, end=end, text=match[0],
                         per_day_low=slow if match["most"] else None)  # fmt: skip
    elif match["few"]:
        few, many = match["few"].lower(), (match["many"] or "").lower()
        unit = _OF_PACE[match["of"].lower()]
        slowest = _each(unit, _COUNTS.get(many, 0) or int(many)) if many else None
        rate = _each(unit, _COUNTS.get(few, 0) or int(few))
        return Frequency(per_day=rate, start=start, end=end, text=match[0], per_day_low=slowest)
    elif match["times"]:
        times = match["times"].lower()
        rate = Decimal(1 if times == "one" else _COUNTS.get(times, 0) or int(times))
        rate /= _DAYS[match["per"].lower()]
    elif match["part"]:
        rate = Decimal(48 if match["part"].lower() == "half" else 96)
    elif match["pace"] or match["paced"]:
        rate = 1 / _PACES[(match["pace"] or match["paced"]).lower()]
    else:
        rate = 1 / _SELDOM[match.lastgroup or ""]
    return Frequency(per_day=rate, start=start, end=end, text=match[0])


_DAYS = {"hour": Decimal(1) / 24, "day": Decimal(1),
         "week": Decimal(7), "month": Decimal(30), "year": _YEAR}  # fmt: skip


def _interval(match: re.Match[str]) -> Frequency:
    """Return "at 3 to 6 month intervals" as every 3 to 6 months."""
    low, high = match["low"] or match["low2"], match["high"] or match["high2"]
    unit = (match["unit"] or match["unit2"]).lower()
    rate, slowest = (
        _each(unit, _COUNTS.get(count.lower(), 0) or int(count)) if count else None
        for count in (low, high)
    )
    return Frequency(
        per_day=rate, start=match.start(), end=match.end(), text=match[0], per_day_low=slowest
    )


def _each(unit: str, count: int) -> Decimal:
    """Return how often a day "every `count` hours" is, whole where it is whole."""
    in_a_day = {"minute": Decimal(1440), "hour": Decimal(24)}
    return in_a_day[unit] / count if unit in in_a_day else 1 / (_DAYS[unit] * count)


def _read_drugs(text: str, mentions: Sequence[DrugMention]) -> Iterator[Drug]:
    known: set[int] = set()
    for drug in mentions:
        own = frozenset(drug.ingredients)
        keys = own or frozenset({drug.drug_class or drug.text.lower()})
        doses = tuple(
            f"{r.dose.value.normalize():f} {r.dose.unit}" for r in drug.regimens if r.dose
        )
        known.update(range(drug.start, drug.end))
        is_class = not own and drug.drug_class is not None
        yield Drug(drug.start, drug.end, drug.text, keys, is_class, doses)
    for match in DRUG_SUFFIX.finditer(text):
        if match.start() not in known and match[0].lower() not in NO_DRUGS:
            word = match[0]
            yield Drug(match.start(), match.end(), word, frozenset({word.lower()}), False, ())


_BETWEEN = re.compile(r"[\d,;.()]|\b(?:or|and)\b")


def paces(facts: Facts, apart: re.Pattern[str] = _BETWEEN) -> Iterator[tuple[Number, Frequency]]:
    """Yield each number with the frequency that follows it directly, in text order.

    Directly: within 24 characters, and nothing that `apart` finds stands between.
    """
    for number in facts.numbers:
        for frequency in facts.frequencies:
            between = facts.text[number.end : frequency.start]
            near = 0 <= frequency.start - number.end <= 24
            if near and not apart.search(between):
                yield number, frequency
                break
