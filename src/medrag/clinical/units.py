"""UCUM units on the hot path: the clinical subset, converted exactly and never by guess.

A unit code is read into a factor and a dimension. Two units convert only if their dimensions
are the same, and these are dimensions of their own, unlike in the libraries measured for
`docs/decisions/0050`: equivalents (`eq`, which are not moles), every arbitrary unit (`[iU]`,
`U`, `[arb'U]`), every annotation (`{tablet}`, `mg{creat}`). Mass and moles convert only through
an analyte's molar mass (`lexicon.Analyte.convert`).

Source: The Unified Code for Units of Measure, version 2.1, tables of base and derived units.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from medrag.clinical.quantity import Quantity

Dimension = tuple[tuple[str, int], ...]

_PREFIXES = {
    "G": 9, "M": 6, "k": 3, "h": 2, "d": -1, "c": -2, "m": -3, "u": -6, "n": -9, "p": -12, "f": -15,
}  # fmt: skip
_METRIC: dict[str, tuple[Fraction, Dimension]] = {
    "g": (Fraction(1), (("g", 1),)),
    "m": (Fraction(1), (("m", 1),)),
    "L": (Fraction(1, 1000), (("m", 3),)),
    "l": (Fraction(1, 1000), (("m", 3),)),
    "mol": (Fraction(1), (("mol", 1),)),
    "eq": (Fraction(1), (("eq", 1),)),
    "osm": (Fraction(1), (("osm", 1),)),
    "s": (Fraction(1), (("s", 1),)),
    "U": (Fraction(1), (("U", 1),)),
    "[iU]": (Fraction(1), (("[iU]", 1),)),
    "[IU]": (Fraction(1), (("[iU]", 1),)),
    "kat": (Fraction(1), (("kat", 1),)),
    "Pa": (Fraction(1000), (("g", 1), ("m", -1), ("s", -2))),
    "m[Hg]": (Fraction(133322000), (("g", 1), ("m", -1), ("s", -2))),
    "m[H2O]": (Fraction(980665 * 10), (("g", 1), ("m", -1), ("s", -2))),
    "J": (Fraction(1000), (("g", 1), ("m", 2), ("s", -2))),
    "cal": (Fraction(4184), (("g", 1), ("m", 2), ("s", -2))),
    "V": (Fraction(1), (("V", 1),)),
    "Gy": (Fraction(1), (("Gy", 1),)),
    "Bq": (Fraction(1), (("Bq", 1),)),
    "Ci": (Fraction(37_000_000_000), (("Bq", 1),)),
}
_PLAIN: dict[str, tuple[Fraction, Dimension]] = {
    "1": (Fraction(1), ()),
    "%": (Fraction(1, 100), ()),
    "[ppm]": (Fraction(1, 1_000_000), ()),
    "min": (Fraction(60), (("s", 1),)),
    "h": (Fraction(3600), (("s", 1),)),
    "d": (Fraction(86400), (("s", 1),)),
    "wk": (Fraction(604800), (("s", 1),)),
    "mo": (Fraction(2629800), (("s", 1),)),
    "a": (Fraction(31557600), (("s", 1),)),
    "[lb_av]": (Fraction("453.59237"), (("g", 1),)),
    "[oz_av]": (Fraction("28.349523125"), (("g", 1),)),
    "[in_i]": (Fraction("0.0254"), (("m", 1),)),
    "[ft_i]": (Fraction("0.3048"), (("m", 1),)),
    "[drp]": (Fraction(1), (("[drp]", 1),)),
    "[USP'U]": (Fraction(1), (("[USP'U]", 1),)),
    "[arb'U]": (Fraction(1), (("[arb'U]", 1),)),
    "[CFU]": (Fraction(1), (("[CFU]", 1),)),
    "[Ch]": (Fraction(1), (("[Ch]", 1),)),
    "[pH]": (Fraction(1), (("[pH]", 1),)),
    "[tsp_m]": (Fraction(5, 1_000_000), (("m", 3),)),
    "[tbs_m]": (Fraction(15, 1_000_000), (("m", 3),)),
}
_TERM = re.compile(r"(10[*^]-?\d+|\d+|%|(?:[A-Za-z]|\[[^\]]*\])+?)?(-?\d+)?((?:\{[^}]*\})?)$")
_SPLIT = re.compile(r"([./])(?![^\[{]*[\]}])")


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
    """Return the unit that `code` names, or None where it is not in the clinical subset."""
    factor, exponents = Fraction(1), dict[str, int]()
    parts = _SPLIT.split(code)
    sign = 1
    for index, part in enumerate(parts):
        if index % 2:
            sign = -1 if part == "/" else 1
            continue
        term = _read_term(part) if part or (len(parts) > 1 and index == 0) else None
        if term is None:
            return None
        factor *= term[0] ** sign
        for name, exponent in term[1]:
            exponents[name] = exponents.get(name, 0) + sign * exponent
    dimension = tuple(sorted((name, power) for name, power in exponents.items() if power))
    return Unit(code, factor, dimension)


def _read_term(term: str) -> tuple[Fraction, Dimension] | None:
    match = _TERM.match(term)
    if match is None:
        return None
    symbol, exponent, annotation = match.groups()
    if symbol is None and not annotation:
        return (Fraction(1), ()) if not term else None
    atom = _read_atom(symbol or "1")
    if atom is None:
        return None
    power = int(exponent) if exponent else 1
    dimension = [(name, n * power) for name, n in atom[1]]
    if annotation:
        dimension.append((annotation, 1))
    return atom[0] ** power, tuple(dimension)


def _read_atom(symbol: str) -> tuple[Fraction, Dimension] | None:
    if symbol.startswith(("10*", "10^")):
        return Fraction(10) ** int(symbol[3:]), ()
    if symbol.isdigit():
        return Fraction(int(symbol)), ()
    if symbol in _PLAIN:
        return _PLAIN[symbol]
    if symbol in _METRIC:
        return _METRIC[symbol]
    for prefix, power in _PREFIXES.items():
        if symbol.startswith(prefix) and symbol[len(prefix) :] in _METRIC:
            factor, dimension = _METRIC[symbol[len(prefix) :]]
            return Fraction(10) ** power * factor, dimension
    return None


def comparable(one: str, other: str) -> bool:
    """Return whether quantities in the two units can be compared."""
    first, second = read_unit(one), read_unit(other)
    return first is not None and second is not None and first.dimension == second.dimension


def convert(quantity: Quantity, unit: str) -> Quantity | None:
    """Return `quantity` in `unit`, or None where no exact conversion exists.

    Never converts between mass and moles, equivalents and moles, arbitrary units, or units
    with different annotations; never drops an annotation. Celsius and Fahrenheit convert as
    temperatures. Values that do not end in decimal are rounded to 28 significant digits.
    """
    if quantity.unit == unit:
        return quantity
    if {quantity.unit, unit} == {"Cel", "[degF]"}:
        return _convert_temperature(quantity, unit)
    source, target = read_unit(quantity.unit), read_unit(unit)
    if source is None or target is None or source.dimension != target.dimension:
        return None
    ratio = source.factor / target.factor
    high = None if quantity.high is None else _scale(quantity.high, ratio)
    return Quantity(_scale(quantity.value, ratio), unit, high, quantity.comparator)


def _scale(value: Decimal, ratio: Fraction) -> Decimal:
    return value * ratio.numerator / ratio.denominator


def _convert_temperature(quantity: Quantity, unit: str) -> Quantity:
    def change(value: Decimal) -> Decimal:
        return value * 9 / 5 + 32 if unit == "[degF]" else (value - 32) * 5 / 9

    high = None if quantity.high is None else change(quantity.high)
    return Quantity(change(quantity.value), unit, high, quantity.comparator)
