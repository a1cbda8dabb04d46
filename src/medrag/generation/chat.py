"""A model's chat format: messages to token ids, token ids to text, control tokens by name."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from medrag.core.prompt import Message
from medrag.errors import InputError
from medrag.generation.thinking import END, START, with_instruction
from medrag.generation.writing import Marks

_STOP_NAMES = ("<eos>", "<end_of_turn>", "<|im_end|>", "<|eot_id|>", "<|end|>", "</s>")
_CUT = "\ufffd"
"""What an unfinished character decodes to."""
_BYTES = 4
"""The most tokens of one character: its bytes in UTF-8."""


class Chat:
    """Speaks to one model in its own format.

    Args:
        tokenizer: Of transformers, with a chat template.
        configured_stops: Ids that the model's own configuration ends replies with.

    Attributes:
        marks: The control tokens that matter here, by id. They are found by name: their numbers
            differ between the generations of Gemma.
    """

    def __init__(self, tokenizer: Any, configured_stops: Sequence[int] = ()) -> None:
        self._tokenizer = tokenizer
        # Added tokens only: the same characters may be an ordinary word of the vocabulary.
        added = tokenizer.added_tokens_decoder
        known = {token.content: number for number, token in added.items()}
        stops = {known[name] for name in _STOP_NAMES if name in known}
        self.marks = Marks(
            stops=frozenset({*stops, *configured_stops, tokenizer.eos_token_id} - {None}),
            think=known.get(START),
            answer=known.get(END),
        )

    def ids(self, messages: Sequence[Message], *, thinks: bool = False) -> list[int]:
        """Return what the model is to read, up to where its reply begins.

        What a system would say stands at the head of the one user turn: Gemma has no system
        role, and its template drops all but the first part of one silently. With `thinks` the
        documented instruction stands before it, and the reply begins inside the thinking.

        Raises:
            InputError: There is not exactly one user message, a message holds a control token
                of this model, or the model has no marks for thinking.
        """
        turn = _one_turn(messages)
        chat = [message.model_dump() for message in (with_instruction(turn) if thinks else turn)]
        if not self._control.isdisjoint(self._read(chat[0]["content"])):
            raise InputError("The prompt holds a control token of this model. Build it anew.")
        text = self._tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
        return self._read(text + (self._thought_begins if thinks else ""))

    def count(self, text: str) -> int:
        """Return the number of tokens of `text`, without those of the chat template."""
        return len(self._read(text))

    def text(self, tokens: Sequence[int]) -> str:
        """Return the words of `tokens`, marks and spaces exactly as they were said."""
        said: str = self._tokenizer.decode(
            tokens, skip_special_tokens=False, clean_up_tokenization_spaces=False
        )
        return said

    def text_of_cut(self, tokens: Sequence[int]) -> str:
        """Return the words of tokens that end anywhere, without a character that is not whole."""
        for last in range(len(tokens), max(0, len(tokens) - _BYTES), -1):
            said = self.text(tokens[:last])
            if not said.endswith(_CUT):
                return said
        return self.text(tokens)

    def _read(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer(text, add_special_tokens=False).input_ids
        return ids

    @property
    def _thought_begins(self) -> str:
        if self.marks.think is None or self.marks.answer is None:
            raise InputError(
                f"This model has no tokens {START} and {END}: it cannot think apart from its "
                "answer. Set think_tokens to 0."
            )
        return f"{START}thought\n"

    @cached_property
    def _control(self) -> frozenset[int]:
        added = self._tokenizer.added_tokens_decoder
        turns = {number for number, token in added.items() if token.special}
        marks = {self.marks.think, self.marks.answer}
        unknown = {self._tokenizer.unk_token_id, None}
        return frozenset({*self._tokenizer.all_special_ids, *turns, *marks} - unknown)


class Pieces:
    """Turns a growing list of tokens into pieces of text that are never taken back.

    A character may be spelled by several tokens; it is held back until it is whole.
    """

    def __init__(self, chat: Chat) -> None:
        self._chat = chat
        self._from = self._to = 0
        self._said = ""

    def next(self, tokens: Sequence[int]) -> str:
        """Return what `tokens` say beyond the last call; empty where no character is whole."""
        # A token's text may depend on the token before it, never on those further back.
        known = self._chat.text(tokens[self._from : self._to])
        now = self._chat.text(tokens[self._from :])
        if len(now) <= len(known) or now.endswith(_CUT) or not now.startswith(known):
            return ""
        self._from, self._to = self._to, len(tokens)
        self._said += now[len(known) :]
        return now[len(known) :]

    def rest(self, text: str) -> str:
        """Return what is missing of the whole `text` of the reply."""
        return text[len(self._said) :]


def _one_turn(messages: Sequence[Message]) -> tuple[Message]:
    turns = [message for message in messages if message.role != "system"]
    if [turn.role for turn in turns] != ["user"]:
        raise InputError("A prompt must have exactly one user message. Use build_prompt.")
    system = [message.content for message in messages if message.role == "system"]
    parts = [part for part in (*system, turns[0].content) if part]
    return (Message(role="user", content="\n\n".join(parts)),)
