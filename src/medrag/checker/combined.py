"""How much of one ingredient a product of one or several gives a day."""

from __future__ import annotations

import re
from decimal import Decimal

from medrag.checker.amounts import amounts
from medrag.clinical import DrugMention, Quantity, convert
from medrag.clinical.number_words import CARDINAL, count_of

_STRENGTHS = re.compile(
    r"\s*\(?(\d+(?:\.\d+)?)\s*(?:mg)?\s*[/-]\s*(\d+(?:\.\d+)?)"
    r"(?:\s*[/-]\s*(\d+(?:\.\d+)?))?\s*(?:mg\b)?"
)
_COUNT = re.compile(
    rf"\b(?:x\s*)?(\d+|{CARDINAL})\s*(?:-\s*(\d+)\s*)?"
    r"(?:tab\w*|caps?\w*|pills?|per day|a day)\b",
    re.I,
)
_PER_DAY = re.compile(
    rf"(?<![\d/.,-])\bx?\s*(\d+|{CARDINAL})\s*(?:tab\w*|caps?\w*|pills?)?"
    r"\s*(?:per|a|each|/)\s*day\b",
    re.I,
)


_PUFFS = re.compile(r"\b(?:puffs?|inhal\w*|actuations?|sprays?)\b", re.I)
"""What is inhaled is written in micrograms where no unit stands: "160/4.5, two puffs"."""
_MILLIGRAMS = re.compile(_STRENGTHS.pattern + r"(?<=mg)")


def daily_of(source: str, mention: DrugMention, ingredient: str) -> Quantity | None:
    """Return the daily amount of one ingredient of a product; None if it is not stated.

    `source` is the text that `mention` stands in.
    """
    stated = [amounts(regimen, mention) for regimen in mention.regimens]
    if len(mention.ingredients) == 1:
        return next((a.daily for a in stated if a.daily is not None), None)
    line = source[mention.start : (source.find("\n", mention.end) + 1 or len(source) + 1) - 1]
    strength = strength_held(source, mention, ingredient)
    if strength is None:
        return None
    unit = "mcg" if _PUFFS.search(line) and not _MILLIGRAMS.match(source, mention.end) else "mg"
    a_day = _PER_DAY.search(line)
    if a_day:
        return Quantity(strength * count_of(a_day[1]), unit)
    per_day = next((a.per_day for a in stated if a.per_day), None)
    counts = [r.count.top for r in mention.regimens if r.count is not None]
    count = max(counts) if counts else _count(line)
    return Quantity(strength * count * per_day, unit) if per_day else None


_ONE_TO_FIVE = ("trimethoprim", "sulfamethoxazole")
"""Made as one part to five, and written in either order: "160/800 mg", "800/160 mg"."""


def strength_held(source: str, mention: DrugMention, ingredient: str) -> Decimal | None:
    """Return how many mg of an ingredient one unit of a combination holds; None if not stated."""
    held = _strengths_held(source, mention)
    place = mention.ingredients.index(ingredient)
    if place >= len(held):
        return None
    if set(mention.ingredients) == set(_ONE_TO_FIVE) and None not in held:
        values = [value for value in held if value is not None]
        return min(values) if ingredient == _ONE_TO_FIVE[0] else max(values)
    return held[place]


def _strengths_held(source: str, mention: DrugMention) -> list[Decimal | None]:
    """Return what is written of each ingredient in mg, in the order of the mention's."""
    if len(mention.strengths) == len(mention.ingredients):
        converted = [convert(strength, "mg") for strength in mention.strengths]
        return [held.value if held is not None else None for held in converted]
    written = _STRENGTHS.match(source, mention.end)
    if written is None:
        return []
    places = range(1, min(len(mention.ingredients), 3) + 1)
    return [Decimal(written[at]) if written[at] is not None else None for at in places]


def _count(line: str) -> Decimal:
    found = _COUNT.search(line)
    if found is None:
        return Decimal(1)
    return count_of(found[2] or found[1])
