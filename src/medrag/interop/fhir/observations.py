"""Weight, height, pregnancy, lactation and laboratory values: the latest of each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
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
from medrag.interop.fhir.elements import Component, Concept, Condition, Observation, Quantity
from medrag.interop.fhir.entries import Entry
from medrag.interop.fhir.moments import Moment
from medrag.interop.fhir.notes import Reading
from medrag.interop.fhir.problems import is_active

_LOINC = "http://loinc.org"
_DONE = {"final", "amended", "corrected", "preliminary"}
_WEIGHT = {"29463-7", "3141-9", "3142-7", "8335-2", "75292-3"}
_HEIGHT = {"8302-2", "3137-7", "3138-5", "8306-3", "8308-9"}
_PREGNANCY = {"82810-3", "11449-6"}
_DELIVERY = {"11778-8", "11779-6", "11780-4"}
"""Delivery date, estimated."""
_LACTATION = {"63895-7"}
_PREGNANT = {"77386006", "LA15173-0", "72892002"}
_NOT_PREGNANT = {"60001007", "LA26683-5"}
_PREGNANT_WORDS = re.compile(r"(?:currently |patient is )?pregnan(?:t|cy)", re.I)
_NOT_PREGNANT_WORDS = re.compile(r"(?:currently |patient is )?not (?:currently )?pregnant", re.I)
_PREGNANCY_ICD = re.compile(r"Z33\.?1|Z34\.?\w*|O09\.?\w*", re.I)
"""ICD-10-CM: pregnant state, supervision of a normal and of a high-risk pregnancy."""
_LACTATING = {"413712001", "LA33-6"}
_NOT_LACTATING = {"LA32-8"}
"""SNOMED CT findings and LOINC answers (LL4129-4; yes and no)."""
_NO_LABS = _WEIGHT | _HEIGHT | _PREGNANCY | _DELIVERY | _LACTATION
_INCHES = {"in": "[in_i]", "in.": "[in_i]", '"': "[in_i]"}
"""Alone beside a number it is the unit; in a sentence it is a preposition."""
_GESTATION = timedelta(days=300)
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


@dataclass(frozen=True, slots=True)
class _Taken:
    """One usable observation and when it was true."""

    entry: Entry
    observation: Observation
    moment: Moment | None
    number: int

    @property
    def order(self) -> tuple[float, int]:
        """Later is larger, of one instant what the file gives later; without a day the oldest."""
        return (self.moment.instant.timestamp() if self.moment else float("-inf"), self.number)


def read_measures(
    entries: Mapping[str, list[Entry]], reading: Reading, born: date | None
) -> Measures:
    """Return the latest of each measure.

    Args:
        entries: The resources, by type.
        reading: The reading under way.
        born: The day of birth; a weight of childhood says nothing of an adult.
    """
    taken = list(_usable(entries.get("Observation", []), reading))
    grown = born.replace(year=born.year + _GROWN_YEARS, day=min(born.day, 28)) if born else None
    return Measures(
        weight_kg=_size(_latest(taken, _WEIGHT), "weight_kg", reading, grown),
        height_cm=_size(_latest(taken, _HEIGHT), "height_cm", reading, grown),
        pregnant=_pregnancy(taken, entries.get("Condition", []), reading),
        lactating=_answer(taken, _LACTATION, (_LACTATING, _NOT_LACTATING), reading),
        labs=_labs(taken, reading),
    )


def _usable(entries: list[Entry], reading: Reading) -> Iterator[_Taken]:
    for number, entry in enumerate(entries):
        observation = entry.read(Observation)
        moment = observation.taken
        if observation.status not in _DONE:
            reading.unused(entry, f"has the status {observation.status!r}")
        elif moment is not None and moment.day > reading.as_of:
            reading.unused(entry, f"is of {moment.day}, after the day asked for")
        else:
            yield _Taken(entry, observation, moment, number)


def _latest(taken: list[_Taken], codes: set[str]) -> Iterator[_Taken]:
    """Yield the observations of any of `codes`, the latest first."""
    own = (item for item in taken if item.observation.code.codes & codes)
    yield from _latest_first(own)


def _latest_first(taken: Iterable[_Taken]) -> list[_Taken]:
    return sorted(taken, key=lambda item: item.order, reverse=True)


def _size(
    latest: Iterable[_Taken],
    measure: Literal["weight_kg", "height_cm"],
    reading: Reading,
    grown: date | None,
) -> Decimal | None:
    """Return the latest weight or height that a person can have; of a child only a recent one."""
    unit = measure.rsplit("_", maxsplit=1)[-1]
    for item in latest:
        amount = _amount(item.observation.value_quantity)
        found = None if amount is None else convert(amount, unit)
        if found is None:
            reading.unused(item.entry, f"has no amount that converts to {unit}")
            continue
        size = _humanly(measure, found.value)
        if size is None:
            reading.unused(item.entry, f"has an amount in {unit} that no person has")
            continue
        day = item.moment.day if item.moment else None
        if day is not None and reading.as_of - day > _OLD_WEIGHT:
            if grown is None or day < grown:
                reading.unused(item.entry, f"is of {day}: too old to hold while a child grows")
                return None
            reading.stale(item.entry, f"the latest of its kind is of {day}")
        return size
    return None


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
    return next((code for unit in written if unit and (code := unit_code(unit))), None)


def _pregnancy(taken: list[_Taken], entries: list[Entry], reading: Reading) -> bool | None:
    """Return what the latest status says, else whether a delivery is expected or a problem."""
    status = _answer(taken, _PREGNANCY, (_PREGNANT, _NOT_PREGNANT), reading)
    if status is not None:
        return status
    for item in _latest(taken, _DELIVERY):
        expected = item.observation.value_date_time
        if expected is not None and reading.as_of <= expected.day <= reading.as_of + _GESTATION:
            return True
        reading.unused(item.entry, "expects no delivery within a pregnancy from the day asked for")
        break
    return True if any(_is_pregnancy(entry, reading) for entry in entries) else None


def _is_pregnancy(entry: Entry, reading: Reading) -> bool:
    condition = entry.read(Condition)
    begun = condition.onset_date_time or condition.recorded_date
    return (
        condition.code is not None
        and _names_pregnancy(condition.code)
        and is_active(condition, reading.as_of)
        and (begun is None or reading.as_of - begun.day <= _GESTATION)
    )


def _names_pregnancy(code: Concept) -> bool:
    return (
        bool(code.codes & _PREGNANT)
        or any(_PREGNANCY_ICD.fullmatch(own) for own in code.codes)
        or bool(_PREGNANT_WORDS.fullmatch(code.words() or ""))
    )


def _answer(
    taken: list[_Taken], codes: set[str], meanings: tuple[set[str], set[str]], reading: Reading
) -> bool | None:
    """Return what the latest answer to a question of yes or no says, if it still holds."""
    yes, no = meanings
    for item in _latest(taken, codes):
        observation = item.observation
        if item.moment is not None and reading.as_of - item.moment.day > _GESTATION:
            reading.unused(item.entry, f"is of {item.moment.day}: too old to hold today")
            return None
        if observation.value_boolean is not None:
            return observation.value_boolean
        said = observation.value_codeable_concept
        given = said.codes if said else frozenset()
        if given & (yes | no):
            return bool(given & yes)
        if codes is _PREGNANCY and (worded := _pregnant_in(said, observation)) is not None:
            return worded
        reading.unused(item.entry, "has no answer that says yes or no")
    return None


def _pregnant_in(said: Concept | None, observation: Observation) -> bool | None:
    """Return what the words of an answer say; None where they are others than these."""
    words = ((said.words() if said else None) or observation.value_string or "").strip()
    if _NOT_PREGNANT_WORDS.fullmatch(words):
        return False
    return True if _PREGNANT_WORDS.fullmatch(words) else None


def _labs(taken: list[_Taken], reading: Reading) -> tuple[Lab, ...] | None:
    """Return the latest result of each analyte, the latest first; None where there is none."""
    latest: dict[str, tuple[_Taken, Lab]] = {}
    for item in _latest_first(taken):
        if item.observation.code.codes & _NO_LABS:
            continue
        for code, found in _results(item.observation):
            key = _analyte(code)
            lab = _unknown(code) if key is None else _lab(key, item, found)
            if isinstance(lab, Lab):
                latest.setdefault(lab.name, (item, lab))
            else:
                reading.unused(item.entry, lab)
    for item, _ in latest.values():
        if item.moment is not None and reading.as_of - item.moment.day > _OLD_LAB:
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


def _lab(key: str, item: _Taken, found: Quantity | str | None) -> Lab | str:
    """Return the result of an analyte, or why it cannot be one."""
    analyte = load().analytes[key]
    day = item.moment.day if item.moment else None
    if isinstance(found, str):
        return Lab(name=analyte.names[0], result=found, taken=day)
    if found is None or found.value is None:
        return "has neither a number nor words"
    unit = _unit(found)
    if problem := _unit_problem(analyte, unit, found):
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
