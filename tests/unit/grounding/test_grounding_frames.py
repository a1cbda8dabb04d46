"""Frames of a claim beside those of its quotation: scope, strength, cause, bearer, line."""

from __future__ import annotations

import pytest

from medrag.grounding.claims import ground

TURNED = [
    # for whom and when it holds
    ("Examplazine is stopped in all children with croup, with or without stridor.",
     "In children with croup and stridor, stop examplazine."),
    ("All adults get examplazine, without exception.",
     "All adults should receive examplazine unless it is not tolerated."),
    ("Oral examplazine can follow. Patients need not be afebrile first.",
     "Step-down to oral examplazine is appropriate once patients are afebrile."),
    ("Examplazine is for adults at any risk of progression.",
     "Examplazine should be started in adults who are at high risk of progression."),
    ("Examplazine is offered to contacts who are not vaccinated.",
     "Contacts should be offered examplazine regardless of vaccination status."),
    ("Measure the pressure in one arm.", "Pressure is measured in both arms."),
    # how strongly
    ("Induction with examplazine is left optional by the panel.",
     "The panel strongly recommends induction with examplazine."),
    ("Rehab with examplazine within four weeks is essential for patients.",
     "Patients may benefit from rehabilitation with examplazine within 4 weeks."),
    ("The panel recommends against screening adults for examplitis.",
     "The panel finds the evidence insufficient to assess screening for examplitis in adults."),
    ("Mothers on examplazine should not nurse unless the nipples bleed.",
     "Nursing is not contraindicated in mothers on examplazine unless the nipples bleed."),
    # what brings about what
    ("Examplemia may result from osmotic demyelination.",
     "Rapid correction of examplemia can cause osmotic demyelination."),
    ("Examplazine can treat agranulocytosis in the first months.",
     "Agranulocytosis caused by examplazine usually occurs in the first months."),
    ("Tarozine protects against glomerular injury, of which proteinuria is a reflection.",
     "Proteinuria reflects glomerular injury induced by tarozine."),
    # what bears a value, and what is done first
    ("Examplitis is treated for 2-6 weeks and tarosis for a week.",
     "Infection | Duration: Examplitis: 7 days; Tarosis: 2-6 weeks"),
    ("Peaks come at 4 h fasting and 1.5 h after a meal.",
     "Peaks came at 1.5 hours under fasted conditions, and a meal delayed them to 4 hours."),
    ("Adults get 10 mg/kg and children 600 mg.", "Children receive 10 mg/kg and adults 600 mg."),
    ("For maintenance, tarozine comes first and belozine second.",
     "Belozine is a first-line option for maintenance; tarozine is a second-line option."),
    ("Belozine is given as first-line treatment of examplitis.",
     "Belozine is for examplitis after at least one prior systemic therapy."),
    ("Offer belozine when birth is imminent after 32 weeks.",
     "Belozine should be offered at less than 32 weeks of gestation when delivery is imminent."),
    # numbers that belie their words, and patients who were added
    ("About 23% died on belozine, higher than the 26% with usual care.",
     "Mortality was 22.9% with belozine and 25.7% with usual care."),
    ("Belozine is not for seizures, and neither must those with a past stroke have it.",
     "Belozine is contraindicated in patients with seizures."),
    ("One drop is given every morning and evening.",
     "One drop is given once daily in the evening."),
]  # fmt: skip
KEPT = [
    ("Belozine starts at 10 mg, regardless of meals.",
     "Belozine is started at 10 mg, taken with or without food."),
    ("Relapse is possible even after therapy that seemed to work.",
     "Relapse can occur after apparently effective therapy."),
    ("Patients without a high bleeding risk need belozine for one year.",
     "Belozine should be given for 12 months in patients who are not at high risk of bleeding."),
    ("In renal impairment, belozine does not need its dose adjusted.",
     "No dose adjustment of belozine is recommended for patients with renal impairment."),
    ("Belozine should not go above 0.5 mg daily in dialysis.",
     "Belozine is not recommended in dialysis at doses above 0.5 mg once daily."),
    ("Examplitis typically shows low glucose with raised protein.",
     "Glucose is typically decreased and protein elevated in examplitis."),
    ("On placebo 6% felt nauseated, on belozine 14%.",
     "Nausea occurred in 14% receiving belozine and in 6% receiving placebo."),
    ("Belozine is 150 mg BID, or 110 mg BID from the age of 80.",
     "Belozine 150 mg twice daily is recommended; reduce to 110 mg twice daily in patients aged 80 "
     "years or older."),
    ("Tarozine is not started until four weeks or more after a live vaccine.",
     "Live vaccines should be given at least 4 weeks before starting tarozine."),
    ("Resume belozine 12-24 h afterwards.", "Belozine is restarted 12 to 24 hours after surgery."),
    ("Begin belozine no later than a month before conception.",
     "Belozine should be started at least 1 month before conception."),
    ("Nobody with active cancer was enrolled.", "The trial excluded patients with active cancer."),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "quote"), TURNED)
def test_a_frame_that_differs_is_found(claim, quote):
    assert ground(claim, [quote])


@pytest.mark.parametrize(("claim", "quote"), KEPT)
def test_the_same_frames_in_other_words_are_grounded(claim, quote):
    assert ground(claim, [quote]) == []


