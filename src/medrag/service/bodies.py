"""What clients send, and what they get back: the source of the OpenAPI document."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from medrag.core.answer import OverrideCode, QuoteChange, QuoteStatus
from medrag.core.finding import Finding, NotChecked
from medrag.core.patient import Patient
from medrag.core.query import Filters, Hit, NotSearched
from medrag.core.span import Span

Words = Annotated[str, Field(min_length=1, max_length=200_000)]
AnswerId = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
"""The first 16 digits of an answer's digest."""


def _patient_schema() -> dict[str, Any]:
    """Return the JSON Schema of what `read_patient` takes, without references."""
    schema = Patient.model_json_schema()
    lab = schema.pop("$defs")["Lab"]
    facts = schema["properties"]
    facts["labs"]["anyOf"] = [{"type": "array", "items": lab}, {"type": "null"}]
    fhir = {
        "type": "object",
        "title": "FHIR R4 or R5",
        "required": ["resourceType"],
        "properties": {"resourceType": {"enum": ["Bundle", "Patient"]}},
    }
    return {"anyOf": [schema, fhir, {"type": "null"}]}


PatientFacts = Annotated[
    dict[str, Any] | None,
    Field(description="medrag's patient object, or FHIR R4/R5: a Bundle or a Patient."),
    WithJsonSchema(_patient_schema()),
]


class Body(BaseModel):
    """The root of what clients send: unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class AskBody(Body):
    """A question."""

    question: Annotated[str, Field(min_length=1, max_length=20_000)]
    patient: PatientFacts = None
    filters: Filters = Field(default_factory=Filters)


class SearchBody(Body):
    """A search."""

    question: Annotated[str, Field(min_length=1, max_length=20_000)]
    k: int = Field(default=10, ge=1, le=100)
    patient: PatientFacts = None
    filters: Filters = Field(default_factory=Filters)


class SearchResult(BaseModel):
    """Passages, best first.

    Attributes:
        partial: Whether a part of the index was not searched; `not_searched` says which, and why.
    """

    question: str
    hits: list[Hit]
    partial: bool = False
    not_searched: list[NotSearched] = Field(default_factory=list)


class CheckBody(Body):
    """A text whose medication and laboratory content is to be examined."""

    text: Words
    asked: Annotated[
        str,
        Field(
            max_length=20_000,
            description="The question that the text answers; whom it asks about counts where the "
            "patient's record is silent.",
        ),
    ] = ""
    patient: PatientFacts = None
    quotes: tuple[str, ...] | None = Field(default=None, max_length=200)


class CheckResult(BaseModel):
    """What the checker says."""

    findings: list[Finding]
    not_checked: list[NotChecked]
    rules_run: list[str]
    rule_set: str


class QuoteBody(Body):
    """A quotation and the passage in which it is said to stand."""

    quote: Annotated[str, Field(max_length=20_000)]
    passage: Annotated[str, Field(max_length=200_000)]


class QuoteResult(BaseModel):
    """Where it stands, and whether it may be shown as a quotation."""

    status: QuoteStatus
    verified: bool
    span: Span | None
    text: str | None
    diff: list[QuoteChange]


class DeidentifyBody(Body):
    """A text with identifiers."""

    text: Annotated[str, Field(max_length=100_000)]


class Replaced(BaseModel):
    """One identifier, in offsets of the text that was given."""

    start: int
    end: int
    kind: str
    surrogate: str


class DeidentifyResult(BaseModel):
    """The text without identifiers."""

    text: str
    spans: list[Replaced]


class OverrideBody(Body):
    """Why one critical finding does not stand."""

    rule_id: Annotated[str, Field(max_length=20)]
    code: OverrideCode = "other"
    reason: Annotated[str, Field(max_length=2000)] = ""


class ReviewBody(Body):
    """A decision about one waiting answer.

    Attributes:
        reviewer: Who decides, where the service asks for no tokens; else it is whose token it is.
    """

    reviewer: Annotated[str, Field(max_length=200)] | None = None
    answer: AnswerId
    decision: Literal["accept", "reject"]
    reason: Annotated[str, Field(max_length=2000)] = ""
    overrides: tuple[OverrideBody, ...] = Field(default=(), max_length=200)


class ReviewResult(BaseModel):
    """What a decision comes to."""

    answer: str
    decision: Literal["accept", "reject"]
    reviewer: str
    expires: str
    hindrance: str | None = Field(description="Why it may not act yet; null where it may.")


class WaitingAnswer(BaseModel):
    """One line of the list of answers."""

    id: str
    status: str
    critical: int
    decision: Literal["accept", "reject"] | None
    reviewer: str | None
    is_waiting: bool
    problem: str | None
    hindrance: str | None
    question: str = Field(description="What was asked; empty where the answer cannot be read.")


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


class Health(BaseModel):
    """Whether the process lives."""

    status: Literal["alive"] = "alive"


class Readiness(BaseModel):
    """Whether questions are answered."""

    status: Literal["ready"] = "ready"
    index: str
    medrag: str
