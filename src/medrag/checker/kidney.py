"""Kidney function from what is known of a patient."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from medrag.checker.context import Context
from medrag.checker.facts import Facts
from medrag.clinical import formulas

_OBESE = Decimal("1.3")
"""Times the ideal weight from which the adjusted weight is used: Winter MA et al.,
Pharmacotherapy 2012;32:604-612."""

_SAID = r"(?:renal|kidney) (?:impairment|insufficiency|dysfunction|disease|failure)"
_STAGE = rf"(?:ckd|{_SAID})[ ,(]{{0,2}}(?:stage |g ?|stage g ?)?"
_CLASSES = tuple(
    (re.compile(pattern), Decimal(most), label)
    for pattern, most, label in (
        (r"\banuri[ac]", 9, "anuria"),
        (rf"\b{_STAGE}(?:5|v)\b|\bstage (?:5|v) (?:ckd|(?:chronic )?{_SAID})", 14, "stage 5"),
        (
            rf"(?<!to )(?<!or )\bsevere(?:ly)? (?:chronic )?{_SAID}"
            rf"|\bseverely impaired (?:renal|kidney)|\b{_STAGE}(?:4|iv)\b"
            rf"|\bstage (?:4|iv) (?:ckd|(?:chronic )?{_SAID})",
            29,
            "severe impairment",
        ),
        (
            rf"\b{_STAGE}(?:3b|iiib)\b|\bstage (?:3b|iiib) (?:ckd|(?:chronic )?{_SAID})",
            44,
            "stage 3b",
        ),
        (
            rf"\bmoderate(?: (?:to|or) severe)? (?:chronic )?{_SAID}|\b{_STAGE}(?:3a?|iiia?)\b"
            rf"|\bstage (?:3a?|iiia?) (?:ckd|(?:chronic )?{_SAID})",
            59,
            "moderate impairment",
        ),
    )
)
"""What a problem list calls kidney function and the most that it can be: KDIGO 2024, table of GFR
categories; FDA guidance on pharmacokinetics in renal impairment (2020)."""
_NOT_NOW = re.compile(r"\b(?:no|not|without|denies|resolved|recovered|family|mother|father)\b")


@dataclass(frozen=True, slots=True)
class Kidney:
    """Kidney function.

    Attributes:
        egfr: mL/min/1.73 m2, as reported or by CKD-EPI 2021.
        crcl: mL/min, as reported or by Cockcroft and Gault.
        dialysis: The problem list or the text says end-stage disease or dialysis.
        called: The most that the problem list's own words leave, and what it calls it.
    """

    egfr: Decimal | None
    crcl: Decimal | None
    dialysis: bool
    called: tuple[Decimal, str] | None = None

    def measure(self, name: str) -> tuple[Decimal, str] | None:
        """Return the value to compare with a limit in `name` and how it was found.

        One measure stands in for the other where only one is known.
        """
        own = (self.egfr, "eGFR") if name == "egfr" else (self.crcl, "creatinine clearance")
        other = (self.crcl, "creatinine clearance") if name == "egfr" else (self.egfr, "eGFR")
        for value, label in (own, other):
            if value is not None:
                return value, f"{label} {value:.0f}"
        return (Decimal(5), "dialysis") if self.dialysis else self.called


def kidney_of(context: Context) -> Kidney:
    """Return the kidney function of the patient of a text, reckoned once."""
    return context.once(_kidney)


def _kidney(context: Context) -> Kidney:
    return kidney(context.facts)


def kidney(facts: Facts) -> Kidney:
    """Return the kidney function of a patient; unknown parts are None."""
    egfr = facts.lab("egfr", "mL/min/{1.73_m2}")
    crcl = facts.lab("creatinine-clearance", "mL/min")
    if crcl is None:
        crcl = cockcroft_gault(facts)
    if egfr is None and crcl is None:
        egfr = ckd_epi(facts)
    dialysis = facts.has("end-stage-kidney-disease")
    called = _called(facts.words) if egfr is None and crcl is None else None
    return Kidney(egfr=egfr, crcl=crcl, dialysis=dialysis, called=called)


@lru_cache(maxsize=256)
def _called(words: str) -> tuple[Decimal, str] | None:
    """Return the lowest class of kidney function that a line of the problem list names."""
    lines = [line for line in words.split("\n") if not _NOT_NOW.search(line)]
    for pattern, most, label in _CLASSES:
        if any(pattern.search(line) for line in lines):
            return most, f"kidney disease ({label})"
    return None


def cockcroft_gault(facts: Facts) -> Decimal | None:
    """Return the creatinine clearance of an adult in mL/min; None if a datum is missing.

    By actual weight; by the adjusted one from 1.3 times the ideal weight, where the height is
    known.
    """
    patient, sex = facts.patient, _sex(facts)
    creatinine = facts.lab("creatinine", "mg/dL")
    if creatinine is None or patient.age_years is None or patient.weight_kg is None:
        return None
    if sex is None:
        return None
    weight = patient.weight_kg
    try:
        if patient.height_cm is not None and patient.height_cm >= Decimal("152.4"):
            ideal = formulas.ideal_body_weight(height_cm=patient.height_cm, sex=sex)
            if weight > ideal * _OBESE:
                weight = formulas.adjusted_body_weight(
                    weight_kg=weight, height_cm=patient.height_cm, sex=sex
                )
        return formulas.cockcroft_gault(
            age_years=patient.age_years, weight_kg=weight, creatinine_mg_dl=creatinine, sex=sex
        )
    except ValueError:
        return None  # outside what the formula was made for: a child, an impossible value


def ckd_epi(facts: Facts) -> Decimal | None:
    """Return the eGFR of an adult by CKD-EPI 2021; None if a datum is missing."""
    patient, sex = facts.patient, _sex(facts)
    creatinine = facts.lab("creatinine", "mg/dL")
    if creatinine is None or patient.age_years is None or sex is None:
        return None
    try:
        return formulas.ckd_epi_2021(
            age_years=patient.age_years, creatinine_mg_dl=creatinine, sex=sex
        )
    except ValueError:
        return None


def _sex(facts: Facts) -> formulas.Sex | None:
    sex = facts.patient.sex
    if sex == "female":
        return "female"
    return "male" if sex == "male" else None
