"""A BERT encoder with mean pooling, as an int8 ONNX graph built from its own weights.

Each text runs alone, so nothing is padded, no mask is needed, and a vector cannot depend on
what else is in a batch. The token embeddings are looked up outside the graph, so that only
the rows in use are ever read from disk.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from medrag.embedders.onnx_file import Attribute, Graph

Weights = Mapping[str, NDArray[np.float32]]
Loud = Mapping[str, Mapping[int, float]]
"""Linear layer -> input channel -> the power of two by which that channel is made quieter."""


@dataclass(frozen=True, slots=True)
class BertShape:
    """What a BERT encoder's `config.json` says about its size."""

    layers: int
    heads: int
    hidden: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class QuantizedLinear:
    """A linear layer in int8.

    Attributes:
        weight: (inputs, outputs) int8, C-contiguous.
        scale: (outputs,) float32; the real weight is `weight * scale`.
        bias: (outputs,) float32.
    """

    weight: NDArray[np.int8]
    scale: NDArray[np.float32]
    bias: NDArray[np.float32]


class _Rounded(NamedTuple):
    """The names of a state in 8 bits: `(steps - zero) * scale`."""

    steps: str
    scale: str
    zero: str


def quantize(
    weight: NDArray[np.float32], bias: NDArray[np.float32], loud: Mapping[int, float]
) -> QuantizedLinear:
    """Return a linear layer of shape (outputs, inputs) with one scale an output.

    Symmetric, in [-127, 127]; an output without weights has scale 1. The columns named in
    `loud` are multiplied by their factor, for inputs that were divided by it.
    """
    if loud:
        weight = weight.copy()
        for channel, factor in loud.items():
            weight[:, channel] *= factor
    peak = np.maximum(weight.max(axis=1), -weight.min(axis=1))
    scale = np.where(peak > 0, peak / 127, 1).astype(np.float32)
    steps = weight / scale[:, None]
    np.rint(steps, out=steps)  # in place: a process that starts pays for every new page
    return QuantizedLinear(np.ascontiguousarray(steps.astype(np.int8).T), scale, bias)


def build_encoder(weights: Weights, shape: BertShape, loud: Loud) -> bytes:
    """Return an ONNX model from `embeddings` (tokens, hidden) to `mean` (1, hidden).

    Linear layers are int8, weights scaled per output and activations per text, in which one
    loud channel would coarsen all others: `loud` divides it, exactly, before rounding, and
    multiplies its weights instead.

    Source:
        Xiao et al., ICML 2023, arXiv:2211.10438 (the idea of moving the scale across).
    """
    graph = Graph()
    encoder = _Encoder(graph, weights, _quantize_all(weights, loud), shape, loud)
    state = encoder.norm("embeddings.LayerNorm", "embeddings")
    for layer in range(shape.layers):
        state = encoder.layer(f"encoder.layer.{layer}", state)
    graph.node("ReduceMean", [state], "mean", attributes={"axes": [0], "keepdims": 1})
    return graph.model(
        {"embeddings": ("float32", ["tokens", shape.hidden])},
        {"mean": ("float32", [1, shape.hidden])},
    )


def _quantize_all(weights: Weights, loud: Loud) -> dict[str, QuantizedLinear]:
    names = [
        name.removesuffix(".weight")
        for name, array in weights.items()
        if name.startswith("encoder.layer.") and array.ndim == 2
    ]

    def one(name: str) -> QuantizedLinear:
        # query, key and value read the same state, so they share the entry of `query`
        shared = name.replace(".self.key", ".self.query").replace(".self.value", ".self.query")
        return quantize(weights[f"{name}.weight"], weights[f"{name}.bias"], loud.get(shared, {}))

    with ThreadPoolExecutor() as pool:
        return dict(zip(names, pool.map(one, names), strict=True))


