"""Numbers with units, as clinical text writes them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from medrag.clinical.quantities import parse
from medrag.clinical.quantity import Quantity


def only(text):
    mentions = parse(text)
    assert len(mentions) == 1, mentions
    return mentions[0]


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("500 mg", "500", "mg"),
        ("500 MG", "500", "mg"),
        ("0.25 mcg/kg/min", "0.25", "ug/kg/min"),
        ("0.25 µg/kg/min", "0.25", "ug/kg/min"),
        ("15 mg/kg per day", "15", "mg/kg/d"),
        ("10 mg/kg/dose", "10", "mg/kg/{dose}"),
        ("40 mEq", "40", "meq"),
        ("10 units/hour", "10", "[iU]/h"),
        ("2.4 million units", "2400000", "[iU]"),
        ("75 mg/m²", "75", "mg/m2"),
        ("30 mL/min/1.73 m²", "30", "mL/min/{1.73_m2}"),
        ("30 ml/min per 1.73 m2", "30", "mL/min/{1.73_m2}"),
        ("15 x 10^9/L", "15", "10*9/L"),
        ("15 × 10⁹/L", "15", "10*9/L"),
        ("150 K/µL", "150", "10*3/uL"),
        ("15,000/mm3", "15000", "/mm3"),
        ("200 cells/µL", "200", "{cells}/uL"),
        ("40 U/L", "40", "U/L"),
        ("120 mm Hg", "120", "mm[Hg]"),
        ("38.5 °C", "38.5", "Cel"),
        ("72 beats per minute", "72", "{beats}/min"),
        ("125 mg/5 mL", "25", "mg/mL"),
        ("two tablets", "2", "{tablet}"),
        ("one-half tablet", "0.5", "{tablet}"),
        ("1/2 tablet", "0.5", "{tablet}"),
        ("1 1/2 tablets", "1.5", "{tablet}"),
        ("2½ tablets", "2.5", "{tablet}"),
        ("10-mg", "10", "mg"),
        ("5 cc", "5", "mL"),
        ("0,5 mg", "0.5", "mg"),
        ("8 %", "8", "%"),
    ],
)
def test_a_number_is_read_with_its_unit(text, value, unit):
    quantity = only(text).quantity
    assert (quantity.value, quantity.unit) == (Decimal(value), unit)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10 to 15 mg/kg", Quantity(Decimal(10), "mg/kg", high=Decimal(15))),
        ("10-15 mg", Quantity(Decimal(10), "mg", high=Decimal(15))),
        ("5 mg to 10 mg", Quantity(Decimal(5), "mg", high=Decimal(10))),
        ("500 mg to 1 g", Quantity(Decimal(500), "mg", high=Decimal(1000))),
        ("1-2 tablets", Quantity(Decimal(1), "{tablet}", high=Decimal(2))),
        ("one to two tablets", Quantity(Decimal(1), "{tablet}", high=Decimal(2))),
    ],
)
def test_a_range_is_one_quantity(text, expected):
    assert only(text).quantity == expected


def test_a_falling_pair_is_no_range():
    assert [m.quantity.value for m in parse("40 mg - 20 mg")] == [Decimal(40), Decimal(20)]


@pytest.mark.parametrize(
    ("text", "comparator"),
    [
        ("< 30 mL/min", "<"),
        ("≥ 5.5 mmol/L", ">="),
        ("less than 30 mL/min", "<"),
        ("30 mL/min or less", "<="),
        ("5.5 mmol/L or higher", ">="),
        ("at least 24 hours", ">="),
        ("no more than 4 g", "<="),
        ("not to exceed 4 g", "<="),
        ("about 25 mL/min", "~"),
        ("25 mL/min", None),
    ],
)
def test_a_comparator_is_kept(text, comparator):
    assert only(text).quantity.comparator == comparator


@pytest.mark.parametrize(
    ("text", "hazards"),
    [
        (".5 mg", ("naked-decimal",)),
        ("1.0 mg", ("trailing-zero",)),
        ("1,400 mg", ("digit-group",)),
        ("1.400 mg", ("ambiguous-group",)),
        ("0,5 mg", ("comma-decimal",)),
        ("10U", ("no-space",)),
        ("two tablets", ("number-word",)),
        ("1/2 tablet", ("fraction",)),
        ("0.125 mg", ()),
        ("10 units", ()),
    ],
)
def test_writing_that_can_be_misread_is_named(text, hazards):
    assert only(text).hazards == hazards


def test_a_trailing_zero_stays_as_written():
    assert str(only("1.0 mg").quantity) == "1.0 mg"


def test_the_span_covers_comparator_number_and_unit():
    text = "give no more than 4 g/day now"
    mention = only(text)
    assert mention.span.of(text) == "no more than 4 g/day"


@pytest.mark.parametrize(
    "text", ["vitamin B12", "HLA-B*57:01", "a one-off", "two patients", "SpO2", "p53"]
)
def test_numbers_inside_words_and_bare_number_words_are_no_quantities(text):
    assert [m for m in parse(text) if m.unit_written] == []


@pytest.mark.parametrize("text", ["10/325", "120/80"])
def test_two_numbers_with_a_slash_are_no_fraction(text):
    assert [m.quantity.value for m in parse(text)] == [Decimal(part) for part in text.split("/")]
