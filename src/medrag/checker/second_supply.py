"""What the patient takes already, begun once more under another name or in another product."""

from __future__ import annotations

import re

from medrag.checker.context import Context
from medrag.clinical import DrugMention

_BEGINS = re.compile(r"(?:start|begin|commenc|initiat|prescrib|put\b|add\b|order\b)", re.I)
_FROM_NOW = re.compile(
    r"\b(?:from (?:today|tomorrow)|new (?:script|order|prescription)|on top(?! of))\b", re.I
)
_CHANGES = re.compile(
    r"\b(?:increas|decreas|reduc|rais|lower|titrat|up-?titrat|halv|doubl|tak(?:e|en|ing) up|cut"
    r"|chang|switch|replac|instead|convert|continu|carry on|keep|remain|stay|resum|restart|hold"
    r"|held|stop|same|already|current|usual|as before|brand|generic|refill|renew|step|taper|wean"
    r"|adjust|from \d|now takes|his |her |your |their |the patient's )\w*",
    re.I,
)
"""Words that speak of what is taken already, rather than of a second supply of it."""


def is_begun_again(context: Context, mention: DrugMention, other: DrugMention) -> bool:
    """Return whether what is taken under one name is begun under another: Plavix, clopidogrel."""
    renamed = {mention.kind, other.kind} == {"brand", "ingredient"}
    dosed = any(r.dose is not None for r in mention.regimens)
    if not (renamed and dosed and _is_begun(context, mention)):
        return False
    return _CHANGES.search(context.sentence(mention)) is None


def _is_begun(context: Context, mention: DrugMention) -> bool:
    """Return whether a text begins a drug: by its verb, or by "from today"."""
    said = context.sentence(mention)
    told = mention.directive.text if mention.directive is not None else ""
    return _BEGINS.match(told) is not None or _FROM_NOW.search(said) is not None


_AS_NEEDED = ("@opioid", "@nsaid", "@benzodiazepine", "@stimulant")


def is_lasting(context: Context, mention: DrugMention, ingredient: str) -> bool:
    """Return whether a lasting treatment is begun that a listed product already holds.

    Of what is taken for pain or as needed a second product within the daily limit is usual.
    """
    said = context.sentence(mention)
    if not _is_begun(context, mention) or _CHANGES.search(said) is not None:
        return False
    return ingredient != "acetaminophen" and not any(
        ingredient in context.knowledge.members(key) for key in _AS_NEEDED
    )
