"""A language model behind an OpenAI-compatible server: vLLM, llama.cpp, SGLang, Ollama, ...

Every reply is streamed, also where it is wanted whole: only so can a stalled server be told
from a slow one, and only so does it stop when nobody wants the reply any more.
"""

from __future__ import annotations

import logging
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

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
from medrag.errors import BackendError, MedragError
from medrag.generation.one_by_one import complete_at_once
from medrag.generation.parted import Parted
from medrag.generation.room import most_tokens, must_fit
from medrag.generation.server.address import Address, Connection
from medrag.generation.server.events import Piece, Usage, WholeCharacters
from medrag.generation.server.facts import counted, learn
from medrag.generation.server.probe import PROBE_TOKENS, Probe, Route
from medrag.generation.server.refusal import ServerError
from medrag.generation.server.wire import Wire
from medrag.generation.terms import notice_for
from medrag.generation.thinking import with_instruction

_log = logging.getLogger(__name__)

_REFUSES_REQUEST = frozenset({400, 415, 422, 501})
_ENDS: dict[str, FinishReason] = {
    "stop": "stop",
    "length": "length",
    "timeout": "timeout",
    "cancelled": "cancelled",
    "error": "error",
}
_MOST_CHARS_PER_TOKEN = 10
"""No tokenizer packs prose tighter; a server that counts fewer has cut the prompt."""


