"""What the Contraindications sections of real labels forbid, and its opposite.

`label_contraindications.csv` lists, in our own words, conditions, partners, allergies and states
that labels of the openFDA and SPL corpora contraindicate: each must raise a finding that the same
order has not for a patient without it. It was written from the labels before the tables were
filled by them; from levofloxacin on the labels are others, and boxed warnings count too.
"""

from __future__ import annotations

import csv
import re
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from medrag.checker import check
from medrag.core.patient import Patient

TABLE = Path(__file__).with_name("label_contraindications.csv")
LINES = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))
ORDERS = [(order, list(rows)) for order, rows in groupby(LINES, key=lambda row: row["order"])]
WITHOUT: dict[str, Any] = {
    "age_years": 50,
    "sex": "female",
    "weight_kg": 75,
    "conditions": ["osteoarthritis"],
    "medications": [],
    "allergies": [],
    "pregnant": False,
    "lactating": False,
}
DOSES = {"single-dose", "daily-dose", "weight-dose"}


def given(kind: str, value: str) -> dict[str, Any]:
    """Return what a line changes of the patient."""
    if kind in {"pregnant", "lactating"}:
        weeks = {"conditions": [f"{value} weeks pregnant"]} if value else {}
        return {"age_years": 30, kind: True, **weeks}
    if kind == "age":
        return {"age_years": float(value), "weight_kg": 75 if float(value) > 12 else 10}
    if kind == "lab":
        name, number, unit = re.fullmatch(r"(.+) ([\d.]+) (\S+)", value).groups()
        return {"labs": [{"name": name, "value": number, "unit": unit}]}
    lists = {"condition": "conditions", "medication": "medications", "allergy": "allergies"}
    return {lists[kind]: re.split(r" and (?=[a-z]+ \d)", value)}


def alarms(order: str, **changed: Any) -> set[str]:
    report = check(f"Start {order}.", Patient.model_validate(WITHOUT | changed))
    return {
        finding.message
        for finding in report.findings
        if finding.severity != "info" and finding.category not in DOSES
    }


@pytest.mark.parametrize(("order", "rows"), ORDERS, ids=[order for order, _ in ORDERS])
def test_what_a_label_contraindicates_is_told(order, rows):
    without = alarms(order)
    silent = [
        f"{row['kind']} {row['value']}"
        for row in rows
        if not alarms(order, **given(row["kind"], row["value"])) - without
    ]
    assert silent == []


def found(order: str, rule: str, **changed: Any) -> bool:
    report = check(f"{order}.", Patient.model_validate(WITHOUT | changed))
    return any(f.rule_id == rule and f.severity != "info" for f in report.findings)


@pytest.mark.parametrize(
    ("called", "below_30", "below_45"),
    [
        ("CKD stage 4", True, True),
        ("stage IV chronic kidney disease", True, True),
        ("chronic kidney disease, stage 5", True, True),
        ("severe renal impairment", True, True),
        ("severely impaired kidney function", True, True),
        ("anuria", True, True),
        ("CKD G3b", False, True),
        ("CKD stage 3a", False, False),
        ("moderate to severe renal impairment", False, False),
        ("moderate renal impairment", False, False),
        ("CKD stage 2", False, False),
        ("no severe renal impairment", False, False),
        ("severe renal impairment, resolved", False, False),
    ],
)
def test_words_for_the_kidney_bound_its_function(called, below_30, below_45):
    assert (
        found("Start nitrofurantoin 100 mg twice daily", "MED304", conditions=[called]) is below_30
    )
    assert found("Start metformin 1000 mg twice daily", "MED304", conditions=[called]) is below_45


def test_a_measured_value_weighs_more_than_a_word():
    labs = [{"name": "eGFR", "value": 55, "unit": "mL/min/1.73m2"}]
    order, conditions = "Start nitrofurantoin 100 mg twice daily", ["CKD stage 4"]
    assert not found(order, "MED304", conditions=conditions, labs=labs)


@pytest.mark.parametrize(
    ("called", "moderate", "severe"),
    [
        ("moderate hepatic impairment", True, False),
        ("Child-Pugh B cirrhosis", True, False),
        ("severe hepatic impairment", True, True),
        ("severe liver disease", True, True),
        ("mild hepatic impairment", False, False),
    ],
)
def test_moderate_impairment_of_the_liver_is_not_severe(called, moderate, severe):
    assert found("Start abacavir 600 mg daily", "MED305", conditions=[called]) is moderate
    assert found("Start nebivolol 5 mg daily", "MED305", conditions=[called]) is severe


