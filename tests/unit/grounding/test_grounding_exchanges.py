"""What is named beside what: drugs, actors and routes that a claim moved, and other writings."""

from __future__ import annotations

import pytest

from medrag.grounding.actors import actors
from medrag.grounding.claims import ground
from medrag.grounding.routes import routes
from medrag.grounding.tables import told

INHALERS = ["Inhale salbutamol first.", "Wait 5 minutes, then inhale beclometasone."]


def kinds(claim, *quotes):
    return [one.kind for one in ground(claim, quotes)]


def test_two_drugs_that_changed_places_are_a_direction():
    claim = "Inhale the beclometasone first, wait 5 minutes, then inhale the salbutamol."
    assert set(kinds(claim, *INHALERS)) == {"direction"}


def test_two_drugs_at_their_own_places_are_grounded():
    claim = "The salbutamol goes first; 5 minutes later the beclometasone is inhaled."
    assert kinds(claim, *INHALERS) == []


def test_drugs_of_a_list_stand_in_no_order():
    quote = "In pregnancy, hydralazine or labetalol is preferred."
    assert kinds("Labetalol or hydralazine is preferred in pregnancy.", quote) == []


def test_another_brand_is_found_where_the_generic_name_stands_beside_it():
    quote = "TOUJEO contains 300 units/mL of insulin glargine."
    assert kinds("Lantus contains 300 units/mL of insulin glargine.", quote) == ["drug"]


SCREENED = "The gastroenterology team screens for latent tuberculosis before treatment."
DECIDED = "Removal of the catheter is decided by the anaesthetist and not by the ward team."


def test_somebody_whom_no_quotation_names_does_it():
    assert kinds("The GP screens for latent tuberculosis before treatment.", SCREENED) == [
        "direction"
    ]


def test_a_specialist_may_be_the_team_of_a_field():
    claim = "A specialist screens for latent tuberculosis before treatment."
    assert kinds(claim, SCREENED) == []


def test_a_profession_and_its_team_are_one():
    claim = "The gastroenterologist screens for latent tuberculosis before treatment."
    assert kinds(claim, SCREENED) == []


def test_who_is_said_not_to_act_is_told_with_his_denial():
    found = ground("The ward team decides when the catheter is removed.", [DECIDED])
    assert "not by the ward team" in [one.expected for one in found]


def test_actors_are_read_with_what_denies_them():
    assert [(one.name, bool(one.denied)) for one in actors(DECIDED)] == [
        ("anest", False),
        ("ward", True),
    ]


VINCRISTINE = "FOR INTRAVENOUS USE ONLY. Vincristine is fatal if given by other routes."


@pytest.mark.parametrize("route", ["intrathecal", "oral"])
def test_another_route_than_the_quotations_advise_is_found(route):
    assert "direction" in kinds(f"Vincristine is for {route} use only.", VINCRISTINE)


def test_a_route_that_the_quotation_forbids_is_none_that_it_advises():
    quote = "It must be given by intramuscular injection and must not be given intravenously."
    assert kinds("It is for IM or IV use.", quote) == ["direction"]
    assert kinds("It is for IM use.", quote) == []


def test_a_form_may_mean_several_routes():
    assert kinds("It is given intravenously.", "It is given as an infusion over 1 hour.") == []


def test_oral_names_no_route_of_a_contraceptive():
    assert routes("Oral contraceptives may fail.") == ()


def test_a_row_of_values_parted_by_strokes_is_told_by_its_columns():
    text = "Reactions (drug % / placebo %): Headache 12 / 11; Nausea 9 / 3"
    assert told(text).splitlines()[0] == "Headache with drug % 12 %. Headache with placebo % 11 %."


WRITINGS = (
    ("Repeat every two to three minutes.", "Repeat at two- to three-minute intervals."),
    ("Use at 300 cells/microlitre or more.", "Use at 300 cells/mm3 or more."),
    ("It holds 300 units of insulin in each mL.", "It contains 300 units/mL of insulin."),
    ("It is not for under-twos.", "Do not use in children younger than 2 years."),
    ("ALT rose to three times the upper limit.", "ALT rose to 3x the upper limit."),
    ("A 1 in 1000 solution is used.", "Use a 1:1,000 solution."),
    ("It is given for four days.", "It is given on days 2 through 5."),
    ("Measure it two to four times a year.", "Measure it every 3 to 6 months."),
    ("OHSS is likelier.", "Ovarian hyperstimulation syndrome is more likely."),
    (
        "Sodium should rise by no more than 10 mmol/L.",
        "Do not correct serum sodium by more than 10 mmol/L.",
    ),
)


@pytest.mark.parametrize(("claim", "quote"), WRITINGS)
def test_one_thing_in_two_writings_is_grounded(claim, quote):
    assert kinds(claim, quote) == []


def test_a_change_from_one_value_to_another_gives_the_first_to_what_it_is_compared_with():
    quote = "Ramipril reduced deaths from 17.8% to 14.0% compared with placebo."
    assert kinds("14.0% died on ramipril and 17.8% on placebo.", quote) == []
    assert "number" in kinds("17.8% died on ramipril and 14.0% on placebo.", quote)


def test_cause_and_effect_are_held_apart_in_verbs_of_speed():
    quote = "Rifampicin induces the metabolism of hormonal contraceptives."
    claim = "Hormonal contraceptives speed up the metabolism of rifampicin."
    assert "direction" in kinds(claim, quote)


def test_a_body_weight_is_no_dose_that_may_be_bounded_either_way():
    quote = "Reduce the dose at a body weight of 60 kg or less."
    assert "comparator" in kinds("The dose is reduced at a body weight of 60 kg or more.", quote)


def test_a_child_of_a_weight_is_the_patient_only_of_quotations_that_go_by_weight():
    claim = "A child of 16.8 kg receives 250 mg of paracetamol."
    assert "population" in kinds(claim, "Adults: give paracetamol 250 mg to 1 g.")
    assert "population" not in kinds(claim, "Paracetamol: from 15 to 20 kg give 250 mg.")
    claim = "A 10 kg child receives 150 mg of paracetamol."
    assert "population" not in kinds(
        claim, "The dose of paracetamol is 15 mg/kg (150 mg), up to 1 g."
    )
