"""What the patient takes: medication orders, statements and administrations as order lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from medrag.interop.fhir.absent import absence
from medrag.interop.fhir.dosages import course_days, dosage_words, has_ended
from medrag.interop.fhir.elements import Concept, Dosage, Medication, Order, Reference
from medrag.interop.fhir.entries import Entry, by_name
from medrag.interop.fhir.moments import Moment
from medrag.interop.fhir.notes import MODIFIED, Reading, without_words

_CURRENT = {
    "MedicationRequest": {"active"},
    "MedicationStatement": {"active", "intended", "recorded"},
    "MedicationUsage": {"active", "intended", "recorded"},
    "MedicationAdministration": {"in-progress"},
}
_NEVER_WAS = {"draft", "entered-in-error", "unknown"}
"""Statuses that tell nothing of what has been on the list of medications."""
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
_FORM = re.compile(r"\b(?:tablet|capsule|caplet|lozenge|patch|film)\b", re.I)
"""Forms whose pieces are counted."""


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
            why_not = _why_not(entry, order, statuses, reading.as_of)
            if why_not is not None:
                reading.unused(entry, why_not)
                is_known |= _was_listed(order)
                continue
            absent = next((one for c in _said(order)[0] if (one := absence(c))), None)
            if absent == "none":
                is_known = True
                continue
            name = _medication(entry, order, known)
            problem = _unreadable(entry, order, known, name=name, absent=absent)
            if problem is not None or name is None:
                reading.unread(entry, problem or "")
                is_readable = False
                continue
            _note_age(entry, order, reading)
            lines[_line(name, order, reading.as_of)] = None
    return tuple(lines) or (() if is_known and is_readable else None)


def _was_listed(order: Order) -> bool:
    """Return whether an order that does not count today shows that medications are listed."""
    never = order.do_not_perform or order.intent in _NO_ORDER or order.status in _NEVER_WAS
    return not never


def _unreadable(
    entry: Entry, order: Order, known: Mapping[str, Entry], *, name: str | None, absent: str | None
) -> str | None:
    """Return why an order that holds cannot be read; None where it can."""
    reasons = (
        (entry.is_modified, MODIFIED),
        (order.status == "unknown", "says that its status is not known"),
        (absent is not None, "says that the medications are not known"),
    )
    told = next((reason for holds, reason in reasons if holds), None)
    return told or (unreadable(entry, order, known) if name is None else None)


def _note_age(entry: Entry, order: Order, reading: Reading) -> None:
    day = _day(order)
    if day is None:
        return
    lengths = [length for d in _dosages(order) if (length := course_days(d)) is not None]
    over = lengths and day.day + timedelta(days=max(lengths)) < reading.as_of
    if over:
        reading.stale(entry, f"a course of {day.day} that is still active")
    elif reading.as_of - day.day > _OLD:
        reading.stale(entry, f"an order of {day.day} that is still active")


def order_line(entry: Entry, medications: Mapping[str, Entry]) -> str | None:
    """Return one order as a line, whatever its status; None where it names no medication."""
    order = entry.read(Order)
    name = _medication(entry, order, medications)
    return None if name is None else _line(name, order, None)


def unreadable(entry: Entry, order: Order, medications: Mapping[str, Entry]) -> str:
    """Return why an order is not used: it has a code without words, or leads nowhere."""
    concepts, references = _said(order)
    found = (entry.resolve(to.reference, medications) for to in references)
    codes = (one.read(Medication).code for one in found if one is not None)
    return without_words("names no medication that can be read", *concepts, *codes)


def _line(name: str, order: Order, as_of: date | None) -> str:
    held = (d for d in _dosages(order) if as_of is None or not has_ended(d, as_of))
    form = _FORM.search(name)
    piece = form[0].lower() if form else ""
    said = ", then ".join(words for d in held if (words := dosage_words(d, form=piece)))
    return f"{name}, {said}" if said else name


def _why_not(entry: Entry, order: Order, statuses: set[str], as_of: date) -> str | None:
    """Return why an order is none that the patient takes now; None where it is."""
    period, day = order.effective_period, _day(order)
    ended = period.end if period else None
    given = entry.kind == "MedicationAdministration" and order.status == "completed"
    last = ended or day
    is_recent = given and last is not None and as_of - last.day <= _GIVEN
    is_open = order.status in statuses or order.status == "unknown"
    dosages = _dosages(order)
    reasons = (
        (order.do_not_perform, "says that the medication is not to be given"),
        (order.intent in _NO_ORDER, f"is a {order.intent}, no order"),
        (not is_open and not is_recent, f"has the status {order.status!r}"),
        (_is_left(order), "is said not to be taken"),
        (day is not None and day.day > as_of, "is of a day after the day asked for"),
        (not given and ended is not None and ended.day < as_of, "has ended"),
        (bool(dosages) and all(has_ended(d, as_of) for d in dosages), "has ended"),
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
