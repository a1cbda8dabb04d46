"""What a question says of whom it asks about."""

import pytest

import medrag
from medrag.checker.asked import with_asked
from medrag.core.patient import Patient

UNSAFE = [
    (
        "How is syphilis treated in adults with penicillin allergy?",
        "Benzathine penicillin G 2.4 million units IM in a single dose.",
        "allergy",
    ),
    (
        "Antibiotic for a UTI if allergic to sulfa?",
        "Trimethoprim-sulfamethoxazole 800/160 mg twice daily for 3 days.",
        "allergy",
    ),
    ("What treats hypertension in pregnancy?", "Lisinopril 10 mg once daily.", "pregnancy"),
    (
        "Which antibiotic for a breastfeeding mother with mastitis who is allergic to penicillin?",
        "Flucloxacillin 500 mg four times daily for 10 days.",
        "allergy",
    ),
    (
        "Pain relief for a patient on warfarin?",
        "Ibuprofen 400 mg three times daily.",
        "interaction",
    ),
    (
        "My patient takes tranylcypromine; what for her migraine?",
        "Sumatriptan 50 mg by mouth once.",
        "interaction",
    ),
    ("Which beta blocker in asthma?", "Propranolol 40 mg twice daily.", "contraindication"),
    (
        "Metformin dose with an eGFR of 22?",
        "Metformin 1000 mg twice daily.",
        "renal",
    ),
    ("Fever in a 3-year-old, 14 kg: which dose?", "Paracetamol 1 g every 6 hours.", "weight-dose"),
]
"""Questions, answers that do not fit them, and the category of the finding."""

SILENT = [
    ("Must pregnancy be excluded before isotretinoin?", "Isotretinoin 20 mg once daily."),
    ("Does contraception fail with isotretinoin after pregnancy?", "Isotretinoin 20 mg daily."),
    ("What is the risk of asthma attacks?", "Propranolol 40 mg twice daily."),
    ("Which antibiotic in adults without penicillin allergy?", "Amoxicillin 500 mg three times."),
    ("Should I start him on warfarin?", "Ibuprofen 400 mg three times daily."),
    ("Is lisinopril allowed in pregnancy?", "Lisinopril is contraindicated in pregnancy."),
    ("What may a patient on warfarin take for pain?", "Paracetamol 500 mg every 6 hours."),
    ("Can metformin be given with an eGFR of 75?", "Metformin 500 mg twice daily."),
    ("What is the dose of warfarin for a patient on warfarin?", "Warfarin 3 mg once daily."),
]


def raised(text, **more):
    """Return the categories of what is found at warning or above."""
    found = medrag.check(text, **more).findings
    return {finding.category for finding in found if finding.severity != "info"}


@pytest.mark.parametrize(("question", "answer", "category"), UNSAFE)
def test_an_answer_that_does_not_fit_is_found(question, answer, category):
    assert category not in raised(answer)
    assert category in raised(answer, asked=question)


@pytest.mark.parametrize(("question", "answer"), SILENT)
def test_a_question_adds_nothing_that_it_does_not_say(question, answer):
    assert raised(answer, asked=question) == raised(answer)


def test_the_record_wins():
    record = Patient(pregnant=False, labs=[{"name": "eGFR", "value": 80}])
    asked = "Metformin or lisinopril in pregnancy with an eGFR of 20?"
    facts = with_asked(record, asked)
    assert facts.patient.pregnant is False
    assert facts.labs["egfr"].value == 80


def test_drugs_of_the_question_join_those_of_the_record():
    facts = with_asked(Patient(medications=["metformin 500 mg daily"]), "For a man on warfarin?")
    assert [drug.ingredients for drug in facts.medications] == [("metformin",), ("warfarin",)]
    assert facts.lists_medications
    assert facts.given.medications == ("metformin 500 mg daily",)


def test_what_only_the_question_lists_is_no_medication_list():
    asked = with_asked(Patient(), "For a man on warfarin and amiodarone?")
    assert [drug.ingredients for drug in asked.medications] == [("warfarin",), ("amiodarone",)]
    assert not asked.lists_medications
    told = medrag.check("Give ibuprofen 400 mg.", Patient(), asked="Pain in a man on lithium?")
    assert any("medication list" in item.reason for item in told.not_checked)


@pytest.mark.parametrize("question", ["", " ", "\n", "?" * 5000, "\u202eon warfarin"])
def test_any_question_is_read(question):
    assert medrag.check("Give ibuprofen 400 mg.", asked=question).rules_run
