"""Whether a clause denies what the quotations assert, or asserts what they deny.

A denial is turned where the quotations assert what it denies; what they never speak of turns
nothing, and where one side denies by a word's own meaning ("excluded", "intact"), the other may
say as much with "not".
"""

from __future__ import annotations

from collections.abc import Sequence

from medrag.grounding.alike import narrows_alike
from medrag.grounding.asserted import (
    DENYING,
    EXCEPTING,
    ROUNDABOUT,
    asserts_denied,
    denies_silently,
    is_needless,
    tells_health,
    tells_needless,
)
from medrag.grounding.axes import DENIED
from medrag.grounding.cues import Clause
from medrag.grounding.forbidden import (
    SMALL,
    asserts_forbidden,
    hastens_forbidden,
    permits_forbidden,
)
from medrag.grounding.reach import Cue
from medrag.grounding.significance import turns_significance
from medrag.grounding.tokens import key


def denied(
    clause: Clause, rivals: Sequence[Clause], beside: Sequence[Clause], said: Sequence[Clause]
) -> tuple[int, int] | None:
    """Return the characters of a clause that turn what the sources assert or deny; None if none.

    `rivals` are the source clauses that are nearest to it, `said` the other clauses of the claim.
    """
    whole = clause.start, clause.end
    if any(narrows_alike(clause, other) for other in rivals):
        return None
    if _denies_asserted(clause, beside):
        return whole
    if not any(_denies_at_all(other) for other in beside):
        for cue in clause.cues:
            if (cue.axis, cue.pole) == ("use", "against") and not _spares(cue, beside):
                return cue.start, cue.end
    if any(asserts_forbidden(clause, o) or hastens_forbidden(clause, o) for o in beside):
        return whole
    small = [o for o in beside if o.denials and len(o.words) <= SMALL and o.words <= clause.words]
    dropped = all(_drops_denial(clause, rival, beside) for rival in rivals) or any(
        _drops_denial(clause, other, beside) for other in small if other.words
    )
    turned = (
        dropped
        or any(_needs_no_change(clause, other) for other in beside)
        or (
            not any(map(tells_needless, beside))
            and any(is_needless(clause, other) for other in beside)
        )
        or any(turns_significance(clause, other) for other in rivals)
        or permits_forbidden(clause, beside, said)
        or asserts_denied(clause, beside)
        or (clause.never and not any(map(_forbids, beside)))
    )
    return whole if turned else None


def _spares(cue: Cue, beside: Sequence[Clause]) -> bool:
    """Return whether a quotation calls needless what the claim tells to leave out."""
    return any(
        (c.axis, c.pole) == ("need", "no") and c.about & cue.about
        for other in beside
        for c in other.cues
    )


def _denies_asserted(clause: Clause, beside: Sequence[Clause]) -> bool:
    """Return whether the claim denies what its quotations assert, and nowhere deny."""
    for denial in (one for one in clause.denials if one):
        head = denial[0]
        if any(_denies_this(head, clause, other) for other in beside):
            continue
        asserting = [
            o for o in beside
            if head in o.words and len(o.words & clause.words) >= 2
        ]  # fmt: skip
        near = any(len(o.words & clause.words) >= 0.5 * len(clause.words) for o in asserting)
        silent = (EXCEPTING.search(o.text) or denies_silently(o) for o in asserting)
        if asserting and near and not any(silent):
            return True
    return False


def _denies_this(head: str, clause: Clause, other: Clause) -> bool:
    """Return whether a source clause denies a word of the claim, or all that is around it."""
    if head in other.denied or len(other.denied & clause.denied) >= _SAME_DENIAL:
        return True
    if f"{head}-free" in other.text.lower():
        return True
    return any(
        (c.axis, c.pole) in DENYING | {("need", "no")}
        and (head in c.about or (head in other.words and bool(c.about & clause.words)))
        for c in other.cues
    )


_SAME_DENIAL = 3


def _forbids(clause: Clause) -> bool:
    return bool(clause.denials) or any(
        (c.axis, c.pole) in DENYING or c.pole.startswith("not ") for c in clause.cues
    )


def _needs_no_change(clause: Clause, other: Clause) -> bool:
    """Return whether a claim changes a dose that its source says needs no adjustment."""
    if clause.denied & _ADJUST:
        return False  # "does not need its dose adjusted"
    needless = [c for c in other.cues if (c.axis, c.pole) == ("need", "no")]
    if any(c.about & _ADJUST for c in needless) and len(clause.words & other.words) >= 1:
        changed = any(c.axis == "amount" and c.pole in {"up", "down"} and "dose" in c.about
                      for c in clause.cues)  # fmt: skip
        if changed and not clause.denials:
            return True
    for denial in other.denials:
        subject = frozenset(denial) - _ADJUST
        if _ADJUST & set(denial[:3]) and subject & clause.words:
            return bool(clause.words & _CHANGES) and not clause.denials
    return False


def _denies_at_all(clause: Clause) -> bool:
    return (
        bool(clause.denials)
        or any((cue.axis, cue.pole) in DENYING for cue in clause.cues)
        or bool(EXCEPTING.search(clause.text))
    )


def _drops_denial(clause: Clause, rival: Clause, beside: Sequence[Clause]) -> bool:
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
        if denial[0] in rival.repeated | _ADJUST | _TIMES:
            continue
        if tells_health(clause, denial):
            continue
        told = [head for head in denial[:3] if head in clause.words]
        most = len(told) >= 0.6 * len(denial[:3])
        alone = len(denial) == 1 and not rival.words <= frozenset(denial) | _IDLE
        if alone and denial[0] not in _PREFIXED and len(clause.words & rival.words) < 2:
            continue
        own |= clause.denied
        covered = len(clause.words & rival.words) >= _COVERED * len(clause.words)
        if (
            denial[0] in told
            and denial[0] not in own
            and (most or covered)
            and not (denies_silently(clause, denial[0]) or ROUNDABOUT.search(rival.text))
            and not _is_asserted(denial[0], clause, beside)
        ):
            return True
    return False


def _is_asserted(head: str, clause: Clause, beside: Sequence[Clause]) -> bool:
    """Return whether another source clause asserts, of what the claim tells, what one denies."""
    return any(
        head in other.words and len(other.words & clause.words) > 1 and not _denies_at_all(other)
        for other in beside
    )


_COVERED = 0.6
_PREFIXED = frozenset(map(key, DENIED))
_IDLE = frozenset({"monitor", "date", "far", "found", "report"})
_TIMES = frozenset({"hour", "daily", "weekly", "monthly", "yearly", "minut"})
_ADJUST = frozenset({"adjust", "chang", "modification", "modific"})
_CHANGES = frozenset({"increase", "decrease", "halv", "doubl", "adjust"})
