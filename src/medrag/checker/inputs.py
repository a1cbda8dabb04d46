"""What a calculation of a text starts from: values that it states, else the patient's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from medrag.checker.context import Context
from medrag.clinical import LabMention, Quantity, QuantityMention, convert
from medrag.clinical.formulas import Sex
from medrag.clinical.lexicon import load
from medrag.core.span import Span

_FEMALE = re.compile(r"\b(?:wom[ae]n|female|girl|lady|she|her)\b", re.I)
_MALE = re.compile(r"\b(?:m[ae]n|male|boy|gentleman|he|his)\b", re.I)
_ADULT = 18
_WHOLE = Span(start=0, end=1)


@dataclass(frozen=True, slots=True)
class Inputs:
    """The values from which a claimed result follows.

    Attributes:
        context: The text and the patient.
        claim: Where the claimed result stands: never an input of itself.
        of_record: Whether the patient's record goes before what the text states, which may be
            another's ("somebody with an albumin of 4.0").
    """

    context: Context
    claim: Span = _WHOLE
    of_record: bool = False

    def lab(self, analyte: str, unit: str) -> Decimal | None:
        """Return the value of an analyte: as the text states it, else the patient's."""
        entry = load().analytes[analyte]
        known = self.context.facts.lab(analyte, unit)
        if self.of_record and known is not None:
            return known
        for lab in self.context.content.labs:
            if not self._is_input(lab) or lab.analyte != analyte or lab.value is None:
                continue
            stated = lab.value if lab.value.unit != "1" else Quantity(lab.value.value, unit)
            converted = entry.convert(stated, unit)
            if converted is not None:
                return converted.value
        return known

    def measure(self, unit: str) -> Decimal | None:
        """Return the first quantity of the text in `unit` outside the claim (kg, cm, /min)."""
        found = self.context.content.quantities
        near = [q for q in found if self._is_outside(q) and not q.quantity.high]
        converted = (convert(q.quantity, unit) for q in near)
        return next((value.value for value in converted if value is not None), None)

    @property
    def weight(self) -> Decimal | None:
        """Weight in kg: of several in the text (ideal, adjusted) none may be the patient's."""
        known, given = self.context.facts.patient.weight_kg, self.context.facts.given.weight_kg
        if self.of_record and given is not None:
            return given
        stated = {q.quantity.value for q in self.context.content.quantities if self._is_mass(q)}
        return known if len(stated) > 1 else self.measure("kg") or given

    @property
    def age(self) -> Decimal | None:
        """Age in years: the patient's, else the only one that the text states of an adult."""
        known = self.context.facts.patient.age_years
        if known is not None:
            return known
        spans = (q.quantity for q in self.context.content.quantities if self._is_outside(q))
        years = {q.value for q in spans if q.unit == "a" and q.high is None and q.value >= _ADULT}
        return years.pop() if len(years) == 1 else None

    @property
    def height(self) -> Decimal | None:
        """Height in cm."""
        given = self.context.facts.given.height_cm
        if self.of_record and given is not None:
            return given
        stated = self.measure("cm")
        return stated if stated and stated > 40 else given

    @property
    def sex(self) -> Sex | None:
        """Sex; None where neither patient nor text says."""
        known = self.context.facts.patient.sex
        if known in {"female", "male"}:
            return "female" if known == "female" else "male"
        text = self.context.text
        if _FEMALE.search(text):
            return "female"
        return "male" if _MALE.search(text) else None

    def _is_input(self, lab: LabMention) -> bool:
        return lab.role != "threshold" and not self.claim.start <= lab.start < self.claim.end

    def _is_mass(self, found: QuantityMention) -> bool:
        return self._is_outside(found) and found.quantity.unit == "kg"

    def _is_outside(self, found: QuantityMention) -> bool:
        return not self.claim.start <= found.start < self.claim.end
