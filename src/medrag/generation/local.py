"""A language model on this machine, through transformers."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

from medrag.core.prompt import GREEDY, Completion, Decoding, Dialect, Prompt
from medrag.core.protocols import Cancelled, Constraint, Embedder
from medrag.errors import BackendError, InputError
from medrag.generation.decoding import Guide, Pick, decode
from medrag.generation.one_by_one import complete_each, stream_whole
from medrag.generation.terms import HUB_NAMES, missing_weights, notice_for
from medrag.generation.thinking import END, INSTRUCTION, START, split_thinking

_log = logging.getLogger(__name__)

_STOP_NAMES = ("<eos>", "<end_of_turn>", "<|im_end|>", "<|eot_id|>", "<|end|>", "</s>")


class TransformersLLM:
    """Answers with a model whose weights are on this machine.

    Greedy; in bfloat16 (float16 overflows in Gemma 3). With the extra `medrag[grammar]` the
    decoder can only write the answer contract and only copy quotations; without it the reply is
    free, parsed strictly, and says `constrained=False`.

    Args:
        name: A short name (`medgemma-27b`), a hub name whose files are in the local cache, or
            the path of a folder.

    Attributes:
        notice: Terms that must be shown with this model's answers, or None.
        context_tokens: The most tokens of prompt and reply together.

    Raises:
        InputError: The folder holds no model, or one without a chat template.
        BackendError: The weights are not on this machine, or do not load.
    """

    def __init__(self, name: str) -> None:
        where = HUB_NAMES.get(name, name)
        config = _config(name, where)
        self._tokenizer = _tokenizer(where)
        self._model = _model(where)
        self.notice = notice_for(f"{where} {getattr(config, '_name_or_path', '')}")
        text_config = config.get_text_config()
        self.context_tokens = int(text_config.max_position_embeddings)
        self._vocabulary = int(self._model.get_output_embeddings().weight.shape[0])
        revision = getattr(config, "_commit_hash", None)
        self.name = f"{Path(where).name}{'@' + revision[:12] if revision else ''} bf16"
        self._stops = _stops(self._tokenizer, self._model)
        if self.notice:
            _log.warning("%s", self.notice)

    def count_tokens(self, text: str) -> int:
        """Return the number of tokens of `text`, without those of the chat template."""
        return len(self._tokenizer(text, add_special_tokens=False).input_ids)

    def complete(
        self,
        prompt: Prompt,
        *,
        constraint: Constraint | None = None,
        decoding: Decoding = GREEDY,
        cancelled: Cancelled | None = None,  # noqa: ARG002
    ) -> Completion:
        """Return one reply; the same prompt gives the same reply.

        Raises:
            InputError: Prompt and reply do not fit the context, or the prompt holds a control
                token of this model.
            BackendError: The model failed or ran out of memory.
        """
        ids = self._prompt_ids(prompt, decoding)
        if len(ids) + decoding.reply_tokens > self.context_tokens:
            raise InputError(
                f"The prompt has {len(ids)} tokens and the reply may have "
                f"{decoding.reply_tokens}; the context holds {self.context_tokens}. "
                "Give fewer passages or a shorter reply."
            )
        try:
            return self._reply(ids, constraint, decoding)
        except torch.OutOfMemoryError as error:
            raise BackendError(
                f"Out of memory with {len(ids)} tokens of prompt. Give fewer passages, or use a "
                "smaller model or more GPUs."
            ) from error

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
        """Return `lark` where llguidance is installed."""
        return None if self._grammar_tokenizer is None else "lark"

    def _reply(
        self, ids: list[int], constraint: Constraint | None, decoding: Decoding
    ) -> Completion:
        pick = _pick(decoding)
        thought: str | None = None
        spent = 0
        if decoding.think_tokens:
            thought, added = self._think(ids, pick, decoding.think_tokens)
            ids, spent = ids + added, len(added)
        guide = self._guide(constraint)
        decoded = decode(
            self._model,
            ids,
            stops=self._stops,
            max_tokens=decoding.max_tokens,
            guide=guide,
            pick=pick,
        )
        said = self._tokenizer.decode(decoded.tokens, skip_special_tokens=False)
        own_thought, text = (None, said) if guide is not None else split_thinking(said)
        return Completion(
            text=text,
            thinking=thought if own_thought is None else own_thought,
            model=self.name,
            finish_reason="stop" if decoded.stopped else "length",
            constrained=guide is not None,
            dialect=None if guide is None else "lark",
            prompt_tokens=len(ids) - spent,
            completion_tokens=len(decoded.tokens),
            thinking_tokens=spent,
        )

    def _think(self, ids: list[int], pick: Pick, tokens: int) -> tuple[str, list[int]]:
        """Return the thinking and its tokens, closed by the end marker."""
        opening = self._tokenizer(f"{START}thought\n", add_special_tokens=False).input_ids
        end = self._tokenizer.convert_tokens_to_ids(END)
        stops = self._stops | {end}
        decoded = decode(self._model, ids + opening, stops=stops, max_tokens=tokens, pick=pick)
        text = self._tokenizer.decode(decoded.tokens, skip_special_tokens=False)
        return text.strip(), [*opening, *decoded.tokens, end]

    def _prompt_ids(self, prompt: Prompt, decoding: Decoding) -> list[int]:
        chat = _one_turn(prompt, INSTRUCTION if decoding.think_tokens else "")
        content = self._tokenizer(chat[0]["content"], add_special_tokens=False).input_ids
        if not self._control_ids.isdisjoint(content):
            raise InputError("The prompt holds a control token of this model. Build it anew.")
        text = self._tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
        ids: list[int] = self._tokenizer(text, add_special_tokens=False).input_ids
        return ids

    @cached_property
    def _control_ids(self) -> frozenset[int]:
        added = self._tokenizer.added_tokens_decoder
        turns = {number for number, token in added.items() if token.special}
        markers = {self._tokenizer.convert_tokens_to_ids(mark) for mark in (START, END)}
        unknown = {self._tokenizer.unk_token_id, None}
        return frozenset({*self._tokenizer.all_special_ids, *turns, *markers} - unknown)

    def _guide(self, constraint: Constraint | None) -> Guide | None:
        if constraint is None or self._grammar_tokenizer is None:
            return None
        return Guide(self._grammar_tokenizer, constraint.lark())

    @cached_property
    def _grammar_tokenizer(self) -> Any:
        # Built once: it takes seconds for a vocabulary of 262,144 tokens.
        if find_spec("llguidance") is None:
            _log.info("llguidance is missing: replies are free. pip install 'medrag[grammar]'")
            return None
        from llguidance.hf import from_tokenizer

        return from_tokenizer(
            self._tokenizer, n_vocab=self._vocabulary, eos_token=sorted(self._stops)
        )


def open_local(name: str, *, embedder: Embedder | None = None) -> TransformersLLM:  # noqa: ARG001
    """Return the model called `name`, from this machine's disk only."""
    return TransformersLLM(name)


