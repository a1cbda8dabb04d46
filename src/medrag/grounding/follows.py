"""Numbers of a claim that follow from its quotations without any reckoning with their values.

"Hourly falls of 3 mmol/L" of 3 mmol/L/hour, "three years on" of two dates, "under 1 %" of 0.7 and
0.8 %, "more than 4,000" of 4,304, "20 mL/min or better" of bands that adjoin from 20 upwards.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from itertools import combinations, islice

from medrag.clinical.quantity import Quantity
from medrag.clinical.units import convert
from medrag.grounding.bounds import direction
from medrag.grounding.dates import read_dates
from medrag.grounding.equal import Number, is_same
from medrag.grounding.facts import Facts
from medrag.grounding.tokens import between
from medrag.grounding.words import populations

_PACES = (
    ("/min", re.compile(r"\b(?:(?:per|an?|each|every|by the) minute)\b", re.IGNORECASE)),
    ("/h", re.compile(r"\bhourly\b|\b(?:per|an|each|every|one|by the) hour\b", re.IGNORECASE)),
    ("/d", re.compile(r"\bdaily\b|\b(?:per|an?|each|every|one) day\b", re.IGNORECASE)),
    ("/wk", re.compile(r"\bweekly\b|\b(?:per|an?|each|every|one) week\b", re.IGNORECASE)),
    ("/mo", re.compile(r"\bmonthly\b|\b(?:per|an?|each|every|one) month\b", re.IGNORECASE)),
    ("/a", re.compile(r"\b(?:year|annual)ly\b|\b(?:per|an?|each|every|one) year\b", re.IGNORECASE)),
)  # fmt: skip
"""How a rate is told apart from its amount."""
_PER = (
    ("/mL", re.compile(r"\b(?:per|an?|each|every|one) (?:ml|millilit(?:er|re))\b", re.IGNORECASE)),
    ("/kg", re.compile(r"\b(?:per|an?|each|every|one) (?:kg|kilo(?:gram)?s?)\b", re.IGNORECASE)),
)  # fmt: skip
"""How a strength, or a dose by weight, is told apart from its amount."""
_NEAR = 70
"""Characters on either side in which what an amount is per may stand."""


def is_follow(said: Facts, number: Number, sources: Sequence[Facts]) -> bool:
    """Return whether a number that stands in no quotation says what they say all the same."""
    return (
        _is_rate_apart(said, number, sources)
        or _is_between_dates(said, number, sources)
        or _is_rough_bound(number, sources)
        or _is_a_day(number, sources)
        or _is_one_unit(number, sources)
        or _is_year(number, sources)
        or _is_trimester(said, number, sources)
        or _is_last_age(said, number, sources)
        or _is_concentration(number, sources)
    )


_VOLUMES = frozenset({"mL", "L"})
_SENTENCE_END = re.compile(r"[.;](?=\s|\Z)")


def _is_concentration(number: Number, sources: Sequence[Facts]) -> bool:
    """Return whether "50 mg/mL" is what a quotation dissolves: "each 5 mL contains 250 mg"."""
    q = number.quantity
    substance, _, volume = q.unit.partition("/")
    if volume not in _VOLUMES or q.high is not None:
        return False
    return any(
        is_same(number, replace(mass, quantity=Quantity(mass.quantity.value / per.quantity.value,
                                                        f"{mass.quantity.unit}/{per.quantity.unit}")))
        for source in sources
        for mass in source.numbers
        for per in source.numbers
        if per.quantity.unit in _VOLUMES and per.quantity.value and not per.quantity.high
        and mass is not per and not mass.quantity.high and "/" not in mass.quantity.unit
        and convert(Quantity(Decimal(1), mass.quantity.unit), substance) is not None
        and not _SENTENCE_END.search(source.text, min(mass.end, per.end),
                                     max(mass.start, per.start))
    )  # fmt: skip


_AGED = re.compile(r"\b(?:age[ds]?|years?|old|adults?|children|women|men|people|patients)\b", re.I)


def _is_last_age(said: Facts, number: Number, sources: Sequence[Facts]) -> bool:
    """Return whether "up to the age of 79" are those under 80, or "under 80" those up to 79."""
    q = number.quantity
    near = said.text[max(0, number.start - 30) : number.end + 20]
    if q.unit not in {"a", "1"} or q.high is not None or not _AGED.search(near):
        return False
    step = {"<=": 1, "": 1, "<": -1, ">": 1, ">=": -1, "from": -1}.get(number.bound, 0)
    wanted = {"<": {"<=", ""}, ">": {">=", "from"}, ">=": {">"}, "from": {">"}}
    bounds = wanted.get(number.bound, {"<"})
    return any(
        other.quantity.unit in {"a", "1"}
        and other.quantity.top == q.value + step
        and (other.bound in bounds or (number.bound == "<" and other.quantity.high is not None))
        for source in sources
        for other in source.numbers
    )


_TRIMESTERS = {"first": "first|1st", "second": "second|2nd", "last": "third|3rd|last"}
_TRIMESTER_MONTHS = 3


def _is_trimester(said: Facts, number: Number, sources: Sequence[Facts]) -> bool:
    """Return whether "the first three months" are a quotation's first trimester."""
    if (number.quantity.unit, number.quantity.value) != ("mo", Decimal(_TRIMESTER_MONTHS)):
        return False
    before = said.text[max(0, number.start - 12) : number.start].lower().split()
    which = _TRIMESTERS.get(before[-1]) if before else None
    named = re.compile(rf"\b(?:{which}) trimester", re.IGNORECASE)
    return which is not None and any(named.search(source.text) for source in sources)


