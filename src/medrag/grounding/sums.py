"""Numbers of a claim that can be reckoned from its quotations: totals, shares, differences.

"720 mg twice daily" of two 360 mg tablets, "4 mg a day" of 2 mg twice daily, "a quarter" of 310
among 1,204, "4.3 months longer" of 24.1 and 19.8 months: right arithmetic is no new number. Each
way of reckoning is tried only where the claim's own words ask for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import islice, pairwise

from medrag.clinical.quantity import Quantity
from medrag.clinical.units import convert
from medrag.grounding.equal import FOLD, Number, ends, is_comparable, is_same
from medrag.grounding.facts import Facts, paces

_DAILY = re.compile(r"\b(?:day|daily|total|24[- ]?h(?:ours?)?|max\w*|overall|altogether)\b", re.I)
_APART = re.compile(
    r"\b(?:long|short|great|high|low|few|small|larg)er\b|\b(?:more|less|differ\w*|gain\w*|extend\w*"
    r"|points?|reduc\w*|increas\w*|decreas\w*|by|drop\w*|f[ae]ll\w*|rose|rise|improv\w*|sav\w*"
    r"|off|add(?:s|ed|ing)?|extra|advantage|gap|cuts?|cutting|relative"
    r"|then|later|earlier|rest|total|combin\w*|together|altogether|in all|sum)\b", re.I,
)  # fmt: skip
_UNDONE = re.compile(r"\b(?:not|no|never|without|fail\w*|neither|did ?n.t|unresolved)\b", re.I)
_COUNTS = {"two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "half": "0.5",
           "one-half": "0.5"}  # fmt: skip
_TABLETS = re.compile(
    r"\b(?P<count>one-half|half|two|three|four|five|six|[2-9]|1[0-2])\s(?:x\s|×\s)?(?:of\s)?"
    r"(?!(?:mg|mcg|g|mL|IU|units?|days?|hours?|weeks?|months?|years?|times)\b)"
    r"(?:[A-Za-z-]+\s){0,3}?(?=\d[\d.,/]*\s?-?(?:mg|mcg|g|mL|µg|units?|IU)\b)",
    re.IGNORECASE,
)
_DIVIDED = re.compile(
    r"\b(?:in|into|as)\s(?P<count>two|three|four|five|six|[2-6])\s(?:equal\w*\s)?(?:divided\s)?"
    r"(?:[a-z]+\s)?(?:doses|portions|infusions|injections|tablets)\b", re.IGNORECASE,
)  # fmt: skip
_SPACED = re.compile(r"\b(?:apart|intervals?|between|every|each|spac\w+|separat\w+|gaps?)\b", re.I)
_EACH = re.compile(r"\b(?:each|every|apiece|per|one)\b", re.IGNORECASE)
_MOST_PARTS = 30
_IN_ALL = re.compile(r"\b(?:total|altogether|in all|whole course|overall)\b", re.IGNORECASE)
_FEW_TIMES = 12
_MOST = 24
"""Numbers of one quotation that are reckoned with."""
_PARTS_OF_TIME = {"h": Decimal(24), "min": Decimal(1440), "d": Decimal(1),
                  "wk": Decimal(1) / 7, "mo": Decimal(1) / 30, "a": Decimal(1) / 365}  # fmt: skip
_MOST_GIVEN = frozenset({"<=", "cap"})


def _has_daily_most(number: Number, sources: Sequence[Facts]) -> bool:
    """Return whether a quotation tells the most of a day, so that none is to be reckoned."""
    return any(
        other.bound in _MOST_GIVEN
        and other.quantity.unit.endswith("/d")
        and is_comparable(number, other)
        for source in sources
        for other in source.numbers
    )


_MEASURED = frozenset({"%", "mo", "wk", "d", "h", "a", "min", "kg", "mm[Hg]"})


def is_reckoned(said: Facts, number: Number, sources: Sequence[Facts]) -> bool:
    """Return whether `number`, of the claim, follows from the numbers of one quotation."""
    near = said.text[max(0, number.start - 60) : number.end + 50]
    unit = number.quantity.unit
    if number.bound in _MOST_GIVEN and _DAILY.search(near) and _has_daily_most(number, sources):
        return False
    if number.quantity.high is not None:
        return _is_span(number, sources) or all(
            is_reckoned(said, end, sources) for end in ends(number)
        )
    spaced = unit in _PARTS_OF_TIME and (number.bound in {"", ">="} or _SPACED.search(near))
    counted = unit[0] == "{" and unit != FOLD
    told = counted and any(number.quantity.value in set(_counts(source)) for source in sources)
    if (
        told
        or (spaced and _is_interval(number, sources))
        or (unit in _DAYS and any(_is_course(number, source) for source in sources))
        or (unit in _NAMED_TIMES and _is_day_after(said, number, sources))
        or any(
            _is_by_size(said, number, source) or _is_in_proportion(said, number, source)
            for source in sources
        )
    ):
        return True
    return _is_summed(said, number, sources)


def _is_summed(said: Facts, number: Number, sources: Sequence[Facts]) -> bool:
    """Return whether a number is a share, a difference, a multiple or a sum of others."""
    near = said.text[max(0, number.start - 60) : number.end + 50]
    unit = number.quantity.unit
    if unit == "%":
        return any(_is_share(number, source, near) for source in sources)
    less = unit == "1" and _LESS.match(said.text, number.end) is not None
    if less or unit in {"#ratio", FOLD}:
        way = _WAYS.get(unit, _is_plain_difference)
        return any(way(number, source) for source in sources)
    if unit in _MEASURED:
        added = _ADDED.search(said.text[: number.start]) is not None
        return _APART.search(near) is not None and any(
            _is_difference(number, source, summed=not added) for source in sources
        )
    return any(_is_amount(said, number, source, near) for source in sources)


_LESS = re.compile(
    r"\s(?:percentage )?(?:points?|lower|higher|more|less|fewer)\b(?! than \d)", re.IGNORECASE
)


def _is_plain_difference(number: Number, source: Facts) -> bool:
    """Return whether a number without a unit lies between two others of one unit: "50 lower"."""
    found = [(n.quantity.unit, part.quantity.value) for n in source.numbers[:_MOST]
             for part in ends(n)]  # fmt: skip
    return any(
        abs(a - b) == number.quantity.value
        for at, (unit, a) in enumerate(found)
        for other, b in found[at + 1 : at + 5]
        if unit == other
    )  # fmt: skip


def _is_span(number: Number, sources: Sequence[Facts]) -> bool:
    """Return whether "three to four weeks apart" is "once every 3 to 4 weeks"."""
    unit, q = number.quantity.unit, number.quantity
    if unit not in _PARTS_OF_TIME or not q.value or not q.high:
        return False
    days = _PARTS_OF_TIME[unit]
    wanted = {days / q.value, days / q.high}
    return any(
        f.per_day and f.per_day_low and all(
            any(abs(rate - one) <= Decimal("0.01") * one for one in wanted)
            for rate in (f.per_day, f.per_day_low)
        )
        for source in sources for f in source.frequencies
    )  # fmt: skip


def _is_in_proportion(said: Facts, number: Number, source: Facts) -> bool:
    """Return whether a claim works an example: 400 mg becomes 200 mg where half is advised."""
    if number.quantity.unit == "%":
        return False  # a share is no example of a share
    shares = [n.quantity.value / 100 for n in source.numbers if n.quantity.unit == "%"]
    shares += [n.quantity.value for n in source.numbers if n.quantity.unit == FOLD]
    shares += [Decimal(m[1]) / Decimal(m[2]) for m in _RATIO.finditer(source.text)]
    wanted = {s for share in shares for s in (share, 1 - share, 1 + share) if s > 0}
    q = number.quantity
    for other in said.numbers[:_MOST]:
        o = other.quantity
        alike = o.unit == q.unit or "1" in {o.unit, q.unit}
        if other is number or not alike or not o.value or not q.value:
            continue
        if {r for s in wanted for r in (s, 1 / s) if abs(q.value / o.value - r) <= _EXACTLY}:
            return True
    return False


_RATIO = re.compile(r"(?<![\d/.])([1-9])\s?/\s?([2-9]|10)(?![\d/.])")
_EXACTLY = Decimal("0.005")
_WITHIN_LIMIT = re.compile(
    r"\b(?:within|below|under)\s(?:this|that|the|its)?\s?(?:limit|maximum|cap|range)\b"
)
"""What makes a dose one that need only stay below the quotation's."""
_SIZES = {"kg": "/kg", "m2": "/m2"}


