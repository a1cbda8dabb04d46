"""What a question names, whatever name a text gives it: drugs, conditions and analytes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from medrag.clinical.lexicon import Drug, Lexicon, load
from medrag.clinical.matching import find_names

Kind = Literal["drug", "condition", "analyte"]
_SHORT = 2
"""An abbreviation of so few letters (`K`, `PE`) is a word of its own in most texts."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing that a question names.

    Attributes:
        key: Its key in the lexicon.
        names: Matches every name of it: generic and brand names, products, abbreviations.
        classes: For a drug, matches the names of the classes it belongs to; else None.
        kind: What it is.
        parted: The words of its names of several words.
    """

    key: str
    names: re.Pattern[str]
    classes: re.Pattern[str] | None = None
    kind: Kind = "condition"
    parted: tuple[frozenset[str], ...] = ()

    def named(self, text: str) -> float:
        """Return 1 where `text` names it, 0.8 where it names its class, else 0."""
        return _named(self.kind, self.key, text)


@lru_cache(maxsize=1 << 14)
def _named(kind: Kind, key: str, text: str) -> float:
    """Return `Subject.named`; statements come back question after question (ADR 0224)."""
    subject = _subject(kind, key)
    if subject.names.search(text):
        return 1.0
    said = set(re.findall(r"\w+", text.casefold())) if subject.parted else set()
    if any(words <= said for words in subject.parted):
        return 1.0  # "iodinated or gadolinium contrast" names iodinated contrast
    return 0.8 if subject.classes is not None and subject.classes.search(text) else 0.0


def subjects(question: str) -> tuple[Subject, ...]:
    """Return what `question` names, in order, each once."""
    drugs = load().drugs
    found: dict[tuple[Kind, str], Subject] = {}
    for hit in find_names(question):
        for key in hit.keys:
            if hit.kind in {"drug", "combination"} and key in drugs:
                found.setdefault(("drug", key), _subject("drug", key))
            elif hit.kind in {"condition", "analyte"}:
                found.setdefault((hit.kind, key), _subject(hit.kind, key))
    return tuple(found.values())


@lru_cache(maxsize=1 << 12)
def _subject(kind: Kind, key: str) -> Subject:
    lexicon = load()
    if kind == "drug":
        return _drug(lexicon.drugs[key], lexicon)
    if kind == "condition":
        return Subject(key, _any([*lexicon.conditions[key].names, key]))
    analyte = lexicon.analytes[key]
    return Subject(key, _any([*analyte.names, *analyte.abbreviations, key]), None, "analyte")


def _drug(drug: Drug, lexicon: Lexicon) -> Subject:
    products = [n for c in lexicon.combinations if drug.key in c.ingredients for n in c.names]
    names = [*drug.names, *drug.brands, *drug.abbreviations, *products, drug.key]
    classes = [n for c in drug.classes if c in lexicon.classes for n in lexicon.classes[c].names]
    parted = tuple(frozenset(n.casefold().split()) for n in names if " " in n)
    return Subject(drug.key, _any(names), _any(classes) if classes else None, "drug", parted)


def _any(names: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(set(names), key=lambda name: (-len(name), name))
    listed = "|".join(re.escape(name) for name in longest_first if len(name) > _SHORT)
    return re.compile(rf"(?<!\w)(?:{listed})(?!\w)", re.IGNORECASE)
