"""What later sentences tell of a drug without its name: "Run it in over 10 minutes"."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import islice

from medrag.checker.context import Context
from medrag.checker.sieve import sifted
from medrag.clinical import DrugMention
from medrag.clinical.lexicon import load
from medrag.core.span import Span

_FOLLOWING = 3
"""Sentences behind its own in which a drug is still what is spoken of."""
_ITEM = re.compile(r"\s*(?:[-*\u2022]|\d{1,2}[.)])\s")
_OF_ANOTHER = sifted(
    r"\b(?:physiotherapy|dressings?|sling|splint|cast|catheter|drain|diet|exercises?|sick leave"
    r"|follow[- ]?up|wound|stent)\b",
    re.I,
)
"""What else lasts or is given: no word behind it is of the drug."""


def going_on(context: Context, mention: DrugMention) -> Iterator[Span]:
    """Yield the parts of the text that go on about a drug behind its name, in text order.

    The first is the rest of its own sentence. A part ends where another drug is named, or itself
    anew, a fluid that carries it and its class left out ("so that the antibiotic is in"); so does
    the telling.
    """
    sentences = context.content.sentences
    last = min(len(sentences), max(mention.until, mention.sentence) + _FOLLOWING + 1)
    named = context.once(_others)
    first = bisect_left(named, mention.end, key=lambda drug: drug.start)
    others = (d for d in islice(named, first, None) if _is_other(d, mention))
    # "to reverse the heparin": in its own sentence only what is given itself ends the telling
    ends = (
        d
        for d in others
        if d.sentence != mention.sentence or (d.regimens and context.is_ordered(d))
    )
    other = next(ends, None)
    limit = len(context.text) if other is None else other.start
    for number in range(mention.sentence, last):
        sentence = sentences[number]
        new = number > mention.sentence and _is_apart(sentence.text)
        if new or sentence.kind == "question" or sentence.start >= limit:
            return
        begin, end = max(sentence.start, mention.end), min(sentence.end, limit)
        if end < sentence.end and other is not None:
            if _is_same(other, mention):
                return
            end = _before(context.text, begin, end)
        away = context.search(_OF_ANOTHER, context.text, begin, end)
        end = away.start() if away is not None else end
        if end > begin:
            yield Span(start=begin, end=end)


_OF_IT = re.compile(r"\bof (?:the|his|her|your|an?)\s\Z")
_JOINT = re.compile(r"[,;:]|\s(?:and|then|but|or|while|with|before|after|plus)\s")


def _before(text: str, begin: int, end: int) -> int:
    """Return where the clause that leads to another drug begins: "Stop it, then give Y"."""
    if _OF_IT.search(text[begin:end]):
        return end
    return max((m.start() for m in _JOINT.finditer(text, begin, end)), default=begin)


def _is_apart(sentence: str) -> bool:
    return _ITEM.match(sentence) is not None


def _others(context: Context) -> tuple[DrugMention, ...]:
    tests = {lab.start for lab in context.content.labs}
    fluids = context.knowledge.members("@iv-fluid")
    return tuple(
        drug
        for drug in context.content.drugs
        if drug.start not in tests and not (drug.ingredients and fluids >= set(drug.ingredients))
    )


def _is_same(drug: DrugMention, mention: DrugMention) -> bool:
    return bool(drug.ingredients) and drug.ingredients == mention.ingredients


def _is_other(drug: DrugMention, mention: DrugMention) -> bool:
    if drug.sentence == mention.sentence and _is_same(drug, mention):
        return False
    if drug.drug_class and not drug.ingredients:
        lexicon = load()
        return not set(mention.ingredients) <= set(lexicon.members(drug.drug_class))
    return True
