"""What a claim tells of one class of patients where its quotations tell it of another.

"Avoid it in severe impairment" and "mild impairment needs no adjustment": a claim that avoids it in
mild impairment has taken the statement of the other class. Both classes are spoken of, so that
neither is strange; what else is said of each tells them apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from medrag.grounding.axes import AXES
from medrag.grounding.classes import member_of
from medrag.grounding.cues import Clause, read_clauses
from medrag.grounding.facts import Facts
from medrag.grounding.stems import stems
from medrag.grounding.strength import grades
from medrag.grounding.tokens import Token, tokens, within


class Other(NamedTuple):
    """A class of patients that the quotations tell something else of."""

    kind: Literal["population"]
    start: int
    end: int
    message: str
    expected: str


class Statement(NamedTuple):
    """A clause with the classes that it names.

    Attributes:
        members: Each class by its axis, where the clause names one of the axis alone.
        said: Stems, numbers and the advice of the rest.
        advice: `-` against, `0` needless, `+` for, or "".
    """

    members: dict[str, tuple[str, Token]]
    said: frozenset[str]
    advice: str


_AXES = frozenset({"grade", "trimester", "menopause", "whence", "gravid", "symptom"})
_CLASSES = frozenset({"dialysis"})
_LEAST = 2
_ADVICE = 2
"""What an advice in common is worth that the clause of the claim's own class does not give."""
_MOST = 60
"""Clauses of the quotations that are compared."""


def other_members(said: Facts, sources: Sequence[Facts]) -> Iterator[Other]:
    """Yield the classes of patients of whom `said` tells what `sources` tell of others."""
    mine = [one for one in statements(said.text) if one.members]
    if not mine:
        return
    told = [one for source in sources for one in statements(source.text) if one.members][:_MOST]
    drugs = stems([t for facts in (said, *sources) for d in facts.drugs for t in tokens(d.name)])
    for one in mine:
        for axis, (member, token) in one.members.items():
            same = [o for o in told if axis in o.members and o.members[axis][0] == member]
            rest = [o for o in told if axis in o.members and o.members[axis][0] != member]
            rival = _rival(one, same, rest, drugs) if same and rest else None
            if rival is not None:
                words = said.text[token.start : token.end]
                expected = rival.members[axis][1].word
                message = f"The claim says of {words!r} what its quotation says of {expected!r}."
                yield Other("population", token.start, token.end, message, expected)


def _rival(
    one: Statement, same: Sequence[Statement], rest: Sequence[Statement], drugs: frozenset[str]
) -> Statement | None:
    """Return the statement of another class that the claim tells; None where it tells its own."""
    own = frozenset[str]().union(*(o.said for o in same))
    others = frozenset[str]().union(*(o.said for o in rest))
    agreed = any(one.advice == o.advice for o in same)
    if (one.said & (own - others)) - drugs or (one.advice and agreed):
        return None
    advised = bool(one.advice) and all(o.advice for o in same)
    worth = [
        len((one.said & o.said) - own - drugs) + _ADVICE * bool(advised and one.advice == o.advice)
        for o in rest
    ]
    best = max(worth)
    return rest[worth.index(best)] if best >= _LEAST else None


@lru_cache(maxsize=256)
def statements(text: str) -> tuple[Statement, ...]:
    """Return the clauses of a text with the classes of patients that each names, in order."""
    return tuple(_statement(text, clause) for clause in read_clauses(text))


def _statement(text: str, clause: Clause) -> Statement:
    stretch = within(tokens(text), clause.start, clause.end)
    found: dict[str, dict[str, Token]] = {}
    for token in stretch:
        axis, member = _place(token)
        if axis:
            found.setdefault(axis, {}).setdefault(member, token)
    members = {axis: next(iter(ones.items())) for axis, ones in found.items() if len(ones) == 1}
    rest = [t for t in stretch if not _place(t)[0] and t.word not in _CLASSES]
    numbers = {t.key for t in rest if t.key[0].isdigit()}
    return Statement(members, stems(rest) | numbers, _advice(clause))


def _place(token: Token) -> tuple[str, str]:
    """Return the axis and the class that a word names; two empty strings for other words."""
    pole = AXES.get(token.word) or AXES.get(token.key)
    if pole is not None and pole.axis in _AXES:
        return pole
    axis, number = member_of(token) or ("", 0)
    return (axis, str(number)) if axis in _CLASSES else ("", "")


def _advice(clause: Clause) -> str:
    if any((c.axis, c.pole) == ("need", "no") for c in clause.cues):
        return "0"
    poles = {c.pole for c in clause.cues if c.axis == "use"}
    found = grades(clause.text)
    if poles == {"against"} or (found and all(one.high < 0 for one in found)):
        return "-"
    return "+" if found and all(one.low > 0 for one in found) else ""
