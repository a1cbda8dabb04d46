"""Drugs with their dosing, laboratory values with their role, and the rest of a text.

Names are of the lexicon, because only such names are read.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from medrag.clinical import read


def drug(text, index=0):
    return read(text).drugs[index]


def regimen(text, index=0):
    return drug(text).regimens[index]


@pytest.mark.parametrize(
    ("text", "daily"),
    [
        ("Acetaminophen 1 g by mouth every 4 hours.", "6 g"),
        ("Acetaminophen 650 mg every 4 to 6 hours as needed.", "3900 mg"),
        ("Acetaminophen 15 mg/kg every 6 hours.", "60 mg/kg"),
        ("Amoxicillin 45 mg/kg/day in 2 divided doses.", "45 mg/kg"),
        ("Take two 500 mg tablets of metformin twice daily.", "2000 mg"),
        ("Metformin 500 mg tablets, 2 tablets twice daily.", "2000 mg"),
        ("Take 2 tablets of metformin (500 mg) twice daily.", "2000 mg"),
        ("Heparin 18 units/kg/hour by continuous infusion.", "432 [iU]/kg"),
        ("Potassium chloride 10 mEq/hour IV by pump.", "240 meq"),
        ("Aspirin 325 mg once.", "325 mg"),
        ("Two tablets of aspirin 81 mg daily.", "162 mg"),
    ],
)
def test_the_daily_dose_is_worked_out(text, daily):
    assert str(regimen(text).daily) == daily


def test_a_weekly_dose_is_spread_over_seven_days():
    found = regimen("Methotrexate 14 mg by mouth once weekly.").daily
    assert found is not None
    assert abs(found.value - 2) < Decimal("1e-20")


def test_without_a_frequency_there_is_no_daily_dose():
    assert regimen("Give vancomycin 1 g IV.").daily is None


@pytest.mark.parametrize(
    ("text", "route", "form"),
    [
        ("Vincristine 2 mg intrathecally.", "intrathecal", None),
        ("Give IV haloperidol 5 mg.", "iv", None),
        ("Metoprolol succinate ER 50 mg PO daily.", "oral", "er-tablet"),
        ("Fentanyl 25 mcg/hour patch.", None, "patch"),
        ("Enoxaparin 40 mg subcutaneously daily.", "subcutaneous", None),
        ("Potassium chloride 40 mEq IV push.", "iv-push", None),
    ],
)
def test_route_and_form_belong_to_the_dose(text, route, form):
    found = regimen(text)
    assert (found.route, found.form) == (route, form)


def test_steps_of_a_course_are_kept_apart():
    regimens = drug("Give colchicine 1.2 mg, then 0.6 mg one hour later.").regimens
    assert [(str(r.dose), r.step) for r in regimens] == [("1.2 mg", "single"), ("0.6 mg", "then")]


def test_loading_and_maintenance_are_told_apart():
    regimens = drug(
        "Phenytoin: loading dose of 20 mg/kg IV, followed by maintenance of 100 mg every 8 hours."
    ).regimens
    assert [r.step for r in regimens] == ["loading", "maintenance"]


def test_a_dose_before_the_name_is_the_names():
    drugs = read("Give 2 g of ceftriaxone and 500 mg of azithromycin.").drugs
    assert [str(d.regimens[0].dose) for d in drugs] == ["2 g", "500 mg"]


def test_duration_and_infusion_time_are_read():
    found = regimen("Vancomycin 1 g IV over 60 minutes every 12 hours for 7 days.")
    assert (str(found.over), str(found.duration)) == ("60 min", "7 d")


@pytest.mark.parametrize(
    ("text", "quantity", "per"),
    [
        ("Acetaminophen 650 mg every 6 hours, not to exceed 3 g/day.", "3 g", "day"),
        ("Ketorolac 10 mg every 6 hours, no more than 5 days in total.", "5 d", "duration"),
        ("Atropine 1 mg IV every 3 minutes, maximum 3 mg.", "3 mg", "dose"),
        ("Do not exceed 4 g of acetaminophen per day.", "4 g", "day"),
    ],
)
def test_stated_maximums_are_no_doses(text, quantity, per):
    limit = drug(text).maximums[0]
    assert (str(limit.quantity), limit.per) == (quantity, per)


def test_a_following_sentence_about_the_dose_belongs_to_the_drug():
    found = drug("Start lisinopril. The usual dose is 10 mg daily.")
    assert str(found.regimens[-1].dose) == "10 mg"


def test_strengths_of_a_combination_follow_its_ingredients():
    found = drug("hydrocodone-acetaminophen 10/325 mg every 6 hours")
    assert found.ingredients == ("hydrocodone", "acetaminophen")
    assert [str(s) for s in found.strengths] == ["10 mg", "325 mg"]


def test_a_salt_is_part_of_the_name():
    found = drug("Losartan potassium 50 mg daily.")
    assert (found.text, found.salt) == ("Losartan potassium", "potassium")
    assert read("Losartan potassium 50 mg daily.").labs == ()


def test_an_electrolyte_with_a_dose_is_a_drug_and_without_one_an_analyte():
    assert drug("Give potassium 40 mEq by mouth.").ingredients == ("potassium-chloride",)
    content = read("Check potassium tomorrow.")
    assert content.drugs == ()
    assert content.labs[0].analyte == "potassium"


def test_a_time_between_drug_and_event_is_kept():
    found = drug("Place the epidural 2 hours after enoxaparin 1 mg/kg.")
    assert (str(found.offset), found.offset_side) == ("2 h", "after")


def test_a_misspelled_name_is_flagged_and_never_acted_on():
    found = drug("Give metfromin 500 mg twice daily.")
    assert (found.kind, found.ingredients, found.near) == ("misspelling", (), ("metformin",))
    assert found.polarity == "mention"


def test_the_indication_is_what_stands_after_for():
    assert drug("Hydralazine 25 mg three times daily for itching.").indication == "itching"


@pytest.mark.parametrize(
    ("text", "analyte", "value", "role"),
    [
        ("K 5.9 mmol/L.", "potassium", "5.9 mmol/L", "result"),
        ("Her serum potassium is 5.9 mmol/L.", "potassium", "5.9 mmol/L", "result"),
        ("Platelets 15 x 10^9/L.", "platelets", "15 10*9/L", "result"),
        ("If eGFR < 30 mL/min/1.73 m2, stop.", "egfr", "< 30 mL/min/{1.73_m2}", "threshold"),
        ("The target INR is 2.0 to 3.0.", "inr", "2.0-3.0 1", "target"),
        ("Normal potassium is 3.5-5 mmol/L.", "potassium", "3.5-5 mmol/L", "reference-range"),
        ("QTc 520 ms.", "qtc", "520 ms", "result"),
        ("Temperature 38.5 °C.", "temperature", "38.5 Cel", "result"),
    ],
)
def test_a_value_belongs_to_its_analyte(text, analyte, value, role):
    lab = read(text).labs[0]
    assert (lab.analyte, str(lab.value), lab.role) == (analyte, value, role)


def test_whom_a_value_is_for_is_kept():
    assert read("Hemoglobin in adult women is 12 to 15.5 g/dL.").labs[0].population == "female"
    assert read("Her hemoglobin is 12 g/dL.").labs[0].population is None


def test_two_values_said_to_be_equal_are_both_kept():
    lab = read("Glucose 180 mg/dL = 18 mmol/L.").labs[0]
    assert (str(lab.value), str(lab.equals)) == ("180 mg/dL", "18 mmol/L")


def test_words_that_judge_a_value_are_kept():
    assert read("Na 128 mmol/L shows hypernatremia.").labs[0].interpretation == ("hypernatremia",)


def test_a_drug_level_is_no_dose_of_the_drug():
    content = read("Take the digoxin level one hour after the dose.")
    assert content.drugs == ()
    lab = content.labs[0]
    assert (lab.analyte, str(lab.offset), lab.offset_side) == ("digoxin-level", "1 h", "after")


@pytest.mark.parametrize(
    "text", ["MS is a disease.", "He wore a K shirt.", "Mg", "PE was ruled out."]
)
def test_short_abbreviations_need_a_value_or_an_order(text):
    content = read(text)
    assert content.labs == ()
    assert content.drugs == ()


def test_ages_and_classes_of_patients_are_read():
    found = read("A 4-year-old child and pregnant women.").populations
    assert [p.population for p in found] == ["child", "child", "pregnant", "female"]
    assert str(found[0].age) == "4 a"


def test_absent_conditions_are_negated():
    found = read("No history of asthma, but she has epilepsy.").diagnoses
    assert [(d.diagnosis, d.negated) for d in found] == [("asthma", True), ("epilepsy", False)]


def test_every_span_is_the_text():
    text = "Avoid ibuprofen; give acetaminophen 650 mg every 6 hours if K is 5.9 mmol/L."
    content = read(text)
    for mention in (*content.drugs, *content.labs, *content.sentences):
        assert mention.span.of(text) == mention.text


def test_an_empty_text_holds_nothing():
    content = read("")
    assert (content.sentences, content.drugs, content.labs, content.quantities) == ((), (), (), ())
