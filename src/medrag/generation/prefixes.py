"""Reading prompts, without reading again what an earlier prompt began with.

Rules and passages stand at the head of a prompt and the question last, so prompts over the same
passages share most of their tokens, and all prompts share the rules. A prompt is always read in
the same pieces, whether the first of them are remembered or not: the model computes exactly the
same, so the reply is the same to the last bit.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Sequence
from itertools import takewhile
from threading import Lock
from typing import Any

import torch

from medrag.generation.keyvalues import KeyValues

_SHORT, _LONG = 256, 1024
"""Tokens of a piece: short ones at the head, where prompts part; long ones are faster to read."""
_KEPT = 4
"""Beginnings remembered; one of 8,192 tokens takes about a gigabyte for MedGemma 27B."""
_COMPARED = 8


class Prompts:
    """Reads prompts with one model and remembers beginnings that come again.

    Remembered are the beginning that a prompt shares with an earlier one (or with one that is
    announced in `upcoming`), and the last prompt itself, for a question asked again.

    Args:
        model: A transformers causal language model.
        remember: False reads every prompt from its first token.
        free_bytes: Says how much memory is free where the model computes; None where nobody
            can tell. Nothing is remembered that would take more than a quarter of it.
    """

    def __init__(
        self,
        model: Any,
        *,
        remember: bool = True,
        free_bytes: Callable[[], int | None] = lambda: None,
    ) -> None:
        self._model = model
        self._free_bytes = free_bytes
        self._remember = remember
        self._known: OrderedDict[tuple[int, ...], KeyValues] = OrderedDict()
        self._recent: deque[tuple[int, ...]] = deque(maxlen=_COMPARED)
        self._lock = Lock()

    def read(
        self,
        ids: Sequence[int],
        *,
        upcoming: Sequence[Sequence[int]] = (),
        stop: Callable[[], bool] = lambda: False,
    ) -> tuple[KeyValues, torch.Tensor] | None:
        """Return the states after `ids` and the logits of what follows, shape (1, vocabulary).

        Args:
            ids: The whole prompt, at least one token.
            upcoming: Prompts that will be read after it.
            stop: Asked before each piece is read; where it says so nothing is returned.
        """
        with self._lock:
            try:
                return self._read(tuple(ids), upcoming, stop)
            except torch.OutOfMemoryError:
                if not self._known:
                    raise
                self.forget()
                return self._read(tuple(ids), upcoming, stop)

    def _read(
        self, prompt: tuple[int, ...], upcoming: Sequence[Sequence[int]], stop: Callable[[], bool]
    ) -> tuple[KeyValues, torch.Tensor] | None:
        states, start = self._longest(prompt)
        keep = self._worth_keeping(prompt, upcoming) if self._remember else frozenset()
        logits = torch.empty(0)
        for end in pieces(start, len(prompt)):
            if stop():
                return None
            logits = states.read(self._model, [prompt[start:end]])
            start = end
            if end in keep:
                self._put(prompt[:end], states)
        if self._remember:
            self._recent.append(prompt)
        return states, logits

    def forget(self) -> None:
        """Let go of every remembered beginning: their memory is needed."""
        self._known.clear()
        self._recent.clear()

    def _longest(self, prompt: tuple[int, ...]) -> tuple[KeyValues, int]:
        fits = (known for known in self._known if prompt[: len(known)] == known != prompt)
        best = max(fits, key=len, default=None)
        if best is None:
            return KeyValues.empty(self._model), 0
        self._known.move_to_end(best)
        return self._known[best].copy(), len(best)

    def _worth_keeping(
        self, prompt: tuple[int, ...], upcoming: Sequence[Sequence[int]]
    ) -> frozenset[int]:
        """Return the ends of pieces after which the states are worth remembering."""
        ends = [end for end in pieces(0, len(prompt)) if end < len(prompt)]
        others = [*self._recent, *(tuple(other) for other in upcoming[:_COMPARED])]
        shared = max((_shared(prompt, other) for other in others), default=0)
        return frozenset([*ends[-1:], *[end for end in ends if end <= shared][-1:]])

    def _put(self, beginning: tuple[int, ...], states: KeyValues) -> None:
        free = self._free_bytes()
        if free is not None and 4 * states.size_bytes > free:
            return
        self._known[beginning] = states.copy()
        self._known.move_to_end(beginning)
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)


def pieces(start: int, end: int) -> Iterator[int]:
    """Yield where the pieces of a prompt of `end` tokens end, after `start`; last `end` itself.

    The places depend on nothing but their distance from the prompt's first token.
    """
    place = 0
    while place < end:
        place = min(end, place + (_SHORT if place < _LONG else _LONG))
        if place > start:
            yield place


def _shared(one: Sequence[int], two: Sequence[int]) -> int:
    """Return how many tokens two prompts begin with in common."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, two, strict=False)))
