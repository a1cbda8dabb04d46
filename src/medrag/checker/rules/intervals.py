"""A drug of every day that is ordered once a week or once a month (a part of MED105)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from medrag.checker.context import Context
from medrag.checker.rows import IntervalRow
from medrag.checker.rule import Signal, Verdict
from medrag.checker.rules.selection import around, rows_of
from medrag.checker.wording import name, rate

_SLACK = Decimal("0.95")
_DAYS = r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
_ADJOINING = re.compile(
    r"(?:[\s,]*(?:[\d.,]+\s?(?:mg|mcg|micrograms?|g|units?|mg/kg)\b|\([^()]{0,30}\)"
    r"|\b(?:xl|xr|er|sr|la|tablets?|capsules?|pills?|pens?|vials?|doses?|injections?|by mouth"
    r"|orally|po|iv|intravenous(?:ly)?|subcutaneous(?:ly)?|sc|is|are|be|to be|can be|should be"
    r"|may be|taken|given|injected|one|two|a|just|only|once|twice|three times)\b))*[\s,]*"
    r"\b(?:weekly|monthly|fortnightly|(?<=once )(?:a|per|in a) (?:week|month|fortnight)"
    r"|(?<=twice )(?:a|per) (?:week|month)|(?<=times )(?:a|per) (?:week|month)"
    r"|(?:every|each)(?: other| second| third| two| three| four| \d+)?"
    r" (?:days?|weeks?|months?|fortnight)"
    rf"|(?:on|every) (?:{_DAYS}(?:,| and)? ?)+(?:only|alone))\b",
    re.IGNORECASE,
)
"""The interval right behind the drug and its dose: what stands farther may be a test's."""
_ANOTHER_PLAN = re.compile(
    r"\b(?:dialy\w+|h(?:a)?emodialysis|prophyla\w+|taper\w*|wean\w*|reduc\w+|increas\w+|titrat\w+"
    r"|rais\w+|lower\w*|missed|supervised|directly observed|cycles?|pulses?|until|steps?)\b",
    re.IGNORECASE,
)
"""Words with which the interval is of a change of dose, of a cycle, or of dialysis."""


def too_seldom(context: Context) -> Iterator[Verdict]:
    """Report intervals longer than the action of the drug, where nothing explains them."""
    for mention in context.dosed:
        if _ADJOINING.match(context.text, mention.end) is None:
            continue
        if _ANOTHER_PLAN.search(context.sentence(mention)):
            continue
        for drug, row in rows_of(context, mention, IntervalRow):
            for regimen in mention.regimens:
                often = regimen.frequency
                if often is None or often.per_day is None or often.once:
                    continue
                if row.route not in {"any", regimen.route} and regimen.route is not None:
                    continue
                if often.per_day >= row.least * _SLACK or often.per_day == 0:
                    continue
                yield Signal(
                    severity="warning",
                    message=f"{name(drug)} {often.text}: too seldom to work; it is given at least "
                    f"{rate(row.least)}.",
                    span=around(mention, regimen),
                    reference=context.knowledge.reference(row, drug),
                    subject=drug,
                )
