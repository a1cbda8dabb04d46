"""An answerer that says what it was told to: for tests and for replaying recorded answers."""

from __future__ import annotations

from collections.abc import Iterable

from medrag.core.prompt import Completion, FinishReason, Prompt
from medrag.errors import BackendError, InputError


class ScriptedLLM:
    """Replies with prepared texts, in order.

    Args:
        replies: One text, or a whole completion, for each call.
        context_tokens: The most tokens, counted as words, of prompt and reply together.
    """

    name = "scripted"

    def __init__(
        self, replies: Iterable[str | Completion], *, context_tokens: int = 32_768
    ) -> None:
        self._replies = list(replies)
        self.context_tokens = context_tokens
        self.prompts: list[Prompt] = []

    def count_tokens(self, text: str) -> int:
        """Return the number of words of `text`."""
        return len(text.split())

    def complete(self, prompt: Prompt, *, max_tokens: int = 1024) -> Completion:
        """Return the next reply; a text longer than `max_tokens` words is cut there.

        Raises:
            InputError: The prompt and `max_tokens` words do not fit the context.
            BackendError: No reply is left.
        """
        words = sum(self.count_tokens(message.content) for message in prompt.messages)
        if words + max_tokens > self.context_tokens:
            raise InputError(
                f"The prompt has {words} tokens and the reply may have {max_tokens}; "
                f"the context holds {self.context_tokens}. Give fewer passages."
            )
        self.prompts.append(prompt)
        if not self._replies:
            raise BackendError("The script has no reply left. Give one for each call.")
        reply = self._replies.pop(0)
        if isinstance(reply, Completion):
            return reply
        return self._cut(reply, words, max_tokens)

    def _cut(self, reply: str, prompt_words: int, max_tokens: int) -> Completion:
        parts = reply.split(" ")
        reason: FinishReason = "length" if len(parts) > max_tokens else "stop"
        return Completion(
            text=" ".join(parts[:max_tokens]),
            model=self.name,
            finish_reason=reason,
            prompt_tokens=prompt_words,
            completion_tokens=min(len(parts), max_tokens),
        )
