"""The knowledge tables: CSV files that a clinician can read, checked row by row.

One row is one fact. Empty cells mean "not limited" or "any"; lists inside a cell are separated
by `; `; a drug cell names an ingredient of the lexicon or, with `@`, a group of `groups.csv`.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, TypeVar, cast

from pydantic import ValidationError

from medrag.checker.catalog import TABLES
from medrag.checker.rows import GroupRow, Row, SourceRow, SupersededRow
from medrag.checker.rows_labs import ConclusionRow
from medrag.checker.rows_pairs import FoodRow, InteractionRow
from medrag.checker.rows_uses import UseRow
from medrag.clinical.lexicon import load
from medrag.core.finding import Reference
from medrag.errors import ConfigError

RowT = TypeVar("RowT", bound=Row)
_Worded = UseRow | ConclusionRow | SupersededRow | FoodRow

_LABEL_SECTIONS = {
    "BW": "Boxed Warning",
    "1": "Indications and Usage",
    "2": "Dosage and Administration",
    "3": "Dosage Forms and Strengths",
    "4": "Contraindications",
    "5": "Warnings and Precautions",
    "7": "Drug Interactions",
    "8.1": "Use in Specific Populations: Pregnancy",
    "8.2": "Use in Specific Populations: Lactation",
    "8.4": "Use in Specific Populations: Pediatric Use",
    "8.5": "Use in Specific Populations: Geriatric Use",
    "8.6": "Use in Specific Populations: Renal Impairment",
    "8.7": "Use in Specific Populations: Hepatic Impairment",
    "12.5": "Clinical Pharmacology: Pharmacogenomics",
}


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Every table, indexed by what the rules look rows up by.

    Attributes:
        tables: Table name -> rows in file order.
        groups: Group -> ingredient keys.
        sources: Reference key -> where it stands.
        by_key: (table, key) -> rows, all of the table's type; the key is the row's `key`, groups
            opened.
        digest: SHA-256 over all files.
        policy: Whose own rows are among these; empty for the shipped tables.
        own: Identities of those rows.
    """

    tables: Mapping[str, tuple[Row, ...]]
    groups: Mapping[str, frozenset[str]]
    sources: Mapping[str, SourceRow]
    by_key: Mapping[tuple[str, str], tuple[Any, ...]]
    digest: str
    policy: str = ""
    own: frozenset[int] = frozenset()
    _partners: dict[str, dict[str, tuple[InteractionRow, ...]]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    _words: dict[str, tuple[str, ...]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def rows(self, table: type[RowT], key: str) -> tuple[RowT, ...]:
        """Return the rows of a table that are about `key`, in file order; empty if none."""
        return self.by_key.get((table.table, key), ())

    def all(self, table: type[RowT]) -> tuple[RowT, ...]:
        """Return every row of a table, in file order."""
        return cast("tuple[RowT, ...]", self.tables[table.table])

    def interactions(self, one: str, other: str) -> tuple[InteractionRow, ...]:
        """Return the interaction rows about `one` whose other side names `other`."""
        partners = self._partners.get(one)
        if partners is None:
            partners = {}
            for row in self.rows(InteractionRow, one):
                for member in self.members(row.other):
                    partners[member] = (*partners.get(member, ()), row)
            self._partners[one] = partners
        return partners.get(other, ())

    def words(self, table: type[_Worded]) -> tuple[str, ...]:
        """Return the words of all rows of a table, in file order."""
        found = self._words.get(table.table)
        if found is None:
            rows = cast("tuple[_Worded, ...]", self.tables[table.table])
            found = self._words[table.table] = tuple(word for row in rows for word in row.words)
        return found

    def members(self, cell: str) -> frozenset[str]:
        """Return the ingredients a cell names: those of `@group`, else the one it is."""
        return _members(cell, self.groups) if cell.startswith("@") else frozenset({cell})

    def reference(self, row: Row, drug: str = "") -> Reference:
        """Return what a row rests on; `L4` is section 4 of the label of `drug`."""
        code = row.ref or row.default_ref
        note = f" (row of policy {self.policy})" if self.is_own(row) else ""
        if code in self.sources:
            source = self.sources[code]
            return Reference(
                title=source.title + note,
                section=source.section or None,
                edition=source.edition or None,
                url=source.url or None,
            )
        name = (drug or row.key).lstrip("@").replace("-", " ")
        return Reference(
            title=f"{name} prescribing information (FDA label){note}",
            section=_LABEL_SECTIONS[code[1:]],
        )

    def has_reference(self, row: Row) -> bool:
        """Return whether the row's reference code names something."""
        code = row.ref or row.default_ref
        return code in self.sources or code[1:] in _LABEL_SECTIONS

    def is_own(self, row: Row) -> bool:
        """Return whether a row is the institution's own."""
        return id(row) in self.own

    def extended(
        self, rows: Mapping[str, Sequence[Mapping[str, str]]], *, policy: str = ""
    ) -> Knowledge:
        """Return these tables with an institution's own rows in place of the shipped ones.

        An own row replaces every shipped row of its drugs that is about the same place (the
        same route and population, the same partner, the same condition), stricter or looser.
        Rows of `sources` are the institution's own protocols, for the `ref` of the others.

        Raises:
            ConfigError: A table does not exist, or a row breaks its schema or names no `ref`
                that is a label section, a shipped source or one of its own.
        """
        if not rows:
            return self
        tables, local = dict(self.tables), set[int]()
        for name, added in rows.items():
            if name not in TABLES or name == "groups":
                known = ", ".join(table for table in TABLES if table != "groups")
                raise ConfigError(f"There is no table {name!r}. Tables: {known}.")
            own = tuple(
                _row(name, fields, where=f"rows.{name}, row {number}")
                for number, fields in enumerate(added, start=1)
            )
            tables[name] = own + tables[name]
            local |= {id(row) for row in own}
        found = _index(tables, digest=self.digest, policy=policy, own=frozenset(local))
        _require_references(found)
        return found


def _require_references(knowledge: Knowledge) -> None:
    """Refuse own rows that rest on nothing; a source is its own reference."""
    for name, rows in knowledge.tables.items():
        own = [row for row in rows if name != "sources" and knowledge.is_own(row)]
        for number, row in enumerate(own, start=1):
            where = f"rows.{name}, row {number} ({row.key})"
            if not row.ref:
                raise ConfigError(f"{where}: a row of a policy must name its `ref`.")
            if not knowledge.has_reference(row):
                raise ConfigError(
                    f"{where}: the reference {row.ref!r} is unknown. Use a label section "
                    f"({', '.join('L' + section for section in _LABEL_SECTIONS)}), a key of "
                    "sources.csv, or add it under [[rows.sources]] with `key` and `title`."
                )


@lru_cache(maxsize=1)
def load_knowledge() -> Knowledge:
    """Return the shipped tables; read once per process.

    Raises:
        ConfigError: A table breaks its schema; names the file and the line.
    """
    digest = hashlib.sha256()
    tables: dict[str, tuple[Row, ...]] = {}
    for name in TABLES:
        raw = (files("medrag.checker") / "knowledge" / f"{name}.csv").read_bytes()
        digest.update(raw)
        lines = raw.decode("utf-8").splitlines()
        tables[name] = tuple(
            _row(name, fields, where=f"{name}.csv:{number}")
            for number, fields in enumerate(csv.DictReader(lines), start=2)
        )
    return _index(tables, digest=digest.hexdigest())


def _row(table: str, fields: Mapping[str, str], *, where: str) -> Row:
    given = {key: value for key, value in fields.items() if value not in {"", None}}
    try:
        return TABLES[table].model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        column = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"{where}: column {column!r}: {first['msg']}.") from error


def _index(
    tables: Mapping[str, tuple[Row, ...]],
    *,
    digest: str,
    policy: str = "",
    own: frozenset[int] = frozenset(),
) -> Knowledge:
    groups = {
        row.key: frozenset(row.members) for row in tables["groups"] if isinstance(row, GroupRow)
    }
    by_key: dict[tuple[str, str], list[Row]] = {}
    for name, rows in tables.items():
        for row in rows:
            for key in _keys(row, groups):
                by_key.setdefault((name, key), []).append(row)
    return Knowledge(
        tables=MappingProxyType(dict(tables)),
        groups=MappingProxyType(groups),
        sources=MappingProxyType(
            {row.key: row for row in tables["sources"] if isinstance(row, SourceRow)}
        ),
        by_key=MappingProxyType({key: _standing(rows, own) for key, rows in by_key.items()}),
        digest=digest,
        policy=policy,
        own=own,
    )


def _standing(rows: Sequence[Row], own: frozenset[int]) -> tuple[Row, ...]:
    """Return the rows of one key without those that an own row replaces."""
    if not own:
        return tuple(rows)
    replaced = {row.place for row in rows if id(row) in own}
    return tuple(row for row in rows if id(row) in own or row.place not in replaced)


def _keys(row: Row, groups: Mapping[str, frozenset[str]]) -> Iterable[str]:
    return _members(row.key, groups) if row.key.startswith("@") else (row.key,)


def _members(cell: str, groups: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Return the members of `@group`: of `groups.csv`, else of the lexicon's class."""
    if cell[1:] in groups:
        return groups[cell[1:]]
    members = _of_class(cell[1:])
    if not members:
        raise ConfigError(f"There is no group {cell!r} in groups.csv and no such class of drugs.")
    return members


@lru_cache(maxsize=1024)
def _of_class(drug_class: str) -> frozenset[str]:
    return frozenset(load().members(drug_class))
