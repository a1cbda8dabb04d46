"""QUO101-QUO103: what the text says that stands in none of its quotations.

The comparison itself is `medrag.clinical.grounding`; where a case brings no quotations these
rules have nothing to compare and stay silent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from medrag.checker.context import Context
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.clinical.grounding import Ungrounded, ground
from medrag.clinical.grounding_rules import GROUNDING_RULES

_LEADING = re.compile(r"(\d+(?:\.\d+)?)(?:[\s-]*(?:years?|kg|cm|y)\b.*)?$")


def _ungrounded(context: Context, rule_id: str) -> Iterator[Verdict]:
    if context.quotes is None:
        return
    for found in ground(context.text, context.quotes):
        reported = GROUNDING_RULES[found.kind]
        if reported.id == rule_id and not _about_the_patient(context, found):
            yield Signal(
                severity=reported.severity,
                message=found.message,
                span=found.span,
                subject=found.kind,
            )


def _about_the_patient(context: Context, found: Ungrounded) -> bool:
    """Return whether the words only repeat what is known of the patient."""
    patient, words = context.facts.given, found.span.of(context.text).lower()
    if found.kind == "population":
        told = {
            "wom": patient.sex == "female",
            "female": patient.sex == "female",
            "man": patient.sex == "male",
            "male": patient.sex == "male",
            "breast": bool(patient.lactating),
            "lactat": bool(patient.lactating),
            "pregnan": patient.pregnant is not None,
        }
        return any(known and words.startswith(start) for start, known in told.items())
    number = _LEADING.match(words)
    if found.kind == "number" and number is not None:
        own = {patient.age_years, patient.weight_kg, patient.height_cm}
        return Decimal(number[1]) in own and _age_is_meant(context, words)
    return found.kind == "negation" and "not pregnant" in words


def _age_is_meant(context: Context, words: str) -> bool:
    """Return whether the quotations speak of patients of the stated age, where it is an age."""
    age = context.facts.given.age_years
    if age is None or not re.search(r"year|\by\b|^\d+$", words):
        return True
    quoted = " ".join(context.quotes or ()).lower()
    ranges = re.findall(r"(\d+)\s*(?:to|-|\u2013|through)\s*(\d+)\s*years", quoted)
    if any(Decimal(low) <= age <= Decimal(high) for low, high in ranges):
        return True
    return "adult" in quoted if age >= 18 else re.search(r"child|pa?ediatric", quoted) is not None


def _numbers(context: Context) -> Iterator[Verdict]:
    yield from _ungrounded(context, "QUO101")


def _contradicted(context: Context) -> Iterator[Verdict]:
    yield from _ungrounded(context, "QUO102")


def _populations(context: Context) -> Iterator[Verdict]:
    yield from _ungrounded(context, "QUO103")


RULES = (
    Rule(
        id="QUO101",
        title="number or drug that no quotation has",
        category="unsupported-number",
        rationale="A dose that the source does not give was made up.",
        check=_numbers,
    ),
    Rule(
        id="QUO102",
        title="contradicts its quotation",
        category="contradiction",
        rationale='A lost "not" turns a warning into advice.',
        check=_contradicted,
    ),
    Rule(
        id="QUO103",
        title="other patients than its quotation",
        category="population",
        rationale="A child's dose is not an adult's.",
        check=_populations,
    ),
)
