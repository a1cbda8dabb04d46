"""Rows about what laboratory values mean."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar, Literal

from pydantic import Field

from medrag.checker.rows import Names, Row

Level = Literal["low", "normal", "high"]
State = Literal[
    "newborn", "infant", "toddler", "preschooler", "schoolchild", "adolescent", "pregnancy"
]


class ConclusionRow(Row):
    """A state that a text may conclude from results, and the result that speaks against it.

    Attributes:
        key: The state, for messages.
        words: What a text calls it.
        unless: Words in the same sentence that make it another state.
        analyte: Whose value speaks against it; empty where `results` does.
        against: The levels that do, by the reference interval.
        results: Qualitative results that do, as written; all of a cell's `+` parts together.
    """

    table: ClassVar[str] = "conclusions"
    key: str = Field(alias="state")
    words: Names
    unless: Names = ()
    analyte: str = ""
    against: Names = ()
    results: Names = ()

    @property
    def drugs(self) -> tuple[str, ...]:
        """Nothing: a state is no drug."""
        return ()

    @property
    def identity(self) -> str:
        """State, analyte and results."""
        return f"{self.key} {self.analyte} {';'.join(self.results)}"


class StateRangeRow(Row):
    """The reference interval of an analyte at an age or in pregnancy, where it is not an adult's.

    Attributes:
        state: Whose: of the first 28 days, of the first, to the third, sixth and twelfth year, to
            the eighteenth; or of pregnancy, of all trimesters together.
        unit: The unit of the analyte's own row.
    """

    table: ClassVar[str] = "state_ranges"
    place_by: ClassVar[tuple[str, ...]] = ("state",)
    key: str = Field(alias="analyte")
    state: State
    unit: str
    low: Decimal
    high: Decimal

    @property
    def drugs(self) -> tuple[str, ...]:
        """Nothing: an analyte is no drug."""
        return ()
