"""What a claim tells in words that its quotation does not have, and what it changes in them."""

from __future__ import annotations

import pytest

from medrag.checker import check_case

CATEGORIES = {"unsupported-number", "contradiction", "population"}


def is_found(claim, *quotes):
    case = {"id": "case", "text": claim, "quotes": list(quotes), "patient": None}
    return any(f["category"] in CATEGORIES for f in check_case(case)["findings"])


SYRUP = "Each 5 mL of the reconstituted syrup contains 250 mg of dorvazole."
CONTRACEPTION = (
    "Women must use contraception during treatment with dorvazole and for 6 weeks after stopping."
)
CIGARETTES = (
    "Smoking cessation may increase dorvazole concentrations; a lower dose may be required."
)
THRESHOLD = "Transfusion is recommended when haemoglobin falls below 70 g/L."
TWICE = "Adverse reactions were twice as common with dorvazole as with placebo."
FIRST = "In suspected failure of the gland, belrine is started before dorvazole."


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("The syrup has 50 mg/mL.", SYRUP),
        ("The syrup contains 50 mg in each mL.", SYRUP),
        ("Contraception is kept up for 6 weeks after the last dose.", CONTRACEPTION),
        ("She has to go on with contraception for 6 weeks after the last dose.", CONTRACEPTION),
        ("If she stops smoking, the concentration of the medicine may rise.", CIGARETTES),
        ("The threshold for transfusion is a haemoglobin of 7 g/dL.", THRESHOLD),
        ("On placebo, half as many had adverse reactions as on dorvazole.", TWICE),
        ("Belrine comes before dorvazole.", FIRST),
        ("Pregnant women can be vaccinated from the first of September.",
         "Pregnant women may be vaccinated from 1 September."),
        ("In CKD, dorvazole is avoided.", "Avoid dorvazole in patients with an eGFR below 30."),
        ("A toddler of 2 takes 5 mL.", "Children aged 1 to 4 years take 5 mL."),
        ("Patients should drink no grapefruit juice.", "Avoid grapefruit juice."),
        ("Dorvazole as a nose spray must not be used in rhinitis.",
         "Dorvazole nasal spray must not be used in rhinitis."),
    ],
)  # fmt: skip
def test_other_words_for_the_same_are_no_finding(claim, quote):
    assert not is_found(claim, quote)


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("The syrup has 25 mg/mL.", SYRUP),
        ("The syrup has 50 mcg/mL.", SYRUP),
        ("With dorvazole, the level of the medicine may drop if smoking stops.", CIGARETTES),
        ("The threshold for transfusion is a haemoglobin of 9 g/dL.", THRESHOLD),
        ("Reactions were half as common with dorvazole as with placebo.", TWICE),
        ("When failure of the gland is suspected, dorvazole is started ahead of belrine.", FIRST),
        ("Pregnant women can be vaccinated from the first of August.",
         "Pregnant women may be vaccinated from 1 September."),
        ("Drink grapefruit juice with dorvazole.", "Avoid grapefruit juice with dorvazole."),
        ("Hypotonic fluid ought to be given.", "Hypotonic fluids should be avoided."),
        ("The half-life averages roughly 48 days, ranging from 15 to 142 days.",
         "The half-life averages about 58 days, with a range of 15 to 142 days."),
        ("Dorvazole given intravenously isn't appropriate for infection.",
         "Oral dorvazole is not appropriate for infection."),
        ("Treatment opens with dorvazole, and belrine comes later.",
         "First-line treatment is belrine; dorvazole is offered if belrine has failed."),
    ],
)  # fmt: skip
def test_a_change_in_other_words_is_found(claim, quote):
    assert is_found(claim, quote)
