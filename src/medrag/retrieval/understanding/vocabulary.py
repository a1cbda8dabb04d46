"""The tables of names: what a phrase of a question may stand for.

Names come from the tables of `medrag.clinical` (drugs, products, classes) and from this room's
own (abbreviations, synonyms), each row with its source. An institution lays its rows over them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import repeat
from typing import TYPE_CHECKING, Literal

from medrag.clinical import tables
from medrag.clinical.tables import items
from medrag.retrieval.understanding.questions import folded

if TYPE_CHECKING:
    from medrag.retrieval.understanding.institution import InstitutionRows

NameOf = Literal["ingredient", "brand", "product", "class", "abbreviation", "synonym"]


@dataclass(frozen=True, slots=True)
class Drug:
    """An ingredient: every generic name, brands, and the classes it belongs to directly."""

    names: tuple[str, ...]
    brands: tuple[str, ...]
    classes: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Product:
    """A product of several ingredients, by their generic names."""

    ingredients: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class DrugClass:
    """A class of drugs and what it is called."""

    names: tuple[str, ...]
    parents: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Sense:
    """One sense of an abbreviation.

    Attributes:
        short, long: As written.
        also: Other names, and members of the class that it names.
        rare: It counts only where the context speaks for it.
        topics: Fields of medicine that it belongs to.
        cues: Folded beginnings of words that speak for it; `#` is a number beside it.
    """

    short: str
    long: str
    also: tuple[str, ...]
    rare: bool
    topics: tuple[str, ...]
    cues: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Synonyms:
    """Names of one thing, the clinical one first."""

    names: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Name:
    """What a phrase is a name of."""

    of: NameOf
    row: Drug | Product | DrugClass | Sense | Synonyms


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All names.

    Attributes:
        names: Folded phrase -> what it may name.
        longest: First word of a phrase -> the most words of a phrase that begins with it.
        words: Every word of every phrase.
        classes: Class key -> class.
        headings: An institution's own headings, lower case: kind of question -> phrases.
    """

    names: Mapping[str, tuple[Name, ...]]
    longest: Mapping[str, int]
    words: frozenset[str]
    classes: Mapping[str, DrugClass]
    headings: Mapping[str, tuple[str, ...]]

    def wider(self, classes: Iterable[str]) -> set[str]:
        """Return the keys of classes and of all classes above them."""
        found: set[str] = set()
        waiting = list(classes)
        while waiting:
            key = waiting.pop()
            if key not in found and key in self.classes:
                found.add(key)
                waiting.extend(self.classes[key].parents)
        return found


def own_rows(table: str) -> list[dict[str, str]]:
    """Return the rows of a table of this room."""
    text = (files("medrag.retrieval") / "data" / f"{table}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@lru_cache(maxsize=4)
def vocabulary(path: str | None = None) -> Vocabulary:
    """Return all names, with an institution's rows where `path` names its TOML file.

    Raises:
        ConfigError: The file is missing, not TOML, or holds what it should not.
    """
    rows = _institution(path)
    classes = {
        row["key"]: DrugClass(items(row["names"]), items(row["parents"]), "table of drug classes")
        for row in tables.rows("classes")
    }
    names: dict[str, list[Name]] = {}
    longest: dict[str, int] = {}
    for phrase, name in _all_names(classes, rows):
        key = folded(phrase)
        first, _, rest = key.partition(" ")
        if first:
            names.setdefault(key, []).append(name)
            longest[first] = max(longest.get(first, 1), rest.count(" ") + 2 if rest else 1)
    return Vocabulary(
        names={key: tuple(found) for key, found in names.items()},
        longest=longest,
        words=frozenset(word for key in names for word in key.split(" ")),
        classes=classes,
        headings={
            row.kind: tuple(phrase.casefold() for phrase in row.phrases)
            for row in (rows.headings if rows else ())
        },
    )


def _institution(path: str | None) -> InstitutionRows | None:
    """Return an institution's rows; reading TOML is loaded for who has some."""
    if path is None:
        return None
    from medrag.retrieval.understanding.institution import read_institution

    return read_institution(path)


def _all_names(
    classes: Mapping[str, DrugClass], rows: InstitutionRows | None
) -> Iterator[tuple[str, Name]]:
    """Yield every phrase with what it names; an institution's come first.

    What an institution's abbreviation always stands for replaces our senses of it.
    """
    always = set()
    if rows is not None:
        yield from _institution_names(rows)
        always = {folded(row.short) for row in rows.abbreviations if not row.context}
    for sense in _senses():
        if folded(sense.short) not in always:
            yield sense.short, Name("abbreviation", sense)
    for synonyms in _synonyms():
        yield from zip(synonyms.names, repeat(Name("synonym", synonyms)), strict=False)
    for drug in _drugs():
        yield from zip(drug.names, repeat(Name("ingredient", drug)), strict=False)
        if drug.brands:
            yield from zip(drug.brands, repeat(Name("brand", drug)), strict=False)
    for product, names in _products():
        yield from zip(names, repeat(Name("product", product)), strict=False)
    for drug_class in classes.values():
        yield from zip(drug_class.names, repeat(Name("class", drug_class)), strict=False)


def _senses() -> Iterator[Sense]:
    for row in own_rows("abbreviations"):
        yield Sense(
            short=row["short"],
            long=row["long"],
            also=items(row["also"]),
            rare=row["rare"] == "1",
            topics=items(row["topics"]),
            cues=tuple(cue if cue == "#" else folded(cue) for cue in items(row["cues"])),
            source=f"abbreviations: {row['source']}",
        )


def _synonyms() -> Iterator[Synonyms]:
    for row in own_rows("synonyms"):
        yield Synonyms((row["clinical"], *items(row["others"])), f"synonyms: {row['source']}")


def _drugs() -> Iterator[Drug]:
    for row in tables.rows("drugs"):
        yield Drug(
            names=(row["key"].replace("-", " "), *items(row["names"])),
            brands=items(row["brands"]),
            classes=items(row["classes"]),
            source="table of drugs",
        )


def _products() -> Iterator[tuple[Product, tuple[str, ...]]]:
    for row in tables.rows("combinations"):
        ingredients = (key.replace("-", " ") for key in items(row["ingredients"]))
        yield Product(tuple(ingredients), "table of products"), items(row["names"])


def _institution_names(rows: InstitutionRows) -> Iterator[tuple[str, Name]]:
    for short in rows.abbreviations:
        cues = tuple(folded(cue) for cue in short.context)
        sense = Sense(short.short, short.long, (), bool(cues), (), cues, rows.name)
        yield short.short, Name("abbreviation", sense)
    for same in rows.synonyms:
        synonyms = Synonyms(same.names, rows.name)
        yield from zip(same.names, repeat(Name("synonym", synonyms)), strict=False)
    for of in rows.drugs:
        drug = Drug((of.ingredient,), of.brands, (), rows.name)
        yield from zip(of.brands, repeat(Name("brand", drug)), strict=False)
