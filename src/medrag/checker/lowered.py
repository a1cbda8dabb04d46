"""Whether a text answers a result by giving less of what the patient takes."""

from __future__ import annotations

import re

from medrag.checker.context import Context
from medrag.clinical import DrugMention, Quantity, Regimen, convert

_LESS = re.compile(r"(?:halv|reduc|decreas|lower|cut|taper)", re.I)
_DOWN = re.compile(
    r"\b(?:halv\w+|reduc\w+|decreas\w+|lower\w*|cut\w*|taper\w*|(?:com|go|step|bring|tak|scal|turn"
    r"|titrat|wind|dial)\w* (?:[\w-]+ ){0,3}?(?:down|back)|back (?:off|down)|trim\w*"
    r"|down-?titrat\w*)\b[^.;]{0,25}\Z",
    re.I,
)
"""Words right before a drug that make its dose a smaller one: "come down from X 150 mcg"."""
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
    doses = [one for one in map(_amount, mention.regimens) if one is not None]
    if len(doses) > 1:
        return _is_less(doses[-1], doses[0])
    taken = (
        listed
        for listed in context.facts.medications or ()
        if mention.ingredients and listed.ingredients == mention.ingredients
    )
    before = next((_amount(r) for listed in taken for r in listed.regimens), None)
    return bool(doses) and before is not None and _is_less(doses[0], before)


def _amount(regimen: Regimen) -> Quantity | None:
    """Return the amount of a day, of one dose where its frequency is not told."""
    dose = regimen.dose
    if dose is None:
        return None
    times = regimen.frequency.per_day if regimen.frequency is not None else None
    return Quantity(dose.value * times, dose.unit) if times else Quantity(dose.value, dose.unit)


def _is_less(now: Quantity, before: Quantity) -> bool:
    same = convert(now, before.unit)
    return same is not None and same.value < before.value
