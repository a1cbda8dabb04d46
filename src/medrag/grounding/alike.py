"""What says the same in opposed words: "only with X", "not without X"; harm and its prevention.

So do "X must come before Y" and "no Y unless X".
"""

from __future__ import annotations

import re

from medrag.grounding.cues import Clause

_ONLY = re.compile(r"\bonly\b", re.IGNORECASE)
_SAVE = re.compile(r"\b(?:without|except|unless|until|other than)\b", re.IGNORECASE)
_DENIES = re.compile(r"\b(?:not|no|never|un(?:necessary|needed))\b|n't\b", re.IGNORECASE)
_FIRST = re.compile(r"\b(?:before|prior to|until)\b", re.IGNORECASE)
_REQUIRES = re.compile(r"\b(?:requir(?:es?|ed|ing)|calls? for|demands?)\b", re.IGNORECASE)
_DEMANDS = re.compile(
    r"\b(?:requir\w+|must|needs?|needed|should|ha(?:s|ve) to|necessary|mandatory)\b", re.IGNORECASE
)
_NOT_UNLESS = re.compile(
    r"(?:\b(?:no one|nobody|none|no|not|never|cannot)\b|n't\b)[^.;]*\b(?:unless|until|without)\b",
    re.IGNORECASE,
)
_PURPOSE = re.compile(
    r"\bto (?:avoid|prevent|minimi[sz]e|reduce|lower|limit|decrease)\b", re.IGNORECASE
)
_HARM = re.compile(r"\b(?:related|caus\w+|associat\w+|risk|due|leads?|result\w*)\b", re.IGNORECASE)


_NEAR = 12
"""Characters behind "requires" in which a denial is of what it requires."""


def narrows_alike(clause: Clause, other: Clause) -> bool:
    """Return whether "only with X" meets "not without X", "not except in X"."""
    return any(
        (_ONLY.search(one.text) and _SAVE.search(two.text) and _DENIES.search(two.text))
        or _demands_first(one.text, two.text)
        for one, two in ((clause, other), (other, clause))
    )


def _demands_first(one: str, two: str) -> bool:
    """Return whether "X must be done before Y" meets "nobody has Y unless X was done"."""
    required = _REQUIRES.search(one)
    demanded = required or (_FIRST.search(one) and _DEMANDS.search(one))
    reach = required.end() + _NEAR if required else len(one)  # "requires proof that no other works"
    denied = _DENIES.search(one, 0, reach) is not None
    return bool(demanded) and not denied and _NOT_UNLESS.search(two) is not None


def serves(clause: Clause, other: Clause) -> bool:
    """Return whether a claim tells how to avoid the harm that its quotation tells the cause of."""
    causes = _HARM.search(other.text) and not _PURPOSE.search(other.text)
    return bool(_PURPOSE.search(clause.text) and causes)
