"""What a directive is worth for this patient today, and which drugs are taken together.

Names are of the lexicon, because only such names are read.
"""

from __future__ import annotations

import re

import pytest

from medrag.clinical import read

MARK = re.compile(r"\{([^|}]+)\|([a-z]+)\}")
STANDINGS = (
    "Give {amoxicillin|now} 500 mg three times daily.",
    "If pain persists, add {tramadol|event} 50 mg.",
    "Restarting {lisinopril|event} can be considered once potassium is below 5.0.",
    "{Hydrocortisone|event} 50 mg IV only if shock persists.",
    "In pregnancy use {labetalol|state} 100 mg twice daily.",
    "If CrCl is below 30 mL/min, give {enoxaparin|state} 1 mg/kg once daily.",
    "For penicillin-allergic patients, use {clindamycin|state} 600 mg.",
    "{Propylthiouracil|hypothetical} would be used only in the first trimester.",
    "{Rifabutin|hypothetical} is reserved for second-line use.",
    "{Carbamazepine|hypothetical} would lower the level, but she does not take it.",
    "{Rocuronium|past} 54 mg was used for intubation.",
    "He has already received {doxorubicin|past} 300 mg/m2.",
    "She tolerated {cephalexin|past} last year.",
    "{Amoxicillin|now} 500 mg three times daily would be reasonable.",
    "Sodium {nitroprusside|now} 1 mcg/kg/min may be kept running for the next 6 hours.",
    "Severe infection requires {ceftriaxone|event} 1 g IV.",
)


@pytest.mark.parametrize("marked", STANDINGS)
def test_a_directive_has_its_standing(marked):
    found = {d.text.lower().split()[-1]: d.standing for d in read(MARK.sub(r"\1", marked)).drugs}
    for name, standing in MARK.findall(marked):
        assert found[name.lower()] == standing


def test_an_option_that_the_text_turns_down_is_only_supposed():
    text = (
        "| Option | Dose |\n|---|---|\n| Clarithromycin | 500 mg BID |\n| Doxycycline | 100 mg |"
        "\n\nClarithromycin is unsuitable."
    )
    assert [d.standing for d in read(text).drugs][:2] == ["hypothetical", "now"]


def test_what_the_patient_takes_and_a_later_sentence_stops_is_to_be_stopped():
    drugs = read("She takes metformin 500 mg twice daily. Stop metformin today.").drugs
    assert [d.polarity for d in drugs] == ["stop", "stop"]


@pytest.mark.parametrize(
    ("text", "ago"),
    [
        ("He stopped phenelzine four days ago.", "4 d"),
        ("The last dose of enoxaparin was 3 hours ago.", "3 h"),
        ("Phenelzine 15 mg for 2 weeks.", "None"),
    ],
)
def test_the_time_since_a_drug_was_stopped_is_kept(text, ago):
    assert str(read(text).drugs[0].ago) == ago


@pytest.mark.parametrize(
    ("text", "one", "other", "relation"),
    [
        ("Lisinopril 10 mg or losartan 50 mg daily.", "lisinopril", "losartan", "choice"),
        ("Start warfarin, rivaroxaban, or apixaban.", "warfarin", "apixaban", "choice"),
        ("Start simvastatin 40 mg and clarithromycin 500 mg.", "simvastatin", "clarithromycin",
         "together"),
        ("Ceftriaxone 1 g plus azithromycin 500 mg, or levofloxacin 750 mg.", "ceftriaxone",
         "azithromycin", "together"),
        ("Ceftriaxone 1 g plus azithromycin 500 mg, or levofloxacin 750 mg.", "azithromycin",
         "levofloxacin", "choice"),
        ("Options:\n- Lisinopril 10 mg daily\n- Losartan 50 mg daily", "lisinopril", "losartan",
         "choice"),
        ("Plan:\n- Lisinopril 10 mg daily\n- Losartan 50 mg daily", "lisinopril", "losartan",
         "together"),
        ("- Lisinopril 10 mg daily, *or*\n- Losartan 50 mg daily", "lisinopril", "losartan",
         "choice"),
        ("Start sertraline 50 mg. If it fails, paroxetine 20 mg.", "sertraline", "paroxetine",
         "choice"),
        ("Start apixaban 5 mg BID. Rivaroxaban 20 mg daily is an alternative.", "apixaban",
         "rivaroxaban", "choice"),
        ("Give piperacillin 4 g IV. Switch to amoxicillin 1 g when stable.", "piperacillin",
         "amoxicillin", "sequence"),
        ("Stop heparin and consider argatroban. Continue aspirin 81 mg.", "argatroban", "aspirin",
         "together"),
        ("Sildenafil 50 mg. Tadalafil 10 mg. Choose one; they are never taken together.",
         "sildenafil", "tadalafil", "choice"),
        ("Both apixaban and rivaroxaban are options.", "apixaban", "rivaroxaban", "choice"),
        ("If pain persists add ibuprofen 400 mg to acetaminophen 1 g.", "ibuprofen",
         "acetaminophen", "together"),
    ],
)  # fmt: skip
def test_drugs_stand_together_in_sequence_or_as_a_choice(text, one, other, relation):
    choices = read(text).choices
    assert choices.between(one, other) == relation
    assert choices.between(other, one) == relation
