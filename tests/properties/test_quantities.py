"""What holds for every text and every quantity."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from medrag.clinical import read
from medrag.clinical.folding import fold
from medrag.clinical.frequency import parse_frequencies
from medrag.clinical.quantities import convert, parse
from medrag.clinical.quantity import Quantity
from medrag.clinical.units import read_unit

VALUES = st.decimals(min_value="0.001", max_value="99999", places=3, allow_nan=False)
MASSES = st.sampled_from(["kg", "g", "mg", "ug", "ng"])
PIECES = st.lists(
    st.sampled_from(
        [
            "Give", "avoid", "metformin", "K", "potassium", "10", "1.0", ".5", "1,400", "1/2", "½",
            "0/0", "mg", "mg/kg/day", "%", "x 10^9/L", "10⁹/L", "/1.73 m²", "beats per minute",
            "every", "q", "h", "to", "-", "–", "4", "6", "hours", "or less", "<", "not exceed",
            "million units", "(", ")", ".", ";", ",", "\n", "İ", "ß", "two", "half", "tablets",
            "if", "unless", "for", "days", "once", "prn", "10/325", "=", "eGFR", "°C", "\u2009",
        ]
    ),
    max_size=25,
).map(" ".join)  # fmt: skip


@given(VALUES, MASSES, MASSES)
def test_there_and_back_again_is_the_same(value, unit, other):
    there = convert(Quantity(value, unit), other)
    assert there is not None
    back = convert(there, unit)
    assert back is not None
    assert back.value == value


@given(VALUES, MASSES)
def test_what_is_written_is_read(value, unit):
    written = {"ug": "mcg"}.get(unit, unit)
    mentions = parse(f"{value} {written}")
    assert [(m.quantity.value, m.quantity.unit) for m in mentions] == [(value, unit)]


@given(VALUES, VALUES, MASSES)
def test_conversion_keeps_order(one, other, unit):
    first, second = convert(Quantity(one, unit), "g"), convert(Quantity(other, unit), "g")
    assert first is not None
    assert second is not None
    assert (first.value < second.value) == (one < other)


@given(st.one_of(st.text(max_size=200), PIECES))
def test_any_text_is_read_with_true_spans_in_order(text):
    content = read(text)
    for mentions in (content.drugs, content.labs, content.quantities, content.sentences):
        starts = [mention.start for mention in mentions]
        assert starts == sorted(starts)
        assert all(0 <= m.start < m.end <= len(text) for m in mentions)
    assert all(drug.text == text[drug.start : drug.end] for drug in content.drugs)


@given(PIECES)
def test_rates_are_positive(text):
    for frequency in parse_frequencies(text):
        assert frequency.per_day is None or frequency.per_day > 0
        low = frequency.per_day_low
        assert low is None or frequency.per_day is None or low <= frequency.per_day


@given(st.text())
def test_folding_keeps_every_offset(text):
    assert len(fold(text)) == len(text)


@given(st.text(max_size=40))
def test_any_string_is_a_unit_or_none(code):
    unit = read_unit(code)
    assert unit is None or unit.factor > Decimal(0)
