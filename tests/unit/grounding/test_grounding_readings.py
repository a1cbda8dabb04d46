"""Readings of a claim beside its quotation: roles, steps, certainty, labels, levels, routes."""

from __future__ import annotations

import pytest

from medrag.grounding.claims import ground
from medrag.grounding.labels import unlisted
from medrag.grounding.steps import steps

TURNED = [
    # who does what
    ("The consent is signed by the pharmacist and the dose checked by the surgeon.",
     "The surgeon signs the consent; the pharmacist checks the dose."),
    ("Dressings are changed by the podiatrist.", "Dressings are changed by the nurse."),
    # in which order
    ("The cuff is filled, and then the line is flushed.",
     "Checklist: (1) flush the line; (2) fill the cuff; (3) close the clamp."),
    # how sure it is
    ("Examplazine certainly prevents relapse.", "Examplazine may prevent relapse."),
    # what is measured, and what is moved
    ("Phosphate is measured before examplazine.", "Measure calcium before examplazine."),
    ("Examplazine may lower potassium.", "Examplazine can cause hyperkalaemia."),
    # what more is given, and which end of a range
    ("Offer aspirin with omeprazole.", "Offer aspirin."),
    ("In adults the trough is 10-20 mg/L.",
     "Adults: trough 10-15 mg/L. Children: trough 15-20 mg/L."),
    ("The child is kept at home for a week.", "The child is kept at home."),
    # the way in, and what is begun
    ("Examplazine 5 mg goes under the skin.", "Examplazine 5 mg intramuscularly."),
    ("The pump is switched on in fever.", "Stop the pump in fever."),
    # which side is more, by its numbers
    ("Relapse was rarer with placebo than with examplazine.",
     "The relapse rate was 0.2 with examplazine versus 0.8 with placebo."),
    # how often, by a label
    ("Rash is uncommon.", "Common: rash, fever. Uncommon: cough."),
    ("Doses are doubled in everybody.", "Doses are doubled if the pain persists."),
]  # fmt: skip
KEPT = [
    ("The dose is checked by the pharmacist, the consent signed by the surgeon.",
     "The surgeon signs the consent; the pharmacist checks the dose."),
    ("The line is flushed, and then the cuff is filled.",
     "Checklist: (1) flush the line; (2) fill the cuff; (3) close the clamp."),
    ("Examplazine might prevent relapse.", "Examplazine may prevent relapse."),
    ("Low calcium is corrected first.", "Correct hypocalcaemia before examplazine."),
    ("Relapse was rarer with examplazine than with placebo.",
     "The relapse rate was 0.2 with examplazine versus 0.8 with placebo."),
    ("It must not be given in fever.", "Contraindications: cough; fever. (Examplazine)"),
    # failing organs and failed drugs deny nothing
    ("In renal failure examplazine is suggested.",
     "In patients with renal failure, we suggest the use of examplazine."),
    ("Tarozine is started once examplazine has failed.",
     "If examplazine fails, start tarozine."),
    # a recommended dose is no advice
    ("Adults can start at 5 mg.", "The recommended starting dose in adults is 5 mg."),
    # values in other writings
    ("Creatinine over 133 micromol/L.", "Creatinine above 1.5 mg/dL."),
    ("In the first three months the trough is 8 mg/L.", "Months 0-3: trough 8 mg/L."),
    ("It is checked every three months.", "It is checked every 12 weeks."),
    ("It is given once a week, never each day.", "It is given once weekly."),
    ("Fewer than one in ten had a rash.", "Rash (<1/10)."),
    ("It is repeated every 2 to 3 minutes.", "Repeat at 2- to 3-minute intervals."),
    ("Four hundred and twelve adults took part.", "The study enrolled 412 adults."),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "quote"), TURNED)
def test_a_reading_that_its_quotation_does_not_share_is_found(claim, quote):
    assert ground(claim, [quote])


@pytest.mark.parametrize(("claim", "quote"), KEPT)
def test_a_reading_in_other_words_is_none(claim, quote):
    assert ground(claim, [quote]) == []


def test_another_brand_of_the_same_drug_is_told_with_both_names():
    (found,) = ground("Ritalin is taken once daily.", ["Concerta is taken once daily."])
    assert (found.kind, found.expected) == ("drug", "Concerta")


def test_items_behind_a_label_are_told_with_it():
    text = "Contraindications: cough; fever. Common (<1/10): rash, pain."
    assert unlisted(text) == (
        "Contraindicated in cough. Contraindicated in fever. "
        "Rash is common (<1/10). Pain is common (<1/10)."
    )


def test_only_numbers_and_then_set_steps_in_order():
    assert [len(one) for one in steps("1. Wash. 2. Dry. 3. Dress.")] == [3]
    assert [len(one) for one in steps("Wash, then dry, then dress.")] == [3]
    assert steps("Wash, dry and dress.") == ()
    assert steps("Give (2) and (5).") == ()


UNKNOWN = (
    "It is not clear if examplazine prevents relapse.",
    "It is unclear whether examplazine prevents relapse.",
    "Whether examplazine prevents relapse is unknown.",
    "Whether examplazine prevents relapse remains uncertain.",
    "We do not know whether examplazine prevents relapse.",
)


@pytest.mark.parametrize("quote", UNKNOWN)
@pytest.mark.parametrize("claim", UNKNOWN)
def test_what_is_unknown_is_so_in_whatever_words(claim, quote):
    assert ground(claim, [quote]) == []
    assert ground("Examplazine prevents relapse.", [quote])


@pytest.mark.parametrize(
    ("one", "other"),
    [("The mechanism is not known.", "The mechanism of action is unknown."),
     ("It is uncertain whether it works.", "It is not certain whether it works.")],
)  # fmt: skip
def test_a_prefix_denies_as_not_does(one, other):
    assert ground(one, [other]) == ground(other, [one]) == []


def test_of_one_word_that_is_denied_on_one_side_the_message_says_so():
    found = ground("A similar benefit was seen in children.",
                   ["Adults had less pain. No benefit was seen in children."])  # fmt: skip
    assert "Of 'benefit' the claim says the opposite of its quotation." in {
        one.message for one in found
    }


def test_the_low_of_low_back_pain_is_no_direction():
    quote = "In acute low back pain routine imaging is not recommended."
    assert ground("Routine imaging is not advised for acute low back pain.", [quote]) == []
    assert ground("Routine imaging is advised for acute low back pain.", [quote])
