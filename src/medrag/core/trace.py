"""What happened on the way to an answer: kept beside it, because no two runs take equally long."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from medrag.core.answer import CheckedAnswer, QuoteStatus, Versions
from medrag.core.prompt import Dialect, FinishReason, Mode, Timings
from medrag.core.span import Value

StageName = Literal[
    "scope", "deidentify", "retrieve", "pack", "generate", "gate", "repair", "ground", "check"
]


class Stage(Value):
    """One stage of the line, with the seconds it took."""

    name: StageName
    seconds: float


class ReplyTrace(Value):
    """What became of one reply.

    Attributes:
        model: What answered.
        finish_reason, constrained, dialect, note: As in its `Completion`.
        parsed: Whether it is the contract's object; the rest counts nothing where it is not.
        error: Why it did not parse.
        claims: How many it holds, also those beyond the most of one answer.
        quotes: What the gate decided about its quotations, by status.
        widened: Quotations that were given the words that they had left out.
        prompt_tokens, completion_tokens, thinking_tokens, timings: As in its `Completion`.
    """

    model: str
    finish_reason: FinishReason
    constrained: bool
    dialect: Dialect | None = None
    note: str | None = None
    parsed: bool
    error: str | None = None
    claims: int = 0
    quotes: dict[QuoteStatus, int] = Field(default_factory=dict)
    widened: int = 0
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    thinking_tokens: int | None = None
    timings: Timings | None = None


class Trace(Value):
    """How one answer came about.

    Attributes:
        stages: In the order they ran.
        identifiers: How many were taken out of question and patient facts; None where nobody
            looked.
        scope: What kind of question it was; `question` where it was simply answered.
        mode: How the reply was asked to quote.
        retrieved: Ids of the passages that retrieval returned, best first.
        left_out: Those of them that did not fit the model's context, best first.
        prompt_sha256: Of the messages that the model read.
        replies: The reply, and the one to the repair request where there was one; empty where
            nothing was retrieved.
        repair_error: Why a repair request got no reply, in the words of its error.
        withheld: Claims without any verified quotation.
        versions: As in the answer.
    """

    stages: tuple[Stage, ...]
    identifiers: int | None = None
    scope: str = "question"
    mode: Mode
    retrieved: tuple[str, ...]
    left_out: tuple[str, ...]
    prompt_sha256: str
    replies: tuple[ReplyTrace, ...]
    repair_error: str | None = None
    withheld: int = 0
    versions: Versions

    @property
    def seconds(self) -> float:
        """All stages together."""
        return sum(stage.seconds for stage in self.stages)


class TracedAnswer(Value):
    """An answer and how it came about."""

    answer: CheckedAnswer
    trace: Trace
