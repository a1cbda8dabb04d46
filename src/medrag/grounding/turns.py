"""Whether a claim turns what its quotations say: advice, denial and direction.

Each cue of the claim is laid beside the cues of the quotations that are said of the same. It is
turned only on evidence: where what it is said of stands, in the quotations, with an opposed cue
that fits it better than any cue that agrees. A denial is turned where the quotations assert what
it denies; what they never speak of turns nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from medrag.grounding.alike import narrows_alike, serves
from medrag.grounding.asserted import ROUNDABOUT, denies_silently
from medrag.grounding.axes import are_opposed
from medrag.grounding.cues import Clause, read_clauses
from medrag.grounding.denied import denied
from medrag.grounding.forbidden import is_forbidden
from medrag.grounding.reach import Cue, are_joined, listed
from medrag.grounding.tokens import key
from medrag.grounding.valence import are_across, goodness, prevents_caused


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
    said = read_clauses(claim)
    for clause in said:
        if ROUNDABOUT.search(clause.text):
            continue  # "nobody starts without a test": a duty by two denials
        rivals = _rivals(clause, beside)
        if rivals and (place := denied(clause, rivals, beside, said)):
            yield Turn("negation", *place, rivals[0].text)
        yield from _turned(clause, said, beside)


def _rivals(clause: Clause, beside: Sequence[Clause]) -> list[Clause]:
    """Return the source clauses that say about the same as this one, nearest first."""
    if not clause.words:
        return []
    shares = sorted(((len(clause.words & other.words) / len(clause.words), number, other)
                     for number, other in enumerate(beside)),
                    key=lambda one: (-one[0], one[1]))  # fmt: skip
    if not shares or shares[0][0] < _LEAST_SHARED:
        return []
    return [other for share, _, other in shares if share >= 0.85 * shares[0][0]]


_LEAST_SHARED = 0.3
"""Share of a clause's words from which on another one speaks of the same."""


# --- Cues ----------------------------------------------------------------------------------------


def _turned(clause: Clause, said: Sequence[Clause], beside: Sequence[Clause]) -> Iterator[Turn]:
    cues = [(cue, other) for other in beside for cue in other.cues]
    for cue in clause.cues:
        agreeing = [o for c, o in cues if _agree(cue, c)]
        opposed = [(_fit(cue, clause, c, o), c, o) for c, o in cues if _oppose(cue, c, clause)]
        opposed = [
            one for one in opposed
            if one[0] >= _LEAST and not _told(one, cue, said)
            and not narrows_alike(clause, one[2]) and not serves(clause, one[2])
            and not (cue.word in _AGAIN and _FOR_A_TIME.search(one[2].text))
        ]  # fmt: skip
        if not opposed or (cue.word in _AGAIN and any(c.word in _AGAIN for c, _ in cues)):
            continue  # what starts again was stopped, on both sides
        fit, best, its = max(opposed, key=lambda one: one[0])
        if _is_undone(cue, clause, best, its):
            continue
        agreed = max(_agreeing(cue, best, clause, cues), default=0.0)
        beside_it = any(other is its for other in agreeing)
        if (
            cue.head
            and cue.head not in best.about
            and any(cue.head in c.about for c, o in cues if o is its and _agree(cue, c))
        ):
            continue  # of what it is nearest to, the same clause says the same
        if any(_agree(cue, c) for c in listed(best, its.cues)):
            continue  # "mild, moderate or severe"
        least = _IN_ONE if beside_it else _CLEARLY
        if cue.axis not in _ADVISING:
            both = any(_agree(c, best) for one in said for c in one.cues)
            if agreed and both:
                continue  # both are told, and both are quoted
            same = any(_agree(cue, c) and c.about & cue.about for c, _ in cues)
            least = _NAMED_TOO if agreed and same else _CLEARLY
        if fit > agreed + least:
            kind: Literal["negation", "direction"] = (
                "negation" if cue.axis in {"use", "evidence", "effect"} else "direction"
            )
            yield Turn(kind, cue.start, cue.end, best.word)


def _agreeing(
    cue: Cue, best: Cue, clause: Clause, cues: Sequence[tuple[Cue, Clause]]
) -> Iterator[float]:
    """Yield how well each agreeing cue fits; of a dose only those of it, not of levels."""
    of_dose = cue.head == best.head == "dose"
    for other, its in cues:
        if _agree(cue, other) and not (of_dose and "dose" not in other.about):
            yield _fit(cue, clause, other, its)


_AGAIN = frozenset({
    "restart", "restarts", "restarted", "restarting", "resume", "resumes", "resumed", "resuming",
    "reintroduce", "reintroduced",
})  # fmt: skip


_FOR_A_TIME = re.compile(
    r"\b(?:hold|held|withh[eo]ld|paused?|interrupt(?:ed)?|suspend(?:ed)?|stop(?:ped)?)\b[^.;]*\b"
    r"(?:for (?:an? |one )?(?:\d|hour|day|week)|until)", re.IGNORECASE,
)  # fmt: skip
"""A pause, after which one starts again."""


