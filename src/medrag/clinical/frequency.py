"""How often a drug is given: abbreviations and words to times per day."""

from __future__ import annotations

import re
from decimal import Decimal

from medrag.clinical.quantity import Frequency

_CODES = {
    "qd": 1, "od": 1, "daily": 1, "bid": 2, "bd": 2, "tid": 3, "tds": 3, "qid": 4, "qds": 4,
    "qhs": 1, "hs": 1, "qam": 1, "qpm": 1, "nightly": 1, "nocte": 1,
}  # fmt: skip
_PATTERN = re.compile(
    r"\b(?:(?P<code>q\.?d|od|bid|b\.i\.d\.|bd|tid|t\.i\.d\.|tds|qid|q\.i\.d\.|qds|qhs|qam|qpm|daily|nightly)"
    r"|(?:q|every)\s?(?P<low>\d+)(?:\s?(?:-|–|to)\s?(?P<high>\d+))?\s?(?P<unit>h|hr|hrs|hours?|days?|weeks?)"
    r"|(?P<times>once|twice|one time|two times|three times|four times|(?:[1-6]) times)\s(?:a |per |each |every )?(?P<period>daily|day|weekly|week)"
    r")\b",
    re.IGNORECASE,
)


def parse_frequencies(text: str) -> list[Frequency]:
    """Return every statement of how often, in order."""
    found = []
    for match in _PATTERN.finditer(text):
        code = match["code"]
        per_day = Decimal(_CODES[code.lower().replace(".", "")]) if code else _rate(match)
        low = None
        found.append(Frequency(per_day, match.start(), match.end(), match[0], low))
    return found


def _rate(match: re.Match[str]) -> Decimal:
    if match["times"]:
        words = {"once": 1, "one": 1, "twice": 2, "two": 2, "three": 3, "four": 4}
        first = match["times"].lower().split()[0]
        times = Decimal(words[first] if first in words else int(first))
        return times / 7 if match["period"].lower().startswith("week") else times
    hours = {"h": 1, "d": 24, "w": 168}[match["unit"][0].lower()]
    return Decimal(24) / (hours * int(match["low"]))
