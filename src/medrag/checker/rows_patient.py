"""The columns of the tables about the patient, the laboratory and procedures."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from medrag.checker.rows import Action, Comparison, Names, Row
from medrag.core.finding import Severity

_GENETIC_TESTS = (
    "genotyp", "genetic", "gene test", "gene panel", "pharmacogen", "mutation test",
    "mutation analys", "biomarker", "molecular",
)  # fmt: skip


class AllergyRow(Row):
    """What an allergy forbids besides the drug itself.

    Attributes:
        key: What must not be given.
        allergen: An ingredient, a group, or a word of the allergy list (`sulfa`).
        grade: `class` for the same class, `cross` for a likeness within or between classes.
        severe_only: `yes` where a mild reaction does not forbid it.
    """

    table: ClassVar[str] = "allergies"
    place_by: ClassVar[tuple[str, ...]] = ("allergen",)
    key: str = Field(alias="drug")
    allergen: str
    grade: Literal["class", "cross"]
    severity: Severity
    severe_only: Literal["", "yes"] = ""
    note: str


class StageRow(Row):
    """A condition finer than the lexicon's, by words of the problem list."""

    table: ClassVar[str] = "stages"
    key: str = Field(alias="condition")
    words: Names

    @property
    def drugs(self) -> tuple[str, ...]:
        """Nothing: a condition is no drug."""
        return ()


class ContraindicationRow(Row):
    """A drug that a condition forbids."""

    table: ClassVar[str] = "contraindications"
    place_by: ClassVar[tuple[str, ...]] = ("condition",)
    key: str = Field(alias="drug")
    condition: str
    severity: Severity
    reason: str


class RenalRow(Row):
    """What kidney function below a limit asks for.

    Attributes:
        measure: What the limit is in: eGFR (mL/min/1.73 m2) or creatinine clearance (mL/min).
        value: The largest daily amount, dose or number of times, by `action`.
        unless: Words of the text or of the problem list that name a use with other doses.
    """

    table: ClassVar[str] = "renal"
    key: str = Field(alias="drug")
    measure: Literal["egfr", "crcl"]
    below: Decimal
    action: Action
    value: Decimal | None = None
    unit: str = ""
    severity: Severity
    text: str
    unless: Names = ()


class HepaticRow(Row):
    """What liver disease asks for.

    Attributes:
        stage: `any` chronic or acute disease, `active` disease, or `severe` (decompensated).
    """

    table: ClassVar[str] = "hepatic"
    place_by: ClassVar[tuple[str, ...]] = ("stage",)
    key: str = Field(alias="drug")
    stage: Literal["any", "active", "severe"]
    action: Action
    value: Decimal | None = None
    unit: str = ""
    severity: Severity
    text: str


class PregnancyRow(Row):
    """A drug that pregnancy or breastfeeding speaks against.

    Attributes:
        unless: Words of the text or of the problem list with which the row does not hold.
    """

    table: ClassVar[str] = "pregnancy"
    place_by: ClassVar[tuple[str, ...]] = ("state",)
    key: str = Field(alias="drug")
    state: Literal["pregnant", "lactating"]
    severity: Severity
    reason: str
    instead: str = ""
    unless: Names = ()


class AgeRow(Row):
    """A drug, or more than a dose of it, that an age speaks against; `over` includes the age.

    Attributes:
        unless: Words of the text or of the problem list with which the row does not hold.
        value: The largest daily amount, dose or number of times, by `action`.
        when: Words of the text or of the problem list with which alone the row holds.
    """

    table: ClassVar[str] = "ages"
    place_by: ClassVar[tuple[str, ...]] = ("side", "action", "when")
    key: str = Field(alias="drug")
    side: Literal["under", "over"]
    age_years: Decimal
    severity: Severity
    reason: str
    unless: Names = ()
    action: Action = "avoid"
    value: Decimal | None = None
    unit: str = ""
    when: Names = ()


class DrugLabRow(Row):
    """A drug that a laboratory value or vital sign speaks against."""

    table: ClassVar[str] = "drug_labs"
    place_by: ClassVar[tuple[str, ...]] = ("analyte", "side")
    key: str = Field(alias="drug")
    analyte: str
    op: Comparison
    value: Decimal
    unit: str
    severity: Severity
    reason: str

    @property
    def side(self) -> str:
        """Whether it holds for high (`>`) or for low values (`<`)."""
        return self.op[0]


class PrerequisiteRow(Row):
    """What must be tested before or during a drug.

    Attributes:
        tests: Words by which an answer names the test; with `genotype` also those of any genetic
            test.
    """

    table: ClassVar[str] = "prerequisites"
    place_by: ClassVar[tuple[str, ...]] = ("kind",)
    key: str = Field(alias="drug")
    kind: Literal["genotype", "monitoring", "pregnancy-test"]
    tests: Names
    severity: Severity
    text: str

    @field_validator("tests")
    @classmethod
    def _of_kind(cls, tests: tuple[str, ...], read: ValidationInfo) -> tuple[str, ...]:
        if read.data.get("kind") != "genotype":
            return tests
        return tuple(dict.fromkeys((*tests, *_GENETIC_TESTS)))


