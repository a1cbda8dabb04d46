"""How the drugs of one text stand to one another: together, in sequence, or a choice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

Relation = Literal["together", "sequence", "choice"]
"""`together`: taken at the same time. `sequence`: one follows the other. `choice`: one or the
other."""


@dataclass(frozen=True, slots=True)
class Choices:
    """How the drugs of a text stand to one another; names are ingredients and classes.

    Attributes:
        options: For each name, the (set, option) pairs it stands in.
        alternatives: Names offered in the place of what else the text gives.
        successors: Names that follow what the text gave first.
        joined: Pairs that the text names together.
        beside: Names that go on whatever is started.
    """

    options: Mapping[str, frozenset[tuple[int, int]]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    alternatives: frozenset[str] = frozenset()
    successors: frozenset[str] = frozenset()
    joined: frozenset[tuple[str, str]] = frozenset()
    beside: frozenset[str] = frozenset()

    def between(self, one: str, other: str) -> Relation:
        """Return whether two names are given together, one after or instead of the other."""
        if (one, other) in self.joined or (other, one) in self.joined:
            return "together"
        mine, others = self.options.get(one, frozenset()), self.options.get(other, frozenset())
        for number in {number for number, _ in mine} & {number for number, _ in others}:
            if not {found for found in mine & others if found[0] == number}:
                return "choice"
        if (one in self.alternatives) or (other in self.alternatives):
            return "choice"
        if (one in self.successors and other not in self.beside) or (
            other in self.successors and one not in self.beside
        ):
            return "sequence"
        return "together"


TOGETHER = Choices()
"""Nothing is a choice."""
