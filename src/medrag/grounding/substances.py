"""One amount of one substance in two units: moles for grams, equivalents, international units.

What converts hangs on the substance, so both sides must speak of it; a claim that names none goes
by what its quotation names: "hypos are readings under 3.9 mmol/L" of a glucose below 70 mg/dL.

Sources: molar masses and valences stand in the lexicon; 1 microgram of vitamin D is 40 IU and
1 microgram of retinol 3.33 IU (NIH Office of Dietary Supplements, fact sheets for professionals).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from functools import lru_cache

from medrag.clinical.lexicon import load
from medrag.clinical.quantity import Quantity
from medrag.clinical.units import convert
from medrag.grounding.facts import Facts
from medrag.grounding.tokens import tokens

_IN_IU = {
    **dict.fromkeys(("vitamin-d", "cholecalciferol", "ergocalciferol"), Decimal(40)),
    "vitamin-a": Decimal(10) / 3,
}
"""International units in a microgram."""
_SALTS = frozenset({
    "potassium", "sodium", "chloride", "bicarbonate", "calcium", "magnesium",
})  # fmt: skip
"""What is given and measured in equivalents."""
_EXACTLY, _ROUNDED = Decimal("0.01"), Decimal("0.03")
"""How far a value may be off, and how far where it is the other rounded to its own decimals."""


def is_amount_of_same(said: Facts, one: Quantity, source: Facts, other: Quantity) -> bool:
    """Return whether two amounts in different units are one amount of what both texts speak of."""
    if one.unit == other.unit or (one.high is None) != (other.high is None):
        return False
    return any(
        _is_near(one.value, brought.value)
        and (one.high is None or brought.high is None or _is_near(one.high, brought.high))
        for brought in _brought(said, source, other, one.unit)
    )


def _is_near(wanted: Decimal, brought: Decimal) -> bool:
    off = abs(brought - wanted)
    if off <= _EXACTLY * wanted:
        return True
    step = Decimal(1).scaleb(int(wanted.as_tuple().exponent)) if wanted % 1 else Decimal(1)
    return off <= _ROUNDED * wanted and any(
        brought.quantize(step, rounding=way) == wanted for way in (ROUND_HALF_UP, ROUND_HALF_EVEN)
    )


def _brought(said: Facts, source: Facts, other: Quantity, unit: str) -> Iterator[Quantity]:
    """Yield an amount of `source` in another unit, in every way its substances allow."""
    analytes = load().analytes
    theirs = source.analytes
    for name in theirs & said.analytes if said.analytes else theirs:
        if brought := analytes[name].convert(other, unit):
            yield brought
    amount, _, per = other.unit.partition("/")
    wanted, _, own_per = unit.partition("/")
    if {wanted, amount} == {"meq", "mmol"} and per == own_per:
        for name in _salts(source.text) & (_salts(said.text) or _SALTS):
            valence = Decimal(analytes[name].valence or 1)
            yield _times(other, valence if wanted == "meq" else 1 / valence, unit)
    if "[iU]" in {unit, other.unit}:
        for name in _vitamins(source) & (_vitamins(said) or _IN_IU.keys()):
            if brought := _vitamin(other, unit, _IN_IU[name]):
                yield brought


def _vitamin(other: Quantity, unit: str, in_iu: Decimal) -> Quantity | None:
    if unit == "[iU]":
        weighed = convert(other, "ug")
        return weighed and _times(weighed, in_iu, unit)
    return convert(_times(other, 1 / in_iu, "ug"), unit)


def _times(one: Quantity, factor: Decimal, unit: str) -> Quantity:
    return Quantity(one.value * factor, unit, None if one.high is None else one.high * factor)


def _vitamins(facts: Facts) -> frozenset[str]:
    return frozenset(key for drug in facts.drugs for key in drug.keys if key in _IN_IU)


@lru_cache(maxsize=256)
def _salts(text: str) -> frozenset[str]:
    return frozenset(token.word for token in tokens(text)) & _SALTS
