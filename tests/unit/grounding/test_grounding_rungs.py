"""Thresholds, classes of patients, diseases and duties: told in two ways, and with one changed."""

from __future__ import annotations

import pytest

from medrag.grounding.claims import ground

LADDER = (
    "The drug is contraindicated when eGFR is below 20 mL/min.",
    "Starting it is not recommended when eGFR is between 20 and 40 mL/min.",
)
PLATELETS = (
    "Withhold the infusion if platelets are below 25 x 10^9/L.",
    "Halve the infusion if platelets are 25 to 60 x 10^9/L.",
)
LIVER = (
    "Avoid the drug in severe hepatic impairment.",
    "No dosage adjustment is required in moderate hepatic impairment.",
)
DIALYSIS = (
    "Patients on haemodialysis receive a further 250 mg after each session.",
    "No further dose is needed in peritoneal dialysis.",
)
PAIRS = {
    "a bound of the lower rung": (
        LADDER,
        "Below an eGFR of 20 mL/min the drug must not be used.",
        "Below an eGFR of 40 mL/min the drug must not be used.",
    ),
    "a bound of the band itself": (
        LADDER,
        "Below an eGFR of 40 mL/min starting it is not recommended.",
        "Below an eGFR of 40 mL/min it is contraindicated.",
    ),
    "a bound that is let go on": (
        PLATELETS,
        "With platelets under 25 x 10^9/L the infusion is withheld.",
        "With platelets under 60 x 10^9/L the infusion is withheld.",
    ),
    "a bound from above": (
        (
            "Reduce the dose if the level is 12 to 18 mg/L.",
            "Stop the infusion if the level exceeds 18 mg/L.",
        ),
        "A level over 18 mg/L means that the infusion is stopped.",
        "A level over 12 mg/L means that the infusion is stopped.",
    ),
    "what is avoided in which grade": (
        LIVER,
        "Severe liver impairment rules the drug out; moderate impairment changes nothing.",
        "The drug should be avoided in moderate liver impairment.",
    ),
    "which dialysis takes a further dose": (
        DIALYSIS,
        "Another 250 mg follows each haemodialysis session.",
        "Peritoneal dialysis patients receive 250 mg after each session.",
    ),
    "which half": (
        ("The vaccine is given in the second half of pregnancy.",),
        "Vaccination takes place in the latter half of pregnancy.",
        "Vaccination takes place in the first half of pregnancy.",
    ),
    "a disease in another's place": (
        ("Pramipexole is indicated for restless legs syndrome.",),
        "RLS is a licensed use of pramipexole.",
        "Narcolepsy is a licensed use of pramipexole.",
    ),
    "a complaint by its lay name": (
        ("Mefenamic acid is indicated for menorrhagia.",),
        "Heavy periods are an indication for mefenamic acid.",
        "Endometriosis is an indication for mefenamic acid.",
    ),
    "a disease beside one that is told": (
        ("Do not use it in patients with narcolepsy or ulcerative colitis.",),
        "It is not for people who have ulcerative colitis.",
        "It is not for people who have narcolepsy or diverticulitis.",
    ),
    "a procedure in another's place": (
        ("Remove the patch before magnetic resonance imaging.",),
        "Take the patch off ahead of an MRI.",
        "Take the patch off ahead of a colonoscopy.",
    ),
    "a kind of a disease": (
        ("Ustekinumab is approved for inflammatory bowel disease.",),
        "Ulcerative colitis is an approved use of ustekinumab.",
        "Psoriatic arthritis is an approved use of ustekinumab.",
    ),
    "another of one kind": (
        ("Bupropion must not be given to patients with bulimia or anorexia nervosa.",),
        "Patients with anorexia nervosa cannot be given bupropion.",
        "Patients with panic disorder or anorexia nervosa cannot be given bupropion.",
    ),
    "a duty for a ban of the contrary": (
        ("Capsules must not be crushed, opened or chewed.",),
        "Capsules have to be swallowed whole.",
        "Capsules have to be crushed.",
    ),
    "to wait for not to do": (
        ("Do not drive for at least 6 hours after the dose.",),
        "After the dose a patient has to wait six hours or longer before driving.",
        "After the dose a patient has to drive for at least six hours.",
    ),
    "a duty put off": (
        ("Patients must not receive live vaccines during treatment.",),
        "During treatment live vaccines have to be put off.",
        "During treatment live vaccines have to be given.",
    ),
    "in steps for not at once": (
        ("Sudden withdrawal of clonidine should be avoided; taper it over 4 days.",),
        "Clonidine is tapered over four days instead of being stopped suddenly.",
        "Clonidine should be stopped suddenly rather than tapered over four days.",
    ),
    "nobody takes more than": (
        ("The maximum recommended dose of citalopram is 40 mg daily.",),
        "Nobody should take more than 40 mg of citalopram a day.",
        "Nobody should take more than 60 mg of citalopram a day.",
    ),
    "what can be treated with what": (
        ("Semaglutide should be given once a week for weight management.",),
        "Weight can be managed with a weekly dose of semaglutide.",
        "Weight can be managed with a monthly dose of semaglutide.",
    ),
    "no evidence that it is more likely": (
        ("Statin use has not been shown to increase the risk of dementia.",),
        "There is no evidence that statins make dementia more likely.",
        "There is evidence that statins make dementia more likely.",
    ),
    "after which": (
        (
            "Start bisoprolol at 1.25 mg once daily for one week.",
            "After one week, increase to 2.5 mg once daily.",
        ),
        "Bisoprolol starts at 1.25 mg once a day for a week, after which it goes up to 2.5 mg.",
        "Bisoprolol starts at 2.5 mg once a day for a week, after which it goes down to 1.25 mg.",
    ),
    "a date in figures": (
        ("The authorisation was suspended on 14 June 2022.",),
        "On 14/06/2022 the authorisation was suspended.",
        "On 15/06/2022 the authorisation was suspended.",
    ),
    "doses counted off": (
        ("Observe for 2 hours after the first three doses.",),
        "Doses one to three are followed by two hours of observation.",
        "Doses one to five are followed by two hours of observation.",
    ),
    "a monthly dose": (
        ("It is followed by monthly dosing from week 4.",),
        "From week four it is given once a month.",
        "From week four it is given once a week.",
    ),
    "the most of a day": (
        ("Paracetamol 500 mg to 1 g every 4 to 6 hours; maximum 4 g in 24 hours.",),
        "Paracetamol is 0.5-1 g every 4-6 hours, with no more than 4 g in a day.",
        "Paracetamol is 0.5-1 g every 4-6 hours, with no more than 3 g in a day.",
    ),
    "the day after a course": (
        ("Rivaroxaban 15 mg twice daily for 21 days, then 20 mg once daily.",),
        "From day 22 rivaroxaban is 20 mg once a day.",
        "From day 28 rivaroxaban is 20 mg once a day.",
    ),
    "no faster than a rate": (
        ("The infusion rate should not exceed 4 mg/min.",),
        "Run it no faster than 4 mg per minute.",
        "Run it no slower than 4 mg per minute.",
    ),
    "sides with doses": (
        ("Ibuprofen 400 mg gave greater pain relief than paracetamol 1000 mg.",),
        "Ibuprofen 400 mg relieved pain better than paracetamol 1000 mg.",
        "Paracetamol 1000 mg relieved pain better than ibuprofen 400 mg.",
    ),
    "what is lessened more": (
        ("Ticagrelor reduced cardiovascular death more than clopidogrel.",),
        "Cardiovascular deaths were fewer with ticagrelor than with clopidogrel.",
        "Cardiovascular deaths were fewer with clopidogrel than with ticagrelor.",
    ),
    "what is preferred to what": (
        ("We suggest using a restrictive transfusion threshold over a liberal threshold.",),
        "The panel prefers a restrictive transfusion threshold to a liberal one.",
        "The panel prefers a liberal transfusion threshold to a restrictive one.",
    ),
    "a class by its other names": (
        ("It is for adults who do not tolerate TNF blockers.",),
        "It is for adults in whom a TNF inhibitor was not tolerated.",
        "It is for adults in whom a JAK inhibitor was not tolerated.",
    ),
    "an age by its name": (
        ("Codeine should not be used in infancy.",),
        "Codeine should not be given to infants.",
        "Codeine should not be given to adolescents.",
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_a_claim_told_otherwise_is_grounded(name):
    quotes, faithful, _ = PAIRS[name]
    assert ground(faithful, quotes) == []


@pytest.mark.parametrize("name", PAIRS)
def test_a_claim_with_one_thing_changed_is_found(name):
    quotes, _, altered = PAIRS[name]
    assert ground(altered, quotes)
