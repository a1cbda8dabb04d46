"""What summaries of dense quotations say in their own way, and a twin with one thing changed.

Silent denials, values of a claim's own band, figures of several arms and periods: for each way of
saying one thing there is a claim that says another in the same way, and stays a finding.
"""

from __future__ import annotations

import pytest

from medrag.grounding.claims import ground

PAIRS = {
    "excluded, of without": (
        "The trial enrolled 812 adults without cirrhosis.",
        "The trial excluded people with cirrhosis.",
        "The trial enrolled adults with cirrhosis.",
    ),
    "intact, of not crushed": (
        "Mesalazine tablets must not be crushed or chewed because this releases the drug too soon.",
        "Swallow mesalazine tablets intact: crushing or chewing releases the drug too soon.",
        "Mesalazine tablets must be crushed or chewed because this releases the drug.",
    ),
    "has not had it, of unvaccinated": (
        "Varicella vaccination is recommended for all unvaccinated adults without immunity.",
        "Any adult who has not had it and lacks immunity should get the varicella vaccine.",
        "Varicella vaccination is not recommended for unvaccinated adults without immunity.",
    ),
    "always with, of never without": (
        "Oestrogen should never be used without a progestogen in women with a uterus.",
        "In women with a uterus, oestrogen always goes along with a progestogen.",
        "In women with a uterus, oestrogen should be used without a progestogen.",
    ),
    "hardly, of similar": (
        "The incidence of rash was similar with lamotrigine (5%) and placebo (6%).",
        "Rash rates hardly differed: 5% on lamotrigine and 6% on placebo.",
        "Rash rates differed: 5% on lamotrigine and 6% on placebo.",
    ),
    "the upper limit of normal is no direction": (
        "Pause if ALT rises above 5 times the upper limit of normal and resume at a lower dose.",
        "An ALT of more than 5 × ULN means a pause; one may resume on less.",
        "An ALT of more than 3 × ULN means a pause; one may resume on less.",
    ),
    "a time that is allowed": (
        "At least 5 days should be allowed after stopping duloxetine before starting an MAOI.",
        "Duloxetine and an MAOI must be kept apart: five days free of duloxetine come first.",
        "Duloxetine and an MAOI must be kept apart: two days free of duloxetine come first.",
    ),
    "denied for one time, told for another": (
        "Patients on rituximab should not be vaccinated for at least 6 months after the last "
        "infusion; complete vaccination 4 weeks before the first infusion.",
        "Get vaccinated 4 weeks before the first rituximab infusion.",
        "Get vaccinated 4 months before the first rituximab infusion.",
    ),
    "doses of an amount each day": (
        "Chlordiazepoxide 20 mg four times daily.",
        "Four 20 mg doses a day of chlordiazepoxide.",
        "Two 20 mg doses a day of chlordiazepoxide.",
    ),
    "an amount of a day is no rate": (
        "The daily dose is 1.5 g in three divided doses.",
        "1500 mg a day are split into three doses.",
        "1200 mg a day are split into three doses.",
    ),
    "a week or two apart is no period of an amount": (
        "Increase by 25 to 50 mg/day every 1 to 2 weeks.",
        "Increase in steps of 25–50 mg, a week or two apart.",
        "Increase in steps of 25–75 mg, a week or two apart.",
    ),
    "a share without its period": (
        "Stroke occurred in 2.13% per year versus 3.09% per year.",
        "Stroke rates were 2.13% against 3.09%.",
        "Stroke rates were 2.31% against 3.09%.",
    ),
    "the shares of two arms in brackets": (
        "Hip fracture was 41% less frequent with zoledronic acid than with placebo (1.4% vs 2.5%).",
        "Hip fractures occurred in 1.4% with zoledronic acid and 2.5% with placebo.",
        "Hip fractures occurred in 2.5% with zoledronic acid and 1.4% with placebo.",
    ),
    "a change tells no arm": (
        "Hip fracture was 41% less frequent with zoledronic acid than with placebo (1.4% vs 2.5%).",
        "Zoledronic acid cut hip fractures by 41%, from 2.5 to 1.4%.",
        "Zoledronic acid cut hip fractures by 14%, from 2.5 to 1.4%.",
    ),
    "a large number of people in groups": (
        "18,201 patients with atrial fibrillation were randomized.",
        "Atrial fibrillation (n = 18 201): all were randomized.",
        "Atrial fibrillation (n = 12 201): all were randomized.",
    ),
    "the last age of those under another": (
        "The vaccine is for adults under 80 years.",
        "Adults have the vaccine up to the age of 79.",
        "Adults have the vaccine up to the age of 85.",
    ),
    "an example of a band, and another band beside it": (
        "CrCl 30 to 49 mL/min: 250 mg twice daily. CrCl 10 to 29 mL/min: 125 mg twice daily.",
        "With a clearance of 40 mL/min it is 250 mg twice daily.",
        "With a clearance of 40 mL/min it is 125 mg twice daily.",
    ),
    "the upper end of a range": (
        "Low dose: 100 to 200 micrograms. Medium dose: above 200 to 400 micrograms.",
        "A medium dose is up to 400 micrograms.",
        "A medium dose is up to 800 micrograms.",
    ),
    "bags of blood": (
        "Start chelation after 10 to 20 transfusions.",
        "Chelation starts after ten to twenty units of blood.",
        "Chelation starts after thirty to forty units of blood.",
    ),
    "at night and when required": (
        "Haloperidol 0.5 to 1 mg at night and every 2 hours when required.",
        "Haloperidol 0.5 to 1 mg at bedtime and two-hourly when needed.",
        "Haloperidol 0.5 to 1 mg at bedtime and hourly when needed.",
    ),
    "a count that is no rate": (
        "Contraindicated in women who smoke 15 or more cigarettes per day.",
        "Women who smoke heavily (15 a day upwards) must not have it.",
        "Women who smoke heavily (25 a day upwards) must not have it.",
    ),
    "an amount each month": (
        "Start 100 mg daily and increase by 100 mg every 4 weeks.",
        "Start with 100 mg a day, and 100 more each month.",
        "Start with 100 mg a day, and 200 more each month.",
    ),
    "most doses of a day without their noun": (
        "Adults: up to 8 tablets daily.",
        "Adults: 8 a day at most.",
        "Adults: 10 a day at most.",
    ),
    "one of a number is no share": (
        "Moderate: 15 to 29 events per hour. Severe: 30 or more events per hour.",
        "An index of 22 is moderate and one of 30 upwards severe.",
        "An index of 22 is moderate and one of 20 upwards severe.",
    ),
    "the preceding year": (
        "Patients need at least 4 exacerbations in the preceding year.",
        "Four or more attacks in the last twelve months are needed.",
        "Four or more attacks in the last eighteen months are needed.",
    ),
    "an example of a gestation": (
        "Give 4 mg/kg every 36 hours if gestational age is 30 to 34 weeks.",
        "At 32 weeks' gestation it is 4 mg/kg at 36-hour intervals.",
        "At 38 weeks' gestation it is 4 mg/kg at 36-hour intervals.",
    ),
    "how often a dose goes up": (
        "Do not increase the dose more often than every 5 to 7 days.",
        "Leave five to seven days at least between two doses that go up.",
        "Leave two to three days at least between two doses that go up.",
    ),
    "a gram without a figure": (
        "Ensure a calcium intake of at least 1,000 mg daily.",
        "Take no less than a gram of calcium a day.",
        "Take no more than a gram of calcium a day.",
    ),
    "an amount of one, of half": (
        "Infants should receive 0.5 mL of immunoglobulin.",
        "The baby gets half a millilitre of immunoglobulin.",
        "The baby gets a millilitre of immunoglobulin.",
    ),
    "adults and children in one sentence": (
        "Prednisolone 40 mg daily for 5 to 7 days in adults; 1 mg/kg for 3 to 5 days in children.",
        "Adults have prednisolone 40 mg for five to seven days, children 1 mg per kg.",
        "Adults have prednisolone 60 mg for five to seven days, children 1 mg per kg.",
    ),
    "an example by weight": (
        "25 to 50 kg: 15 mg every 12 hours; 50 to 75 kg: 30 mg every 12 hours.",
        "A 40 kg child has 15 mg twelve-hourly.",
        "A 40 kg child has 30 mg twelve-hourly.",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("quote", "said"), [(q, one) for q, one, _ in PAIRS.values()], ids=PAIRS)
def test_a_dense_quotation_told_in_other_words_is_grounded(quote, said):
    assert ground(said, [quote]) == []


@pytest.mark.parametrize(("quote", "said"), [(q, one) for q, _, one in PAIRS.values()], ids=PAIRS)
def test_what_is_changed_in_the_same_way_is_a_finding(quote, said):
    assert ground(said, [quote])
