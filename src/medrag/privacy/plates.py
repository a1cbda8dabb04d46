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


def find_plates(note: Note) -> Iterator[Found]:
    """Yield number plates soon after the word for a vehicle, and call signs."""
    for match in _CREW.finditer(note.text):
        yield Found(match.start(), match.end(), "vehicle", SOFT)
    for match in _PLATE.finditer(note.text):
        start, end = match.span("whole")
        digits = sum(map(str.isdigit, match["whole"]))
        if digits > 1 and not note.clinical(start, end) and not note.measured(start, end):
            yield Found(start, end, "vehicle", STRONG)
