"""Which rows speak of a drug that the text gives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TypeVar

from medrag.checker.context import Context
from medrag.checker.rows import Row
from medrag.clinical import DrugMention, Regimen
from medrag.clinical.lexicon import load
from medrag.core.span import Span

RowT = TypeVar("RowT", bound=Row)
_CONDITIONAL = (
    "if",
    "unless",
    "until",
    "once",
    "when",
    "provid",
    "except",
    "only",
    "where",
    "should",
)


@lru_cache(maxsize=1024)
def class_members(drug_class: str) -> tuple[str, ...]:
    """Return the ingredients of a class of the lexicon, sorted."""
    return load().members(drug_class)


def about(context: Context, table: type[RowT]) -> Iterator[tuple[DrugMention, str, RowT]]:
    """Yield (mention, what it is called, row) for every drug the text gives this patient.

    A class ("an NSAID") has the rows that all its members share.
    """
    for mention in context.orders:
        for name, row in rows_of(context, mention, table):
            yield mention, name, row


def rows_of(
    context: Context, mention: DrugMention, table: type[RowT]
) -> Iterator[tuple[str, RowT]]:
    """Yield (name, row) for the ingredients or the class of one mention."""
    for ingredient in mention.ingredients:
        for row in context.knowledge.rows(table, ingredient):
            yield ingredient, row
    if mention.drug_class and not mention.ingredients:
        members = class_members(mention.drug_class)
        first = context.knowledge.rows(table, members[0]) if members else ()
        for row in first:
            if row.key.startswith("@") and set(members) <= context.knowledge.members(row.key):
                yield mention.drug_class, row


_LOCAL = frozenset({"topical", "ophthalmic", "otic", "inhalation", "vaginal"})
_OF_THE_NOSE = frozenset(
    {"corticosteroid", "corticosteroid-inhaled", "corticosteroid-topical", "antihistamine-topical",
     "decongestant", "mast-cell-stabilizer", "sama", "topical-antibiotic", "iv-fluid"}
)  # fmt: skip
"""Classes of what is sprayed into the nose for the nose; all else is absorbed there."""


def acts_locally(mention: DrugMention, *also: str) -> bool:
    """Return whether a drug is given where it acts, by a local route or one of `also`.

    Esketamine, triptans, opioids and desmopressin are given by the nose for the whole body.
    """
    routes = {regimen.route for regimen in mention.regimens}
    if routes & {*_LOCAL, *also}:
        return True
    return "intranasal" in routes and any(
        not _OF_THE_NOSE.isdisjoint(load().drugs[drug].classes) for drug in mention.ingredients
    )


def is_of_earlier(context: Context, mention: DrugMention, at: int) -> bool:
    """Return whether what stands at `at`, before a drug, is said of another drug before it.

    "X needs no adjustment, and Y stays" says nothing of Y's adjustment.
    """
    begin = context.content.sentences[mention.sentence].start
    before = any(
        other.ingredients != mention.ingredients for other in context.content.drugs_in(begin, at)
    )
    if not before or mention.start < at:
        return False
    return _LIKEWISE.search(context.text, at, mention.start) is None


_BREAKS = re.compile(
    r"\b(?:so|but|whereas|while|hence|therefore|is|are|was|raises?|has|have|can|may|causes?)\b|[;:]"
)


def is_of_later(context: Context, mention: DrugMention, at: int) -> bool:
    """Return whether what stands at `at`, behind a drug, is said of another drug between them.

    "X harms the kidney, so Y is preferred" says nothing of X; "X, Y and Z are safe" does.
    """
    between = [
        other
        for other in context.content.drugs_in(mention.end, at)
        if other.ingredients != mention.ingredients
    ]
    return bool(between) and (
        _BREAKS.search(context.text, mention.end, between[-1].start) is not None
    )


_LIKEWISE = re.compile(
    r"\b(?:neither|nor|likewise|same (?:is true|applies|goes|holds)|so (?:does|do|is|are)|also"
    r"|as with|for|with|when|of|in)\b",
    re.I,
)


def around(mention: DrugMention, regimen: Regimen | None) -> Span:
    """Return the words from a drug's name to the end of its regimen."""
    if regimen is None:
        return mention.span
    return Span(start=min(mention.start, regimen.start), end=max(mention.end, regimen.end))


def depends_on(mention: DrugMention, *words: str) -> bool:
    """Return whether the directive hangs on a condition that names one of `words`."""
    if mention.condition is None:
        return False
    lowered = mention.condition.text.lower()
    if not lowered.startswith(_CONDITIONAL):
        return False
    return any(word in lowered for word in words)
