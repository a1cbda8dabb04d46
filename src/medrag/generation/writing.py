"""One reply under way: what may come next, what was said, and why it ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from medrag.core.prompt import Decoding, FinishReason
from medrag.errors import BackendError

Allowed = NDArray[np.uint8]
"""Which tokens may come next: a bit each, the lowest bit of the first byte is token 0."""
_FUEL = 20_000_000
"""How much llguidance may compute for one grammar: 20 times its default, under half a second;
words of 20 long passages need more than the default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """The control tokens of one model, by id.

    Attributes:
        stops: End a reply.
        think: Opens MedGemma's thinking; None where the model has no such token.
        answer: Closes it.
    """

    stops: frozenset[int]
    think: int | None = None
    answer: int | None = None


class Guide:
    """A grammar at work for one reply.

    Args:
        tokenizer: An `llguidance.LLTokenizer` of the model's whole vocabulary.
        grammar: In Lark.
        forcing: Whether what has to follow is appended unasked; False masks only.

    Raises:
        BackendError: The grammar cannot be used; says the library's reason without its text.
    """

    def __init__(self, tokenizer: Any, grammar: str, *, forcing: bool = True) -> None:
        import llguidance

        self._forcing = forcing
        limits = llguidance.LLParserLimits(initial_lexer_fuel=_FUEL)
        self._matcher = llguidance.LLMatcher(tokenizer, grammar, log_level=0, limits=limits)
        if self._matcher.is_error():
            reason = str(self._matcher.get_error()).splitlines()[0][:120]
            raise BackendError(f"The grammar of the answer was refused: {reason}.")

    def allowed(self, vocabulary: int) -> Allowed:
        """Return which of `vocabulary` tokens may come next; none beyond the tokenizer's."""
        bits = np.frombuffer(self._matcher.compute_bitmask(), dtype=np.uint8)
        size = -(-vocabulary // 8)
        return bits[:size] if bits.size >= size else np.pad(bits, (0, size - bits.size))

    def take(self, token: int) -> None:
        """Take a picked token; one that is not allowed makes the guide fail."""
        self._matcher.consume_token(token)

    def forced(self) -> list[int]:
        """Return what has to follow, already taken; empty where there is a choice."""
        if not self._forcing or self._matcher.is_stopped():
            return []
        tokens = list(self._matcher.compute_ff_tokens())
        self._matcher.consume_tokens(tokens)
        return tokens

    @property
    def finished(self) -> bool:
        """Whether the reply is complete and nothing may follow."""
        return bool(self._matcher.is_stopped()) and not self.failed

    @property
    def failed(self) -> bool:
        """Whether llguidance gave up on the way; it then allows nothing but an end."""
        return bool(self._matcher.is_error())


class Reply:
    """One reply: first its thinking, if any, then the answer.

    The thinking is free. It ends where the model closes it or the reply, and at its limit of
    tokens the closing mark is put in; the answer then obeys the guide.

    Args:
        marks: The model's control tokens.
        decoding: Limits, temperature and seed.
        guide: What the answer must obey; free where None.

    Attributes:
        pending: What the model is to read before the next token is picked.
        thought: Tokens of the thinking, without its marks.
        tokens: Tokens of the answer, without the one that ended it.
        forced: How many of `tokens` were never picked.
        finish: Why it ended; None while it is under way.
        began, read, opened, ended: `time.perf_counter` at the start, when the prompt was read,
            when the answer began and at the end; all the same before that.
    """

    def __init__(self, marks: Marks, decoding: Decoding, guide: Guide | None = None) -> None:
        self._marks, self._decoding, self._guide = marks, decoding, guide
        self._thinking = decoding.think_tokens > 0
        self._random = torch.Generator().manual_seed(decoding.seed)
        self.pending: list[int] = []
        self.thought: list[int] = []
        self.tokens: list[int] = []
        self.forced = 0
        self.finish: FinishReason | None = None
        self._unsaid: list[int] = []
        self.began = self.read = self.opened = self.ended = perf_counter()

    def begin(self) -> None:
        """Start the clock; put what the answer has to begin with into `pending`."""
        self.began = self.read = self.opened = self.ended = perf_counter()
        if not self._thinking:
            self.pending = self._opening()

    def expire(self, cancelled: Callable[[], bool]) -> FinishReason | None:
        """Return why the reply is over: also where its time is, or where it is wanted no more."""
        limit = self._decoding.timeout_s
        if self.finish is None and cancelled():
            self._end("cancelled")
        elif self.finish is None and limit is not None and perf_counter() - self.began > limit:
            self._end("timeout")
        return self.finish

    def allowed(self, vocabulary: int) -> Allowed | None:
        """Return which tokens may come next; None where all may.

        A guide that gives up ends the reply: what it allows then is an end in mid-sentence.
        """
        if self._thinking:
            return None
        if self._guide is not None:
            bits = self._guide.allowed(vocabulary)
            self._end_if_failed()
            return bits
        # Asked not to think, some models think all the same, unless they cannot begin to.
        marks = [mark for mark in (self._marks.think, self._marks.answer) if mark is not None]
        if not marks:
            return None
        bits = np.full(-(-vocabulary // 8), 0xFF, dtype=np.uint8)
        for mark in marks:
            bits[mark // 8] &= 0xFF ^ (1 << mark % 8)
        return bits

    def pick(self, scores: torch.Tensor, best: int) -> None:
        """Take the next token.

        Args:
            scores: Shape (vocabulary,), minus infinity where a token may not come.
            best: The most likely of them.
        """
        if self.read == self.began:
            self.read = self.opened = perf_counter()
        if self.finish is not None:
            return
        temperature = self._decoding.temperature
        if temperature > 0:
            best = self._drawn(scores.cpu().double() / temperature)
        if self._thinking:
            self._think(best)
        else:
            self._answer(best)

    def _drawn(self, scores: torch.Tensor) -> int:
        """Return a token drawn by chance; ten times as fast as torch.multinomial for one."""
        upto = torch.softmax(scores, dim=-1).cumsum(dim=-1)
        point = torch.rand((), generator=self._random, dtype=torch.float64) * upto[-1]
        return int(torch.searchsorted(upto, point, right=True))

    def _think(self, token: int) -> None:
        closes = token == self._marks.answer or token in self._marks.stops
        if not closes:
            self.thought.append(token)
        if closes or len(self.thought) == self._decoding.think_tokens:
            mark = [] if self._marks.answer is None else [self._marks.answer]
            self._thinking, self.opened = False, perf_counter()
            self.pending = [*([] if closes else [token]), *mark, *self._opening()]
        else:
            self.pending = [token]

    def _opening(self) -> list[int]:
        """Return what the answer has to begin with; it counts as said when the model goes on."""
        self._unsaid = self._guide.forced() if self._guide is not None else []
        return self._unsaid

    def _answer(self, token: int) -> None:
        opening, self._unsaid = self._unsaid, []
        self._say(opening, forced=len(opening))
        if self.finish is not None:
            return
        if token in self._marks.stops:
            self._end("stop")
            return
        forced: list[int] = []
        if self._guide is not None:
            self._guide.take(token)
            forced = self._guide.forced()
        self.pending = [token, *forced]
        self._say(self.pending, forced=len(forced))
        self._end_if_failed()

    def _say(self, tokens: list[int], *, forced: int) -> None:
        """Add tokens to the answer and end it where they do, or where it is full."""
        stop = next((n for n, token in enumerate(tokens) if token in self._marks.stops), None)
        room = self._decoding.max_tokens - len(self.tokens)
        said = tokens[:stop][:room]
        self.tokens += said
        self.forced += max(0, forced - (len(tokens) - len(said)))
        complete = stop is not None or (self._guide is not None and self._guide.finished)
        if complete and len(said) == len(tokens[:stop]):
            self._end("stop")
        elif len(self.tokens) >= self._decoding.max_tokens:
            self._end("length")

    def _end_if_failed(self) -> None:
        if self.finish is None and self._guide is not None and self._guide.failed:
            self._end("error")

    def _end(self, reason: FinishReason) -> None:
        self.finish, self.ended = reason, perf_counter()
