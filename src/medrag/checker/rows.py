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
Action = Literal["avoid", "daily", "single", "times", "note"]
"""What organ function asks for: not to give it, a largest daily amount, a largest dose, the most
administrations in 24 hours, or only a word of caution."""


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
    place_by: ClassVar[tuple[str, ...]] = ()
    """What besides the key says what a row is about; the other columns are its limits."""

    key: str
    ref: str = ""

    @property
    def drugs(self) -> tuple[str, ...]:
        """The ingredients and `@groups` that the row names, for the lint."""
        return (self.key,)

    @property
    def identity(self) -> str:
        """What two rows of one table must not share."""
        return self.model_dump_json(exclude={"ref"})

    @property
    def place(self) -> tuple[object, ...]:
        """What the row is about besides its key: a local row replaces those of the same place."""
        return tuple(getattr(self, name) for name in self.place_by)


class GroupRow(Row):
    """A named set of ingredients."""

    table: ClassVar[str] = "groups"
    members: Names

    @property
    def drugs(self) -> tuple[str, ...]:
        """The members."""
        return self.members


class SourceRow(Row):
    """A guideline or other publication that rows rest on."""

    table: ClassVar[str] = "sources"
    title: str
    section: str = ""
    edition: str = ""
    url: str = ""

    @property
    def drugs(self) -> tuple[str, ...]:
        """Nothing: a source is no drug."""
        return ()


class DoseRow(Row):
    """The doses of a drug by one route in one population.

    Attributes:
        unit: UCUM; an amount (`mg`), an amount by weight (`mg/kg`) or a rate (`ug/kg/min`).
        low: The least usual single dose or rate.
        single: The largest single dose or rate.
        daily: The largest amount in 24 hours.
        times: The most administrations in 24 hours; `1/7` is weekly.
        words: Words of text or record of which one must name the use; any use where empty. Such
            a row only allows more.
    """

    table: ClassVar[str] = "doses"
    place_by: ClassVar[tuple[str, ...]] = ("route", "population", "by_weight", "words")
    default_ref: ClassVar[str] = "L2"
    key: str = Field(alias="drug")
    route: str
    population: Literal["adult", "child", "any"]
    unit: str
    low: Decimal | None = None
    single: Decimal | None = None
    daily: Decimal | None = None
    times: PerDay | None = None
    words: Names = ()

    @property
    def by_weight(self) -> bool:
        """Whether the limits are by weight."""
        return "/kg" in self.unit

    @property
    def identity(self) -> str:
        """Drug, route, population, unit and use."""
        return f"{self.key} {self.route} {self.population} {self.unit} {'; '.join(self.words)}"


class ScheduleRow(Row):
    """A dose that is not for every day: from `from_dose` to `to_dose` at most `times` a day.

    Attributes:
        least: The fewest administrations a day that still work; any number where empty.
        indication: Words in the sentence of which one must name what it is given for; any use
            where empty.
        names: Words of which one must stand in the drug's own words: a brand or a form ("XL").
    """

    table: ClassVar[str] = "schedules"
    place_by: ClassVar[tuple[str, ...]] = ("from_dose", "indication", "names")
    key: str = Field(alias="drug")
    indication: Names = ()
    from_dose: Decimal
    to_dose: Decimal | None = None
    unit: str
    times: PerDay
    least: PerDay | None = None
    names: Names = ()
    severity: Severity
    text: str


class IntervalRow(Row):
    """A drug that works for days at most: given by this route less often it does not treat.

    Attributes:
        least: The fewest administrations a day that any label or usual practice knows.
    """

    table: ClassVar[str] = "intervals"
    place_by: ClassVar[tuple[str, ...]] = ("route",)
    default_ref: ClassVar[str] = "L2"
    key: str = Field(alias="drug")
    route: str
    least: PerDay


class CumulativeRow(Row):
    """The largest amount of a drug in a lifetime, in the unit written (`mg/m2`)."""

    table: ClassVar[str] = "cumulative"
    key: str = Field(alias="drug")
    maximum: Decimal
    written: str
    text: str


class RateRow(Row):
    """How fast a drug may be given into a vein.

    Attributes:
        max_rate: In `unit`.
        min_minutes: The shortest time for a usual dose.
        per: The dose in mg that `min_minutes` is for; any dose where empty.
        push: `no` where it must never be pushed; `central` where it goes undiluted into a central
            vein only.
        when: Words of the sentence with which alone it holds: "first infusion"; the rate is then
            the one it begins with.
    """

    table: ClassVar[str] = "rates"
    place_by: ClassVar[tuple[str, ...]] = ("unit",)
    key: str = Field(alias="drug")
    unit: str
    max_rate: Decimal
    min_minutes: Decimal | None = None
    per: Decimal | None = None
    push: Literal["", "no", "central"] = ""
    when: Names = ()
    severity: Severity
    effect: str


