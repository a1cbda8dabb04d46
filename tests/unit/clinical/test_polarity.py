"""What a sentence says to do with each drug in it.

`{name|polarity}` marks a name and what must be read. Names are of the lexicon, because only
such names are read; the sentences were written for the cues, none is from a source.
"""

from __future__ import annotations

import re

import pytest

from medrag.clinical import read

SENTENCES = (
    "Avoid {ibuprofen|avoid}, {naproxen|avoid} and other {NSAIDs|avoid}.",
    "Do not use {metformin|avoid} or {glipizide|avoid} in this patient, but "
    "{linagliptin|give} is safe.",
    "Instead of {warfarin|avoid}, use {apixaban|give} 5 mg twice daily.",
    "Use {apixaban|give} 5 mg twice daily rather than {warfarin|avoid}.",
    "Use {apixaban|give}, not {warfarin|avoid}.",
    "Switch from {simvastatin|stop} to {pravastatin|give} 40 mg nightly.",
    "Replace {glyburide|stop} with {glipizide|give} 5 mg daily.",
    "Switch her {lisinopril|stop} to {losartan|give} 50 mg daily.",
    "{Metformin|avoid} should not be used when eGFR is below 30.",
    "{Codeine|avoid} is contraindicated in children under 12; give {acetaminophen|give} 15 "
    "mg/kg instead.",
    "{Nitrofurantoin|avoid} is not recommended at this eGFR.",
    "If the eGFR falls below 30, stop {metformin|stop}.",
    "Give {vancomycin|give} unless the patient is allergic.",
    "In patients taking {warfarin|mention}, {trimethoprim-sulfamethoxazole|avoid} should be "
    "avoided.",
    "Hold {lisinopril|stop}, {spironolactone|stop} and {potassium chloride|stop} until "
    "potassium is below 5.0.",
    "Do not stop {metoprolol|give} abruptly.",
    "She is allergic to {penicillin|mention}, so give {azithromycin|give} 500 mg.",
    "{Aspirin|give} is preferred over {clopidogrel|avoid}.",
    "There is no need to avoid {statins|give}.",
    "Never give {vincristine|avoid} intrathecally.",
    "No {NSAIDs|avoid}.",
    "Avoid all {NSAIDs|avoid} except low-dose {aspirin|mention}.",
    "{Warfarin|give}, {rivaroxaban|give}, or {apixaban|give} can be used.",
    "Discontinue {ibuprofen|stop} and start {acetaminophen|give} 650 mg every 6 hours.",
    "The patient should not receive {ketorolac|avoid}.",
    "Because {amiodarone|mention} increases digoxin levels, reduce the digoxin dose by half.",
    "{Ciprofloxacin|avoid} is not an appropriate choice because {tizanidine|avoid} is "
    "contraindicated with it.",
    "{Clarithromycin|avoid} must not be combined with {simvastatin|avoid}.",
    "{Simvastatin|give} can safely be combined with {clarithromycin|give}.",
    "She may take {sildenafil|give} with her {nitroglycerin|give}.",
    "There is no contraindication to using {sumatriptan|give} here.",
    "{Ibuprofen|give} is fine for her back pain.",
    "It is safe to give {ibuprofen|give}.",
    "It is not safe to give {ibuprofen|avoid}.",
    "Should she take {ibuprofen|mention}?",
    "In the trial, patients received {rivaroxaban|mention} 20 mg daily.",
    "{Allopurinol|stop} was stopped last year.",
    "Her mother takes {warfarin|mention}.",
    "Consider {linezolid|give} only if {vancomycin|mention} fails.",
    "{Enoxaparin|give} 40 mg subcutaneously daily is recommended; {fondaparinux|give} is an "
    "alternative.",
    "Reduce {apixaban|give} to 2.5 mg twice daily.",
    "You can continue {lisinopril|give} during pregnancy.",
    "Continue {lisinopril|give} 10 mg daily, stop {ibuprofen|stop}, and recheck potassium.",
    "{Methotrexate|avoid} is contraindicated in pregnancy.",
    "{Methotrexate|avoid} and {trimethoprim|avoid} should not be given together.",
    "{Trimethoprim|mention} increases {methotrexate|mention} toxicity.",
    "The usual dose of {amoxicillin|give} is 500 mg three times daily.",
    "{Amoxicillin|give} 500 mg three times daily for 7 days would be reasonable.",
    "{Amoxicillin|avoid} 500 mg three times daily would be unsafe.",
    "Before starting {isotretinoin|give}, obtain a pregnancy test.",
    "Withhold {metformin|stop} for 48 hours after contrast.",
    "{Metformin|give} need not be stopped before contrast.",
    "Do not start {spironolactone|avoid}; potassium is 5.9 mmol/L.",
    "Either {cephalexin|give} or {dicloxacillin|give} is appropriate.",
    "Neither {ibuprofen|avoid} nor {naproxen|avoid} should be used.",
    "{Tramadol|mention}, unlike {morphine|mention}, lowers the seizure threshold.",
    "Give IV {labetalol|give} 20 mg; hydralazine is a second choice.",
    "As an alternative to {doxycycline|avoid}, {azithromycin|give} 1 g can be given.",
    "Treat with {ceftriaxone|give} plus {azithromycin|give}, and avoid {fluoroquinolones|avoid}.",
    "Use with caution: {lithium|give} 300 mg three times daily with {lisinopril|give}.",
    "Do not exceed 4 g of {acetaminophen|give} per day.",
    "{Acetaminophen|give} should not exceed 3 g daily.",
    "Don't take more than 3 g of {acetaminophen|give} a day.",
    "Patients on {MAOIs|mention} must not take {pseudoephedrine|avoid}.",
    "Wait 14 days after stopping {phenelzine|mention} before starting fluoxetine 20 mg.",
    "He has never taken {methadone|mention}.",
    "Remove {ibuprofen|stop} from her list.",
    "{Ibuprofen|stop} has been discontinued.",
    "Patient denies use of {aspirin|mention}.",
    "{Cefazolin|give} 2 g IV would be a safe choice despite the {penicillin|mention} allergy.",
    "For {penicillin|mention}-allergic patients, use {clindamycin|give} 600 mg.",
    "{Lisinopril|avoid} cannot be used in pregnancy; {labetalol|give} 100 mg twice daily can.",
    "Unless renal function improves, do not restart {metformin|avoid}.",
    "Prescribe {nitrofurantoin|give} 100 mg BID x 5 days (avoid if CrCl < 30).",
    "The best choice is {sertraline|give} 50 mg daily.",
    "I recommend against adding {clopidogrel|avoid}.",
    "{Opioids|avoid} are best avoided, and {gabapentin|give} may be tried.",
    "Please discontinue {naproxen|stop}, and substitute {acetaminophen|give} 650 mg every 6 hours.",
    "Because of her eGFR of 24, {metformin|avoid} is off the table; {linagliptin|give} 5 "
    "mg daily works without adjustment.",
    "{Ketorolac|avoid} would be a poor choice here.",
    "I would hold off on {lisinopril|avoid} until the potassium comes back.",
    "Skip the {ibuprofen|avoid}; {acetaminophen|give} is the better option.",
    "The patient may safely receive {cefazolin|give} 2 g IV.",
    "{Sumatriptan|avoid} must not be given within 24 hours of {ergotamine|mention}.",
    "Once the INR is below 2, restart {warfarin|give} 5 mg daily.",
    "Taper {prednisone|give} by 5 mg every week.",
    "She tolerated {cephalexin|mention} last year.",
    "Use {labetalol|give} or {nifedipine|give} instead of {lisinopril|avoid} in pregnancy.",
    "{Tramadol|avoid} and {sertraline|avoid} is a combination best avoided.",
    "Stop the {clopidogrel|stop} 5 days before surgery but continue {aspirin|give} 81 mg.",
    "There is no role for {aspirin|avoid} in this setting.",
    "Patients already on {digoxin|mention} should have their level checked before "
    "{amiodarone|mention} is added.",
    "Add {spironolactone|give} 25 mg daily provided potassium is below 5.0.",
    "Do not combine {sildenafil|avoid} with {nitroglycerin|avoid}.",
    "You should not take {grapefruit juice|avoid} with {simvastatin|avoid}.",
    "First-line therapy is {amoxicillin|give} 500 mg three times daily; for penicillin "
    "allergy choose {azithromycin|give}.",
    "{Doxycycline|avoid} is best avoided in pregnancy, so prescribe {azithromycin|give} 1 g once.",
    "Rather than increasing {glipizide|avoid}, add {empagliflozin|give} 10 mg daily.",
    "Only give {alteplase|give} if the CT shows no bleeding.",
    "{Morphine|avoid} is inappropriate given his respiratory depression.",
    "He was previously treated with {methotrexate|mention} but now needs {adalimumab|give} "
    "40 mg every 2 weeks.",
    "{Fluoxetine|avoid} cannot be started until two weeks after {phenelzine|mention} is stopped.",
    "Keep {metoprolol|give} at 25 mg twice daily.",
    "{Nitrofurantoin|give} 100 mg twice daily for 5 days is the treatment of choice.",
    "Do not use {nitrofurantoin|avoid} for pyelonephritis, use {ceftriaxone|give} 1 g IV "
    "daily instead.",
    "Increase {furosemide|give} to 80 mg IV twice daily and stop {hydrochlorothiazide|stop}.",
    "No {metformin|avoid} for 48 hours after the scan.",
)
FURTHER = (
    "{Metformin|stop}: on hold until creatinine is known.",
    "{Lisinopril|stop} - paused.",
    "{Haloperidol|avoid} has no place in Lewy body dementia; use {quetiapine|give} 12.5 mg.",
    "Nothing speaks against {cefazolin|give} 2 g IV.",
    "{Venlafaxine|give} 75 mg daily replaces {sertraline|avoid}.",
    "{Apixaban|give} 5 mg twice daily takes the place of {warfarin|avoid}.",
    "Never {methotrexate|avoid} daily.",
    "It is not necessary to hold {metformin|give} at this eGFR.",
    "Keep {ibuprofen|avoid} away from him.",
    "Run {pantoprazole|give} IV in its own line, away from {midazolam|mention}.",
    "{Septra|give} twice daily for three days without touching her {methotrexate|mention}.",
    "Give {levofloxacin|give} 750 mg IV daily, as {ceftriaxone|avoid} has caused anaphylaxis.",
    "Give {rivaroxaban|give} 20 mg when the next {apixaban|mention} dose would be due.",
    "Start {lamotrigine|give} 25 mg daily alongside her {divalproex|mention}.",
    "We decided against {zolpidem|avoid}.",
    "{Simvastatin|avoid} is too risky with {clarithromycin|avoid}.",
    "{Clarithromycin|give} 500 mg twice daily; her {simvastatin|stop} pauses for ten days.",
    "{Clarithromycin|give} 500 mg twice daily, {simvastatin|stop} on hold meanwhile.",
    "{Toprol-XL|stop} 100 mg: replace with {metoprolol tartrate|give} 50 mg twice daily.",
    "Swap {nifedipine|stop} for {amlodipine|give} 5 mg.",
    "{Apixaban|stop} 5 mg BID, stop; start {enoxaparin|give} 80 mg SC.",
    "{Metformin|stop} stops today.",
    "She stops {adalimumab|stop} today and keeps {methotrexate|give} 15 mg once weekly.",
    "{Febuxostat|avoid} 40 mg daily must not be put next to her {azathioprine|give} 150 mg.",
    "{Meperidine|avoid} and {tramadol|avoid} are barred.",
    "Replace the {fentanyl|give} 25 mcg/hour patch every 12 hours.",
    "While on {tacrolimus|mention} it is fine to take {St John's wort|give}.",
    "To help you stop smoking: {Zyban|give} 150 mg once daily.",
    "The question was whether {allopurinol|mention} can be prescribed.",
    "{Methotrexate|avoid} 10 mg daily, as written on the referral, is an error.",
    "- {Amoxicillin|avoid}, {ampicillin|avoid}: ruled out",
    "Declined by pharmacy: {rivaroxaban|avoid} 20 mg.",
    "She takes {metformin|mention} 500 mg twice daily, {warfarin|mention} 3 mg and "
    "{bisoprolol|mention} 2.5 mg.",
    "On {warfarin|mention} 5 mg daily, {ibuprofen|give} 400 mg three times daily for pain.",
    "{Warfarin|give} 5.",
    "She tells you {morphine|mention} is fine.",
)
"""Ways of speaking found in answers after the first sentences were read rightly."""
MARK = re.compile(r"\{([^|}]+)\|([a-z]+)\}")