class GenotypeRow(Row):
    """A drug that a genetic or enzyme result speaks against.

    Attributes:
        gene: Words that name the gene, allele or enzyme.
        result: Words of the result that speaks against it, near the gene.
    """

    table: ClassVar[str] = "genotypes"
    place_by: ClassVar[tuple[str, ...]] = ("gene",)
    key: str = Field(alias="drug")
    gene: Names
    result: Names
    severity: Severity
    text: str


class SamplingRow(Row):
    """When a level is taken and what it should be.

    Attributes:
        key: The drug it is a level of; `*` where it is taken whatever the patient takes.
        min_hours_after: The shortest time after a dose, a start or a change.
        max_hours_after: The longest time after a start or a change.
        before_dose: `yes` for troughs.
        not_at: Words of times of the day or the course at which it misleads.
        unfit: `yes` where the test does not show what the drug does.
        peak_from: From here on a target is that of a peak, which no sample before a dose shows.
        target_low, target_high: The least upper and the greatest upper end of a target.
        indication: The row holds where one of these words stands in the text or the list of
            conditions; always where empty.
        unless: Words of the text with which it does not hold.
    """

    table: ClassVar[str] = "sampling"
    place_by: ClassVar[tuple[str, ...]] = ("analyte", "indication", "unfit")
    key: str = Field(alias="drug")
    analyte: str
    min_hours_after: Decimal | None = None
    max_hours_after: Decimal | None = None
    before_dose: Literal["", "yes"] = ""
    not_at: Names = ()
    unfit: Literal["", "yes"] = ""
    peak_from: Decimal | None = None
    target_low: Decimal | None = None
    target_high: Decimal | None = None
    unit: str
    indication: Names = ()
    unless: Names = ()
    severity: Severity
    text: str

    @property
    def drugs(self) -> tuple[str, ...]:
        """The drug; none where the row is of everybody."""
        return () if self.key == "*" else (self.key,)


class AnalyteRow(Row):
    """The values of an analyte in adults.

    Attributes:
        low, high: Reference interval; `least` and `most` again where there is no single one.
        critical_low, critical_high: Beyond these somebody must act at once.
        least, most: Beyond these no living patient is.
    """

    table: ClassVar[str] = "analytes"
    place_by: ClassVar[tuple[str, ...]] = ("sex",)
    key: str = Field(alias="analyte")
    sex: Literal["any", "female", "male"]
    unit: str
    low: Decimal
    high: Decimal
    critical_low: Decimal | None = None
    critical_high: Decimal | None = None
    least: Decimal
    most: Decimal

    @property
    def has_interval(self) -> bool:
        """Whether the row holds a reference interval, and not only what is possible."""
        return (self.low, self.high) != (self.least, self.most)

    @property
    def drugs(self) -> tuple[str, ...]:
        """Nothing: an analyte is no drug."""
        return ()


class MeaningRow(Row):
    """What a value cannot mean: these words contradict a value beyond the limit."""

    table: ClassVar[str] = "meanings"
    place_by: ClassVar[tuple[str, ...]] = ("words", "side")
    key: str = Field(alias="analyte")
    words: Names
    op: Comparison
    value: Decimal
    unit: str
    severity: Severity
    text: str

    @property
    def drugs(self) -> tuple[str, ...]:
        """Nothing: an analyte is no drug."""
        return ()

    @property
    def side(self) -> str:
        """Whether it holds for high (`>`) or for low values (`<`)."""
        return self.op[0]


class ProcedureRow(Row):
    """What speaks against a procedure: a value, a condition or a medicine.

    Attributes:
        needs: Analyte of the limit `op value unit`; empty where the row is of another kind.
    """

    table: ClassVar[str] = "procedures"
    place_by: ClassVar[tuple[str, ...]] = ("needs", "condition", "medication")
    key: str = Field(alias="procedure")
    needs: str = ""
    op: Comparison | None = None
    value: Decimal | None = None
    unit: str = ""
    condition: str = ""
    medication: str = ""
    severity: Severity
    reason: str

    @property
    def drugs(self) -> tuple[str, ...]:
        """The medicine, if the row names one."""
        return (self.medication,) if self.medication else ()


class ProcedureTestRow(Row):
    """What is known before a procedure.

    Attributes:
        tests: Words by which an answer names the test or the step.
    """

    table: ClassVar[str] = "procedure_tests"
    place_by: ClassVar[tuple[str, ...]] = ("tests",)
    key: str = Field(alias="procedure")
    tests: Names
    severity: Severity
    text: str

    @property
    def drugs(self) -> tuple[str, ...]:
        """None: the row is of a procedure."""
        return ()


class PeriproceduralRow(Row):
    """The time between a drug and a procedure, or that it must go on through it.

    Attributes:
        min_hours: The least time; 0 where it goes on.
        prophylactic_hours: The least time after a dose that prevents, where it is another.
        direction: Whether the dose comes before or after; `keep` where stopping is the error.
    """

    table: ClassVar[str] = "periprocedural"
    place_by: ClassVar[tuple[str, ...]] = ("procedure", "direction")
    key: str = Field(alias="drug")
    procedure: str
    min_hours: Decimal
    prophylactic_hours: Decimal | None = None
    direction: Literal["before", "after", "keep"]
    severity: Severity
    text: str
