"""A hook request as the checker sees it: a text of orders, and the patient they are for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from medrag.core.patient import Patient
from medrag.core.span import Span
from medrag.errors import InputError
from medrag.interop.cds_hooks.requests import HookRequest
from medrag.interop.cds_hooks.services import ORDER_HOOKS
from medrag.interop.fhir import FhirPatient, Note
from medrag.interop.fhir.elements import Concept, Element
from medrag.interop.fhir.entries import Entry, by_name, entries_by_kind
from medrag.interop.fhir.orders import order_line
from medrag.interop.fhir.patients import read_entries

_MEDICATIONS = {"MedicationRequest", "MedicationOrder", "MedicationStatement"}
_PROCEDURES = {"ServiceRequest", "ProcedureRequest"}
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
    """

    text: str
    orders: tuple[OrderLine, ...]
    patient: Patient
    notes: tuple[Note, ...] = field(default=())

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
    record = _record(request, fetched or {})
    if request.hook in ORDER_HOOKS:
        return _of_drafts(request, record, as_of)
    found = read_entries(record, as_of=as_of, where="prefetch")
    lines = [("", line, True) for line in found.patient.medications or ()]
    return _situation("Continue", lines, found, medications=())


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
    found = read_entries(kept, as_of=as_of, where="prefetch")
    known = by_name([*entries.get("Medication", []), *record.get("Medication", [])])
    selected = _selected(request)
    lines = [
        (entry.name, line, selected is None or entry.name in selected)
        for entry, line in _drafted(entries, known)
    ]
    return _situation("Prescribe", lines, found, medications=found.patient.medications)


def _drafted(
    entries: Mapping[str, Sequence[Entry]], known: Mapping[str, Entry]
) -> Iterator[tuple[Entry, str]]:
    for kind, listed in entries.items():
        for entry in listed:
            if kind in _MEDICATIONS:
                line = order_line(entry, known)
            elif kind in _PROCEDURES:
                code = entry.read(_Procedure).code
                line = code.words() if code else None
            else:
                continue
            if line:
                yield entry, line[:_LONGEST]


def _selected(request: HookRequest) -> set[str] | None:
    """Return the drafts that were just selected; None where all count."""
    selections = request.context.get("selections")
    if request.hook != "order-select" or not isinstance(selections, list) or not selections:
        return None
    return {item for item in selections if isinstance(item, str)}


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
        patient=found.patient.model_copy(update={"medications": medications}),
        notes=found.notes,
    )


def _record(request: HookRequest, fetched: Mapping[str, Any]) -> dict[str, list[Entry]]:
    """Return every resource that came with the request or was fetched for it, by type."""
    record: defaultdict[str, list[Entry]] = defaultdict(list)
    nested = request.context.get("prefetch")
    given = {**(nested if isinstance(nested, Mapping) else {}), **(request.prefetch or {})}
    for key, value in {**fetched, **given}.items():
        resource = _resource(value)
        if resource is None:
            continue
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
