"""How often a claim says something is given, where its quotations say otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

from medrag.clinical.quantity import Frequency
from medrag.grounding.bounds import bound_of, direction
from medrag.grounding.equal import FOLD, Number, is_same
from medrag.grounding.facts import Facts, paces
from medrag.grounding.follows import is_rate_of_amount
from medrag.grounding.sums import is_reckoned


class Other(NamedTuple):
    """A frequency, or a dose at another one; see `grounding.Ungrounded`."""

    kind: Literal["number", "frequency"]
    start: int
    end: int
    message: str
    expected: str = ""


_PERIOD = re.compile(r"(?:a|per|each) (?:day|year)", re.IGNORECASE)
_ONCE = re.compile(r"\b(?:single|once|one|one-time|stat)\b", re.IGNORECASE)
_SINGLE = re.compile(r"\bsingle (?:daily|bedtime|morning|evening|dose)\b", re.IGNORECASE)
_SINGLE_DAILY = re.compile(
    r"\bsingle (?:daily|bedtime|morning|evening) (?:dose)?"
    r"|\bsingle dose\b[^.;]{0,30}\b(?:morning|evening|night|bedtime|day|daily)\b", re.IGNORECASE,
)  # fmt: skip
_DAILY = re.compile(
    r"(?<!once )(?<!twice )(?<!times )(?<!three )\bdaily\b|/\s?(?:day|d|24\s?h)\b|\bper day\b"
    r"|(?<!once )(?<!twice )(?<!times )\b(?:a|each|any|one) day\b|\b24[- ]hours?\b", re.IGNORECASE,
)  # fmt: skip
_NEEDED = re.compile(
    r"\b(?:need|necess|requir|adjust|accordingly|appropriate|warrant)", re.IGNORECASE
)


_PERMITS = re.compile(
    r"\b(?:may|can) (?:also )?be (?:given|repeated|administered|used|taken)\b", re.I
)
"""What need not be done is done as needed."""


def other_frequencies(said: Facts, sources: Sequence[Facts]) -> Iterator[Other]:
    """Yield how often the claim says where no quotation says the same."""
    stated = [f for source in sources for f in source.frequencies]
    yield from _more_times(said, sources)
    for frequency in said.frequencies:
        denied = _DENIED.search(said.text, max(0, frequency.start - 30), frequency.start)
        if denied or _PERIOD.fullmatch(frequency.text):
            continue  # "never each day"; "8 mg a day", "2 % a year"
        if any(_is_stated(frequency, source) for source in sources) or _is_part(frequency, sources):
            if near := _bound_apart(said, frequency, sources):
                words = said.text[frequency.start : frequency.end]
                message = f"The claim bounds {words!r} otherwise than its quotation: {near!r}."
                yield Other("frequency", frequency.start, frequency.end, message, near)
            continue
        if _follows(said, frequency, sources):
            continue
        needed = any(
            _NEEDED.search(source.text) or (source.frequencies and _PERMITS.search(source.text))
            for source in sources
        )
        if frequency.per_day is None and (needed or not stated):
            continue
        near = stated[0].text if stated else ""
        instead = f"; they say {near!r}" if near else ""
        message = f"{frequency.text!r} stands in no quotation of this claim{instead}."
        yield Other("frequency", frequency.start, frequency.end, message, near)


def _follows(said: Facts, frequency: Frequency, sources: Sequence[Facts]) -> bool:
    """Return whether the quotations say as often in another way: a total, two times of day."""
    rated = frequency.per_day != 1 and is_rate_of_amount(frequency.per_day, sources)
    total = _TOTAL.match(said.text, frequency.start)
    if total and any(total["pace"].lower() in map(str.lower, _TOTAL.findall(s.text))
                     for s in sources):  # fmt: skip
        return True
    at_meals = _MEAL.match(frequency.text) is not None
    if (
        rated
        or any(at_meals and _is_at_meals(frequency, source) for source in sources)
        or any(_slots(s) == frequency.per_day or _is_ration(frequency, s) for s in sources)
        or _is_slot(said, frequency, sources)
    ):
        return True
    single = _SINGLE if frequency.once else _SINGLE_DAILY
    daily = frequency.once or frequency.per_day == 1
    if daily and any(single.search(s.text) for s in sources):
        return True
    if frequency.once and any(_is_one_dose(source) for source in sources):
        return True
    if frequency.per_day == 1:
        rates = {f.per_day for source in sources for f in source.frequencies}
        told = rates <= {1} and any(_DAILY.search(source.text) for source in sources)
        if told or _is_daily(said, frequency, sources) or _is_total(said, frequency, sources):
            return True
    return frequency.per_day is not None and (
        _is_least_gap(said, frequency, sources) or _is_in_time(frequency, sources)
    )


_MEAL = re.compile(
    r"(?:with|at|before|after|during) (?:[a-z]+ )?(?:meals?|mealtimes?|food|eating)\Z",
    re.IGNORECASE,
)
_AT_MEALS = {
    "before": re.compile(r"\bpre-?(?:prandial|meal)|\bbefore (?:eating|meals?|food)\b", re.I),
    "after": re.compile(r"\bpost-?(?:prandial|meal)|\bafter (?:eating|meals?|food)\b", re.I),
    "with": re.compile(
        r"\bwith(?: or without)? (?:a |each |any |every )?(?:meals?|food)\b|\b(?:regardless"
        r"|irrespective|independent(?:ly)?) of (?:meals?|food|eating)\b|\bat mealtimes?\b"
        r"|\bfood intake\b",
        re.I,
    ),
}  # fmt: skip
"""What stands in a quotation for "before meals", "after meals" and "with meals" of a claim."""


def _is_at_meals(frequency: Frequency, source: Facts) -> bool:
    when = frequency.text.split()[0].lower()
    return _AT_MEALS.get(when, _AT_MEALS["with"]).search(source.text) is not None


_TOTAL = re.compile(
    r"\b(?P<pace>weekly|monthly|yearly|annual) (?:[a-z-]+ ){0,2}(?:dos(?:e|age)|amount|total)\b",
    re.IGNORECASE,
)
"""The amount of a week, which tells no rate: "go on with 90 % of the weekly dose"."""
_NO_SOONER = re.compile(
    r"\b(?:no (?:sooner|faster|quicker|earlier) than|(?:no|not) more often than|at most|at least)"
    r"(?: once)? \Z", re.IGNORECASE,
)  # fmt: skip


_AT_THE_SOONEST = re.compile(
    r",? (?:at (?:the )?(?:very )?(?:most|quickest|soonest|earliest|fastest)|or (?:longer|more|less"
    r" often)|but no (?:sooner|faster|more often))\b", re.IGNORECASE,
)  # fmt: skip


def _is_least_gap(said: Facts, frequency: Frequency, sources: Sequence[Facts]) -> bool:
    """Return whether "no sooner than every four weeks" is "a minimum of 4 weeks on each dose"."""
    behind = _AT_THE_SOONEST.match(said.text, frequency.end)
    if not frequency.per_day or not (behind or _NO_SOONER.search(said.text, 0, frequency.start)):
        return False
    return any(
        n.bound == ">=" and n.quantity.value and n.quantity.unit in _DAYS
        and _near(frequency.per_day, 1 / (_DAYS[n.quantity.unit] * n.quantity.value))
        for source in sources for n in source.numbers
    )  # fmt: skip


def _is_ration(frequency: Frequency, source: Facts) -> bool:
    """Return whether "eight a day" is what a quotation gives in 24 hours: "8 tablets a day"."""
    return any(
        n.quantity.unit[0] in "1{" and n.quantity.value == frequency.per_day
        and (n.quantity.unit.endswith("/d") or _IN_A_DAY.match(source.text, n.end))
        for n in source.numbers
    )  # fmt: skip


_IN_A_DAY = re.compile(
    r"(?: (?!once|twice|thrice|times)[a-z]+){0,4}?(?: (?:daily|(?:per|a|each|every) day"
    r"|in (?:any )?24 h)|/day)", re.IGNORECASE,
)  # fmt: skip


def _bound_apart(said: Facts, frequency: Frequency, sources: Sequence[Facts]) -> str:
    """Return the quotation's words where "at least 3 doses a day" is told of "at most 3"."""
    mine = _pointed(said, frequency)
    if not mine:
        return ""
    near = ""
    for source in sources:
        for other in source.frequencies:
            if other.per_day is None or not as_often(frequency, other):
                continue
            theirs = _pointed(source, other)
            if not theirs or theirs == mine:
                return ""
            near = near or source.text[max(0, other.start - 25) : other.end]
    return near


