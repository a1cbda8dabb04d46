"""What an amount beside a name is an amount of: one dose, a day, a strength, a way told later."""

import pytest

from medrag.clinical import read


def test_two_masses_with_a_stroke_are_the_strengths_of_a_combination():
    drug = read("Amoxicillin-clavulanate 875 mg/125 mg twice a day.").drugs[0]
    assert [(str(held.value), held.unit) for held in drug.strengths] == [
        ("875", "mg"),
        ("125", "mg"),
    ]
    assert drug.regimens[0].dose is None


def test_a_concentration_keeps_its_stroke():
    regimen = read("Amoxicillin 400 mg/5 mL suspension, 10 mL twice daily.").drugs[0].regimens[0]
    assert regimen.strength is not None
    assert regimen.strength.unit == "mg/mL"


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("Co-trimoxazole double strength twice daily.", ["800", "160"]),
        ("One single-strength co-trimoxazole tablet daily.", ["400", "80"]),
        ("Co-trimoxazole 960 mg twice daily.", []),
    ],
)
def test_a_named_strength_of_co_trimoxazole_is_read(text, held):
    assert [str(one.value) for one in read(text).drugs[0].strengths] == held


@pytest.mark.parametrize("words", ["a day", "per day"])
def test_an_amount_of_it_a_day_is_divided(words):
    assert read(f"She takes 80 mg of oxycodone {words}.").drugs[0].regimens[0].divided


def test_grams_of_a_cream_are_no_dose():
    regimen = read("Clotrimazole 1% vaginal cream, one 5 g applicatorful at bedtime.").drugs[0]
    assert [r.dose for r in regimen.regimens] == [None]


@pytest.mark.parametrize(
    ("text", "routes"),
    [
        ("Draw up the bupivacaine. Push it IV.", ["iv"]),
        ("Draw up the bupivacaine. Do not push it IV.", []),
    ],
)
def test_the_next_sentence_may_tell_the_way(text, routes):
    found = [r.route for d in read(text).drugs for r in d.regimens if r.route]
    assert found == routes


@pytest.mark.parametrize(
    "text", ["Opioid overdose: naloxone 0.4 mg IV.", "Naloxone 4 mg nasally for heroin overdose."]
)
def test_the_antidote_of_an_overdose_is_no_history(text):
    naloxone = next(d for d in read(text).drugs if "naloxone" in d.ingredients)
    assert naloxone.standing != "past"


def test_the_drug_of_an_overdose_is_history():
    assert read("After an overdose of metoprolol 2 g he is awake.").drugs[0].standing == "past"


def test_as_needed_for_severe_pain_depends_on_no_state():
    drug = read("Morphine 5 mg by mouth every 4 hours as needed for severe pain.").drugs[0]
    assert drug.standing == "event"


@pytest.mark.parametrize("joint", [": ", ", so ", " - "])
def test_what_was_had_before_a_colon_is_not_the_next_drugs_past(joint):
    text = f"He has had only paracetamol{joint}morphine 10 mg twice daily."
    morphine = next(d for d in read(text).drugs if "morphine" in d.ingredients)
    assert not morphine.reported
