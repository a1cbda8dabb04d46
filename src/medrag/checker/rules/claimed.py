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


def _claimed(context: Context) -> Iterator[Verdict]:
    wanted = (
        (_ALLERGY, context.facts.allergies, "allergies", "allergy list"),
        (_INTERACTION, context.facts.medications, "interactions", "medication list"),
    )
    for pattern, datum, what, missing in wanted:
        match = pattern.search(context.text)
        if (
            match is None
            or datum is not None
            or (what == "interactions" and not context.facts.known)
        ):
            continue
        yield Signal(
            severity="warning",
            message=f"The text says that {what} were no problem, but no {missing} was given: "
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
