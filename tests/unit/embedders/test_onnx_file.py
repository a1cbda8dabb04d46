"""Models written by hand, run by the runtime that they are for."""

from __future__ import annotations

import numpy as np

from medrag.embedders.onnx_file import Graph
from medrag.embedders.onnx_runtime import open_session, saturates


def test_a_written_graph_computes_what_it_says() -> None:
    graph = Graph()
    weight = graph.constant("w", np.array([[1, 2], [3, 4], [5, 6]], dtype=np.float32))
    product = graph.node("MatMul", ["x", weight], "product")
    turned = graph.node("Transpose", [product], "turned", attributes={"perm": (1, 0)})
    graph.node("LeakyRelu", [turned], "y", attributes={"alpha": 0.5})
    model = graph.model({"x": ("float32", ["n", 3])}, {"y": ("float32", [2, "n"])})
    session = open_session(model, unsigned_weights=False)
    rows = np.array([[1, 0, 0], [0, 1, -1]], dtype=np.float32)
    assert session.run(None, {"x": rows})[0].tolist() == [[1.0, -1.0], [2.0, -1.0]]


def test_numbers_above_127_and_below_zero_are_written_whole() -> None:
    graph = Graph()
    starts = graph.constant("starts", np.array([-200], dtype=np.int64))
    ends = graph.constant("ends", np.array([300], dtype=np.int64))
    graph.node("Slice", ["x", starts, ends], "y")
    model = graph.model({"x": ("float32", [400])}, {"y": ("float32", ["m"])})
    session = open_session(model, unsigned_weights=False)
    rows = np.arange(400, dtype=np.float32)
    assert session.run(None, {"x": rows})[0].tolist() == list(range(200, 300))


def test_unsigned_weights_never_saturate() -> None:
    size = 64
    graph = Graph()
    weight = graph.constant("weight", np.full((size, size), 127, dtype=np.int8))
    scale = graph.constant("scale", np.full(size, 1 / 127, dtype=np.float32))
    bias = graph.constant("bias", np.ones(size, dtype=np.float32))
    graph.node("DynamicQuantizeMatMul", ["x", weight, scale, "", bias], "y", microsoft=True)
    model = graph.model({"x": ("float32", [1, size])}, {"y": ("float32", [1, size])})
    session = open_session(model, unsigned_weights=True)
    ones = np.ones((1, size), dtype=np.float32)
    np.testing.assert_allclose(session.run(None, {"x": ones})[0], size + 1, rtol=1e-3)
    assert saturates() in {True, False}
