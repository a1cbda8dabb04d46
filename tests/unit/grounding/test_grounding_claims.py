"""Grounding as a table: what a claim may and may not say beside its quotation."""

from __future__ import annotations

import pytest

from medrag.grounding.claims import ground


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("Metformin 500 mg twice daily.", "Give metformin 0.5 g every 12 hours with meals."),
        ("Take metformin BID.", "Metformin should be taken twice daily."),
        ("The maximum is 2 g per day.", "Do not exceed 2000 mg per day."),
        ("Treat for one week.", "Treatment should last 7 days."),
        ("About 30% had nausea.", "Nausea occurred in 29.6% of patients."),
        ("Adults aged 65 years or older.", "For adults 65 years of age and older."),
        ("Avoid metformin in pregnancy.", "Metformin is not recommended in pregnancy."),
        ("It can be taken without regard to meals.", "May be taken with or without food."),
        ("Between 30 and 45 mL/min.", "A clearance of 30 – 45 mL/min."),
        ("Stop it if a rash appears [1].", "Discontinue at the first appearance of rash."),
        ("No dose change is needed.", "Dose adjustment is not required."),
        ("At most 4 g in 24 hours.", "Do not exceed 4,000 mg per day."),
        ("Do not stop it suddenly.", "It should not be discontinued suddenly."),
        ("Nausea (12%) was common.", "The most common reactions were nausea (12%), rash (9%)."),
    ],
)
def test_a_faithful_claim_is_grounded(claim, quote):
    assert ground(claim, [quote]) == []


@pytest.mark.parametrize(
    ("kind", "claim", "quote"),
    [
        ("number", "Metformin {1000 mg}.", "Give metformin 500 mg."),
        ("number", "Metformin {500 mcg}.", "Give metformin 500 mg."),
        ("number", "{31%} had nausea.", "Nausea occurred in 29.6% of patients."),
        ("number", "Nausea in {9%}, rash in 12%.", "Nausea occurred in 12%, rash occurred in 9%."),
        ("number", "Treat for {2 weeks}.", "Treatment should last 7 days."),
        ("frequency", "Metformin {three times daily}.", "Give metformin every 12 hours."),
        ("drug", "{Warfarin} 5 mg.", "Give metformin 5 mg."),
        ("negation", "Metformin is {recommended} in asthma.",
         "Metformin is not recommended in asthma."),
        ("negation", "It is {contraindicated} in asthma.", "It is useful in asthma."),
        ("direction", "It {increases} potassium.", "It decreases potassium."),
        ("direction", "Take it {before} meals.", "Take it after meals."),
        ("comparator", "Reduce when eGFR is {above 30 mL/min}.",
         "Reduce when eGFR is below 30 mL/min."),
        ("comparator", "Use {5 mg}.", "Use up to 5 mg."),
        ("population", "Safe in {children}.", "Safe in adults."),
        ("name", "{KDIGO} advises 5 mg.", "The advice is 5 mg."),
    ],
)  # fmt: skip
def test_what_a_claim_changes_is_found_at_its_words(kind, claim, quote):
    start, end = claim.index("{"), claim.index("}") - 1
    text = claim.replace("{", "").replace("}", "")
    found = {(one.kind, one.start, one.end) for one in ground(text, [quote])}
    assert (kind, start, end) in found


def test_without_quotations_every_number_and_drug_is_ungrounded():
    assert [one.kind for one in ground("Give metformin 500 mg.", [])] == ["drug", "number"]


def test_a_number_may_stand_in_any_quotation_of_the_claim():
    assert ground("Use 5 mg for 7 days.", ["Use 5 mg.", "Treat for 7 days."]) == []


def test_a_dose_that_the_quotation_gives_to_another_drug_is_found():
    quote = "Give metformin 500 mg and warfarin 5 mg."
    assert "number" in [one.kind for one in ground("Give warfarin 500 mg.", [quote])]


def test_the_message_names_both_sides():
    (one,) = ground("Metformin 1000 mg.", ["Give metformin 500 mg."])
    assert one.message == "'1000 mg' stands in no quotation of this claim; they say '500 mg'."
    assert one.expected == "500 mg"


def test_a_blood_pressure_is_its_two_numbers():
    quote = "Treat at a systolic pressure of 130 mmHg or a diastolic pressure of 80 mmHg."
    assert ground("Treat at 130/80 mmHg.", [quote]) == []
    assert [one.kind for one in ground("Treat at 150/80 mmHg.", [quote])] == ["number"]


def test_after_an_event_two_doses_stand_in_their_order():
    quote = "Start examplazine 180 mg following an event, then give 90 mg twice daily for a year."
    assert (
        ground("Start examplazine 180 mg, then give 90 mg twice daily for a year.", [quote]) == []
    )


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("The source permits examplazine in early pregnancy.",
         "Discontinue examplazine in early pregnancy."),
        ("Examplazine improves heart failure.", "Examplazine may exacerbate heart failure."),
        ("It advises to withhold nuts from infants with eczema.",
         "Infants with eczema should be introduced to nuts."),
    ],
)  # fmt: skip
def test_what_is_advised_and_what_is_ended_exclude_each_other(claim, quote):
    assert ground(claim, [quote])


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("A single dose of examplazine is enough.", "Adults receive 1 dose of examplazine."),
        ("The source says to stop examplazine if ALT stays above 3 times the limit.",
         "Withdraw examplazine if ALT persists above 3 times the limit."),
        ("Examplazine 40 mg a day is the limit by mouth.",
         "Examplazine IV: maximum 120 mg a day. Examplazine tablets: maximum 40 mg a day."),
        ("Examplazine 10 mg is taken once weekly.", "Examplazine 10 mg as a single weekly dose."),
        ("No dosage adjustment is required for examplazine in renal impairment.",
         "No dosage adjustment is required in renal impairment. The recommended dose of "
         "examplazine is 5 mg."),
        ("At 64 kg, 300 mg a day is within the limit.", "At most 5 mg/kg of examplazine per day."),
        ("Examplazine may be given from the second trimester on.",
         "Examplazine may be considered from the second trimester onwards."),
    ],
)  # fmt: skip
def test_one_dose_a_dose_below_a_limit_and_what_may_be_considered_are_told_rightly(claim, quote):
    assert ground(claim, [quote]) == []
