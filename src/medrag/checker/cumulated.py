"""Whether an amount is all that was given of a drug, and no dose: "240 mg/m2 so far"."""

from __future__ import annotations

import re

from medrag.checker.context import Context
from medrag.checker.rows import CumulativeRow
from medrag.clinical import Regimen, convert

_OF_ALL = re.compile(
    r"\b(?:so far|to date|up to now|until now|already|lifetime|cumulative\w*|previous\w*|prior"
    r"|earlier|past|total\w*|altogether|in all|records?|exposure|behind (?:him|her|them)"
    r"|ha[sd] (?:now )?(?:had|received|been given)|came to|adds? up|sums? to|limit|threshold"
    r"|ceiling|beyond|above)\b",
    re.I,
)
_OF_ONE = re.compile(
    r"\b(?:per|each|every|a) (?:cycle|course|treatment|infusion)\b|\bdays? \d", re.I
)
"""What makes an amount that of one cycle."""
_FAR_PAST = 2
"""Times the largest lifetime amount beyond which an amount is a slip in any case."""


def is_cumulated(context: Context, drug: str, regimen: Regimen) -> bool:
    """Return whether an amount without a route and a frequency is said to be of all cycles."""
    if regimen.dose is None or regimen.route or regimen.frequency:
        return False
    rows = context.knowledge.rows(CumulativeRow, drug)
    held = [
        row
        for row in rows
        if (given := convert(regimen.dose, row.written)) is not None
        and given.top <= row.maximum * _FAR_PAST
    ]
    if not held:
        return False
    text = context.text
    start = max(text.rfind(mark, 0, regimen.start) for mark in (". ", ";", "\n")) + 1
    end = min(
        (at for mark in (". ", ";", "\n") if (at := text.find(mark, regimen.end)) >= 0),
        default=len(text),
    )
    said = text[start:end]
    return _OF_ALL.search(said) is not None and _OF_ONE.search(said) is None
