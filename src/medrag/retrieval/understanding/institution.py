"""An institution's own rows: abbreviations, synonyms, brands and headings of its documents."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from medrag.config import read_toml
from medrag.core.span import Value
from medrag.retrieval.understanding.questions import folded
from medrag.retrieval.understanding.vocabulary import own_rows


def _with_letters(phrase: str) -> str:
    if not folded(phrase):
        raise ValueError("expected a letter or a digit; fill it in or take the row out")
    return phrase


def _known_kind(kind: str) -> str:
    kinds = [row["kind"] for row in own_rows("kinds") if row["kind"]]
    if kind not in kinds:
        raise ValueError(f"{kind!r} is no kind of question; expected one of {', '.join(kinds)}")
    return kind


Phrase = Annotated[str, AfterValidator(_with_letters)]
"""Words to be found or added: a blank one would stand in every question and heading."""


class Abbreviation(Value):
    """`short` stands for `long`; with `context`, where one of its words stands in the question.

    Without `context` it stands for nothing else: medrag's own senses of it do not count.
    """

    short: Phrase
    long: Phrase
    context: tuple[Phrase, ...] = ()


class SameNames(Value):
    """Names of one thing, the one that documents use first."""

    names: Annotated[tuple[Phrase, ...], Field(min_length=2)]


class Brands(Value):
    """Brand and house names of an ingredient."""

    ingredient: Phrase
    brands: tuple[Phrase, ...]


class Headings(Value):
    """Headings under which questions of a kind are answered."""

    kind: Annotated[str, AfterValidator(_known_kind)]
    phrases: tuple[Phrase, ...]


class InstitutionRows(Value):
    """What an institution's TOML file adds to the tables.

    Attributes:
        name: What the rows are called where they are explained.
    """

    name: str = "institution"
    abbreviations: tuple[Abbreviation, ...] = ()
    synonyms: tuple[SameNames, ...] = ()
    drugs: tuple[Brands, ...] = ()
    headings: tuple[Headings, ...] = ()


def read_institution(path: str) -> InstitutionRows:
    """Return the rows of a TOML file.

    Raises:
        ConfigError: The file is missing, not TOML, or holds a key or a value that it should not.
    """
    return read_toml(Path(path), InstitutionRows, "table")
