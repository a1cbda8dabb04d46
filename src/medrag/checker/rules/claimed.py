"""MED315: a text that calls a check passed for which the datum is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.checker.context import Context
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.core.finding import Category
from medrag.core.span import Span

_ADJECTIVES = r"(?:known |drug |relevant |significant |documented |reported |current |other )*"
_CLEARED = (
    r"(?:\s+(?:check|screen|status|review|list|conflicts?))?[*_]*\s*[:=|][*_|\s]*(?:\w+ (?:and )?)?"
    r"(?:pass(?:es|ed)?|ok(?:ay)?|no (?:\w+ )?(?:conflicts?|issues?|problems?|concerns?|alerts?)"
    r"|cleared|verified|in order|not a concern)\b"
)
"""How a checklist says that something was looked at ("Allergy: passes"); "Allergies: none" is a
fact about the patient, not about a check."""


def _listed(words: str, *others: str) -> re.Pattern[str]:
    return re.compile("|".join((rf"\b(?:{words}){_CLEARED}", *others)), re.I)


_ALLERGY = _listed(
    "allerg(?:y|ies)",
    rf"\bno {_ADJECTIVES}allerg(?:y|ies|ic)\b (?:conflicts?|contraindications?|issues?"
    r"|concerns?|problems?|interactions?|found|identified|detected)",
    r"\ballerg(?:y|ies) (?:have been |were |was )?(?:checked|reviewed|cleared)\b",
)
_INTERACTION = _listed(
    "(?:drug )?interactions?",
    r"\binteractions?[*_]*\s*[:=|][*_|\s]*none\b",
    rf"\bno {_ADJECTIVES}interactions? (?:with (?:the|her|his|their|current|other|existing)"
    r"|found|identified|detected|expected|on (?:her|his|the|their))",
    rf"\bno {_ADJECTIVES}interactions?\s*(?:\.|;|,|$)",
)
_RENAL = _listed(
    "renal(?: function| dosing| dose)?|kidney(?: function| dosing)?|creatinine clearance",
    r"\b(?:renal|kidney) (?:function|dos\w+) (?:has been |was |is |were )?(?!not |never |un)"
    r"(?:\w+ )?(?:checked"
    r"|normal|fine|adequate|good|reviewed|verified|confirmed)\b",
    r"\bno (?:renal|kidney) (?:adjustment|concern|issue|dose change)s? (?:is |are )?"
    r"(?:needed|required|necessary)? ?(?:for|in) (?:him|her|this patient)",
)
_WEIGHT = _listed(
    "weight",
    r"\bweight (?:has been |was |is )?(?:checked|confirmed|verified)\b",
    r"\b\d+(?:\.\d+)? ?(?:mg|mcg|g|units?)/kg\b[^.;\n]{0,60}\b(?:is|are) (?:right|correct"
    r"|appropriate|the right dose|exact)\b",
)
_PREGNANT = _listed(
    "pregnancy",
    r"\b(?:definitely|certainly|clearly|surely) not pregnant\b",
    r"\b(?:confirmed|known|shown) (?:not (?:to be )?|non-?)pregnant\b",
    r"\bno (?:\w+ )?pregnancy (?:concerns?|issues?|problems?|risk)\b",
)
_HEPATIC = _listed("hepatic(?: function| dosing)?|liver(?: function)?")


_CATEGORIES: dict[str, Category] = {
    "allergies": "allergy",
    "interactions": "interaction",
    "kidney function": "renal",
    "weight": "weight-dose",
    "pregnancy": "pregnancy",
    "the liver": "hepatic",
}


def _claimed(context: Context) -> Iterator[Verdict]:
    facts, patient = context.facts, context.facts.given
    livers = {"alt", "ast", "bilirubin", "inr", "albumin"} & set(facts.labs)
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
        (
            _PREGNANT,
            facts.known and patient.pregnant is None and patient.sex != "male",
            "pregnancy",
            "pregnancy test",
        ),
        (
            _HEPATIC,
            facts.known and facts.conditions is None and not livers,
            "the liver",
            "list of conditions or liver test",
        ),
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
            category=_CATEGORIES[what],
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
