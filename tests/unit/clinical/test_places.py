"""What stands where in a text is found by its place, whatever else the text names."""

from __future__ import annotations

import pytest

from medrag.clinical import read
from medrag.clinical.mentions import starting_in

TEXT = (
    "He takes warfarin 5 mg; INR 2.5. Stop ibuprofen 400 mg, then give paracetamol 1 g.\n"
    "- lisinopril 10 mg daily, potassium 4.1 mmol/L\n- vancomycin trough 12 mg/L"
)


@pytest.fixture(scope="module")
def content():
    return read(TEXT)


def test_every_list_of_mentions_is_in_text_order(content):
    for mentions in (content.drugs, content.labs, content.quantities, content.sentences):
        assert len(mentions) > 1
        assert [m.start for m in mentions] == sorted(m.start for m in mentions)


@pytest.mark.parametrize("start", range(0, len(TEXT), 7))
def test_places_are_those_of_a_search_through_all(content, start):
    end = start + 40
    for mentions in (content.drugs, content.labs, content.quantities):
        assert list(starting_in(mentions, start, end)) == [
            m for m in mentions if start <= m.start < end
        ]
    assert list(content.drugs_in(start, end)) == list(starting_in(content.drugs, start, end))
    before = [d for d in content.drugs if d.end <= start]
    behind = [d for d in content.drugs if d.start > start]
    assert content.drug_before(start) == (before[-1] if before else None)
    assert content.drug_behind(start) == (behind[0] if behind else None)
    assert (
        list(content.numbers_behind(start, 2))
        == [q for q in content.quantities if q.start >= start][:2]
    )
