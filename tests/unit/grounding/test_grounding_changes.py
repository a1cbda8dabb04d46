"""Words of a claim that took the place of their quotation's words."""

from __future__ import annotations

import pytest

from medrag.grounding.claims import ground


@pytest.mark.parametrize(
    ("claim", "quote", "kind"),
    [
        (
            "Rashes occurred in 30 of the animals.",
            "Rashes occurred in 30% of the animals.",
            "number",
        ),
        ("The dose was 93\u2030 of the total.", "The dose was 93% of the total.", "number"),
        ("Peak levels rose three-fold in all.", "Peak levels rose 2-fold in all.", "number"),
        ("It was given at day 12 of life.", "It was given at week 12 of life.", "number"),
        ("The dose was 3 times the usual.", "The dose was 3-10 times the usual.", "number"),
        ("Give 20 mg twice daily.", "Give 10 mg twice daily or 20 mg once daily.", "number"),
        ("It is unstable at room heat.", "It is stable at room heat.", "negation"),
        ("It was tested in 9 humans here.", "It was tested in 9 rats here.", "population"),
        ("Hold it if fever occurs.", "Continue it if fever occurs.", "direction"),
        ("Use tarozine, and avoid belozine.", "Use belozine, and avoid tarozine.", "direction"),
        (
            "The 2021 Birchwood guideline advises rest.",
            "The 2021 Elmwood guideline advises rest.",
            "name",
        ),
    ],
)
def test_another_word_in_its_place_is_found(claim, quote, kind):
    found = ground(claim, [quote])
    assert kind in {one.kind for one in found}
    assert all("''" not in one.message for one in found)


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("Stop it forty-eight hours before.", "Stop it 48 hours before."),
        ("It peaks between 10 and twelve hours later.", "It peaks 10 to 12 hours later."),
        ("Give 10 mg/kg TID.", "Give 10 mg/kg per dose every 8 hours."),
        ("The maximum is 40 mg daily.", "Do not exceed 40 mg daily."),
        ("It must not be given in gout.", "It is contraindicated in gout."),
        ("It can be used in gout.", "It is not contraindicated in gout."),
        ("Take it at least two hours before and one hour after meals.",
         "Take it at least 2 hours before and 1 hour after meals."),
        ("Treat for 7 to 14 days.", "Treat for 1 to 2 weeks."),
        ("Levels fell in 20 animals.", "Levels fell in 20 rats."),
    ],
)  # fmt: skip
def test_the_same_in_other_words_is_grounded(claim, quote):
    assert ground(claim, [quote]) == []
