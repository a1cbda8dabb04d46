"""The columns of each knowledge table."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from medrag.core.finding import Severity
from medrag.core.span import Value


def _listed(cell: object) -> object:
    if isinstance(cell, str):
        return tuple(part.strip() for part in cell.split(";") if part.strip())
    return cell


def _rate(cell: object) -> object:
    return Decimal(str(float(Fraction(cell)))) if isinstance(cell, str) and "/" in cell else cell


Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]
PerDay = Annotated[Decimal, BeforeValidator(_rate)]
Comparison = Literal["<", "<=", ">", ">="]


class Row(Value):
    """What every row has.

    Attributes:
        key: What the row is about: an ingredient, `@group`, an analyte, a procedure.
        ref: `L` and a section number for the label of the drug, or a key of `sources.csv`;
            the table's usual section where empty.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
    table: ClassVar[str] = ""
    default_ref: ClassVar[str] = ""

    key: str
    ref: str = ""

    def drugs(self) -> tuple[str, ...]:
        """Return the ingredients and `@groups` that the row names, for the lint."""
        return (self.key,)

    def identity(self) -> str:
        """Return what two rows of one table must not share."""
        return self.model_dump_json(exclude={"ref"})


class GroupRow(Row):
    """A named set of ingredients."""

    table: ClassVar[str] = "groups"
    members: Names

    def drugs(self) -> tuple[str, ...]:
        """Return the members."""
        return self.members


class SourceRow(Row):
    """A guideline or other publication that rows rest on."""

    table: ClassVar[str] = "sources"
    title: str
    section: str = ""
    edition: str = ""
    url: str = ""

    def drugs(self) -> tuple[str, ...]:
        """Return nothing: a source is no drug."""
        return ()


class DoseRow(Row):
    """The doses of a drug by one route in one population.

    Attributes:
        unit: UCUM; an amount (`mg`), an amount by weight (`mg/kg`) or a rate (`ug/kg/min`).
        low: The least usual single dose or rate.
        single: The largest single dose or rate.
        daily: The largest amount in 24 hours.
        times: The most administrations in 24 hours; `1/7` is weekly.
    """

    table: ClassVar[str] = "doses"
    default_ref: ClassVar[str] = "L2"
    key: str = Field(alias="drug")
    route: str
    population: Literal["adult", "child", "any"]
    unit: str
    low: Decimal | None = None
    single: Decimal | None = None
    daily: Decimal | None = None
    times: PerDay | None = None

    def identity(self) -> str:
        """Return drug, route, population and unit."""
        return f"{self.key} {self.route} {self.population} {self.unit}"


class InteractionRow(Row):
    """Two drugs that must not, or not just so, be given together.

    Attributes:
        key: One drug; `other`: the other. Either may be a group.
        unless: Words in the answer that show the needed action, any of which silences it.
        max_daily: Acceptable up to this daily dose of `key`, in `unit`.
    """

    table: ClassVar[str] = "interactions"
    default_ref: ClassVar[str] = "L7"
    key: str = Field(alias="drug")
    other: str
    severity: Severity
    effect: str
    action: str
    unless: Names = ()
    max_daily: Decimal | None = None
    unit: str = ""

    def drugs(self) -> tuple[str, ...]:
        """Return both sides."""
        return self.key, self.other

    def identity(self) -> str:
        """Return the pair, in no order."""
        return "+".join(sorted((self.key, self.other)))


TABLES: dict[str, type[Row]] = {
    row.table: row for row in (GroupRow, SourceRow, DoseRow, InteractionRow)
}
"""Table name (and file name) -> its rows."""
