"""Which stretches of a paragraph rest on its quotations, and which are advice of its own."""

from __future__ import annotations

import pytest

from medrag.checker import check
from medrag.grounding.answer import ground_text
from medrag.grounding.claims import ground
from medrag.grounding.own import is_beside, ties_of

QUOTE = "The recommended dose of examplazine for painful joints is 500 mg twice daily for 5 days."
CLAIM = "According to the label, examplazine 500 mg is taken twice daily for 5 days."


def _own(text: str, quotes: list[str]) -> list[str]:
    return [tie.span.of(text) for tie in ties_of(text, quotes) if tie.kind == "own"]


@pytest.mark.parametrize(
    "aside",
    [
        "Otheramab 20 mg once daily eases the rash.",
        "Drink two litres a day.",
        "When he wakes up he gets 15 g of sugar.",
        "Blood pressure is checked after six weeks.",
        "Your weight of 92 kg is 4 kg more than last year.",
        "Call us at a temperature above 38.5 °C.",
    ],
)
def test_advice_about_other_things_does_not_rest_on_a_quotation(aside):
    assert _own(f"{CLAIM} {aside}", [QUOTE]) == [aside]
    assert _own(f"{aside} {CLAIM}", [QUOTE]) == [aside]


@pytest.mark.parametrize(
    "claim",
    [
        "Examplazine is also given as a single dose of 900 mg.",
        "The dose is doubled after 3 days.",
        "It is then continued for 9 weeks.",
        "The guideline allows 4 tablets.",
        "Painful joints are treated for 9 weeks.",
    ],
)
def test_what_goes_on_about_a_quoted_drug_or_names_a_source_rests_on_it(claim):
    assert claim not in _own(f"{CLAIM} {claim} Sleep well.", [QUOTE])


def test_the_stretch_nearest_to_a_quotation_rests_on_it_under_another_drug():
    changed = "For painful joints otherazine 500 mg is taken twice daily for 5 days"
    assert _own(f"Rest the knee. {changed}. Walk a little.", [QUOTE]) == [
        "Rest the knee.",
        "Walk a little.",
    ]


def test_behind_a_semicolon_another_drug_is_advice_of_its_own():
    text = f"{CLAIM[:-1]}; otheramab 20 mg is an option."
    assert _own(text, [QUOTE]) == ["otheramab 20 mg is an option."]


def test_a_dose_of_another_drug_of_the_class_is_not_of_the_quoted_one():
    quote = "Propylthiouracil is preferred in the first trimester of pregnancy."
    own = _own(
        "As the source says, propylthiouracil is preferred in the first trimester. Methimazole is "
        "possible later. Iodine is limited to 150 mcg a day.",
        [quote],
    )
    assert "Iodine is limited to 150 mcg a day." in own


def test_items_under_a_heading_that_names_a_source_rest_on_it():
    text = (
        f"Summary of the passage\n- examplazine 500 mg twice daily\n- fever fell in 8 %\n\n{CLAIM}"
    )
    assert _own(text, [QUOTE]) == []


@pytest.mark.parametrize("quotes", [[], [QUOTE]])
def test_a_single_statement_is_a_claim(quotes):
    assert [tie.kind for tie in ties_of(CLAIM, quotes)] == ["claim"]


def test_a_text_of_which_nothing_rests_on_its_quotations_is_all_claims():
    ties = ties_of("Drink two litres a day. Sleep well.", [QUOTE])
    assert {tie.kind for tie in ties} == {"claim"}


@pytest.mark.parametrize(
    ("said", "beside"),
    [
        ("Examplazine was studied in 1,204 people.", True),
        ("Examplazine is given for 9 days.", False),
        ("Examplazine 900 mg is too much.", False),
        ("Examplazine upsets one in ten stomachs.", True),
        ("Examplazine is taken three times daily.", False),
    ],
)
def test_beside_the_claim_a_quoted_drug_is_held_against_counterparts(said, beside):
    text = f"{CLAIM} {said}"
    found = [one for one in ground_text(text, [QUOTE]) if one.start > len(CLAIM)]
    assert found
    assert all(is_beside(one, text, ties_of(text, [QUOTE])) == beside for one in found)


def test_the_checker_reports_numbers_of_its_own_advice_as_information():
    text = f"{CLAIM} Otheramab 20 mg once daily eases the rash."
    own = [one for one in check(text, quotes=[QUOTE]).findings if one.rule_id == "QUO101"]
    assert {one.severity for one in own} == {"info"}
    changed = check(text.replace("500 mg", "700 mg"), quotes=[QUOTE]).findings
    assert "critical" in {one.severity for one in changed if one.rule_id == "QUO101"}


@pytest.mark.parametrize(
    "rival",
    [
        "in preference to other anticonvulsants",
        "over anticonvulsants",
        "rather than anticonvulsants",
    ],
)
def test_a_class_that_something_is_preferred_to_vouches_for_no_member(rival):
    quote = f"We recommend magnesium sulfate {rival} for women with eclampsia."
    (finding,) = ground("Phenytoin is preferred for eclampsia.", [quote])
    assert (finding.kind, finding.start) == ("drug", 0)


def test_a_class_that_is_advised_vouches_for_its_members():
    assert ground("Start a statin such as atorvastatin.", ["Statins are advised for adults."]) == []
