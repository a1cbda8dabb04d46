"""Which of several drugs a text picks for its patient: the others are only told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from medrag.clinical.mentions import ORDERED, DrugMention
from medrag.clinical.parts import SentenceParts

_PICK = re.compile(
    r"\bfor\s(?:her|him|you|this\s(?:patient|woman|man|child|lady|gentleman))\b"
    r"|\b(?:first|my|our|best|preferred)\s(?:choice|pick|suggestion|recommendation|option)\b"
    r"|\b(?:i|we)\s(?:would\s)?(?:suggest|recommend|choose|chose|prefer|start|propose|pick|go\swith)\b"
    r"|\b(?:recommended|suggested|chosen|selected|decision|recommendation|conclusion|verdict|choice)"
    r"\W{0,4}:"
)
"""Words of a sentence that names the one to be given among several."""
_OR = re.compile(r"[^.;\n]{0,120}\bor\b[^.;\n]{0,60}")
_CALLED = re.compile(
    r"\b(?:options|choices|alternatives|candidates|possibilities)\b[^.;\n]{0,40}\Z"
)
"""Words before a list that make it one to choose from."""
_LIST = re.compile(r"[^;\n]{0,200}\b(?:or|and)\b[^.;\n]{0,60}")
_NEAR = 80
_FAR = 3
"""Sentences behind "A or B" in which one of them is picked."""


def unpicked(
    folded: str, sources: Sequence[SentenceParts], drugs: Sequence[DrugMention]
) -> Iterator[DrugMention]:
    """Yield the drugs; the options that the text does not pick are told.

    Options are the rows of a table, and "A or B" where a later sentence gives one of them.
    """
    rows = {n for n, source in enumerate(sources) if source.place.kind == "row"}
    listed = {name for drug in drugs if drug.sentence in rows for name in drug.ingredients}
    picked = {
        name
        for drug in drugs
        if drug.sentence not in rows and drug.polarity != "avoid"
        for name in drug.ingredients
        if _PICK.search(folded, *_bounds(sources[drug.sentence]))
    }
    left = _left(folded, drugs)
    for drug in drugs:
        other = bool(listed & picked) and drug.sentence in rows and drug.polarity == "give"
        passed = other and not picked & set(drug.ingredients)
        yield replace(drug, standing="told") if passed or drug.start in left else drug


def _left(folded: str, drugs: Sequence[DrugMention]) -> set[int]:
    """Return where the drugs begin that stand in "A or B" while a later sentence gives the other.

    "Guidelines name amoxicillin or doxycycline. Since she reacted to penicillin, doxycycline."
    """
    left: set[int] = set()
    for number, group in groupby(drugs, key=lambda drug: drug.sentence):
        options = [d for d in group if d.polarity in ORDERED and not d.current]
        names = {name for drug in options for name in drug.ingredients}
        if len(names) < 2 or not _are_options(folded, options):
            continue
        given = {
            name
            for drug in drugs
            if number < drug.sentence <= number + _FAR and _is_given(drug)
            for name in drug.ingredients
            if name in names
        }
        if given:
            left |= {drug.start for drug in options if not given & set(drug.ingredients)}
    return left


def _are_options(folded: str, drugs: Sequence[DrugMention]) -> bool:
    """Return whether the drugs of a sentence are "A or B", or a list told as options."""
    between = folded[drugs[0].end : drugs[-1].start]
    called = _CALLED.search(folded, max(0, drugs[0].start - _NEAR), drugs[0].start)
    return (_OR if called is None else _LIST).fullmatch(between) is not None


def _is_given(drug: DrugMention) -> bool:
    named = drug.directive is not None or bool(drug.regimens)
    now = drug.standing == "now" and drug.condition is None
    return drug.polarity == "give" and now and named and not drug.current


def _bounds(source: SentenceParts) -> tuple[int, int]:
    return source.clauses.start, source.clauses.end