@dataclass(frozen=True, slots=True)
class _Encoder:
    """Adds the parts of the encoder to the graph; every method returns the node's name."""

    graph: Graph
    weights: Weights
    linears: Mapping[str, QuantizedLinear]
    shape: BertShape
    loud: Loud

    def layer(self, name: str, state: str) -> str:
        context = self._rounded(f"{name}.attention.output.dense", self._attention(name, state))
        attended = self._linear(f"{name}.attention.output.dense", context)
        state = self._add(f"{name}.attention.output", state, attended)
        rounded = self._rounded(f"{name}.intermediate.dense", state)
        inner = self._linear(f"{name}.intermediate.dense", rounded)
        inner = self.graph.node("Gelu", [inner], f"{name}.gelu", microsoft=True)
        rounded = self._rounded(f"{name}.output.dense", inner)
        outer = self._linear(f"{name}.output.dense", rounded)
        return self._add(f"{name}.output", state, outer)

    def norm(self, name: str, state: str) -> str:
        inputs = [
            state,
            self.graph.constant(f"{name}.weight", self.weights[f"{name}.weight"]),
            self.graph.constant(f"{name}.bias", self.weights[f"{name}.bias"]),
        ]
        attributes = {"epsilon": self.shape.epsilon, "axis": -1}
        return self.graph.node("LayerNormalization", inputs, name, attributes=attributes)

    def _add(self, name: str, state: str, change: str) -> str:
        total = self.graph.node("Add", [state, change], f"{name}.add")
        return self.norm(f"{name}.LayerNorm", total)

    def _attention(self, name: str, state: str) -> str:
        """Mix values by attention, the heads read where they stand, without transposing them."""
        rounded = self._rounded(f"{name}.attention.self.query", state)
        query, key, value = (
            self._heads(f"{name}.attention.self.{part}", rounded)
            for part in ("query", "key", "value")
        )
        root = float((self.shape.hidden // self.shape.heads) ** -0.5)
        turned = {"transB": 1, "transBatchA": 1, "transBatchB": 1, "alpha": root}
        scores = self._product([query, key], f"{name}.scores", turned)
        shares = self.graph.node("Softmax", [scores], f"{name}.shares", attributes={"axis": -1})
        mixed = self._product([shares, value], f"{name}.mixed", {"transBatchB": 1})
        tokens_first = self.graph.node(
            "Transpose", [mixed], f"{name}.context", attributes={"perm": (1, 0, 2)}
        )
        return self._reshape(tokens_first, (0, self.shape.hidden))

    def _heads(self, name: str, rounded: _Rounded) -> str:
        """Return a linear layer's outputs as (tokens, heads, size of a head)."""
        heads = self.shape.heads
        return self._reshape(self._linear(name, rounded), (0, heads, self.shape.hidden // heads))

    def _product(self, inputs: list[str], output: str, attributes: Mapping[str, Attribute]) -> str:
        """Multiply for each head; `transBatch` says that the heads are the second axis."""
        return self.graph.node("FusedMatMul", inputs, output, attributes=attributes, microsoft=True)

    def _rounded(self, name: str, state: str) -> _Rounded:
        """Return `state` in 8 bits, as the layer `name` reads it."""
        channels = self.loud.get(name)
        if channels:
            factors = np.ones(self.weights[f"{name}.weight"].shape[1], dtype=np.float32)
            for channel, factor in channels.items():
                factors[channel] = 1 / factor
            inputs = [state, self.graph.constant(f"{name}.factors", factors)]
            state = self.graph.node("Mul", inputs, f"{name}.quiet")
        steps, scale, zero = f"{name}.steps", f"{name}.step", f"{name}.zero"
        self.graph.node("DynamicQuantizeLinear", [state], steps, also=[scale, zero])
        return _Rounded(steps, scale, zero)

    def _linear(self, name: str, rounded: _Rounded) -> str:
        linear = self.linears[name]
        inputs = [
            rounded.steps,
            self.graph.constant(f"{name}.weight", linear.weight),
            rounded.scale,
            self.graph.constant(f"{name}.scale", linear.scale),
            rounded.zero,
            "",
            self.graph.constant(f"{name}.bias", linear.bias),
        ]
        return self.graph.node("MatMulIntegerToFloat", inputs, name, microsoft=True)

    def _reshape(self, state: str, shape: tuple[int, ...]) -> str:
        target = self.graph.constant(f"{state}.shape", np.array(shape, dtype=np.int64))
        return self.graph.node("Reshape", [state, target], f"{state}.reshaped")
