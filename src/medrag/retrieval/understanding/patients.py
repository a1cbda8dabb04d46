"""What is known of the patient, as weak evidence for passages about such patients."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from medrag.core.patient import Patient
from medrag.retrieval.understanding.questions import Question

_ADULT, _OLD = 18, 65
_REDUCED_EGFR = 60
_AGE = re.compile(r"\b(\d{1,3})[- ]?(?:years?|yrs?|y)[- /]?(?:olds?|o)\b|\baged? (\d{1,3})\b")
_EGFR = re.compile(
    r"\b(?:e?gfr|crcl|cl ?cr|creatinine clearance)\b(?:\W{0,2}ml/min(?:/1\.73 ?m(?:2|²|\^2)?)?)?"
    r"\D{0,12}?(?!1\.73)(\d{1,3}(?:\.\d+)?)",
    re.IGNORECASE,
)
_KIDNEY_TESTS = re.compile(r"\be?gfr|crcl|clcr|glomerular|creatinine clearance", re.IGNORECASE)
_REACTION = re.compile(r"\s*\(.*")
_AMOUNT = re.compile(r"\s\d.*")
"""Of "examplazine 5 mg daily" the drug tells where to look, the amount would find any label."""

Fact = tuple[str, str, str]
"""Words to look for, the kind of question that looks there (or nothing), and the reason."""


def facts_of(patient: Patient) -> Iterator[Fact]:
    """Yield what the patient's record says about where to look, surest first."""
    yield from _age_facts(patient.age_years)
    if patient.pregnant:
        yield "pregnancy", "pregnancy", "the patient is pregnant"
    if patient.lactating:
        yield "lactation", "lactation", "the patient is breastfeeding"
    for lab in patient.labs or ():
        reduced = lab.value is not None and lab.value < _REDUCED_EGFR
        if reduced and _KIDNEY_TESTS.search(lab.name):
            yield "renal impairment", "renal", f"the patient's {lab.name} is {lab.value:f}"
            break
    for condition in patient.conditions or ():
        yield condition, "", "a condition of the patient"
    for medication in patient.medications or ():
        yield _AMOUNT.sub("", medication), "", "the patient takes it"
    for allergy in patient.allergies or ():
        yield f"{_REACTION.sub('', allergy)} allergy", "", "the patient is allergic to it"


def stated_facts(question: Question) -> Iterator[Fact]:
    """Yield what the question itself says about the patient in numbers."""
    age = _AGE.search(question.text.casefold())
    if age is not None:
        yield from _age_facts(Decimal(age[1] or age[2]))
    test = _EGFR.search(question.text)
    if test is not None and Decimal(test[1]) < _REDUCED_EGFR:
        yield "renal impairment", "renal", f"{test[0].strip()} in the question"


def _age_facts(age: Decimal | None) -> Iterator[Fact]:
    if age is not None and age < _ADULT:
        yield "pediatric", "pediatric", f"age {age:f}"
    if age is not None and age >= _OLD:
        yield "geriatric", "geriatric", f"age {age:f}"
