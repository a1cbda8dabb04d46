"""A person's decision about exactly one answer, and what may act on it."""

from medrag.review.folder import Entry, ReviewFolder
from medrag.review.policy import OVERRIDE_REASONS, ReviewPolicy, override_coding
from medrag.review.signoff import actionable, countersign, hindrance, sign

__all__ = [
    "OVERRIDE_REASONS",
    "Entry",
    "ReviewFolder",
    "ReviewPolicy",
    "actionable",
    "countersign",
    "hindrance",
    "override_coding",
    "sign",
]
