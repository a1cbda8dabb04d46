"""The MedGemma variants: what they read, and how much memory they take, by their architecture.

Nothing here is measured: parameters follow from the published dimensions (Gemma 3 technical
report, arXiv:2503.19786, and the `config.json` of each model), and the tests build the same
models without weights and count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from medrag.generation.local_model import Precision
from medrag.generation.terms import HUB_NAMES, TERMS_URL

LICENCE = "Health AI Developer Foundations Terms of Use"
LICENCE_URL = TERMS_URL
ALLOWANCE_BYTES = 3 * 2**29
"""1.5 GiB for the runtime, its kernels and activations: an allowance, not a measurement."""

Reads = Literal["text", "image"]

_BF16 = 2
_NF4 = 0.5 + 1 / 64 + 4 / (64 * 256)
"""Bytes of a weight in NF4 with double quantization: 4 bits, an 8-bit scale for each 64, a 32-bit
scale for each 256 of those (arXiv:2305.14314)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """The dimensions of a Gemma 3 text model, and whether the SigLIP tower reads pictures.

    Attributes:
        hidden, inner: Width of the stream and of the gated feed-forward.
        heads, groups, head: Query heads, key-value heads, and the width of each.
        vocabulary: Rows of the embedding, which is the output as well.
        window, period: Layers look back `window` tokens; each `period`th looks at all.
        sees: Whether there is a picture encoder.
    """

    layers: int
    hidden: int
    inner: int
    heads: int
    groups: int
    head: int
    vocabulary: int
    window: int = 1024
    period: int = 6
    sees: bool = False

    @property
    def parameters(self) -> int:
        """Every trained number, the picture encoder included."""
        return self._linear + self._rest

    def weights_bytes(self, precision: Precision) -> int:
        """Return what the weights take; in 4 bits the embedding and the norms stay bf16."""
        if precision == "bf16":
            return _BF16 * self.parameters
        return round(_NF4 * self._linear) + _BF16 * self._rest

    def states_bytes(self, tokens: int) -> int:
        """Return what the keys and values of one reply take, prompt and reply `tokens` long."""
        everywhere = self.layers // self.period
        near = self.layers - everywhere
        kept = everywhere * tokens + near * min(tokens, self.window)
        return 2 * _BF16 * self.groups * self.head * kept

    @property
    def _linear(self) -> int:
        """The weights of linear layers: what 4 bits make smaller."""
        attention = 2 * self.hidden * self.head * (self.heads + self.groups)
        return self.layers * (attention + 3 * self.hidden * self.inner) + (
            _TOWER_LINEAR if self.sees else 0
        )

    @property
    def _rest(self) -> int:
        norms = self.layers * (4 * self.hidden + 2 * self.head) + self.hidden
        sight = _TOWER_REST + _TOWER * self.hidden + _TOWER if self.sees else 0
        return self.vocabulary * self.hidden + norms + sight


# SigLIP So400m/14 at 896 x 896: 27 layers of 1,152 with 4,304 inside, 4,096 patches of 14 x 14.
_TOWER, _TOWER_INNER, _TOWER_LAYERS, _PATCHES = 1152, 4304, 27, 4096
_TOWER_LINEAR = _TOWER_LAYERS * (4 * _TOWER * _TOWER + 2 * _TOWER * _TOWER_INNER)
_TOWER_REST = (
    _TOWER_LAYERS * (4 * _TOWER + _TOWER_INNER + _TOWER + 4 * _TOWER)  # biases, two norms
    + (3 * 14 * 14 + 1) * _TOWER  # patches to vectors
    + _PATCHES * _TOWER  # where a patch is
    + 2 * _TOWER  # the last norm
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One model that has a short name here.

    Attributes:
        name: As `--llm` takes it.
        reads: What it can be given; this library gives it text.
        context_tokens: The most tokens of prompt and reply together.
        thinks: Whether it can think before it answers: `asked` only when told to, `unasked` of
            its own accord (a grammar, or a mask at the first token, keeps it from beginning).
    """

    name: str
    architecture: Architecture
    reads: tuple[Reads, ...]
    thinks: Literal["asked", "unasked", "no"]
    context_tokens: int = 131_072

    @property
    def hub_name(self) -> str:
        """Its name at the model hub."""
        return HUB_NAMES[self.name]

    def memory_bytes(self, precision: Precision, tokens: int) -> int:
        """Return what one reply needs: weights, keys and values, and the allowance."""
        shape = self.architecture
        return shape.weights_bytes(precision) + shape.states_bytes(tokens) + ALLOWANCE_BYTES


def _large(vocabulary: int, *, sees: bool) -> Architecture:
    return Architecture(
        layers=62,
        hidden=5376,
        inner=21504,
        heads=32,
        groups=16,
        head=128,
        vocabulary=vocabulary,
        sees=sees,
    )


_SMALL = Architecture(
    layers=34,
    hidden=2560,
    inner=10240,
    heads=8,
    groups=4,
    head=256,
    vocabulary=262_208,
    sees=True,
)

VARIANTS = (
    Variant(
        name="medgemma-27b",
        architecture=_large(262_144, sees=False),
        reads=("text",),
        thinks="asked",
    ),
    Variant(
        name="medgemma-27b-multimodal",
        architecture=_large(262_208, sees=True),
        reads=("text", "image"),
        thinks="asked",
    ),
    Variant(name="medgemma-4b", architecture=_SMALL, reads=("text", "image"), thinks="no"),
    Variant(name="medgemma-1.5-4b", architecture=_SMALL, reads=("text", "image"), thinks="unasked"),
)
"""In the order of the list that `medrag models` prints."""