def _is_by_size(said: Facts, number: Number, source: Facts) -> bool:
    """Return whether a dose is a quotation's per kilogram or square meter, times the claim's."""
    base = number.quantity.unit.split("/")[0]
    if base == "g" and (weighed := convert(number.quantity, "mg")) is not None:
        return _is_by_size(said, replace(number, quantity=weighed), source)
    shares = [f.per_day for f in said.frequencies if f.per_day and f.per_day > 1]
    for size in said.numbers[:_MOST]:
        per = _SIZES.get(size.quantity.unit)
        if per is None or size.start == number.start:
            continue
        for other in source.numbers[:_MOST]:
            q = other.quantity
            if per not in q.unit or not q.unit.startswith(f"{base}/"):
                continue
            doses = [rate * size.quantity.value for rate in (q.value, q.top)]
            doses += [dose / share for dose in doses for share in shares]
            slack = Decimal("0.06") if number.about else Decimal("0.02")
            if any(abs(dose - number.quantity.value) <= slack * dose for dose in doses):
                return True
            near = said.text[number.end : number.end + 40]
            if number.quantity.value <= max(doses) and _WITHIN_LIMIT.search(near):
                return True
    return False


def _is_amount(said: Facts, number: Number, source: Facts, near: str) -> bool:
    """Return whether a dose is tablets times strength, a daily total, or a part of one."""
    factors = set(_tablets(source, number))
    rate = next((f.per_day for n, f in paces(said) if _covers(n, number) and f.per_day), None)
    paced = rate is not None and rate > 1
    daily = number.quantity.unit.endswith("/d") or (not paced and bool(_DAILY.search(near)))
    rates = [f.per_day for f in source.frequencies if f.per_day and f.per_day > 1]
    caps = [n.quantity.value for n in source.numbers if n.quantity.unit == "{dose}"]
    if _EACH.search(near):
        counts = (n.quantity.value for n in source.numbers if n.quantity.unit[0] in "1{")
        factors |= {1 / count for count in counts if 1 < count <= _MOST_PARTS}
    if _IN_ALL.search(near):
        values = [n.quantity.value for n in source.numbers[:_MOST]]
        factors |= {v for v in values if 1 < v <= _FEW_TIMES and v == int(v)}
    if daily:
        factors |= {*rates, *caps}
        factors |= {count * rate for count in _counts(source) for rate in rates}
    divided = [_count(m["count"]) for m in _DIVIDED.finditer(source.text)]
    own = [rate] if rate else [f.per_day for f in said.frequencies if f.per_day]
    parts = {1 / part for part in (*divided, *(often for often in own if often > 1)) if part}
    if not _DAILY.search(source.text) and not any("/d" in n.quantity.unit for n in source.numbers):
        parts = set()
    repeated = {n.start for n, f in paces(source) if f.per_day and f.per_day > 1}
    return any(
        _is_times(number, part, factor)
        for other in source.numbers[:_MOST]
        for part in ends(other)
        for factor in (
            _of_whole_day(other, factors - set(rates), parts)
            if other.quantity.unit.endswith("/d")
            else _of_one_dose(other, factors, set(rates))
            | (set() if other.start in repeated else parts)
        )
    )


