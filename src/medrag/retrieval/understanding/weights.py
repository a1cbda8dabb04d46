"""How much what is added counts, chosen by measurement (docs/decisions/0150)."""

from __future__ import annotations

from collections.abc import Mapping

from medrag.core.understanding import AddedKind

WEIGHTS: Mapping[AddedKind, float] = {
    "ingredient": 1.0,
    "misspelling": 1.0,
    "spelling": 1.0,
    "abbreviation": 1.0,
    "synonym": 0.2,
    "brand": 0.5,
    "related": 0.3,
    "patient": 0.15,
}
"""What added words count beside the words that they stand for: at most as much as all of those."""

UNDECIDED = 0.5
"""Share of the weight that each of two senses keeps where the context decides for neither."""

HEADING_BONUS = 0.75
"""Bonus of a fitting heading, in standard deviations of the candidates' scores."""

PATIENT_SHARE = 0.5
"""Share of that bonus for headings about what is known of the patient, not asked."""