def _is_undone(cue: Cue, clause: Clause, best: Cue, its: Clause) -> bool:
    """Return whether the clauses undo the opposition of their cues.

    "Dilute" meets "never undiluted", "do not start" meets "starting is not advised", "unless the
    risk is high" meets "if it is not high"; which side is more is a relation of both.
    """
    described = cue.axis not in _ADVISING | _OF_THREE
    named = described or (cue.pole, best.pole) == ("stop", "go")
    forbidden = named and is_forbidden(its, best) and not is_forbidden(clause, cue)
    if (cue.pole, best.pole) == ("go", "stop") and is_forbidden(clause, cue):
        forbidden |= not is_forbidden(its, best)  # "rules out starting"
    if cue.axis == "member" and bool(clause.denials) != bool(its.denials):
        return True  # "excluded people with X" of "enrolled those without X"
    compared = cue.axis in _COMPARED and _THAN.search(clause.text) and _SIDES.search(its.text)
    same, other = key(cue.word), key(best.word)  # "unless excluded" of "if it is not excluded"
    excepted = same in clause.excepted and best.pole == f"not {cue.pole}"
    excepted |= same == other and (same in clause.excepted) != (same in its.excepted)
    return forbidden or excepted or bool(compared)


_CHANGING = frozenset({"up", "down", "better", "worse", "changed"})
_LEAST = 0.75
_COMPARED = frozenset({"amount", "rate", "worth"})
_THAN = re.compile(r"\bthan\b(?! \d)", re.IGNORECASE)
_SIDES = re.compile(rf"{_THAN.pattern}|\d[^.;]*\d", re.IGNORECASE)
_WHOLE = 0.8
"""From this share on, a clause tells what another one tells."""
_CLEARLY = 0.3
_IN_ONE = 0.9
"""How much better an opposed cue must fit where its clause agrees, too."""
_NAMED_TOO = 1.5
_OF_THREE = frozenset({"grade", "trimester"})
"""Axes of more than two poles: what is not for severe cases is not for mild ones by that."""
_ADVISING = frozenset({"use", "start", "amount", "effect", "rate"})


def _fit(cue: Cue, clause: Clause, other: Cue, its: Clause) -> float:
    """Return how well two cues are said of the same: words about them, then of their clauses."""
    about = len(cue.about & other.about) + (1.5 if cue.head and cue.head == other.head else 0)
    shared = len(clause.words & its.words)
    if not cue.about & other.about and shared < 0.4 * len(clause.words):
        return 0.0
    if about and cue.head and other.head and not {cue.head, other.head} & (cue.about & other.about):
        about -= 1
    whole = shared and shared >= _WHOLE * len(clause.words - {key(cue.word)})
    return about + 0.4 * shared + (1.0 if whole else 0.0)


def _agree(cue: Cue, other: Cue) -> bool:
    if are_across(cue, other):
        return goodness(cue) == goodness(other) != 0
    if cue.axis == other.axis:
        return not are_opposed(cue.pole, other.pole)
    if {(cue.axis, cue.pole), (other.axis, other.pole)} == _NEEDED_AND_GIVEN:
        return True
    return (cue.axis, other.axis) in _AKIN and "unchanged" not in {cue.pole, other.pole}


_NEEDED_AND_GIVEN = {("need", "yes"), ("use", "for")}
_AKIN = {
    ("amount", "effect"), ("effect", "amount"), ("fare", "effect"), ("effect", "fare"),
}  # fmt: skip


def _oppose(cue: Cue, other: Cue, clause: Clause) -> bool:
    if are_across(cue, other):
        compared = _SIDED.search(clause.text) is not None
        return not compared and goodness(cue) * goodness(other) < 0
    if cue.axis == "strength" == other.axis:
        return (cue.pole, other.pole) == ("strong", "weak")
    if cue.axis == other.axis:
        return are_opposed(cue.pole, other.pole)
    if (cue.axis, other.axis) in _AKIN:
        rest = ({cue.pole, other.pole} - {"unchanged"}) or {""}
        return "unchanged" in {cue.pole, other.pole} and rest <= _CHANGING
    return (
        prevents_caused(cue, other)
        or _is_unshown(cue, other, clause)
        or (
            {(cue.axis, cue.pole), (other.axis, other.pole)} in _ADVISED_AND_NOT
            and len(cue.about & other.about) >= _SAME_MATTER
            and not denies_silently(clause)
        )
    )


def _is_unshown(cue: Cue, other: Cue, clause: Clause) -> bool:
    """Return whether a claim tells for sure what its quotation calls unproven."""
    unsure = any((c.axis, c.pole) == ("evidence", "unshown") for c in clause.cues)
    return (
        (other.axis, other.pole) == ("evidence", "unshown")
        and cue.axis in {"effect", "level"}
        and not unsure
    )


_SIDED = re.compile(
    r"\b(?:than|rather|instead|prefer\w*|compared|versus|vs|relative to|as \w+ as)\b", re.IGNORECASE
)
_ADVISED_AND_NOT = (
    {("use", "for"), ("start", "stop")}, {("need", "yes"), ("use", "against")},
)  # fmt: skip
_SAME_MATTER = 2
"""Words of which "recommended" and "stop" must both be said to exclude each other."""


def _told(source: tuple[float, Cue, Clause], cue: Cue, said: Sequence[Clause]) -> bool:
    """Return whether another cue of the claim tells, as well as this one, what a source says."""
    fit, turned, other = source
    return any(
        _agree(c, turned)
        and (not c.about or _fit(c, clause, turned, other) >= fit or are_joined(c, cue))
        for clause in said
        for c in clause.cues
    )