def _of_whole_day(other: Number, factors: set[Decimal], parts: set[Decimal]) -> set[Decimal]:
    """Return by what the dose of a day may be told: in its parts, not once more for each."""
    return parts if other.quantity.high is not None else factors | parts


def _of_one_dose(other: Number, factors: set[Decimal], rates: set[Decimal]) -> set[Decimal]:
    """Return by what a dose may be told; a range only by how often it is given."""
    return factors & rates if other.quantity.high is not None else factors


def _covers(whole: Number, part: Number) -> bool:
    """Return whether a number is another one, or one of the ends of that range."""
    return whole.start == part.start


def _is_times(number: Number, other: Number, factor: Decimal) -> bool:
    """Return whether a number is another one so many times, in its own unit or a day's."""
    q = other.quantity
    unit = other.unit_later or q.unit
    if q.high is not None or unit[0] in "#{1" or not q.value:
        return False
    value = q.value * factor
    units = {unit, unit.removesuffix("/d"), f"{unit.removesuffix('/d')}/d"}
    return any(is_same(number, _of(other, value, unit)) for unit in units)


def _of(number: Number, value: Decimal, unit: str) -> Number:
    return Number(Quantity(value, unit), number.start, number.end, "", about=False)


def _tablets(source: Facts, number: Number) -> Iterator[Decimal]:
    """Yield how many tablets of a strength a quotation gives at once."""
    if number.quantity.unit[0] not in "#{1":
        yield from _counts(source)


