"""Entries that say that a list has nothing on it, or that nobody knows what is on it."""

from __future__ import annotations

import re
from typing import Literal

from medrag.interop.fhir.elements import Concept

Absence = Literal["none", "part", "unknown"]
"""Nothing is on the list; nothing of one kind is; what is on it is not known."""

_CODED: dict[str, Absence] = {
    "716186003": "none",  # No known allergy
    "409137002": "none",  # No known drug allergy
    "no-known-allergies": "none",
    "no-known-medication-allergies": "none",
    "429625007": "part",  # No known food allergy
    "428607008": "part",  # No known environmental allergy
    "1003774007": "part",  # No known latex allergy
    "no-known-food-allergies": "part",
    "no-known-environmental-allergies": "part",
    "no-allergy-info": "unknown",
    "160245001": "none",  # No current problems or disability
    "no-known-problems": "none",
    "no-problem-info": "unknown",
    "787481004": "none",  # No known medications
    "no-known-medications": "none",
    "no-medication-info": "unknown",
}
"""SNOMED CT, and the absent-unknown codes of the International Patient Summary."""
_BRACKETED = re.compile(r"\([^()]*\)")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_NO = {"no", "nil", "none", "denies", "denied", "without", "nka", "nkda", "nkma"}
_KNOWN = re.compile(
    r"known|any|current(?:ly)?|active|has|tak(?:es|ing)|on|to|of|or|and|other|the|patient|pt|history"
    r"|report(?:s|ed)"
)
_LISTED = re.compile(
    r"allerg(?:y|ies|ic)|drugs?|medications?|medicines?|meds|intolerances?|reactions?|adverse"
    r"|problems?|conditions?|diagnos[ei]s|diseases?|disability|status"
)
_UNKNOWN = {"unknown", "unobtainable", "unavailable", "undetermined"}
_NOT_SAID = re.compile(
    r"\b(?:not|none|never|nothing)\s(?:yet\s)?(?:been\s)?(?:on file|recorded|documented|assessed"
    r"|asked|available|obtained|entered|reviewed)\b|\bnot known\b|\bunable to\b"
    r"|\bno (?:information|data)\b|\bunknown (?:if|whether)\b",
    re.I,
)


def absence(concept: Concept | None) -> Absence | None:
    """Return what an entry says that is no item of its list; None where it is one.

    By its code, else by its words: every one of them is of denying, of knowing or of the list
    ("No known drug allergies (NKDA)"). With another word only some kind is denied ("no known food
    allergies"), which says nothing of the others.
    """
    if concept is None:
        return None
    coded = next((_CODED[code] for code in sorted(concept.codes) if code in _CODED), None)
    return coded or _worded(concept.words() or "")


def _worded(said: str) -> Absence | None:
    plain = _BRACKETED.sub(" ", said).strip().casefold()
    words = _WORD.findall(plain)
    if not words:
        return None
    if _NOT_SAID.search(plain) or (_UNKNOWN & set(words) and not _others(words, _UNKNOWN)):
        return "unknown"
    if not _NO & set(words):
        return None
    if not _others(words, _NO):
        return "none"
    is_denial = words[0] in _NO or set(words[:3]) <= _NO | {"patient", "has", "pt", "the"}
    return "part" if is_denial and words[-1].startswith("allerg") else None


def _others(words: list[str], own: set[str]) -> list[str]:
    rest = (word for word in words if word not in own)
    return [word for word in rest if not (_KNOWN.fullmatch(word) or _LISTED.fullmatch(word))]
