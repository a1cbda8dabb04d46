"""Relations of two sides, values of tables, clauses and sums: what is turned and what is not."""

from __future__ import annotations

import pytest

from medrag.grounding.claims import ground

TABLE = """Reaction | Examplazine (N=410) | Placebo (N=402)
Headache | 11% | 8%
Rash | 3% | 1%"""


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("Give belozine before tarozine.", "Give tarozine before belozine."),
        ("Belozine comes first, then tarozine.", "Tarozine is given, followed by belozine."),
        ("Bleeding was rarer with belozine than with tarozine.",
         "Bleeding was more common with belozine than with tarozine."),
        ("Relapse was more frequent on belozine.",
         "Relapse occurred in 14% on belozine versus 39% on placebo."),
        ("Harms outweigh benefits in men.", "Benefits outweigh harms in men."),
        ("Rash occurred in 8% on examplazine.", TABLE),
        ("Headache affected 3% of patients on examplazine.", TABLE),
        ("Stop it when potassium exceeds 5.5 mEq/L.",
         "If potassium exceeds 5.5 mEq/L, halve the dose; if it exceeds 6.0 mEq/L, stop it."),
        ("Start at a total of 45 mg per day.", "Start at 45 mg twice daily."),
        ("Food reduces absorption.", "Food has no relevant effect on absorption."),
        ("Belozine was shown to be safe in infants.",
         "The safety of belozine in infants has not been established."),
        ("It may be used regardless of the urate.", "Use it when the urate is normal."),
        ("It always kills the embryo.", "It can result in harm, including death of the embryo."),
        ("The kit contains three needles.", "The kit contains two needles."),
        ("There is a risk of bowel rupture.", "There is a risk of tendon rupture."),
    ],
)  # fmt: skip
def test_what_was_turned_is_found(claim, quote):
    assert ground(claim, [quote])


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("Give belozine after tarozine.", "Give tarozine before belozine."),
        ("Bleeding was rarer with tarozine than with belozine.",
         "Bleeding was more common with belozine than with tarozine."),
        ("Relapse was less frequent on belozine.",
         "Relapse occurred in 14% on belozine versus 39% on placebo."),
        ("Rash occurred in 3% on examplazine and 1% on placebo.", TABLE),
        ("Halve the dose at 5.5 mEq/L and stop it at 6.0 mEq/L.",
         "If potassium exceeds 5.5 mEq/L, halve the dose; if it exceeds 6.0 mEq/L, stop it."),
        ("Start at 90 mg per day, in two doses of 45 mg.", "Start at 45 mg twice daily."),
        ("At 60 kg the dose is 324 mg.", "The dose is 5.4 mg/kg."),
        ("Four tablets of 180 mg make 720 mg.", "Take four 180 mg tablets."),
        ("Survival was 4.3 months longer.", "Survival was 24.1 and 19.8 months."),
        ("At a potassium of 5.8 mEq/L halve the dose.", "Halve it above 5.5 mEq/L potassium."),
        ("Food does not change absorption.", "Food has no relevant effect on absorption."),
        ("Whether it is safe in infants is unknown.",
         "The safety of belozine in infants has not been established."),
        ("The usual dose can be given in mild liver impairment.",
         "No dosage adjustment is necessary in mild hepatic impairment."),
    ],
)  # fmt: skip
def test_what_is_told_in_other_words_is_not(claim, quote):
    assert ground(claim, [quote]) == []


def test_a_heading_joined_to_its_statement_is_told_by_both_quotations():
    quotes = ["Adults who cannot swallow", "With intravenous access, give 25 g of belozine."]
    claim = "Adults who cannot swallow: With intravenous access, give 25 g of belozine."
    assert ground(claim, quotes) == []
