"""What the patient takes: medication orders, statements and administrations as order lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from medrag.interop.fhir.dosages import dosage_words
from medrag.interop.fhir.elements import Concept, Dosage, Medication, Order, Reference
from medrag.interop.fhir.entries import Entry, by_name
from medrag.interop.fhir.moments import Moment
from medrag.interop.fhir.notes import Reading, without_words

_CURRENT = {
    "MedicationRequest": {"active"},
    "MedicationStatement": {"active", "intended", "recorded"},
    "MedicationUsage": {"active", "intended", "recorded"},
    "MedicationAdministration": {"in-progress"},
}
_GIVEN = timedelta(days=1)
"""A dose given longer ago is past; before, it may still act."""
_OLD = timedelta(days=2 * 365)
"""An order that still counts as active after this long deserves a look."""
_NO_ORDER = {"proposal", "plan", "option"}
_NOT_TAKEN = {"not-taking", "on-hold", "on-hold-as-directed", "on-hold-not-as-directed"} | {
    "stopped",
    "stopped-as-directed",
    "stopped-not-as-directed",
}
"""R5's medication-statement-adherence."""


def order_lines(entries: Mapping[str, list[Entry]], reading: Reading) -> tuple[str, ...] | None:
    """Return the current medications, one line each, in the order of the file.

    None where the file has no medication entry at all, or current ones of which none can be
    read: that nothing is taken is not known then.
    """
    known = by_name(entries.get("Medication", []))
    lines: dict[str, None] = {}
    is_known, is_readable = False, True
    for kind, statuses in _CURRENT.items():
        for entry in entries.get(kind, []):
            order = entry.read(Order)
            name = _medication(entry, order, known)
            why_not = _why_not(entry, order, statuses, reading.as_of)
            is_known = True
            if why_not is not None:
                reading.unused(entry, why_not)
                continue
            if name is None:
                reading.unread(entry, unreadable(entry, order, known))
                is_readable = False
                continue
            day = _day(order)
            if day is not None and reading.as_of - day.day > _OLD:
                reading.stale(entry, f"an order of {day.day} that is still active")
            lines[_line(name, order)] = None
    return tuple(lines) or (() if is_known and is_readable else None)


def order_line(entry: Entry, medications: Mapping[str, Entry]) -> str | None:
    """Return one order as a line, whatever its status; None where it names no medication."""
    order = entry.read(Order)
    name = _medication(entry, order, medications)
    return None if name is None else _line(name, order)


def unreadable(entry: Entry, order: Order, medications: Mapping[str, Entry]) -> str:
    """Return why an order is not used: it has a code without words, or leads nowhere."""
    concepts, references = _said(order)
    found = (entry.resolve(to.reference, medications) for to in references)
    codes = (one.read(Medication).code for one in found if one is not None)
    return without_words("names no medication that can be read", *concepts, *codes)


def _line(name: str, order: Order) -> str:
    said = ", then ".join(words for d in _dosages(order) if (words := dosage_words(d)))
    return f"{name}, {said}" if said else name


def _why_not(entry: Entry, order: Order, statuses: set[str], as_of: date) -> str | None:
    """Return why an order is none that the patient takes now; None where it is."""
    period, day = order.effective_period, _day(order)
    ended = period.end if period else None
    given = entry.kind == "MedicationAdministration" and order.status == "completed"
    is_recent = given and day is not None and as_of - day.day <= _GIVEN
    reasons = (
        (order.do_not_perform, "says that the medication is not to be given"),
        (order.intent in _NO_ORDER, f"is a {order.intent}, no order"),
        (order.status not in statuses and not is_recent, f"has the status {order.status!r}"),
        (_is_left(order), "is said not to be taken"),
        (day is not None and day.day > as_of, "is of a day after the day asked for"),
        (not given and ended is not None and ended.day < as_of, "has ended"),
    )
    return next((reason for holds, reason in reasons if holds), None)


def _is_left(order: Order) -> bool:
    return order.adherence is not None and bool(order.adherence.code.codes & _NOT_TAKEN)


def _day(order: Order) -> Moment | None:
    period = order.effective_period
    ends = (period.start or period.end,) if period else ()
    known = (order.authored_on, order.effective_date_time, *ends)
    return next((moment for moment in known if moment is not None), None)


def _dosages(order: Order) -> tuple[Dosage, ...]:
    more = (order.dosage,) if isinstance(order.dosage, Dosage) else order.dosage
    return (*order.dosage_instruction, *more)


def _medication(entry: Entry, order: Order, known: Mapping[str, Entry]) -> str | None:
    """Return what is ordered, by its words: of the order, else of the resource it points to."""
    concepts, references = _said(order)
    said = (concept.words() for concept in concepts)
    pointed = (_pointed(entry, to, known) for to in references)
    return next((words for words in (*said, *pointed) if words), None)


def _said(order: Order) -> tuple[list[Concept], list[Reference]]:
    """Return what names the medication of an order: concepts, and references to a resource."""
    concepts = [order.medication_codeable_concept]
    references = [order.medication_reference]
    if order.medication is not None:
        concepts.append(order.medication.concept)
        references.append(order.medication.reference)
    return [one for one in concepts if one], [one for one in references if one]


def _pointed(entry: Entry, to: Reference, known: Mapping[str, Entry]) -> str | None:
    found = entry.resolve(to.reference, known)
    if found is None:
        return to.display
    medication = found.read(Medication)
    said = medication.code.words() if medication.code else None
    return said or " and ".join(_ingredients(medication)) or to.display


def _ingredients(medication: Medication) -> Iterator[str]:
    for ingredient in medication.ingredient:
        concept: Concept | None = ingredient.item_codeable_concept
        if concept is None and ingredient.item is not None:
            concept = ingredient.item.concept
        if concept is not None and (said := concept.words()):
            yield said
