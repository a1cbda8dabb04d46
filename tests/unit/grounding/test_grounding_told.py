"""One thing told in two ways, and the same words with one thing changed, each on one quotation."""

from __future__ import annotations

import pytest

from medrag.grounding.claims import ground

PAIRS = {
    "glucose by what the quotation names": (
        "Level 2 hypoglycaemia is a blood glucose below 54 mg/dL.",
        "Level 2 hypos are readings under 3.0 mmol/L.",
        "Level 2 hypos are readings under 3.9 mmol/L.",
    ),
    "glycated haemoglobin": (
        "An HbA1c of 48 mmol/mol or above is diagnostic of diabetes.",
        "HbA1c at or over 6.5% is diagnostic of diabetes.",
        "HbA1c at or over 6.0% is diagnostic of diabetes.",
    ),
    "cholesterol rounded to its decimals": (
        "Start a statin if LDL cholesterol is 55 mg/dL or higher.",
        "A statin is begun at an LDL cholesterol of 1.4 mmol/L or above.",
        "A statin is begun at an LDL cholesterol of 1.6 mmol/L or above.",
    ),
    "oxygen tension": (
        "Give oxygen if PaO2 is below 8 kPa.",
        "Oxygen is given when PaO2 falls under 60 mmHg.",
        "Oxygen is given when PaO2 falls under 80 mmHg.",
    ),
    "vitamin D in micrograms": (
        "Adults should take 800 IU of vitamin D daily.",
        "The vitamin D intake for adults is 20 micrograms a day.",
        "The vitamin D intake for adults is 40 micrograms a day.",
    ),
    "a salt in equivalents": (
        "Potassium chloride 20 mEq orally twice daily is usual.",
        "The usual order is potassium chloride 20 mmol by mouth BID.",
        "The usual order is potassium chloride 40 mmol by mouth BID.",
    ),
    "a salt of two charges": (
        "Give calcium 10 mmol over 10 minutes.",
        "Calcium 20 mEq goes in over 10 minutes.",
        "Calcium 10 mEq goes in over 10 minutes.",
    ),
    "a rate of a salt": (
        "The maximum infusion rate is 20 mmol of potassium per hour.",
        "Potassium should run at no more than 20 mEq an hour.",
        "Potassium should run at no more than 40 mEq an hour.",
    ),
    "degrees": (
        "Keep vaccines between 2 and 8 degrees Celsius.",
        "The vaccine fridge runs at 36 to 46 °F.",
        "The vaccine fridge runs at 26 to 36 °F.",
    ),
    "a date in figures": (
        "From 1 April 2023, the new schedule applies to all infants.",
        "The new infant schedule has been in force since 01/04/2023.",
        "The new infant schedule has been in force since 01/05/2023.",
    ),
    "a date in figures, year first": (
        "The recommendation took effect on October 1, 2021.",
        "It has applied since 2021-10-01.",
        "It has applied since 2021-11-01.",
    ),
    "a month in figures": (
        "The trial ran from March 2014 to December 2016.",
        "The trial lasted from 03/2014 to 12/2016.",
        "The trial lasted from 03/2013 to 12/2016.",
    ),
    "days of a British chart": (
        "Nitrofurantoin is given 100 mg twice daily for 3 days in women.",
        "Women: nitrofurantoin 100 mg BD x3/7.",
        "Women: nitrofurantoin 100 mg BD x5/7.",
    ),
    "months of a British chart": (
        "Review treatment after 3 months.",
        "Rv treatment in 3/12.",
        "Rv treatment in 6/12.",
    ),
    "parts of an hour": (
        "Infuse over 15 to 30 minutes.",
        "The infusion takes a quarter to half an hour.",
        "The infusion takes half an hour to three quarters of an hour.",
    ),
    "an age in words": (
        "The drug is licensed for children aged 6 years and older.",
        "The licence begins with children of six and older.",
        "The licence begins with children of five and older.",
    ),
    "a rate per kilogram": (
        "Dopamine is infused at 5 micrograms/kg/minute.",
        "Dopamine runs at 5 mcg per kg each minute.",
        "Dopamine runs at 5 mcg per kg each hour.",
    ),
    "a day's dose in its parts": (
        "Give valproate 20 to 30 mg/kg/day in two divided doses.",
        "Valproate: 10 to 15 mg/kg BID.",
        "Valproate: 20 to 30 mg/kg BID.",
    ),
    "one dose of two a day is not halved": (
        "Apixaban 10 mg twice daily for 7 days, then 5 mg twice daily.",
        "Apixaban is 10 mg BID for a week and 5 mg BID after that.",
        "Apixaban is 10 mg BID for a week and 2.5 mg BID after that.",
    ),
    "the two names of a drug": (
        "Paracetamol 1 g every 6 hours is recommended.",
        "Acetaminophen 1 g every six hours.",
        "Ibuprofen 1 g every six hours.",
    ),
    "doses beside each other in two units": (
        "All patients should receive calcium 1000 mg daily and at least 400 units vitamin D daily.",
        "Everyone gets 1 g of calcium plus a minimum of 400 units of vitamin D a day.",
        "Everyone gets 1 g of calcium plus a minimum of 600 units of vitamin D a day.",
    ),
    "not until at least": (
        "Dabigatran must not be started until at least 24 hours after surgery.",
        "Dabigatran waits a minimum of 24 hours after the operation.",
        "Dabigatran has to be started inside 24 hours of the operation.",
    ),
    "a time counted from a stop": (
        "Wait at least 14 days after stopping the MAOI before starting sertraline.",
        "Sertraline may be begun only a fortnight or more after the MAOI was stopped.",
        "Sertraline may be begun within a fortnight of the MAOI being stopped.",
    ),
    "weeks of a pregnancy": (
        "Ibuprofen must be avoided from 28 weeks of gestation.",
        "No ibuprofen at or beyond 28 weeks' gestation.",
        "No ibuprofen up to 28 weeks' gestation.",
    ),
    "one body weight": (
        "In children weighing less than 20 kg the dose is 10 mg/kg.",
        "Children lighter than 20 kg get 10 mg/kg.",
        "Children heavier than 20 kg get 10 mg/kg.",
    ),
    "as often": (
        "The rate of bleeding was lower with apixaban than with warfarin.",
        "Apixaban patients bled less often than those on warfarin.",
        "Apixaban and warfarin led to bleeding equally often.",
    ),
    "a disease that worsens": (
        "In the trial, empagliflozin reduced worsening heart failure compared with placebo.",
        "Empagliflozin patients had less worsening heart failure than those given placebo.",
        "Empagliflozin patients had more worsening heart failure than those given placebo.",
    ),
    "whose patients are told before the advice": (
        "Routine imaging is not recommended in patients with acute low back pain.",
        "Acute low back pain: no routine imaging.",
        "A patient with acute low back pain who isn't getting worse should routinely have imaging.",
    ),
    "a pause that is needless": (
        "Aspirin need not be interrupted for dental extraction.",
        "Aspirin may go on through a dental extraction.",
        "Aspirin should be paused for a dental extraction.",
    ),
    "the advice for whom a number names": (
        "Screening is recommended for women aged 25 to 64 years; women aged 65 years and older may "
        "be screened if never tested.",
        "Women between 25 and 64 should be screened.",
        "Women of 65 and older should be screened.",
    ),
    "what starts again": (
        "Clopidogrel should be stopped 5 days before surgery. It can be resumed 12 to 24 hours "
        "after surgery.",
        "Surgery: last five days free of clopidogrel, restarting half a day to a day afterwards.",
        "Surgery: last five days free of clopidogrel, restarting two to three days afterwards.",
    ),
    "nobody unless": (
        "Two specialists must agree before isotretinoin is started in patients younger than 18.",
        "Nobody below 18 starts isotretinoin unless two specialists have agreed.",
        "Nobody below 18 starts isotretinoin, whatever two specialists agree.",
    ),
    "excluded from": (
        "Live vaccines should not be given to patients receiving methotrexate at high dose.",
        "Patients on high-dose methotrexate should be excluded from live vaccines.",
        "Patients on high-dose methotrexate should be given live vaccines.",
    ),
    "what waits for what": (
        "Blood cultures must be taken before antibiotics are given.",
        "Antibiotics wait until blood cultures are drawn.",
        "Blood cultures wait until antibiotics are given.",
    ),
    "grades of a disease": (
        "Colchicine is contraindicated in patients with severe renal impairment.",
        "Severe renal impairment bars colchicine.",
        "Mild renal impairment bars colchicine.",
    ),
    "what is wanted every so often": (
        "Salbutamol 2.5 mg may be given every 20 minutes.",
        "Salbutamol 2.5 mg is given, and again every 20 minutes as needed.",
        "Salbutamol 2.5 mg is given, and again every 40 minutes as needed.",
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_a_claim_told_in_another_way_is_grounded(name):
    quote, faithful, _ = PAIRS[name]
    assert ground(faithful, [quote]) == []


@pytest.mark.parametrize("name", PAIRS)
def test_a_claim_that_changed_one_thing_is_found(name):
    quote, _, altered = PAIRS[name]
    assert ground(altered, [quote])
