"""Any LlamaIndex `LLM` as an answerer: free text, parsed strictly."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from types import TracebackType
from typing import Any

from llama_index.core import llms

from medrag.core.prompt import GREEDY, Completion, Decoding, Dialect, FinishReason, Prompt, Timings
from medrag.core.protocols import Cancelled, Constraint
from medrag.errors import BackendError, InputError, MedragError
from medrag.generation.one_by_one import complete_each
from medrag.generation.parted import Parted
from medrag.generation.room import most_tokens, must_fit, says_too_long

_MOST_CHARS_PER_TOKEN = 64
_NO_GRAMMAR = "LlamaIndex has no way to constrain a reply."
_Deltas = Generator[tuple[str, llms.ChatResponse], None, None]
_MISTAKES = (
    *(TypeError, AttributeError, NameError, AssertionError),
    *(ImportError, NotImplementedError),
)
"""Of whoever wrote the model's class, or of its installation: to be seen as they are."""


class LlamaIndexLLM:
    """Answers with a LlamaIndex model; its own settings decide sampling and length.

    LlamaIndex has no seam for grammars, so `Completion.constrained` is always False; nor for
    cancelling: a deadline and `cancelled` are looked at between the pieces of a stream.

    Args:
        llm: Any LlamaIndex chat or completion model.
    """

    def __init__(self, llm: llms.LLM) -> None:
        self._llm = llm
        self.name = f"{llm.metadata.model_name} (llama-index)"
        self.context_tokens = int(llm.metadata.context_window)

    def count_tokens(self, text: str) -> int:
        """Return an upper estimate of the tokens of `text`."""
        return most_tokens(text)

    def dialect(self) -> Dialect | None:
        """Return None: LlamaIndex has no seam for grammars."""
        return None

    def complete(
        self,
        prompt: Prompt,
        *,
        constraint: Constraint | None = None,
        decoding: Decoding = GREEDY,
        cancelled: Cancelled | None = None,
    ) -> Completion:
        """Return one reply; streamed where it may have to be cut short.

        Raises:
            InputError: Prompt and reply do not fit the context.
            BackendError: The model failed; its own message is not repeated.
        """
        if cancelled is not None or decoding.timeout_s is not None:
            *_, last = self.stream(
                prompt, constraint=constraint, decoding=decoding, cancelled=cancelled
            )
            if not isinstance(last, Completion):
                raise TypeError("a stream ends with its completion")
            return last
        chat, began = self._chat(prompt, decoding), time.perf_counter()
        with _Failing():
            reply = self._llm.chat(chat)
        parted = Parted(may_think=True)
        text = parted.feed(reply.message.content or "") + parted.end()
        return self._completion(text, parted, reply, began, constraint=constraint)

    def stream(
        self,
        prompt: Prompt,
        *,
        constraint: Constraint | None = None,
        decoding: Decoding = GREEDY,
        cancelled: Cancelled | None = None,
    ) -> Iterator[str | Completion]:
        """Yield the reply piece by piece, then its completion.

        Raises:
            InputError, BackendError: As `complete`.
        """
        chat, began = self._chat(prompt, decoding), time.perf_counter()
        most = decoding.reply_tokens * _MOST_CHARS_PER_TOKEN
        parted, texts, taken = Parted(may_think=True), list[str](), 0
        reason: FinishReason | None = None
        last: llms.ChatResponse | None = None
        with closing(_deltas(self._llm, chat)) as deltas:
            for delta, last in deltas:  # noqa: B007 - the last response has the counts
                taken += len(delta)
                if piece := parted.feed(delta):
                    texts.append(piece)
                    yield piece
                reason = _cut_short(began, decoding, cancelled)
                if reason or taken > most:
                    reason = reason or "length"
                    break
        if rest := parted.end():
            texts.append(rest)
            yield rest
        done = self._completion("".join(texts), parted, last, began, constraint=constraint)
        yield done.model_copy(update={"finish_reason": reason}) if reason else done

    def complete_many(
        self,
        prompts: Sequence[Prompt],
        *,
        constraints: Sequence[Constraint | None] | None = None,
        decoding: Decoding = GREEDY,
        cancelled: Cancelled | None = None,
    ) -> list[Completion]:
        """Return the reply to each prompt, one after the other: not every model has locks.

        Raises:
            InputError, BackendError: As `complete`.
        """
        return complete_each(
            self, prompts, constraints=constraints, decoding=decoding, cancelled=cancelled
        )

    def _chat(self, prompt: Prompt, decoding: Decoding) -> list[llms.ChatMessage]:
        tokens = sum(self.count_tokens(message.content) for message in prompt.messages)
        must_fit(tokens, decoding, self.context_tokens)
        return [
            llms.ChatMessage(role=llms.MessageRole(m.role), content=m.content)
            for m in prompt.messages
        ]

    def _completion(
        self,
        text: str,
        parted: Parted,
        reply: llms.ChatResponse | None,
        began: float,
        *,
        constraint: Constraint | None,
    ) -> Completion:
        # Completion models have their counts in the message.
        counts: dict[str, Any] = {}
        if reply is not None:
            counts = {**reply.message.additional_kwargs, **reply.additional_kwargs}
        completed = _count(counts, "completion_tokens")
        return Completion(
            text=text,
            thinking=parted.thinking,
            model=self.name,
            finish_reason="length" if _was_cut(reply) else "stop",
            note=None if constraint is None else _NO_GRAMMAR,
            prompt_tokens=_count(counts, "prompt_tokens"),
            completion_tokens=None if parted.thinking else completed,
            timings=Timings(total_s=time.perf_counter() - began),
        )


class _Failing:
    """Turns what a model's libraries raise into our errors.

    They have no common root: each integration raises those of its own library. What only a
    mistake in code raises passes as it is, and so do our own.
    """

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not isinstance(error, Exception) or isinstance(error, (*_MISTAKES, MedragError)):
            return
        if says_too_long(str(error)[:2000].lower()):
            raise InputError(
                "The prompt does not fit the LlamaIndex model's context. Give fewer passages."
            ) from error
        name = type(error).__name__
        raise BackendError(f"The LlamaIndex model failed ({name}). See its own log.") from error


def _deltas(llm: llms.LLM, chat: list[llms.ChatMessage]) -> _Deltas:
    """Yield what each response of a stream adds, with the response.

    Integrations tell it as `delta`, or only say all that was said so far.
    """
    said = ""
    with _Failing():
        for response in llm.stream_chat(chat):
            whole = response.message.content or ""
            delta = response.delta
            if delta is None:
                delta = whole.removeprefix(said)
                said = whole
            yield delta, response


def _cut_short(
    began: float, decoding: Decoding, cancelled: Cancelled | None
) -> FinishReason | None:
    if cancelled is not None and cancelled():
        return "cancelled"
    limit = decoding.timeout_s
    return "timeout" if limit is not None and time.perf_counter() - began > limit else None


def _was_cut(reply: llms.ChatResponse | None) -> bool:
    """Return whether the model's own software says that the reply was cut for its length."""
    raw: Any = reply.raw if reply is not None else None
    choices = raw.get("choices") if isinstance(raw, dict) else getattr(raw, "choices", None)
    first: Any = choices[0] if isinstance(choices, list) and choices else raw
    for key in ("finish_reason", "stop_reason", "done_reason"):
        told = first.get(key) if isinstance(first, dict) else getattr(first, key, None)
        if told in {"length", "max_tokens", "MAX_TOKENS"}:
            return True
    return False


def _count(counts: dict[str, Any], key: str) -> int | None:
    value = counts.get(key)
    return value if isinstance(value, int) and value >= 0 else None
