"""Active problems and allergies, in the words of the record."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta

from medrag.interop.fhir.absent import absence
from medrag.interop.fhir.elements import Allergy, Concept, ConceptOrReference, Condition, Reaction
from medrag.interop.fhir.entries import Entry
from medrag.interop.fhir.moments import Moment
from medrag.interop.fhir.notes import MODIFIED, Reading, without_words

_ENDED = {"inactive", "remission", "resolved"}
_NOT_SO = {"refuted", "entered-in-error"}
_TAG = re.compile(r"\s*\((?:disorder|finding|situation|substance|product|event|procedure)\)\s*$")
"""SNOMED CT's semantic tag, which belongs to the full name of a concept and not to a term."""
_ALLERGY_TO = re.compile(
    r"^(?:allergy|allergic|intolerance|hypersensitivity) to\s+|\s+allergy$", re.I
)
_PREGNANT = {"77386006", "72892002", "47200007"}
"""SNOMED CT: pregnant, normal pregnancy, high risk pregnancy."""
_PREGNANCY_ICD = re.compile(r"Z33\.?1|Z34\.?\w*|O09\.?\w*|Z3A\.?\d\d|Z32\.?01", re.I)
"""ICD-10-CM: pregnant state, supervision of a normal and of a high-risk pregnancy, its weeks, a
positive test."""
_PREGNANT_WORDS = re.compile(
    r"(?:(?:currently|patient is|normal|early|late|current|ongoing|(?:high|low)[- ]risk|multiple"
    r"|singleton|single|twin|triplet|(?:live |viable )?intrauterine|planned|unplanned|teenage"
    r"|(?:first|second|third) trimester|\d+(?:\+\d)? weeks?|supervision of(?: a)?) )*"
    r"pregnan(?:t|cy)(?:[ ,]+(?:state|first|second|third|\d+|trimester|weeks?|incidental|twins?))*",
    re.I,
)
_LACTATING = {"413712001", "Z39.1"}
"""SNOMED CT: breastfeeding (mother); ICD-10-CM: care of a lactating mother."""
_LACTATION_WORDS = re.compile(
    r"(?:(?:currently|patient is|exclusive(?:ly)?|partial(?:ly)?) )*"
    r"(?:breast[- ]?feeding|breast[- ]?feeds|lactating|nursing|lactation)"
    r"(?:[ ,]*\(?(?:mother|woman|patient|status|state|currently|finding)\)?)*",
    re.I,
)
GESTATION = timedelta(days=300)
"""A pregnancy that began longer ago is over, whatever the record still says."""


def conditions(entries: Mapping[str, list[Entry]], reading: Reading) -> tuple[str, ...] | None:
    """Return the active problems in the order of the file; None where none can be read of any.

    What was never so, or says that nobody knows, tells nothing of what else is on the list.
    """
    found: dict[str, None] = {}
    is_known, is_readable = False, True
    for entry in entries.get("Condition", []):
        condition = entry.read(Condition)
        reason = why_not(condition, reading.as_of)
        said = _term(condition.code)
        absent = absence(condition.code)
        if reason is not None:
            reading.unused(entry, reason)
            is_known |= not _NOT_SO & _said(condition.verification_status)
        elif entry.is_modified:
            reading.unread(entry, MODIFIED)
            is_readable = False
        elif absent == "unknown":
            reading.unread(entry, "says that the problems are not known")
            is_readable = False
        elif absent is not None:
            is_known = True
        elif said is None:
            reading.unread(entry, without_words("has neither a text nor a display", condition.code))
            is_readable = False
        else:
            found[said] = None
    return tuple(found) or (() if is_known and is_readable else None)


def why_not(condition: Condition, as_of: date) -> str | None:
    """Return why a problem does not hold on the day `as_of`; None where it does."""
    verified = _NOT_SO & _said(condition.verification_status)
    status = _ENDED & _said(condition.clinical_status)
    ended = ended_on(condition)
    begun = condition.onset_date_time or condition.recorded_date
    is_old = begun is not None and as_of - begun.day > GESTATION
    reasons = (
        (verified, f"has the verification status {min(verified, default='')!r}"),
        (status, f"has the clinical status {min(status, default='')!r}"),
        (ended is not None and ended.day <= as_of, f"ended on {ended.day if ended else ''}"),
        (condition.is_abated, "is said to have ended"),
        (
            begun is not None and begun.day > as_of,
            f"is of {begun.day if begun else ''}, after the day asked for",
        ),
        (
            is_old and names_pregnancy(condition.code),
            f"is a pregnancy of {begun.day if begun else ''}: too old to hold today",
        ),
    )
    return next((reason for holds, reason in reasons if holds), None)


