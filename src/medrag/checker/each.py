"""A combination as its single drugs, each with its own dose: "16 mg/4 mg three times daily"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from medrag.checker.combined import strength_held
from medrag.clinical import DrugMention, Quantity, Regimen


def each_alone(text: str, mention: DrugMention) -> Iterator[DrugMention]:
    """Yield a mention for each drug of a combination whose strengths are written.

    `text` is what `mention` stands in. Nothing comes of a combination without strengths, or
    with a dose beside them, of which nobody says of what it is.
    """
    if len(mention.ingredients) < 2 or len(mention.strengths) != len(mention.ingredients):
        return
    if any(regimen.dose is not None for regimen in mention.regimens):
        return
    for drug in mention.ingredients:
        held = strength_held(text, mention, drug)
        if held is not None:
            own = tuple(_with(regimen, held) for regimen in mention.regimens)
            yield replace(mention, ingredients=(drug,), strengths=(), regimens=own)


def alone_of(text: str, mention: DrugMention, drug: str) -> DrugMention:
    """Return the one drug of a combination whose strengths are written; else the mention."""
    parts = each_alone(text, mention)
    return next((part for part in parts if part.ingredients == (drug,)), mention)


def _with(regimen: Regimen, held: Decimal) -> Regimen:
    count = regimen.count.top if regimen.count is not None else Decimal(1)
    return replace(regimen, dose=Quantity(held * count, "mg"), count=None, strength=None)
