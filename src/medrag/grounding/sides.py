"""Two sides of which one is first, and what a side is told by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from medrag.grounding.tokens import Token, is_light


@dataclass(frozen=True, slots=True)
class Relation:
    """Two sides of which one is first.

    Attributes:
        axis: `time`, `sequence`, `amount` or `worth`.
        first, second: Keys of the sides: the earlier, the greater, the preferred first.
        matter: Keys of what is compared.
        start, end: The word that relates them.
        word: As written.
        lessened: Whether "more" is of what is lessened, so that the sides stand turned.
        near: Keys of the words nearest to the relating one, of the first side and the second.
    """

    axis: str
    first: frozenset[str]
    second: frozenset[str]
    matter: frozenset[str]
    start: int
    end: int
    word: str
    near: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
    lessened: bool = False


NEAREST = 3
"""Words beside the relating one by which a relation in time is known again."""


def side(found: Sequence[Token]) -> frozenset[str]:
    """Return what a side is told by; "dose" and "treatment" tell a side of a relation, too."""
    return frozenset(
        t.key for t in found
        if not t.key[0].isdigit() and (not is_light(t) or t.key in _TELLING)
        and t.key not in SPANS
    )  # fmt: skip


_TELLING = frozenset({"dose", "treat"})
SPANS = frozenset(
    {"mg", "ml", "mcg", "hour", "daily", "weekly", "monthly", "yearly", "minut", "day", "week"}
)


NOBODY = frozenset[str]()
"""The side that is not told."""
MOST_SIDE = 9
"""Words of a side that are looked at."""
