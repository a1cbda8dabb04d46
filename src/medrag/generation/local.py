"""A language model on this machine, through transformers."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import torch

from medrag.core.prompt import (
    GREEDY,
    Completion,
    Decoding,
    Dialect,
    FinishReason,
    Prompt,
    Timings,
)
from medrag.core.protocols import Cancelled, Constraint, Embedder
from medrag.errors import BackendError, InputError
from medrag.generation.chat import Chat, Pieces
from medrag.generation.decoding import Decoder, Job
from medrag.generation.loading import (
    free_bytes,
    label,
    load_config,
    load_model,
    load_tokenizer,
)
from medrag.generation.local_model import LocalModel
from medrag.generation.one_by_one import constraints_for
from medrag.generation.prefixes import Prompts
from medrag.generation.terms import notice_for
from medrag.generation.writing import Guide, Reply

_log = logging.getLogger(__name__)


class TransformersLLM:
    """Answers with a model whose weights are on this machine.

    With the extra `medrag[grammar]` the decoder can only write what the constraint allows, and
    what has to follow is appended without asking the model; without it the reply is free, parsed
    strictly, and says `constrained=False`. Several prompts are answered side by side. What
    prompts share at their head is read once.

    The same arguments give the same reply. The shape of a batch decides the last bit of a sum in
    bfloat16: where two tokens are all but equally likely, a reply beside others can differ from
    the same reply alone. For replies that repeat to the letter in any company use `batch=1`.

    Args:
        asked: Which model, and how to load it; or its spelling (`medgemma-27b?load=4bit`).

    Attributes:
        notice: Terms that must be shown with this model's answers, or None.
        context_tokens: The most tokens of prompt and reply together.

    Raises:
        InputError: The folder holds no model, or one without a chat template.
        BackendError: The weights are not on this machine, or do not load.
    """

    def __init__(self, asked: LocalModel | str) -> None:
        asked = LocalModel.parse(asked) if isinstance(asked, str) else asked
        config = load_config(asked)
        self._tokenizer = load_tokenizer(asked)
        self.notice = notice_for(f"{asked.where} {getattr(config, '_name_or_path', '')}")
        if self.notice:
            _log.warning("%s", self.notice)
        self._model = load_model(asked, config)
        self._chat = Chat(self._tokenizer, _configured_stops(self._model))
        self._vocabulary = int(self._model.get_output_embeddings().weight.shape[0])
        self._prompts = Prompts(
            self._model, remember=asked.reuse, free_bytes=lambda: free_bytes(self._model)
        )
        self._decoder = Decoder(self._model, self._prompts, rows=asked.batch)
        self.context_tokens = int(config.get_text_config().max_position_embeddings)
        self.name = label(asked, config)

    def count_tokens(self, text: str) -> int:
        """Return the number of tokens of `text`, without those of the chat template."""
        return self._chat.count(text)

    def dialect(self) -> Dialect | None:
        """Return `lark` where llguidance is installed."""
        return None if self._grammar_tokenizer is None else "lark"

    def complete(
        self,
        prompt: Prompt,
        *,
        constraint: Constraint | None = None,
        decoding: Decoding = GREEDY,
        cancelled: Cancelled | None = None,
    ) -> Completion:
        """Return one reply; the same prompt gives the same reply.

        Raises:
            InputError: Prompt and reply do not fit the context, the prompt holds a control
                token of this model, or thinking is asked of a model without marks for it.
            BackendError: The model failed or ran out of memory, or the time was over before
                there was any reply.
        """
        return self.complete_many(
            [prompt], constraints=[constraint], decoding=decoding, cancelled=cancelled
        )[0]

    def stream(
        self,
        prompt: Prompt,
        *,
        constraint: Constraint | None = None,
        decoding: Decoding = GREEDY,
        cancelled: Cancelled | None = None,
    ) -> Iterator[str | Completion]:
        """Yield pieces of the reply as they come, thinking left out; last the completion.

        Raises:
            InputError, BackendError: As `complete`.
        """
        job = self._job(prompt, constraint, decoding)
        pieces = Pieces(self._chat)
        for _ in self._written([job], cancelled):
            piece = pieces.next(job.reply.tokens)
            if piece:
                yield piece
        completion = self._completion(job, constraint)
        rest = pieces.rest(completion.text)
        if rest:
            yield rest
        yield completion

    def complete_many(
        self,
        prompts: Sequence[Prompt],
        *,
        constraints: Sequence[Constraint | None] | None = None,
        decoding: Decoding = GREEDY,
        cancelled: Cancelled | None = None,
    ) -> list[Completion]:
        """Return the reply to each prompt, in order, several of them written side by side.

        Raises:
            InputError, BackendError: As `complete`, for the first prompt that fails.
        """
        paired = constraints_for(prompts, constraints)
        jobs = [
            self._job(prompt, constraint, decoding)
            for prompt, constraint in zip(prompts, paired, strict=True)
        ]
        for _ in self._written(jobs, cancelled):
            pass
        return [
            self._completion(job, constraint) for job, constraint in zip(jobs, paired, strict=True)
        ]

    def _job(self, prompt: Prompt, constraint: Constraint | None, decoding: Decoding) -> Job:
        ids = self._chat.ids(prompt.messages, thinks=decoding.think_tokens > 0)
        if len(ids) + decoding.reply_tokens > self.context_tokens:
            raise InputError(
                f"The prompt has {len(ids)} tokens and the reply may have "
                f"{decoding.reply_tokens}; the context holds {self.context_tokens}. "
                "Give fewer passages or a shorter reply."
            )
        return Job(prompt=ids, reply=Reply(self._chat.marks, decoding, self._guide(constraint)))

    def _written(self, jobs: Sequence[Job], cancelled: Cancelled | None) -> Iterator[Job]:
        try:
            yield from self._decoder.run(jobs, cancelled or (lambda: False))
        except torch.OutOfMemoryError as error:
            self._prompts.forget()
            longest = max(len(job.prompt) for job in jobs)
            raise BackendError(
                f"Out of memory with {longest} tokens of prompt. Give fewer passages, load the "
                "model with batch=1 or load=4bit, or use a smaller model or more GPUs."
            ) from error

    def _completion(self, job: Job, constraint: Constraint | None) -> Completion:
        reply = job.reply
        if reply.finish == "timeout" and not reply.tokens:
            raise BackendError(
                f"The time was over before there was a reply, with {len(job.prompt)} tokens of "
                "prompt. Allow more seconds or give fewer passages."
            )
        if reply.finish == "error" and not reply.tokens:
            raise BackendError(f"{_GAVE_UP} Give fewer passages, or quote in another way.")
        guided = constraint is not None and self.dialect() is not None
        thought = self._chat.text_of_cut(reply.thought).strip()
        said = self._chat.text if reply.finish == "stop" else self._chat.text_of_cut
        return Completion(
            text=said(reply.tokens),
            thinking=thought or None,
            model=self.name,
            finish_reason=reply.finish or "error",
            constrained=guided,
            dialect="lark" if guided else None,
            note=_note(reply.finish, missing=constraint is not None and not guided),
            prompt_tokens=len(job.prompt),
            completion_tokens=len(reply.tokens),
            thinking_tokens=len(reply.thought),
            timings=_timings(job),
        )

    def _guide(self, constraint: Constraint | None) -> Guide | None:
        if constraint is None or self._grammar_tokenizer is None:
            return None
        return Guide(self._grammar_tokenizer, constraint.lark())

    @cached_property
    def _grammar_tokenizer(self) -> Any:
        # Built once: it takes seconds for a vocabulary of 262,144 tokens.
        try:
            from llguidance.hf import from_tokenizer
        except ImportError:  # not installed, or built for another system
            _log.info(_MISSING)
            return None
        return from_tokenizer(
            self._tokenizer, n_vocab=self._vocabulary, eos_token=sorted(self._chat.marks.stops)
        )


_GAVE_UP = "The grammar grew too large for llguidance in the middle of the reply."
_MISSING = "llguidance does not load: replies are free. Run: pip install 'medrag[grammar]'"


def open_local(name: str, *, embedder: Embedder | None = None) -> TransformersLLM:  # noqa: ARG001
    """Return the model called `name`; from this machine's disk, unless `download=yes` is said."""
    return TransformersLLM(name)


def _note(finish: FinishReason | None, *, missing: bool) -> str | None:
    if missing:
        return _MISSING
    return _GAVE_UP if finish == "error" else None


def _configured_stops(model: Any) -> list[int]:
    configured = model.generation_config.eos_token_id
    listed = configured if isinstance(configured, list) else [configured]
    return [number for number in listed if number is not None]


def _timings(job: Job) -> Timings:
    reply = job.reply
    return Timings(
        total_s=reply.ended - reply.began,
        first_token_s=reply.opened - reply.began,
        thinking_s=reply.opened - reply.read if reply.thought else None,
        model_steps=job.steps,
        forced_tokens=reply.forced,
    )
