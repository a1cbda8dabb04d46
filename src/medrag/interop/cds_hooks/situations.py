"""A hook request as the checker sees it: a text of orders, and the patient they are for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from medrag.core.finding import NotChecked
from medrag.core.patient import Patient
from medrag.core.span import Span
from medrag.errors import InputError
from medrag.interop.cds_hooks.requests import HookRequest
from medrag.interop.cds_hooks.services import ORDER_HOOKS
from medrag.interop.fhir import FhirPatient, Note
from medrag.interop.fhir.elements import Concept, Element, Order
from medrag.interop.fhir.entries import Entry, by_name, entries_by_kind
from medrag.interop.fhir.notes import MODIFIED, without_words
from medrag.interop.fhir.orders import order_line, unreadable
from medrag.interop.fhir.patients import is_same, read_entries

_MEDICATIONS = {"MedicationRequest", "MedicationOrder", "MedicationStatement"}
_PROCEDURES = {"ServiceRequest", "ProcedureRequest"}
_NO_ORDERS = {"Medication", "Patient", "Practitioner", "Organization", "Encounter"}
"""What may lie beside the orders of a bundle for them to point to."""
_SUBJECTS = ("subject", "patient")
_LISTS = {"medications", "statements"}
_NO_LIST = NotChecked(
    check="current medications",
    reason="neither the request nor a permitted FHIR server gives a list of them",
)
_NO_PRESCRIPTION = {"cancelled", "stopped", "ended", "revoked", "on-hold", "not-taken"} | {
    "entered-in-error"
}
"""Statuses of a draft that takes an order back; what it changes is no longer taken."""
_LONGEST = 500
"""Characters of one order; what is longer is no order line, and would not fit a card."""


class _Procedure(Element):
    code: Concept | None = None


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One order in the text that is checked.

    Attributes:
        name: How the client calls it (`MedicationRequest/12`); empty where it does not.
        words: As a prescriber would write it.
        span: Where it stands in the text.
        is_selected: Whether the card is asked about this one.
    """

    name: str
    words: str
    span: Span
    is_selected: bool


@dataclass(frozen=True, slots=True)
class Situation:
    """What one call is about.

    Attributes:
        text: One order a line; empty where there is nothing to check.
        orders: In the order of the text.
        patient: The facts, without what the text orders.
        notes: What of the record was not used, or is old.
        unread: Orders, and entries of the record that hold, of which nothing can be read.
        is_mixed: Whether the record or an order is of another patient than the request.
    """

    text: str
    orders: tuple[OrderLine, ...]
    patient: Patient
    notes: tuple[Note, ...] = field(default=())
    unread: tuple[NotChecked, ...] = ()
    is_mixed: bool = False

    @property
    def unselected(self) -> str:
        """The text of the orders that nobody asks about."""
        return "".join(
            f"{self.text[: o.span.start].rsplit(chr(10), 1)[-1]}{o.words}.\n"
            for o in self.orders
            if not o.is_selected
        )

    def about(self, span: Span | None) -> OrderLine | None:
        """Return the order that a place of the text is in; None for the whole."""
        if span is None:
            return None
        return next((o for o in self.orders if o.span.start <= span.start < o.span.end), None)


def read_situation(
    request: HookRequest,
    fetched: Mapping[str, Any] | None = None,
    *,
    as_of: date | None = None,
) -> Situation:
    """Return what a request is about.

    Args:
        request: The call.
        fetched: What was read from the client's FHIR server, by prefetch key.
        as_of: The day for which the record counts; today where None.

    Raises:
        InputError: A resource is not what FHIR says, or there are several patients; names the
            place, never a value.
    """
    sound, unsound = _sound(request, fetched or {}, as_of)
    given = _given(request, sound)
    record = _record(request, given)
    is_mixed = _patient_id(request) not in {"", record["Patient"][0].resource.get("id")}
    if request.hook in ORDER_HOOKS:
        situation = _of_drafts(request, record, as_of)
    else:
        found = read_entries(record, as_of=as_of, where="prefetch")
        lines = [("", line, True) for line in found.patient.medications or ()]
        situation = _situation("Continue", lines, found, medications=())
        if not _LISTS & given.keys() and found.patient.medications is None:
            situation = replace(situation, unread=(*situation.unread, _NO_LIST))
    return replace(
        situation,
        unread=(*unsound, *situation.unread),
        is_mixed=situation.is_mixed or is_mixed,
    )


