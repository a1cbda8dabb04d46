"""FHIR resources to the facts of one patient."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Any, Literal

from medrag.core.patient import Patient
from medrag.errors import InputError
from medrag.interop.fhir.elements import Person
from medrag.interop.fhir.entries import Entry, entries_by_kind
from medrag.interop.fhir.notes import MODIFIED, SOMEBODY_ELSE, FhirPatient, Note, Reading
from medrag.interop.fhir.observations import read_measures
from medrag.interop.fhir.orders import order_lines
from medrag.interop.fhir.problems import allergies, conditions

_SEXES: Mapping[str, Literal["female", "male", "other", "unknown"]] = {
    "female": "female",
    "male": "male",
    "other": "other",
    "unknown": "unknown",
}
_READ = (
    "Patient",
    "Observation",
    "Condition",
    "AllergyIntolerance",
    "MedicationRequest",
    "MedicationStatement",
    "MedicationUsage",
    "MedicationAdministration",
    "Medication",
)
_LISTED = {*_READ} - {"Patient", "Observation", "Medication"}
"""What is a list that counts as a whole; of observations the latest do."""
_LISTS = ("allergies", "conditions", "medications")
_SUBJECTS = ("subject", "patient")
_INFANT_YEARS = 3
_OLDEST_YEARS = 130


def read_fhir(
    resource: Mapping[str, Any] | str | bytes, *, as_of: date | None = None, where: str = ""
) -> FhirPatient:
    """Return the facts of the one patient in FHIR R4 or R5 resources, and what was not used.

    Active problems and allergies, current medications with their dosage as an order line,
    the latest weight in kg and height in cm, the latest result of every analyte as reported,
    pregnancy and lactation status that still hold. What has ended, was refuted or entered in
    error, is of another day or unit, or is nothing that medrag checks is listed in `notes`;
    nothing is guessed. A list that the record lacks altogether stays None, "not known".

    Args:
        resource: A Bundle of any type, or a Patient, as a JSON object or its text.
        as_of: The day for which the facts shall hold; today (UTC) where None.
        where: What the resource is called in errors.

    Raises:
        InputError: It is no JSON, holds no patient or several, or a part that is read is not
            what FHIR says; names the place, never a value.
    """
    found = entries_by_kind(_object(resource, where), where)
    return read_entries(found, as_of=as_of, where=where)


def read_entries(
    found: Mapping[str, list[Entry]], *, as_of: date | None = None, where: str = ""
) -> FhirPatient:
    """Return what `read_fhir` does, of resources that are already apart, by type."""
    day = as_of or datetime.now(timezone.utc).date()
    reading = Reading(day)
    entry = _one_patient(_newest(found.get("Patient", []), reading), where)
    person = entry.read(Person)
    _remark(entry, person, reading)
    own = {
        kind: _of(entry, _newest(items, reading), reading)
        for kind, items in found.items()
        if kind in _READ
    }
    age = _age(entry, person, day)
    measures = read_measures(own, reading, person.birth_date.day if person.birth_date else None)
    patient = Patient(
        age_years=age,
        sex=_SEXES.get(person.gender or ""),
        weight_kg=measures.weight_kg,
        height_cm=measures.height_cm,
        pregnant=measures.pregnant,
        lactating=measures.lactating,
        allergies=allergies(own, reading),
        conditions=conditions(own, reading),
        medications=order_lines(own, reading),
        labs=measures.labs,
    )
    if _is_partial(found.get("Bundle", []), reading):
        # What is missing may stand on the other pages: nothing is known to be none.
        empty = {name: None for name in _LISTS if getattr(patient, name) == ()}
        patient = patient.model_copy(update=empty)
    unread = tuple(
        f"{note.resource} {note.reason}" for note in reading.notes if note.kind == "unread"
    )
    if unread:
        patient = patient.model_copy(update={"unread": tuple(dict.fromkeys(unread))})
    return FhirPatient(
        patient=patient,
        as_of=day,
        notes=tuple(sorted(reading.notes, key=_place)),
        passed_over={
            kind: len(items)
            for kind, items in sorted(found.items())
            if kind not in {*_READ, "Bundle"}
        },
    )


def _object(resource: Mapping[str, Any] | str | bytes, where: str) -> Mapping[str, Any]:
    if isinstance(resource, (str, bytes)):
        try:
            resource = json.loads(resource, parse_float=Decimal)
        except (ValueError, RecursionError) as error:
            place = f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else "there"
            raise InputError(f"{where or 'resource'}: no JSON ({place}). Expected FHIR.") from error
    if not isinstance(resource, Mapping):
        raise InputError(f"{where or 'resource'}: expected a JSON object with a resourceType.")
    return resource


def _one_patient(entries: list[Entry], where: str) -> Entry:
    names = {entry.name or entry.path: entry for entry in entries}
    if len(names) != 1:
        found = "no Patient" if not names else f"{len(names)} Patients"
        raise InputError(
            f"{where or 'resource'}: found {found}, expected the FHIR resources of one patient."
        )
    return next(iter(names.values()))


def _remark(entry: Entry, person: Person, reading: Reading) -> None:
    """Note what a record says of itself, or of its person, that puts its facts in doubt."""
    born = person.birth_date
    is_dead = person.deceased_boolean or person.deceased_date_time is not None
    replaced = any(link.type == "replaced-by" for link in person.link)
    doubts = (
        (entry.is_modified, MODIFIED),
        (person.active is False, "says that this record is no longer in use"),
        (replaced, "says that another record replaces this one"),
        (is_dead, "says that the patient has died"),
        (born is not None and not born.is_whole, "has no day of birth: the age may be a year less"),
    )
    for holds, doubt in doubts:
        if holds:
            reading.doubtful(entry, doubt)
    if person.gender is not None and person.gender not in _SEXES:
        reading.unread(entry, "has a gender that FHIR does not know")


def _newest(entries: list[Entry], reading: Reading) -> list[Entry]:
    """Return each resource in its newest version: a history bundle holds the older ones too."""
    newest: dict[str, Entry] = {}
    for entry in entries:
        known = newest.get(entry.name or entry.path)
        if known is None or known.version is None or entry.version is None:
            key = (entry.name or entry.path) if known is None else entry.path
            newest[key] = entry
            continue
        older, newer = sorted((known, entry), key=lambda one: one.version or ("", 0))
        newest[entry.name or entry.path] = newer
        if older.resource != newer.resource:
            reading.unused(older, "is an older version of another entry")
    return list(newest.values())


def _of(patient: Entry, entries: list[Entry], reading: Reading) -> list[Entry]:
    """Return what is about this patient; what points to another is noted and left out."""
    own = []
    for entry in entries:
        subject = next((entry.resource[key] for key in _SUBJECTS if key in entry.resource), None)
        to = subject.get("reference") if isinstance(subject, Mapping) else None
        if isinstance(to, str) and not is_same(patient, to):
            reading.unused(entry, SOMEBODY_ELSE)
        elif any(not is_same(patient, focus) for focus in _focuses(entry)):
            reading.unused(entry, "is about what its focus names, not the patient")
        else:
            own.append(entry)
    return own


def _is_partial(pages: list[Entry], reading: Reading) -> bool:
    """Return whether a list is one page of several, and note each."""
    lists = [page for page in pages if _LISTED & entries_by_kind(page.resource).keys()]
    for page in lists:
        reading.unread(page, "is one page of several: what the others hold is not known")
    return bool(lists)


def _focuses(entry: Entry) -> list[str]:
    """Return what an observation is of where not its subject: a fetus, a donor, a device."""
    focus = entry.resource.get("focus")
    named = focus if isinstance(focus, list) else []
    said = (one.get("reference") for one in named if isinstance(one, Mapping))
    return [reference for reference in said if isinstance(reference, str)]


def is_same(patient: Entry, reference: str) -> bool:
    """Return whether a reference points to `patient`."""
    plain = reference.split("/_history/", maxsplit=1)[0]
    if plain == patient.full_url or ("/" not in plain and not plain.startswith("urn:")):
        return True
    kind, _, identity = plain.rpartition("/")
    is_person = not kind or kind.rsplit("/", 1)[-1] == "Patient"
    return is_person and identity.rsplit(":", 1)[-1] == patient.resource.get("id")


def _age(entry: Entry, person: Person, day: date) -> Decimal | None:
    """Return whole years, of small children years with three decimals; None where unknown."""
    born = person.birth_date
    if born is None:
        return None
    died = person.deceased_date_time
    last = min(day, died.day) if died is not None else day
    if last < born.day:
        raise InputError(f"{entry.path}.birthDate: after the day asked for, {day}.")
    birthday_passed = (last.month, last.day) >= (born.day.month, born.day.day)
    years = last.year - born.day.year - (0 if birthday_passed else 1)
    if years > _OLDEST_YEARS:
        raise InputError(
            f"{entry.path}.birthDate: more than {_OLDEST_YEARS} years before {last}. Leave out a "
            "day that stands for an unknown one."
        )
    if years < _INFANT_YEARS and born.is_whole:
        return round(Decimal((last - born.day).days) / Decimal("365.25"), 3)
    return Decimal(years)


def _place(note: Note) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", note.path)]
