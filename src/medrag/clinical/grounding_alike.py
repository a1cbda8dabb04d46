"""What says the same in opposed words: "only with X", "not without X"; harm and its prevention."""

from __future__ import annotations

import re

from medrag.clinical.grounding_cues import Clause

_ONLY = re.compile(r"\bonly\b", re.IGNORECASE)
_SAVE = re.compile(r"\b(?:without|except|unless|until|other than)\b", re.IGNORECASE)
_DENIES = re.compile(r"\b(?:not|no|never|un(?:necessary|needed))\b|n't\b", re.IGNORECASE)
_PURPOSE = re.compile(
    r"\bto (?:avoid|prevent|minimi[sz]e|reduce|lower|limit|decrease)\b", re.IGNORECASE
)
_HARM = re.compile(r"\b(?:related|caus\w+|associat\w+|risk|due|leads?|result\w*)\b", re.IGNORECASE)


def narrows_alike(clause: Clause, other: Clause) -> bool:
    """Return whether "only with X" meets "not without X", "not except in X"."""
    return any(
        _ONLY.search(one.text) and _SAVE.search(two.text) and _DENIES.search(two.text)
        for one, two in ((clause, other), (other, clause))
    )


def serves(clause: Clause, other: Clause) -> bool:
    """Return whether a claim tells how to avoid the harm that its quotation tells the cause of."""
    causes = _HARM.search(other.text) and not _PURPOSE.search(other.text)
    return bool(_PURPOSE.search(clause.text) and causes)
