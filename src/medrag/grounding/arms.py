"""Which arm, sex, grade, role or time each number of a text is of, read as typed labels.

"14 months with A and 7 with B", "(5, 8 and 12) at 1, 2 and 4 mg, respectively", "first dose
reduction 0.75 mg": a number is of the label that stands beside it, and a claim that gives it to
another label of the same sort says something else, whatever else its words share.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache

from medrag.clinical.quantity import Quantity
from medrag.clinical.units import convert
from medrag.grounding.arm_names import ARM, ARMS
from medrag.grounding.arm_places import Label, are_joined, of_each
from medrag.grounding.equal import FOLD, Number, is_comparable, is_same
from medrag.grounding.facts import Facts

_COMPANY = re.compile(r"\b(with|without) ([a-z]{4,})\b", re.IGNORECASE)
_SENTENCE_END = re.compile(
    r"(?:(?<=[a-z\d)%][.;])|(?<=[A-Z]{2}[.;]))\s+(?=[A-Z(])|\n|;\s|,? (?:whereas|while|but)\s"
    r"|,?\s(?=because\s)"
)
_TIMES = frozenset({"h", "min", "d", "wk", "mo"})
_MASS = frozenset({"mg", "g", "ug", "mg/kg", "mg/d", "mg/kg/d"})
_MOST = 40
"""Numbers of one sentence that are looked at."""

Bound = dict[str, frozenset[str]]


@lru_cache(maxsize=256)
def bindings(facts: Facts) -> dict[int, Bound]:
    """Return, by the place a number starts at, what it is of: sort of label to its keys."""
    found: dict[int, Bound] = {}
    labels = sorted(_labels(facts), key=lambda label: label.start)
    starts = [label.start for label in labels]
    for low, high in _sentences(facts.text):
        inside = labels[bisect_left(starts, low) : bisect_left(starts, high)]
        numbers = [n for n in facts.numbers if low <= n.start < high][:_MOST]
        for alike in _alike(numbers):
            for number, sort, keys in _bound_to(facts.text, alike, inside, numbers):
                found.setdefault(number.start, {})[sort] = keys
    return found


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    for match in _SENTENCE_END.finditer(text):
        yield at, match.start()
        at = match.end()
    yield at, len(text)


def _labels(facts: Facts) -> Iterator[Label]:
    for drug in facts.drugs:
        if len(drug.keys) == 1 and not _MEASURED_OUT.search(
            facts.text, max(0, drug.start - _NEAR), drug.start
        ):
            (key,) = drug.keys
            yield Label("drug", f"{_CLASS}{key}" if drug.is_class else key, drug.start, drug.end)
    for one in facts.diseases:
        yield Label("disease", one.diagnosis, one.start, one.end)
    for match in ARM.finditer(facts.text):
        sort, key = ARMS[int((match.lastgroup or "l0")[1:])]
        yield Label(sort, key, match.start(), match.end())
    for match in _COMPANY.finditer(facts.text):
        key = f"{match[1]} {match[2]}".lower()
        yield Label(f"company {match[2]}".lower(), key, match.start(), match.end())
    for number in facts.numbers:
        q = number.quantity
        if q.unit in {"#week", "#day", "#month", "#grade", "#group", "#study", "#cycle"}:
            yield Label(q.unit, f"{q.value}", number.start, number.end)


_MEASURED_OUT = re.compile(
    r"\b(?:an?|half an?|one|\d[\d.,]*) ?(?:m?l|(?:milli)?lit(?:er|re)s?|bags?|glass|bottles?|cups?)"
    r" of (?:[\w.%]+ )?\Z",
    re.IGNORECASE,
)
"""What has an amount of its own: "with a litre of normal saline"."""
_NEAR = 50
_CLASS = "class "
"""What marks a class: it may be the drugs that the other side names."""


def _alike(numbers: Sequence[Number]) -> Iterator[list[Number]]:
    """Yield the numbers of one sentence that could change places, group by group."""
    groups: list[list[Number]] = []
    for number in numbers:
        if number.quantity.unit[0] == "#":
            continue
        for group in groups:
            bare = (_unit(group[0]) == "1") != (_unit(number) == "1")
            if not bare and is_comparable(group[0], number):
                group.append(number)
                break
        else:
            groups.append([number])
    yield from groups


def _unit(number: Number) -> str:
    return number.unit_later or number.quantity.unit


def _bound_to(
    text: str, alike: Sequence[Number], labels: Sequence[Label], numbers: Sequence[Number]
) -> Iterator[tuple[Number, str, frozenset[str]]]:
    """Yield the labels that each number is of, sort by sort."""
    unit = _unit(alike[0])
    sorts = _sorts(alike, labels, unit)
    half = len(alike) // 2
    if len(alike) == 2 * half and (
        (half > 1 and _are_paired(text, alike, half))
        or (half == 1 and unit == "mg" and _EQUAL.search(text))
    ):
        for one, two in zip(alike[:half], alike[half:], strict=True):
            yield one, "dose", frozenset({_dose(two)})
            yield two, "dose", frozenset({_dose(one)})
    elif unit not in _MASS | {"1", "a", "kg"}:
        doses = [n for n in numbers if _unit(n) in _MASS and n not in alike]
        sorts["dose"] = [Label("dose", _dose(n), n.start, n.end) for n in doses]
    for sort, own in sorts.items():
        if _is_of_no_arm(sort, unit):
            continue
        held = _behind_doses(alike, own, sorts.get("dose", ())) if sort == "drug" else alike
        for number, keys in zip(held, of_each(text, held, own), strict=True):
            if keys:
                yield number, sort, keys


def _sorts(alike: Sequence[Number], labels: Sequence[Label], unit: str) -> dict[str, list[Label]]:
    """Return the labels outside of the numbers, by sort; a placebo has no dose."""
    sorts: dict[str, list[Label]] = {}
    for label in labels:
        inside = any(n.start <= label.start < n.end for n in alike)
        if not inside and not (unit in _MASS and label.key == "placebo"):
            sorts.setdefault(label.sort, []).append(label)
    return sorts


def _is_of_no_arm(sort: str, unit: str) -> bool:
    """Return whether numbers of a unit are not told by labels of a sort."""
    return (
        (sort == "drug" and unit == "mL")
        or (sort == "route" and unit in _TIMES)
        or (sort == "disease" and unit != "%")
        or (unit == "1" and sort[0] != "#")
    )


def _behind_doses(
    alike: Sequence[Number], drugs: Sequence[Label], doses: Sequence[Label]
) -> Sequence[Number]:
    """Return the numbers that a placebo, the only arm with a name, can have: behind all doses."""
    if {label.key for label in drugs} != {"placebo"}:
        return alike
    last = max((dose.start for dose in doses[1:]), default=-1)
    return [number for number in alike if number.start > last]


_EQUAL = re.compile(r"\b(?:equivalent|correspond\w*|equals?|deliver\w*|contain\w*)\b", re.I)


def _dose(number: Number) -> str:
    unit = _unit(number)
    weighed = convert(Quantity(number.quantity.value, unit), "mg") if unit in _MASS else None
    value, unit = (weighed.value, "mg") if weighed else (number.quantity.value, unit)
    return f"{value.normalize():f} {unit}"


def _are_paired(text: str, numbers: Sequence[Number], half: int) -> bool:
    """Return whether two lists of one length are told of each other, "respectively"."""
    lists = (numbers[:half], numbers[half:])
    joined = all(are_joined(text, one) for one in lists)
    return joined and "respectively" in text[numbers[0].start : numbers[-1].end + 120]


def of_another_arm(
    said: Facts, number: Number, same: Sequence[tuple[Facts, Number]], sources: Sequence[Facts]
) -> str:
    """Return what a number is of in the quotations, where the claim gives it to another; or "".

    Only where the quotations speak of the claim's label too, and give it another number or none.
    """
    strength = _is_strength(said, number)
    mine = bindings(said).get(number.start, {})
    theirs = [bindings(facts).get(other.start, {}) for facts, other in same]
    for sort, keys in mine.items():
        held = [one.get(sort, frozenset()) for one in theirs]
        if not held or not all(held) or any(_are_one(keys, one) for one in held):
            continue
        if _is_of_a_day(number, sources):
            continue
        if (
            (strength and sort != "drug")
            or number.quantity.unit == FOLD
            or not _speak_of(sources, sort, keys)
        ):
            continue
        if not _shared(number, sort, keys, sources):
            return ", ".join(sorted(frozenset().union(*held)))
    return ""


def _are_one(keys: frozenset[str], others: frozenset[str]) -> bool:
    """Return whether two labels may mean one: the same, a class, a salt of the same."""
    if keys & others or any(key.startswith(_CLASS) for key in keys | others):
        return True
    return bool({k.split("-")[0] for k in keys} & {k.split("-")[0] for k in others})


def _is_of_a_day(number: Number, sources: Sequence[Facts]) -> bool:
    """Return whether "24 hours" is the day that a quotation's amounts are for."""
    q = number.quantity
    daily = q.unit == "h" and q.value == _DAY and q.high is None
    return daily and any("/d" in n.quantity.unit for s in sources for n in s.numbers)