def _sound(
    request: HookRequest, fetched: Mapping[str, Any], as_of: date | None
) -> tuple[dict[str, Any], list[NotChecked]]:
    """Return what of a FHIR server's answers is FHIR, and what is not: a client is not to blame."""
    stand_in = Entry("context.patientId", "Patient", {"id": _patient_id(request)})
    sound = {k: one for k, one in fetched.items() if _is_sound(one, stand_in, as_of)}
    unsound = [
        NotChecked(check=f"{key} on the FHIR server", reason="what it gives cannot be read")
        for key in fetched
        if key not in sound
    ]
    return sound, unsound


def _is_sound(resource: Mapping[str, Any], patient: Entry, as_of: date | None) -> bool:
    try:
        read_entries({"Patient": [patient], **entries_by_kind(resource)}, as_of=as_of)
    except InputError:
        return False
    return True


def _of_drafts(
    request: HookRequest, record: dict[str, list[Entry]], as_of: date | None
) -> Situation:
    drafts = request.context.get("draftOrders", request.context.get("medications"))
    if not isinstance(drafts, Mapping):
        raise InputError("context.draftOrders: expected a FHIR Bundle of draft orders.")
    entries = entries_by_kind(drafts, "context.draftOrders")
    ordered = {entry.name for listed in entries.values() for entry in listed if entry.name}
    # A draft that changes an order takes its place.
    kept = {k: [e for e in listed if e.name not in ordered] for k, listed in record.items()}
    kept = _taken_along(kept, [entry for listed in entries.values() for entry in listed])
    found = read_entries(kept, as_of=as_of, where="prefetch")
    known = by_name([*entries.get("Medication", []), *record.get("Medication", [])])
    drafted = list(_drafted(entries, known))
    selected = _selected(request, [entry for listed in entries.values() for entry in listed])
    lines = [
        (entry.name, line, selected is None or bool(_names(entry) & selected))
        for entry, line in drafted
        if line
    ]
    situation = _situation("Prescribe", lines, found, medications=found.patient.medications)
    unread = [
        NotChecked(check=f"order {entry.name or entry.path}", reason=_unread(entry, known))
        for entry, line in drafted
        if not line
    ]
    return replace(
        situation,
        unread=(*unread, *situation.unread),
        is_mixed=any(not _is_of(record["Patient"][0], entry) for entry, _ in drafted),
    )


def _taken_along(record: dict[str, list[Entry]], drafts: Sequence[Entry]) -> dict[str, list[Entry]]:
    """Return the record, with what is of the person for whom all drafts are as the patient's.

    Where the request names another one, the card says so: an order is held to the record of
    whomever it is for.
    """
    ordered_for = {to for entry in drafts if (to := _subject(entry)) is not None}
    if len(ordered_for) != 1:
        return record
    return {
        kind: [replace(e, resource=_of_nobody(e)) if _subject(e) in ordered_for else e for e in of]
        for kind, of in record.items()
    }


def _of_nobody(entry: Entry) -> dict[str, Any]:
    return {key: value for key, value in entry.resource.items() if key not in _SUBJECTS}


def _drafted(
    entries: Mapping[str, Sequence[Entry]], known: Mapping[str, Entry]
) -> Iterator[tuple[Entry, str | None]]:
    """Yield the drafts with their words; without words what cannot be read or checked."""
    for kind, listed in entries.items():
        for entry in listed:
            if _takes_back(entry):
                continue
            if entry.is_modified:
                line = None
            elif kind in _MEDICATIONS:
                line = order_line(entry, known)
            elif kind in _PROCEDURES:
                code = entry.read(_Procedure).code
                line = code.words() if code else None
            elif kind in _NO_ORDERS:
                continue
            else:
                line = None
            yield entry, line[:_LONGEST] if line else None


def _takes_back(entry: Entry) -> bool:
    """Return whether a draft orders nothing: it stops an order, or forbids one."""
    status = entry.resource.get("status")
    return status in _NO_PRESCRIPTION or entry.resource.get("doNotPerform") is True


