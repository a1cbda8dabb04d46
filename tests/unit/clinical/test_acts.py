"""What a text as a whole does with each drug: told, ended, turned down, unpicked, or ordered."""

from __future__ import annotations

import pytest

from medrag.clinical import read


def drug(text, name):
    return next(d for d in read(text).drugs if d.text.lower() == name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Cilostazol 100 mg twice daily helps others but is risky here.", "cilostazol"),
        ("Combined pills (ethinyl estradiol) raise the risk of stroke.", "ethinyl estradiol"),
        ("Naproxen and similar painkillers can push lithium up.", "naproxen"),
        ("Rifampin and carbamazepine lower dolutegravir.", "carbamazepine"),
        ("Hyzaar already holds losartan 100 mg.", "losartan"),
        ("Ramipril was suggested for the pressure.", "ramipril"),
        ("Doxycycline 100 mg is for non-pregnant patients only.", "doxycycline"),
        ("Had we given doxorubicin 60 mg/m2, the limit would be near.", "doxorubicin"),
        ("Paroxetine would matter only with another drug.", "paroxetine"),
        ("Simvastatin is limited to 20 mg here.", "simvastatin"),
    ],
)
def test_what_a_text_only_tells_of_a_drug_is_no_order(text, name):
    assert drug(text, name).standing == "told"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ticagrelor is replaced by clopidogrel 75 mg.", "ticagrelor"),
        ("Paracetamol 1 g four times daily; naproxen stopped.", "naproxen"),
        ("Sildenafil: none for 48 hours before the scan.", "sildenafil"),
        ("Last lisinopril Monday morning.", "lisinopril"),
        ("Taper escitalopram off over four weeks.", "escitalopram"),
    ],
)
def test_a_drug_that_words_around_it_end_is_stopped(text, name):
    assert drug(text, name).polarity == "stop"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Also out: macrolides, telithromycin, quinine (contraindicated).", "quinine"),
        ("Never give diclofenac.", "diclofenac"),
        ("Recent bleed: never give diclofenac or naproxen.", "naproxen"),
        ("Amoxicillin is fine; trimethoprim is not.", "trimethoprim"),
        ("Naltrexone 50 mg: not with a high ALT; his is 250, so not now.", "naltrexone"),
        ("I would advise against a change to valproate or topiramate.", "topiramate"),
    ],
)
def test_a_drug_that_a_verdict_turns_down_is_avoided(text, name):
    assert drug(text, name).polarity == "avoid"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Atorvastatin 80 mg lowers her LDL further.", "atorvastatin"),
        ("Linezolid 600 mg twice daily was chosen.", "linezolid"),
        ("She cannot swallow, so nimodipine 60 mg every 4 hours.", "nimodipine"),
        ("Metronidazole 500 mg once daily, raised weekly to 1 g.", "metronidazole"),
        ("Warfarin 5 mg daily can be added although INR is 3.", "warfarin"),
    ],
)
def test_what_is_ordered_stays_an_order(text, name):
    found = drug(text, name)
    assert (found.polarity, found.standing) == ("give", "now")


def test_of_the_rows_of_a_table_only_the_one_picked_below_is_ordered():
    text = (
        "| Drug | Dose |\n|---|---|\n| Alendronate | 70 mg weekly |\n| Raloxifene | 60 mg daily |"
        "\n\nFirst choice for her: alendronate."
    )
    rows = {d.text: d.standing for d in read(text).drugs if d.regimens}
    assert rows == {"Alendronate": "now", "Raloxifene": "told"}


def test_a_condition_belongs_to_the_directive_it_stands_with():
    text = "Start warfarin 5 mg, stop apixaban now, and stop enoxaparin when the INR is 2."
    found = {d.text: d.condition is not None for d in read(text).drugs}
    assert found == {"warfarin": False, "apixaban": False, "enoxaparin": True}


def test_an_amount_that_is_taken_already_is_no_dose():
    found = drug("He already takes ibuprofen 1 g a day in tablets.", "ibuprofen")
    assert found.current
    assert [r.single for r in found.regimens if r.single] == []


def test_a_ceiling_in_brackets_behind_a_ceiling_is_one_too():
    text = "Loperamide 2 mg, no more than 8 mg a day without a prescription (16 mg with one)."
    found = drug(text, "loperamide")
    assert [r.dose.value for r in found.regimens] == [2]
    assert len(found.maximums) == 2