_DAY = 24


def keeps_arm(said: Facts, number: Number, sources: Sequence[Facts]) -> bool:
    """Return whether the claim gives a number to the very arm that a quotation gives it to.

    Only where the claim tells another number of another arm: "14 % with A and 18 % with B".
    """
    mine = bindings(said).get(number.start, {}).get("drug", frozenset())
    apart = any(
        keys and not keys & mine
        for other in said.numbers
        if other is not number and is_comparable(number, other)
        for keys in [bindings(said).get(other.start, {}).get("drug", frozenset())]
    )
    return apart and any(
        mine == bindings(source).get(other.start, {}).get("drug") and is_same(number, other)
        for source in sources
        for other in source.numbers
    )


def _is_strength(facts: Facts, number: Number) -> bool:
    """Return whether a percentage is part of a product's name: "0.9% saline"."""
    return number.quantity.unit == "%" and (
        _STRENGTH.match(facts.text, number.end) is not None
        or any(drug.start == number.end + 1 for drug in facts.drugs)
    )


_STRENGTH = re.compile(r"\s(?:saline|solution|cream|gel|ointment|lotion|spray|foam|drops)\b", re.I)


def _speak_of(sources: Sequence[Facts], sort: str, keys: frozenset[str]) -> bool:
    if sort == "dose":
        return any(_dose(n) in keys for source in sources for n in source.numbers)
    return any(
        label.sort == sort and label.key in keys for source in sources for label in _labels(source)
    )


def _shared(number: Number, sort: str, keys: frozenset[str], sources: Sequence[Facts]) -> bool:
    """Return whether the value stands with the claim's label somewhere in the quotations."""
    return any(
        is_same(number, other) and keys & bindings(source).get(other.start, {}).get(sort, keys)
        for source in sources
        for other in source.numbers
    )
