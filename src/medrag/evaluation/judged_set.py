"""Judged sets: questions with what people expect of their answers.

A set is a plain file (YAML or JSON Lines, see `medrag.evaluation.reading`). Every expectation is
optional, and what nobody judged is not counted: a metric is undefined where a case does not say
what it needs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from medrag.core.document import SourceKind
from medrag.core.patient import Patient
from medrag.core.span import Value, WholeText

Outcome = Literal["answered", "partly_supported", "abstained", "emergency", "blocked", "refused"]
"""What may become of a question: a status of `CheckedAnswer`, or `refused`, which is an
abstention because the question is out of scope."""

ANSWERS: frozenset[Outcome] = frozenset({"answered", "partly_supported", "blocked"})
"""The outcomes with an answer; `blocked` has one, and a critical finding stands against it."""


def _listed(value: Any) -> Any:
    """Let one thing stand for a list of it."""
    return (value,) if isinstance(value, (str, dict)) else value


def _listed_twice(value: Any) -> Any:
    """Let one wording stand for a fact, and one fact for a list of facts."""
    facts = _listed(value)
    return tuple(map(_listed, facts)) if isinstance(facts, (list, tuple)) else facts


def _quotations(value: Any) -> Any:
    quotations = _listed(value)
    if not isinstance(quotations, (list, tuple)):
        return quotations
    return tuple({"text": one} if isinstance(one, str) else one for one in quotations)


Text = Annotated[WholeText, Field(min_length=1, pattern=r"\S")]
"""Something written: never blank."""
Texts = Annotated[tuple[Text, ...], BeforeValidator(_listed)]
Facts = Annotated[
    tuple[Annotated[tuple[Text, ...], Field(min_length=1)], ...], BeforeValidator(_listed_twice)
]
"""Facts, each in one or more wordings of which any will do."""


class Quotation(Value):
    """Words of a source.

    Attributes:
        text: A sentence, list item or table row, word for word, white space apart.
        document: Key of the source (or id of the document) that holds them; None: any.
    """

    text: Text
    document: Text | None = None


Quotations = Annotated[tuple[Quotation, ...], BeforeValidator(_quotations)]


class Expected(Value):
    """What a person expects of one answer; every part is optional.

    Attributes:
        status: Outcomes, any of which is right.
        documents: Keys of the sources that answer.
        not_documents: Keys of sources that must not be quoted (superseded, of another patient).
        passages: Ids of the passages that answer, as `medrag search --json` prints them; they
            hold for one index only. Quotations outlive a new index.
        quotations: Each answers the question, or one side of a disagreement.
        not_quotations: Those that look like an answer and are none.
        spans: The shortest words of the sources that answer; any of them will do.
        must: Facts that the answer has to state; each may have several wordings.
        must_not: Facts that it may not state.
        findings: Categories or rule ids of the findings that have to stand against it; an empty
            list: none may. None: nobody judged that.
        not_findings: Those that may not, where others are allowed.
        choice: Key of the right one of the case's `choices`.
    """

    status: Annotated[tuple[Outcome, ...], BeforeValidator(_listed)] = ()
    documents: Texts = ()
    not_documents: Texts = ()
    passages: Texts = ()
    quotations: Quotations = ()
    not_quotations: Quotations = ()
    spans: Texts = ()
    must: Facts = ()
    must_not: Facts = ()
    findings: Annotated[tuple[Text, ...] | None, BeforeValidator(_listed)] = None
    not_findings: Texts = ()
    choice: Text | None = None

    @property
    def answerable(self) -> bool | None:
        """Whether the question is to be answered; None where no status is expected."""
        return bool(ANSWERS.intersection(self.status)) if self.status else None


class Case(Value):
    """One question of a set, or one text for the checker, with what is expected.

    Attributes:
        id: Unique in the set.
        question: What is asked.
        text: Instead of a question, the words of an answer that the checker reads.
        quotes: Of `text`, the sentences that it rests on.
        patient: Whom it is about.
        specialty: For which field of medicine figures are also told.
        kind: What kind of document answers, for the same purpose.
        as_of: The day on which sources must be in force; that of the set where None.
        choices: Of a multiple-choice question, key (`A`) to words, in order.
        expect: What was judged; None where nobody did.
        judged_by, judged_on: Who judged it, and when.
        notes: For people.
        tags: What makes it hard (`superseded`, `unit-trap`); figures are also told by tag.
    """

    id: Text
    question: Text | None = None
    text: Text | None = None
    quotes: Texts = ()
    patient: Patient | None = None
    specialty: Text | None = None
    kind: SourceKind | None = None
    as_of: date | None = None
    choices: dict[str, Text] = Field(default_factory=dict)
    expect: Expected | None = None
    judged_by: Text | None = None
    judged_on: date | None = None
    notes: WholeText | None = None
    tags: Texts = ()

    @model_validator(mode="after")
    def _asks_once(self) -> Case:
        if (self.question is None) == (self.text is None):
            raise ValueError("expected either a question or a text")
        if self.quotes and self.text is None:
            raise ValueError("quotes stand beside a text; a question has expect.quotations")
        choice = self.expect.choice if self.expect else None
        if choice is not None and choice not in self.choices:
            raise ValueError("expect.choice is none of the choices")
        return self

    @property
    def asked(self) -> str:
        """The question, or the text."""
        return self.question or self.text or ""

    @property
    def asked_fields(self) -> dict[str, Any]:
        """What is asked and about whom, apart from the day: two cases alike in it ask the same."""
        include = {"question", "text", "quotes", "patient"}
        return {**self.model_dump(mode="json", include=include), "choices": self.choices}


class JudgedSet(Value):
    """Cases, and what holds for all of them.

    Attributes:
        name: In one word; names runs and reports.
        title: In a line.
        licence: Of the questions and judgements.
        as_of: The day on which the judgements hold and sources must be in force; None: today.
        judged_by, judged_on: Of every case that does not say.
        notes: For people.
        cases: With unique ids, at least one.
    """

    name: Text
    title: WholeText | None = None
    licence: WholeText | None = None
    as_of: date | None = None
    judged_by: Text | None = None
    judged_on: date | None = None
    notes: WholeText | None = None
    cases: tuple[Case, ...] = Field(min_length=1)

    @field_validator("cases")
    @classmethod
    def _without_twins(cls, cases: tuple[Case, ...]) -> tuple[Case, ...]:
        twin = first_twin([case.id for case in cases])
        if twin is not None:
            raise ValueError(f"the id {twin!r} stands twice")
        return cases

    @property
    def asked_digest(self) -> str:
        """What answers depend on: the first 16 hex digits of the SHA-256 of what is asked."""
        return _digest(
            {"id": case.id, **case.asked_fields, "as_of": str(case.as_of or self.as_of)}
            for case in self.cases
        )

    @property
    def judged_digest(self) -> str:
        """What figures depend on besides: the same digest of cases with their expectations."""
        return _digest(case.model_dump(mode="json") for case in self.cases)

    def first(self, count: int | None) -> JudgedSet:
        """Return the set of the first `count` cases; all where None."""
        return self if count is None else self.model_copy(update={"cases": self.cases[:count]})


def first_twin(ids: Sequence[str]) -> str | None:
    """Return the first id that stands in `ids` a second time, None where each is unique."""
    known: set[str] = set()
    for one in ids:
        if one in known:
            return one
        known.add(one)
    return None


def _digest(rows: Iterator[dict[str, Any]]) -> str:
    lines = "\n".join(json.dumps(row, sort_keys=True, ensure_ascii=False) for row in rows)
    return hashlib.sha256(lines.encode("utf-8", "surrogatepass")).hexdigest()[:16]
