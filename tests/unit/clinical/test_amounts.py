"""Which numbers near a drug are its doses, and which are arithmetic, sums, diets or limits.

Names are of the lexicon, because only such names are read.
"""

from __future__ import annotations

import pytest

from medrag.clinical import read


@pytest.mark.parametrize(
    ("text", "doses"),
    [
        ("Amoxicillin 90 mg/kg/day: 14 kg x 90 mg = 1,260 mg/day.", ["90 mg/kg/d"]),
        ("Ibuprofen 10 mg/kg/dose (20 kg × 10 mg = 200 mg) every 6 hours.", ["10 mg/kg/{dose}"]),
        ("Gentamicin 80 mg/kg x 5 kg = 400 mg.", ["80 mg/kg"]),
        ("Colchicine 1.2 mg then 0.6 mg (total 1.8 mg on day 1).", ["1.2 mg", "0.6 mg"]),
        ("Isotretinoin 30 mg daily to a cumulative target of 120 mg/kg.", ["30 mg"]),
        ("Furosemide 40 mg daily, sodium restriction to 2 g a day.", ["40 mg"]),
        ("Furosemide 40 mg daily with a 2 g sodium diet.", ["40 mg"]),
        ("Acetaminophen 1 g every 6 hours, which makes exactly 4 g a day.", ["1 g"]),
        ("Ibuprofen 600 mg every 8 hours with food, 1.8 g a day.", ["600 mg"]),
        ("Acetaminophen 1 g every 8 hours; 6 g would be toxic.", ["1 g"]),
        ("Azathioprine goes down from 150 mg to 37.5 mg.", ["37.5 mg"]),
        ("Tranylcypromine 10 mg twice daily, up by 10 mg every week.", ["10 mg"]),
        ("Calcium gluconate 1 g after every four units of red cells.", ["1 g"]),
        ("Plain lidocaine, 60 mL (600 mg).", ["600 mg"]),
        ("Penicillin G 24 million units per day (4 million every 4 hours).", ["24000000 [iU]/d"]),
        ("Clozapine 300 mg at night; wordazepine 900 mg daily.", ["300 mg"]),
    ],
)  # fmt: skip
def test_only_doses_are_doses(text, doses):
    assert [str(r.dose) for r in read(text).drugs[0].regimens if r.dose] == doses


def test_a_dose_behind_an_aside_is_the_subjects():
    text = "Sildenafil 50 mg (25 mg to start, because you take tamsulosin), maximum 100 mg."
    sildenafil, tamsulosin = read(text).drugs
    assert str(sildenafil.maximums[-1].quantity) == "100 mg"
    assert tamsulosin.regimens == tamsulosin.maximums == ()


@pytest.mark.parametrize(
    ("text", "limit", "per"),
    [
        ("Tranylcypromine 10 mg twice daily, at most 60 mg.", "60 mg", "day"),
        ("Ibuprofen 400 mg every 6 hours, max 800 mg per dose.", "800 mg", "dose"),
        ("Labetalol 20 mg IV (max 300 mg in total).", "300 mg", "course"),
        ("Acetaminophen 650 mg every 4 hours, maximum 5 doses in 24 hours.", "5 {dose}", "day"),
    ],
)
def test_a_limit_is_of_a_dose_a_day_or_a_course(text, limit, per):
    found = read(text).drugs[0].maximums[-1]
    assert (str(found.quantity), found.per) == (limit, per)


def test_a_capped_frequency_counts_its_cap():
    frequency = read("Take 524 mg every 30 to 60 minutes, up to 8 doses a day.").frequencies[0]
    assert frequency.per_day == 8


@pytest.mark.parametrize(
    "text",
    ["Start digoxin with a weekly blood count.", "Once potassium is below 5, restart lisinopril."],
)
def test_how_often_something_else_is_done_is_no_frequency_of_the_drug(text):
    assert read(text).drugs[0].regimens == ()


@pytest.mark.parametrize(
    ("text", "route"),
    [
        ("Nitroprusside 1 mcg/kg/min while oral agents take effect.", None),
        ("She cannot swallow: give nimodipine 60 mg intravenously.", "iv"),
        ("Hydrocortisone 1% cream twice daily.", "topical"),
        ("Clotrimazole 1% cream vaginally.", "vaginal"),
    ],
)
def test_a_route_is_that_of_the_drug(text, route):
    assert read(text).drugs[0].regimens[0].route == route


def test_a_blood_pressure_is_two_values():
    labs = read("BP 78/40 mmHg.").labs
    assert [(lab.analyte, str(lab.value)) for lab in labs] == [
        ("systolic-bp", "78 mm[Hg]"),
        ("diastolic-bp", "40 mm[Hg]"),
    ]
