"""UCUM units: read exactly, converted exactly or not at all.

A unit code is read into a factor and a dimension. Two units convert only if their dimensions
are the same, and these are dimensions of their own, unlike in the libraries that
`docs/decisions/0050` measured: equivalents (which are not moles), osmoles, every arbitrary unit
(`[iU]`, `[arb'U]`), every annotation (`{tablet}`, `mg{creat}`). Mass and moles convert only
through an analyte's molar mass (`lexicon.Analyte.convert`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from medrag.clinical.quantity import Quantity
from medrag.clinical.unit_atoms import METRIC, PLAIN, PREFIXES, Atom, Dimension

_TOKEN = re.compile(
    r"(?P<operator>[./])|(?P<open>\()|(?P<close>\))|(?P<annotation>\{[!-z|~]*\})"
    r"|(?P<atom>10[*^]|B\[10\.nV\]|(?:[A-Za-z'%]|\[[^\]\s]*\]|_)+|dB\[10\.nV\])"
    r"(?P<exponent>[+-]?\d+)?|(?P<number>\d+)(?![*^+-])"
)
_TEMPERATURES = frozenset({"Cel", "[degF]", "K"})


@dataclass(frozen=True, slots=True)
class Unit:
    """A UCUM unit code that was read.

    Attributes:
        code: As given.
        factor: Multiplies a value in this unit to give one in base units (g, m, s, mol, ...).
        dimension: Base units with their exponents, sorted; equal dimensions convert.
    """

    code: str
    factor: Fraction
    dimension: Dimension


@lru_cache(maxsize=2048)
def read_unit(code: str) -> Unit | None:
    """Return the unit that `code` names, or None where it is no UCUM code known here."""
    tokens = list(_tokens(code))
    if not tokens or None in tokens:
        return None
    term, position = _term([token for token in tokens if token is not None], 0)
    if term is None or position != len(tokens):
        return None
    merged: dict[str, int] = {}
    for name, power in term[1]:
        merged[name] = merged.get(name, 0) + power
    dimension = tuple(sorted((name, power) for name, power in merged.items() if power))
    return Unit(code, term[0], dimension)


def _tokens(code: str) -> Iterator[re.Match[str] | None]:
    position = 0
    while position < len(code):
        match = _TOKEN.match(code, position)
        yield match
        if match is None:
            return
        position = match.end()


def _term(tokens: list[re.Match[str]], position: int) -> tuple[Atom | None, int]:
    """Read components joined by `.` and `/`, from left to right; a leading `/` is allowed."""
    total: Atom = (Fraction(1), ())
    sign = 1
    if tokens[position]["operator"] == "/":
        sign, position = -1, position + 1
    while True:
        component, position = _component(tokens, position)
        if component is None:
            return None, position
        total = _times(total, component, sign)
        if position == len(tokens) or tokens[position]["operator"] is None:
            return total, position
        sign = 1 if tokens[position]["operator"] == "." else -1
        position += 1


def _component(tokens: list[re.Match[str]], position: int) -> tuple[Atom | None, int]:
    if position >= len(tokens):
        return None, position
    token = tokens[position]
    if token["open"]:
        inner, after = _term(tokens, position + 1) if position + 1 < len(tokens) else (None, 0)
        closed = inner is not None and after < len(tokens) and tokens[after]["close"] is not None
        return (inner, after + 1) if closed else (None, position)
    if token["annotation"]:
        return (Fraction(1), ((token["annotation"], 1),)), position + 1
    found: Atom | None = None
    if token["number"]:
        found = (Fraction(int(token["number"])), ()) if int(token["number"]) else None
    elif token["atom"]:
        atom = _atom(token["atom"])
        found = None if atom is None else _power(atom, int(token["exponent"] or 1))
    position += 1
    if found and position < len(tokens) and tokens[position]["annotation"]:
        found = _times(found, (Fraction(1), ((tokens[position]["annotation"], 1),)), 1)
        position += 1
    return found, position


def _power(atom: Atom, power: int) -> Atom:
    return atom[0] ** power, tuple((name, exponent * power) for name, exponent in atom[1])


def _times(one: Atom, other: Atom, sign: int) -> Atom:
    raised = _power(other, sign)
    return one[0] * raised[0], one[1] + raised[1]


def _atom(symbol: str) -> Atom | None:
    if symbol in PLAIN:
        return PLAIN[symbol]
    if symbol in METRIC:
        return METRIC[symbol]
    for size in (1, 2):
        prefix, rest = symbol[:size], symbol[size:]
        if prefix in PREFIXES and rest in METRIC:
            factor, dimension = METRIC[rest]
            return factor * Fraction(10) ** PREFIXES[prefix], dimension
    return None


def comparable(one: str, other: str) -> bool:
    """Return whether quantities in the two units can be compared."""
    first, second = read_unit(one), read_unit(other)
    return first is not None and second is not None and first.dimension == second.dimension


def convert(quantity: Quantity, unit: str) -> Quantity | None:
    """Return `quantity` in `unit`, or None where no exact conversion exists.

    Never converts between mass and moles, equivalents and moles, arbitrary units, or units
    with different annotations; never drops an annotation. Celsius, Fahrenheit and kelvin
    convert as temperatures. Values that do not end in decimal have 28 significant digits.
    """
    if quantity.unit == unit:
        return quantity
    if quantity.unit in _TEMPERATURES and unit in _TEMPERATURES:
        return _convert_temperature(quantity, unit)
    ratio = _ratio(quantity.unit, unit)
    if ratio is None:
        return None
    high = None if quantity.high is None else _scale(quantity.high, ratio)
    return Quantity(_scale(quantity.value, ratio), unit, high, quantity.comparator)


@lru_cache(maxsize=2048)
def _ratio(given: str, wanted: str) -> Fraction | None:
    """Return how many of `wanted` one of `given` is, or None where they do not convert."""
    source, target = read_unit(given), read_unit(wanted)
    if source is None or target is None or source.dimension != target.dimension:
        return None
    return source.factor / target.factor


def _scale(value: Decimal, ratio: Fraction) -> Decimal:
    if ratio == 1:
        return value
    return value * ratio.numerator / ratio.denominator


def _convert_temperature(quantity: Quantity, unit: str) -> Quantity:
    zero = Decimal("273.15")

    def change(value: Decimal) -> Decimal:
        celsius = {"Cel": value, "K": value - zero, "[degF]": (value - 32) * 5 / 9}[quantity.unit]
        return {"Cel": celsius, "K": celsius + zero, "[degF]": celsius * 9 / 5 + 32}[unit]

    high = None if quantity.high is None else change(quantity.high)
    return Quantity(change(quantity.value), unit, high, quantity.comparator)