def _counts(source: Facts) -> Iterator[Decimal]:
    for match in islice(_TABLETS.finditer(source.text), _MOST):
        yield _count(match["count"])


def _count(written: str) -> Decimal:
    return Decimal(_COUNTS.get(written.lower(), written))


def _is_course(number: Number, source: Facts) -> bool:
    """Return whether "four days" are days 2 to 5, or "three weeks" three doses a week apart."""
    days = number.quantity.value * _DAYS[number.quantity.unit]
    named = [n.quantity.value for n in source.numbers[:_MOST] if n.quantity.unit == "#day"]
    doses = [n.quantity.value for n in source.numbers[:_MOST] if n.quantity.unit == "{dose}"]
    spaced = [1 / f.per_day for f in source.frequencies if f.per_day and f.per_day < 1]
    if len(named) > 1 and max(named) - min(named) == days:
        return True  # "within two weeks" of days 0, 3, 7 and 14
    return any(two - one + 1 == days for one, two in pairwise(named)) or any(
        abs(count * days_apart - days) < Decimal("0.01") for count in doses for days_apart in spaced
    )


_NAMED_TIMES = {"#day": "d", "#week": "wk", "#month": "mo"}
_FROM = re.compile(
    r"\b(?:from|on|at|as of|starting|begins?|beginning)\b[^.;,]{0,12}\Z", re.IGNORECASE
)
_ON_FROM = re.compile(r",? (?:on|onwards?|on wards)\b", re.IGNORECASE)


def _is_day_after(said: Facts, number: Number, sources: Sequence[Facts]) -> bool:
    """Return whether "from day 22" is what follows the first 21 days of a quotation."""
    begins = _FROM.search(said.text, 0, number.start) or _ON_FROM.match(said.text, number.end)
    wanted = (_NAMED_TIMES[number.quantity.unit], number.quantity.value - 1)
    return begins is not None and any(
        (n.quantity.unit, n.quantity.value) == wanted and n.quantity.high is None
        for source in sources
        for n in source.numbers
    )


def _is_interval(number: Number, sources: Sequence[Facts]) -> bool:
    """Return whether "20 minutes apart" is a quotation's "every 20 minutes"."""
    if number.quantity.value == 0:
        return False
    per_day = _PARTS_OF_TIME[number.quantity.unit] / number.quantity.value
    return any(
        f.per_day and abs(f.per_day - per_day) <= Decimal("0.01") * per_day
        for source in sources
        for f in source.frequencies
    )


