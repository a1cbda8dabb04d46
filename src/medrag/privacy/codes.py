"""Serial numbers of devices, and identifiers that go on in groups: "RXK 00 12 34 5"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.privacy.evidence import SOFT, STRONG, Found, Note
from medrag.privacy.sieve import sifted

_SERIAL = sifted(
    r"\b(?:[Ss]/[Nn]|SN|[Ss]erial(?:\s(?:no\.?|number|nr\.?|#))?)[\s:#.-]{1,3}"
    r"(?P<whole>(?=[A-Z0-9 -]{0,40}\d)[A-Z0-9]{1,40}(?:[-/][A-Z0-9]{1,40}){0,8})(?![a-z])"
)
_MODEL = sifted(
    r"\b(?:pumps?|leads?|pacemaker|pacer|icd|crt|ventilator|valve|stent|graft|implant|transmitter|sensor"
    r"|controller|cochlear|cgm|lvad|hearing\said|meter|glucometer|stimulator|vns|dbs|blood\s(?:bag|unit)|filter"
    r"|catheter|defibrillator|generator|monitor|cpap|bipap|concentrator|nebuli[sz]er|prosthesis|device"
    r"|dialy[sz]er|oximeter|loop\srecorder|port)\b"
    r"[^\n.;?]{0,20}?\s(?-i:(?P<whole>(?=[A-Z0-9 -]{0,40}\d{3})(?=[0-9 -]{0,40}[A-Z])"
    r"[A-Z0-9]{1,40}(?:-[A-Z0-9]{1,40}){0,8}"
    r"(?: (?=[A-Z0-9-]{0,40}\d{2})[A-Z0-9]{1,40}(?:-[A-Z0-9]{1,40}){0,8}){0,8}))(?![\w/%]|[.,]\d)",
    re.IGNORECASE,
)
"""Letters with digits soon after the word for a device: "cochlear CI612 0042119876"."""
_MIXED_SERIAL = sifted(
    r"\b(?:transmitter|sensor|pump|pacemaker|generator|lead|monitor|recorder|meter|concentrator|ventilator|device|handset|controller"
    r"|implant|stimulator|defibrillator|icd|cpap|oximeter|reader|receiver|pod)\s(?:id\s|code\s|no\.?\s|number\s|#\s?)?"
    r"(?P<whole>(?-i:(?=\d*[A-Z]+\d)(?=[A-Z]*\d+[A-Z])(?=[A-Z0-9]{0,4}\d[A-Z]{1,3}\d)[A-Z0-9]{5,10}))(?![\w-])",
    re.IGNORECASE,
)
"""Letters and digits by turns right after a device, fewer than elsewhere: "transmitter 8GK2L7"."""
_MORE = re.compile(r" (?P<part>[A-Z0-9]{1,6})(?![\w/%'\u2019-]|[.,]\d)")
_MOST_GROUPS = 12
_AFTER_PART = re.compile(
    r"\s?(?:mg|mcg|\u00b5g|ug|g|kg|ml|l|dl|units?|iu|meq|mmol\w*|mmhg|bpm|%|(?-i:h)|hrs?|hours?|days?|d|weeks?"
    r"|wks?|months?|mo|years?|yrs?|y|yo|y/o|tab\w*|cap\w*|puffs?|drops?|doses?|times|x|[MF])\b"
    r"|\s?[:=<>]|\s\d",
    re.IGNORECASE,
)


def find_serials(note: Note) -> Iterator[Found]:
    """Yield serial numbers wherever "S/N" or "serial" stands, and codes soon after a device."""
    for match in _MODEL.finditer(note.text):
        start, end = match.span("whole")
        coded = len(re.sub(r"[^A-Z0-9]", "", match["whole"])) > 5
        free = not note.measured(start, end) and not note.clinical(start, end)
        if coded and free and _AFTER_PART.match(note.text, end) is None:
            yield Found(start, spaced_end(note, end), "device", SOFT)
    for match in _MIXED_SERIAL.finditer(note.text):
        yield Found(*match.span("whole"), "device", STRONG)
    for match in _SERIAL.finditer(note.text):
        start, end = match.span("whole")
        if sum(map(str.isdigit, match["whole"])) > 2 and not note.measured(start, end):
            yield Found(start, spaced_end(note, end), "device", STRONG)


def spaced_end(note: Note, end: int) -> int:
    """Return where an identifier ends that goes on in groups: "RXK 00 12 34 5", "532 118 VK".

    An amount, a result and a clinical name are no group of it; a group of letters alone has two
    at most.
    """
    for _ in range(_MOST_GROUPS):
        match = _MORE.match(note.text, end)
        if match is None:
            return end
        start, last = match.span("part")
        part = match["part"]
        digits = sum(map(str.isdigit, part))
        if digits == 0 and (len(part) > 2 or part in {"M", "F", "A", "I"} or not _ends(note, last)):
            return end
        if _AFTER_PART.match(note.text, last) and not _goes_on(note, last):
            return end
        checked = digits == 0 and len(part) == 1  # a letter that checks, before no value: "902 K,"
        if (note.clinical(start, last) and not checked) or note.measured(start, last):
            return end
        end = last
    return end


def _ends(note: Note, last: int) -> bool:
    """Return whether nothing that could be a value follows a group of letters."""
    return re.match(r"\s?[\d:=<>]", note.after(last, 2)) is None


def _goes_on(note: Note, last: int) -> bool:
    """Return whether a further group of digits follows, and no value after a label."""
    return re.match(r" \d{2,6}(?![\w.,%/]|\s?[a-z%])", note.after(last, 16)) is not None
