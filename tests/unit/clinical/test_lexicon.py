"""The tables keep their schema, and the facts in them can be told from one another."""

from __future__ import annotations

import csv
import json
import re
from decimal import Decimal
from importlib.resources import files

import pytest
from pydantic import BaseModel, ConfigDict, Field, field_validator

from medrag.clinical.lexicon import load
from medrag.clinical.matching import find_names
from medrag.clinical.units import read_unit

KEY = r"[a-z0-9]+(?:-[a-z0-9]+)*"


class Row(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DrugRow(Row):
    key: str = Field(pattern=rf"^{KEY}$")
    names: str
    brands: str
    abbreviations: str
    classes: str = Field(min_length=1)
    duplicate_class: str = Field(pattern=r"^-?$")
    allergy_groups: str


class ClassRow(Row):
    key: str = Field(pattern=rf"^{KEY}$")
    names: str
    parents: str
    duplicate: str = Field(pattern=r"^1?$")
    allergy: str = Field(pattern=r"^1?$")


class CombinationRow(Row):
    names: str = Field(min_length=3)
    ingredients: str = Field(min_length=3)


class TermRow(Row):
    key: str = Field(pattern=rf"^{KEY}$")
    names: str = Field(min_length=1)


class AnalyteRow(Row):
    key: str = Field(pattern=rf"^{KEY}$")
    names: str = Field(min_length=1)
    abbreviations: str
    loinc: str = Field(pattern=r"^(\d{3,5}-\d(; \d{3,5}-\d)*)?$")
    units: str = Field(min_length=1)
    molar_mass: Decimal | None = Field(gt=1, lt=20000)
    valence: int | None = Field(ge=1, le=3)
    factors: str

    @field_validator("molar_mass", "valence", mode="before")
    @classmethod
    def _blank(cls, value):
        return value or None


TABLES = {
    "drugs": DrugRow,
    "classes": ClassRow,
    "combinations": CombinationRow,
    "analytes": AnalyteRow,
    "conditions": TermRow,
    "routes": TermRow,
    "forms": TermRow,
    "procedures": TermRow,
}


def rows(table):
    text = (files("medrag.clinical") / "data" / f"{table}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@pytest.mark.parametrize("table", sorted(TABLES))
def test_every_row_follows_its_schema(table):
    for row in rows(table):
        TABLES[table].model_validate(row)


@pytest.mark.parametrize("table", sorted(TABLES))
def test_lists_are_written_one_way(table):
    for row in rows(table):
        for cell in row.values():
            assert not re.search(r";\S|;$|^;|\s;|  |^\s|\s$", cell), row


@pytest.mark.parametrize("table", sorted(set(TABLES) - {"combinations"}))
def test_keys_are_unique(table):
    keys = [row["key"] for row in rows(table)]
    assert len(keys) == len(set(keys))


def test_no_name_means_two_drugs():
    owners: dict[str, str] = {}
    for drug in load().drugs.values():
        for name in {n.lower() for n in (*drug.names, *drug.brands, *drug.abbreviations)}:
            assert owners.setdefault(name, drug.key) == drug.key, name


def test_every_class_and_ingredient_named_exists():
    lexicon = load()
    for drug in lexicon.drugs.values():
        assert set(drug.classes) <= set(lexicon.classes), drug.key
    for product in lexicon.combinations:
        assert set(product.ingredients) <= set(lexicon.drugs), product.names


def test_the_tables_are_as_large_as_promised():
    lexicon = load()
    assert len(lexicon.drugs) >= 400
    assert len(lexicon.analytes) >= 120


def test_every_loinc_code_has_its_check_digit():
    """Mod 10: double the digits at odd places from the right, join, sum all digits."""
    for analyte in load().analytes.values():
        for code in analyte.loinc:
            number, digit = code.split("-")
            doubled = str(int(number[::-1][0::2]) * 2)
            total = sum(map(int, doubled + number[::-1][1::2]))
            assert (10 - total % 10) % 10 == int(digit), (analyte.key, code)


def test_every_unit_of_an_analyte_is_a_unit():
    for analyte in load().analytes.values():
        for unit in (*analyte.units, *(factor.unit for factor in analyte.factors)):
            assert read_unit(unit) is not None, (analyte.key, unit)


def test_a_molar_mass_connects_two_units_of_the_row():
    for analyte in load().analytes.values():
        if analyte.molar_mass is not None:
            assert sum(analyte.accepts(unit) for unit in analyte.units) >= 2, analyte.key


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("paracetamol", "acetaminophen"),
        ("adrenaline", "epinephrine"),
        ("salbutamol", "albuterol"),
        ("frusemide", "furosemide"),
        ("lignocaine", "lidocaine"),
        ("ciclosporin", "cyclosporine"),
        ("glyceryl trinitrate", "nitroglycerin"),
        ("pethidine", "meperidine"),
        ("rifampicin", "rifampin"),
        ("Coumadin", "warfarin"),
        ("HCTZ", "hydrochlorothiazide"),
    ],
)
def test_british_and_brand_names_are_the_same_drug(written, key):
    assert [hit.keys for hit in find_names(f"Give {written} now.")] == [(key,)]


def test_the_class_of_a_drug_includes_its_parents():
    assert load().drugs["cephalexin"].classes == (
        "cephalosporin-1",
        "cephalosporin",
        "beta-lactam",
        "antibiotic",
    )
    assert "cephalexin" in load().members("beta-lactam")


@pytest.mark.shared
def test_no_brand_name_contradicts_a_public_label(shared_data):
    checked = 0
    for path in sorted((shared_data / "corpora" / "openfda_labels" / "json").iterdir()):
        record = json.loads(path.read_text())
        record = record.get("results", [record])[0].get("openfda", {})
        generic = {k for n in record.get("generic_name", ()) for k in drug_keys(n.lower())}
        for brand in record.get("brand_name", ()):
            named = drug_keys(brand.title()) - {"sodium-chloride"}
            if generic and named:
                checked += 1
                assert named <= generic, (brand, named, generic)
    assert checked >= 50


def drug_keys(text):
    return {k for hit in find_names(text) if hit.kind in {"drug", "combination"} for k in hit.keys}
