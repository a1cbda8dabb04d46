"""What says the same in free words, and its twin with one thing changed, each on one quotation.

For every way in which a claim may leave the words and figures of its quotation there is a claim
that leaves its meaning in the same way, and stays a finding.
"""

from __future__ import annotations

import pytest

from medrag.grounding.claims import ground

PAIRS = {
    "initials with letters inside long words": (
        "Alkaline phosphatase and gamma-glutamyltransferase should be measured monthly.",
        "ALP and GGT are checked each month.",
        "ALP and CPK are checked each month.",
    ),
    "initials within one compound": (
        "Dimethyltryptamine must not be combined with lithium.",
        "DMT is never to be combined with lithium.",
        "DXM is never to be combined with lithium.",
    ),
    "a class that the drug is of": (
        "Erenumab 70 mg is injected once monthly.",
        "The CGRP antibody erenumab, 70 mg, is injected every month.",
        "The TNFR antibody erenumab, 70 mg, is injected every month.",
    ),
    "a body in full": (
        "The 2021 EASL guidelines recommend liver elastography in adults with obesity.",
        "According to the European Association for the Study of the Liver (2021), adults with "
        "obesity should have liver elastography.",
        "According to the American College of Gastroenterology (2021), adults with "
        "obesity should have liver elastography.",
    ),
    "a body in full against initials": (
        "The World Health Organization recommends zinc for 10 to 14 days in childhood diarrhoea.",
        "The WHO wants zinc given for 10 to 14 days in childhood diarrhoea.",
        "The CDC wants zinc given for 10 to 14 days in childhood diarrhoea.",
    ),
    "whose figure it is, of two bodies": (
        "KDIGO recommends a systolic pressure below 120 mmHg in chronic kidney disease. The ESH "
        "recommends below 130 mmHg.",
        "KDIGO asks for a systolic pressure under 120 mmHg in chronic kidney disease.",
        "The ESH asks for a systolic pressure under 120 mmHg in chronic kidney disease.",
    ),
    "ages in the plural": (
        "Loperamide is contraindicated in children younger than 12 years.",
        "Loperamide is not for the under-12s.",
        "Loperamide is not for the under-10s.",
    ),
    "a rate apart from its amount": (
        "Raise serum sodium by no more than 0.5 mmol/L/hour.",
        "The hourly rise in sodium is kept to 0.5 mmol/L at most.",
        "The daily rise in sodium is kept to 0.5 mmol/L at most.",
    ),
    "a bound on a rate apart from its amount": (
        "Aim for a fall in lactate of at least 0.5 mmol/L/hour.",
        "Hourly falls in lactate of no less than 0.5 mmol/L are wanted.",
        "Hourly falls in lactate of no more than 0.5 mmol/L are wanted.",
    ),
    "a strength apart from its amount": (
        "The suspension contains 40 mg/mL.",
        "Each millilitre of the suspension holds 40 mg.",
        "Each millilitre of the suspension holds 80 mg.",
    ),
    "what lies between two dates": (
        "Version 2.0, approved in June 2021, is due for review in June 2024.",
        "Review comes round three years later, in June 2024.",
        "Review comes round five years later, in June 2024.",
    ),
    "a year that follows": (
        "The guidance was updated in March 2022; a further update is expected within 4 years.",
        "A further update should be there by 2026.",
        "A further update should be there by 2028.",
    ),
    "a round bound beside a count": (
        "The trial enrolled 5,216 adults with asthma.",
        "More than 5,000 adults with asthma were enrolled.",
        "More than 6,000 adults with asthma were enrolled.",
    ),
    "a round bound beside a share": (
        "Serious infections occurred in 0.6% of patients on tocilizumab.",
        "Serious infections were seen in under 1% on tocilizumab.",
        "Serious infections were seen in over 1% on tocilizumab.",
    ),
    "one in so many": (
        "Agranulocytosis occurred in 3 of 1,500 patients treated with carbimazole.",
        "Agranulocytosis hit 0.2% of patients on carbimazole.",
        "Agranulocytosis hit 2% of patients on carbimazole.",
    ),
    "more than so many times": (
        "Diarrhoea occurred in 12% on placebo and 29% on colchicine.",
        "Diarrhoea was more than twice as common on colchicine.",
        "Diarrhoea was more than four times as common on colchicine.",
    ),
    "the strength of an insulin": (
        "Insulin lispro U200 and U100 deliver the same dose in units.",
        "Lispro at 200 and 100 units/mL deliver the same dose in units.",
        "Lispro at 300 and 100 units/mL deliver the same dose in units.",
    ),
    "a span of half years": (
        "Continue rituximab maintenance for 12 to 18 months.",
        "Rituximab maintenance goes on for a year to a year and a half.",
        "Rituximab maintenance goes on for two years to two and a half.",
    ),
    "hours told as a rate": (
        "Ketorolac 10 mg every 8 hours.",
        "Ketorolac 10 mg eight-hourly.",
        "Ketorolac 10 mg six-hourly.",
    ),
    "times an hour": (
        "Nebulised salbutamol may be repeated every 20 to 30 minutes.",
        "Nebulised salbutamol may be repeated two or three times an hour.",
        "Nebulised salbutamol may be repeated five or six times an hour.",
    ),
    "every so-manieth year": (
        "A tetanus booster is given every 10 years.",
        "A tetanus booster is due every tenth year.",
        "A tetanus booster is due every fifth year.",
    ),
    "at least so long": (
        "Titrate pregabalin after a minimum of 2 weeks on each dose.",
        "Pregabalin is stepped up no sooner than every two weeks.",
        "Pregabalin is stepped up no sooner than every four weeks.",
    ),
    "the first hour": (
        "Blood pressure is checked every 15 minutes during the first hour of alteplase.",
        "Blood pressure is checked every quarter of an hour in the first sixty minutes of "
        "alteplase.",
        "Blood pressure is checked every quarter of an hour in the first ninety minutes of "
        "alteplase.",
    ),
    "points that lie between": (
        "HbA1c fell from 9.0% to 7.6% on dulaglutide.",
        "HbA1c came down by 1.4 points on dulaglutide.",
        "HbA1c came down by 2.4 points on dulaglutide.",
    ),
    "a sum of three steps": (
        "Use the 20 mg patch for 6 weeks, the 10 mg patch for 3 weeks and the 5 mg patch for 3 "
        "weeks.",
        "The patches run for twelve weeks in all.",
        "The patches run for fifteen weeks in all.",
    ),
    "the other arm behind against": (
        "Hospital admission occurred in 8.1% with empagliflozin and 12.4% with placebo.",
        "Empagliflozin cut hospital admission to 8.1% against 12.4%.",
        "Empagliflozin cut hospital admission to 12.4% against 8.1%.",
    ),
    "a salt by the name of its metal": (
        "Take ciprofloxacin 2 hours before breakfast. Separate from ferrous sulfate and calcium "
        "carbonate by at least 6 hours.",
        "Ciprofloxacin comes two hours before breakfast, and iron or calcium waits six hours.",
        "Ciprofloxacin comes two hours before breakfast, and iron or calcium waits three hours.",
    ),
    "why is no arm": (
        "Methylprednisolone should be reduced from 32 mg to 16 mg on day 1 because itraconazole "
        "inhibits its metabolism.",
        "With itraconazole, methylprednisolone comes down to 16 mg on the first day.",
        "With itraconazole, methylprednisolone comes down to 24 mg on the first day.",
    ),
    "trimesters in a list": (
        "Ibuprofen may be used in the first and second trimesters.",
        "Ibuprofen may be used in the second trimester.",
        "Ibuprofen may be used in the third trimester.",
    ),
    "no worse is non-inferior": (
        "Oral therapy was non-inferior to intravenous therapy in the OVIVA trial.",
        "In OVIVA oral therapy was no worse than intravenous therapy.",
        "In OVIVA intravenous therapy was better than oral therapy.",
    ),
    "what goes without before what was shown": (
        "The trial enrolled adults without cirrhosis and showed that treatment reduced deaths.",
        "The trial, which left out adults with cirrhosis, showed fewer deaths with treatment.",
        "The trial, which left out adults with cirrhosis, showed more deaths with treatment.",
    ),
    "a heading is no side": (
        "Abacavir: HLA-B*57:01 testing is recommended before treatment.",
        "HLA-B*57:01 is tested ahead of abacavir.",
        "HLA-B*57:01 is tested after abacavir.",
    ),
    "a pause ends": (
        "Hold the infusion for 2 hours and decrease the rate by 10 mL/hour.",
        "The infusion is off for two hours and restarts 10 mL/hour slower.",
        "The infusion is off for four hours and restarts 10 mL/hour slower.",
    ),
    "coronary and ischemic": (
        "Ergotamine is contraindicated in patients with ischaemic heart disease.",
        "Someone with coronary disease must not take ergotamine.",
        "Someone with coronary disease may take ergotamine.",
    ),
    "double-strength is no change": (
        "For toxoplasmosis prophylaxis, one double-strength tablet of co-trimoxazole is given "
        "daily.",
        "To prevent toxoplasmosis, one DS tablet of co-trimoxazole is taken daily.",
        "To prevent toxoplasmosis, one DS tablet of co-trimoxazole is taken twice daily.",
    ),
    "put first": (
        "Cobicistat markedly increases exposure to budesonide. Beclometasone is the preferred "
        "inhaled corticosteroid.",
        "With cobicistat, use beclometasone in preference to budesonide.",
        "With cobicistat, use budesonide in preference to beclometasone.",
    ),
    "the one to avoid": (
        "Patients taking tamoxifen should avoid paroxetine or fluoxetine. Venlafaxine has less "
        "effect and may be considered.",
        "With tamoxifen, paroxetine is the antidepressant to avoid.",
        "With tamoxifen, venlafaxine is the antidepressant to avoid.",
    ),
    "the row of another drug": (
        "Golimumab: 50 mg once monthly. Certolizumab: 200 mg every 2 weeks. Ustekinumab: 45 mg "
        "every 12 weeks.",
        "Ustekinumab 45 mg is given every twelve weeks.",
        "Ustekinumab 45 mg is given every two weeks.",
    ),
    "the band of an age": (
        "Cefalexin: 1 to 11 months, 125 mg twice daily; 1 to 4 years, 125 mg three times daily; 5 "
        "to 11 years, 250 mg three times daily.",
        "An 8-year-old has cefalexin 250 mg three times a day.",
        "A 3-year-old has cefalexin 250 mg three times a day.",
    ),
    "the band of a result": (
        "aPTT 30 to 40 seconds: increase by 2 units/kg/hour. aPTT 41 to 60 seconds: increase by 1 "
        "units/kg/hour. aPTT 61 to 90 seconds: no change.",
        "An aPTT of 50 seconds means 1 units/kg/hour more.",
        "An aPTT of 50 seconds means 2 units/kg/hour more.",
    ),
    "a share is no example of a share": (
        "Nausea occurred in 20% of patients on 10 mg, 12% on 5 mg and 7% on placebo.",
        "Nausea affected 20% on 10 mg and 12% on 5 mg.",
        "Nausea affected 20% on 10 mg and 17.6% on 5 mg.",
    ),
    "the dose of what rises": (
        "Stopping smoking leads to increased theophylline concentrations because CYP1A2 "
        "induction is lost; dose reduction may be required.",
        "Those who stop smoking on theophylline may need a lower dose.",
        "Those who stop smoking on theophylline may need a higher dose.",
    ),
    "of other patients": (
        "The dose of lacosamide is 50 mg twice daily, increased to 100 mg twice daily after a "
        "week. In severe renal impairment titrate to a maximum of 125 mg twice daily.",
        "Lacosamide is titrated after a week to 100 mg BID.",
        "Lacosamide is titrated after a week to 150 mg BID.",
    ),
    "the same from a value up": (
        "CrCl 60 mL/min or above: 5 mg/kg every 24 hours. CrCl 40 to 59 mL/min: 5 mg/kg every 36 "
        "hours. CrCl 20 to 39 mL/min: 5 mg/kg every 48 hours.",
        "From a CrCl of 20 mL/min upwards everybody gets the same 5 mg/kg.",
        "From a CrCl of 20 mL/min upwards everybody gets the same 7 mg/kg.",
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_what_says_the_same_is_no_finding(name):
    quote, same, _ = PAIRS[name]
    assert ground(same, [quote]) == []


@pytest.mark.parametrize("name", PAIRS)
def test_its_altered_twin_is_a_finding(name):
    quote, _, altered = PAIRS[name]
    assert ground(altered, [quote])
