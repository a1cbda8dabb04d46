"""Two values that the words between them call one, in other units."""

from __future__ import annotations

import re
from dataclasses import replace

from medrag.checker.context import Context
from medrag.clinical import QuantityMention
from medrag.clinical.quantities import unit_code

UREA = frozenset({"bun", "urea"})
"""Two names of one amount: a mole of urea is a mole of urea nitrogen's pair of atoms."""
ANOTHER = re.compile(
    r"[,;:()\n]|\b(?:r[io]s\w+|f[ae]ll\w*|dropp\w*|climb\w*|increas\w*|decreas\w*|went|then|later|now|today"
    r"|yesterday|after|before|until|below|above|over|under|less|more|than|at least|targets?|goals?"
    r"|if|when|unless|limits?|ranges?|normal|while|whereas|plus|add\w*|per|every|doses?"
    r"|ioni[sz]ed|free|direct|indirect|correct\w*|adjust\w*|urin\w*|but|not|nor|never|wrong\w*"
    r"|from|between|differ\w*|and|with|brings?|by|divided|minus|times)\b",
    re.I,
)
"""Words by which a second value is not the first one in other units."""
_CUE = re.compile(
    r"\b(?:units?|scale|equivalent|equals?|equates?|convert\w*|express\w*|translat\w*|i\.e\.?"
    r"|meaning|means|same|correspond\w*|comes?|works?|amounts?|makes?|reads?|way|terms"
    r"|(?:that|which|it)(?:'s| is| was| makes| would be))\b|\(in\s|\u2248|=",
    re.I,
)
"""Words between two values by which the second is the first in other units."""
_WIDEST = 60


def is_converted(context: Context, pair: tuple[QuantityMention, QuantityMention]) -> bool:
    """Return whether the words between two values say that they are one."""
    first, second = pair
    between = context.text[first.end : second.start]
    if len(between) > _WIDEST or _CUE.search(between) is None:
        return False
    if first.quantity.value == second.quantity.value:
        return False  # "72 % cannot be right: it means 72 mmol/mol"
    labs = {lab.analyte for lab in context.content.labs if first.end <= lab.start < second.start}
    if labs - UREA:
        return False
    return ANOTHER.search(_STOPS.sub(" ", between)) is None


_STOPS = re.compile(r"[,;:()]|\bfor those\b|\bthe other units\b|\bother\b")
_NAMED_UNIT = re.compile(
    r"\b(?:in|to|into)\s(?P<unit>(?:(?:[mnp\u00b5\u03bcu])?(?:mol|g)|mcg)/(?:dL|mL|L))\b"
)


def with_unit_named(value: QuantityMention, between: str) -> QuantityMention:
    """Return a bare number in the unit that the words before it name: "(in mg/dL: 4.0)"."""
    named = _NAMED_UNIT.search(between) if value.quantity.unit == "1" else None
    code = unit_code(named["unit"]) if named is not None else None
    if code is None:
        return value
    return replace(value, quantity=replace(value.quantity, unit=code))
