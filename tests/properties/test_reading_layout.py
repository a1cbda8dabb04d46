"""What is read of a drug does not depend on how the text around it is set."""

from __future__ import annotations

import textwrap

from hypothesis import given, settings
from hypothesis import strategies as st

from medrag.clinical import read

ITEMS = (
    "Continue lisinopril 10 mg daily",
    "Stop ibuprofen",
    "Start amlodipine 5 mg once daily",
    "Avoid naproxen and ketorolac",
    "Do not combine sildenafil with nitroglycerin",
    "Acetaminophen 650 mg every 6 hours as needed, at most 3 g a day",
    "In pregnancy use labetalol 100 mg twice daily",
    "Gabapentin would be used only in neuropathic pain",
    "If pain persists, add tramadol 50 mg every 6 hours",
)
MARKS = ("- ", "* ", "• ", "{}. ", "{}) ")


def said(text):
    """What is read of each drug, by its name."""
    return {
        d.text.lower(): (
            d.polarity,
            d.standing,
            d.current,
            [(str(r.dose), r.frequency and r.frequency.text.split()) for r in d.regimens],
            tuple((str(m.quantity), m.per) for m in d.maximums),
        )
        for d in read(text).drugs
    }


def listed(items, mark):
    return "\n".join(mark.format(i) + item for i, item in enumerate(items, start=1))


EXPECTED = said(listed(ITEMS, "- "))


@given(items=st.permutations(ITEMS), mark=st.sampled_from(MARKS))
@settings(max_examples=60, deadline=None)
def test_the_order_and_the_marks_of_a_list_change_nothing(items, mark):
    assert said(listed(items, mark)) == EXPECTED


@given(items=st.permutations(ITEMS))
@settings(max_examples=30, deadline=None)
def test_a_list_and_a_paragraph_say_the_same(items):
    assert said(" ".join(f"{item}." for item in items)) == EXPECTED


@given(items=st.permutations(ITEMS), width=st.integers(min_value=24, max_value=120))
@settings(max_examples=60, deadline=None)
def test_wrapped_lines_say_the_same(items, width):
    paragraph = " ".join(f"{item}." for item in items)
    assert said(textwrap.fill(paragraph, width, break_on_hyphens=False)) == EXPECTED


@given(items=st.permutations(ITEMS), bold=st.sets(st.sampled_from(sorted(EXPECTED))))
@settings(max_examples=60, deadline=None)
def test_bold_names_say_the_same(items, bold):
    text = listed(items, "- ")
    for name in bold:
        for form in (name, name.capitalize()):
            text = text.replace(form, f"**{form}**")
    assert said(text) == EXPECTED
