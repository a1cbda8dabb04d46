"""Whether two numbers say the same: units converted, months counted, decimals dropped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from functools import lru_cache

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
        bound: How the words around it bound it; see `grounding_bounds`.
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
    return any(_says(one, brought) for brought in _brought(one, other))


def is_comparable(one: Number, other: Number) -> bool:
    """Return whether two numbers measure the same sort of thing."""
    return next(_brought(one, other), None) is not None


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


def _brought(one: Number, other: Number) -> Iterator[Quantity]:
    """Yield `other` in the unit of `one`, in every way the two can be compared."""
    for mine in dict.fromkeys((one.quantity.unit, one.unit_later)):
        for theirs in dict.fromkeys((other.quantity.unit, other.unit_later)):
            if mine and theirs:
                yield from _converted(_with_unit(other.quantity, theirs), mine)


def _with_unit(quantity: Quantity, unit: str) -> Quantity:
    return Quantity(quantity.value, unit, quantity.high)


def _converted(other: Quantity, unit: str) -> Iterator[Quantity]:
    a, b = _LABELS.get(unit, unit), _LABELS.get(other.unit, other.unit)
    if (unit, other.unit) in {("d", "d/wk"), ("d/wk", "d")}:
        yield _with_unit(other, unit)  # "five days a week"
        return
    if {unit, other.unit} <= _PUFFS:
        yield _with_unit(other, unit)
        return
    bare = other.unit == "1" and (unit in _BARE or unit[0] in "{#")
    if FOLD in {a, b} and "%" in {a, b}:
        yield from _multiples(other, unit)
        return
    per_minute = a[0] == "{" and a.removesuffix("/min") == b.removesuffix("/min")
    same = a.removesuffix(_BODY) == b.removesuffix(_BODY) or per_minute
    if unit == "1" or bare or same:
        yield _with_unit(other, unit)
        return
    if a.startswith("#") or b.startswith("#") or b == "1":
        return
    if (a, b) in _CALENDAR:
        yield Quantity(other.value, unit, other.high).times(_CALENDAR[a, b])
    if (mine := _per_litre(a)) and (theirs := _per_litre(b)):
        yield Quantity(other.value, unit, other.high).times(theirs / mine)
        return
    found = convert(Quantity(other.value, b, other.high), a)
    if found is None and a.endswith("/d") != b.endswith("/d"):
        amount = Quantity(other.value, b.removesuffix("/d"), other.high)
        found = convert(amount, a.removesuffix("/d"))
    if found is not None:
        yield found


_COUNT_PER = re.compile(r"(?:\{cells\})?(?:10\*(?P<power>\d+))?/(?P<volume>mm3|uL|mL|dL|L)\Z")
_IN_LITRE = {"mm3": 6, "uL": 6, "mL": 3, "dL": 1, "L": 0}


@lru_cache(maxsize=256)
def _per_litre(unit: str) -> Decimal | None:
    """Return how many cells in a litre one of `unit` is ("10*9/L", "/mm3"); None for no count."""
    match = _COUNT_PER.match(unit)
    return Decimal(10) ** (int(match["power"] or 0) + _IN_LITRE[match["volume"]]) if match else None


def _multiples(other: Quantity, unit: str) -> Iterator[Quantity]:
    """Yield a multiple as the percentage it changes by ("halved": 50 %), or the reverse."""
    if unit == "%":
        change = abs(other.value - 1) * 100
        yield Quantity(change, unit)
        yield Quantity(other.value * 100, unit)
    elif other.high is None:
        for value in (other.value / 100, 1 - other.value / 100, 1 + other.value / 100):
            yield Quantity(value, unit)


def _equal(a: Decimal, b: Decimal, loose: bool, *, about: bool) -> bool:
    """Return whether `a` is `b`; where loose, also whether it is `b` rounded.

    Said "about", a rounding may be off by a tenth; unsaid, only decimals may be dropped, and
    it may be off by a fortieth.
    """
    slack = Decimal("0.03") if about and _decimals(a) > _FRACTION else Decimal("1e-4")
    if abs(a - b) <= slack * abs(b):
        return True
    if not loose or abs(a - b) > abs(b) * (Decimal("0.12") if about else Decimal("0.04")):
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
