"""What grounding compares beyond values: dates, names, periods, worth, closed classes."""

from __future__ import annotations

import pytest

from medrag.grounding.claims import ground

ALTERED = [
    ("The advice was revised in May 2019.", "The advice was updated in April 2019."),
    ("It was reported on 13 March 2003.", "It was reported on March 12, 2003."),
    ("Jones et al. saw 20% relapse.", "Smith and colleagues reported a 20% relapse rate."),
    ("Admission is decided with qSOFA.", "The CURB-65 score decides on admission."),
    ("WHO advises one dose.", "The CDC advises one dose."),
    ("HBV treatment was started.", "HCV treatment was started."),
    ("Do not exceed 3 g per week.", "Do not exceed 3 g in 24 hours."),
    ("Give it daily for 2 weeks.", "It is given as a single dose and repeated after 2 weeks."),
    ("At least three doses in 24 hours.", "Do not give more than 3 doses in 24 hours."),
    ("Repeat sampling decreases sensitivity.", "Sensitivity improves with repeated sampling."),
    ("It relieved pain less than placebo.", "It is superior to placebo in reducing pain."),
    ("Move from oral to IV therapy.", "Patients are switched from intravenous to oral therapy."),
    ("This test can tell latent from active TB.",
     "The test cannot distinguish between active and latent tuberculosis."),
    ("Peritoneal dialysis removes 30%.", "Haemodialysis removes 30%."),
    ("Premenopausal women receive it.", "Postmenopausal women receive it."),
    ("High sodium is a side effect.", "Hyponatraemia is a side effect."),
    ("Titrate the dose down.", "The dose should be titrated upwards."),
]  # fmt: skip
FAITHFUL = [
    ("Guidance was revised in April 2022.", "It was updated on 12 April 2022."),
    ("Vitamin D 50 000 units weekly.", "Vitamin D 50,000 IU is taken once weekly."),
    ("A ten-yearly booster is advised.", "A booster is recommended every 10 years."),
    ("Start oxygen when SpO2 is below 92%.", "Start oxygen if oxygen saturation is below 92%."),
    ("UKPDS showed less death.", "The UK Prospective Diabetes Study showed less death."),
    ("Mortality fell by 20% (HR 0.80).", "The hazard ratio for mortality was 0.80."),
    ("Treatment is stopped only on advice.", "Do not stop treatment without advice."),
    ("Blood levels need not be monitored.", "No monitoring of blood levels is required."),
    ("One capsule twice a day.", "Take one capsule in the morning and one in the evening."),
]


@pytest.mark.parametrize(("claim", "quote"), ALTERED)
def test_what_was_altered_is_found(claim: str, quote: str) -> None:
    assert ground(claim, [quote])


@pytest.mark.parametrize(("claim", "quote"), FAITHFUL)
def test_what_is_told_in_other_words_raises_nothing(claim: str, quote: str) -> None:
    assert ground(claim, [quote]) == []


@pytest.mark.parametrize(("claim", "quote"), [(quote, quote) for _, quote in ALTERED])
def test_a_quotation_grounds_itself(claim: str, quote: str) -> None:
    assert ground(claim.replace(".", ""), [quote]) == []
