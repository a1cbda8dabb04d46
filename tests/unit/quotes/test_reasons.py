"""Reasons behind a quotation, results under a heading, numbers of references at short words."""

from __future__ import annotations

import pytest

from medrag.quotes import verify_quote


def status(quote, passage):
    return verify_quote(quote, passage).status


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        ("Treatment of wirrel fever is vital", "because wirrel fever increases shedding"),
        ("Avoid dorvazole in gout", "because it raises uric acid"),
        ("Surveillance at regular intervals is preferred", "because the risk of rupture is small"),
    ],
)
def test_a_reason_behind_may_be_left_out(head, reason):
    assert verify_quote(head, f"Read on. {head} {reason}. More follows later.").verified


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        ("Do not stop dorvazole", "because the nausea is mild"),
        ("Dorvazole is only given at night", "because it causes sleep"),
        ("Half the usual dose was given", "because renal function was poor"),
        ("Give 250 mg once daily", "because the patient is frail"),
        ("Dorvazole was withheld", "because of sepsis"),
        ("Give dorvazole", "because it works, unless the ferritin is low"),
    ],
)
def test_a_reason_that_bears_the_statement_may_not(head, reason):
    assert status(head, f"Read on. {head} {reason}. More follows later.") == "clipped"


@pytest.mark.parametrize("mark", ["1", "12", "1,26", "3-5"])
def test_a_references_number_behind_a_short_last_word_is_none_of_the_words(mark):
    quote = "False-positive rates of the scan are higher in older men."
    passage = f"Rates vary. {quote}{mark} Adequate evidence suggests that harms are small."
    assert verify_quote(quote, passage).verified


@pytest.mark.parametrize("word", ["Fig", "vit", "Sec"])
def test_the_number_of_a_thing_that_is_shortened_stays_with_it(word):
    quote = f"The response is told in {word}."
    assert not verify_quote(quote, f"{quote}3 Response falls with age.").verified


@pytest.mark.parametrize("heading", ["# Pregnant women", "**Adults over 75 years**"])
@pytest.mark.parametrize(
    "quote",
    [
        "Initiate phosphate lowering therapy when serum phosphate level is >5.5 mg/dL.",
        "Give a transfusion when the platelet count is < 10 x 10^9/L.",
        "Reduce the dose when the INR is above 4.",
    ],
)
def test_a_result_is_no_population_of_its_own(heading, quote):
    passage = f"Watch the results throughout.\n\n{heading}\n{quote}\n\nGive more later."
    assert status(quote, passage) == "clipped"


def test_a_clearance_is_the_population_of_a_heading_on_kidneys():
    quote = "Give 5 mg once daily in patients with CrCl < 30 mL/min."
    assert verify_quote(quote, f"Start low.\n\n## Renal impairment\n{quote}\n\nMore.").verified