def _pointed(facts: Facts, frequency: Frequency) -> str:
    return direction(bound_of(facts.text, frequency.start, frequency.end), "{dose}")


def _is_stated(frequency: Frequency, source: Facts) -> bool:
    """Return whether a quotation says as often; one dose in all is no daily dose.

    A time of day ("at bedtime") beside a slower rate ("on alternate days") says no rate.
    """
    slower = any(f.per_day is not None and f.per_day < 1 for f in source.frequencies)
    for other in source.frequencies:
        if not as_often(frequency, other):
            continue
        if other.once and not frequency.once and not _DAILY.search(source.text):
            continue
        timed = slower and _TIME_OF_DAY.fullmatch(other.text) is not None
        if not (timed and frequency.text.lower() != other.text.lower()):
            return True
    return False


_DENIED = re.compile(
    r"\b(?:not|never|rather than|instead of)(?: (?!more|less|exceed|only|later|longer|fewer|until)"
    r"\w+){0,2} \Z", re.IGNORECASE,
)  # fmt: skip
_AMISS = re.compile(
    r"\b(?:mistaken(?:ly)?|accidental(?:ly)?|inadvertent(?:ly)?|erroneous(?:ly)?|wrong(?:ly)?)"
    r" (?:[a-z]+ )?\Z", re.IGNORECASE,
)  # fmt: skip
"""What is told before a rate that nobody should take."""
_TIME_OF_DAY = re.compile(
    r"(?:(?:at|in|on|with|before|after|each|every)\s)?(?:the\s)?(?:morning|evening|night|bedtime|bed|noon"
    r"|midday"
    r"|breakfast|lunch|dinner|supper)s?", re.IGNORECASE,
)  # fmt: skip


