"""Finds the names of analytes in a sentence, drugs whose level is meant among them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from medrag.clinical.lab_links import LINK
from medrag.clinical.lexicon import Analyte, load
from medrag.clinical.matching import Hit
from medrag.clinical.parts import SentenceParts

_LEVELS = {
    "vitamin-d": "vitamin-d-25-oh",
    "cholecalciferol": "vitamin-d-25-oh",
    "ergocalciferol": "vitamin-d-25-oh",
    "cyanocobalamin": "vitamin-b12-level",
    "folic-acid": "folate-level",
    "zinc-sulfate": "zinc-level",
    "alcohol": "ethanol-level",
}
"""Drugs whose level has another name than their own."""
_ELEMENTS = {
    "iron": "iron",
    "copper": "copper-level",
    "lead": "lead-level",
    "c3": "c3",
    "c4": "c4",
}
_DRAWN = re.compile(
    r"\b(?:draw|measure|re-?check|check|send|test)\s(?:for\s)?(?:(?:the|an?|his|her|serum|plasma|blood|total|morning"
    r"|trough)\s){0,3}\Z"
)
"""What only a level is done to: "draw the testosterone at 8 am"."""
_A_DOSE = re.compile(
    r"\s(?:\d[\d.,]*\s?(?:mg|mcg|g|units?|ml)\b(?!/)|doses?|orders?|prescription|label|supply|list)"
)
_ELEMENT = re.compile(rf"\b(?:{'|'.join(_ELEMENTS)})\b")
"""Names that are words of other meanings too, unless a concentration follows."""
_CALLED_A_LEVEL = re.compile(
    r"[\s,(:]*(?:(?:is|was|are|lies|sits|falls|remains|well|now|and|still|which)\s)*"
    r"(?:(?:with)?in\s(?:the\s)?(?:therapeutic|target|normal|usual|reference)|(?:with)?in\srange|on\starget"
    r"|at\sgoal|(?:sub|supra)?-?therapeutic|toxic|normal\b|sufficient|replete|adequate|deficient|insufficient|too\s(?:low|high)|keep\sthe\sdose)"
)
"""What only a measured concentration is called."""
_RETURNED = re.compile(r"\b(?:came|come|comes)\sback\b|\breturned\b|\bmeasured\b|\bresult")
_BEFORE_A_LEVEL = re.compile(r"\b(?:pre-?dose|troughs?|serum|plasma|steady-state)\s\Z")
_RANGED = re.compile(
    r"^[^.;]{0,30}\b(?:reference|normal|healthy)\s(?:range|interval|values?)\b[^.;\d]{0,40}"
    r"\b(?:is|of|about|around|between|from)\s(?:about\s|around\s|roughly\s)?\Z"
)
_OTHERS = {
    "ph": re.compile(
        r"\b(?:vagin\w*|urin\w*|gastric|stomach|aspirates?|tip|pleural|saliva|skin|semen"
        r"|(?:thin|white|grey|gray|ear|wound)\sdischarge|hyphae|clue|solution|infusate|water"
        r"|(?:in)?solub\w+|aqueous|buffer\w*|histidine|acetate|starch|adjust(?:ed|ment)|media)\b"
    ),
    "temperature": re.compile(
        r"\b(?:stor(?:e|ed|age|ing)|room\stemperature|refrigerat\w*|freez\w*|fridge)\b"
    ),
    "weight": re.compile(r"\b(?:net|fill|molecular|formula)\sweight|\bweight-based\b"),
}
"""What is no value of a body: another pH than the blood's, a warehouse's temperature, a cartridge's
weight."""


def analyte_hits(parts: SentenceParts) -> Iterator[Hit]:
    """Yield the analytes of a sentence, drugs whose level is meant among them."""
    for hit in parts.hits:
        if hit.kind == "analyte" and not _is_of_something_else(parts, hit):
            yield hit
        elif hit.kind in {"drug", "class"} and len(hit.keys) == 1:
            key = _LEVELS.get(hit.keys[0], f"{hit.keys[0]}-level")
            analyte = load().analytes.get(key)
            if analyte is not None and _is_level(parts, hit, analyte):
                yield replace(hit, kind="analyte", keys=(key,))
    yield from _elements(parts)


def _elements(parts: SentenceParts) -> Iterator[Hit]:
    """Yield elements named bare before a concentration: "copper 16 ug/dL", "iron 100 ug/dL"."""
    for match in _ELEMENT.finditer(parts.folded, parts.clauses.start, parts.clauses.end):
        key = _ELEMENTS[match[0]]
        if any(hit.start < match.end() and match.start() < hit.end for hit in parts.hits):
            continue
        hit = Hit(match.start(), match.end(), "analyte", (key,), "name")
        if _is_level(parts, hit, load().analytes[key]):
            yield hit


def _is_level(parts: SentenceParts, hit: Hit, analyte: Analyte) -> bool:
    """Whether the number behind a drug's name is a concentration: "lithium 1.8 mmol/L"."""
    if _DRAWN.search(parts.folded, max(parts.clauses.start, hit.start - 40), hit.start):
        return _A_DOSE.match(parts.folded, hit.end, parts.clauses.end) is None
    value = next((q for q in parts.quantities if q.start >= hit.end), None)
    if value is None or not value.unit_written or value.quantity.unit == "1":
        return False
    gap = parts.folded[hit.end : value.start]
    if LINK.match(parts.folded, hit.end, value.start) is None and not _RANGED.search(gap):
        return False
    if value.quantity.unit in analyte.units:
        return True  # any other unit may be of a strength: "50 mcg/mL elixir"
    start = max(parts.clauses.start, hit.start - 20)
    dissolved = set(value.quantity.per) & {"L", "mL", "dL"}
    measured = _RETURNED.search(gap) or _BEFORE_A_LEVEL.search(parts.folded, start, hit.start)
    if "dL" in dissolved or (dissolved and measured):
        return True  # no medicine is labeled by the deciliter
    return bool(dissolved) and _CALLED_A_LEVEL.match(parts.folded, value.end) is not None


def _is_of_something_else(parts: SentenceParts, hit: Hit) -> bool:
    other = _OTHERS.get(hit.keys[0])
    if other is None:
        return False
    begin, end = max(0, hit.start - 120), min(len(parts.folded), hit.end + 80)
    if hit.keys[0] != "ph":  # a fluid is often named a sentence before its pH
        begin, end = max(begin, parts.clauses.start), min(end, parts.clauses.end)
    return other.search(parts.folded, begin, end) is not None
