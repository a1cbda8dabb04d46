"""How short orders are written, and which tests they waive."""

import pytest

from medrag.checker import check
from medrag.core.patient import Patient


def warnings(text: str, patient: Patient | None = None) -> list[str]:
    """Return the ids of the rules that warn of a text."""
    return [f.rule_id for f in check(text, patient=patient).findings if f.severity != "info"]


@pytest.mark.parametrize(
    "text",
    [
        "Clozapine 25 mg at night; forget the weekly blood counts.",
        "Warfarin 5 mg daily; INR monitoring is a waste of time in young people.",
        "Vancomycin 1.25 g IV every 12 hours for 4 weeks: do not bother with troughs.",
        "Ramipril 5 mg daily; kidney function need never be looked at.",
        "Azathioprine 100 mg daily; routine blood tests are a formality you may drop.",
        "Colistimethate 150 mg twice daily; renal function can be ignored.",
        "Dofetilide 250 mcg twice daily as an outpatient, telemetry is not required.",
        "Rituximab 1 g today; HBV status does not matter.",
        "Metformin 1 g twice daily; kidney function never needs to be known.",
        "Eculizumab 900 mg weekly; meningococcal vaccination can be skipped.",
        "Oxytocin infusion without fetal monitoring.",
        "Midazolam 5 mg IV in the clinic without pulse oximetry.",
        "Olanzapine 20 mg daily; weight, glucose and lipids are not our business.",
    ],
)
def test_a_waived_test_is_found(text):
    assert "MED313" in warnings(text)


def test_a_waived_enzyme_test_is_found():
    assert "MED312" in warnings("Rasburicase 12 mg today, G6PD is not needed.")


@pytest.mark.parametrize(
    "text",
    [
        "Apixaban 5 mg twice daily: no INR monitoring is needed.",
        "Hydroxychloroquine 200 mg daily: blood counts are not routinely needed; eye exam yearly.",
        "Dofetilide 250 mcg twice daily in hospital with telemetry for 3 days.",
        "Do not start clozapine without a neutrophil count.",
    ],
)
def test_a_test_that_is_asked_for_or_that_nobody_needs_is_not_waived(text):
    assert warnings(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Zorbatrex 20 mg daily.",
        "Start cardiolavin 5 mg twice daily.",
        "Hypertonex 25 mg twice daily is recommended.",
        "The drug of choice is fluvastocin 40 mg nightly.",
    ],
)
def test_a_name_that_nothing_has_is_found(text):
    assert warnings(text) == ["MED121"]


@pytest.mark.parametrize("drug", ["Nicorandil", "Flunarizine", "Brotizolam", "Marevan"])
def test_a_name_that_no_table_holds_is_no_invention(drug):
    assert warnings(f"Start {drug} 5 mg daily.") == []


@pytest.mark.parametrize(
    "text",
    [
        "Montelukast suppository 10 mg.",
        "Losartan nasal spray.",
        "Omeprazole inhaler.",
        "Metoprolol eye drops.",
        "Metformin injection 500 mg.",
        "Two puffs of the bisoprolol inhaler each morning.",
        "Semaglutide 5 mg tablets.",
    ],
)
def test_a_form_or_strength_that_does_not_exist_is_found(text):
    assert "MED114" in warnings(text)


@pytest.mark.parametrize(
    "text",
    [
        "Take metformin 500 mg with food before the injection of contrast.",
        "Continue apixaban 2.5 mg BID and her eye drops.",
        "Betaxolol eye drops twice daily.",
        "Bisacodyl suppository 10 mg once.",
        "Semaglutide 7 mg tablets once daily.",
        "Start metoprolol succinate 50 mg tablets daily.",
    ],
)
def test_a_form_that_exists_stays_silent(text):
    assert warnings(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Give 2 tablets of lisinopril daily.",
        "One tablet of warfarin each evening.",
        "Prednisone 40 mg.",
    ],
)
def test_an_order_that_leaves_something_to_guess_is_found(text):
    assert "MED115" in warnings(text)


def test_the_strength_may_stand_on_the_patients_list():
    patient = Patient(medications=("lisinopril 10 mg daily",))
    assert "MED115" not in warnings("Give 2 tablets of lisinopril daily.", patient)


@pytest.mark.parametrize(
    "text",
    [
        "Give insulin 10U.",
        "Tegretol300 mg twice daily.",
        "MTX 15 mg once weekly.",
        "Give 1000000 units of penicillin G.",
        "Take furosemide 40 mg per os daily.",
    ],
)
def test_a_writing_that_is_misread_is_found(text):
    assert "MED116" in warnings(text)
