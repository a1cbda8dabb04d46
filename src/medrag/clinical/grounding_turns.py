"""Whether a claim turns what its quotations say: advice, denial and direction.

A claim's cue is laid beside the cues of the same axis in the source clauses that speak of the
same; it is turned where what it is about stands, there, only with another pole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from medrag.clinical.grounding_axes import DENIED, are_opposed
from medrag.clinical.grounding_cues import Clause, Cue, read_clauses
from medrag.clinical.grounding_tokens import key


@dataclass(frozen=True, slots=True)
class Turn:
    """What a claim turned: its own characters and the quotation's words."""

    kind: Literal["negation", "direction"]
    start: int
    end: int
    source: str


def turns(claim: str, sources: Sequence[str]) -> Iterator[Turn]:
    """Yield what `claim` says the other way round than `sources`, clause by clause."""
    beside = [clause for source in sources for clause in read_clauses(source)]
    for clause in read_clauses(claim):
        rivals = _rivals(clause, beside)
        if rivals:
            yield from _denied(clause, rivals, beside)
            yield from _turned(clause, rivals, beside)


def _rivals(clause: Clause, beside: Sequence[Clause]) -> list[Clause]:
    """Return the source clauses that say about the same as this one, nearest first."""
    if not clause.words:
        return []
    shares = sorted(((len(clause.words & other.words) / len(clause.words), number, other)
                     for number, other in enumerate(beside)),
                    key=lambda one: (-one[0], one[1]))  # fmt: skip
    if not shares or shares[0][0] < 0.34:
        return []
    return [other for share, _, other in shares if share >= 0.85 * shares[0][0]]


def _denied(clause: Clause, rivals: Sequence[Clause], beside: Sequence[Clause]) -> Iterator[Turn]:
    first = rivals[0].text
    if not any(_denies_at_all(rival) for rival in rivals):
        elsewhere = [other.words for other in beside if _denies_at_all(other)]
        near = clause.denied
        if clause.denials and not any(len(near & words) >= 2 for words in elsewhere):
            yield Turn("negation", clause.start, clause.end, first)
            return
        for cue in clause.cues:
            told = any(len(cue.about & words) >= 2 for words in elsewhere)
            if cue.axis == "use" and cue.pole == "against" and not told:
                yield Turn("negation", cue.start, cue.end, first)
                return
    dropped = all(_drops_denial(clause, rival) for rival in rivals)
    if (
        dropped
        or any(_needs_no_change(clause, other) for other in beside)
        or (clause.never and not any(map(_forbids, rivals)))
    ):
        yield Turn("negation", clause.start, clause.end, first)


def _forbids(clause: Clause) -> bool:
    return bool(clause.denials) or any((c.axis, c.pole) == ("use", "against") for c in clause.cues)


def _needs_no_change(clause: Clause, other: Clause) -> bool:
    """Return whether a claim changes a dose that its source says needs no adjustment."""
    for denial in other.denials:
        subject = frozenset(denial) - _ADJUST
        if _ADJUST & set(denial[:3]) and subject & clause.words:
            return bool(clause.words & _CHANGES) and not clause.denials
    return False


def _denies_at_all(clause: Clause) -> bool:
    return (
        bool(clause.denials)
        or any((cue.axis, cue.pole) in _DENYING for cue in clause.cues)
        or bool(_EXCEPTING.search(clause.text))
    )


_DENYING = {("use", "against"), ("rate", "seldom")}
_EXCEPTING = re.compile(
    r"\b(?:unless|except|excluding|only|rather|instead|limit\w*|restrict\w*|prevent\w*|against)\b",
    re.IGNORECASE,
)


def _drops_denial(clause: Clause, rival: Clause) -> bool:
    """Return whether the claim asserts what its source denies."""
    if any(cue.axis == "use" and cue.pole == "against" for cue in clause.cues):
        return False
    own = {head for denial in clause.denials for head in (denial or clause.words)}
    own |= clause.excepted
    theirs = {head for denial in rival.denials for head in denial}
    moved = any(d and d[0] in rival.words and d[0] not in theirs for d in clause.denials)
    if clause.denials and not moved:
        return False
    for denial in (denial for denial in rival.denials if denial):
        told = [head for head in denial[:3] if head in clause.words]
        most = len(told) >= 0.6 * len(denial[:3])
        if (
            len(denial) == 1
            and (denial[0] not in _PREFIXED and len(clause.words & rival.words) < 2)
        ) or (denial[0] in _PREFIXED and denial[0] in rival.words):
            continue
        if denial[0] in told and denial[0] not in own and most:
            return True
        rest = [head for head in denial[1:3] if head in clause.words]
        if not own and len(rest) == 2 and _nearly(clause, rival):
            return True
    return False


_PREFIXED = frozenset(map(key, DENIED))
_ADJUST = frozenset({"adjust", "chang", "modification", "modific"})
_CHANGES = frozenset({"increase", "decrease", "halv", "doubl", "adjust"})


def _nearly(clause: Clause, rival: Clause) -> bool:
    """Return whether a clause tells at least half of what another one tells."""
    return 2 * len(clause.words & rival.words) >= len(rival.words)


def _turned(clause: Clause, rivals: Sequence[Clause], beside: Sequence[Clause]) -> Iterator[Turn]:
    near = [cue for rival in rivals for cue in rival.cues]
    rest = [cue for other in beside if other not in rivals for cue in other.cues]
    for cue in clause.cues:
        far = [c for c in rest if c.axis == cue.axis and c.about & cue.about]
        same = [c.about for c in (*near, *far) if (c.axis, c.pole) == (cue.axis, cue.pole)]
        other = [
            c for c in near + (far if not same else [])
            if c.axis == cue.axis and are_opposed(c.pole, cue.pole) and not _told(c, cue, clause)
        ]  # fmt: skip
        both = any(c.axis == cue.axis and c.pole != cue.pole for c in clause.cues)
        if not other or not all(same) or (both and not same):
            continue
        agreeing = frozenset[str]().union(*same)
        best = max(other, key=lambda c: len((c.about - agreeing) & cue.about))
        opposed = frozenset[str]().union(*(c.about for c in other))
        against = cue.about & (best.about - agreeing)
        if same:
            turned = bool(against) and not cue.about & (agreeing - opposed)
        else:
            turned = bool(against) or _gone(cue, clause, rivals)
        if turned:
            kind: Literal["negation", "direction"] = (
                "negation" if cue.axis == "use" else "direction"
            )
            yield Turn(kind, cue.start, cue.end, best.word)


def _told(source: Cue, cue: Cue, clause: Clause) -> bool:
    """Return whether another cue of the claim tells, better than this one, what a source says."""
    reach = len(source.about & cue.about)
    return any(
        (c.axis, c.pole) == (source.axis, source.pole) and len(c.about & source.about) >= reach > 0
        for c in clause.cues
    )


def _gone(cue: Cue, clause: Clause, rivals: Sequence[Clause]) -> bool:
    """Return whether the rivals' pole is nowhere in the claim, which nearly repeats them."""
    poles = {c.pole for c in clause.cues if c.axis == cue.axis}
    for rival in rivals:
        theirs = {c.pole for c in rival.cues if c.axis == cue.axis}
        if not theirs or theirs & poles:
            return False
    return len(clause.words & rivals[0].words) >= 0.4 * len(clause.words)