class ServerLLM:
    """Answers with a model behind an OpenAI-compatible server.

    What a constraint does is found out by one short question (`server.probe`); every reply is
    held against its constraint besides, and says whether it was constrained.

    Args:
        url: Of the server, with or without `/v1`; `#name` at its end names the model.
        model: As the server names it; None where it has one only.
        context_tokens: The most tokens of prompt and reply together, where the server does not
            tell them, or tells them wrong.
        connection: How it is reached; the default has the token that the environment names.
        at_once: The most replies that are asked for at the same time.

    Attributes:
        name: The model with its revision, quantization and software, as far as the server tells.
        context_tokens: As the server says; 8,192 where nobody says.
        notice: Terms that must be shown with this model's answers, or None.

    Raises:
        InputError: The URL cannot be used, or the model is not the server's.
        BackendError: The server is not reachable, or refuses the token.
    """

    def __init__(
        self,
        url: str,
        *,
        model: str | None = None,
        context_tokens: int | None = None,
        connection: Connection | None = None,
        at_once: int = 8,
    ) -> None:
        address = Address.read(url)
        self._wire = Wire(address, connection or Connection.of_environment())
        # Nobody closes an answerer that was opened by its name.
        self._close = weakref.finalize(self, self._wire.close)
        facts = learn(self._wire, model or address.model, context_tokens)
        self._model, self._at_once = facts.model, at_once
        self._probe = Probe(self._word, facts.owner)
        self._tokenizes = True
        self.context_tokens = facts.context_tokens
        self.name = facts.name
        self.notice = notice_for(facts.model)
        if self.notice:
            _log.warning("%s", self.notice)

    def close(self) -> None:
        """Give up the connection; nothing can be asked afterwards."""
        self._close()

    def is_alive(self, limit_s: float) -> bool:
        """Return whether the server lists its models now, within the limit."""
        return self._wire.answers(limit_s)

    def count_tokens(self, text: str) -> int:
        """Return the tokens of `text` by the server's own tokenizer, or an upper estimate."""
        told = counted(self._wire, self._model, text) if text and self._tokenizes else None
        if told is None:
            self._tokenizes = self._tokenizes and not text
            return most_tokens(text)
        return told

    def dialect(self) -> Dialect | None:
        """Return the best dialect that the server was seen to obey; the first call asks.

        A server that cannot be asked has none for now, and is asked again at the next call.
        """
        try:
            route = self._probe.best()
        except MedragError as error:
            _log.warning("the server could not be asked what it obeys: %s", error)
            return None
        return route.dialect if route else None

    def complete(
        self,
        prompt: Prompt,
        *,
        constraint: Constraint | None = None,
        decoding: Decoding = GREEDY,
        cancelled: Cancelled | None = None,
    ) -> Completion:
        """Return one reply.

        A server's seed and greedy decoding repeat a reply as far as its hardware does: batches
        of other people's requests change the last bits of a GPU's sums.

        Raises:
            InputError: The prompt does not fit the context.
            BackendError: The server is unreachable, busy after all retries, refuses the token
                or the request, or answers something that is no completion. Its words are never
                repeated.
        """
        pieces = self.stream(prompt, constraint=constraint, decoding=decoding, cancelled=cancelled)
        *_, last = pieces
        if not isinstance(last, Completion):
            raise TypeError("a stream ends with its completion")
        return last

    def stream(
        self,
        prompt: Prompt,
        *,
        constraint: Constraint | None = None,
        decoding: Decoding = GREEDY,
        cancelled: Cancelled | None = None,
    ) -> Iterator[str | Completion]:
        """Yield the reply piece by piece, then its completion; closing it stops the server.

        Where the server refuses a constraint, the next best way that it obeys is taken, at last
        none; `Completion.note` says so.

        Raises:
            InputError, BackendError: As `complete`.
        """
        tokens = sum(self.count_tokens(message.content) for message in prompt.messages)
        must_fit(tokens, decoding, self.context_tokens)
        route = self._probe.best() if constraint is not None else None
        asked = _Asked(prompt, constraint, decoding, route)
        if constraint is not None and route is None:
            asked.note = "The server obeys no constraint."
        yield from self._reply_or_less(asked, cancelled)

    def complete_many(
        self,
        prompts: Sequence[Prompt],
        *,
        constraints: Sequence[Constraint | None] | None = None,
        decoding: Decoding = GREEDY,
        cancelled: Cancelled | None = None,
    ) -> list[Completion]:
        """Return the reply to each prompt, in order, some of them asked for at once.

        Raises:
            InputError, BackendError: As `complete`, for the first prompt that fails; the others
                are given up.
        """
        return complete_at_once(
            self,
            prompts,
            constraints=constraints,
            decoding=decoding,
            cancelled=cancelled,
            places=self._at_once,
        )

    def _reply_or_less(
        self, asked: _Asked, cancelled: Cancelled | None
    ) -> Iterator[str | Completion]:
        """Yield the reply under the constraint, or under the next best one that is taken."""
        try:
            yield from self._reply(asked, cancelled)
        except ServerError as error:
            # Raised before anything was said, so that nothing is said twice.
            refused = asked.route
            if refused is None or error.status not in _REFUSES_REQUEST:
                raise
            _log.warning("the server refuses the constraint in %s", refused.field)
            asked.note = f"The server refused the constraint in {refused.field}."
            asked.route = self._probe.best(after=refused)
            yield from self._reply_or_less(asked, cancelled)

    def _reply(self, asked: _Asked, cancelled: Cancelled | None) -> Iterator[str | Completion]:
        said = _Said(Parted(may_think=asked.thinks or asked.route is None))
        body = {"model": self._model, **asked.fields()}
        pieces = self._wire.chat(body, deadline_s=asked.decoding.timeout_s, cancelled=cancelled)
        with closing(pieces):
            for piece in pieces:
                if text := said.take(piece):
                    yield text
        if rest := said.end():
            yield rest
        yield said.completion(asked, self.name)

    def _word(self, fields: dict[str, Any], is_lost: Callable[[str], bool]) -> str:
        """Return what the server says under a constraint that allows one word."""
        message = {"role": "user", "content": "Say hello."}
        body = {"model": self._model, "messages": [message], "max_tokens": PROBE_TOKENS}
        said = ""
        with closing(self._wire.chat({**body, "temperature": 0, "seed": 0, **fields})) as pieces:
            for piece in pieces:
                said += piece.text
                if is_lost(said):
                    break
        return said


