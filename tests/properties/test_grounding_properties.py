"""Promises of grounding on any input."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from medrag.grounding.answer import ground_text
from medrag.grounding.claims import ground

VOCABULARY = """
not no avoid use 5 mg 10 % (12) 0.5 g/day BID daily children adults ≥65 years half twice 1:100
between and or , . ; respectively up to never grade 3 10⁹/L unstable increased before after one in
ten warfarin metformin CYP3A4 versus 6-12 months a day the it eGFR <30 ? - "Give it
"""
WORDS = st.sampled_from([*VOCABULARY.split(), "\n"])
TEXTS = st.one_of(st.text(max_size=80), st.lists(WORDS, max_size=24).map(" ".join))


@settings(max_examples=300, deadline=None)
@given(claim=TEXTS, quotes=st.lists(TEXTS, max_size=3))
def test_any_text_is_compared_and_every_finding_stands_in_it(claim, quotes):
    for one in (*ground(claim, quotes), *ground_text(claim, quotes)):
        assert 0 <= one.start < one.end <= len(claim)
        if one.quote is not None:
            assert one.quote_span.of(quotes[one.quote]) == one.expected


@settings(max_examples=150, deadline=None)
@given(text=TEXTS)
def test_a_claim_that_is_its_quotation_is_grounded(text):
    assert ground(text, [text]) == []


@settings(max_examples=100, deadline=None)
@given(value=st.integers(1, 999), other=st.integers(1, 999))
def test_another_dose_is_never_grounded(value, other):
    found = ground(f"Give examplazine {value} mg daily.", [f"Give examplazine {other} mg daily."])
    assert bool(found) == (value != other)
