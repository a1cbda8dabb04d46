"""Limits as their labels give them: for a use, an age, a brand; each with what stays silent."""

import pytest

from medrag.checker.engine import check
from medrag.core.patient import Patient

TOO_MUCH = {"MED101", "MED102", "MED103", "MED105", "MED107", "MED108", "MED112", "MED118"}
AGE = {"MED308", "MED309"}


def rules(text, **patient):
    return {finding.rule_id for finding in check(text, Patient.model_validate(patient)).findings}


@pytest.mark.parametrize(
    ("unsafe", "safe"),
    [
        ("Give hydroxychloroquine 800 mg daily for lupus.",
         "Hydroxychloroquine 800 mg once, then 400 mg at 6, 24 and 48 hours for malaria."),
        ("Give hydroxychloroquine 13 mg/kg daily.", "Give hydroxychloroquine 5 mg/kg daily."),
        ("Start simvastatin 80 mg daily.",
         "She has taken simvastatin 80 mg for years; continue simvastatin 80 mg daily."),
        ("Erlotinib 300 mg daily.", "Erlotinib 300 mg daily while he keeps smoking."),
        ("Osimertinib 160 mg daily.", "Osimertinib 160 mg daily with a strong inducer."),
        ("Eltrombopag 150 mg daily for ITP.",
         "Eltrombopag 150 mg daily for severe aplastic anemia."),
        ("Lacosamide 300 mg twice daily.", "Lacosamide 300 mg twice daily as monotherapy."),
        ("Arsenic trioxide 0.3 mg/kg IV daily until remission.",
         "Arsenic trioxide 0.3 mg/kg on days 1-5, then 0.25 mg/kg twice weekly."),
        ("Anakinra 200 mg daily for rheumatoid arthritis.",
         "Anakinra 100 mg every 6 hours for macrophage activation syndrome."),
        ("Azathioprine 5 mg/kg daily for Crohn disease.",
         "Azathioprine 5 mg/kg on the day of the transplant."),
        ("Azacitidine 150 mg/m2 IV daily for 7 days.", "Azacitidine 75 mg/m2 IV daily for 7 days."),
        ("Allopurinol 900 mg IV daily.", "Allopurinol 400 mg IV daily."),
        ("Ceritinib 750 mg daily.", "Ceritinib 450 mg daily with food."),
        ("Brentuximab vedotin 216 mg IV every 3 weeks.",
         "Brentuximab vedotin 180 mg IV every 3 weeks."),
        ("Chloroprocaine 200 mg intrathecally.", "Chloroprocaine 50 mg intrathecally."),
        ("Succinylcholine 200 mg IM.", "Succinylcholine 120 mg IM."),
        ("Mepivacaine 40 mg intrathecally.", "Mepivacaine 40 mg by infiltration."),
        ("Give Vyndamax 80 mg daily.", "Give Vyndaqel 80 mg daily."),
        ("Glucotrol XL 40 mg daily.", "Glucotrol XL 20 mg daily."),
        ("Glynase 20 mg daily.", "Glyburide 10 mg twice daily."),
        ("Spiriva Respimat 18 mcg daily.", "Tiotropium HandiHaler 18 mcg daily."),
        ("Cabometyx 140 mg daily.", "Cometriq 140 mg daily."),
        ("Elagolix 200 mg twice daily for 12 months.", "Elagolix 200 mg twice daily for 6 months."),
        ("Rasburicase 0.2 mg/kg daily for 10 days.", "Rasburicase 0.2 mg/kg daily for 5 days."),
        ("Zoladex 10.8 mg every 4 weeks.", "Zoladex 10.8 mg every 12 weeks."),
        ("Primaquine 45 mg daily for 14 days.", "Primaquine 45 mg once weekly for 8 weeks."),
    ],
)  # fmt: skip
def test_a_limit_is_the_labels_own(unsafe, safe):
    assert rules(unsafe) & TOO_MUCH
    assert not rules(safe) & TOO_MUCH


@pytest.mark.parametrize(
    ("order", "age", "too_much"),
    [
        ("Rosuvastatin 40 mg daily.", 14, True),
        ("Rosuvastatin 20 mg daily.", 14, False),
        ("Rosuvastatin 20 mg daily.", 9, True),
        ("Atorvastatin 40 mg daily.", 12, True),
        ("Atorvastatin 40 mg daily for homozygous familial hypercholesterolemia.", 12, False),
        ("Pravastatin 40 mg daily.", 10, True),
        ("Pravastatin 40 mg daily.", 15, False),
        ("Carbamazepine 600 mg twice daily.", 13, True),
        ("Carbamazepine 600 mg twice daily.", 17, False),
        ("Viloxazine 600 mg daily.", 12, True),
        ("Viloxazine 400 mg daily.", 12, False),
        ("Diazepam 1 mg by mouth three times daily.", 0.25, True),
        ("Diazepam 0.3 mg/kg IV for the seizures.", 0.25, False),
        ("Fluvoxamine 150 mg twice daily.", 10, True),
        ("Fluvoxamine 150 mg twice daily.", 14, False),
    ],
)
def test_an_age_lowers_the_limit(order, age, too_much):
    assert bool(rules(order, age_years=age) & AGE) is too_much


@pytest.mark.parametrize(
    ("order", "weight", "too_much"),
    [
        ("Atomoxetine 1.8 mg/kg daily.", 30, True),
        ("Atomoxetine 1.2 mg/kg daily.", 30, False),
        ("Phenytoin 20 mg/kg/day by mouth in 2 doses.", 20, True),
        ("Phenytoin 5 mg/kg/day by mouth in 2 doses.", 20, False),
        ("Clomipramine 150 mg daily.", 30, True),
        ("Clomipramine 75 mg daily.", 30, False),
        ("Risdiplam 0.5 mg/kg daily.", 14, True),
        ("Risdiplam 0.25 mg/kg daily.", 14, False),
        ("Brivaracetam 5 mg/kg twice daily.", 18, True),
        ("Brivaracetam 2 mg/kg twice daily.", 18, False),
    ],
)
def test_a_childs_limit_goes_by_weight(order, weight, too_much):
    assert bool(rules(order, age_years=10, weight_kg=weight) & TOO_MUCH) is too_much


@pytest.mark.parametrize(
    "text",
    [
        "Give Vyndaqel 80 mg daily or Vyndamax 61 mg daily.",
        "Cometriq 140 mg daily, not Cabometyx 60 mg.",
        "Tiotropium HandiHaler 18 mcg or Respimat 5 mcg once daily.",
        "Glipizide 20 mg twice daily, or glipizide XL 20 mg once daily.",
        "Amikacin 25 mg/kg/day 5 days per week.",
        "Arsenic trioxide 0.15 mg/kg/day IV daily 5 days per week during weeks 1-4.",
    ],
)
def test_a_dose_is_of_the_product_beside_it_and_days_are_no_dose(text):
    assert not rules(text) & TOO_MUCH
