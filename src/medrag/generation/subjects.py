"""What a question names, whatever name a text gives it: drugs, conditions and analytes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from medrag.clinical.lexicon import Drug, Lexicon, load
from medrag.clinical.matching import find_names

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
    kind: Literal["drug", "condition", "analyte"] = "condition"
    parted: tuple[frozenset[str], ...] = ()

    def named(self, text: str) -> float:
        """Return 1 where `text` names it, 0.8 where it names its class, else 0."""
        if self.names.search(text):
            return 1.0
        said = set(re.findall(r"\w+", text.casefold())) if self.parted else set()
        if any(words <= said for words in self.parted):
            return 1.0  # "iodinated or gadolinium contrast" names iodinated contrast
        return 0.8 if self.classes is not None and self.classes.search(text) else 0.0


def subjects(question: str) -> tuple[Subject, ...]:
    """Return what `question` names, in order, each once."""
    lexicon = load()
    found: dict[tuple[str, str], Subject] = {}
    for hit in find_names(question):
        for key in hit.keys:
            if hit.kind in {"drug", "combination"} and key in lexicon.drugs:
                found.setdefault(("drug", key), _drug(lexicon.drugs[key], lexicon))
            elif hit.kind == "condition":
                found.setdefault(("condition", key), _thing(key, lexicon.conditions[key].names))
            elif hit.kind == "analyte":
                analyte = lexicon.analytes[key]
                names = (*analyte.names, *analyte.abbreviations)
                found.setdefault(
                    ("analyte", key), Subject(key, _any([*names, key]), None, "analyte")
                )
    return tuple(found.values())


def _drug(drug: Drug, lexicon: Lexicon) -> Subject:
    products = [n for c in lexicon.combinations if drug.key in c.ingredients for n in c.names]
    names = [*drug.names, *drug.brands, *drug.abbreviations, *products, drug.key]
    classes = [n for c in drug.classes if c in lexicon.classes for n in lexicon.classes[c].names]
    parted = tuple(frozenset(n.casefold().split()) for n in names if " " in n)
    return Subject(drug.key, _any(names), _any(classes) if classes else None, "drug", parted)


def _thing(key: str, names: Iterable[str]) -> Subject:
    return Subject(key, _any([*names, key]))


def _any(names: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(set(names), key=lambda name: (-len(name), name))
    listed = "|".join(re.escape(name) for name in longest_first if len(name) > _SHORT)
    return re.compile(rf"(?<!\w)(?:{listed})(?!\w)", re.IGNORECASE)
