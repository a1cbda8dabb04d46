"""The columns of the tables about two things together: drugs, classes, foods, fluids."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar, Literal

from pydantic import Field

from medrag.checker.rows import Names, Row
from medrag.core.finding import Severity


class InteractionRow(Row):
    """Two drugs that must not, or not just so, be given together.

    Attributes:
        key: One drug; `other`: the other. Either may be a group.
        unless: Words in the text that show the needed action; any of them silences the row.
        max_daily: Acceptable up to this daily dose of `key`, in `unit`.
        route: `inj` where it holds for injections of both only.
    """

    table: ClassVar[str] = "interactions"
    place_by: ClassVar[tuple[str, ...]] = ("other",)
    default_ref: ClassVar[str] = "L7"
    key: str = Field(alias="drug")
    other: str
    severity: Severity
    effect: str
    action: str
    unless: Names = ()
    max_daily: Decimal | None = None
    unit: str = ""
    route: Literal["", "inj"] = ""

    @property
    def drugs(self) -> tuple[str, ...]:
        """Both sides."""
        return self.key, self.other

    @property
    def identity(self) -> str:
        """The pair, in no order."""
        return "+".join(sorted((self.key, self.other)))


class WashoutRow(Row):
    """The days between the last dose of a drug and the first of another."""

    table: ClassVar[str] = "washouts"
    place_by: ClassVar[tuple[str, ...]] = ("other",)
    default_ref: ClassVar[str] = "L4"
    key: str = Field(alias="drug")
    other: str
    days: Decimal
    severity: Severity
    text: str

    @property
    def drugs(self) -> tuple[str, ...]:
        """Both sides."""
        return self.key, self.other


class WithdrawalRow(Row):
    """A drug that is tapered, and what happens where it is not.

    Attributes:
        of: The row holds where one of these words stands in the text or the list of conditions;
            always where empty.
        unless: Words with which it must be stopped at once.
    """

    table: ClassVar[str] = "withdrawals"
    place_by: ClassVar[tuple[str, ...]] = ("of",)
    default_ref: ClassVar[str] = "L5"
    key: str = Field(alias="drug")
    of: Names = ()
    severity: Severity
    text: str
    unless: Names = ()


class DuplicateRow(Row):
    """How a duplication within a class of the lexicon weighs; `*` is every other class.

    Attributes:
        pairs: Pairs `a+b` that are ordinary practice.
    """

    table: ClassVar[str] = "duplicates"
    key: str = Field(alias="class")
    severity: Severity
    pairs: Names = Field(default=(), alias="except")
    text: str

    @property
    def drugs(self) -> tuple[str, ...]:
        """Nothing: the classes are the lexicon's."""
        return ()


class FoodRow(Row):
    """A food, drink or herb that does not go with a drug; words to look for."""

    table: ClassVar[str] = "foods"
    place_by: ClassVar[tuple[str, ...]] = ("food",)
    key: str = Field(alias="drug")
    food: Names
    severity: Severity
    effect: str

    @property
    def words(self) -> tuple[str, ...]:
        """What the food is called."""
        return self.food


class CompatibilityRow(Row):
    """A fluid or drug that must not run in one line or bag with a drug.

    Attributes:
        when: `neonate` where it holds for newborns only, otherwise `always`.
    """

    table: ClassVar[str] = "compatibilities"
    place_by: ClassVar[tuple[str, ...]] = ("other", "when")
    key: str = Field(alias="drug")
    other: str
    when: Literal["always", "neonate"]
    severity: Severity
    effect: str


class ProductRow(Row):
    """Two products that are not given in one another's place, dose for dose.

    Attributes:
        key: Names of the one product, any of which names it.
        others: Names of the other.
        within: Words of which one must be named too: the drug of two forms; any where empty.
        swap: `yes` where the one never takes the place of the other, at whatever dose.
    """

    table: ClassVar[str] = "products"
    place_by: ClassVar[tuple[str, ...]] = ("others",)
    default_ref: ClassVar[str] = "L2"
    key: str = Field(alias="products")
    others: Names
    within: Names = Field(default=(), alias="with")
    swap: Literal["", "yes"] = ""
    text: str

    @property
    def products(self) -> tuple[str, ...]:
        """The names, one by one."""
        return tuple(name.strip() for name in self.key.split(";"))

    @property
    def drugs(self) -> tuple[str, ...]:
        """Nothing: the names are of products."""
        return ()
