"""An institution's own rows: abbreviations, synonyms, brands and headings of its documents."""

from __future__ import annotations

from pathlib import Path

from medrag.config import read_toml
from medrag.core.span import Value


class Abbreviation(Value):
    """`short` stands for `long`; with `context`, where one of its words stands in the question."""

    short: str
    long: str
    context: tuple[str, ...] = ()


class SameNames(Value):
    """Names of one thing, the one that documents use first."""

    names: tuple[str, ...]


class Brands(Value):
    """Brand and house names of an ingredient."""

    ingredient: str
    brands: tuple[str, ...]


class Headings(Value):
    """Headings under which questions of a kind are answered."""

    kind: str
    phrases: tuple[str, ...]


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
