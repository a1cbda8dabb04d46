"""Where in a house somebody lies: wards, rooms and beds by their numbers.

"Bed 14 or 41" with a day names one person; the number of a ward is smaller than a street.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.privacy.evidence import SOFT, STRONG, Found, Note
from medrag.privacy.sieve import sifted
from medrag.privacy.vocabulary import listed

_CODE = r"(?:[A-Z]{1,5}-?)?\d{1,4}(?:-?[A-Za-z]\b|-\d{1,3}\b)?"
_NOT_COUNTED = (
    r"(?![\w%+]|[/.,]\d|[-\s]?(?:h|hrs?|hours?|d|days?|wks?|weeks?|months?|mo|years?|nights?|min|cm|mm|kg|mg|ml|l|x"
    r"|times|beds|patients?|nurses?|people|units?|degrees)\b)"
)
_NUMBERED = sifted(
    r"\b(?:(?:side|single|treatment|exam(?:ination)?|delivery|hospital)\s)?(?:rooms?|rm|beds?|bay|cubicle|cubby|cot|incubator"
    r"|(?-i:[Pp]od)|trolley|gurney|stretcher|ward|wing|theatre|resus|majors|minors|recovery|chair|slot|bedspace|bed\sspace|labou?r\sward|isolation)\s"
    rf"(?:no\.?\s|number\s|#\s?)?(?-i:{_CODE}){_NOT_COUNTED}"
    rf"(?:(?:,?\s(?:or|and|to|vs)\s|\s?[/&,-]\s?)(?:(?:room|rm|bed|bay)\s)?(?-i:{_CODE}){_NOT_COUNTED}){{0,8}}"
    r"(?:\s(?:north|south|east|west)\b)?"
    rf"(?:,?\s(?:room|rm|bed|bay)\s(?-i:{_CODE}){_NOT_COUNTED})?",
    re.IGNORECASE,
)
"""A number after the word for a room or a bed, and those that go on with it."""
_LETTERED = sifted(
    r"\b(?:[Bb]ed|[Rr]oom|[Rr]m|[Bb]ay|[Ww]ard|[Cc]ubicle|[Pp]od|[Bb]ays)\s[A-Z](?:-?\d{1,3})?(?=[\s,.;:)?]|$)(?!\s?[=<>])"
)
_UNIT = sifted(
    r"\b(?:[A-Z]{0,3}ICU|CCU|HDU|MAU|AMU|SAU|PACU|CVU|SDU|IMU|TCU|ITU|ED|ER|HASU|SCBU|NNU|CDU|AAU)"
    rf"(?:-|\s(?:bed|room|rm|bay)\s)\d{{1,3}}[A-Z]?{_NOT_COUNTED}"
    r"|(?:(?<=\bin )|(?<=\bto )|(?<=\bfrom ))"
    rf"(?:[A-Z]{{0,3}}ICU|CCU|HDU|AMU|MAU|ITU)\s\d{{1,2}}{_NOT_COUNTED}"
)
_BAY_KIND = sifted(
    r"\b(?:Male|Female|Acute|Elderly|Short\s[Ss]tay|General|Gen|Upper|Lower|Mixed)\s(?:Med(?:ical)?|Surg(?:ical|ery)?|Ortho|Gyna?e?|Pa?eds|Care|Stroke"
    rf"|Assessment)\s\d{{1,2}}[A-Z]?{_NOT_COUNTED}"
)
"""A ward by who lies in it: "Male Med 2"."""
_DESK = sifted(
    r"(?:^|[|\n,;]\s{0,4}|\b(?:in|to|from|bed)\s)(?P<whole>(?:ED|ER|A&E|Resus|MAU|AMU|SAU|EAU|CDU|HDU|PACU)\s\d{1,2}[A-F])(?=\s?(?:[|,;\n)]|$))"
    r"|(?:^|\n\s{0,4}|:\s|\*\s|-\s)(?P<bed>[BRCW]\d{1,2})(?=:?\s(?:Mrs?|Ms|Miss|Dr|Mx)\.?\s[A-Z]|:?\s[A-Z][a-z]{2,}\s[-\u2013]\s)"
)
"""A place in an emergency department, and a bed by its letter before whoever lies in it."""
_FLOOR = sifted(
    r"\b(?:from|on|in|to|at|up\son|over\son)\s(?P<whole>\d{1,2}[A-Z]?(?:\s|-)?(?:(?i:north|south|east|west|tower|main)\b"
    r"|(?<=\d)[NSEW](?=-\d))(?:-\d{1,3}|\s(?:room|bed|rm)\s\d{1,3}[A-Z]?)?)(?![\w/])"
)
"""A floor by its side of the house: "from 4 North", "in 4N-17"."""
_BED = sifted(
    r"(?:^|[:;,\n]\s?)(?P<whole>\d{1,2}[A-Z]-\d{1,2})(?=\s(?:[A-Z][a-z'\u2019-]+|[A-Z]{3,})\s)"
)
"""A bed before whoever lies in it: "4A-11 Hargreaves P"."""
_DOOR = sifted(
    r"\b(?:patient|pt|lady|gentleman|gent|man|woman|girl|boy|child|one|guy|chap|fellow|mum|mom|baby)\s(?:in|from)\s"
    r"(?P<one>\d{1,2}[A-H])(?=[\s,.;:)?!]|$)|"
    r"\b(?:[Ii]n|[Ff]rom|[Tt]o|@)\s(?P<whole>(?!U-\d00)[A-Z]-\d{3,4}|(?!\d{1,3}[MF]\b)\d{2,4}[A-E](?:-\d)?)"
    r"(?=[\s,.;:)?!]|$)(?!\s?(?:mg|ml|mcg|units?)\b)"
)
"""The number of a door after "in": "Ms Rowe in B-309", "pt in 512B"."""

_CELL = sifted(r"\b[Cc]ell\s[A-Z]\d{0,2}-?\d{1,3}\b")
_CLINIC = sifted(rf"\b[Cc]linic\s(?:no\.?\s)?\d{{1,2}}[A-H]?{_NOT_COUNTED}")
_OCCUPANT = sifted(
    r"\b(?P<who>[^\W\d_]{2,20})\sin\s(?P<whole>\d{2,3}[a-hA-H]?)"
    r"(?=\s(?:is|has|needs?|wants?|says|asks?|refus\w{1,4}|keeps|still|again|just"
    r"|can(?:no|['\u2019])t)\b|\?)"
)
"""A number after "in" that a person is in: "does hope in 312 need", "lady in 14 wants"."""
_SOMEBODY = frozenset(
    ["pt", "patient", "lady", "gentleman", "man", "woman", "girl", "boy", "child", "kid", "one"]
)


_HOUSE = sifted(
    r"\b(?:at|from|of)\s(?P<whole>(?:number|no\.)\s\d{1,4}[a-z]?)(?=\s(?:says?|has|is|called|asks?|who|rang)\b|[,.;)]|$)",
    re.IGNORECASE,
)
"""A house by its number: "my neighbour from number 42 says"."""


def _occupied(note: Note) -> Iterator[Found]:
    """Yield a room by whoever is in it, and a listed name in small letters that is in one."""
    for match in _OCCUPANT.finditer(note.text):
        word = next(iter(note.words_in(*match.span("who"))), None)
        if word is None or note.clinical(word.start, word.end):
            continue
        named = word.given and word.key not in listed("seldom_names")
        if named or (word.key in _SOMEBODY and note.text[match.end()] != "?"):
            yield Found(*match.span("whole"), "place", STRONG if named else SOFT)
        if named:
            yield Found(word.start, word.end, "name", STRONG)


def find_rooms(note: Note) -> Iterator[Found]:
    """Yield numbered or lettered wards, rooms and beds, with the word for them."""
    yield from _occupied(note)
    for pattern in (
        _NUMBERED,
        _LETTERED,
        _UNIT,
        _DESK,
        _BAY_KIND,
        _FLOOR,
        _DOOR,
        _BED,
        _CELL,
        _CLINIC,
        _HOUSE,
    ):
        for match in pattern.finditer(note.text):
            form = next((name for name in match.groupdict() if match[name]), 0)
            start, end = match.span(form)
            if not (note.clinical(start, end) or note.measured(start, end)):
                yield Found(start, end, "place", SOFT)
