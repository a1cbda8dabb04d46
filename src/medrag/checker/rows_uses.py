"""The columns of the tables of what drugs are given for, and of names that look alike."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from medrag.checker.rows import Names, Row
from medrag.core.finding import Severity


class LookalikeRow(Row):
    """A drug named for an indication of another that looks or sounds like it."""

    table: ClassVar[str] = "lookalikes"
    place_by: ClassVar[tuple[str, ...]] = ("intended",)
    key: str = Field(alias="drug")
    intended: str
    indications: Names
    severity: Severity

    @property
    def drugs(self) -> tuple[str, ...]:
        """The drug named; the intended one need not be in the lexicon."""
        return (self.key,)


class PurposeRow(Row):
    """What a drug is given for, off label included, as the beginnings of words.

    Only a text and a record that name none of them may speak for a drug of a like name.

    Attributes:
        listed: `no` where a list of conditions alone says nothing: the drug eases or prevents
            what nobody lists.
    """

    table: ClassVar[str] = "purposes"
    key: str = Field(alias="drug")
    words: Names
    listed: Literal["", "no"] = ""


class MisuseRow(Row):
    """What a drug is not for: its label says so, or it does nothing there."""

    table: ClassVar[str] = "misuses"
    place_by: ClassVar[tuple[str, ...]] = ("indications",)
    key: str = Field(alias="drug")
    indications: Names
    severity: Severity
    text: str


class UseRow(Row):
    """Everything that is given for a disease, off label included: anything else is a slip.

    Attributes:
        key: The words of the disease, any of which names it.
        members: Ingredients and groups.
    """

    table: ClassVar[str] = "uses"
    key: str = Field(alias="words")
    members: Names = Field(alias="drugs")
    severity: Severity

    @property
    def words(self) -> tuple[str, ...]:
        """The words, one by one."""
        return tuple(word.strip() for word in self.key.split(";"))

    @property
    def drugs(self) -> tuple[str, ...]:
        """The members."""
        return self.members
