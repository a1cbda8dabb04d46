"""The parts of FHIR resources that medrag reads, for R4, R4B and R5 alike.

Only what is read is checked, so that an unusual extension of an imaging study never costs a
patient. What is read must be of the type that the standard says; nothing is guessed.

Source: HL7 FHIR R4 (4.0.1) and R5 (5.0.0), hl7.org/fhir.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
)
from pydantic.alias_generators import to_camel

from medrag.interop.fhir.moments import Moment


def _moment(value: Any) -> Any:
    return Moment.parse(value) if isinstance(value, str) else value


When = Annotated[Moment, BeforeValidator(_moment)]
"""A FHIR `date`, `dateTime` or `instant`."""

_MOST_PLACES = 18


def _sized(value: Decimal) -> Decimal:
    """Refuse what only an attack writes: 1E+99999999 has a hundred million digits in words."""
    if value and abs(value.adjusted()) > _MOST_PLACES:
        raise ValueError(f"expected a number between 1e-{_MOST_PLACES} and 1e{_MOST_PLACES}")
    return value


Amount = Annotated[Decimal, Field(allow_inf_nan=False), AfterValidator(_sized)]
"""A FHIR `decimal` of a size that is measured or given."""


class Element(BaseModel):
    """The root of what is read: frozen, blind to elements that it does not name."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        alias_generator=to_camel,
        arbitrary_types_allowed=True,
        coerce_numbers_to_str=False,
    )


_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,19}")
_SYSTEMS = {
    "http://www.nlm.nih.gov/research/umls/rxnorm": "RxNorm",
    "http://snomed.info/sct": "SNOMED CT",
    "http://hl7.org/fhir/sid/icd-10-cm": "ICD-10-CM",
    "http://hl7.org/fhir/sid/icd-10": "ICD-10",
    "http://hl7.org/fhir/sid/icd-9-cm": "ICD-9-CM",
    "http://hl7.org/fhir/sid/ndc": "NDC",
    "http://hl7.org/fhir/sid/cvx": "CVX",
    "http://www.whocc.no/atc": "ATC",
    "http://fdasis.nlm.nih.gov": "UNII",
    "http://loinc.org": "LOINC",
}
"""Source: HL7 Terminology (THO), terminology.hl7.org, external code systems."""
_NUMBERED = frozenset({"http://www.nlm.nih.gov/research/umls/rxnorm", "http://snomed.info/sct"})
"""Systems whose codes are numbers: anything else there may be somebody's name."""
_NUMBER = re.compile(r"\d{1,18}")
_DIGIT = re.compile(r"\d")
_LETTER = re.compile(r"[^\W\d_]")


class Coding(Element):
    """One code of a code system."""

    system: str | None = None
    code: str | None = None
    display: str | None = None

    def named(self) -> str | None:
        """Return `RxNorm 860975`; None where there is no code, or none of a code's form."""
        form = _NUMBER if self.system in _NUMBERED else _CODE
        if self.code is None or not form.fullmatch(self.code):
            return None
        return f"{_SYSTEMS.get(self.system or '', 'an unknown code system')} {self.code}"


class Concept(Element):
    """A `CodeableConcept`."""

    coding: tuple[Coding, ...] = ()
    text: str | None = None

    @property
    def codes(self) -> frozenset[str]:
        """Every code, whatever its system."""
        return frozenset(coding.code for coding in self.coding if coding.code)

    def words(self) -> str | None:
        """Return what a person reads: the text, else the first display, else None.

        What has no letter says nothing, nor does a code with digits that is repeated as display.
        """
        said = (self.text, *(coding.display for coding in self.coding))
        stripped = (words.strip() for words in said if words)
        return next((words for words in stripped if self._says(words)), None)

    def _says(self, words: str) -> bool:
        repeated = words in self.codes and _DIGIT.search(words) is not None
        return _LETTER.search(words) is not None and not repeated

    def named_codes(self) -> str | None:
        """Return the codes as somebody would look them up, or None where there are none.

        A code system has its common name; a code that no code system would have is not repeated.
        """
        named = (coding.named() for coding in self.coding)
        return ", ".join(dict.fromkeys(name for name in named if name)) or None

    def code_in(self, system: str) -> str | None:
        """Return the first code of `system`."""
        return next((c.code for c in self.coding if c.system == system and c.code), None)


def _coded(value: Any) -> Any:
    return {"coding": [{"code": value}]} if isinstance(value, str) else value


Status = Annotated[Concept, BeforeValidator(_coded)]
"""A coded status, which was a bare code before R4."""


class Quantity(Element):
    """A `Quantity`, as reported."""

    value: Amount | None = None
    comparator: str | None = None
    unit: str | None = None
    system: str | None = None
    code: str | None = None

    def written_unit(self) -> str | None:
        """Return the UCUM code where there is one, else the unit as printed."""
        is_ucum = self.system == "http://unitsofmeasure.org" and self.code
        return self.code if is_ucum else self.unit or self.code


class Range(Element):
    """A `Range` of quantities."""

    low: Quantity | None = None
    high: Quantity | None = None


class Ratio(Element):
    """A `Ratio` of two quantities."""

    numerator: Quantity | None = None
    denominator: Quantity | None = None


class Period(Element):
    """A `Period`; open where an end is missing."""

    start: When | None = None
    end: When | None = None


class Reference(Element):
    """A `Reference` to another resource."""

    reference: str | None = None
    display: str | None = None


