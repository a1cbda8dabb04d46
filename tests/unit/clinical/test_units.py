"""Units are read and converted exactly, and nothing unsafe converts."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from decimal import Decimal

import pytest

from medrag.clinical.lexicon import load
from medrag.clinical.quantity import Quantity
from medrag.clinical.units import comparable, convert, read_unit

ROUNDED_IN_THE_TESTS = {
    "3-113": "25.2 exactly; printed with two digits",
    "3-115": "1.575 exactly; printed with two digits",
    "3-118": "0.16002 exactly; printed with three digits",
    "3-119": "16.002 exactly; printed with three digits",
}


def ucum_cases(shared_data, part):
    tree = ET.parse(shared_data / "units" / "UcumFunctionalTests.xml")
    return [case for case in tree.getroot().find(part) if case.tag == "case"]


@pytest.mark.shared
def test_every_ucum_validation_case_is_decided_as_published(shared_data):
    cases = ucum_cases(shared_data, "validation")
    assert len(cases) == 529
    wrong = [
        case.get("unit")
        for case in cases
        if (read_unit(case.get("unit")) is not None) != (case.get("valid") == "true")
    ]
    assert wrong == []


@pytest.mark.shared
def test_every_ucum_conversion_case_gives_the_published_value(shared_data):
    wrong = []
    for case in ucum_cases(shared_data, "conversion"):
        found = convert(
            Quantity(Decimal(case.get("value")), case.get("srcUnit")), case.get("dstUnit")
        )
        expected = Decimal(case.get("outcome"))
        near = found is not None and abs(found.value - expected) <= abs(expected) * Decimal("1e-9")
        if not near and case.get("id") not in ROUNDED_IN_THE_TESTS:
            wrong.append((case.get("id"), found))
    assert wrong == []


@pytest.mark.parametrize(
    ("value", "unit", "target", "expected"),
    [
        ("1.5", "g", "mg", "1500"),
        ("250", "ug", "mg", "0.25"),
        ("5", "ug/kg/min", "mg/kg/h", "0.3"),
        ("1", "g/d", "mg/h", "41.66666666666666666666666667"),
        ("15000", "/mm3", "10*9/L", "15"),
        ("150", "10*3/uL", "10*9/L", "150"),
        ("98.6", "[degF]", "Cel", "37"),
        ("310.15", "K", "Cel", "37"),
        ("1", "mm[Hg]", "kPa", "0.133322"),
        ("1", "[lb_av]", "g", "453.59237"),
        ("60", "U/L", "ukat/L", "1"),
        ("1", "[IU]/L", "[iU]/L", "1"),
    ],
)
def test_exact_conversions(value, unit, target, expected):
    found = convert(Quantity(Decimal(value), unit), target)
    assert found is not None
    assert found.value == Decimal(expected)
    assert found.unit == target


@pytest.mark.parametrize(
    ("unit", "target", "why"),
    [
        ("[iU]", "[arb'U]", "arbitrary units are each their own"),
        ("[iU]", "mg", "what a unit weighs depends on the substance"),
        ("U/L", "[iU]/L", "catalytic activity is no arbitrary unit"),
        ("meq/L", "mmol/L", "it depends on the valence"),
        ("mosm/kg", "mmol/kg", "it depends on dissociation"),
        ("mmol/L", "mg/dL", "it depends on the molar mass"),
        ("mg{creat}", "mg", "the annotation says which milligram"),
        ("{tablet}", "{capsule}", "two things"),
        ("{tablet}", "1", "a tablet is no pure number"),
        ("mg/kg", "mg", "the weight is missing"),
        ("mg/kg", "mg/m2", "weight is no surface"),
        ("mg", "mL", "the concentration is missing"),
        ("[drp]", "mL", "drops differ"),
        ("mL/min", "mL/min/{1.73_m2}", "one is indexed to surface"),
        ("Cel", "K/min", "a rate is no temperature"),
    ],
)
def test_what_must_never_convert(unit, target, why):
    assert convert(Quantity(Decimal(1), unit), target) is None, why
    assert not comparable(unit, target)


@pytest.mark.parametrize(
    "code",
    ["", "/", "mg/", "mg//L", "(mg", "mg)", "m g", "mcg", "cc", "mgg", "2mg2mg", "{", "mg{a}b"],
)
def test_what_is_no_unit_is_read_as_none(code):
    assert read_unit(code) is None


def test_a_range_converts_at_both_ends_and_keeps_its_comparator():
    found = convert(Quantity(Decimal("0.5"), "g", high=Decimal(1), comparator="<="), "mg")
    assert found == Quantity(Decimal(500), "mg", high=Decimal(1000), comparator="<=")


@pytest.mark.parametrize(
    ("analyte", "value", "unit", "target", "expected"),
    [
        # Published conventional-to-SI factors: glucose 0.0555, creatinine 88.4, calcium 0.2495,
        # cholesterol 0.02586, urea nitrogen 0.357, bilirubin 17.1, urate 59.48, iron 0.179.
        ("glucose", "100", "mg/dL", "mmol/L", "5.55"),
        ("creatinine", "1", "mg/dL", "umol/L", "88.4"),
        ("calcium", "10", "mg/dL", "mmol/L", "2.495"),
        ("total-cholesterol", "200", "mg/dL", "mmol/L", "5.172"),
        ("triglycerides", "100", "mg/dL", "mmol/L", "1.129"),
        ("bun", "10", "mg/dL", "mmol/L", "3.57"),
        ("bilirubin", "1", "mg/dL", "umol/L", "17.1"),
        ("uric-acid", "1", "mg/dL", "umol/L", "59.48"),
        ("iron", "100", "ug/dL", "umol/L", "17.9"),
        ("free-t4", "1", "ng/dL", "pmol/L", "12.87"),
        ("cortisol", "1", "ug/dL", "nmol/L", "27.59"),
        ("vitamin-b12-level", "100", "pg/mL", "pmol/L", "73.78"),
        ("vitamin-d-25-oh", "10", "ng/mL", "nmol/L", "24.96"),
        ("digoxin-level", "1", "ng/mL", "nmol/L", "1.28"),
        ("phenytoin-level", "10", "ug/mL", "umol/L", "39.6"),
        ("theophylline-level", "10", "ug/mL", "umol/L", "55.5"),
        ("hemoglobin", "10", "g/dL", "mmol/L", "6.206"),
        ("magnesium", "2", "meq/L", "mmol/L", "1"),
        ("calcium", "5", "meq/L", "mmol/L", "2.5"),
        ("potassium", "4", "meq/L", "mmol/L", "4"),
        ("alt", "60", "[iU]/L", "ukat/L", "1"),
        ("hba1c", "7", "%", "mmol/mol", "53"),
        ("hba1c", "48", "mmol/mol", "%", "6.54"),
    ],
)
def test_an_analyte_converts_by_its_own_numbers(analyte, value, unit, target, expected):
    found = load().analytes[analyte].convert(Quantity(Decimal(value), unit), target)
    assert found is not None
    assert abs(found.value - Decimal(expected)) <= abs(Decimal(expected)) * Decimal("0.005")


@pytest.mark.parametrize(
    ("analyte", "unit", "target"),
    [
        ("phosphate", "mg/dL", "meq/L"),  # its valence depends on pH
        ("anion-gap", "meq/L", "mg/L"),  # a sum of ions has no mass
        ("lipoprotein-a", "mg/dL", "nmol/L"),  # particle size differs between people
        ("prolactin", "ng/mL", "m[iU]/L"),  # depends on the assay's standard
        ("glucose", "[iU]/L", "mmol/L"),
    ],
)
def test_an_analyte_without_the_number_does_not_convert(analyte, unit, target):
    assert load().analytes[analyte].convert(Quantity(Decimal(1), unit), target) is None


def test_hba1c_percent_is_never_read_as_a_plain_proportion():
    found = load().analytes["hba1c"].convert(Quantity(Decimal(7), "%"), "mmol/mol")
    assert found is not None
    assert found.value != Decimal(70)
