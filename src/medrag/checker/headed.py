"""Doses that a quotation gives under another head than the one that holds for the claim.

Labels list doses beneath heads: "Major depressive disorder: 20 mg. Bulimia nervosa: 60 mg.", "Oral:
... Vaginal gel: ...". Every number of a claim can stand in them and still be another patient's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from medrag.checker.context import Context
from medrag.clinical import read
from medrag.core.span import Span
from medrag.grounding.tokens import words

_HEAD = re.compile(
    r"(?:\A|(?<=[.;]\s)|\n)(?P<head>[A-Z][^:.;\n]{2,70}):\s(?P<body>[^\n]+?)(?=[.;]\s[A-Z][^:.;\n]{2,70}:\s|\n|\Z)"
)
_AMOUNT = re.compile(
    r"(?<![\d.,/])(\d+(?:[.,]\d+)?)\s?(mg/kg|mcg/kg|units?/kg|mg|mcg|g|units?|mL|tablets?"
    r"|capsules?|puffs?"
    r"|%|hours|days|weeks)(?!\w|/(?!d))",
    re.I,
)
_WORD = re.compile(r"[a-z][a-z-]{2,}", re.I)
_LEAST_PARTS = 2
"""One part that holds for the claim, and one that does not."""
_STEM = 6
_IDLE = words(
    "the and for with who are not per dose dosage doses initial starting usual recommended"
    " treatment therapy patients patient adults adult table section maintenance standard maximum"
    " daily weekly once twice weighing years year age aged old older less more than over under"
    " from"
)
"""Words of heads that tell none from another."""
_SAME = {"mouth": "oral", "orally": "oral", "iv": "intrav", "vein": "intrav", "topical": "topica",
         "inhaled": "inhale", "nebulised": "inhale", "nebulized": "inhale", "cream": "topica",
         "child": "childr", "boy": "childr", "girl": "childr", "pediatric": "childr",
         "paediatric": "childr", "infant": "infant", "skin": "topica", "im": "intram",
         "intramuscularly": "intram", "intravenously": "intrav",
         "subcutaneously": "subcut"}  # fmt: skip
"""What a head is also called in a claim."""


@dataclass(frozen=True, slots=True)
class _Part:
    """What a quotation says beneath one head: its words, and its amounts."""

    head: str
    words: frozenset[str]
    amounts: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Misplaced:
    """An amount of the text, the head it stands under and the one that holds."""

    span: Span
    taken_from: str
    holds: str


def misplaced(context: Context) -> Iterator[Misplaced]:
    """Yield each amount that stands only beneath heads that do not hold for the claim."""
    parts = list(_parts(context.quotes or ()))
    if len(parts) < _LEAST_PARTS:
        return
    said = _stems(context.text)
    known = said | _stems(" ".join(context.facts.patient.conditions or ()))
    own = [_own(part, parts) for part in parts]
    holding = [part for part, words in zip(parts, own, strict=True) if words & known]
    foreign = [part for part, words in zip(parts, own, strict=True) if words and not words & known]
    if not holding or not foreign or len(holding) + len(foreign) < len(parts):
        return
    right = frozenset(chain.from_iterable(part.amounts for part in holding))
    for match in _AMOUNT.finditer(context.text):
        amount = _key(match)
        source = next((part for part in foreign if amount in part.amounts), None)
        if source is not None and amount not in right:
            yield Misplaced(
                Span(start=match.start(), end=match.end()), source.head, holding[0].head
            )


_FOR_HIS = re.compile(
    r"\bfor (?:his|her|their|your|the (?:patient|man|woman"
    r"|child)['\u2019]s)\s(?P<what>[\w -]{4,40})",
    re.I,
)


def misapplied(context: Context) -> Iterator[Misplaced]:
    """Yield each amount quoted for a disease that is neither the patient's nor the claim's.

    What the claim gives it for must be on the list of problems, in whatever words.
    """
    listed = context.facts.patient.conditions or ()
    named = _FOR_HIS.search(context.text) if context.quotes else None
    if named is None:
        return
    wanted = _stems(named["what"])
    his = next((one for one in listed if _stems(one) & wanted), None)
    if his is None:
        return
    known = _stems(" ".join((context.text, *listed)))
    keys = context.facts.conditions or frozenset[str]()
    places: dict[tuple[str, str], str] = {}
    for quote in context.quotes or ():
        diagnoses = [d for d in read(quote).diagnoses if not d.negated]
        names = [d.span.of(quote) for d in diagnoses]
        if not names or {d.diagnosis for d in diagnoses} & keys:
            return
        if any(_stems(one) & known for one in names):
            return
        places |= {_key(match): names[0] for match in _AMOUNT.finditer(quote)}
    found = next((m for m in _AMOUNT.finditer(context.text) if _key(m) in places), None)
    if found is not None:
        yield Misplaced(Span(start=found.start(), end=found.end()), places[_key(found)], his)


def _parts(quotes: Sequence[str]) -> Iterator[_Part]:
    for quote in quotes:
        for found in _HEAD.finditer(quote):
            amounts = frozenset(_key(match) for match in _AMOUNT.finditer(found["body"]))
            yield _Part(found["head"], _stems(found["head"]), amounts)


def _own(part: _Part, parts: Sequence[_Part]) -> frozenset[str]:
    """Return the words of a head that no other head has."""
    others = frozenset(chain.from_iterable(p.words for p in parts if p is not part))
    return part.words - others


def _key(match: re.Match[str]) -> tuple[str, str]:
    return match[1].replace(",", ""), match[2].lower().rstrip("s")


def _stems(text: str) -> frozenset[str]:
    words = (word.lower() for word in _WORD.findall(text))
    return frozenset(_SAME.get(word, word[:_STEM]) for word in words if word not in _IDLE)