@pytest.mark.parametrize("marked", SENTENCES + FURTHER)
def test_a_directive_reaches_what_it_is_said_of(marked):
    text = MARK.sub(r"\1", marked)
    found = {drug.text.lower(): drug.polarity for drug in read(text).drugs}
    for name, polarity in MARK.findall(marked):
        assert found.get(name.lower()) == polarity


@pytest.mark.parametrize(
    ("text", "condition", "exception"),
    [
        ("If the eGFR falls below 30, stop metformin.", "If the eGFR falls below 30", False),
        ("Avoid metformin below eGFR 30.", "below eGFR 30.", False),
        ("Start lisinopril unless she is pregnant.", "unless she is pregnant.", True),
        ("Codeine is contraindicated in children under 12.", "in children under 12.", False),
    ],
)
def test_what_a_directive_depends_on_is_kept(text, condition, exception):
    drug = read(text).drugs[0]
    assert drug.condition is not None
    assert (drug.condition.text, drug.condition.exception) == (condition, exception)


def test_a_drug_inside_a_condition_is_only_mentioned():
    drugs = read("If she takes warfarin, avoid ibuprofen.").drugs
    assert [(drug.text, drug.polarity) for drug in drugs] == [
        ("warfarin", "mention"),
        ("ibuprofen", "avoid"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "She is currently taking warfarin 5 mg daily.",
        "(on warfarin) Start acetaminophen 650 mg.",
        "Current medications include lisinopril, warfarin and metformin.",
    ],
)
def test_what_the_patient_takes_already_is_no_order(text):
    warfarin = next(drug for drug in read(text).drugs if drug.text == "warfarin")
    assert warfarin.current
    assert warfarin.polarity == "mention"


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Give this patient warfarin 5 mg.", "patient"),
        ("Her mother takes warfarin.", "other"),
        ("Adults receive warfarin 5 mg daily.", "class"),
    ],
)
def test_whom_a_statement_is_about(text, who):
    assert read(text).drugs[0].who == who


def test_a_directive_ends_with_its_sentence():
    drugs = read("Avoid ibuprofen. Acetaminophen 650 mg every 6 hours.").drugs
    assert [drug.polarity for drug in drugs] == ["avoid", "give"]


def test_the_words_that_decided_are_named():
    drug = read("Do not give metformin.").drugs[0]
    assert drug.directive is not None
    assert drug.directive.text == "Do not give"
