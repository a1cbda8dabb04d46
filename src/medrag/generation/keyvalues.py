"""Keys and values of replies under way, for a batch whose rows grow by different counts.

Once the first words of a quotation are chosen the rest of it is forced, so one reply of a batch
may take thirty tokens in the step in which another takes one. A step is therefore padded on the
right, where causal attention never looks, and afterwards every row is moved so that all end at
the same slot. Padding then stands on the left only, and a distance between slots is a distance
between tokens: sliding windows count right, which holes in the middle would break.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from transformers.cache_utils import DynamicCache, DynamicLayer, DynamicSlidingWindowLayer

from medrag.errors import BackendError

_PADDING = 0
"""Any id of the vocabulary: what stands in a padded slot is never attended to."""


class KeyValues:
    """Keys and values of some replies, one row each, all ending at the last slot.

    Each layer keeps what it can still look at: layers with a sliding window keep less than the
    window, which for MedGemma 27B at 8,192 tokens is a quarter of the memory.

    Attributes:
        lengths: Tokens read so far, one entry a row.
    """

    def __init__(self, cache: Any, lengths: Sequence[int]) -> None:
        self._cache = cache
        self.lengths = list(lengths)

    @classmethod
    def empty(cls, model: Any) -> KeyValues:
        """Return one row that has read nothing.

        Raises:
            BackendError: The model keeps something else than keys and values of attention.
        """
        if getattr(model, "_is_stateful", False):  # how transformers marks them, before and in 5
            raise _unknown(type(model).__name__)
        cache = DynamicCache(config=model.config)
        cache.layers = [_emptied(layer) for layer in cache.layers]
        return cls(cache, [0])

    @property
    def size_bytes(self) -> int:
        """What the states take."""
        kept = [layer for layer in self._cache.layers if layer.keys is not None]
        return sum(layer.keys.nbytes + layer.values.nbytes for layer in kept)

    def copy(self) -> KeyValues:
        """Return a second owner of the same states; reading on with one leaves the other alone."""
        twin = DynamicCache()
        twin.layers = [_twin(layer, layer.keys, layer.values) for layer in self._cache.layers]
        return KeyValues(twin, self.lengths)

    def read(self, model: Any, tokens: Sequence[Sequence[int]]) -> torch.Tensor:
        """Let `model` read on, and return its logits after the last token of each row.

        Args:
            model: Whose keys and values these are.
            tokens: For each row one token or more.

        Returns:
            Shape (rows, vocabulary), in the model's own type.
        """
        counts = [len(row) for row in tokens]
        last = sorted({count - 1 for count in counts})
        ends = 1 if len(last) == 1 else torch.tensor(last, device=model.device)
        out = model(
            **self._step(tokens, max(counts), model.device),
            past_key_values=self._cache,
            use_cache=True,
            logits_to_keep=ends,
        )
        self._settle(counts)
        where = [last.index(count - 1) for count in counts]
        logits: torch.Tensor = out.logits[torch.arange(len(counts)), where]
        return logits

    def joined(self, other: KeyValues) -> KeyValues:
        """Return these rows and those of `other` below them."""
        width = max(*self.lengths, *other.lengths)
        cache = DynamicCache()
        for one, two in zip(self._cache.layers, other._cache.layers, strict=True):
            slots = _slots(one, width)
            pairs = ((one.keys, two.keys), (one.values, two.values))
            states = [torch.cat([_widened(a, slots), _widened(b, slots)]) for a, b in pairs]
            cache.layers.append(_twin(one, *states, width=width))
        return KeyValues(cache, self.lengths + other.lengths)

    def kept(self, rows: Sequence[int]) -> KeyValues:
        """Return these rows only, in this order; at least one."""
        lengths = [self.lengths[row] for row in rows]
        cache = DynamicCache()
        for layer in self._cache.layers:
            slots = _slots(layer, max(lengths))
            chosen = torch.tensor(rows, device=layer.keys.device)
            states = [
                states[:, :, states.shape[-2] - slots :].index_select(0, chosen)
                for states in (layer.keys, layer.values)
            ]
            cache.layers.append(_twin(layer, *states, width=max(lengths)))
        return KeyValues(cache, lengths)

    def _step(
        self, tokens: Sequence[Sequence[int]], most: int, device: torch.device
    ) -> dict[str, torch.Tensor]:
        width = max(self.lengths)
        ids = [[*row, *[_PADDING] * (most - len(row))] for row in tokens]
        places = [range(length, length + most) for length in self.lengths]
        mask = torch.zeros(len(ids), width + most, dtype=torch.long)
        for number, (row, length) in enumerate(zip(tokens, self.lengths, strict=True)):
            mask[number, width - length : width + len(row)] = 1
        return {
            "input_ids": torch.tensor(ids, device=device),
            "position_ids": torch.tensor(places, device=device),
            "attention_mask": mask.to(device),
        }

    def _settle(self, counts: Sequence[int]) -> None:
        """Take the padding of this step away: move each row to end at the last slot."""
        shifts = [max(counts) - count for count in counts]
        self.lengths = [length + count for length, count in zip(self.lengths, counts, strict=True)]
        width = max(self.lengths)
        for layer in self._cache.layers:
            slots = _slots(layer, width)
            layer.keys = _aligned(layer.keys, shifts, slots)
            layer.values = _aligned(layer.values, shifts, slots)
            if isinstance(layer, _Window):
                layer.cumulative_length = width


class _Window(DynamicSlidingWindowLayer):  # type: ignore[no-untyped-call]
    """A layer with a sliding window that is cut only when the rows have been moved."""

    def update(
        self,
        key_states: torch.Tensor,
        value_states: torch.Tensor,
        *args: object,  # noqa: ARG002 - older releases pass what newer ones do not
        **kwargs: object,  # noqa: ARG002
    ) -> tuple[torch.Tensor, torch.Tensor]:
        self.cumulative_length += key_states.shape[-2]
        updated: tuple[torch.Tensor, torch.Tensor] = DynamicLayer.update(
            self, key_states, value_states
        )
        return updated


def _emptied(layer: Any) -> Any:
    """Return an empty layer of the same kind that can be cut late.

    Raises:
        BackendError: The layer keeps something else than keys and values of attention.
    """
    if isinstance(layer, DynamicSlidingWindowLayer):
        return _Window(sliding_window=layer.sliding_window)
    if type(layer) is DynamicLayer:
        make: Any = DynamicLayer
        return make()
    raise _unknown(type(layer).__name__)


def _unknown(kind: str) -> BackendError:
    return BackendError(
        f"{kind} keeps something else than keys and values of attention. Serve the model with "
        "vLLM or llama.cpp and give the server's URL."
    )


def _twin(layer: Any, keys: torch.Tensor, values: torch.Tensor, *, width: int | None = None) -> Any:
    twin: Any = _emptied(layer)
    if isinstance(layer, _Window):
        twin.cumulative_length = layer.cumulative_length if width is None else width
    if keys is not None:
        twin.keys, twin.values = keys, values
        twin.dtype, twin.device = keys.dtype, keys.device
        twin.is_initialized = True
    return twin


def _slots(layer: Any, width: int) -> int:
    """Return how many slots a layer keeps of `width` tokens."""
    return min(width, layer.sliding_window - 1) if isinstance(layer, _Window) else width


def _aligned(states: torch.Tensor, shifts: Sequence[int], slots: int) -> torch.Tensor:
    """Return the last `slots` slots after moving each row right by its shift."""
    end = states.shape[-2]
    if not any(shifts):
        return states[:, :, end - slots :]
    moved = states.new_zeros((*states.shape[:2], slots, states.shape[-1]))
    for number, shift in enumerate(shifts):
        first = max(end - shift - slots, 0)
        kept = end - shift - first
        moved[number, :, slots - kept :] = states[number, :, first : end - shift]
    return moved


def _widened(states: torch.Tensor, slots: int) -> torch.Tensor:
    missing = slots - states.shape[-2]
    return torch.nn.functional.pad(states, (0, 0, missing, 0)) if missing > 0 else states
