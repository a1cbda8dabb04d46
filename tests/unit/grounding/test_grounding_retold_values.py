"""A sentence told again is held to its original value by value, in whatever writing."""

from __future__ import annotations

import pytest

from medrag.checker import check_case
from medrag.grounding.answer import ground_text
from medrag.grounding.claims import ground

SAME = {
    "a contraction": (
        "Trovamine isn't removed by dialysis.",
        "Trovamine is not removed by dialysis.",
    ),
    "a contraction with a typographic apostrophe": (
        "Children under 6 years shouldn\u2019t take trovamine.",
        "Children under 6 years should not take trovamine.",
    ),
    "the long form of a contraction": (
        "Tablets can not be crushed.",
        "Tablets can't be crushed.",
    ),
    "an irregular contraction": (
        "The effect won't last beyond 12 hours.",
        "The effect will not last beyond 12 hours.",
    ),
    "a contraction inside a subordinate clause": (
        "Of 80 infants, those who hadn't been vaccinated fell ill twice as often.",
        "Of 80 infants, those who had not been vaccinated fell ill twice as often.",
    ),
    "a short month": (
        "Cultures were collected from Feb. to Oct. 2011 in 14 wards.",
        "Cultures were collected from February to October 2011 in 14 wards.",
    ),
    "a short month with a day": (
        "The registry closed on 12 Sept 2019.",
        "The registry closed on 12 September 2019.",
    ),
    "a month written out": (
        "Searches ran through December 2020.",
        "Searches ran through Dec 2020.",
    ),
    "no less than": (
        "Continue for no less than 10 days.",
        "Continue for at least 10 days.",
    ),
    "no fewer than of a sign": (
        "Eligible clinics saw no fewer than 30 patients.",
        "Eligible clinics saw \u226530 patients.",
    ),
    "no younger than": (
        "The vaccine is licensed for people no younger than 50 years.",
        "The vaccine is licensed for people 50 years and older.",
    ),
    "no more than of up to": (
        "Give no more than 3 doses.",
        "Give up to 3 doses.",
    ),
    "equal to or less than": (
        "Hold trovamine at platelets equal to or less than 50.",
        "Hold trovamine at platelets \u226450.",
    ),
    "yet to be": (
        "Safety in neonates has yet to be established.",
        "Safety in neonates has not been established.",
    ),
    "remains to be": (
        "The optimal length of therapy remains to be determined.",
        "The optimal length of therapy has not been determined.",
    ),
    "ages on either side of a comparison": (
        "Exposure was lower in children 6 to under 12 years of age than in patients 18 years "
        "and older.",
        "Exposure was lower in children 6 to less than 12 years than in patients 18 years and "
        "older.",
    ),
    "what does not count": (
        "In preterm babies the birth dose isn't counted as part of the series.",
        "In preterm babies the birth dose does not count towards the series.",
    ),
    "a cap denies by itself": (
        "Trovamine should not go above 8 mg daily in cirrhosis.",
        "Trovamine is not recommended in cirrhosis at doses above 8 mg once daily.",
    ),
    "not as potent": (
        "Trovamine isn't as potent as caldorol.",
        "Trovamine is less potent than caldorol.",
    ),
    "prior to for before": (
        "Check the INR prior to each injection.",
        "Check the INR before each injection.",
    ),
    "order turned with its words": (
        "After the loading dose, wait 6 hours before the next one.",
        "Wait 6 hours after the loading dose before the next one.",
    ),
    "values left out": (
        "Headache occurred in 11% of patients.",
        "Headache occurred in 11% of patients and nausea in 4% of patients.",
    ),
    "half of an interval left out": (
        "The hazard ratio was 0.74.",
        "The hazard ratio was 0.74 (95% CI 0.61-0.90).",
    ),
    "a class of patients widened by its name": (
        "Bone density fell in menopausal women.",
        "Bone density fell in postmenopausal women.",
    ),
}
OTHER = {
    "a contraction that denies what is said": (
        "Trovamine isn't removed by dialysis.",
        "Trovamine is removed by dialysis.",
    ),
    "a contraction whose denial is lost": (
        "Children under 6 years should take trovamine.",
        "Children under 6 years shouldn't take trovamine.",
    ),
    "another short month": (
        "Cultures were collected from Feb. to Nov. 2011 in 14 wards.",
        "Cultures were collected from February to October 2011 in 14 wards.",
    ),
    "no less than of another number": (
        "Continue for no less than 14 days.",
        "Continue for at least 10 days.",
    ),
    "no less than of at most": (
        "Continue for no less than 10 days.",
        "Continue for at most 10 days.",
    ),
    "no more than of and older": (
        "The vaccine is licensed for people no older than 50 years.",
        "The vaccine is licensed for people 50 years and older.",
    ),
    "yet to be, established": (
        "Safety in neonates has been established.",
        "Safety in neonates has yet to be established.",
    ),
    "pregnant and postmenopausal": (
        "Anemia was found in 12% of postmenopausal women.",
        "Anemia was found in 12% of pregnant women.",
    ),
    "premenopausal and postmenopausal": (
        "Trovamine is indicated for premenopausal women with breast cancer.",
        "Trovamine is indicated for postmenopausal women with breast cancer.",
    ),
    "postmenopausal and pregnant": (
        "Trovamine was studied in 40 pregnant women.",
        "Trovamine was studied in 40 postmenopausal women.",
    ),
    "another age behind aged": (
        "Screening is offered to adults aged 40 to 74 years.",
        "Screening is offered to adults aged 50 to 74 years.",
    ),
    "another single age": (
        "The trial enrolled a mother aged 38.",
        "The trial enrolled a mother aged 28.",
    ),
    "after for prior to": (
        "Check the INR after each injection.",
        "Check the INR prior to each injection.",
    ),
    "before for following": (
        "Rinse the mouth before each use.",
        "Rinse the mouth following each use.",
    ),
    "a ratio beside its own interval": (
        "Falls were more frequent (RR 2.31, 95% CI 1.08-1.72).",
        "Falls were more frequent (RR 1.31, 95% CI 1.08-1.72).",
    ),
    "an odds ratio beside its own interval": (
        "The odds were higher with trovamine (OR, 4.20 [95% CI, 1.11-2.95]).",
        "The odds were higher with trovamine (OR, 1.80 [95% CI, 1.11-2.95]).",
    ),
    "a value that stands elsewhere in the sentence": (
        "Doses of 20 mg and 20 mg gave peaks of 3 and 9 hours.",
        "Doses of 10 mg and 20 mg gave peaks of 3 and 9 hours.",
    ),
    "one of two rates": (
        "Start with 5 mg daily and increase by 5 mg daily every month.",
        "Start with 5 mg daily and increase by 5 mg daily every week.",
    ),
    "a rate whose other stands beside it": (
        "Give trovamine twice daily and caldorol twice daily.",
        "Give trovamine once daily and caldorol twice daily.",
    ),
    "a multiple": (
        "Exposure rose 6-fold in the elderly.",
        "Exposure rose 2-fold in the elderly.",
    ),
    "attributed to its source": (
        "Trovamine is approved for use in toddlers (per the quoted passage).",
        "Trovamine is not approved for use in toddlers.",
    ),
    "attributed otherwise": (
        "As noted in the cited extract, trovamine is approved for use in toddlers.",
        "Trovamine is not approved for use in toddlers.",
    ),
    "bounded the other way where both signs stand": (
        "Use trovamine at an eGFR below 30 and a potassium below 5.5.",
        "Use trovamine at an eGFR above 30 and a potassium below 5.5.",
    ),
    "ages with the sides turned": (
        "Exposure was higher in children 6 to under 12 years of age than in patients 18 years "
        "and older.",
        "Exposure was lower in children 6 to less than 12 years than in patients 18 years and "
        "older.",
    ),
}