@dataclass(slots=True)
class _Asked:
    """One request: what is asked, and how far the asking had to come down.

    Attributes:
        route: How the constraint is sent; None where it is not.
        note: Why the constraint is not sent in the best way.
    """

    prompt: Prompt
    constraint: Constraint | None
    decoding: Decoding
    route: Route | None
    note: str | None = None

    @property
    def thinks(self) -> bool:
        """Whether the model is asked to think; a schema leaves no room for it."""
        wanted = self.decoding.think_tokens > 0
        return wanted and (self.route is None or self.route.dialect != "json_schema")

    def fields(self) -> dict[str, Any]:
        """Return what the request holds besides the model."""
        messages = self.prompt.messages
        told = with_instruction(messages) if self.thinks else messages
        room = self.decoding.reply_tokens if self.thinks else self.decoding.max_tokens
        constraint = self.constraint
        if constraint is not None and self.thinks:
            constraint = constraint.after_thinking()
        sent = self.route.fields(constraint) if self.route and constraint else {}
        return {
            "messages": [message.model_dump() for message in told],
            "max_tokens": room,
            "temperature": self.decoding.temperature,
            "seed": self.decoding.seed,
            **sent,
        }


@dataclass(slots=True)
class _Said:
    """What has come of a reply so far."""

    parted: Parted
    texts: list[str] = field(default_factory=list)
    characters: WholeCharacters = field(default_factory=WholeCharacters)
    usage: Usage = field(default_factory=Usage)
    ended: str = "error"
    began: float = field(default_factory=time.perf_counter)
    first_s: float | None = None
    answer_s: float | None = None

    def take(self, piece: Piece) -> str:
        """Take an event; return what it adds to the answer."""
        if piece.thinking:
            self.parted.note(piece.thinking)
        if self.first_s is None and (piece.thinking or piece.text):
            self.first_s = self._passed()
        self.usage = piece.usage or self.usage
        self.ended = piece.ended or self.ended
        return self._kept(self.parted.feed(self.characters.feed(piece.text)))

    def end(self) -> str:
        """Return what was held back."""
        return self._kept(self.parted.feed(self.characters.end()) + self.parted.end())

    def _kept(self, text: str) -> str:
        if text:
            self.texts.append(text)
            self.answer_s = self.answer_s or self._passed()
        return text

    def _passed(self) -> float:
        return time.perf_counter() - self.began

    def _timings(self) -> Timings:
        """Return the times; thinking ends where the answer begins, or with the reply."""
        total = self._passed()
        thought = None
        if self.parted.thinking and self.first_s is not None:
            thought = (self.answer_s or total) - self.first_s
        return Timings(total_s=total, first_token_s=self.first_s, thinking_s=thought)

    def completion(self, asked: _Asked, name: str) -> Completion:
        """Return the whole reply.

        Raises:
            BackendError: It ended before it began, by the server's own decision.
        """
        text = "".join(self.texts)
        reason = _ENDS.get(self.ended)
        notes = [asked.note, self._cut_prompt(asked.prompt)]
        if reason is None:
            found = f"The server ended the reply with {self.ended!r}; expected stop or length."
            if not text:
                raise BackendError(found)
            reason = "error"
            notes.append(found)
        elif reason == "error":
            notes.append("The server broke off in the middle of its reply.")
        route, obeyed = asked.route, False
        if route is not None and asked.constraint is not None and text:
            obeyed = asked.constraint.admits(text, cut=reason != "stop")
            notes.append(None if obeyed else "The server did not obey this constraint.")
        return Completion(
            text=text,
            thinking=self.parted.thinking,
            model=name,
            finish_reason=reason,
            constrained=obeyed,
            dialect=route.dialect if route and obeyed else None,
            note=" ".join(note for note in notes if note) or None,
            prompt_tokens=self.usage.prompt,
            completion_tokens=self._answer_tokens(),
            thinking_tokens=self.usage.thinking,
            timings=self._timings(),
        )

    def _answer_tokens(self) -> int | None:
        """Return the tokens of the answer alone; None where those of a trace are not told."""
        if self.usage.completion is None or (self.parted.thinking and not self.usage.thinking):
            return None
        return max(0, self.usage.completion - (self.usage.thinking or 0))

    def _cut_prompt(self, prompt: Prompt) -> str | None:
        """Return what to say where the server has read less than the prompt, as Ollama may."""
        read = self.usage.prompt
        given = sum(len(message.content) for message in prompt.messages)
        if not read or given <= read * _MOST_CHARS_PER_TOKEN:
            return None
        return f"The server read {read} tokens of a longer prompt. Give it a longer context."


def open_server(name: str, *, embedder: Embedder | None = None) -> ServerLLM:  # noqa: ARG001
    """Return the model of the server at the URL `name`, which may name it after `#`."""
    return ServerLLM(name)
