"""Where the dosing of each name of a sentence may stand."""

from __future__ import annotations

import re
from collections.abc import Sequence

from medrag.clinical.dosing import Item
from medrag.clinical.matching import Hit
from medrag.clinical.parts import SentenceParts
from medrag.clinical.quantity import QuantityMention
from medrag.clinical.roles import is_no_dose, role

_PRE_DOSE = re.compile(
    r"(?:\s|-|\bof\b|\boral(?:ly)?\b|\biv\b|\bintravenous(?:ly)?\b|\bsubcutaneous(?:ly)?\b|\bim\b"
    r"|\bpo\b"
    r"|\btablets?\b|\bcapsules?\b|\bextended-release\b|\bimmediate-release\b|\bonce\b|\bdaily\b"
    r"|\bloading\b|\bdoses?\b|\btotal\b|\(|\bgeneric\b|\bby\smouth\b|\binhaled\b|\btopical\b)*\Z"
)
_ASIDE = re.compile(
    r"\b(?:(?:because|since|as|while)\s(?:of\s)?(?:(?:you|he|she|they|the\spatient)\s)?(?:\w+\s)?"
    r"(?:takes?|taking|uses?|using|on|has|is\son)|fail(?:s|ed)?|instead\sof|rather\sthan|unlike"
    r"|than|over"
    r"|allergic\sto|intoleran\w+\s(?:of|to)|already\s(?:on|takes|taking|uses)"
    r"|in\s(?:patients|those)\s(?:on|taking)|added\sto)\s(?:[\w-]+\s)?\Z"
)
IN_VOLUME = re.compile(r"\bin\s\d[\d.,]*\s?(?:ml|l|litres?|liters?)\s(?:of\s)?\Z")
"""Words before what a drug is dissolved in."""
_SHARE = re.compile(r"\s?\d[\d.,]*\s?%")
_BESIDE = re.compile(r"\b(?:with(?:out)?|on|by|than)\s(?:her\s|his\s|your\s)?\Z")
_BEGIN = re.compile(
    r"\s(?:the\s(?:label|limit|maximum|dose)|guidelines?|at\smost|no\smore)\b|[,:]\s(?:begin"
    r"|start|give|use|limit|reduce|dose|the\sdose|keep)\b"
)
_IS_SO_MUCH = re.compile(r"\s(?:it\s)?(?:is|stays|lies)\s(?:at\s)?(?=\d)")
_WITHOUT = re.compile(r"\bwithout\s(?:[\w-]+\s)?\Z")
_ASIDE_END = re.compile(r"[:;,)]|\s[\u2013\u2014-]\s")
_OR_GLUE = re.compile(r"(?:,\s)?(?:\s?(?:or|and|nor|/)\s?)|,\s")
_NEEDS = re.compile(r"\s(?:would|will|may|can|should|must|requires?|needs?|limits?|is|are)\b")
_OTHER_NAME = re.compile(
    r"[;\n]\s*(?:and\s|[-*•]\s)?(?!(?:then|start|begin|dose|give|take|maximum|loading|bolus"
    r"|repeat|total"
    r"|after|later|followed|increase|reduce|continue|infuse|over|usually|initially|maintenance"
    r"|daily|plus"
    r"|about|with|from|until|under|else|than|another|children|adults|infants|otherwise|orally"
    r"|next|week"
    r"|thereafter|load|infusion|only|half|single|usual|additional|further|again|titrate|push"
    r"|inject|drink)\s)"
    r"[a-z][a-z-]{3,}\s\d[\d.,]*\s?(?:mg|mcg|g|units?|ml|meq)\b"
)
"""A name that no table knows, with a dose of its own, after a semicolon."""
_OTHER_ORDER = re.compile(
    r"[;.]\s(?:stop|hold|avoid|keep|check|recheck|monitor|do\snot|call|see|measure"
    r"|repeat\sthe)\s(?!it\b|them\b|this\b)"
)


def dosing_windows(parts: SentenceParts, names: Sequence[Hit]) -> list[list[tuple[int, int]]]:
    """Return for each name from where to where its dosing may stand.

    What follows a name that is only mentioned aside ("because you take X), maximum 100 mg")
    is the dosing of the name before it.
    """
    if not names:
        return []
    starts = []
    for index, hit in enumerate(names):
        floor = names[index - 1].end if index else parts.clauses.start
        starts.append(_reach_back(parts, hit, floor))
    windows: list[list[tuple[int, int]]] = []
    owner: int | None = None
    asides: list[bool] = []
    for index, hit in enumerate(names):
        start, end = starts[index], (*starts[1:], parts.clauses.end)[index]
        other = _OTHER_NAME.search(parts.folded, hit.end, end) or _OTHER_ORDER.search(
            parts.folded, hit.end, end
        )
        if other is not None:
            end = other.start()  # "; wordazole 40 mg": a name that no table knows
        aside = _aside(parts, hit, end)
        listed = (
            index > 0
            and asides[index - 1]
            and _OR_GLUE.fullmatch(parts.folded, names[index - 1].end, hit.start)
        )
        if aside is None and listed:
            mark = _ASIDE_END.search(parts.folded, hit.end, end)
            aside = mark.start() if mark is not None else None
        asides.append(aside is not None)
        if aside is None:
            owner = index
            windows.append([(start, end)])
            continue
        windows.append([(start, aside)])
        if owner is not None and aside < end:
            windows[owner].append((aside, end))
    return windows


def _aside(parts: SentenceParts, hit: Hit, end: int) -> int | None:
    """Return where the mention of a name aside ends; None where it is the sentence's subject."""
    text, begin = parts.folded, parts.clauses.start
    if IN_VOLUME.search(text, max(begin, hit.start - 20), hit.start):
        share = _SHARE.match(text, hit.end, end)
        return share.end() if share else hit.end
    opened = text.rfind("(", begin, hit.start)
    if opened >= 0 and text.find(")", opened, hit.start) < 0:
        closed = text.find(")", hit.end, parts.clauses.end)
        if closed < 0:
            return None
        before = text[begin:opened].strip(" -*")
        verb = _NEEDS.match(text, closed + 1, parts.clauses.end) is not None
        aside = verb or _ASIDE.search(text, opened, hit.start) is not None or not before
        return min(closed, end) if aside else None
    if _ASIDE.search(text, begin, hit.start) is None:
        beside = _BESIDE.search(text, begin, hit.start) and _BEGIN.match(text, hit.end, end)
        lacking = _WITHOUT.search(text, begin, hit.start) and _IS_SO_MUCH.match(text, hit.end, end)
        return hit.end if beside or lacking else None
    mark = _ASIDE_END.search(text, hit.end, end)
    return mark.start() if mark is not None else None


def _reach_back(parts: SentenceParts, hit: Hit, floor: int) -> int:
    """Return where dosing words before a name begin: "500 mg of oral X" belongs to X."""
    start = hit.start
    before: list[Item] = [q for q in parts.quantities if floor <= q.start and q.end <= hit.start]
    before += [
        h for h in parts.hits if h.kind in {"route", "form"} and floor <= h.start < hit.start
    ]
    for item in sorted(before, key=lambda i: i.start, reverse=True):
        if item.end < start and not _PRE_DOSE.match(parts.folded, item.end, start):
            break
        if isinstance(item, QuantityMention) and role(parts.folded, item) not in {
            "dose", "count", "strength", "maximum",
        } and not is_no_dose(parts.folded, item):  # fmt: skip
            break
        start = item.start
    return start
