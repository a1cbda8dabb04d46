"""What goes to an answerer and what comes back."""

from __future__ import annotations

from typing import Literal

from medrag.core.patient import Patient
from medrag.core.query import Hit
from medrag.core.span import Value


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
        messages: What a chat model reads.
        template: Name and version of the prompt template (`answer-v1`).
        left_out: Ids of retrieved passages that did not fit the model's context, best first.
    """

    question: str
    patient: Patient | None = None
    hits: tuple[Hit, ...]
    messages: tuple[Message, ...]
    template: str
    left_out: tuple[str, ...] = ()


FinishReason = Literal["stop", "length", "error"]


class Completion(Value):
    """One reply, raw.

    Attributes:
        text: The reply without its thinking.
        thinking: The model's trace, kept apart for audit, never shown as the answer.
        model: Name and revision of what answered.
        constrained: Whether the decoder could only copy quotations from the passages.
        prompt_tokens, completion_tokens: None where the backend does not count.
    """

    text: str
    thinking: str | None = None
    model: str
    finish_reason: FinishReason = "stop"
    constrained: bool = False
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