def _slots(source: Facts) -> int:
    """Return how many times of day a quotation names; 0 for one, which says no rate."""
    named = {f.text.lower() for f in source.frequencies if _TIME_OF_DAY.fullmatch(f.text)}
    return len(named) if len(named) > 1 else 0


def _is_slot(said: Facts, frequency: Frequency, sources: Sequence[Facts]) -> bool:
    """Return whether "one in the morning and one at night" is "twice daily" of a quotation."""
    named = _slots(said) if _TIME_OF_DAY.fullmatch(frequency.text) else 0
    rates = {f.per_day for source in sources for f in source.frequencies if f.per_day}
    return bool(named) and named in rates


def _is_one_dose(source: Facts) -> bool:
    """Return whether a quotation speaks of one dose: "once", "1 dose"."""
    counts = (n.quantity for n in source.numbers if n.quantity.unit == "{dose}")
    return _ONCE.search(source.text) is not None or any(q.top == 1 for q in counts)


def _is_part(frequency: Frequency, sources: Sequence[Facts]) -> bool:
    """Return whether "in the morning" is a time of day that the quotations name."""
    part = _PART_OF_DAY.search(frequency.text)
    if part is None:
        return False
    clock = _BEFORE_NOON if part[0].lower() == "morning" else _AFTER_NOON
    return any(part[0].lower() in s.text.lower() or clock.search(s.text) for s in sources)


_BEFORE_NOON = re.compile(r"\d ?a\.?m\b", re.IGNORECASE)
_AFTER_NOON = re.compile(r"\d ?p\.?m\b", re.IGNORECASE)


_TIME = r"(?:mornings?|evenings?|nights?|bedtime|noon|midday|breakfast|lunch|dinner|supper)"
_TIMES = re.compile(
    rf"\b{_TIME} and (?:again )?(?:(?:in the|at|every|with) )?{_TIME}\b(?! dose)", re.IGNORECASE
)


def _more_times(said: Facts, sources: Sequence[Facts]) -> Iterator[Other]:
    """Yield "morning and evening" where the quotations say once a day."""
    match = _TIMES.search(said.text)
    rates = {f.per_day for source in sources for f in source.frequencies}
    if match and rates == {1} and not any(_TIMES.search(s.text) or _slots(s) for s in sources):
        near = sources[0].frequencies[0].text if sources[0].frequencies else ""
        message = f"{match[0]!r} stands in no quotation of this claim; they say once a day."
        yield Other("frequency", match.start(), match.end(), message, near)


_PART_OF_DAY = re.compile(r"morning|evening|night|bedtime|noon", re.IGNORECASE)
_IN_TIME = re.compile(r"\b(?:(?:in|within)|intervals?(?: is| are)?(?: to| of| at|:)) \Z")


def _is_in_time(frequency: Frequency, sources: Sequence[Facts]) -> bool:
    """Return whether a quotation says "in 3 months" where the claim says "every 3 months"."""
    for number, text in ((n, source.text) for source in sources for n in source.numbers):
        days = _DAYS.get(number.quantity.unit)
        before = text[: number.start][-20:]
        told = bool(_IN_TIME.search(before) or _LENGTHENED.search(text, 0, number.start))
        told = told or bool(_CYCLE.match(text, number.end))
        told = told or (number.quantity.value == 1 and bool(_LASTING.search(before)))
        if days and frequency.per_day and told:
            rates = {1 / (days * v) for v in (number.quantity.value, number.quantity.top) if v}
            if any(_near(frequency.per_day, rate) for rate in rates):
                return True
    return False