@pytest.mark.parametrize("name", SAME)
def test_the_same_sentence_in_another_writing_is_grounded(name):
    claim, quote = SAME[name]
    assert ground(claim, [quote]) == []


@pytest.mark.parametrize("name", OTHER)
def test_a_sentence_with_one_thing_changed_is_a_finding(name):
    claim, quote = OTHER[name]
    assert ground_text(claim, [quote])


def test_a_finding_on_a_short_form_stands_where_it_was_written():
    claim, quote = "In Feb. 2011 it wasn't above 40 mg.", "In February 2011 it was not above 30 mg."
    assert claim.index("above") in [one.start for one in ground(claim, [quote])]


def test_a_place_in_the_quotation_is_one_of_its_own_characters():
    quote = "It wasn't studied; the dose isn't above 30 mg in adults aged 40 years."
    for one in ground("The dose isn't above 50 mg in adults aged 40 years.", [quote]):
        assert one.quote_span is None or one.quote_span.end <= len(quote)


@pytest.mark.parametrize("word", ["If", "When", "Once"])
def test_a_condition_is_not_told_of_the_patient_at_hand(word):
    claim = f"{word} the patient is older than 80 years, halve trovamine to 5 mg. Rest well."
    quote = "If the patient is older than 60 years, halve trovamine to 5 mg."
    assert ground_text(claim, [quote])


