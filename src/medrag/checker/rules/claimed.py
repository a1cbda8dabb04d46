"""MED315: a text that calls a check passed for which the datum is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.checker.context import Context
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.core.span import Span

_ADJECTIVES = r"(?:known |drug |relevant |significant |documented |reported |current )*"
_ALLERGY = re.compile(
    rf"\bno {_ADJECTIVES}(?:allerg(?:y|ies|ic)\b(?: (?:conflicts?|contraindications?|issues?"
    r"|concerns?|problems?|interactions?))|allerg(?:y|ies) (?:found|identified|detected))"
    r"|\ballerg(?:y|ies) (?:have been |were |was )?(?:checked|reviewed|cleared)\b",
    re.I,
)
_INTERACTION = re.compile(
    rf"\bno {_ADJECTIVES}interactions? (?:with (?:the|her|his|their|current|other|existing)"
    r"|found|identified|detected|expected|on (?:her|his|the|their))"
    rf"|\bno {_ADJECTIVES}interactions?\s*(?:\.|;|,|$)",
    re.I,
)


_RENAL = re.compile(
    r"\b(?:renal|kidney) function (?:has been |was |is |were )?(?:\w+ )?(?:checked|normal|fine"
    r"|adequate|good|reviewed|verified|confirmed)\b",
    re.I,
)
_WEIGHT = re.compile(r"\bweight (?:has been |was |is )?(?:checked|confirmed|verified)\b", re.I)
_PREGNANT = re.compile(
    r"\b(?:definitely|certainly|clearly|surely) not pregnant\b"
    r"|\bpregnancy (?:has been |was |is )?(?:excluded|ruled out)\b",
    re.I,
)


def _claimed(context: Context) -> Iterator[Verdict]:
    facts, patient = context.facts, context.facts.given
    kidneys = {"egfr", "creatinine", "creatinine-clearance"} & set(facts.labs)
    wanted = (
        (_ALLERGY, facts.allergies is None, "allergies", "allergy list"),
        (
            _INTERACTION,
            facts.known and facts.medications is None,
            "interactions",
            "medication list",
        ),
        (_RENAL, facts.known and not kidneys, "kidney function", "eGFR or creatinine"),
        (_WEIGHT, facts.known and patient.weight_kg is None, "weight", "weight"),
        (_PREGNANT, facts.known and patient.pregnant is None, "pregnancy", "pregnancy test"),
    )
    for pattern, lacking, what, missing in wanted:
        match = pattern.search(context.text)
        if match is None or not lacking:
            continue
        yield Signal(
            severity="warning",
            message=f"The text speaks of {what} as checked, but no {missing} was given: "
            "not checked.",
            span=Span(start=match.start(), end=match.end()),
            subject=what,
        )


RULES = (
    Rule(
        id="MED315",
        title="called checked without the datum",
        category="allergy",
        rationale='"No allergy conflict" without an allergy list is a guess that sounds safe.',
        check=_claimed,
    ),
)
