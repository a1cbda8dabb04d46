"""Number plates, which have no form of their own: only the word for a vehicle tells them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.privacy.evidence import SOFT, STRONG, Found, Note
from medrag.privacy.sieve import sifted

_PLATE = sifted(
    r"\b(?:ambulance|vehicle|car|van|taxi|truck|lorry|motorbike|scooter|moped|bike|bus|coach|cab|rig|tractor|trailer|camper"
    r"|reg|plates?|rego|drives?|driving|drove|parks?|parked)\b"
    r"[^\n.;]{0,40}?[\s(](?-i:(?P<whole>(?=[A-Z]{0,3}\d)(?=[A-Z0-9 -]{0,40}[A-Z])[A-Z0-9]{2,4}"
    r"[ -]?[A-Z0-9]{2,4}))(?![\w-])",
    re.IGNORECASE,
)


_CREW = sifted(
    r"\b(?:Medic|Engine|Ladder|Helimed|Life\s?[Ff]light|Air\s?[Ee]vac|Squad|[Cc]rew|Tanker|Care\s?[Ff]light)\s\d{1,4}\b"
)
"""An ambulance, a helicopter or a crew by its call sign."""


_PERSONAL = sifted(
    r"\b(?:reg(?:istration)?|number\splate|private\splate|personali[sz]ed\splate|plates?|rego)\b[^\n.;]{0,60}?[\s(:](?-i:(?P<whole>[A-Z]\d{1,3}\s[A-Z]{2,3}|[A-Z]{2,3}\s\d{1,3}[A-Z]))(?![\w-])",
    re.IGNORECASE,
)
"""A plate with few digits, after the very word for one: "reg J8 ALS"."""


_UK = sifted(
    r"(?<![\w-])(?!CD|CA|IL|PD|HB|DR|DQ|MS|TP|CK|NT|PG|FT)"
    r"[A-HJ-PR-Y]{2}[0-8]\d [A-HJ-PR-Z]{3}(?![\w-])(?!\s?\d)"
)
"""A plate of Great Britain as it is since 2001, wherever it stands."""
_NOT_WORDS = "POS NEG CAR LOW ECG MRI USS XRA TDS QDS PRN NKA NBM"
_NOT_LETTERS = frozenset(_NOT_WORDS.split())


def find_plates(note: Note) -> Iterator[Found]:
    """Yield number plates soon after the word for a vehicle, and call signs."""
    for match in _CREW.finditer(note.text):
        yield Found(match.start(), match.end(), "vehicle", SOFT)
    for match in _UK.finditer(note.text):
        if match[0][-3:] not in _NOT_LETTERS and not note.clinical(*match.span()):
            yield Found(match.start(), match.end(), "vehicle", SOFT)
    for match in _PERSONAL.finditer(note.text):
        if not (note.clinical(*match.span("whole")) or note.measured(*match.span("whole"))):
            yield Found(*match.span("whole"), "vehicle", SOFT)
    for match in _PLATE.finditer(note.text):
        start, end = match.span("whole")
        digits = sum(map(str.isdigit, match["whole"]))
        if digits > 1 and not note.clinical(start, end) and not note.measured(start, end):
            yield Found(start, end, "vehicle", STRONG)
