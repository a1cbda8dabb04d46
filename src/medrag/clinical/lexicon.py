"""The words medrag knows: drugs, classes, analytes, conditions, routes, forms, procedures.

The tables are CSV files in `data/`; lists inside a cell are separated by `; `. Keys are lower
case American English with hyphens and are permanent. `load()` reads all tables once per
process.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType

from medrag.clinical.quantity import Quantity
from medrag.clinical.tables import items, rows
from medrag.clinical.units import convert, read_unit


@dataclass(frozen=True, slots=True)
class Drug:
    """One active ingredient.

    Attributes:
        key: `acetaminophen`; the US name in lower case with hyphens for spaces.
        names: Every generic name, US first, then INN, British and older ones.
        brands: Brand names of products that hold this ingredient alone.
        abbreviations: Matched only in the capitals given.
        classes: Keys of the classes it belongs to, nearest first, parents included.
        duplicate_class: Class of which two members together are a duplication; None where
            combining members of a class is ordinary practice.
        allergy_groups: Keys of groups whose members can cross-react.
    """

    key: str
    names: tuple[str, ...]
    brands: tuple[str, ...] = ()
    abbreviations: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    duplicate_class: str | None = None
    allergy_groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Combination:
    """A product with several ingredients.

    Attributes:
        names: Brand and generic names of the product.
        ingredients: Keys of the ingredients, in the order in which strengths are written.
    """

    names: tuple[str, ...]
    ingredients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DrugClass:
    """A pharmacologic class.

    Attributes:
        key: `ace-inhibitor`.
        names: What text calls it, singular and plural; empty where text does not name it.
        parents: Keys of wider classes.
        duplicate: Two members together are a duplication.
        allergy: Members can cross-react; how strongly is the checker's table.
    """

    key: str
    names: tuple[str, ...]
    parents: tuple[str, ...] = ()
    duplicate: bool = False
    allergy: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """A key with the names that text uses for it (condition, route, form, procedure)."""

    key: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LinearFactor:
    """How one unit of an analyte becomes its first unit: `value * slope + intercept`."""

    unit: str
    slope: Decimal
    intercept: Decimal = Decimal(0)

    def match(self, quantity: Quantity, unit: str) -> Quantity | None:
        """Return `quantity` in `unit`, one of which is this factor's, or None.

        With an intercept only the very same unit counts: 7 % of HbA1c is not 70 mmol/mol,
        although 7 % of anything else is.
        """
        if self.intercept and quantity.unit != unit:
            return None
        return convert(quantity, unit)


@dataclass(frozen=True, slots=True)
class Analyte:
    """A laboratory analyte or vital sign.

    Attributes:
        key: `potassium`.
        names: Every name; abbreviations are in `abbreviations`.
        abbreviations: Matched only in the capitals given.
        loinc: LOINC codes of the usual serum, plasma or blood observation.
        units: UCUM units in which it is reported, the US one first.
        molar_mass: g/mol where mass and molar concentrations convert; else None.
        valence: Charge where mEq and mmol convert; else None.
        factors: Further units and how they become `units[0]`.
    """

    key: str
    names: tuple[str, ...]
    abbreviations: tuple[str, ...] = ()
    loinc: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    molar_mass: Decimal | None = None
    valence: int | None = None
    factors: tuple[LinearFactor, ...] = ()

    def convert(self, quantity: Quantity, unit: str) -> Quantity | None:
        """Return `quantity` of this analyte in `unit`, or None where none is known.

        Mass, moles and equivalents convert by the molar mass and the valence, the `factors`
        as they say; numbers of no other analyte are used.
        """
        if quantity.unit == unit or not self.units:
            return convert(quantity, unit)
        base = self._into(quantity, self.units[0])
        return None if base is None else self._out_of(base, unit)

    def accepts(self, unit: str) -> bool:
        """Return whether the analyte is reported in `unit`, or in one that converts to it."""
        one = Quantity(Decimal(1), unit)
        return unit in self.units or any(self.convert(one, known) for known in self.units[:1])

    def _into(self, quantity: Quantity, base: str) -> Quantity | None:
        for factor in self.factors:
            found = factor.match(quantity, factor.unit)
            if found is not None:
                return _linear(found, base, Fraction(factor.slope), factor.intercept)
        return convert(quantity, base) or self._exchange(quantity, base)

    def _out_of(self, base: Quantity, unit: str) -> Quantity | None:
        for factor in self.factors:
            slope = 1 / Fraction(factor.slope)
            intercept = -factor.intercept / factor.slope
            found = factor.match(_linear(base, factor.unit, slope, intercept), unit)
            if found is not None:
                return found
        return convert(base, unit) or self._exchange(base, unit)

    def _exchange(self, quantity: Quantity, unit: str) -> Quantity | None:
        head, slash, rest = quantity.unit.partition("/")
        other, other_slash, other_rest = unit.partition("/")
        weight, other_weight = self._grams(head), self._grams(other)
        if weight is None or other_weight is None:
            return None
        mass = _linear(quantity, f"g{slash}{rest}", weight, Decimal(0))
        found = convert(mass, f"g{other_slash}{other_rest}")
        return None if found is None else _linear(found, unit, 1 / other_weight, Decimal(0))

    def _grams(self, head: str) -> Fraction | None:
        """Return what one `head` of the analyte weighs; relative where only valence is known."""
        unit = read_unit(head)
        if unit is None or (self.molar_mass is None and self.valence is None):
            return None
        mole = Fraction(self.molar_mass) if self.molar_mass is not None else Fraction(1)
        if unit.dimension == (("g", 1),):
            return unit.factor if self.molar_mass is not None else None
        if unit.dimension == (("mol", 1),):
            return unit.factor * mole
        if unit.dimension == (("eq", 1),) and self.valence:
            return unit.factor * mole / self.valence
        return None


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All tables, by key."""

    drugs: Mapping[str, Drug]
    combinations: tuple[Combination, ...]
    classes: Mapping[str, DrugClass]
    analytes: Mapping[str, Analyte]
    conditions: Mapping[str, Term]
    routes: Mapping[str, Term]
    forms: Mapping[str, Term]
    procedures: Mapping[str, Term]

    def members(self, drug_class: str) -> tuple[str, ...]:
        """Return the keys of the drugs of a class, sorted; empty for an unknown class."""
        return tuple(sorted(d.key for d in self.drugs.values() if drug_class in d.classes))