class DurationRow(Row):
    """The longest course of a drug.

    Attributes:
        indication: Words of which one must name what it is given for; any use where empty.
        days: The longest course.
        unless: Words in the sentence that name a use with longer courses.
        unit, at_least: It holds for doses from this on only, in this unit; for all where empty.
    """

    table: ClassVar[str] = "durations"
    place_by: ClassVar[tuple[str, ...]] = ("route", "indication", "unit")
    key: str = Field(alias="drug")
    route: str
    indication: Names = ()
    days: Decimal
    unless: Names = ()
    unit: str = ""
    at_least: Decimal | None = None
    severity: Severity
    reason: str


class ShortestRow(Row):
    """The shortest course that treats a disease.

    Attributes:
        indication: Words of which one must name what it is given for.
        days: The shortest course.
        unless: Words of the text with which a shorter one may be right: another drug goes on, a
            prevention, a first stage.
    """

    table: ClassVar[str] = "shortest"
    place_by: ClassVar[tuple[str, ...]] = ("indication",)
    key: str = Field(alias="drug")
    indication: Names
    days: Decimal
    unless: Names = ()
    text: str


class UnderdoseRow(Row):
    """The least dose for a serious indication in adults.

    Attributes:
        indication: Words in the sentence, any of which names it.
        under_age, above_kg: It holds for patients known to be younger and heavier; for all where
            empty.
        kidney: `known` where it holds only with a clearance known to be above 50 mL/min.
        unless: Words of the text with which it does not hold.
    """

    table: ClassVar[str] = "underdoses"
    place_by: ClassVar[tuple[str, ...]] = ("indication",)
    key: str = Field(alias="drug")
    indication: Names
    unit: str
    min_single: Decimal
    min_daily: Decimal | None = None
    under_age: Decimal | None = None
    above_kg: Decimal | None = None
    kidney: Literal["", "known"] = ""
    unless: Names = ()
    text: str


class StartRow(Row):
    """What nobody may start with, or nobody without tolerance.

    Attributes:
        form: `long-acting` or `patch` where it holds for that form only; `demand` for what the
            patient's own pump gives at a press.
        who: Whom it is for: `naive` patients, without tolerance; everybody who starts (`start`);
            `acute` pain.
        most: The largest first dose, in `unit`; no dose at all where empty.
    """

    table: ClassVar[str] = "starts"
    place_by: ClassVar[tuple[str, ...]] = ("route", "form", "who")
    default_ref: ClassVar[str] = "L2"
    key: str = Field(alias="drug")
    route: str
    form: Literal["", "long-acting", "patch", "demand"] = ""
    who: Literal["naive", "start", "acute"]
    unit: str = ""
    most: Decimal | None = None
    severity: Severity
    text: str


class SupersededRow(Row):
    """A drug that was withdrawn or a guideline edition that was replaced.

    Attributes:
        key: The words to look for.
        also: Words of which one must stand in the same sentence; any sentence where empty.
    """

    table: ClassVar[str] = "superseded"
    place_by: ClassVar[tuple[str, ...]] = ("also",)
    default_ref: ClassVar[str] = "FDA-WITHDRAWN"
    key: str = Field(alias="words")
    also: Names = ()
    text: str

    @property
    def words(self) -> tuple[str, ...]:
        """The words to look for, as a tuple."""
        return (self.key,)

    @property
    def drugs(self) -> tuple[str, ...]:
        """Nothing: withdrawn drugs need not be in the lexicon."""
        return ()


class EditionRow(Row):
    """Since when an issuing body's guideline of a topic is in force in its present edition.

    Attributes:
        key: A name of the issuing body; one in capitals only counts in capitals.
        names: Its other names, read alike.
        topic: Words of which one must stand in the text; any text where empty.
        unless: Words that make it a text on another topic of the same body.
        in_force: Year of the oldest edition that may still be followed.
    """

    table: ClassVar[str] = "editions"
    place_by: ClassVar[tuple[str, ...]] = ("topic",)
    key: str = Field(alias="body")
    names: Names = ()
    topic: Names = ()
    unless: Names = ()
    in_force: int
    text: str

    @property
    def drugs(self) -> tuple[str, ...]:
        """Nothing: an edition is of no drug."""
        return ()