_LENGTHENED = re.compile(r"\bintervals?\b[^.;]{0,90}\b(?:to|is|are|of|or) \Z", re.IGNORECASE)
"""What stands before each value of "extend the interval to 36 hours if A and to 48 hours if B"."""
_CYCLE = re.compile(r"[\s-]?(?:\w+ )?(?:cycles?|intervals?|schedules?)\b")
_LASTING = re.compile(r"\b(?:for|over) \Z")
_DAYS = {
    "min": Decimal(1) / 1440,
    "h": Decimal(1) / 24,
    "d": Decimal(1),
    "wk": Decimal(7),
    "mo": Decimal(30),
    "a": Decimal(365),
}


def _is_daily(said: Facts, frequency: Frequency, sources: Sequence[Facts]) -> bool:
    """Return whether "80 mg daily" is an amount that the quotations give for a day."""
    daily = [source for source in sources if is_told_daily(source.text)]
    if daily and not any(f.per_day != 1 for source in sources for f in source.frequencies):
        return True
    if re.match(r" (?:\w+ ){0,2}(?:dos|amount|total|maximum)", said.text[frequency.end :][:40]):
        return bool(daily)
    amounts = [n for n in said.numbers if 0 <= frequency.start - n.end <= 30]
    return bool(daily and not amounts) or any(
        is_same(one, other) and not _has_pace(source, other)
        for one in amounts for source in daily for other in source.numbers
    )  # fmt: skip


def is_told_daily(text: str) -> bool:
    """Return whether something is told of a day that is no mistake."""
    return any(not _AMISS.search(text, 0, match.start()) for match in _DAILY.finditer(text))


def _is_total(said: Facts, frequency: Frequency, sources: Sequence[Facts]) -> bool:
    """Return whether "1200 mg a day" is what the quotations' doses of a day add up to."""
    amounts = [n for n in said.numbers if 0 <= frequency.start - n.end <= 4]
    return any(is_reckoned(said, n, sources) for n in amounts)


def _has_pace(source: Facts, number: Number) -> bool:
    """Return whether a number of a quotation is given at a frequency of its own."""
    if number.quantity.unit.endswith("/d"):
        return False
    return any(n is number and f.per_day not in {None, 1} for n, f in paces(source))


def as_often(one: Frequency, other: Frequency) -> bool:
    """Return whether two rates are one."""
    if one.per_day is None or other.per_day is None:
        return one.per_day is other.per_day and one.prn == other.prn
    if _NIGHT.fullmatch(one.text) and _NIGHT.match(other.text):
        return True  # "at night and every 2 hours when required"
    low, lowest = one.per_day_low, other.per_day_low
    return _near(one.per_day, other.per_day) and (
        low is None or lowest is None or low == lowest or (lowest < 1 and _near(low, lowest))
    )


_NIGHT = re.compile(r"(?:at|every|each) (?:night|bedtime)\b|nightly|nocte", re.IGNORECASE)


def _near(one: Decimal, other: Decimal) -> bool:
    """Return whether two rates are one: every 3 months, 12 weeks, quarterly; 12 months, yearly."""
    loose = Decimal("0.08") if max(one, other) < _MONTHLY else Decimal("0.03")
    return abs(one - other) <= loose * other if other < 1 else one == other


_MONTHLY = Decimal(1) / 27
"""From about this rate on, months and weeks of four are told for each other."""


_STRENGTH = re.compile(
    r"[\s-]?(?:film|tablet|capsule|vial|syringe|kit|pen\b|package|strength|tab\b|cap\b)",
    re.IGNORECASE,
)


def other_paces(said: Facts, sources: Sequence[Facts]) -> Iterator[Other]:
    """Yield doses that the quotations give at another frequency, and this one at another dose."""
    stated = [
        (s.text, n, f) for s in sources for n, f in paces(s) if not n.quantity.unit.endswith("/d")
    ]
    for number, frequency in paces(said):
        if frequency.per_day is None:
            continue  # "if needed"
        same = [f for _, other, f in stated if is_same(number, other)]
        strength = any(
            is_same(number, n) and _STRENGTH.match(s.text, n.end)
            for s in sources
            for n in s.numbers
        )
        if (
            not (same or strength)
            or number.quantity.unit == FOLD
            or any(as_often(frequency, f) for f in same)
        ):
            continue
        for text, other, often in stated:
            if as_often(frequency, often):
                near = text[other.start : other.end]
                yield Other("number", number.start, number.end,
                            f"The quotation gives {near!r} {often.text}, not "
                            f"{said.text[number.start : number.end]!r}.", near)  # fmt: skip
                break
