"""Rows about what laboratory values mean."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from medrag.checker.rows import Names, Row

Level = Literal["low", "normal", "high"]


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