@pytest.mark.parametrize(
    ("order", "conditions", "told"),
    [
        ("Start salmeterol 50 mcg inhaled twice daily", ["asthma"], True),
        ("Start formoterol 12 mcg inhaled twice daily alone", ["asthma"], True),
        ("Start salmeterol 50 mcg inhaled twice daily", ["COPD"], False),
        ("Start fluticasone/salmeterol 250/50 mcg one inhalation twice daily", ["asthma"], False),
        ("Start Symbicort 160/4.5 mcg two puffs twice daily", ["asthma"], False),
        ("Add salmeterol 50 mcg twice daily to his inhaled corticosteroid", ["asthma"], False),
        ("Start salmeterol 50 mcg twice daily without an inhaled corticosteroid", ["asthma"], True),
        ("Start ibuprofen 400 mg three times daily", ["CABG yesterday"], True),
        ("Start ibuprofen 400 mg three times daily", ["CABG 3 days ago"], True),
        ("Start ibuprofen 400 mg three times daily", ["CABG 2015"], False),
        ("Start ibuprofen 400 mg three times daily", ["history of CABG"], False),
        ("Start ibuprofen 400 mg three times daily", ["CABG four years ago"], False),
        ("Start carvedilol 6.25 mg twice daily", ["acute decompensated heart failure"], True),
        ("Start propranolol 40 mg twice daily", ["pulmonary edema"], True),
        ("Continue carvedilol 6.25 mg twice daily", ["acute decompensated heart failure"], False),
        ("Continue diltiazem 60 mg four times daily", ["decompensated heart failure"], True),
        ("Start loperamide 4 mg", ["bloody diarrhea with fever"], True),
        ("Start loperamide 4 mg", ["non-bloody diarrhea without fever"], False),
    ],
)
def test_what_covers_or_lies_behind_is_weighed(order, conditions, told):
    assert found(order, "MED303", conditions=conditions) is told


@pytest.mark.parametrize(
    ("order", "listed", "rule"),
    [
        ("Start phenytoin 300 mg daily", "acute hepatotoxicity due to phenytoin", "MED301"),
        ("Start fosphenytoin 1000 mg PE IV once", "hepatotoxicity due to phenytoin", "MED302"),
        ("Start nitrofurantoin 100 mg twice daily", "jaundice from nitrofurantoin", "MED301"),
        ("Start isoniazid 300 mg daily", "isoniazid-induced hepatitis 2019, resolved", "MED301"),
        ("Start quinine 648 mg every 8 hours", "quinine-induced thrombocytopenia", "MED301"),
        ("Start obinutuzumab 1000 mg IV", "serum sickness after obinutuzumab", "MED301"),
        ("Start exenatide 5 mcg twice daily", "pancreatitis attributed to exenatide", "MED301"),
        ("Start atorvastatin 20 mg daily", "statin-induced rhabdomyolysis", "MED302"),
        ("Start carbamazepine 200 mg twice daily", "DRESS with phenytoin", "MED302"),
        ("Start cephalexin 500 mg four times daily", "liver injury due to amoxicillin", ""),
        ("Start levofloxacin 500 mg daily", "cholestatic jaundice from nitrofurantoin", ""),
        ("Start entecavir 0.5 mg daily", "chronic hepatitis B on entecavir", ""),
        ("Start prednisone 20 mg daily", "pneumonitis treated with prednisone", ""),
        ("Start nitrofurantoin 100 mg twice daily", "no jaundice from nitrofurantoin", ""),
        ("Start hydroxychloroquine 200 mg daily", "lupus on hydroxychloroquine", ""),
        ("Start rifampin 600 mg daily", "isoniazid-induced hepatitis", ""),
        ("Rechallenge with isoniazid 300 mg daily", "isoniazid-induced hepatitis", ""),
    ],
)
def test_what_a_drug_did_before_it_is_not_to_do_again(order, listed, rule):
    hit = {r for r in ("MED301", "MED302") if found(order, r, conditions=[listed])}
    assert hit == ({rule} if rule else set())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "He had jaundice from nitrofurantoin. Start nitrofurantoin 100 mg twice daily",
            True,
        ),
        ("She developed isoniazid-induced hepatitis in 2019. Restart isoniazid 300 mg daily", True),
        ("He had rhabdomyolysis due to simvastatin; give simvastatin 40 mg nightly", True),
        (
            "He had jaundice from nitrofurantoin last year. Start cephalexin 500 mg twice daily",
            False,
        ),
        ("Nitrofurantoin may cause jaundice. Start nitrofurantoin 100 mg twice daily", False),
        (
            "She never had jaundice from nitrofurantoin. Start nitrofurantoin 100 mg twice daily",
            False,
        ),
        ("Watch for neutropenia due to clozapine. Continue clozapine 100 mg daily", False),
    ],
)
def test_a_text_may_tell_what_a_drug_did(text, told):
    assert found(text, "MED301") is told


@pytest.mark.parametrize(
    ("listed", "told"),
    [
        (["myocardial infarction 3 months ago"], True),
        (["TIA five months ago"], True),
        (["myocardial infarction"], True),
        (["myocardial infarction 4 years ago"], False),
        (["TIA 8 months ago"], False),
        (["stroke last year"], False),
        (["myocardial infarction 4 years ago", "TIA 2 months ago"], True),
    ],
)
def test_what_is_feared_for_months_is_dated(listed, told):
    assert found("Start siponimod 2 mg daily", "MED303", conditions=listed) is told