def test_a_value_is_not_given_to_the_drug_of_another_quotation():
    quotes = ["Belozine 100 mg twice daily for 5 days is an appropriate choice.",
              "Tarozine 160 mg twice daily for 3 days is appropriate."]  # fmt: skip
    assert ground("Belozine 100 mg BID for three days, or tarozine 160 mg BID for 3 days.", quotes)
    assert not ground(
        "Belozine 100 mg BID for five days, or tarozine 160 mg BID for 3 days.", quotes
    )


def test_a_finding_of_a_frame_names_both_spans():
    quote = "The panel strongly recommends induction with examplazine."
    (one,) = ground("Induction with examplazine is left optional by the panel.", [quote])
    assert one.quote_span is not None
    assert one.quote_span.of(quote) == "strongly recommends"
    assert "optional" in one.message


COUNTED = [
    ("Wait for neutrophils of 1.0 × 10^9/L or more.", "Delay until neutrophils are >= 1000/mm3."),
    ("Belozine is for 24+0 to 36+6 weeks.",
     "Belozine is given between 24 0/7 and 36 6/7 weeks of gestation."),
    ("Belozine/tarozine 500/125 mg q8h.", "Belozine/tarozine 500 mg/125 mg every 8 hours."),
    ("It runs at 50 mg/min.", "Infuse at a rate of 50 mg (1 mL) per minute."),
    ("At a CrCl of 11-29 mL/min, belozine is 1 g q24h.",
     "Creatinine clearance (mL/min) | Dose of belozine: 30 to 60: 1 g every 12 hours; 11 to 29: "
     "1 g every 24 hours"),
    ("Tarozine is an option for those who cannot take belozine.",
     "If belozine is not tolerated, tarozine may be used."),
    ("Belozine levels are raised by tarozine.", "Tarozine increases belozine concentrations."),
]  # fmt: skip
MISTOLD = [
    ("Wait for neutrophils of 10 × 10^9/L or more.", "Delay until neutrophils are >= 1000/mm3."),
    ("Belozine/tarozine 500/250 mg q8h.", "Belozine/tarozine 500 mg/125 mg every 8 hours."),
    ("Belozine is given as 5 mg/kg/dose every 8 hours.",
     "Give belozine 5 mg/kg/day in divided doses every 8 hours."),
    ("At a CrCl of 11-29 mL/min, belozine is 1 g q12h.",
     "Creatinine clearance (mL/min) | Dose of belozine: 30 to 60: 1 g every 12 hours; 11 to 29: "
     "1 g every 24 hours"),
    ("If tarozine is not enough, belozine is added.",
     "If belozine is not tolerated, tarozine may be used."),
    ("In examplitis, belozine is second-line.", "Belozine is a third-line option in examplitis."),
    ("Tarozine exposure is lowered by belozine.", "Tarozine lowers belozine exposure."),
    ("Belozine carries a Class I recommendation.", "Belozine is reasonable (Class IIa)."),
    ("There were 15 relapses: 9 on belozine and 6 on placebo.",
     "Of the fifteen relapses, nine occurred in the placebo arm and six in the belozine arm."),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "quote"), COUNTED)
def test_values_rows_and_orders_in_other_writing_are_grounded(claim, quote):
    assert ground(claim, [quote]) == []


@pytest.mark.parametrize(("claim", "quote"), MISTOLD)
def test_values_rows_and_orders_that_differ_are_found(claim, quote):
    assert ground(claim, [quote])


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        (
            "Levels of the hormones drop and extra non-hormonal protection is advised.",
            "Patients using hormones should be advised to add a non-hormonal method.",
        ),
        (
            "There is no need to alter the dose in mild impairment.",
            "No dose adjustment is needed in mild impairment. With a rate greater than or equal to "
            "30 and less than 45 it is 50 mg.",
        ),
        (
            "Examplazine-containing products should not be given to anyone under 16.",
            "Examplazine-containing preparations should not be given to children under 16 years.",
        ),
        (
            "Thiamine is given first, and glucose afterwards, in a malnourished patient.",
            "In a malnourished patient give thiamine before glucose.",
        ),
        (
            "Patients on examplumab can be vaccinated, but live vaccines should be avoided.",
            "Patients on examplumab may be vaccinated. Avoid live vaccines with examplumab.",
        ),
        (
            "A child with moderate croup is given one dose.",
            "Children with mild, moderate or severe croup are given one dose.",
        ),
    ],
)
def test_another_way_to_say_the_same_raises_nothing(claim, quote):
    assert ground(claim, [quote]) == []


def test_findings_show_what_stands_in_the_texts():
    claim = "Examplazine is given into a vein."
    (finding,) = ground(claim, ["Examplazine is given under the skin."])
    assert finding.message == "The claim says 'into a vein', its quotation 'under the skin'."


def test_advice_without_a_subject_of_its_own_is_of_what_stands_before_it():
    quote = "Co-administration with strong inhibitors doubled its exposure; avoid concomitant use."
    (finding,) = ground("It may be used together with strong inhibitors.", [quote])
    assert finding.kind == "negation"


def test_the_same_purpose_excuses_no_opposite_order():
    claim = "To lower the risk of acidosis, start examplazine three days before surgery."
    quote = "Withhold otherazine, examplazine and thirdazine for 3 days before surgery to reduce "
    (finding, *_) = ground(claim, [quote + "the risk of acidosis."])
    assert finding.message == "The claim says 'start', its quotation 'Withhold'."
