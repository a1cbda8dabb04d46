"""Weight, height, pregnancy, lactation and laboratory values: the latest of each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from pydantic import ValidationError

from medrag.clinical import Quantity as Amount
from medrag.clinical import convert
from medrag.clinical.lexicon import Analyte, analyte_key, analyte_of_loinc, load
from medrag.clinical.quantities import unit_code
from medrag.core.patient import Lab, Patient
from medrag.interop.fhir.elements import Component, Concept, Observation, Quantity
from medrag.interop.fhir.entries import Entry
from medrag.interop.fhir.notes import Reading
from medrag.interop.fhir.pregnancies import (
    DELIVERY,
    LACTATION,
    PREGNANCY,
    lactation,
    pregnancy,
)
from medrag.interop.fhir.taken import Taken, latest_first, usable

_LOINC = "http://loinc.org"
_WEIGHT = {"29463-7", "3141-9", "3142-7", "8335-2", "75292-3"}
_HEIGHT = {"8302-2", "3137-7", "3138-5", "8306-3", "8308-9"}
_NO_LABS = _WEIGHT | _HEIGHT | PREGNANCY | DELIVERY | LACTATION
_SIZES = {"weight_kg": (_WEIGHT, "weight"), "height_cm": (_HEIGHT, "height")}
_NAMES_OF_SIZES = {name for _, name in _SIZES.values()}
"""Codes, and the name under which a record without codes has it."""
_INCHES = {"in": "[in_i]", "in.": "[in_i]", '"': "[in_i]"}
"""Alone beside a number it is the unit; in a sentence it is a preposition."""
_OLD_WEIGHT = timedelta(days=365)
_OLD_LAB = timedelta(days=365)
_GROWN_YEARS = 18
_OTHER_FLUID = re.compile(
    r"urin|stool|f(?:a)?eces|\bcsf\b|cerebrospinal|pleural|ascit|peritoneal|synovial|saliva|sweat"
    r"|semen|amniotic|cord blood|dialys|gastric|body fluid",
    re.I,
)
"""A test of another fluid than blood is another test, whatever it measures."""


@dataclass(frozen=True, slots=True)
class Measures:
    """What observations say of a patient; None where they say nothing."""

    weight_kg: Decimal | None
    height_cm: Decimal | None
    pregnant: bool | None
    lactating: bool | None
    labs: tuple[Lab, ...] | None


def read_measures(
    entries: Mapping[str, list[Entry]], reading: Reading, born: date | None
) -> Measures:
    """Return the latest of each measure.

    Args:
        entries: The resources, by type.
        reading: The reading under way.
        born: The day of birth; a weight of childhood says nothing of an adult.
    """
    taken = list(usable(entries.get("Observation", []), reading))
    grown = born.replace(year=born.year + _GROWN_YEARS, day=min(born.day, 28)) if born else None
    return Measures(
        weight_kg=_size(taken, "weight_kg", reading, grown),
        height_cm=_size(taken, "height_cm", reading, grown),
        pregnant=pregnancy(taken, entries.get("Condition", []), reading),
        lactating=lactation(taken, entries.get("Condition", []), reading),
        labs=_labs(taken, reading),
    )


def _sizes(
    taken: list[Taken], measure: Literal["weight_kg", "height_cm"]
) -> Iterator[tuple[Taken, Quantity | str | None]]:
    """Yield what was measured, the latest first: alone or as a part, by its code or its name."""
    codes, name = _SIZES[measure]
    for item in latest_first(taken):
        for code, found in _results(item.observation):
            if code.codes & codes or _analyte(code) == name:
                yield item, found


def _size(
    taken: list[Taken],
    measure: Literal["weight_kg", "height_cm"],
    reading: Reading,
    grown: date | None,
) -> Decimal | None:
    """Return the latest weight or height that a person can have; of a child only a recent one."""
    unit = measure.rsplit("_", maxsplit=1)[-1]
    for item, given in _sizes(taken, measure):
        size, problem = _measured(given, measure, unit)
        if size is None:
            reading.unused(item.entry, problem)
            continue
        day = item.moment.day if item.moment else None
        if day is None:
            reading.doubtful(item.entry, "has no day: nobody knows whether it still holds")
        elif reading.as_of - day > _OLD_WEIGHT:
            if grown is None or day < grown:
                reading.unused(item.entry, f"is of {day}: too old to hold while a child grows")
                return None
            reading.stale(item.entry, f"the latest of its kind is of {day}")
        return size
    return None


def _measured(given: Quantity | str | None, measure: str, unit: str) -> tuple[Decimal | None, str]:
    """Return a size in `unit`, else why there is none."""
    quantity = given if isinstance(given, Quantity) else None
    if quantity is not None and (contradicted := _contradiction(quantity, convert)):
        return None, contradicted
    amount = _amount(quantity)
    found = None if amount is None else convert(amount, unit)
    if found is None:
        return None, f"has no amount that converts to {unit}"
    size = _humanly(measure, found.value)
    return size, "" if size is not None else f"has an amount in {unit} that no person has"


def _humanly(measure: str, value: Decimal) -> Decimal | None:
    """Return a size with three decimals; None where it is none that a patient can have."""
    size = round(value, 3)
    try:
        Patient.model_validate({measure: size})
    except ValidationError:
        return None
    return size


def _amount(quantity: Quantity | None) -> Amount | None:
    """Return a reported quantity in a unit that converts; None where there is no such unit."""
    if quantity is None or quantity.value is None or quantity.comparator:
        return None
    unit = _unit(quantity)
    return None if unit is None else Amount(quantity.value, unit)


def _unit(quantity: Quantity) -> str | None:
    """Return the UCUM code of a reported unit: of its code, else of what is printed."""
    written = (quantity.written_unit(), _INCHES.get(quantity.unit or "", quantity.unit))
    code = next((code for unit in written if unit and (code := unit_code(unit))), None)
    # UCUM: words in braces alone are the unity with a remark, as in {INR} or {ratio}.
    return "1" if code is not None and _ANNOTATION.fullmatch(code) else code


_SAME = Decimal("0.001")
_ANNOTATION = re.compile(r"\{[^{}]*\}")


def _contradiction(
    quantity: Quantity, in_unit: Callable[[Amount, str], Amount | None]
) -> str | None:
    """Return why a quantity cannot be used whose printed unit is another than its code's.

    Somebody entered the one and somebody mapped the other; which of the two is the number's,
    nobody can tell. A printed unit of another kind is none: "st" are stones, and UCUM's steres.
    """
    meant, shown = unit_code(quantity.written_unit() or ""), unit_code(quantity.unit or "")
    if not meant or not shown or _bare(meant) == _bare(shown):
        return None
    same = in_unit(Amount(Decimal(1), shown), meant)
    if same is None or abs(same.value - 1) < _SAME:
        return None
    return f"has a printed unit ({shown}) and a code ({meant}) that contradict each other"


def _bare(unit: str) -> str:
    return _ANNOTATION.sub("", unit).strip("/")


def _labs(taken: list[Taken], reading: Reading) -> tuple[Lab, ...] | None:
    """Return the latest result of each analyte, the latest first; None where there is none."""
    latest: dict[str, tuple[Taken, Lab]] = {}
    for item in latest_first(taken):
        for code, found in _results(item.observation):
            key = _analyte(code)
            if key in _NAMES_OF_SIZES or code.codes & _NO_LABS:
                continue
            lab = _unknown(code) if key is None else _lab(key, item, found)
            if isinstance(lab, Lab):
                latest.setdefault(lab.name, (item, lab))
            else:
                reading.unused(item.entry, lab)
    for item, _ in latest.values():
        if item.moment is None:
            reading.doubtful(item.entry, "has no day: nobody knows whether it still holds")
        elif reading.as_of - item.moment.day > _OLD_LAB:
            reading.stale(item.entry, f"the latest of its kind is of {item.moment.day}")
    return tuple(lab for _, lab in latest.values()) or None


def _results(observation: Observation) -> Iterator[tuple[Concept, Quantity | str | None]]:
    """Yield what was found: a number or words of the observation, else of each component."""
    own = _found(observation)
    if own is not None or not observation.component:
        yield observation.code, own
        return
    for part in observation.component:
        yield part.code, _found(part)


def _found(of: Observation | Component) -> Quantity | str | None:
    if of.value_quantity is not None:
        return of.value_quantity
    if of.value_integer is not None:
        return Quantity(value=Decimal(of.value_integer))
    concept = of.value_codeable_concept.words() if of.value_codeable_concept else None
    return of.value_string or concept


def _analyte(code: Concept) -> str | None:
    """Return the analyte that is observed: by its LOINC code, else by its name in blood."""
    loinc = code.code_in(_LOINC)
    known = analyte_of_loinc(loinc) if loinc else None
    if known is not None:
        return known
    for words in (code.text, *(coding.display for coding in code.coding)):
        if words and not _OTHER_FLUID.search(words) and (named := analyte_key(words)) is not None:
            return named
    return None


def _lab(key: str, item: Taken, found: Quantity | str | None) -> Lab | str:
    """Return the result of an analyte, or why it cannot be one."""
    analyte = load().analytes[key]
    day = item.moment.day if item.moment else None
    if isinstance(found, str):
        return Lab(name=analyte.names[0], result=found, taken=day)
    if found is None or found.value is None:
        return "has neither a number nor words"
    unit = _unit(found)
    if problem := _contradiction(found, analyte.convert) or _unit_problem(analyte, unit, found):
        return problem
    printed = None if unit == "1" else _printed(found, unit)
    if found.comparator:
        bound = f"{found.comparator} {found.value:f} {printed or ''}".strip()
        return Lab(name=analyte.names[0], result=bound, taken=day)
    try:
        return Lab(name=analyte.names[0], value=found.value, unit=printed, taken=day)
    except ValidationError:
        return "has a number that no instrument reports"


def _printed(quantity: Quantity, unit: str | None) -> str | None:
    """Return the unit as printed where that says the same as its code."""
    is_same = quantity.unit is not None and unit_code(quantity.unit) == unit
    return quantity.unit if is_same else unit


def _unit_problem(analyte: Analyte, unit: str | None, found: Quantity) -> str | None:
    if unit is None:
        return "has a unit that cannot be read" if found.written_unit() else None
    is_reported = not analyte.units or unit in {"1", "%"} or analyte.accepts(unit)
    return None if is_reported else f"has a unit ({unit}) not used for {analyte.names[0]}"


def _unknown(code: Concept) -> str:
    loinc = code.code_in(_LOINC)
    return f"observes nothing that medrag checks ({f'LOINC {loinc}' if loinc else 'no LOINC code'})"
