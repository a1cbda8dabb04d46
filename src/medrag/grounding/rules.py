"""Rule ids of grounding: one permanent id for each way a text can leave its quotations.

The checker registers them for anyone's text; answers report the same ids for their claims.
QUO104 is the checker's own rule on withdrawn drugs and replaced guidelines.
"""

from __future__ import annotations

from typing import NamedTuple

from medrag.core.finding import Category, Severity
from medrag.grounding.claims import UngroundedKind


class GroundingRule(NamedTuple):
    """What one sort of finding is reported as."""

    id: str
    category: Category
    severity: Severity


GROUNDING_RULES: dict[UngroundedKind, GroundingRule] = {
    "number": GroundingRule("QUO101", "unsupported-number", "critical"),
    "frequency": GroundingRule("QUO101", "unsupported-number", "critical"),
    "drug": GroundingRule("QUO101", "unsupported-number", "critical"),
    "name": GroundingRule("QUO101", "unsupported-number", "warning"),
    "negation": GroundingRule("QUO102", "contradiction", "critical"),
    "direction": GroundingRule("QUO102", "contradiction", "critical"),
    "comparator": GroundingRule("QUO102", "contradiction", "critical"),
    "population": GroundingRule("QUO103", "population", "critical"),
}
SUPERSEDED = GroundingRule("QUO105", "superseded", "critical")
"""A verified quotation is of a source that is not in force."""
UNVERIFIED = GroundingRule("QUO106", "unsupported-number", "warning")
"""A quotation of a claim did not verify; a contradiction where it was altered or clipped."""
NO_QUOTATION = GroundingRule("QUO107", "unsupported-number", "warning")
"""No quotation of a claim verified; the claim is withheld, so it need not stop the others."""
SECOND_READER = GroundingRule("QUO108", "contradiction", "warning")
"""A second reader, a model, takes the quotations of a claim to contradict it, or not to say it."""
GROUNDING_IDS = frozenset(
    rule.id
    for rule in (*GROUNDING_RULES.values(), SUPERSEDED, UNVERIFIED, NO_QUOTATION, SECOND_READER)
)
"""Every id that says something about an answer's grounding."""