def _pick(decoding: Decoding) -> Pick:
    if decoding.temperature <= 0:
        return lambda logits: int(logits.argmax())
    generator = torch.Generator().manual_seed(decoding.seed)

    def sample(logits: torch.Tensor) -> int:
        shares = torch.softmax(logits.cpu() / decoding.temperature, dim=-1)
        return int(torch.multinomial(shares, 1, generator=generator))

    return sample


def _config(name: str, where: str) -> Any:
    if Path(where).is_dir() and not (Path(where) / "config.json").is_file():
        raise InputError(f"{name}: the folder holds no config.json. Give a transformers model.")
    try:
        return AutoConfig.from_pretrained(where, local_files_only=True)
    except (OSError, ValueError) as error:
        if Path(where).is_dir():
            raise BackendError(f"{name}: its config.json is of no model known here.") from error
        raise BackendError(missing_weights(name, where)) from error


def _tokenizer(where: str) -> Any:
    try:
        tokenizer = AutoTokenizer.from_pretrained(where, local_files_only=True)
    except (OSError, ValueError) as error:
        raise BackendError(
            f"{where}: its tokenizer does not load. Copy tokenizer.json and "
            "tokenizer_config.json of the model into the folder."
        ) from error
    if not getattr(tokenizer, "chat_template", None):
        raise InputError(f"{where}: it has no chat template. Use an instruction-tuned model.")
    return tokenizer


def _model(where: str) -> Any:
    spread = torch.cuda.is_available() and find_spec("accelerate") is not None
    try:
        model: Any = AutoModelForCausalLM.from_pretrained(
            where,
            local_files_only=True,
            dtype=torch.bfloat16,
            device_map="auto" if spread else None,
        )
    except (OSError, ValueError, torch.OutOfMemoryError) as error:
        raise BackendError(
            f"{where}: its weights do not load ({type(error).__name__}). Check that every "
            "safetensors file of the index is there and that the memory suffices."
        ) from error
    if torch.cuda.is_available() and not spread:
        model = model.to("cuda")
    return model.eval()


def _stops(tokenizer: Any, model: Any) -> frozenset[int]:
    """Return the ids that end a reply, by name: numbers differ between Gemma generations."""
    # Added tokens only: the same characters may be an ordinary word of the vocabulary.
    known = {token.content: number for number, token in tokenizer.added_tokens_decoder.items()}
    found = {known[name] for name in _STOP_NAMES if name in known}
    configured = model.generation_config.eos_token_id
    listed = configured if isinstance(configured, list) else [configured]
    return frozenset({*found, *listed, tokenizer.eos_token_id} - {None})


def _one_turn(prompt: Prompt, instruction: str) -> list[dict[str, str]]:
    """Return the chat with what a system would say at the head of the one user turn.

    Gemma has no system role, and its template drops all but the first part of one silently.
    """
    turns = [message for message in prompt.messages if message.role != "system"]
    if [turn.role for turn in turns] != ["user"]:
        raise InputError("A prompt must have exactly one user message. Use build_prompt.")
    system = [message.content for message in prompt.messages if message.role == "system"]
    parts = [part for part in (instruction, *system, turns[0].content) if part]
    return [{"role": "user", "content": "\n\n".join(parts)}]
