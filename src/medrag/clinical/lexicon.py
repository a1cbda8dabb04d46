"""The words medrag knows: drugs, classes, analytes, conditions, routes, forms, procedures.

The tables are CSV files in `data/`; lists inside a cell are separated by `; `. Keys are lower
case American English with hyphens and are permanent. `load()` reads all tables once per
process.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

from medrag.clinical.quantity import Quantity
from medrag.clinical.units import convert


@dataclass(frozen=True, slots=True)
class Drug:
    """One active ingredient.

    Attributes:
        key: `acetaminophen`; the US name in lower case with hyphens for spaces.
        names: Every generic name, US first, then INN, British and older ones.
        brands: Brand names of products that hold this ingredient alone.
        abbreviations: Matched only in the capitals given.
        classes: Keys of the pharmacologic classes it belongs to, nearest first.
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
class Term:
    """A key with the names that text uses for it (class, condition, route, form, procedure)."""

    key: str
    names: tuple[str, ...]


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
        factors: Further conversions: a unit and what one of it is in `units[0]`.
    """

    key: str
    names: tuple[str, ...]
    abbreviations: tuple[str, ...] = ()
    loinc: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    molar_mass: Decimal | None = None
    valence: int | None = None
    factors: tuple[tuple[str, Decimal], ...] = ()

    def convert(self, quantity: Quantity, unit: str) -> Quantity | None:
        """Return `quantity` of this analyte in `unit`, or None where none is known.

        Mass and moles convert by the molar mass, equivalents and moles by the valence.
        """
        return convert(quantity, unit)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All tables, by key."""

    drugs: Mapping[str, Drug]
    combinations: tuple[Combination, ...]
    classes: Mapping[str, Term]
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
    return Lexicon(
        drugs=MappingProxyType({d.key: d for d in map(_drug, _rows("drugs"))}),
        combinations=tuple(
            Combination(_list(r["names"]), _list(r["ingredients"])) for r in _rows("combinations")
        ),
        classes=_terms("classes"),
        analytes=MappingProxyType({a.key: a for a in map(_analyte, _rows("analytes"))}),
        conditions=_terms("conditions"),
        routes=_terms("routes"),
        forms=_terms("forms"),
        procedures=_terms("procedures"),
    )


def _rows(table: str) -> list[dict[str, str]]:
    text = (files("medrag.clinical") / "data" / f"{table}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _list(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())


def _terms(table: str) -> Mapping[str, Term]:
    return MappingProxyType({r["key"]: Term(r["key"], _list(r["names"])) for r in _rows(table)})


def _drug(row: dict[str, str]) -> Drug:
    return Drug(
        key=row["key"],
        names=(row["key"].replace("-", " "), *_list(row["names"])),
        brands=_list(row["brands"]),
        abbreviations=_list(row["abbreviations"]),
        classes=_list(row["classes"]),
        duplicate_class=row["duplicate_class"] or None,
        allergy_groups=_list(row["allergy_groups"]),
    )


def _analyte(row: dict[str, str]) -> Analyte:
    factors = (part.split("=") for part in _list(row["factors"]))
    return Analyte(
        key=row["key"],
        names=_list(row["names"]),
        abbreviations=_list(row["abbreviations"]),
        loinc=_list(row["loinc"]),
        units=_list(row["units"]),
        molar_mass=Decimal(row["molar_mass"]) if row["molar_mass"] else None,
        valence=int(row["valence"]) if row["valence"] else None,
        factors=tuple((unit.strip(), Decimal(value)) for unit, value in factors),
    )