@lru_cache(maxsize=1)
def load() -> Lexicon:
    """Return the lexicon; the tables are read on the first call."""
    classes = {c.key: c for c in map(_class, rows("classes"))}
    drugs = (_drug(row, classes) for row in rows("drugs"))
    return Lexicon(
        drugs=MappingProxyType({drug.key: drug for drug in drugs}),
        combinations=tuple(
            Combination(items(r["names"]), items(r["ingredients"])) for r in rows("combinations")
        ),
        classes=MappingProxyType(classes),
        analytes=MappingProxyType({a.key: a for a in map(_analyte, rows("analytes"))}),
        conditions=_terms("conditions"),
        routes=_terms("routes"),
        forms=_terms("forms"),
        procedures=_terms("procedures"),
    )


def analyte_key(name: str) -> str | None:
    """Return the key of an analyte as an institution names it; None if unknown."""
    lowered = " ".join(name.lower().replace("_", " ").split())
    plain = re.sub(r"^(serum|plasma|blood|s-|p-)\s*|\s*\(.*\)$", "", lowered)
    words = plain.split(" ")
    # a list of results names a drug for its level, and may put what qualifies behind
    also = (f"{plain} level", f"{plain} ratio", " ".join((*words[-1:], *words[:-1])))
    names = _analyte_names()
    known = (names.get(name) for name in (lowered, plain, plain.replace(" ", "-"), *also))
    return next((key for key in known if key is not None), None)


@lru_cache(maxsize=1)
def _analyte_names() -> Mapping[str, str]:
    names: dict[str, str] = {}
    for analyte in load().analytes.values():
        for name in (analyte.key, *analyte.names, *analyte.abbreviations):
            names.setdefault(name.lower(), analyte.key)
    return MappingProxyType(names)


def analyte_of_loinc(code: str) -> str | None:
    """Return the key of the analyte that a LOINC code observes; None if unknown."""
    return _loinc_codes().get(code)


@lru_cache(maxsize=1)
def _loinc_codes() -> Mapping[str, str]:
    analytes = load().analytes.values()
    return MappingProxyType({code: a.key for a in analytes for code in a.loinc})


def _terms(table: str) -> Mapping[str, Term]:
    return MappingProxyType({r["key"]: Term(r["key"], items(r["names"])) for r in rows(table)})


def _class(row: dict[str, str]) -> DrugClass:
    return DrugClass(
        key=row["key"],
        names=items(row["names"]),
        parents=items(row["parents"]),
        duplicate=row["duplicate"] == "1",
        allergy=row["allergy"] == "1",
    )


def _drug(row: dict[str, str], classes: Mapping[str, DrugClass]) -> Drug:
    nearest = list(items(row["classes"]))
    for key in nearest:  # grows while it is walked: breadth first, nearest classes first
        nearest.extend(parent for parent in classes[key].parents if parent not in nearest)
    duplicate = next((key for key in nearest if classes[key].duplicate), None)
    groups = [key for key in nearest if classes[key].allergy]
    return Drug(
        key=row["key"],
        names=(row["key"].replace("-", " "), *items(row["names"])),
        brands=items(row["brands"]),
        abbreviations=items(row["abbreviations"]),
        classes=tuple(nearest),
        duplicate_class=None if row["duplicate_class"] == "-" else duplicate,
        allergy_groups=(*groups, *items(row["allergy_groups"])),
    )


def _analyte(row: dict[str, str]) -> Analyte:
    return Analyte(
        key=row["key"],
        names=items(row["names"]),
        abbreviations=items(row["abbreviations"]),
        loinc=items(row["loinc"]),
        units=items(row["units"]),
        molar_mass=Decimal(row["molar_mass"]) if row["molar_mass"] else None,
        valence=int(row["valence"]) if row["valence"] else None,
        factors=tuple(_factor(cell) for cell in items(row["factors"])),
    )


def _factor(cell: str) -> LinearFactor:
    unit, _, numbers = cell.partition("=")
    slope, _, intercept = numbers.partition("+")
    return LinearFactor(unit, Decimal(slope), Decimal(intercept or 0))


def _linear(quantity: Quantity, unit: str, slope: Fraction, intercept: Decimal) -> Quantity:
    def change(value: Decimal) -> Decimal:
        return value * slope.numerator / slope.denominator + intercept

    high = None if quantity.high is None else change(quantity.high)
    return Quantity(change(quantity.value), unit, high, quantity.comparator)
