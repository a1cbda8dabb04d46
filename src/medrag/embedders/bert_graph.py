"""A BERT encoder with mean pooling, as an int8 ONNX graph built from its own weights.

Each text runs alone, so nothing is padded and no mask is needed: a vector cannot depend on
what else is in a batch. The token embeddings are looked up outside, so that only the rows
in use are ever read from disk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from medrag.embedders.onnx_file import Graph

Weights = Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class BertShape:
    """What a BERT encoder's `config.json` says about its size."""

    layers: int
    heads: int
    hidden: int
    epsilon: float


def build_encoder(weights: Weights, shape: BertShape) -> bytes:
    """Return an ONNX model from `embeddings` (1, tokens, hidden) to `mean` (1, hidden).

    Linear layers are int8: weights per output channel, activations per text.
    """
    graph = Graph()
    norm = "embeddings.LayerNorm"
    state = graph.node(
        "LayerNormalization",
        ["embeddings", *_pair(graph, weights, norm)],
        "embedded",
        attributes={"epsilon": shape.epsilon, "axis": -1},
    )
    for layer in range(shape.layers):
        state = _layer(graph, weights, f"encoder.layer.{layer}", state, shape=shape)
    graph.node("ReduceMean", [state], "mean", attributes={"axes": [1], "keepdims": 0})
    return graph.model(
        {"embeddings": ("float32", [1, "tokens", shape.hidden])},
        {"mean": ("float32", [1, shape.hidden])},
    )


def _layer(graph: Graph, weights: Weights, name: str, state: str, *, shape: BertShape) -> str:
    parts = [
        _linear(graph, weights, f"{name}.attention.self.{part}", state)
        for part in ("query", "key", "value")
    ]
    context = graph.node(
        "MultiHeadAttention",
        parts,
        f"{name}.context",
        attributes={"num_heads": shape.heads},
        microsoft=True,
    )
    attended = _linear(graph, weights, f"{name}.attention.output.dense", context)
    state = _add_and_norm(
        graph, weights, f"{name}.attention.output.LayerNorm", state=state, change=attended
    )
    inner = _linear(graph, weights, f"{name}.intermediate.dense", state)
    inner = graph.node("Gelu", [inner], f"{name}.gelu", microsoft=True)
    outer = _linear(graph, weights, f"{name}.output.dense", inner)
    return _add_and_norm(graph, weights, f"{name}.output.LayerNorm", state=state, change=outer)


def _linear(graph: Graph, weights: Weights, name: str, state: str) -> str:
    quantized, scale = quantize_rows(weights[f"{name}.weight"])
    inputs = [
        state,
        graph.constant(f"{name}.weight", np.ascontiguousarray(quantized.T)),
        graph.constant(f"{name}.scale", scale),
        "",
        graph.constant(f"{name}.bias", weights[f"{name}.bias"]),
    ]
    return graph.node("DynamicQuantizeMatMul", inputs, name, microsoft=True)


def _add_and_norm(graph: Graph, weights: Weights, name: str, *, state: str, change: str) -> str:
    return graph.node(
        "SkipLayerNormalization",
        [state, change, *_pair(graph, weights, name)],
        name,
        attributes={"epsilon": 1e-12},
        microsoft=True,
    )


def _pair(graph: Graph, weights: Weights, name: str) -> tuple[str, str]:
    return (
        graph.constant(f"{name}.weight", weights[f"{name}.weight"]),
        graph.constant(f"{name}.bias", weights[f"{name}.bias"]),
    )


def quantize_rows(
    weight: NDArray[np.float32],
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return int8 of the same shape and one scale a row, so that row = int8 * scale.

    Symmetric, in [-127, 127]; a row of zeros has scale 1.
    """
    peak = np.abs(weight).max(axis=1)
    scale = np.where(peak > 0, peak / 127, 1).astype(np.float32)
    return np.rint(weight / scale[:, None]).astype(np.int8), scale
