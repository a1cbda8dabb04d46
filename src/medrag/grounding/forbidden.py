"""What a clause forbids in words of advice, and whether a claim allows it all the same."""

from __future__ import annotations

import re
from collections.abc import Sequence

from medrag.grounding.asserted import EXCEPTING
from medrag.grounding.cues import Clause
from medrag.grounding.reach import Cue
from medrag.grounding.tokens import key

_AGAINST = ("use", "against")


def is_forbidden(clause: Clause, cue: Cue) -> bool:
    """Return whether a clause advises against what one of its own cues names."""
    return any(
        (c.axis, c.pole) == _AGAINST and key(cue.word) in c.about and c.start != cue.start
        for c in clause.cues
    )


def asserts_forbidden(clause: Clause, other: Clause) -> bool:
    """Return whether a claim tells, undenied, all that a short clause forbids: "with a bolus"."""
    forbidden = {(c.axis, c.pole) for c in other.cues} == {_AGAINST}
    return (
        forbidden
        and 0 < len(other.words) <= SMALL
        and other.words <= clause.words
        and _WITH.search(clause.text) is not None
        and not clause.denials
        and not any((c.axis, c.pole) == _AGAINST for c in clause.cues)
        and not _DENIES.search(clause.text)
        and not EXCEPTING.search(clause.text)
    )


def hastens_forbidden(clause: Clause, other: Clause) -> bool:
    """Return whether a claim does in haste what its source forbids to do in haste.

    "Stopped abruptly rather than tapered" beside "abrupt discontinuation should be avoided".
    """
    mine = [c for c in clause.cues if (c.axis, c.pole) == _HASTE]
    if not mine or clause.denials or any((c.axis, c.pole) == _AGAINST for c in clause.cues):
        return False
    if all(key(c.word) in clause.excepted for c in mine) or EXCEPTING.search(other.text):
        return False
    theirs = {key(c.word) for c in other.cues if (c.axis, c.pole) == _HASTE}
    against = [c.about for c in other.cues if (c.axis, c.pole) == _AGAINST]
    acts = {key(c.word) for c in clause.cues if c.axis == "start"}
    if _WITHDRAWS.search(other.text) and key("stop") in acts:
        acts |= other.words
    return any(theirs & about and acts & (about | other.words) for about in against)


_WITHDRAWS = re.compile(r"\bwithdraw\w*", re.IGNORECASE)
_HASTE = ("speed", "fast")
SMALL = 2
"""Words of a clause that is nothing but what it denies: "do not swallow"."""
_WITH = re.compile(r"\b(?:with|plus|including)\b", re.IGNORECASE)
_PERMITS = re.compile(r"\b(?:may|can|could|should|must|might)\b", re.IGNORECASE)


def permits_forbidden(clause: Clause, beside: Sequence[Clause], said: Sequence[Clause]) -> bool:
    """Return whether a claim allows, in other words, what its source tells not to do.

    "Vials may be shaken" beside "do not shake vials": most of what the claim says stands under
    the denial, and nothing in the claim denies.
    """
    own = [c for one in said for c in one.cues if (c.axis, c.pole) == _AGAINST]
    advised = any(c.axis in {"use", "start"} for c in clause.cues)
    quiet = clause.denials or clause.denied or _DENIES.search(clause.text)
    if advised or quiet or not _PERMITS.search(clause.text):
        return False
    for other in beside:
        against = [c for c in other.cues if (c.axis, c.pole) == _AGAINST]
        limited = EXCEPTING.search(other.text) or _CONDITION.search(other.text)
        forbidden = frozenset[str]().union(*(c.about for c in against)) & clause.words
        told = any(c.about & one.about - clause.words for c in own for one in against)
        if (
            against
            and not limited
            and not told
            and len(forbidden) >= max(2, _MOSTLY * len(clause.words))
        ):
            return True
    return False


_MOSTLY = 0.5
_DENIES = re.compile(r"\b(?:not|no|never|cannot|neither|nor|none|nobody)\b|n't\b", re.IGNORECASE)
_CONDITION = re.compile(r"\b(?:if|when|until|within|during|without|while)\b", re.IGNORECASE)
