"""An answerer that says what it was told to: for tests and for replaying recorded answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from medrag.core.prompt import GREEDY, Completion, Decoding, Dialect, Prompt
from medrag.core.protocols import Cancelled, Constraint
from medrag.errors import BackendError, InputError
from medrag.generation.one_by_one import complete_each

_PIECE = re.compile(r"\s*\S+\s*")


class ScriptedLLM:
    """Replies with prepared texts, in order.

    Args:
        replies: One text, or a whole completion, for each call.
        context_tokens: The most tokens, counted as words, of prompt and reply together.
        dialect: What it says it reads constraints in; its replies do not change.
        name: What it is called.

    Attributes:
        prompts: What it was asked, in order.
        constraints: With which constraint, in the same order.
    """

    def __init__(
        self,
        replies: Iterable[str | Completion],
        *,
        context_tokens: int = 32_768,
        dialect: Dialect | None = None,
        name: str = "scripted",
    ) -> None:
        self.name = name
        self._replies = list(replies)
        self._dialect = dialect
        self.context_tokens = context_tokens
        self.prompts: list[Prompt] = []
        self.constraints: list[Constraint | None] = []

    def count_tokens(self, text: str) -> int:
        """Return the number of words of `text`."""
        return len(text.split())

    def dialect(self) -> Dialect | None:
        """Return what it was made with."""
        return self._dialect

    def complete(
        self,
        prompt: Prompt,
        *,
        constraint: Constraint | None = None,
        decoding: Decoding = GREEDY,
        cancelled: Cancelled | None = None,
    ) -> Completion:
        """Return the next reply; a text longer than `decoding.max_tokens` words is cut there.

        Raises:
            InputError: The prompt and the reply do not fit the context.
            BackendError: No reply is left.
        """
        *_, last = self.stream(
            prompt, constraint=constraint, decoding=decoding, cancelled=cancelled
        )
        if isinstance(last, Completion):
            return last
        raise BackendError("The script ended without a completion.")

    def stream(
        self,
        prompt: Prompt,
        *,
        constraint: Constraint | None = None,
        decoding: Decoding = GREEDY,
        cancelled: Cancelled | None = None,
    ) -> Iterator[str | Completion]:
        """Yield the next reply word by word, then its completion.

        Raises:
            InputError, BackendError: As `complete`.
        """
        words = self._fitting(prompt, decoding)
        self.prompts.append(prompt)
        self.constraints.append(constraint)
        if not self._replies:
            raise BackendError("The script has no reply left. Give one for each call.")
        reply = self._replies.pop(0)
        whole = reply if isinstance(reply, Completion) else self._completion(reply, words)
        pieces = _PIECE.findall(whole.text)
        if isinstance(reply, str) and len(pieces) > decoding.max_tokens:
            pieces = pieces[: decoding.max_tokens]
            whole = _cut(whole, pieces).model_copy(update={"finish_reason": "length"})
        for said, piece in enumerate(pieces):
            if cancelled is not None and cancelled():
                yield _cut(whole, pieces[:said]).model_copy(update={"finish_reason": "cancelled"})
                return
            yield piece
        yield whole

    def complete_many(
        self,
        prompts: Sequence[Prompt],
        *,
        constraints: Sequence[Constraint | None] | None = None,
        decoding: Decoding = GREEDY,
        cancelled: Cancelled | None = None,
    ) -> list[Completion]:
        """Return the next replies, one a prompt."""
        return complete_each(
            self, prompts, constraints=constraints, decoding=decoding, cancelled=cancelled
        )

    def _fitting(self, prompt: Prompt, decoding: Decoding) -> int:
        """Return the words of a prompt that fits."""
        words = sum(self.count_tokens(message.content) for message in prompt.messages)
        if words + decoding.reply_tokens > self.context_tokens:
            raise InputError(
                f"The prompt has {words} tokens and the reply may have {decoding.reply_tokens}; "
                f"the context holds {self.context_tokens}. Give fewer passages."
            )
        return words

    def _completion(self, text: str, prompt_words: int) -> Completion:
        return Completion(
            text=text,
            model=self.name,
            prompt_tokens=prompt_words,
            completion_tokens=len(_PIECE.findall(text)),
        )


def _cut(whole: Completion, pieces: Sequence[str]) -> Completion:
    return whole.model_copy(update={"text": "".join(pieces), "completion_tokens": len(pieces)})