_ONE_OF = {
    ("min", Decimal(60)): "hour", ("h", Decimal(24)): "day", ("d", Decimal(7)): "week",
    ("mo", Decimal(12)): "year",
}  # fmt: skip


def _is_one_unit(number: Number, sources: Sequence[Facts]) -> bool:
    """Return whether "sixty minutes" are "the first hour", "the first day" the first 24 hours."""
    q = number.quantity
    if q.high is not None:
        return False
    if (q.unit, q.value) == ("#day", Decimal(1)):
        return any((n.quantity.unit, n.quantity.value) == ("h", Decimal(_HOURS))
                   for source in sources for n in source.numbers)  # fmt: skip
    unit = _ONE_OF.get((q.unit, q.value))
    one = re.compile(
        rf"\b(?:first|an?|one|last|past|preceding|previous|prior|next|following) {unit}\b"
        rf"|\b{unit} one\b", re.IGNORECASE,
    )  # fmt: skip
    return unit is not None and any(one.search(source.text) for source in sources)


_FIRST_YEAR, _LAST_YEAR = 1950, 2100


def _is_year(number: Number, sources: Sequence[Facts]) -> bool:
    """Return whether a year is a date of the quotations and the years that they add to it."""
    q = number.quantity
    if q.unit != "1" or q.high is not None or not _FIRST_YEAR < q.value < _LAST_YEAR:
        return False
    years = {year for source in sources for year, _ in _dates(source.text)}
    spans = [n.quantity.value for s in sources for n in s.numbers if n.quantity.unit == "a"]
    return any(year + span == q.value for year in years for span in spans[:_MOST_DATES])


_DAILY = re.compile(r"\b(?:daily|(?:a|per|each) day)\b", re.IGNORECASE)


def _is_a_day(number: Number, sources: Sequence[Facts]) -> bool:
    """Return whether "24 hours" are the day of a quotation's "total daily dose"."""
    q = number.quantity
    whole = q.unit == "h" and q.value == _HOURS and q.high is None and number.bound in {"", "over"}
    return whole and any(_DAILY.search(source.text) for source in sources)


_HOURS = 24


def is_rate_of_amount(per_day: Decimal | None, sources: Sequence[Facts]) -> bool:
    """Return whether a quotation gives some amount per hour, day or week: "1 g per week"."""
    unit = _PER_DAY.get(per_day) if per_day is not None else None
    return unit is not None and any(
        number.quantity.unit.endswith(unit) for source in sources for number in source.numbers
    )


_PER_DAY = {
    Decimal(24): "/h", Decimal(1): "/d", 1 / Decimal(7): "/wk", 1 / Decimal(30): "/mo",
    1 / Decimal(365): "/a",
}  # fmt: skip


def _is_rate_apart(said: Facts, number: Number, sources: Sequence[Facts]) -> bool:
    """Return whether the rate of a quotation is told as its amount and how often."""
    unit = number.quantity.unit
    if unit[0] in "1#{":
        return False
    near = said.text[max(0, number.start - _NEAR) : number.end + _NEAR]
    for per, told in (*_PACES, *_PER):
        if told.search(near) is None:
            continue
        as_rate = Number(
            Quantity(number.quantity.value, f"{unit}{per}", number.quantity.high),
            number.start, number.end, number.bound, number.about,
        )  # fmt: skip
        for source in sources:
            for other in source.numbers:
                if other.quantity.unit.endswith(per) and is_same(as_rate, other):
                    mine, theirs = (direction(n.bound, unit) for n in (number, other))
                    if not mine or not theirs or mine == theirs:
                        return True
    return False


_ON = re.compile(
    r"\s?(?:(?:period|spell) )?(?:on\b(?! (?:treatment|therapy|the drug))|later|after\b|earlier"
    r"|before\b|apart|since|ago|hence|between)",
    re.IGNORECASE,
)
_AT_ONCE = re.compile(r"\b(?:every|each|after|of|for|lasts?|next)\s(?:about\s)?\Z", re.IGNORECASE)
_MONTHS = 12
_MOST_DATES = 8