def _unread(entry: Entry, known: Mapping[str, Entry]) -> str:
    if entry.is_modified:
        return MODIFIED
    if entry.kind in _MEDICATIONS:
        return unreadable(entry, entry.read(Order), known)
    if entry.kind in _PROCEDURES:
        code = entry.read(_Procedure).code
        return without_words("names no procedure that can be read", code)
    return f"medrag checks no {entry.kind}"


def _is_of(patient: Entry, entry: Entry) -> bool:
    """Return whether an order is of `patient`, as far as it says of whom it is."""
    to = _subject(entry)
    return to is None or is_same(patient, to)


def _subject(entry: Entry) -> str | None:
    """Return the reference to whom an entry is of; None where it names nobody."""
    said = next((entry.resource[key] for key in _SUBJECTS if key in entry.resource), None)
    to = said.get("reference") if isinstance(said, Mapping) else None
    return to if isinstance(to, str) else None


def _selected(request: HookRequest, drafts: Sequence[Entry]) -> set[str] | None:
    """Return the drafts that were just selected; None where all count.

    All do where the selection names none of them: better a card too many than one too few.
    """
    selections = request.context.get("selections")
    if request.hook != "order-select" or not isinstance(selections, list):
        return None
    named = {item for item in selections if isinstance(item, str)}
    named |= {"/".join(item.split("/_history/")[0].split("/")[-2:]) for item in named}
    return named if any(_names(entry) & named for entry in drafts) else None


def _names(entry: Entry) -> set[str]:
    return {name for name in (entry.name, entry.full_url) if name}


def _situation(
    verb: str,
    lines: Sequence[tuple[str, str, bool]],
    found: FhirPatient,
    *,
    medications: tuple[str, ...] | None,
) -> Situation:
    orders, text = [], ""
    for name, line, is_selected in lines:
        words = " ".join(line.split()).rstrip(".;, ")
        start = len(text) + len(verb) + 1
        text += f"{verb} {words}.\n"
        span = Span(start=start, end=start + len(words))
        orders.append(OrderLine(name, words, span, is_selected))
    return Situation(
        text=text,
        orders=tuple(orders),
        # What could not be read is told below, with what it is about.
        patient=found.patient.model_copy(update={"medications": medications, "unread": None}),
        notes=found.notes,
        unread=tuple(
            NotChecked(check=f"{note.resource} of the record", reason=note.reason)
            for note in found.notes
            if note.kind == "unread"
        ),
    )


def _given(request: HookRequest, fetched: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the resources that came with the request or were fetched for it, by key."""
    nested = request.context.get("prefetch")
    sent = {**(nested if isinstance(nested, Mapping) else {}), **(request.prefetch or {})}
    read = {key: _resource(value) for key, value in sent.items()}
    given = {key: resource for key, resource in read.items() if resource is not None}
    return {**{key: value for key, value in fetched.items() if key not in given}, **given}


def _record(request: HookRequest, given: Mapping[str, Any]) -> dict[str, list[Entry]]:
    """Return every resource that is given, by type."""
    record: defaultdict[str, list[Entry]] = defaultdict(list)
    for key, resource in given.items():
        for kind, entries in entries_by_kind(resource, f"prefetch.{key}").items():
            record[kind] += entries
    if not record.get("Patient"):
        # Without the resource nothing is known of the person but that there is one.
        record["Patient"] = [Entry("context.patientId", "Patient", {"id": _patient_id(request)})]
    return {kind: _once(entries) for kind, entries in record.items()}


def _once(entries: Sequence[Entry]) -> list[Entry]:
    """Return each resource once, though two queries found it."""
    return list({entry.name or entry.path: entry for entry in entries}.values())


def _resource(value: object) -> Mapping[str, Any] | None:
    """Return the FHIR resource under a prefetch key; early drafts wrapped it in a response."""
    if isinstance(value, Mapping) and "resourceType" not in value and "resource" in value:
        value = value["resource"]
    is_outcome = isinstance(value, Mapping) and value.get("resourceType") == "OperationOutcome"
    return value if isinstance(value, Mapping) and not is_outcome else None


def _patient_id(request: HookRequest) -> str:
    value = request.context.get("patientId")
    return value.rsplit("/", 1)[-1] if isinstance(value, str) else ""
