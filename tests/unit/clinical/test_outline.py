"""What the layout of a text says of the drugs in it: headings, lists, columns, lead words.

Names are of the lexicon, because only such names are read.
"""

from __future__ import annotations

import pytest

from medrag.clinical import read
from medrag.clinical.folding import fold
from medrag.clinical.outline import outline
from medrag.text import sentences

ANSWER = """## Plan

**Avoid:**
- Ibuprofen
- Combining lisinopril and losartan

### Options
1. Cephalexin 500 mg four times daily
   - with food
2. Doxycycline 100 mg twice daily

| Drug | Suggestion |
|---|---|
| Diphenhydramine 25 mg nightly | Stop |
| Donepezil 5 mg nightly | Continue |

If allergic to penicillin: clindamycin 300 mg. Stopped last year: simvastatin."""


def polarity(text, name):
    return next(d.polarity for d in read(text).drugs if d.text.lower() == name)


def test_places_cover_the_sentences_of_the_text():
    places = outline(ANSWER, fold(ANSWER))
    assert [(p.start, p.end) for p in places] == [(s.start, s.end) for s in sentences(ANSWER)]


def test_a_heading_forbids_what_is_listed_beneath():
    assert polarity(ANSWER, "ibuprofen") == "avoid"


def test_a_gerund_in_a_forbidding_list_orders_nothing():
    assert polarity(ANSWER, "lisinopril") == "avoid"


def test_a_forbidding_list_ends_with_the_next_heading():
    assert polarity(ANSWER, "cephalexin") == "give"


def test_a_cell_says_what_to_do_with_the_drug_of_its_row():
    assert polarity(ANSWER, "diphenhydramine") == "stop"
    assert next(d.current for d in read(ANSWER).drugs if d.text == "Donepezil")


def test_a_lead_states_a_condition():
    drug = next(d for d in read(ANSWER).drugs if d.text == "clindamycin")
    assert drug.condition is not None
    assert drug.condition.text == "If allergic to penicillin"
    assert drug.standing == "state"


def test_a_lead_states_the_past():
    drug = next(d for d in read(ANSWER).drugs if d.text == "simvastatin")
    assert (drug.polarity, drug.standing) == ("mention", "past")


def test_options_are_counted_and_what_is_indented_belongs_to_them():
    options = [p.option for p in outline(ANSWER, fold(ANSWER)) if p.option is not None]
    assert [number for _, number in options] == [1, 1, 2]


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("**Do not give**\n- Aspirin\n- Codeine", "codeine", "avoid"),
        ("Contraindicated: simvastatin and lovastatin.", "lovastatin", "avoid"),
        ("Avoid:\n- NSAIDs (use acetaminophen instead)", "acetaminophen", "give"),
        ("| Use | Avoid |\n|---|---|\n| acetaminophen | ibuprofen |", "ibuprofen", "avoid"),
        ("| Use | Avoid |\n|---|---|\n| acetaminophen 1 g | ibuprofen |", "acetaminophen", "give"),
        (
            "1. Aspirin 81 mg daily\nDiscontinued medications:\n- Ibuprofen 600 mg",
            "ibuprofen",
            "stop",
        ),
        ("Pain relief, he has never taken opioids: morphine 5 mg.", "morphine", "give"),
        ("Metformin is contraindicated: give linagliptin 5 mg.", "linagliptin", "give"),
    ],
)
def test_leads_say_what_a_sentence_would(text, name, expected):
    assert polarity(text, name) == expected


def test_a_column_of_before_is_no_dose_of_today():
    text = "| Medicine | Before | Now |\n|---|---|---|\n| Metformin | 1000 mg BID | 500 mg BID |"
    drug = read(text).drugs[0]
    assert [str(r.dose) for r in drug.regimens] == ["500 mg"]


def test_rows_that_state_steps_are_doses_of_the_drug_in_the_heading():
    text = (
        "**Starting semaglutide**\n\n| Weeks | Dose |\n|---|---|\n| 1-4 | 0.25 mg once weekly |\n"
        "| 5-8 | 0.5 mg once daily |"
    )
    drug = read(text).drugs[0]
    assert [(str(r.dose), r.frequency.text) for r in drug.regimens] == [
        ("0.25 mg", "once weekly"),
        ("0.5 mg", "once daily"),
    ]


def test_a_list_item_about_something_else_is_no_dose_of_the_drug_above():
    drug = read("- Fentanyl 50 mcg IV\n- Oxygen 2 L/min\n- Fluids 500 mL").drugs[0]
    assert [str(r.dose) for r in drug.regimens] == ["50 ug"]


def test_a_sentence_that_goes_on_about_a_drug_is_counted_to_it():
    drug = read("Trouble swallowing Pradaxa? Open the capsule and sprinkle it.").drugs[0]
    assert (drug.sentence, drug.until) == (0, 1)
