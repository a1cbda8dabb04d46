"""Active problems and allergies, in the words of the record."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from medrag.interop.fhir.elements import Allergy, Concept, ConceptOrReference, Condition, Reaction
from medrag.interop.fhir.entries import Entry
from medrag.interop.fhir.notes import Reading, without_words

_ENDED = {"inactive", "remission", "resolved"}
_NOT_SO = {"refuted", "entered-in-error"}
_TAG = re.compile(r"\s*\((?:disorder|finding|situation|substance|product|event|procedure)\)\s*$")
"""SNOMED CT's semantic tag, which belongs to the full name of a concept and not to a term."""
_ALLERGY_TO = re.compile(
    r"^(?:allergy|allergic|intolerance|hypersensitivity) to\s+|\s+allergy$", re.I
)
_NONE_KNOWN = {
    "716186003",  # No known allergy
    "409137002",  # No known drug allergy
    "no-known-allergies",
    "no-known-medication-allergies",
}
"""SNOMED CT, and IPS's absent-unknown codes."""
_OTHER_NONE = {
    "429625007",  # No known food allergy
    "428607008",  # No known environmental allergy
    "1003774007",  # No known latex allergy
    "no-known-food-allergies",
    "no-known-environmental-allergies",
}
_NONE_WORDS = re.compile(r"^(?:no known (?:drug |medication )?allerg(?:y|ies)|nkda?)$", re.I)
_NO_PROBLEM = {"160245001", "no-known-problems"}  # No current problems or disability


def conditions(entries: Mapping[str, list[Entry]], reading: Reading) -> tuple[str, ...] | None:
    """Return the active problems in the order of the file; None where none can be read of any."""
    found: dict[str, None] = {}
    is_readable = True
    listed = entries.get("Condition", [])
    for entry in listed:
        condition = entry.read(Condition)
        reason = _why_not(condition, reading.as_of)
        said = _term(condition.code)
        if reason is not None:
            reading.unused(entry, reason)
        elif condition.code is not None and condition.code.codes & _NO_PROBLEM:
            continue
        elif said is None:
            reading.unread(entry, without_words("has neither a text nor a display", condition.code))
            is_readable = False
        else:
            found[said] = None
    return tuple(found) or (() if listed and is_readable else None)


def is_active(condition: Condition, as_of: date) -> bool:
    """Return whether a problem holds on the day `as_of`, as far as the record says."""
    return _why_not(condition, as_of) is None


def _why_not(condition: Condition, as_of: date) -> str | None:
    verified = _code(condition.verification_status)
    if verified in _NOT_SO:
        return f"has the verification status {verified!r}"
    status = _code(condition.clinical_status)
    if status in _ENDED:
        return f"has the clinical status {status!r}"
    period = condition.abatement_period
    ended = condition.abatement_date_time or (period.end if period else None)
    if condition.abatement_string or (ended is not None and ended.day <= as_of):
        return f"ended on {ended.day}" if ended is not None else "is said to have ended"
    begun = condition.onset_date_time or condition.recorded_date
    if begun is not None and begun.day > as_of:
        return f"is of {begun.day}, after the day asked for"
    return None


def allergies(entries: Mapping[str, list[Entry]], reading: Reading) -> tuple[str, ...] | None:
    """Return the allergy list, reactions in brackets, in the order of the file.

    Empty where the record says that none is known, None where it says nothing, or names one that
    cannot be read and no other.
    """
    found: dict[str, None] = {}
    is_none_known, is_readable = False, True
    for entry in entries.get("AllergyIntolerance", []):
        allergy = entry.read(Allergy)
        verified, status = _code(allergy.verification_status), _code(allergy.clinical_status)
        said = _substance(allergy)
        if verified in _NOT_SO:
            reading.unused(entry, f"has the verification status {verified!r}")
        elif status in _ENDED:
            reading.unused(entry, f"has the clinical status {status!r}")
        elif allergy.code is not None and allergy.code.codes & _OTHER_NONE:
            reading.unused(entry, "says of some substances only that no allergy is known")
        elif _is_none(allergy.code):
            is_none_known = True
        elif said is None:
            substances = (allergy.code, *(reaction.substance for reaction in allergy.reaction))
            reading.unread(entry, without_words("names no substance", *substances))
            is_readable = False
        else:
            found[_line(said, allergy)] = None
    return tuple(found) or (() if is_none_known and is_readable else None)


def _is_none(code: Concept | None) -> bool:
    if code is None:
        return False
    words = code.words()
    return bool(code.codes & _NONE_KNOWN or (words and _NONE_WORDS.match(words)))


def _substance(allergy: Allergy) -> str | None:
    said = _term(allergy.code)
    if said is None:  # R4 lets the substance stand in the reaction alone
        substances = (_term(reaction.substance) for reaction in allergy.reaction)
        said = next((words for words in substances if words), None)
    return None if said is None else _ALLERGY_TO.sub("", said)


def _line(substance: str, allergy: Allergy) -> str:
    """Return `penicillin (anaphylaxis, severe)`, as allergy lists are written by hand."""
    said = ["intolerance"] if _code(allergy.type) == "intolerance" else []
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


def _code(concept: Concept | None) -> str | None:
    return next(iter(sorted(concept.codes)), None) if concept is not None else None
