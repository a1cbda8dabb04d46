"""Whether what a sentence says of food is about a drug: its meal, its antidote, its way in."""

from __future__ import annotations

import re

from medrag.checker.context import Context
from medrag.checker.fitting import INJECTED
from medrag.checker.rows_pairs import FoodRow
from medrag.clinical import DrugMention
from medrag.core.span import Span

_IT_BEGINS = re.compile(
    r"\W*(?:it|this|that|the drug|the tablet)\s(?:may|can|should|will|is to|must|could|is)\s"
    r"(?:(?:now|then|safely|well|today)\s)*(?:be\s)?(?:started|given|begun|taken|prescribed|used"
    r"|tried|added)\b",
    re.I,
)


def is_begun_next(context: Context, mention: DrugMention) -> bool:
    """Return whether the next sentence begins a drug: "asks for X. It may be given"."""
    sentences = context.content.sentences
    following = mention.sentence + 1
    return following < len(sentences) and _IT_BEGINS.match(sentences[following].text) is not None


def is_anothers_meal(context: Context, drug: str, place: Span) -> bool:
    """Return whether a meal goes with the dose of another drug, named right before it."""
    if not _MEAL.search(place.of(context.text)):
        return False
    sentence = context.content.sentence_at(place.start)
    named = context.content.drugs_in(sentence.start if sentence else 0, place.start)
    return bool(named) and drug not in named[-1].ingredients


_MEAL = re.compile(r"\b(?:meals?|breakfast|lunch|dinner|supper)\b", re.I)


def is_unabsorbed_alone(mention: DrugMention, row: FoodRow) -> bool:
    """Return whether a row is about what the gut takes up, and the drug is injected."""
    injected = {r.route for r in mention.regimens} - {None}
    return "absor" in row.effect and bool(injected) and injected <= INJECTED


def is_antidote(context: Context, row: FoodRow) -> bool:
    """Return whether the vitamin K of a row is ordered as the antidote, not eaten."""
    return "vitamin k" in row.food and context.once(_gives_vitamin_k)


def _gives_vitamin_k(context: Context) -> bool:
    return any("phytonadione" in order.ingredients for order in context.orders)
