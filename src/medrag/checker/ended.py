"""What a text or a list says is over, or not taken now, before another drug begins."""

from __future__ import annotations

import re

from medrag.checker.context import Context
from medrag.checker.rows_pairs import WashoutRow
from medrag.clinical import DrugMention

FINISHED = re.compile(
    r"(?:\s\d[\d.,]*\s?m?c?g)?"
    r"\s(?:must|should|has to|have to|needs? to|is to|was|is|has|had to|had|will)"
    r"\s(?:have\s)?(?:be(?:en)?\s)?"
    r"(?:finished|completed|stopped|discontinued|withdrawn|washed out|weaned(?: off)?|over"
    r"|out of the system|ended)\b",
    re.I,
)
"""What follows a drug that is over before another one starts."""
_ONCE = re.compile(
    r"\b(?:once|after|when|until|unless|as soon as|provided(?: that)?)\s(?:[\w-]+\s){0,3}\Z", re.I
)
_HELD = re.compile(
    r"[^\n]{0,60}?[(,;:\u2013-]\s?(?:\w+ly )?(?:is |now )?(?:held|on hold|withheld|paused"
    r"|suspended)\b",
    re.I,
)


def is_held(context: Context, listed: DrugMention) -> bool:
    """Return whether the list says of a drug that it is not taken now: "X 10 mg daily (held)"."""
    return _HELD.match(context.facts.source, listed.end) is not None


def first_ended(context: Context) -> set[str]:
    """Return the drugs after whose end alone the text begins others: "only once X is stopped"."""
    text = context.text
    return {
        ingredient
        for drug in context.content.drugs
        if FINISHED.match(text, drug.end)
        and _ONCE.search(text, max(0, drug.start - 40), drug.start)
        for ingredient in drug.ingredients
        if not context.knowledge.rows(WashoutRow, ingredient)  # its effect outlasts its end
    }
