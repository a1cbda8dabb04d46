"""Whether a patient is pregnant or breastfeeding: what the latest of all that speaks of it says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from medrag.interop.fhir.elements import Concept, Condition, Observation
from medrag.interop.fhir.entries import Entry
from medrag.interop.fhir.notes import Reading
from medrag.interop.fhir.problems import (
    GESTATION,
    ended_on,
    names_lactation,
    names_pregnancy,
    why_not,
)
from medrag.interop.fhir.taken import Taken, latest

PREGNANCY = {"82810-3", "11449-6"}
DELIVERY = {"11778-8", "11779-6", "11780-4"}
"""Delivery date, estimated."""
LACTATION = {"63895-7"}
_YES = {"LA33-6", "373066001", "Y"}
_NO = {"LA32-8", "373067005", "N"}
"""LOINC answers (LL4129-4), SNOMED CT qualifiers and HL7 v2 table 0136: yes and no."""
_PREGNANT = {"77386006", "LA15173-0", "72892002"} | _YES
_NOT_PREGNANT = {"60001007", "LA26683-5"} | _NO
_LACTATING = {"413712001"} | _YES
_NOT_LACTATING = _NO
_PREGNANT_WORDS = re.compile(r"(?:(?:currently |patient is )?pregnan(?:t|cy)|yes)", re.I)
_NOT_PREGNANT_WORDS = re.compile(
    r"(?:(?:currently |patient is )?not (?:currently )?pregnant|no)", re.I
)
_NOT_FOR_LONG = timedelta(days=28)
"""Who was not pregnant longer ago may be by now."""
_ALWAYS = datetime.max.replace(tzinfo=timezone.utc)


@dataclass(frozen=True, slots=True)
class _Said:
    """What one entry says; None where it says that it does not know, or cannot be read."""

    entry: Entry
    at: datetime
    holds: bool | None


def pregnancy(taken: list[Taken], problems: list[Entry], reading: Reading) -> bool | None:
    """Return whether the patient is pregnant on the day asked for; None where nobody can tell.

    The latest status counts, unless a pregnancy is on the problem list or a delivery expected:
    then a "no" before is outdated, and a "no" after it contradicts, so nothing is known. A status
    before the end of a pregnancy says nothing of today.
    """
    status = next(_status(taken, PREGNANCY, (_PREGNANT, _NOT_PREGNANT), reading), None)
    others = [*_expected(taken, reading), *_listed(problems, reading)]
    if status is None or status.holds is None:
        return True if others else None
    later = [said for said in others if said.at >= status.at]
    if status.holds or later:
        ended = _ended(problems, status.at)
        if ended is not None and not later:
            reading.unused(status.entry, "is of before the end of a pregnancy")
            return None
        return True
    if others:
        reading.unused(status.entry, "denies a pregnancy that other entries still hold")
        return None
    day = status.at.date()
    if reading.as_of - day > _NOT_FOR_LONG:
        reading.unused(status.entry, f"is of {day}: too old to rule a pregnancy out today")
        return None
    return False


def lactation(taken: list[Taken], problems: list[Entry], reading: Reading) -> bool | None:
    """Return whether the patient breastfeeds; None where nothing says so that still holds.

    The problem list says so where no status of the same day or later does.
    """
    status = next(_status(taken, LACTATION, (_LACTATING, _NOT_LACTATING), reading), None)
    listed = _listed(problems, reading, names_lactation)
    if any(status is None or said.at > status.at for said in listed):
        return True
    return None if status is None else status.holds


def _status(
    taken: list[Taken], codes: set[str], meanings: tuple[set[str], set[str]], reading: Reading
) -> Iterator[_Said]:
    """Yield the latest answer to a question, if it is young enough to hold.

    One that cannot be read counts as unknown: an older one may no longer be true.
    """
    for item in latest(taken, codes):
        if item.moment is not None and reading.as_of - item.moment.day > GESTATION:
            reading.unused(item.entry, f"is of {item.moment.day}: too old to hold today")
            return
        holds = _answer(item.observation, codes, meanings)
        if holds is None:
            reading.unused(item.entry, "has no answer that says yes or no")
        yield _Said(item.entry, item.instant, holds)
        return


def _answer(
    observation: Observation, codes: set[str], meanings: tuple[set[str], set[str]]
) -> bool | None:
    if observation.value_boolean is not None:
        return observation.value_boolean
    said = observation.value_codeable_concept
    given = said.codes if said else frozenset()
    yes, no = meanings
    if given & (yes | no):
        return bool(given & yes)
    return _worded(said, observation) if codes is PREGNANCY else None


def _worded(said: Concept | None, observation: Observation) -> bool | None:
    """Return what the words of an answer say; None where they are others than these."""
    words = ((said.words() if said else None) or observation.value_string or "").strip()
    if _NOT_PREGNANT_WORDS.fullmatch(words):
        return False
    return True if _PREGNANT_WORDS.fullmatch(words) else None


def _expected(taken: list[Taken], reading: Reading) -> Iterator[_Said]:
    """Yield the latest expected delivery, where it ends a pregnancy of today."""
    for item in latest(taken, DELIVERY):
        expected = item.observation.value_date_time
        if expected is not None and reading.as_of <= expected.day <= reading.as_of + GESTATION:
            yield _Said(item.entry, item.instant, holds=True)
        else:
            reading.unused(
                item.entry, "expects no delivery within a pregnancy from the day asked for"
            )
        return


def _listed(
    problems: list[Entry],
    reading: Reading,
    names: Callable[[Concept | None], bool] = names_pregnancy,
) -> Iterator[_Said]:
    """Yield what is so named on the problem list; one without a day holds as the list does."""
    for entry in problems:
        condition = entry.read(Condition)
        is_readable = names(condition.code) and not entry.is_modified
        if is_readable and why_not(condition, reading.as_of) is None:
            begun = condition.onset_date_time or condition.recorded_date
            yield _Said(entry, begun.instant if begun else _ALWAYS, holds=True)


def _ended(problems: list[Entry], since: datetime) -> datetime | None:
    """Return when a pregnancy ended after `since`; None where none did."""
    pregnancies = (entry.read(Condition) for entry in problems)
    ends = (ended_on(one) for one in pregnancies if names_pregnancy(one.code))
    return max((end.instant for end in ends if end and end.instant > since), default=None)
