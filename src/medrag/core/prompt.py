"""What goes to an answerer and what comes back."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from medrag.core.patient import Patient
from medrag.core.query import Hit
from medrag.core.span import Value, WholeText

Mode = Literal["quote", "pointer", "words"]
"""How a reply quotes: by copying whole citable units, by their ids, or by any run of words."""
Dialect = Literal["lark", "gbnf", "json_schema"]
"""What a decoder reads a constraint in: llguidance's Lark; the GBNF of llama.cpp, xgrammar and
SGLang; JSON schema."""


class Message(Value):
    """One chat message."""

    role: Literal["system", "user", "assistant"]
    content: str


class Prompt(Value):
    """Everything an answerer may see; kept for audit.

    Attributes:
        question: As asked.
        patient: The facts that were put into the messages, if any.
        hits: The citable passages; passage number n of the messages is `hits[n - 1]`.
        messages: What a chat model reads; exactly one of the user, at the end.
        template: Name and version of the prompt template (`answer-v2`).
        mode: How the reply is to quote.
        left_out: Ids of retrieved passages that did not fit the model's context, best first.
    """

    question: str
    patient: Patient | None = None
    hits: tuple[Hit, ...]
    messages: tuple[Message, ...]
    template: str
    mode: Mode = "quote"
    left_out: tuple[str, ...] = ()


class Decoding(Value):
    """How one reply is decoded.

    Attributes:
        max_tokens: The most tokens of the reply, thinking not counted.
        think_tokens: The most tokens of thinking before it; 0 switches thinking off where the
            model can.
        temperature: 0 is greedy: the most likely token, whatever the seed.
        seed: Of the sampling; the same seed and prompt give the same reply.
        timeout_s: Seconds for the whole reply, thinking included; None is no limit.
    """

    max_tokens: int = Field(default=1024, ge=1)
    think_tokens: int = Field(default=0, ge=0)
    temperature: float = Field(default=0.0, ge=0)
    seed: int = 0
    timeout_s: float | None = Field(default=None, gt=0)

    @property
    def reply_tokens(self) -> int:
        """The room that a prompt must leave: reply and thinking together."""
        return self.max_tokens + self.think_tokens


GREEDY = Decoding()
"""The default: the most likely reply, at most 1,024 tokens, no thinking."""

FinishReason = Literal["stop", "length", "timeout", "cancelled", "error"]


class Timings(Value):
    """How long one reply took; never twice the same, so no part of an answer's bytes.

    Attributes:
        total_s: From the call to the whole reply.
        first_token_s: From the call to the first token of the reply; None where not known.
        thinking_s: Spent on thinking; None where not known.
        model_steps: How often the model ran after the prompt was read; None where not known.
        forced_tokens: Written by the grammar without asking the model; None where not known.
    """

    total_s: float
    first_token_s: float | None = None
    thinking_s: float | None = None
    model_steps: int | None = None
    forced_tokens: int | None = None


class Completion(Value):
    """One reply, raw.

    Attributes:
        text: The reply without its thinking.
        thinking: The model's trace, kept apart for audit, never shown as the answer.
        model: Name, revision and quantization of what answered.
        finish_reason: `stop` where it ended by itself; every other reply was cut.
        constrained: Whether the decoder was seen to obey the constraint that was asked for.
        dialect: In which dialect it read it; None where the reply was free.
        prompt_tokens, completion_tokens, thinking_tokens: None where the backend does not count;
            `completion_tokens` are those of `text` alone.
        note: Why a constraint that was asked for was not obeyed; None where it was.
        timings: Measured by the backend; the pipeline moves them into its trace.
    """

    text: WholeText
    thinking: WholeText | None = None
    model: WholeText
    finish_reason: FinishReason = "stop"
    constrained: bool = False
    dialect: Dialect | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    thinking_tokens: int | None = None
    note: str | None = None
    timings: Timings | None = None

    @property
    def is_cut(self) -> bool:
        """Whether it ended before it was complete."""
        return self.finish_reason != "stop"
