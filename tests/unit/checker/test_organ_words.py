"""How a record words the class of a liver disease, and what of a combination an organ limits."""

import pytest

from medrag.checker.engine import check
from medrag.checker.words import find
from medrag.core.patient import Patient

CLEARANCE = {"name": "CrCl", "unit": "mL/min"}


def rules(text, **patient):
    report = check(text, Patient.model_validate(patient))
    return {finding.rule_id for finding in report.findings}


@pytest.mark.parametrize(
    ("listed", "moderate_row", "severe_row"),
    [
        ("Child-Pugh class A cirrhosis", False, False),
        ("Child-Pugh A cirrhosis, compensated", False, False),
        ("mild hepatic impairment", False, False),
        ("cirrhosis", False, False),
        ("Child-Pugh B cirrhosis", True, False),
        ("Child-Pugh class B cirrhosis", True, False),
        ("moderate hepatic impairment", True, False),
        ("moderate liver dysfunction", True, False),
        ("moderately impaired hepatic function", True, False),
        ("Child-Pugh class C cirrhosis", True, True),
        ("severe liver impairment", True, True),
        ("severe hepatic insufficiency", True, True),
        ("moderate to severe hepatic impairment", True, True),
        ("decompensated cirrhosis", True, True),
    ],
)
def test_a_liver_row_holds_from_its_own_class_on(listed, moderate_row, severe_row):
    both = "Give binimetinib 45 mg twice daily."  # its row is of moderate or severe impairment
    only = "Give tucatinib 300 mg twice daily."  # its row is of severe impairment
    assert ("MED305" in rules(both, conditions=[listed])) is moderate_row
    assert ("MED305" in rules(only, conditions=[listed])) is severe_row


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("She has moderate hepatic impairment. Give binimetinib 45 mg twice daily.", True),
        ("She has moderate hepatic impairment. Give tucatinib 300 mg twice daily.", False),
        ("Her cirrhosis is Child-Pugh class C. Give tucatinib 300 mg twice daily.", True),
        ("She has Child-Pugh class A cirrhosis. Give binimetinib 45 mg twice daily.", False),
    ],
)
def test_the_text_classes_the_liver_as_the_record_does(text, found):
    assert ("MED305" in rules(text)) is found


@pytest.mark.parametrize(
    ("listed", "found"),
    [
        ("acute hepatitis B", True),
        ("alcoholic hepatitis", True),
        ("hepatitis A", True),
        ("hepatitis", True),
        ("chronic hepatitis C", False),
        ("hepatitis B", False),
    ],
)
def test_only_an_active_hepatitis_is_an_active_liver_disease(listed, found):
    assert ("MED305" in rules("Give atorvastatin 20 mg daily.", conditions=[listed])) is found


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ("Trimethoprim-sulfamethoxazole 160/800 mg twice daily for cystitis.", True),
        ("Give sulfamethoxazole/trimethoprim 800 mg/160 mg every 12 hours.", True),
        ("Give TMP-SMX DS one tablet twice daily.", True),
        ("Give sulfamethoxazole/trimethoprim 400 mg/80 mg every 12 hours.", False),
        ("Give TMP-SMX DS one tablet once daily.", False),
        ("TMP-SMX 160/800 mg every 8 hours for Pneumocystis pneumonia.", False),
        ("TMP-SMX 320/1600 mg every 8 hours for Pneumocystis pneumonia.", True),
    ],
)
def test_kidneys_limit_a_combination_by_its_written_strengths(order, found):
    assert ("MED304" in rules(order, labs=[{**CLEARANCE, "value": 22}])) is found


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ("Rivaroxaban 20 mg daily for atrial fibrillation.", True),
        ("Give rivaroxaban 20 mg once daily.", True),
        ("Rivaroxaban 15 mg once daily for atrial fibrillation.", False),
        ("Rivaroxaban 15 mg twice daily for 21 days for acute DVT.", False),
        ("Continue rivaroxaban 20 mg daily for pulmonary embolism.", False),
    ],
)
def test_a_kidney_limit_may_except_a_use(order, found):
    assert ("MED304" in rules(order, labs=[{**CLEARANCE, "value": 42}])) is found


@pytest.mark.parametrize(
    ("text", "word", "named"),
    [
        ("Child-Pugh class A", "child-pugh c", False),
        ("Child-Pugh C, decompensated", "child-pugh c", True),
        ("protein creatinine ratio", "protein c", False),
        ("protein C deficiency", "protein c", True),
        ("vitamin B12", "vitamin b", True),
        ("keep an eye on it", "K", False),
        ("check K and creatinine", "K", True),
        ("the day 15 infusion", "day 1", False),
        ("the day 1 infusion", "day 1", True),
        ("activity score 0.5", "activity score 0", False),
        ("an index of 0.25", "index of 0.2", True),
        ("hyponatremic", "hyponatrem", True),
    ],
)
def test_a_word_that_ends_in_a_letter_or_a_number_ends_there(text, word, named):
    assert (find(text, (word,)) is not None) is named
