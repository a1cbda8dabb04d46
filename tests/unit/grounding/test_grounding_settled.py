"""What one sentence of the quotations settles, and what else is said in other words."""

from __future__ import annotations

import pytest

from medrag.grounding.claims import ground

AVOIDED = (
    "Tarozine should be avoided at an eGFR below 45 mL/min. It may be used with caution, as a "
    "short course, at an eGFR of 30 to 44 mL/min if resistance is suspected."
)
TESTED = (
    "A test of cure is recommended 7 to 14 days after treatment for pharyngeal infection. A test "
    "of cure is unnecessary for uncomplicated rectal infection."
)
ROWS = (
    "Table 2. Belozine by renal function: CrCl 60 mL/min or above, 900 to 3600 mg/day in three "
    "divided doses; CrCl 30 to 59 mL/min, 400 to 1400 mg/day in two divided doses."
)
BANDS = "Belozine bolus: < 60 kg, 30 mg; 60 to < 70 kg, 35 mg; 70 to < 80 kg, 40 mg."
TOLD = [
    ("Tarozine may be used for a short course at an eGFR of 30-44 mL/min, but only where "
     "resistance is suspected.", AVOIDED),
    ("Pharyngeal infection calls for a test of cure at 7-14 days; uncomplicated rectal infection "
     "does not.", TESTED),
    ("At a CrCl of 30-59 mL/min, the total daily dose of belozine is 400-1400 mg, split in two.",
     ROWS),
    ("A patient of 75 kg is in the 70 to <80 kg band and receives belozine 40 mg.", BANDS),
    ("Men need a week of belozine rather than three days.",
     "For women, prescribe belozine for 3 days. For men, treat for 7 days."),
    ("Take belozine 1.2 mg and a further 0.6 mg an hour later.",
     "Belozine 1.2 mg at the first sign, followed by 0.6 mg one hour later."),
    ("Up to 20 mmol of potassium an hour can be infused.",
     "The rate of potassium should not exceed 20 mmol/hour."),
    ("Always dilute the concentrate.", "The concentrate must never be given undiluted."),
    ("Belozine should not be started at an eGFR of 30-45.",
     "At an eGFR of 30 to 45, starting belozine is not recommended."),
    ("The efficacy of belozine is unknown.", "The effectiveness of belozine is unknown."),
    ("IV fluid therapy is begun at once.", "Start intravenous fluids immediately."),
    ("Belozine can be taken every other day.", "Alternate-day belozine may be used."),
    ("Nobody with gout may receive belozine.", "Belozine is contraindicated in gout."),
    ("Belozine is dosed every 48 h at a CrCl of 20-39.",
     "Extend the belozine interval to 36 hours if CrCl is 40 to 59 and to 48 hours if CrCl is 20 "
     "to 39."),
]  # fmt: skip
MISTOLD = [
    ("Tarozine may be used at an eGFR of 25 mL/min.", AVOIDED),
    ("Uncomplicated rectal infection calls for a test of cure at 7-14 days.", TESTED),
    ("At a CrCl of 30-59 mL/min, the total daily dose of belozine is 900-3600 mg.", ROWS),
    ("Men need three days of belozine.",
     "For women, prescribe belozine for 3 days. For men, treat for 7 days."),
    ("Up to 20 mmol of potassium a day can be infused.",
     "The rate of potassium should not exceed 20 mmol/hour."),
    ("Insulin is started 1-2 hours after the fluids, with an insulin bolus.",
     "Start insulin 1 to 2 hours after the fluids. Do not give an insulin bolus."),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "quote"), TOLD)
def test_a_claim_that_one_sentence_supports_is_grounded(claim, quote):
    assert ground(claim, [quote]) == []


@pytest.mark.parametrize(("claim", "quote"), MISTOLD)
def test_a_claim_that_takes_from_two_sentences_is_found(claim, quote):
    assert ground(claim, [quote])