def ended_on(condition: Condition) -> Moment | None:
    """Return when a problem ended, as far as the record says."""
    period = condition.abatement_period
    return condition.abatement_date_time or (period.end if period else None)


def names_pregnancy(code: Concept | None) -> bool:
    """Return whether a problem is a pregnancy, by its code or its words."""
    return code is not None and (
        bool(code.codes & _PREGNANT)
        or any(_PREGNANCY_ICD.fullmatch(own) for own in code.codes)
        or bool(_PREGNANT_WORDS.fullmatch(_term(code) or ""))
    )


def names_lactation(code: Concept | None) -> bool:
    """Return whether a problem says that the patient breastfeeds, by its code or its words."""
    return code is not None and (
        bool(code.codes & _LACTATING) or bool(_LACTATION_WORDS.fullmatch(_term(code) or ""))
    )


def allergies(entries: Mapping[str, list[Entry]], reading: Reading) -> tuple[str, ...] | None:
    """Return the allergy list, reactions in brackets, in the order of the file.

    Empty where the record says that none is known, None where it says nothing, or names one that
    cannot be read and no other.
    """
    found: dict[str, None] = {}
    is_none_known, is_readable = False, True
    for entry in entries.get("AllergyIntolerance", []):
        allergy = entry.read(Allergy)
        verified = _NOT_SO & _said(allergy.verification_status)
        status = _ENDED & _said(allergy.clinical_status)
        said = _substance(allergy)
        absent = absence(allergy.code)
        if verified:
            reading.unused(entry, f"has the verification status {min(verified)!r}")
        elif status:
            reading.unused(entry, f"has the clinical status {min(status)!r}")
        elif entry.is_modified:
            reading.unread(entry, MODIFIED)
            is_readable = False
        elif absent == "part":
            reading.unused(entry, "says of some substances only that no allergy is known")
        elif absent == "none":
            is_none_known = True
        elif absent == "unknown":
            reading.unread(entry, "says that the allergies are not known")
            is_readable = False
        elif said is None:
            substances = (allergy.code, *(reaction.substance for reaction in allergy.reaction))
            reading.unread(entry, without_words("names no substance", *substances))
            is_readable = False
        else:
            found[_line(said, allergy)] = None
    return tuple(found) or (() if is_none_known and is_readable else None)


def _substance(allergy: Allergy) -> str | None:
    said = _term(allergy.code)
    if said is None:  # R4 lets the substance stand in the reaction alone
        substances = (_term(reaction.substance) for reaction in allergy.reaction)
        said = next((words for words in substances if words), None)
    return None if said is None else _ALLERGY_TO.sub("", said)


def _line(substance: str, allergy: Allergy) -> str:
    """Return `penicillin (anaphylaxis, severe)`, as allergy lists are written by hand."""
    said = ["intolerance"] if "intolerance" in _said(allergy.type) else []
    said += [words for reaction in allergy.reaction for words in _reaction(reaction)]
    if allergy.criticality == "high":
        said.append("high criticality")
    return f"{substance} ({', '.join(dict.fromkeys(said))})" if said else substance


def _reaction(reaction: Reaction) -> list[str]:
    said = [_term(_concept(item)) for item in reaction.manifestation]
    return [words for words in (*said, reaction.severity) if words]


def _concept(item: Concept | ConceptOrReference) -> Concept | None:
    return item if isinstance(item, Concept) else item.concept


def _term(concept: Concept | None) -> str | None:
    said = concept.words() if concept is not None else None
    return _TAG.sub("", said) if said else None


def _said(status: Concept | None) -> frozenset[str]:
    """Return a coded status by every code and word of it: a local code may stand beside it."""
    if status is None:
        return frozenset()
    words = (status.text, *(coding.display for coding in status.coding), *status.codes)
    plain = (word.strip().lower() for word in words if word)
    return frozenset(re.sub(r"[\s_]+", "-", word) for word in plain)
