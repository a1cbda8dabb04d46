"""Relations that no word tells: two numbers of which one is greater, and steps in their order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, combinations, islice, pairwise

from medrag.grounding.context import around, behind
from medrag.grounding.equal import Number, is_comparable
from medrag.grounding.facts import Facts
from medrag.grounding.sides import MOST_SIDE, NOBODY, Relation, side
from medrag.grounding.steps import steps
from medrag.grounding.tokens import tokens, within


def in_steps(text: str) -> Iterator[Relation]:
    """Yield each step of an ordered list before each that follows it."""
    for places in steps(text):
        sides = [side(within(tokens(text), *place)) for place in places]
        for (one, first), (other, second) in combinations(zip(places, sides, strict=True), 2):
            if first - second and second - first:
                yield Relation("time", first, second, NOBODY, one[0], other[1], text[slice(*one)])


_MOST_PAIRS = 12
_MEASURED = frozenset({"%", "mo", "a", "wk", "d"})
_OF_AGE = frozenset({"a", "mo"})
"""Units whose bounds tell whose figures are compared: "in those under 12 years"."""
_RATE = re.compile(r"\b(?:versus|vs\.?|compared (?:with|to)|against)\b", re.IGNORECASE)
"""What joins two numbers without a unit that are rates or scores."""


def counted(facts: Facts) -> Iterator[Relation]:
    """Yield "12 % with A and 8 % with B" as more with A."""
    numbers = [
        n for n in facts.numbers
        if n.quantity.high is None and n.quantity.unit[0] not in "#{"
        and not (n.bound and n.quantity.unit in _OF_AGE)
    ]  # fmt: skip
    shares = [n for n in numbers if n.quantity.unit in _MEASURED]
    others = [n for n in numbers if n.quantity.unit not in _MEASURED]
    for one, other in islice(chain(pairwise(shares), pairwise(others)), _MOST_PAIRS):
        between = facts.text[one.end : other.start]
        if ". " in between or ";" in between or not is_comparable(one, other):
            continue
        told = one.quantity.unit in _MEASURED or (behind(facts, one) and behind(facts, other))
        bare = one.quantity.unit == "1" and not _RATE.search(between)
        if told and not bare and one.quantity.value != other.quantity.value:
            yield _of_pair(facts, one, other)


_CLOSED = re.compile(
    r"[)\]]\s(?:in|with|on|among|for|receiving)\s"
    r"(?P<arm>[^,.;()\d]{1,60}?)(?=\s(?:and|versus|vs|compared|but|while)\b|[,.;(]|\s\d|\Z)",
    re.IGNORECASE,
)


def _arm(facts: Facts, number: Number) -> frozenset[str]:
    """Return the keys right behind a number or the bracket that it fills: "(5 %) on A"."""
    closed = _CLOSED.match(facts.text, number.end)
    if closed is not None:
        return side(within(tokens(facts.text), *closed.span("arm")))
    return behind(facts, number)


def _of_pair(facts: Facts, one: Number, other: Number) -> Relation:
    mine, theirs = _arm(facts, one), _arm(facts, other)
    if not (mine - theirs and theirs - mine):
        mine, theirs = around(facts, one), around(facts, other)
    first, second = mine - theirs, theirs - mine
    if one.quantity.value < other.quantity.value:
        first, second = second, first
    word = facts.text[one.start : other.end]
    told = [t for t in tokens(facts.text) if t.end <= one.start][-MOST_SIDE:]
    return Relation("amount", first, second, side(told), one.start, other.end, word)
