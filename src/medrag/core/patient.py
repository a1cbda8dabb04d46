"""What is known of one patient; every field is optional and none is guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from importlib import import_module
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    SerializerFunctionWrapHandler,
    StrictBool,
    ValidationError,
    model_serializer,
    model_validator,
)

from medrag.core.span import Value, WholeText
from medrag.errors import InputError, nearest_name

_NUMBER = re.compile(r"[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|nan|inf(?:inity)?)", re.I)
_PRESSURE = re.compile(r"(\d{2,3})\s*/\s*(\d{2,3})")
_PRESSURE_NAME = re.compile(r"(?:arterial )?(?:bp|blood pressure)", re.I)
_SMALLEST, _LARGEST = Decimal("1e-12"), Decimal("1e12")


def _measurable(value: Decimal) -> Decimal:
    """Refuse what no instrument reports; write one number in one way: 48, never 48.0 or 4.8E+1.

    It becomes a JSON number in a record, and must be the same text when it is read again.
    """
    if value and not _SMALLEST <= abs(value) <= _LARGEST:
        raise ValueError("expected a number between 1e-12 and 1e12 in size")
    shortest = Decimal(repr(float(value))).normalize()
    is_whole = shortest == shortest.to_integral_value()
    return shortest.quantize(Decimal(1)) if is_whole else shortest


Number = Annotated[
    Decimal,
    Field(allow_inf_nan=False),
    AfterValidator(_measurable),
    PlainSerializer(float, return_type=float, when_used="json"),
]
"""An exact decimal; a JSON number on the wire."""


class Lab(Value):
    """One laboratory result as reported.

    A text given as the value becomes `result`, unless it is a number.

    Attributes:
        name: The analyte as the institution writes it (`eGFR`, `potassium`).
        value: The number reported, in `unit`; None where there is none.
        unit: As reported, e.g. `mL/min/1.73m2`; None where the quantity has none (INR).
        taken: The day the sample was taken.
        result: What was reported instead of a number: `negative`, `> 60`. A bound is no value.

    Raises:
        ValueError: There is neither a value nor a result.
    """

    name: WholeText
    value: Number | None = None
    unit: WholeText | None = None
    taken: date | None = None
    result: WholeText | None = None

    @model_validator(mode="before")
    @classmethod
    def _words_are_results(cls, fields: Any) -> Any:
        if not isinstance(fields, Mapping):
            return fields
        read = {**fields, "unit": fields.get("unit") or None}
        value = read.get("value")
        if isinstance(value, str) and not _NUMBER.fullmatch(value.strip()):
            read = {**read, "value": None, "result": value.strip() or None}
        return read

    def __str__(self) -> str:
        """Return the result as a line: `eGFR 38 mL/min/1.73m2 (2026-05-17)`."""
        found = self.result if self.value is None else self.value
        unit = f" {self.unit}" if self.unit else ""
        return f"{self.name} {found}{unit}" + (f" ({self.taken})" if self.taken else "")

    @model_validator(mode="after")
    def _says_something(self) -> Lab:
        if self.value is None and self.result is None:
            raise ValueError("expected a number as value, or words as result")
        return self


def _apart(labs: Any) -> Any:
    """Return results with a blood pressure such as 126/78 as its two numbers."""
    if not isinstance(labs, (list, tuple)):
        return labs
    return [part for lab in labs for part in _pressures(lab)]


def _pressures(lab: Any) -> list[Any]:
    value = lab.get("value") if isinstance(lab, Mapping) else None
    match = _PRESSURE.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None or not _PRESSURE_NAME.fullmatch(str(lab.get("name", "")).strip()):
        return [lab]
    parts = zip(("systolic", "diastolic"), match.groups(), strict=True)
    return [{**lab, "name": f"{part} blood pressure", "value": number} for part, number in parts]


class Patient(Value):
    """One patient's facts, as far as they are known.

    None means "not known", an empty list means "known to be none": a check that lacks a
    datum reports NOT CHECKED, never "safe".

    Attributes:
        age_years: In years; fractions for infants (0.25 is three months).
        weight_kg: In kilograms.
        height_cm: In centimetres.
        allergies: Substances, each with a reaction where known (`penicillin (anaphylaxis)`).
        conditions: Active problems, in words.
        medications: Current medications as ordered (`warfarin 5 mg daily`).
        labs: Latest results, any order.
        unread: What of the record holds and could not be read, each with the reason; None where
            all was read. Every check names it as not checked.
    """

    age_years: Annotated[Number, Field(ge=0, le=130)] | None = None
    sex: Literal["female", "male", "other", "unknown"] | None = None
    weight_kg: Annotated[Number, Field(gt=0, le=700)] | None = None
    height_cm: Annotated[Number, Field(gt=0, le=300)] | None = None
    pregnant: StrictBool | None = None
    lactating: StrictBool | None = None
    allergies: tuple[WholeText, ...] | None = None
    conditions: tuple[WholeText, ...] | None = None
    medications: tuple[WholeText, ...] | None = None
    labs: Annotated[tuple[Lab, ...], BeforeValidator(_apart)] | None = None
    unread: tuple[WholeText, ...] | None = None

    @model_serializer(mode="wrap")
    def _without_news_of_nothing(self, handler: SerializerFunctionWrapHandler):  # type: ignore[no-untyped-def]
        # Answers were signed before there was `unread`: without it they are written as ever. No
        # type is named here: it would replace the schema.
        written = handler(self)
        if self.unread is None:
            written.pop("unread", None)
        return written

    @classmethod
    def from_fhir(
        cls, resource: Mapping[str, Any] | str | bytes, *, as_of: date | None = None
    ) -> Patient:
        """Return the facts of the one patient in FHIR R4 or R5 resources.

        `medrag.interop.fhir.read_fhir` also says what was not used, and why.

        Args:
            resource: A Bundle of any type, or a Patient, as a JSON object or its text.
            as_of: The day for which the facts shall hold; today (UTC) where None.

        Raises:
            InputError: Not the resources of one patient, or not what FHIR says; names the
                place, never a value.
        """
        return _read_fhir(resource, as_of=as_of, where="")

    def _repr_html_(self) -> str:
        from medrag.core.html import patient_html

        return patient_html(self)


def _read_fhir(
    resource: Mapping[str, Any] | str | bytes, *, as_of: date | None, where: str
) -> Patient:
    # By name: the reader stands on a higher floor, since it knows units and laboratory tests.
    reader = import_module("medrag.interop.fhir.patients").read_fhir
    read: Patient = reader(resource, as_of=as_of, where=where).patient
    return read


def read_patient(fields: object, *, where: str = "patient") -> Patient | None:
    """Return the patient in a JSON object, or None for null.

    An object with a `resourceType` is FHIR; see `Patient.from_fhir`.

    Raises:
        InputError: Not an object, an unknown key (with the near miss), or a value that does
            not fit; names the place, never the value.
    """
    if fields is None:
        return None
    if not isinstance(fields, Mapping):
        kinds: dict[type, str] = {list: "a list", str: "a string"}
        found = kinds.get(type(fields), type(fields).__name__)
        raise InputError(f'{where}: "patient" must be an object or null, found {found}.')
    if "resourceType" in fields:
        return _read_fhir(fields, as_of=None, where=where)
    for key in fields:
        if key not in Patient.model_fields:
            raise InputError(f"{where}: patient: {nearest_name(key, Patient.model_fields, 'key')}")
    try:
        return Patient.model_validate(dict(fields))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{where}: patient.{place}: {first['msg']}.") from error
