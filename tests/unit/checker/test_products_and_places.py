"""Products that are not given for one another, and places where drugs and fluids must not meet."""

import pytest

from medrag.checker import check
from medrag.core.patient import Lab, Patient


def warnings(text: str, **facts) -> set[str]:
    """Return the ids of the rules that warn of a text for a patient with some facts."""
    found = check(text, patient=Patient(**facts)).findings
    return {f.rule_id for f in found if f.severity != "info"}


@pytest.mark.parametrize(
    "text",
    [
        "The pharmacy has no CellCept; Myfortic can be given mg for mg.",
        "Replace his posaconazole tablets 300 mg daily by the suspension 300 mg daily.",
        "Switch Lasix 40 mg to Bumex 40 mg by mouth twice daily.",
        "Ozempic is out of stock. Replace it by Rybelsus, dose for dose.",
        "Give Yonsa 1000 mg in place of Zytiga 1000 mg.",
        "Prednisone 60 mg daily can be replaced with dexamethasone 60 mg daily.",
    ],
)
def test_one_product_at_the_dose_of_another_is_found(text):
    assert "MED120" in warnings(text)


def test_the_dose_of_the_other_product_may_stand_in_the_list():
    listed = ("mycophenolate mofetil 1000 mg twice daily",)
    assert "MED120" in warnings("Change to Myfortic 1000 mg twice daily.", medications=listed)
    assert "MED120" not in warnings("Change to Myfortic 720 mg twice daily.", medications=listed)


@pytest.mark.parametrize(
    "text",
    [
        "Myfortic 720 mg twice daily replaces CellCept 1000 mg twice daily and is equivalent.",
        "Switch Lasix 40 mg to Bumex 1 mg by mouth twice daily.",
        "Fentora and Actiq are not interchangeable microgram for microgram.",
        "Leucovorin is short, so levoleucovorin at half the dose replaces it.",
    ],
)
def test_a_converted_dose_is_no_confusion(text):
    assert "MED120" not in warnings(text)


@pytest.mark.parametrize(
    "text",
    [
        "She cannot swallow: draw the nimodipine out of the capsule and inject 60 mg IV.",
        "After the bleed withdraw the capsule contents into a syringe and give them IV.",
        "Squirt the oral midazolam syrup into the cannula.",
    ],
)
def test_that_a_patient_cannot_swallow_allows_no_capsule_in_a_vein(text):
    assert "MED119" in warnings(text)


@pytest.mark.parametrize(
    "text",
    [
        "She cannot swallow: give the nimodipine capsule contents by nasogastric tube, never IV.",
        "Stop the oral capsules and give 1 g IV.",
    ],
)
def test_a_change_of_route_is_no_capsule_in_a_vein(text):
    assert "MED119" not in warnings(text)


@pytest.mark.parametrize(
    "text",
    ["Hang the red cells with D5W.", "Run the blood transfusion through lactated Ringer's."],
)
def test_blood_runs_with_saline_only(text):
    assert "MED205" in warnings(text)


def test_a_second_line_keeps_blood_and_fluid_apart():
    text = "Transfuse two units of red cells and run Ringer's through a second line."
    assert "MED205" not in warnings(text)


def test_a_drug_that_the_list_holds_back_is_not_taken():
    text = "Give enalaprilat 1.25 mg IV every 6 hours."
    assert "MED203" in warnings(text, medications=("enalapril 10 mg daily",))
    assert "MED203" not in warnings(text, medications=("enalapril 10 mg daily (held, npo)",))


def test_an_unchanged_dose_is_not_made_safe_by_the_next_planned_test():
    listed = ("warfarin 5 mg daily",)
    late = "Add amiodarone 200 mg daily. Leave warfarin at 5 mg with INR in 6 weeks as planned."
    soon = "Add amiodarone 200 mg daily. Reduce warfarin by a third and check INR in 5 days."
    assert "MED201" in warnings(late, medications=listed)
    assert "MED201" not in warnings(soon, medications=listed)


def test_a_level_that_is_said_not_to_move_is_not_asked_for():
    text = "St John's wort 300 mg daily is gentle and leaves tacrolimus levels alone."
    assert "MED201" in warnings(text, medications=("tacrolimus 3 mg twice daily",))


def test_values_of_the_problem_list_count_unless_they_are_of_the_past():
    text = "Metoprolol 50 mg twice daily."
    assert "MED311" in warnings(text, conditions=("palpitations, heart rate 42 bpm",))
    assert warnings(text, conditions=("heart rate 42 bpm in 2019, resolved",)) == set()


def test_this_kidney_function_is_the_patients():
    text = "Metformin 500 mg twice daily can continue at this kidney function."
    for value, told in ((63, False), (22, True)):
        labs = (Lab(name="eGFR", value=value, unit="mL/min/1.73m2"),)
        assert bool({"MED304", "MED317"} & warnings(text, labs=labs)) is told


def test_parts_of_a_combination_are_read_in_either_order():
    aura = ("migraine with aura",)
    text = "Ethinyl estradiol/levonorgestrel one tablet daily."
    assert "MED303" in warnings(text, conditions=aura)


def test_what_was_had_and_what_is_planned_are_summed():
    text = "He has had {} mg/m2 of doxorubicin; another four cycles of 60 mg/m2 are planned."
    assert "MED108" in warnings(text.format(480))
    assert "MED108" not in warnings(text.format(120))


def test_a_push_of_another_drug_is_not_this_ones():
    text = "Oxaliplatin 150 mg IV over 2 hours; fluorouracil 720 mg IV bolus."
    assert "MED109" not in warnings(text)
    assert "MED109" in warnings("Oxaliplatin 150 mg IV push.")


def test_a_rate_behind_a_dose_says_how_fast_it_is_given():
    assert warnings("Furosemide 200 mg IV at 4 mg/min.", age_years=50) == set()
    assert "MED109" in warnings("Furosemide 200 mg IV at 100 mg/min.", age_years=50)


def test_a_disease_is_known_by_its_other_names():
    assert "MED110" in warnings("Acute MI: chew aspirin 40 mg.", age_years=50)
    assert "MED110" not in warnings("Acute MI: chew aspirin 325 mg.", age_years=50)


def test_whisky_is_alcohol():
    listed = ("zolpidem 10 mg at night",)
    assert "MED204" in warnings(
        "A nightcap of brandy with your zolpidem helps.", medications=listed
    )


def test_each_marker_of_a_tumor_has_its_own_result():
    markers = ("lung cancer, EGFR exon 19 deletion, ALK negative",)
    assert "MED316" in warnings("Alectinib 600 mg twice daily.", conditions=markers)
    assert "MED316" not in warnings("Osimertinib 80 mg by mouth daily.", conditions=markers)


def test_a_drug_that_is_contraindicated_since_is_not_given():
    text = "Use efinaconazole solution, since oral terbinafine is contraindicated with her liver."
    assert warnings(text, conditions=("chronic active hepatitis",)) == set()


def test_who_helps_to_quit_stops_no_drug():
    text = "To help him quit, bupropion SR 150 mg by mouth once daily."
    assert "MED303" in warnings(text, conditions=("epilepsy with generalised seizures",))
