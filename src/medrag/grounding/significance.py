"""Whether a claim calls a difference significant against the p value of its source."""

from __future__ import annotations

import re

from medrag.grounding.cues import Clause

_P_VALUE = re.compile(r"\bp\s?(?:<|=|≤|<=)\s?0?\.0(?:[0-4]|5\b(?!\d))\d*", re.IGNORECASE)
_NO_P = re.compile(r"\bp\s?(?:>|=|≥)\s?0?\.(?:[1-9]|0[6-9])\d*", re.IGNORECASE)
_SIGNIFICANT = re.compile(r"\bsignifican(?:t|tly|ce)\b", re.IGNORECASE)
_NOT_SIGNIFICANT = re.compile(
    r"\b(?:not|no|non|without|nor|never|neither|in)[\s-]*(?:\w+\s){0,3}significan|insignifican"
    r"|\bshort of\b[^.;]{0,30}significan", re.IGNORECASE,
)  # fmt: skip


def turns_significance(clause: Clause, other: Clause) -> bool:
    """Return whether a claim calls a difference significant, or not, against its p value."""
    if not _SIGNIFICANT.search(clause.text) or _SIGNIFICANT.search(other.text):
        return False
    denied = bool(_NOT_SIGNIFICANT.search(clause.text))
    return bool((_P_VALUE if denied else _NO_P).search(other.text))
