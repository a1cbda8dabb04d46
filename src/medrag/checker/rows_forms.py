"""The columns of the tables of what a product is: its strengths, routes and formulations."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar, Literal

from pydantic import Field

from medrag.checker.rows import Names, Row
from medrag.core.finding import Severity


class StrengthRow(Row):
    """The strengths in which a form exists.

    Attributes:
        form: `tablet`, or `solid` for tablets and capsules together; `patch`, by what it delivers;
            `liquid` to be swallowed, by its concentration; `insulin`, by its units in a mL.
    """

    table: ClassVar[str] = "strengths"
    place_by: ClassVar[tuple[str, ...]] = ("form",)
    default_ref: ClassVar[str] = "L3"
    key: str = Field(alias="drug")
    form: str
    unit: str
    strengths: Names


class RouteRow(Row):
    """A route by which a drug must not be given; only for `indication`, where that is filled.

    Attributes:
        unless: Words of the text with which the route is right after all.
        names: Words of which one must stand by the drug's name: a salt ("cefuroxime axetil").
    """

    table: ClassVar[str] = "routes"
    place_by: ClassVar[tuple[str, ...]] = ("route", "indication", "names")
    key: str = Field(alias="drug")
    route: str
    severity: Severity
    effect: str
    instead: str
    indication: Names = ()
    unless: Names = ()
    names: Names = ()


class CrushRow(Row):
    """A form that must not be crushed, opened or chewed; `*` is every drug in that form.

    Attributes:
        opens: `yes` where a capsule may be opened if its pellets are swallowed whole.
    """

    table: ClassVar[str] = "crush"
    key: str = Field(alias="drug")
    forms: Names = ()
    severity: Severity
    effect: str
    opens: Literal["", "yes"] = ""

    @property
    def drugs(self) -> tuple[str, ...]:
        """The drug; none for `*`."""
        return () if self.key == "*" else (self.key,)


class FormulationRow(Row):
    """A dose that fits another formulation of the same substance, not this one.

    Attributes:
        words: Words of the sentence of which one must name this formulation; any where empty.
        names: Words of which one must stand by the drug's name, before the dose: a brand ("XL").
        unit: Of the dose, or of a strength ("[iU]/mL").
        unless: Words of the text with which it does not hold.
    """

    table: ClassVar[str] = "formulations"
    place_by: ClassVar[tuple[str, ...]] = ("unit", "words", "names")
    key: str = Field(alias="drug")
    words: Names = ()
    unit: str
    above: Decimal
    other: str
    severity: Severity
    text: str
    names: Names = ()
    unless: Names = ()
