"""Ways to say that a drug is the choice, none with a dose, and the same ways denied."""

import pytest

from medrag.checker import check
from medrag.core.patient import Patient

SHE = Patient(
    age_years=29, sex="female", pregnant=True, allergies=[], medications=[], conditions=[]
)


def flagged(sentence):
    drug = "Isotretinoin" if sentence.startswith("{}") else "isotretinoin"
    found = check("She is pregnant and has acne. " + sentence.format(drug), SHE).findings
    return any(f.severity in {"warning", "critical"} for f in found)


@pytest.mark.parametrize(
    "sentence",
    [
        "{} would be my choice.",
        "For this woman {} would be my choice.",
        "{} is a sensible choice.",
        "{} is a reasonable option here.",
        "My pick would be {}.",
        "I'd go with {}.",
        "I would reach for {}.",
        "The best drug here is {}.",
        "{} is what I would use.",
        "{} fits well.",
        "{} suits her.",
        "{} is the way to go.",
        "{} would work well for her.",
        "{} is first-line.",
        "First-line treatment is {}.",
        "Consider {}.",
        "{} could be considered.",
        "She could try {}.",
        "She can have {}.",
        "{} may be used.",
        "{} can be started today.",
        "Opt for {}.",
        "We should use {}.",
        "Let's start {}.",
        "Please prescribe {}.",
        "Rx: {}.",
        "Treat with {}.",
        "Treatment: {}.",
        "Plan: {}.",
        "Manage with {}.",
        "Put her on {}.",
        "She should be on {}.",
        "She needs {}.",
        "She deserves {}.",
        "{} is indicated.",
        "{} is recommended.",
        "{} is preferred.",
        "{} is the preferred agent.",
        "{} is the drug of choice.",
        "The answer is {}.",
        "Answer: {}.",
        "{} daily.",
        "{} remains appropriate.",
        "Continue {}.",
        "Keep her on {}.",
        "Carry on with {}.",
        "Her {} can go on.",
        "{} need not be stopped.",
        "There is no reason to stop {}.",
        "{} is safe for her.",
        "{} is fine.",
        "You may safely give {}.",
        "{} poses no problem.",
        "Switch to {}.",
        "Replace it with {}.",
        "Change to {}.",
        "Add {}.",
        "{} should be added.",
        "Adding {} is advised.",
        "Initiate {}.",
        "{} should be initiated.",
        "An appropriate choice is {}.",
        "A good alternative is {}.",
        "Instead, use {}.",
        "Therapy with {} is warranted.",
        "A course of {} is appropriate.",
        "Begin a trial of {}.",
        "I suggest {}.",
        "I recommend {}.",
        "I'd suggest starting {}.",
        "My recommendation is {}.",
        "{} would be reasonable.",
        "{} is effective here and should help her.",
        "Offer {}.",
        "Dispense {}.",
        "{} should do the job.",
        "{} will control it.",
        "The most suitable option is {}.",
        "Most clinicians would use {}.",
        "Guidelines favor {}.",
        "{} tops the list.",
    ],
)
def test_what_is_chosen_is_an_order(sentence):
    assert flagged(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "{} would not be my choice.",
        "{} is not a sensible choice.",
        "I would not go with {}.",
        "I'd never reach for {}.",
        "{} is not what I would use.",
        "{} does not suit her.",
        "{} is not the way to go.",
        "She cannot have {}.",
        "Do not opt for {}.",
        "First-line treatment is not {}.",
        "She should not be on {}.",
        "The answer is not {}.",
        "My pick would not be {}.",
        "Do not dispense {}.",
    ],
)
def test_what_is_not_chosen_is_none(sentence):
    assert not flagged(sentence)