def _is_share(number: Number, source: Facts, near: str) -> bool:
    """Return whether a percentage is the rest of another, a difference, or a count of a count."""
    value = number.quantity.value
    shares = [n.quantity.value for n in source.numbers[:_MOST] if n.quantity.unit == "%"]
    turned = (_UNDONE.search(near) is None) != (_UNDONE.search(source.text) is None)
    rest = any(abs(100 - value - share) <= _ROUNDED for share in shares)
    if (turned or _LEFT.search(near)) and rest:
        return True
    if _APART.search(near) and (_is_difference(number, source) or _is_relative(value, source)):
        return True
    counts = [n.quantity.value for n in source.numbers[:_MOST] if n.quantity.unit == "1"]
    slack = Decimal(2) if number.about else Decimal("0.06")
    return any(
        all_ > part > 1 and all_ >= _LEAST_ALL and abs(100 * part / all_ - value) <= slack
        for part in counts for all_ in counts
    )  # fmt: skip


_ROUNDED = Decimal("0.001")
_LEFT = re.compile(r"\b(?:rest|remain\w*|other|enough|suffic\w*|is left|are left)\b", re.IGNORECASE)
_LEAST_ALL = 10
_RATIOS = re.compile(
    r"\b(?:(?:hazard|odds|risk|rate|incidence)[ -]ratio|relative risk|[HR]R|OR|IRR)\b[^\d.;]{0,40}"
    r"(?P<ratio>[01]\.\d{1,2})(?!\d)", re.IGNORECASE,
)  # fmt: skip


def _is_strength(number: Number, source: Facts) -> bool:
    """Return whether "1:1000" is a quotation's 1 mg/mL: grams in so many milliliters."""
    strengths = (n.quantity.value for n in source.numbers if n.quantity.unit == "mg/mL")
    return any(value / 1000 == number.quantity.value for value in strengths)


def _is_relative(value: Decimal, source: Facts) -> bool:
    """Return whether a percentage is what a ratio of the quotation is below or above one."""
    ratios = (Decimal(match["ratio"]) for match in _RATIOS.finditer(source.text))
    return any(abs(1 - ratio) * 100 == value for ratio in ratios)


_ADDED = re.compile(r"\b(?:another|further|additional|next)\s\Z", re.IGNORECASE)
"""What makes a number a part of the whole, not the whole."""


def _is_difference(number: Number, source: Facts, *, summed: bool = True) -> bool:
    """Return whether a number is the difference or the sum of two neighbours of its sort."""
    unit, value = number.quantity.unit, number.quantity.value
    same = [n.quantity.value for n in source.numbers[:_MOST]
            if unit in {n.quantity.unit, n.unit_later} and n.quantity.high is None]  # fmt: skip
    slack = Decimal("0.1") * value if number.about else Decimal("0.001")
    if unit in _DAYS:
        value, slack = value * _DAYS[unit], Decimal("0.001")
        same = [n.quantity.value * _DAYS[n.quantity.unit] for n in source.numbers[:_MOST]
                if n.quantity.unit in _DAYS and n.quantity.high is None]  # fmt: skip
    thrice = zip(same, same[1:], same[2:], strict=False)
    return any(
        abs(abs(a - b) - value) <= slack or (summed and abs(a + b - value) <= slack)
        for at, a in enumerate(same) for b in same[at + 1 : at + 4]
    ) or (summed and any(abs(sum(three) - value) <= slack for three in thrice))  # fmt: skip


_DAYS = {"d": Decimal(1), "wk": Decimal(7)}


def _is_multiple(number: Number, source: Facts) -> bool:
    """Return whether "about twice" is the multiple between two numbers of one sort."""
    slack = Decimal("0.16") if number.about else Decimal("0.05")
    wanted = number.quantity.value
    if any(n.quantity.unit == "#ratio" and n.quantity.value == wanted for n in source.numbers):
        return True
    measured = [n for n in source.numbers[:_MOST] if n.quantity.unit not in {"1", "a"}]
    return any(
        a.quantity.unit == b.quantity.unit and b.quantity.value
        and abs(a.quantity.value / b.quantity.value - wanted) <= slack * wanted
        for a in measured for b in measured if a is not b
    )  # fmt: skip


_WAYS = {"#ratio": _is_strength, FOLD: _is_multiple}
