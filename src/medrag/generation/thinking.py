"""MedGemma's thinking, kept apart from its answer."""

from __future__ import annotations

from collections.abc import Sequence

from medrag.core.prompt import Message

START = "<unused94>"
END = "<unused95>"
INSTRUCTION = "SYSTEM INSTRUCTION: think silently if needed."
"""What Google's notebooks write before the role to switch thinking on."""
_LABEL = "thought\n"


def split_thinking(reply: str) -> tuple[str | None, str]:
    """Return the thinking of a free reply, or None, and the reply without it.

    The markers survive decoding because they are ordinary added tokens. A reply that was cut
    while thinking has no end marker: all of it is thinking then, and the answer is empty. An
    end marker without a start, before the answer's first brace, ends a thinking that began in
    the prompt; markers inside the answer are words of it.
    """
    head, ended, answer = reply.partition(END)
    if reply.lstrip().startswith(START):
        thought = head.partition(START)[2]
    elif ended and "{" not in head:
        thought = head
    else:
        return None, reply
    return thought.removeprefix(_LABEL).strip(), answer.strip()


def with_instruction(messages: Sequence[Message]) -> tuple[Message, ...]:
    """Return the messages with the instruction that switches thinking on, as documented.

    Gemma has no system role: what a system would say stands at the head of the first user
    message, parted by a blank line.
    """
    first = next(place for place, message in enumerate(messages) if message.role == "user")
    content = f"{INSTRUCTION}\n\n{messages[first].content}"
    told = messages[first].model_copy(update={"content": content})
    return (*messages[:first], told, *messages[first + 1 :])