def _is_between_dates(said: Facts, number: Number, sources: Sequence[Facts]) -> bool:
    """Return whether a time is what lies between two dates of the quotations."""
    unit, wanted = number.quantity.unit, number.quantity.value
    if unit not in {"a", "mo"} or number.quantity.high is not None:
        return False
    tied = _ON.match(said.text, number.end) or _AT_ONCE.search(said.text, 0, number.start)
    if tied is None:
        return False
    dated = [date for source in sources for date in _dates(source.text)]
    for one, two in combinations(islice(dated, _MOST_DATES), 2):
        told = one[1] and two[1]
        years, months = abs(two[0] - one[0]), abs(two[0] - one[0]) * _MONTHS
        if told:
            months = abs((two[0] - one[0]) * _MONTHS + two[1] - one[1])
        if (unit == "mo" and told and months == wanted) or (
            unit == "a" and (months == wanted * _MONTHS if told else years == wanted)
        ):
            return True
    return False


_YEAR = re.compile(r"(?<![\d.,/-])(?:19|20)\d\d(?![\d.,/%-]*\d)")


def _dates(text: str) -> Iterator[tuple[int, int]]:
    """Yield (year, month) of each date of a text; month 0 where only the year stands there."""
    dates = [date for date in read_dates(text) if date.year]
    yield from ((date.year, date.month) for date in dates)
    for match in _YEAR.finditer(text):
        if not any(date.start <= match.start() < date.end for date in dates):
            yield int(match[0]), 0


_LEAST_OF = Decimal("0.5")
_MOST_OF = Decimal("1.3")
_NEARLY, _HARDLY = Decimal("0.93"), Decimal("1.07")
_COUNTED = frozenset({"%", "1"})


def _is_rough_bound(number: Number, sources: Sequence[Facts]) -> bool:
    """Return whether a round bound is what a value lies beside: "over 4,000" of 4,304.

    Only shares and counts, and only where the value is itself no bound: a threshold is none.
    """
    q = number.quantity
    if q.unit not in _COUNTED or q.high is not None or number.bound not in {"<", ">"}:
        return False
    if not q.value:
        return False
    rough = len(q.value.normalize().as_tuple().digits) == 1 or number.written[:1].isalpha()
    least, most = (_LEAST_OF, _MOST_OF) if rough else (_NEARLY, _HARDLY)
    low, high = (q.value * least, q.value) if number.bound == "<" else (q.value, q.value * most)
    return any(
        low < other.quantity.value < high
        for other in _plain(q.unit, sources)
    )  # fmt: skip


_LEAST_COUNT = 100


def _plain(unit: str, sources: Sequence[Facts]) -> Iterator[Number]:
    """Yield the measured shares, or the larger counts, of the quotations."""
    for source in sources:
        for other in source.numbers:
            counted = other.quantity.unit == unit or (
                unit == "1" and other.quantity.unit.startswith("{")
            )
            large = unit != "1" or other.quantity.value >= _LEAST_COUNT
            if counted and large and not other.bound and other.quantity.high is None:
                yield other


_SENTENCE = re.compile(r"(?:(?<=[a-z\d)%\]])\.|;)\s+|\n")
_ANYBODY = frozenset({"adult", "women", "men"})


@lru_cache(maxsize=512)
def patients_at(text: str, start: int, end: int) -> frozenset[str]:
    """Return the classes of patients that the sentence around [start, end) is of."""
    low, high = between(_SENTENCE, text, start, end)
    return frozenset(name for name, _, _ in populations(text[low:high])) - _ANYBODY


def is_of_others(said: Facts, rival: frozenset[str], same: Iterable[frozenset[str]]) -> bool:
    """Return whether a rival is of patients whom neither the claim nor its own sentences name."""
    own = {name for name, _, _ in populations(said.text)}.union(*same)
    return bool(rival) and not rival & own


_ALIKE = re.compile(r"\b(?:same|all|any|every(?:one|body)?|each|whatever|throughout)\b", re.I)


def spans_bands(said: Facts, number: object, rival: object, sources: Sequence[Facts]) -> bool:
    """Return whether bands that adjoin lead from one lower end up to another.

    "The same from 20 mL/min up" of rows for 20 to 39, 40 to 59 and 60 or above.
    """
    if not (isinstance(number, Number) and isinstance(rival, Number)) or (
        _ALIKE.search(said.text) is None
    ):
        return False
    low, high = number.quantity.value, rival.quantity.value
    upward = {number.bound, rival.bound} <= {">=", ">", "from"}
    if not upward or number.quantity.unit != rival.quantity.unit or not low < high:
        return False
    bands = sorted(
        (n.quantity.value, n.quantity.high)
        for source in sources for n in source.numbers
        if n.quantity.high is not None and n.quantity.unit == number.quantity.unit
    )  # fmt: skip
    reached = low
    for start, end in bands:
        if reached <= start <= reached + 1:
            reached = end
    return low < reached and high <= reached + 1
