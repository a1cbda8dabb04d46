"""Where a number of a claim stands in its quotations, or why it need not stand there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from medrag.grounding.equal import FOLD, Number, ends, is_comparable, is_same
from medrag.grounding.facts import Facts
from medrag.grounding.substances import is_amount_of_same
from medrag.grounding.words import NUMBER_WORDS


class Site(NamedTuple):
    """A number in the text it stands in."""

    facts: Facts
    number: Number

    @property
    def words(self) -> str:
        """The number as written."""
        return self.facts.text[self.number.start : self.number.end]


_Value = tuple[str, Decimal, "Decimal | None", str]


def sites_of(sources: Sequence[Facts]) -> Iterator[Site]:
    """Return the numbers of the quotations where they stand, in order."""
    return (Site(source, number) for source in sources for number in source.numbers)


_MOST = 400
"""Different numbers of the quotations that one number is compared with at most."""


@lru_cache(maxsize=64)
def _distinct(sources: tuple[Facts, ...]) -> tuple[dict[_Value, list[Site]], tuple[Site, ...]]:
    """Return the sites of each value, and one site of each, in text order."""
    by_value: dict[_Value, list[Site]] = {}
    for site in sites_of(sources):
        by_value.setdefault(_value_of(site.number), []).append(site)
    return by_value, tuple(sites[0] for sites in by_value.values())[:_MOST]


def _value_of(number: Number) -> _Value:
    quantity = number.quantity
    return quantity.unit, quantity.value, quantity.high, number.unit_later


def same_sites(one: Site, sources: Sequence[Facts]) -> list[Site]:
    """Return where the quotations have the number of `one`; some of the places."""
    by_value, distinct = _distinct(tuple(sources))
    exact = by_value.get(_value_of(one.number))
    if exact:
        return exact[:FEW]
    found = [
        site
        for first in distinct
        if is_same(one.number, first.number)
        for site in by_value[_value_of(first.number)][:FEW]
    ]
    if _has_its_range(one, found):
        return []
    return found[:FEW] or _both_ends(one, distinct) or _of_analyte(one, distinct)


def _has_its_range(one: Site, found: Sequence[Site]) -> bool:
    """Return whether "roughly 48" lies in ranges that the claim itself gives beside it."""
    ranges = [site.number.quantity for site in found]
    told = [number.quantity for number in one.facts.numbers]
    single = one.number.quantity.high is None and bool(found)
    return single and all(q.high is not None and q in told for q in ranges)


FEW = 12
"""Places of one value, and numbers beside each, that are looked at."""


def _both_ends(one: Site, distinct: Sequence[Site]) -> list[Site]:
    """Return the site itself where it joins numbers of a quotation, or takes a range apart."""
    if one.number.quantity.high is not None:
        low, high = ends(one.number)
        lows, highs = _holding(low, distinct), _holding(high, distinct)
        highs = highs or _just_below(high.quantity.value, distinct)
        ranges = {id(s.number) for s in (*lows, *highs) if s.number.quantity.high is not None}
        single = any(s.number.quantity.high is None for s in (*lows, *highs))
        joined = lows and highs and (single or len(ranges) == 1)
        return [one] if joined else []
    opening = _OPENING.search(one.facts.text[: one.number.start]) is not None
    until = one.number.quantity.value if one.number.bound == "<" else None
    for site in distinct:
        if site.number.quantity.high is None:
            continue
        if (
            opening
            and site.number.quantity.value <= 1
            and is_same(one.number, ends(site.number)[1])
        ):
            return [one]  # "the first three months" of "months 0-3"
        parts = list(ends(site.number))
        if until is not None and until % 1 == 0 and parts[1].quantity.value == until - 1:
            return [one]  # "under 60" of a band from 30 to 59
        mine = [part for part in parts if is_same(one.number, part)]
        rest = [part for part in parts if part not in mine]
        own = one.facts.numbers[:_MOST]
        if mine and all(any(is_same(n, part) for n in own) for part in rest):
            return [one]
    return []


def _holding(end: Number, distinct: Sequence[Site]) -> list[Site]:
    """Return the sites that give a number, alone or as an end of a range."""
    return [site for site in distinct if any(is_same(end, part) for part in ends(site.number))]


def _just_below(value: Decimal, distinct: Sequence[Site]) -> list[Site]:
    """Return the sites of the whole number behind `value` that end a band: "<60" of 59."""
    return [
        site for site in distinct
        if site.number.bound == "<" and value % 1 == 0 and site.number.quantity.value == value + 1
    ]  # fmt: skip


def _of_analyte(one: Site, distinct: Sequence[Site]) -> list[Site]:
    """Return the sites that give the number in another unit of a substance both speak of."""
    wanted = one.number.quantity
    found = (
        site for site in distinct
        if is_amount_of_same(one.facts, wanted, site.facts, site.number.quantity)
    )  # fmt: skip
    return list(islice(found, FEW))


_OPENING = re.compile(r"\bfirst \Z", re.IGNORECASE)


@lru_cache(maxsize=256)
def _written(facts: Facts) -> frozenset[str]:
    """Return the bare numbers and the words of a text, as they are written."""
    text = facts.text.lower().replace(",", "")
    return frozenset(_BARE.findall(text)) | frozenset(_LETTERS.findall(text))


_LABELS = frozenset({"#grade", "#stage"})
_GRADING = re.compile(r"\b(?:G[1-5]|[12][A-D])[ab]?\b")
"""Grades of advice and stages of kidney disease as they are written by themselves: 2C, G3b."""
_LETTERS = re.compile(r"[a-z]+")
_BARE = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?!(?!c\b)\w|\.\d|\s?%)")


def stands_bare(number: Number, sources: Sequence[Facts]) -> bool:
    """Return whether a number without a unit is written in a quotation, in digits or words."""
    if number.quantity.unit in _LABELS:
        name = re.compile(rf"(?<![\w.])G?{re.escape(number.written)}[A-D]?[ab]?(?![\w.])", re.I)
        return any(_GRADING.search(s.text) and name.search(s.text) for s in sources)
    if number.quantity.unit != "1" or number.unit_later:
        return False
    written = number.written.lower().replace(",", "")
    forms = {written, NUMBER_WORDS.get(written, written)}
    return any(forms & _written(source) for source in sources)


def is_derived(number: Number, sources: Sequence[Facts]) -> bool:
    """Return whether "doubled" is the multiple between two numbers of a quotation."""
    unit, wanted = number.quantity.unit, number.quantity.value
    if unit == "%" and number.written[:1].isalpha():
        wanted /= 100  # "half of that"
    elif unit != FOLD or not (number.about or number.written[:1].isalpha()):
        return False
    for source in sources:
        measured = (n for n in source.numbers if n.quantity.unit not in {"1", "a"})
        values = list({n.quantity.value for n in measured})[:FEW]
        for one in values:
            for other in values:
                if other and _is_multiple(one / other, wanted, number.bound):
                    return True
    return False


def _is_multiple(found: Decimal, wanted: Decimal, bound: str) -> bool:
    """Return whether two numbers are so many times each other: "more than twice" of 2.2."""
    low, high = _ROOM.get(bound, (Decimal("0.95"), Decimal("1.05")))
    return low * wanted <= found <= high * wanted


_ROOM = {
    ">": (Decimal(1), Decimal("1.45")), ">=": (Decimal(1), Decimal("1.45")),
    "<": (Decimal("0.7"), Decimal(1)), "<=": (Decimal("0.7"), Decimal(1)),
}  # fmt: skip


_IDLE = re.compile(
    r"(?:one|a|an|the) [a-z]+\Z|once\Z|twice\Z|doubl\w*\Z|(?:\d+|[a-z]+) times\Z"
    r"|between (?:any )?two [a-z]+\Z",
    re.IGNORECASE,
)


def is_idle(site: Site, near: str) -> bool:
    """Return whether "on one day" or "double up" counts nothing that a quotation counts."""
    if site.number.quantity.unit in _LASTING and _FOR.search(site.facts.text[: site.number.start]):
        return False  # "kept at home for a week"
    counted = site.words.endswith("times") and site.facts.text[site.number.end :][:1] in ",.;)"
    return (not near or counted) and _IDLE.match(site.words) is not None


_LASTING = frozenset({"h", "d", "wk", "mo", "a"})
_FOR = re.compile(r"\bfor \Z", re.IGNORECASE)
_OF_A_PERSON = frozenset({"kg", "mL/min", "a", "mL/min/{1.73_m2}"})


_EXAMPLE = re.compile(
    r"(?:\b(?:an?|the|with|has|is|at)\s(?!dos(?:e|age)\b)(?:(?!dos(?:e|age)|max\w*"
    r"|total)[\w-]+\s){0,4}"
    r"(?:of|is|at)|\baged?|\bage of|\bat age|\bat|\bsomeone (?:of|on|with))\s\Z", re.IGNORECASE,
)  # fmt: skip
_BOUNDARY = re.compile(
    r"\b(?:thresholds?|cut-?\s?offs?|limits?|targets?|goals?|triggers?|ceilings?|floors?|bounds?)\b"
    r"[^.;]*\Z", re.IGNORECASE,
)  # fmt: skip
_NO_EXAMPLES = frozenset({"mg", "g", "ug", "mL", "d", "wk", "mo", "h", "min", "[iU]", "{dose}"})


_OLD = re.compile(
    r"[- ]old\b|['\u2019]?s?['\u2019]? (?:of )?(?:gestation|pregnan|age\b)", re.IGNORECASE
)


def is_inside(said: Facts, number: Number, sources: Sequence[Facts]) -> bool:
    """Return whether a value is an example of a band or threshold that the quotations name.

    "A 30 kg child" of "25 to 50 kg", "at a potassium of 5.8" of "exceeds 5.5 mEq/L".
    """
    q = number.quantity
    aged = _OLD.match(said.text, number.end) is not None
    if q.high is not None or number.bound or q.unit.startswith("#"):
        return False
    if q.unit in _NO_EXAMPLES and not aged:
        return False
    before = said.text[max(0, number.start - 60) : number.start]
    example = aged or q.unit in _OF_A_PERSON or _EXAMPLE.search(before)
    if not example or _BOUNDARY.search(before):  # "the cut-off is at 9 g/dL" is none
        return False
    if q.unit == "kg" and any("/kg" in s.number.quantity.unit for s in sites_of(sources)):
        return True
    others = [s.number for s in sites_of(sources) if is_comparable(number, s.number)]
    if any(o.quantity.high and o.quantity.value <= q.value <= o.quantity.high for o in others):
        return True
    return any(
        (o.bound in {"<", "<="} and o.quantity.value / _FAR_BELOW <= q.value <= o.quantity.value)
        or (o.bound in {">", ">="} and o.quantity.value <= q.value <= o.quantity.value * _FAR_ABOVE)
        for o in others
    )


_FAR_BELOW, _FAR_ABOVE = 10, 5
"""A sodium of 130 is no example of "a fall of more than 10"."""


def nearest(number: Number, sources: Sequence[Facts]) -> str:
    """Return the quotation's number of the same sort that a reader would compare with."""
    if number.quantity.unit == "1":
        return ""
    _, distinct = _distinct(tuple(sources))
    alike = (site for site in distinct if is_comparable(number, site.number))
    return next((site.words for site in alike), "")
