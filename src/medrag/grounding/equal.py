"""Whether two numbers say the same: units converted, months counted, decimals dropped."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from functools import lru_cache, partial
from operator import methodcaller

from medrag.clinical.quantity import Quantity
from medrag.clinical.units import convert

FOLD = "{fold}"
_ROUNDED_UNITS = frozenset({"%", "h", "min", "d", "mo", "a", "wk", FOLD, "L/h", "mL/min"})
"""What may be told rounded without saying "about"; a dose may not."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number where it stands.

    Attributes:
        quantity: Value or range with its unit; `1` where none is written, `#grade` for a
            number that a word before it names.
        start, end: Its characters, unit included.
        bound: How the words around it bound it; see `grounding/bounds`.
        about: Whether the text says that it is rounded.
        unit_later: The unit that stands after the list it is in; "" where there is none.
        written: The digits as written.
    """

    quantity: Quantity
    start: int
    end: int
    bound: str
    about: bool
    unit_later: str = ""
    written: str = ""


_LABELS = {"#week": "wk", "#day": "d", "#month": "mo"}
_PUFFS = frozenset({"{puff}", "{inhalation}", "{actuation}", "{spray}"})
"""One and the same."""
_BARE = ("a", "wk", "mo", "d", "mL/min", "mL/min/{1.73_m2}")
"""Units that a quotation may leave out ("adults 65 and older")."""
_SHARES_PER = frozenset({"%/a", "%/mo", "%/wk", "%/d"})
"""Rates whose period a claim may leave out, as it may any detail: "2.1 % against 3.1 %"."""
_BODY = "/{1.73_m2}"
_CALENDAR = {
    ("mo", "wk"): Decimal("0.25"), ("wk", "mo"): Decimal(4), ("mo", "d"): Decimal(1) / 30,
    ("d", "mo"): Decimal(30), ("a", "mo"): Decimal(1) / 12, ("mo", "a"): Decimal(12),
    ("a", "wk"): Decimal(1) / 52, ("wk", "a"): Decimal(52),
}  # fmt: skip
"""(wanted, given): what people multiply by, where UCUM counts 30.4375 days to a month."""


def is_same(one: Number, other: Number) -> bool:
    """Return whether `one`, of the claim, says what `other`, of a quotation, says.

    Units are converted; a range is compared with a range, and one end of it where the claim
    says which end. A number that the claim gives rounded is the other rounded.
    """
    return any(_says(one, brought) for brought in brought(one, other))


def is_comparable(one: Number, other: Number) -> bool:
    """Return whether two numbers measure the same sort of thing."""
    return next(brought(one, other), None) is not None


def _says(one: Number, b: Quantity) -> bool:
    a = one.quantity
    loose = one.about or (one.bound == "" and a.unit in _ROUNDED_UNITS)
    if (a.high is None) == (b.high is None):
        return _equal(a.value, b.value, loose, about=one.about) and (
            a.high is None or b.high is None or _equal(a.high, b.high, loose, about=one.about)
        )
    if a.high is None and one.about and b.high is not None and b.value <= a.value <= b.high:
        return True
    if a.high is None:  # one end of a range, where the claim says which end
        return (
            one.bound in {"<=", "<", "within"} and _equal(a.value, b.top, loose, about=one.about)
        ) or (one.bound in {">=", ">"} and _equal(a.value, b.value, loose, about=one.about))
    return False


def ends(number: Number) -> tuple[Number, ...]:
    """Return a range as its two ends; a single number as itself."""
    q = number.quantity
    if q.high is None:
        return (number,)
    low, high = Quantity(q.value, q.unit), Quantity(q.high, q.unit)
    return replace(number, quantity=low), replace(number, quantity=high)


_Way = Callable[[Quantity], Quantity | None]
"""How a number of a quotation is read as one of the claim; None where it cannot be."""


def brought(one: Number, other: Number) -> Iterator[Quantity]:
    """Yield the value of `other` in the unit of `one`, in every way the two can be compared."""
    mine, theirs = one.quantity.unit, other.quantity.unit
    for way in _ways(mine, one.unit_later, theirs, other.unit_later):
        brought = way(other.quantity)
        if brought is not None:
            yield brought


@lru_cache(maxsize=4096)
def _ways(mine: str, mine_later: str, theirs: str, theirs_later: str) -> tuple[_Way, ...]:
    """Return the ways from their unit to mine, each as written or as at the end of its list."""
    return tuple(
        way
        for unit in dict.fromkeys((mine, mine_later))
        for other in dict.fromkeys((theirs, theirs_later))
        if unit and other
        for way in _ways_between(other, unit)
    )


def _ways_between(theirs: str, unit: str) -> Iterator[_Way]:
    a, b = _LABELS.get(unit, unit), _LABELS.get(theirs, theirs)
    of_days = {unit, theirs} == {"d", "d/wk"}  # "five days a week"
    if of_days or {unit, theirs} <= _PUFFS:
        yield _as_it_is
        return
    bare = theirs == "1" and (unit in _BARE or unit[0] in "{#")
    yield from _bare_counts(a, b)
    if FOLD in {a, b} and "%" in {a, b}:
        yield from _CHANGES if unit == "%" else _MULTIPLES
        return
    per_minute = a[0] == "{" and a.removesuffix("/min") == b.removesuffix("/min")
    beats = {a, b} == {"/min", "{beats}/min"}
    same = a.removesuffix(_BODY) == b.removesuffix(_BODY) or per_minute or beats
    if {unit, theirs} == {"%", "#ratio"}:
        yield methodcaller("times", Decimal(100) if unit == "%" else Decimal("0.01"))
        if unit == "%":
            yield _of_both
        return
    if unit == "1" or bare or same or (unit == "%" and theirs in _SHARES_PER):
        yield _as_it_is
        return
    if a.startswith("#") or b.startswith("#") or b == "1":
        return
    yield from _ROUNDED_WAYS.get((a, b), ())
    if (mine := _per_litre(a)) and (per_litre := _per_litre(b)):
        yield methodcaller("times", per_litre / mine)
    elif convert(Quantity(Decimal(1), b), a) is not None:
        yield partial(_converted, theirs=b, unit=a)
    elif a.endswith("/d") != b.endswith("/d"):
        yield partial(_converted, theirs=b.removesuffix("/d"), unit=a.removesuffix("/d"))


def _in_whole_degrees(other: Quantity) -> Quantity | None:
    """Return degrees Celsius as leaflets print them in Fahrenheit: 2 to 8 as 36 to 46."""
    brought = convert(other, "[degF]")
    if brought is None:
        return None
    high = None if brought.high is None else Decimal(round(brought.high))
    return Quantity(Decimal(round(brought.value)), "[degF]", high)


_ROUNDED_WAYS: dict[tuple[str, str], tuple[_Way, ...]] = {
    **{pair: (methodcaller("times", factor),) for pair, factor in _CALENDAR.items()},
    ("[degF]", "Cel"): (_in_whole_degrees,),
}
"""(wanted, given): what people reckon with."""


def _of_both(ratio: Quantity) -> Quantity:
    """Return the share of the first of two: 50 % of 1:1, 67 % of 2:1."""
    return Quantity(100 * ratio.value / (1 + ratio.value), "%")


def _as_it_is(other: Quantity) -> Quantity:
    return other


def _converted(other: Quantity, *, theirs: str, unit: str) -> Quantity | None:
    return convert(Quantity(other.value, theirs, other.high), unit)


_COUNT_PER = re.compile(r"(?:\{cells\})?(?:10\*(?P<power>\d+))?/(?P<volume>mm3|uL|mL|dL|L)\Z")
_IN_LITRE = {"mm3": 6, "uL": 6, "mL": 3, "dL": 1, "L": 0}


def _bare_counts(mine: str, theirs: str) -> Iterator[_Way]:
    """Yield how a count per volume and one without a unit are compared: "above 75,000"."""
    for unit, way in ((theirs, 1), (mine, -1)) if "1" in {mine, theirs} else ():
        if per_litre := _per_litre(unit):
            yield methodcaller("times", (per_litre / _MILLION) ** way)


_MILLION = Decimal(10) ** 6
"""Microlitres in a litre: what a count is of where nothing is told."""


@lru_cache(maxsize=256)
def _per_litre(unit: str) -> Decimal | None:
    """Return how many cells in a litre one of `unit` is ("10*9/L", "/mm3"); None for no count."""
    match = _COUNT_PER.match(unit)
    return Decimal(10) ** (int(match["power"] or 0) + _IN_LITRE[match["volume"]]) if match else None


_CHANGES: tuple[_Way, ...] = (
    lambda multiple: Quantity(abs(multiple.value - 1) * 100, "%"),
    lambda multiple: Quantity(multiple.value * 100, "%"),
)
"""A multiple as the percentage it changes by ("halved": 50 %), or as the percentage it is."""
_MULTIPLES: tuple[_Way, ...] = (
    lambda share: Quantity(share.value / 100, FOLD) if share.high is None else None,
    lambda share: Quantity(1 - share.value / 100, FOLD) if share.high is None else None,
    lambda share: Quantity(1 + share.value / 100, FOLD) if share.high is None else None,
)
"""The reverse: a single percentage as the multiple it is, falls to or rises to."""


def _equal(a: Decimal, b: Decimal, loose: bool, *, about: bool) -> bool:
    """Return whether `a` is `b`; where loose, also whether it is `b` rounded.

    Said "about", a rounding may be off by a tenth; unsaid, only decimals may be dropped, and
    it may be off by a fortieth.
    """
    slack = Decimal("0.03") if about and _decimals(a) > _FRACTION else Decimal("1e-4")
    if abs(a - b) <= slack * abs(b):
        return True
    if not loose or abs(a - b) > abs(b) * (Decimal("0.12") if about else Decimal("0.05")):
        return False
    if not about:
        places = _decimals(a)
        return places < _decimals(b) and any(
            b.quantize(Decimal(1).scaleb(-places), rounding=way) == a
            for way in (ROUND_HALF_UP, ROUND_HALF_EVEN)
        )
    digits = min(len(a.normalize().as_tuple().digits), _MOST_DIGITS)
    rounded = any(_rounded(b, n) == a for n in range(digits, digits + 3))
    if a in _ROUND_SHARES and abs(a - b) <= Decimal("0.1") * b:
        return True
    rounded = rounded or b.quantize(Decimal(1).scaleb(-_decimals(a)), ROUND_HALF_UP) == a
    return rounded or (abs(a - b) <= Decimal("0.05") * abs(b) and _is_round(a))


_MOST_DIGITS = 12
_ROUND_SHARES = frozenset(map(Decimal, (20, 25, 50, 75)))
"""What "nearly a quarter" may be off."""
_FRACTION = 3
"""Decimals that only a fraction has: a third is 33.3333 %."""


def _decimals(value: Decimal) -> int:
    return max(0, -int(value.normalize().as_tuple().exponent))


def _is_round(value: Decimal) -> bool:
    """Return whether a number looks rounded: 7.5, 40, 300."""
    return value.normalize().as_tuple().digits[-1] == 5 or value % 10 == 0 or value < 10


def _rounded(value: Decimal, digits: int) -> Decimal:
    """Return `value` rounded half up to so many significant digits."""
    step = Decimal(1).scaleb(value.adjusted() - digits + 1)
    return value.quantize(step, rounding=ROUND_HALF_UP)
