"""Numbers that a claim takes from another clause of its quotation than it speaks of.

"If potassium exceeds 5.5, halve the dose; if it exceeds 6.0, stop": a claim that stops at 5.5 names
what the other clause says of the other number, and nothing of what this one's clause says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from medrag.grounding.equal import Number, is_comparable, is_same
from medrag.grounding.facts import Facts
from medrag.grounding.tokens import content, tokens, within

_PARTS = re.compile(
    r"[;\n]|\.(?=\s+[A-Z(])|,\s(?:and|while|whereas|but|or|then)\s(?!then\s\d)(?=[a-z])"
)
_MOST = 40


@lru_cache(maxsize=256)
def _parts(facts: Facts) -> tuple[tuple[int, int, frozenset[str]], ...]:
    """Return the clauses of a text with the words that carry what they are about."""
    found = []
    at = 0
    for end in (*(m.start() for m in _PARTS.finditer(facts.text)), len(facts.text)):
        words = content(within(tokens(facts.text), at, end))
        found.append((at, end, frozenset(w for w in words if len(w) > _SHORT) - _MEASURES))
        at = end
    return tuple(found)


_SHORT = 2
_MEASURES = frozenset(
    {"hour", "daily", "weekly", "monthly", "yearly", "minut", "meq", "mmol", "mcg"}
)
_PRONOUN = re.compile(r"\b(?:it|they)\b", re.IGNORECASE)


def _pointing(facts: Facts, rival: Number, other: Number) -> frozenset[str]:
    """Return what a pronoun of the rival's clause points to: what stands before the number."""
    for start, end, _ in _parts(facts):
        if start <= rival.start < end and _PRONOUN.search(facts.text, start, end):
            first = next(s for s, e, _ in _parts(facts) if s <= other.start < e)
            return content(within(tokens(facts.text), first, other.start))
    return frozenset()


def of_another_clause(
    said: Facts, number: Number, same: Sequence[tuple[Facts, Number]]
) -> tuple[Facts, Number] | None:
    """Return the number that the quotations give to what the claim speaks of, if another."""
    if number.quantity.unit[0] in "1#":
        return None
    mine = _part_at(said, number.start)
    found: tuple[Facts, Number] | None = None
    if any(facts is said for facts, _ in same):
        return None
    for facts, other in same:
        own = _part_at(facts, other.start)
        better = [
            n for n in _rivals(facts, number, other)
            if _part_at(facts, n.start) != own
            and _is_of(mine, _part_at(facts, n.start), own - _pointing(facts, n, other))
        ]  # fmt: skip
        if not better:
            return None
        found = facts, better[0]
    return found


def _part_at(facts: Facts, at: int) -> frozenset[str]:
    return next((words for start, end, words in _parts(facts) if start <= at < end), frozenset())


def _rivals(facts: Facts, number: Number, other: Number) -> Iterator[Number]:
    for rival in facts.numbers[:_MOST]:
        units = {rival.quantity.unit, other.quantity.unit}
        named = "1" in {rival.unit_later or rival.quantity.unit, other.quantity.unit}  # PASI 75
        alike = len(units) == 1 or (not named and "kg" not in units and is_comparable(other, rival))
        alike = alike and bool(rival.bound) == bool(other.bound)
        if rival is not other and alike and not is_same(number, rival):
            yield rival


def _is_of(mine: frozenset[str], words: frozenset[str], own: frozenset[str]) -> bool:
    """Return whether a claim tells of one clause and of nothing that is the other's alone."""
    return bool(mine & (words - own)) and not mine & (own - words)
