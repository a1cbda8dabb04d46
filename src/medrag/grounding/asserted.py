"""Whether a claim asserts in words of its own what its quotations plainly deny."""

from __future__ import annotations

import re
from collections.abc import Sequence

from medrag.grounding.axes import AGAINST
from medrag.grounding.cues import Clause
from medrag.grounding.reach import Cue
from medrag.grounding.tokens import key

EXCEPTING = re.compile(
    r"\b(?:unless|except|excluding|only|rather|instead|limit\w*|restrict\w*|prevent\w*|against"
    r"|max(?:imum|imal)?|up to|at most|cap(?:ped)?|ceiling)\b",
    re.IGNORECASE,
)
"""What narrows a statement so that its denial elsewhere is no contradiction."""


ROUNDABOUT = re.compile(
    r"\b(?:no one|nobody|no|never|not|cannot)\b(?=[^,;.]*\bwithout\b)|n't\b(?=[^,;.]*\bwithout\b)"
    r"|\b(?:something|anything) other than\b", re.IGNORECASE,
)  # fmt: skip
"""What denies a denial: it tells a duty, and turns nothing."""


def asserts_denied(clause: Clause, beside: Sequence[Clause]) -> bool:
    """Return whether a claim asserts in other words what a quotation plainly denies.

    "The test can tell A from B" beside "the test cannot distinguish A and B": the claim speaks of
    little else, denies nothing in any way, and no other clause of the quotations asserts as much.
    """
    quiet = not any(c.pole.startswith("not ") or (c.axis, c.pole) in _NEGATIVE for c in clause.cues)
    if clause.denials or not quiet or EXCEPTING.search(clause.text) or _TURNS.search(clause.text):
        return False
    shares = [(len(clause.words & o.words), o) for o in beside]
    most = max((share for share, _ in shares), default=0)
    if most < max(3, _COVERED * len(clause.words)):
        return False
    nearest_ones = [other for share, other in shares if share == most]
    return all(
        _PLAINLY_DENIED.search(o.text) and not _LIMITS_DENIAL.search(o.text)
        and not any((c.axis, c.pole) in _NEGATIVE or _is_allowed(c) for c in o.cues)
        for o in nearest_ones
    )  # fmt: skip


def _is_allowed(cue: Cue) -> bool:
    """Return whether it is a denied prohibition: "not a contraindication"."""
    return (cue.axis, cue.pole) == ("use", "for") and cue.word in AGAINST


_COVERED = 0.6
_NEGATIVE = frozenset({
    ("use", "against"), ("rate", "seldom"), ("effect", "unchanged"), ("evidence", "unshown"),
    ("start", "stop"), ("need", "no"), ("good", "harm"), ("amount", "same"), ("extent", "scarce"),
})  # fmt: skip
_PLAINLY_DENIED = re.compile(
    r"\b(?:can|could|may|might|does|did|is|are|was|were|has|have|had|will)"
    r"(?: not|n't)\b|\bcannot\b",
    re.IGNORECASE,
)
_LIMITS_DENIAL = re.compile(
    r"\b(?:until|before|unless|except|without|only|more than|longer than|exceed\w*|within|if|when"
    r"|who|whose|which|that|but|although|though|while|necessarily|always|all|every|recommended"
    r"|known|clear|yet)\b",
    re.IGNORECASE,
)
_TURNS = re.compile(
    r"\b(?:absen\w*|lack\w*|miss\w*|poor\w*|same|equal\w*|like|alike|too|little|few|barely|hardly"
    r"|scarcely|other|another|alternative|against|free|fail\w*|low|less|fewer|lower|away|off|out"
    r"|deni\w*|refus\w*|exclud\w*|avoid\w*|wait|delay\w*|hold|held|impossible|neither)\b",
    re.IGNORECASE,
)


DENYING = {
    ("use", "against"), ("rate", "seldom"), ("effect", "unchanged"), ("evidence", "unshown"),
    ("start", "stop"), ("member", "out"),
}  # fmt: skip
"""Cues by which a clause denies, whatever its words."""


_AILING = frozenset(map(key, ("disease", "impairment", "disorder", "illness", "dysfunction")))
_WELL = re.compile(r"\b(?:healthy|normal|sound|intact|well-functioning)\b", re.IGNORECASE)


def tells_health(clause: Clause, denial: Sequence[str]) -> bool:
    """Return whether "with a healthy heart" tells what "without cardiac disease" denies."""
    return bool(_AILING & set(denial[:3])) and _WELL.search(clause.text) is not None


def denies_silently(clause: Clause, denied: str = "") -> bool:
    """Return whether a word of a clause denies without a denial: "excluded", "intact", "alone".

    Not the very word that is `denied`, by its key, on the other side: "waits" of "does not wait".
    """
    return any(key(match[0]) != denied for match in _SILENT.finditer(clause.text))


_SILENT = re.compile(
    r"\b(?:exclu\w+|rul(?:e[sd]?|ing) (?:\w+ )?out|absen\w+|intact|healthy|unharmed|resistant"
    r"|refractory|free|clear of|alone|instead|little|hardly|scarcely|barely|few|hold off|held back"
    r"|keep(?:s|ing)? (?:off|away|apart)|kept (?:off|away|apart)|put off|leave out|left out"
    r"|wait(?:s|ed|ing)?|postpon\w*|defer\w*|abstain\w*|abstinence|refrain\w*|forgo\w*|forget|un(?!it|der|til|less|ion|iqu|iv|able)[a-z]{4,}|non-?[a-z]{4,})\b"
    r"|-free\b",
    re.IGNORECASE,
)
"""What denies by its meaning: the other side may say as much with "not" or "without"."""


def tells_needless(clause: Clause) -> bool:
    """Return whether a clause calls something needless."""
    return any((cue.axis, cue.pole) == ("need", "no") for cue in clause.cues)


def is_needless(clause: Clause, other: Clause) -> bool:
    """Return whether a claim calls needless what its source demands."""
    denied = any((c.axis, c.pole) in DENYING | {("need", "no")} for c in other.cues)
    if denied or other.denials or not _DEMANDS.search(other.text):
        return False
    return any(
        (c.axis, c.pole) == ("need", "no") and c.about & other.words
        for c in clause.cues
    )  # fmt: skip


_DEMANDS = re.compile(
    r"\A\W*(?:monitor|check|measure|assess|test|use|give|obtain|perform|administer)\b"
    r"|\b(?:should|must|required|recommended|necessary|needs? to|needed|used)\b", re.IGNORECASE,
)  # fmt: skip