def warned(claim, quote):
    case = {"id": "one", "text": claim, "quotes": [quote], "patient": None}
    return [
        one["category"]
        for one in check_case(case)["findings"]
        if one["severity"] != "info" and one["rule_id"].startswith("QUO")
    ]


KEPT_TO = {
    "the age of those studied": (
        "The median age of the patients treated with trovamine was 64 years.",
        "The median age of the patients treated with trovamine was 54 years.",
    ),
    "the age from which something is done": (
        "Screening for breast cancer starting at age 70 years is of benefit to women.",
        "Screening for breast cancer starting at age 40 years is of benefit to women.",
    ),
    "a duration behind which stands a treatment": (
        "Of these 61 subjects 41 received a transplant following 38 weeks of treatment.",
        "Of these 61 subjects 41 received a transplant following 48 weeks of treatment.",
    ),
    "a count behind hence": (
        "The role of marker A in survival is unknown; hence, we analyzed 775 patients.",
        "The role of marker A in survival is unknown; hence, we analyzed 275 patients.",
    ),
    "an interval in brackets with a semicolon": (
        "Treatment lowered the risk of cirrhosis (1 trial; adjusted HR, 0.41 [95% CI, 0.22-0.88]).",
        "Treatment lowered the risk of cirrhosis (1 trial; adjusted HR, 0.41 [95% CI, 0.32-0.88]).",
    ),
    "a ratio beside what was not reported": (
        "Hepatotoxicity was higher with isoniazid (RR, 4.22 [95% CI, 2.81-8.06]); deaths were not "
        "reported.",
        "Hepatotoxicity was higher with isoniazid (RR, 4.22 [95% CI, 2.21-8.06]); deaths were not "
        "reported.",
    ),
    "schoolchildren and adults": (
        "Symptoms can occur in schoolchildren treated for spasticity.",
        "Symptoms can occur in adults treated for spasticity.",
    ),
    "schoolchildren, where children are named as well": (
        "Symptoms are worst in children but can occur in schoolchildren treated for spasticity.",
        "Symptoms are worst in children but can occur in adults treated for spasticity.",
    ),
    "a lesser one": (
        "A lesser sensitivity of some older individuals was seen.",
        "A greater sensitivity of some older individuals was seen.",
    ),
    "a level under another limit": (
        "Serum sodium levels < 115 mmol/L have occurred with trovamine.",
        "Serum sodium levels less than 125 mmol/L have occurred with trovamine.",
    ),
    "an order lost behind its source": (
        "Change your dose of trovamine without talking to your doctor, as the excerpt puts it.",
        "Do not change your dose of trovamine without talking to your doctor.",
    ),
}
LEFT = {
    "the age of the patient at hand": (
        "She is 64 years old and takes trovamine.",
        "Trovamine is indicated in patients aged 65 years and over.",
    ),
    "his temperature": (
        "With a temperature of 39.4 today he should get trovamine.",
        "Trovamine should be given at a temperature of 38 or more.",
    ),
    "a level below a limit": (
        "Serum sodium levels < 125 mmol/L have occurred with trovamine.",
        "Serum sodium levels less than 125 mmol/L have occurred with trovamine.",
    ),
    "people under an age": (
        "No trial enrolled pregnant persons or persons under 18 years of age.",
        "No trial enrolled pregnant persons or persons younger than 18 years.",
    ),
    "a verb in place of its like behind a heading": (
        "Skin Toxicities: Check for rash.",
        "Skin Toxicities: Monitor for rash.",
    ),
    "beginning for initiating": (
        "Test for hepatitis B before beginning treatment with trovamine.",
        "Test for hepatitis B before initiating treatment with trovamine.",
    ),
    "schoolboys among children": (
        "Schoolboys with asthma may take trovamine.",
        "Children with asthma may take trovamine.",
    ),
}


@pytest.mark.parametrize("name", KEPT_TO)
def test_what_tells_a_quotation_again_is_held_to_it(name):
    assert warned(*KEPT_TO[name])


@pytest.mark.parametrize("name", LEFT)
def test_what_is_the_patient_s_or_says_the_same_is_left_alone(name):
    assert warned(*LEFT[name]) == []
