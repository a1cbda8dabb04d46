"""What a prompt says of a patient: facts without identifiers, and whose advice applies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from medrag.core.patient import Lab, Patient
from medrag.generation.shown import inert

_OLDEST = 89
"""Ages above it are stated as one class: US Safe Harbor, 45 CFR 164.514(b)(2)(i)(C)."""
_ADULT, _OLDER = 18, 65
_MAY_BE_PREGNANT = range(12, 56)


def patient_facts(patient: Patient | None) -> str:
    """Return what is known of a patient, one fact a line; empty where nothing is.

    Unknown fields are left out; an empty list is stated as "none known". No date is stated:
    a result is so many days older than the latest one.
    """
    if patient is None:
        return ""
    lines = [f"- {name}: {inert(text)}" for name, text in _facts(patient) if text]
    return "\n".join(lines)


def scope_of(patient: Patient | None) -> str:
    """Return for whom the answer is to be, one sentence or two."""
    parts = [_age_scope(None if patient is None else patient.age_years)]
    if patient is not None:
        parts += _reproductive_scope(patient)
    return " ".join(parts)


def _age_scope(age: Decimal | None) -> str:
    if age is None:
        return (
            "The age is not known: where the passages differ between adults, older adults and "
            "children, say for whom each claim holds."
        )
    if age < _ADULT:
        return (
            f"The patient is a child of {_age(age)}: what is said of adults only does not apply. "
            "If nothing is said of children of this age, reply insufficient."
        )
    kind = "an older adult" if age >= _OLDER else "an adult"
    return f"The patient is {kind}: what is said of children only does not apply."


def _reproductive_scope(patient: Patient) -> list[str]:
    parts = []
    if patient.pregnant:
        parts.append(
            "The patient is pregnant: what is said of pregnancy comes first. If the passages say "
            "nothing of pregnancy, say that this is missing."
        )
    elif patient.pregnant is None and _may_be_pregnant(patient):
        parts.append("Whether the patient is pregnant is not known.")
    if patient.lactating:
        parts.append("The patient is breastfeeding: what is said of breastfeeding comes first.")
    return parts


def _may_be_pregnant(patient: Patient) -> bool:
    age = patient.age_years
    return patient.sex == "female" and age is not None and int(age) in _MAY_BE_PREGNANT


def _facts(patient: Patient) -> list[tuple[str, str]]:
    yes_no = {True: "yes", False: "no", None: ""}
    return [
        ("age", "" if patient.age_years is None else _age(patient.age_years)),
        ("sex", patient.sex or ""),
        ("weight", _measure(patient.weight_kg, "kg")),
        ("height", _measure(patient.height_cm, "cm")),
        ("pregnant", yes_no[patient.pregnant]),
        ("breastfeeding", yes_no[patient.lactating]),
        ("allergies", _listing(patient.allergies)),
        ("conditions", _listing(patient.conditions)),
        ("current medications", _listing(patient.medications)),
        ("laboratory", _listing(None if patient.labs is None else _labs(patient.labs))),
    ]


def _age(years: Decimal) -> str:
    if years > _OLDEST:
        return f"over {_OLDEST} years"
    if years >= 2 or years == 1:
        return f"{years.normalize():f} year{'s' * (years != 1)}"
    days = round(years * Decimal("365.25"))
    if days < 31:
        return f"{days} day{'s' * (days != 1)}"
    return f"{round(years * 12)} months"


def _measure(value: object, unit: str) -> str:
    return "" if value is None else f"{value} {unit}"


def _listing(items: Sequence[str] | None) -> str:
    return "" if items is None else "; ".join(items) or "none known"


def _labs(labs: Sequence[Lab]) -> list[str]:
    days = [lab.taken for lab in labs if lab.taken is not None]
    return [_lab(lab, max(days, default=None)) for lab in labs]


def _lab(lab: Lab, latest: date | None) -> str:
    unit = f" {lab.unit}" if lab.unit else ""
    reported = lab.result if lab.value is None else lab.value
    older = (latest - lab.taken).days if latest is not None and lab.taken is not None else 0
    behind = f" ({older} day{'s' * (older != 1)} older than the latest)" if older else ""
    return f"{lab.name} {reported}{unit}{behind}"
