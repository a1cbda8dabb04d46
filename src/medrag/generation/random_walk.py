"""An answerer that says anything its constraint allows, at random: proof of form, without weights.

What it says means nothing. That every one of its replies parses and every one of its quotations
verifies shows that the constraint holds whatever the model, on any document.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any

import llguidance
import numpy as np

from medrag.core.prompt import GREEDY, Completion, Decoding, Dialect, FinishReason, Prompt
from medrag.core.protocols import Cancelled, Constraint
from medrag.errors import BackendError
from medrag.generation.one_by_one import complete_each, stream_whole
from medrag.generation.thinking import split_thinking

_ENDINGS = (ord('"'), ord("<"), ord("u"))
_ENDS = 0.06
"""How often a byte that may end a text, or begin the mark that ends a thought, is taken where it
may stand: else a text would run to the end of its bounds, and a thought for ever."""


class RandomLLM:
    """Walks through a grammar byte by byte, choosing evenly among what may come next.

    Args:
        dialect: In which dialect it reads its constraint; each is obeyed by llguidance.
    """

    context_tokens = 1_000_000

    def __init__(self, dialect: Dialect = "lark") -> None:
        self._dialect = dialect
        self._tokenizer = llguidance.LLTokenizer("byte")
        self.name = f"random ({dialect})"

    def count_tokens(self, text: str) -> int:
        """Return the number of bytes of `text`."""
        return len(text.encode("utf-8", "surrogatepass"))

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
        """Return a random reply that `constraint` allows, by the seed of `decoding`.

        Where `decoding` has room for thinking, a random thought may come before it, kept apart.

        Raises:
            BackendError: There is no constraint, or llguidance refuses it.
        """
        if constraint is None:
            raise BackendError("A random walk needs a constraint. Give one.")
        thinks = decoding.think_tokens > 0
        matcher = self._matcher(constraint.after_thinking() if thinks else constraint)
        # Not for secrets: the same seed walks the same way.
        rng = random.Random(f"{decoding.seed}\0{prompt.question}")  # noqa: S311
        said = bytearray()
        reason: FinishReason = "length"
        while len(said) < decoding.max_tokens:
            if cancelled is not None and cancelled():
                reason = "cancelled"
                break
            step = self._step(matcher, rng)
            if not step:
                reason = "stop"
                break
            said += step
        text = bytes(said[: decoding.max_tokens]).decode("utf-8", "ignore")
        thinking, text = split_thinking(text) if thinks else (None, text)
        return Completion(
            text=text,
            thinking=thinking,
            model=self.name,
            finish_reason=reason,
            constrained=True,
            dialect=self._dialect,
            completion_tokens=len(said),
        )

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

    def _matcher(self, constraint: Constraint) -> Any:
        if self._dialect == "json_schema":
            schema = constraint.json_schema()
            grammar = llguidance.LLMatcher.grammar_from_json_schema(schema)
        elif self._dialect == "gbnf":
            grammar = llguidance.grammar_from("gbnf", constraint.gbnf())
        else:
            grammar = constraint.lark()
        matcher = llguidance.LLMatcher(self._tokenizer, grammar, log_level=0)
        if matcher.is_error():
            reason = str(matcher.get_error()).splitlines()[0][:120]
            raise BackendError(f"The grammar of the answer was refused: {reason}.")
        return matcher

    def _step(self, matcher: Any, rng: random.Random) -> bytes:
        """Return the next bytes, already taken; none where the reply has ended."""
        if matcher.is_error():
            reason = str(matcher.get_error()).splitlines()[0][:120]
            raise BackendError(f"llguidance gave up in the middle of a reply: {reason}.")
        packed = np.frombuffer(matcher.compute_bitmask(), dtype=np.uint8)
        allowed = np.flatnonzero(np.unpackbits(packed, bitorder="little")).tolist()
        endings = [byte for byte in _ENDINGS if byte in allowed]
        byte = rng.choice(endings if endings and rng.random() < _ENDS else allowed)
        if byte > 255:  # the end of the reply
            return b""
        matcher.consume_token(byte)
        forced = [] if matcher.is_stopped() else matcher.compute_ff_tokens()
        if forced:
            matcher.consume_tokens(forced)
        return bytes([byte, *(token for token in forced if token < 256)])
