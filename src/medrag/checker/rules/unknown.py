"""MED005: a dose of something that the tables do not know."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.checker.context import Context
from medrag.checker.rule import Rule, Verdict
from medrag.core.finding import NotChecked

_ORDERED = re.compile(
    r"\b(?:give|take|start|begin|administer|prescribe|add|continue|use|increase|reduce"
    r"|switch to)\s+"
    r"(?:the |her |him |them |a |an |oral |intravenous |iv )*"
    r"(?P<name>[a-z][a-z-]{4,})\s+(?:\([A-Z][\w ]{2,30}\)\s+)?"
    r"\d[\d.,]*(?:\s?(?:-|to|–)\s?\d[\d.,]*)?\s?(?:mg|mcg|µg|μg|micrograms?|milligrams?|grams?|g|"
    r"units?|IU|mEq|mmol|mL)\b",
    re.IGNORECASE,
)
_NO_DRUGS = re.compile(
    r"about|above|additional|amount|another|approximately|around|bolus(?:es)?|capsules?|daily"
    r"|divided|doses?|dosage|every|exactly|extra|first|fluids?|further|half|infusion|initial(?:ly)?"
    r"|intravenously|least|loading|maintenance|maximum|minimum|nearly|normal|orally|others"
    r"|remaining|roughly|saline|second|single|solution|starting|subcutaneously|syrup|tablets?"
    r"|therapy|total|twice|under|until|usual|water|within",
    re.IGNORECASE,
)
"""Words that stand before a dose and name no drug."""


def _unknown(context: Context) -> Iterator[Verdict]:
    read = sorted((mention.start, mention.end) for mention in context.content.drugs)
    for found in _ORDERED.finditer(context.text):
        start, end = found.span("name")
        word = found["name"]
        if _NO_DRUGS.fullmatch(word) or any(a < end and start < b for a, b in read):
            continue
        yield NotChecked(
            check=f"the dose of {word}",
            reason="the tables do not know this name; nothing about it was checked",
        )


RULES = (
    Rule(
        id="MED005",
        title="a name that the tables do not know",
        category="single-dose",
        rationale="A drug that no table holds must not pass as if it had been found safe.",
        check=_unknown,
    ),
)
