"""Whether a text answers a result by giving less of what the patient takes."""

from __future__ import annotations

import re

from medrag.checker.context import Context
from medrag.clinical import DrugMention, Regimen, convert

_LESS = re.compile(r"(?:halv|reduc|decreas|lower|cut|taper)", re.I)
_DOWN = re.compile(
    r"\b(?:halv\w+|reduc\w+|decreas\w+|lower\w*|cut\w*|taper\w*|(?:com|go|step|bring|tak|scal|turn"
    r"|titrat|wind|dial)\w* (?:[\w-]+ ){0,3}?(?:down|back)|back (?:off|down)|trim\w*"
    r"|down-?titrat\w*)\b[^.;]{0,25}\Z",
    re.I,
)
"""Words right before a drug that make its dose a smaller one: "come down from X 150 mcg"."""
_FROM_TO = re.compile(
    r"\bfrom\b[^.;]{0,30}?\d[^.;]{0,30}?\b(?:to|down)\b|\d ?m?c?g? ?(?:->|\u2192|down to)", re.I
)
_NEAR = 50


def says_less(mention: DrugMention) -> bool:
    """Return whether the order itself is one to lower the dose."""
    return mention.directive is not None and _LESS.match(mention.directive.text) is not None


def is_lowered(context: Context, mention: DrugMention) -> bool:
    """Return whether less of a drug is ordered than the patient takes, in words or by its doses."""
    if says_less(mention):
        return True
    start = max(context.content.sentences[mention.sentence].start, mention.start - _NEAR)
    if _DOWN.search(context.text, start, mention.start):
        return True
    if len(mention.regimens) > 1:
        first, second = mention.regimens[:2]
        changed = _FROM_TO.search(context.text, mention.start, second.end) is not None
        return changed and _is_less(second, first)
    taken = (
        regimen
        for listed in context.facts.medications or ()
        if mention.ingredients and listed.ingredients == mention.ingredients
        for regimen in listed.regimens
    )
    return any(_is_less(now, before) for now in mention.regimens for before in taken)


def _is_less(now: Regimen, before: Regimen) -> bool:
    """Return whether one regimen is less than another, by the day where both tell how often."""
    if now.dose is None or before.dose is None:
        return False
    same = convert(now.dose, before.dose.unit)
    often = [r.frequency.per_day if r.frequency is not None else None for r in (now, before)]
    if same is None:
        return False
    new, old = (often[0], often[1]) if all(often) else (None, None)
    if new is None or old is None:
        return same.value < before.dose.value
    return same.value * new < before.dose.value * old
