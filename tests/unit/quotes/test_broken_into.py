"""Ways into the gate that an adversary with its code found; the source says something else."""

from __future__ import annotations

import pytest

from medrag.quotes import verify_quote

CULTURE = "Drug | Gram + | Gram -\nVancomycin | + | -\nAztreonam | - | +"
NUMBERED = (
    "28 weeks of gestation: give dorvazole 5 mg/kg to every infant\n"
    "29 weeks of gestation: give dorvazole 6 mg/kg to every infant\n"
    "30 weeks of gestation: give dorvazole 7 mg/kg to every infant"
)


@pytest.mark.parametrize(
    ("quote", "passage"),
    [
        # A sign is a cell's value.
        ("Drug | Gram + | Gram -\nVancomycin | - | +", CULTURE),
        ("Test | Result\nHIV antibody | -", "Test | Result\nHIV antibody | +\nHBsAg | -"),
        ("Measure | Change\nSystolic pressure | 5 mmHg",
         "Measure | Change\nSystolic pressure | − 5 mmHg"),
        # A cell over a blank one.
        ("Drug | Normal | Renal impairment\nAmikacin |  | 15 mg/kg daily",
         "Drug | Normal | Renal impairment\nAmikacin | 15 mg/kg daily | "),
        # Numbers that are no margin, and no reference.
        (NUMBERED.replace("28", "38").replace("29", "39").replace("30", "40"), NUMBERED),
        ("In adults,2 tablets are swallowed whole.",
         "In adults, tablets are swallowed whole. In adults, 2 weeks of treatment are usual."),
        ("1. Remove the needle.\n2. Inject the drug.",
         "After step two:\n3. Remove the needle.\n4. Inject the drug.\n5. Sit down."),
        ("1. Start the antidote\n2. Call the doctor",
         "In overdose:\n- Stop the infusion\n- Start the antidote\n- Call the doctor"),
        ("Ablation is done with iodine¹²³ today.", "Ablation is done with iodine¹³¹ today."),
        ("Give factor¹⁰ concentrate before surgery.", "Give factor⁸ concentrate before surgery."),
        # What an ellipsis may not swallow.
        ("Take dorvazole 10 mg ... with water.",
         "Take dorvazole 10 mg three times a day with water."),
        ("Give methotrexate 15 mg ... with folic acid.",
         "Give methotrexate 15 mg on Mondays with folic acid."),
        ("Inject dorvazole 2 mg ... over ten minutes.",
         "Inject dorvazole 2 mg intrathecally over ten minutes."),
        # Cells told without the column that they hang on.
        ("Weight: 10 kg; Dose: .5 mg", "Weight | Dose\n10 kg | 5 mg\n20 kg | 8 mg"),
        ("Drug: Methotrexate; Dose: 15 mg",
         "Drug | Dose | Frequency\nMethotrexate | 15 mg | once weekly"),
        # Headings that refuse, and a comparator before a quotation.
        ("Take dorvazole 10 mg every day with food.",
         "SUPERSEDED 2008 GUIDELINE\n\nTake dorvazole 10 mg every day with food.\n\nMore."),
        ("Take dorvazole 10 mg every day with food.",
         "## Contraindicated\n\nTake dorvazole 10 mg every day with food.\n\nMore."),
        ("> Twice the upper limit of normal requires stopping.",
         "Twice the upper limit of normal requires stopping."),
    ],
)  # fmt: skip
def test_it_is_not_verified(quote, passage):
    assert not verify_quote(quote, passage).verified


def test_many_rows_with_bars_cost_no_more_than_they_are_long():
    passage = "ab   c\n" * 4000 + "ab\n"
    assert not verify_quote("a | b\n" * 800, passage).verified