class ConceptOrReference(Element):
    """R5's `CodeableReference`."""

    concept: Concept | None = None
    reference: Reference | None = None


class PersonLink(Element):
    """How another record of the same person stands to this one."""

    type: str | None = None


class Person(Element):
    """What is read of a `Patient`."""

    id: str | None = None
    gender: str | None = None
    birth_date: When | None = None
    deceased_boolean: bool | None = None
    deceased_date_time: When | None = None
    active: bool | None = None
    link: tuple[PersonLink, ...] = ()


class Component(Element):
    """A component of an observation, such as the systolic pressure."""

    code: Concept
    value_quantity: Quantity | None = None
    value_integer: int | None = None
    value_string: str | None = None
    value_codeable_concept: Concept | None = None


class Observation(Element):
    """What is read of an `Observation`."""

    status: str
    code: Concept
    effective_date_time: When | None = None
    effective_instant: When | None = None
    effective_period: Period | None = None
    issued: When | None = None
    value_quantity: Quantity | None = None
    value_integer: int | None = None
    value_string: str | None = None
    value_codeable_concept: Concept | None = None
    value_date_time: When | None = None
    value_boolean: bool | None = None
    component: tuple[Component, ...] = ()

    @property
    def taken(self) -> Moment | None:
        """When it was true; when it was issued where nothing else is said."""
        period = self.effective_period
        ends = (period.end or period.start,) if period else ()
        known = (self.effective_date_time, self.effective_instant, *ends, self.issued)
        return next((moment for moment in known if moment is not None), None)


class Condition(Element):
    """What is read of a `Condition`."""

    clinical_status: Status | None = None
    verification_status: Status | None = None
    code: Concept | None = None
    onset_date_time: When | None = None
    recorded_date: When | None = None
    abatement_date_time: When | None = None
    abatement_period: Period | None = None
    abatement_string: str | None = None
    abatement_age: Quantity | None = None
    abatement_range: Range | None = None
    abatement_boolean: bool | None = None

    @property
    def is_abated(self) -> bool:
        """Whether it is said to have ended at a time that is no day."""
        said = (self.abatement_string, self.abatement_age, self.abatement_range)
        return bool(self.abatement_boolean) or any(part is not None for part in said)


class Reaction(Element):
    """One reaction of an allergy; R5 wraps its manifestations."""

    substance: Concept | None = None
    manifestation: tuple[Concept | ConceptOrReference, ...] = ()
    severity: str | None = None


class Allergy(Element):
    """What is read of an `AllergyIntolerance`."""

    clinical_status: Status | None = None
    verification_status: Status | None = None
    type: Status | None = None
    criticality: str | None = None
    code: Concept | None = None
    reaction: tuple[Reaction, ...] = ()


class Repeat(Element):
    """How often, of a `Timing`."""

    frequency: int | None = None
    frequency_max: int | None = None
    period: Amount | None = None
    period_max: Amount | None = None
    period_unit: str | None = None
    bounds_duration: Quantity | None = None
    bounds_period: Period | None = None
    count: int | None = None
    when: tuple[str, ...] = ()
    time_of_day: tuple[str, ...] = ()
    day_of_week: tuple[str, ...] = ()


class Timing(Element):
    """A `Timing`."""

    repeat: Repeat | None = None
    code: Concept | None = None


class DoseAndRate(Element):
    """An amount of a `Dosage`."""

    dose_quantity: Quantity | None = None
    dose_range: Range | None = None
    rate_quantity: Quantity | None = None
    rate_ratio: Ratio | None = None
    rate_range: Range | None = None


class Dosage(Element):
    """A `Dosage`; that of an administration, and of releases before R4, has its dose directly."""

    text: str | None = None
    patient_instruction: str | None = None
    timing: Timing | None = None
    as_needed: bool | None = Field(
        default=None, validation_alias=AliasChoices("asNeeded", "asNeededBoolean")
    )
    as_needed_for: tuple[Concept, ...] = ()
    as_needed_codeable_concept: Concept | None = None
    route: Concept | None = None
    dose_and_rate: tuple[DoseAndRate, ...] = ()
    dose: Quantity | None = Field(
        default=None, validation_alias=AliasChoices("dose", "doseQuantity")
    )
    rate_quantity: Quantity | None = None
    rate_ratio: Ratio | None = None
    max_dose_per_period: tuple[Ratio, ...] | Ratio | None = None


class Ingredient(Element):
    """An ingredient of a `Medication`."""

    item_codeable_concept: Concept | None = None
    item: ConceptOrReference | None = None


class Medication(Element):
    """What is read of a `Medication`."""

    id: str | None = None
    code: Concept | None = None
    ingredient: tuple[Ingredient, ...] = ()


class Adherence(Element):
    """Whether the patient does take it (R5)."""

    code: Concept


class Order(Element):
    """What is read of a medication order, statement or administration, whichever it is."""

    status: str
    intent: str | None = None
    do_not_perform: bool = False
    medication: ConceptOrReference | None = None
    medication_codeable_concept: Concept | None = None
    medication_reference: Reference | None = None
    authored_on: When | None = None
    effective_date_time: When | None = Field(
        default=None, validation_alias=AliasChoices("effectiveDateTime", "occurenceDateTime")
    )
    effective_period: Period | None = Field(
        default=None, validation_alias=AliasChoices("effectivePeriod", "occurencePeriod")
    )
    dosage_instruction: tuple[Dosage, ...] = ()
    dosage: tuple[Dosage, ...] | Dosage = ()
    adherence: Adherence | None = None
