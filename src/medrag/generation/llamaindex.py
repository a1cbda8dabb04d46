"""Any LlamaIndex `LLM` as an answerer: free text, parsed strictly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from llama_index.core import llms

from medrag.core.prompt import GREEDY, Completion, Decoding, Dialect, Prompt
from medrag.core.protocols import Cancelled, Constraint
from medrag.errors import BackendError, InputError
from medrag.generation.one_by_one import complete_each, stream_whole
from medrag.generation.thinking import split_thinking

_CHARS_PER_TOKEN = 3
"""Below what any clinical text needs, so that an estimate never lets a prompt run over."""


class LlamaIndexLLM:
    """Answers with a LlamaIndex model; its own settings decide sampling and length.

    LlamaIndex has no seam for grammars, so `Completion.constrained` is always False.

    Args:
        llm: Any LlamaIndex chat or completion model.
    """

    def __init__(self, llm: llms.LLM) -> None:
        self._llm = llm
        self.name = f"{llm.metadata.model_name} (llama-index)"
        self.context_tokens = int(llm.metadata.context_window)

    def count_tokens(self, text: str) -> int:
        """Return an upper estimate of the tokens of `text`: a third of its characters."""
        return -(-len(text) // _CHARS_PER_TOKEN)

    def complete(
        self,
        prompt: Prompt,
        *,
        constraint: Constraint | None = None,  # noqa: ARG002
        decoding: Decoding = GREEDY,
        cancelled: Cancelled | None = None,  # noqa: ARG002
    ) -> Completion:
        """Return one reply.

        Raises:
            InputError: Prompt and reply do not fit the context, by the upper estimate.
            BackendError: The model failed; its own message is not repeated.
        """
        tokens = sum(self.count_tokens(message.content) for message in prompt.messages)
        if tokens + decoding.reply_tokens > self.context_tokens:
            raise InputError(
                f"The prompt has up to {tokens} tokens and the reply may have "
                f"{decoding.reply_tokens}; "
                f"the context holds {self.context_tokens}. Give fewer passages."
            )
        chat = [
            llms.ChatMessage(role=llms.MessageRole(m.role), content=m.content)
            for m in prompt.messages
        ]
        try:
            reply = self._llm.chat(chat)
        # Every integration raises errors of its own library; there is no common root.
        except Exception as error:
            kind = type(error).__name__
            raise BackendError(f"The LlamaIndex model failed ({kind}). See its own log.") from error
        thinking, text = split_thinking(reply.message.content or "")
        return Completion(text=text, thinking=thinking, model=self.name)

    def stream(
        self,
        prompt: Prompt,
        *,
        constraint: Constraint | None = None,
        decoding: Decoding = GREEDY,
        cancelled: Cancelled | None = None,
    ) -> Iterator[str | Completion]:
        """Yield the whole reply, then its completion."""
        yield from stream_whole(
            self.complete(prompt, constraint=constraint, decoding=decoding, cancelled=cancelled)
        )

    def complete_many(
        self,
        prompts: Sequence[Prompt],
        *,
        constraints: Sequence[Constraint | None] | None = None,
        decoding: Decoding = GREEDY,
        cancelled: Cancelled | None = None,
    ) -> list[Completion]:
        """Return the reply to each prompt, one after the other."""
        return complete_each(
            self, prompts, constraints=constraints, decoding=decoding, cancelled=cancelled
        )

    def dialect(self) -> Dialect | None:
        """Return None: LlamaIndex has no seam for grammars."""
        return None
