"""Kidney function from what is known of a patient."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from medrag.checker.facts import Facts


@dataclass(frozen=True, slots=True)
class Kidney:
    """Kidney function.

    Attributes:
        egfr: mL/min/1.73 m2, as reported.
        crcl: mL/min, as reported or by Cockcroft and Gault.
        dialysis: The problem list says end-stage disease or dialysis.
    """

    egfr: Decimal | None
    crcl: Decimal | None
    dialysis: bool

    def measure(self, name: str) -> tuple[Decimal, str] | None:
        """Return the value to compare with a limit in `name` and how it was found.

        One measure stands in for the other where only one is known.
        """
        own = (self.egfr, "eGFR") if name == "egfr" else (self.crcl, "creatinine clearance")
        other = (self.crcl, "creatinine clearance") if name == "egfr" else (self.egfr, "eGFR")
        for value, label in (own, other):
            if value is not None:
                return value, f"{label} {value:.0f}"
        return (Decimal(5), "dialysis") if self.dialysis else None


def kidney(facts: Facts) -> Kidney:
    """Return the kidney function of a patient; unknown parts are None."""
    egfr = facts.lab("egfr", "mL/min/{1.73_m2}")
    crcl = facts.lab("creatinine-clearance", "mL/min")
    if crcl is None:
        crcl = cockcroft_gault(facts)
    dialysis = bool(facts.conditions and "end-stage-kidney-disease" in facts.conditions)
    return Kidney(egfr=egfr, crcl=crcl, dialysis=dialysis)


def cockcroft_gault(facts: Facts) -> Decimal | None:
    """Return the creatinine clearance in mL/min, by actual weight; None if a datum is missing.

    Source: Cockcroft and Gault, Nephron 1976;16:31-41. Adults only.
    """
    patient = facts.patient
    creatinine = facts.lab("creatinine", "mg/dL")
    if creatinine is None or creatinine <= 0 or facts.is_child:
        return None
    if patient.age_years is None or patient.weight_kg is None:
        return None
    if patient.sex not in {"female", "male"}:
        return None
    factor = Decimal("0.85") if patient.sex == "female" else Decimal(1)
    return (140 - patient.age_years) * patient.weight_kg * factor / (72 * creatinine)
