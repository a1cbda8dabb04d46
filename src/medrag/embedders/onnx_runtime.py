"""onnxruntime, kept silent: imported only here, after its telemetry has been switched off."""

from __future__ import annotations

import os
from functools import cache

import numpy as np

from medrag.embedders.onnx_file import ElementType, Graph
from medrag.errors import BackendError

# The official builds of onnxruntime (1.31, for one) write a device id and a database into
# the user's cache and upload usage events, unless this is set before the library is loaded:
# https://github.com/microsoft/onnxruntime/blob/main/docs/Privacy.md, "Disabling Telemetry".
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime
from onnxruntime import InferenceSession

__all__ = ["InferenceSession", "open_session", "saturates"]


def open_session(model: bytes, *, unsigned_weights: bool) -> InferenceSession:
    """Return a session that computes in the calling thread only and starts none of its own.

    Several threads may run it at once, and it survives a fork.

    Args:
        model: An ONNX file.
        unsigned_weights: Store int8 weights as uint8: the same products, half as fast where
            the processor has instructions for signed ones. Needed where `saturates`.

    Raises:
        BackendError: This build of onnxruntime cannot run the model.
    """
    # Where another library loaded onnxruntime first, the variable above came too late.
    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_mem_pattern = False  # plans per length, and there are hundreds of lengths
    if unsigned_weights:
        options.add_session_config_entry("session.x64quantprecision", "1")
    try:
        return InferenceSession(
            model,
            options,
            providers=["CPUExecutionProvider"],
            # its fused kernel accumulates one value at a time, 7 times slower than the two
            # operators that it replaces (onnxruntime 1.31)
            disabled_optimizers=["SkipLayerNormFusion"],
        )
    except Exception as error:  # its errors share no root of their own
        raise BackendError(
            f"onnxruntime {onnxruntime.__version__} cannot run the embedding model. "
            "Run: pip install --upgrade onnxruntime"
        ) from error


@cache
def saturates() -> bool:
    """Return whether this processor loses sums of products of unsigned and signed bytes.

    x86 without VNNI instructions adds pairs of such products in 16 bits. It is found by
    trying, because that is what counts: 255 * 127 + 255 * 127 does not fit.

    Source:
        https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html, "When
        and why do I need to try U8U8?".
    """
    size = 64
    graph = Graph()
    weight = graph.constant("weight", np.full((size, size), 127, dtype=np.int8))
    scale = graph.constant("scale", np.full(size, 1 / 127, dtype=np.float32))
    graph.node("DynamicQuantizeMatMul", ["x", weight, scale], "y", microsoft=True)
    shape: tuple[ElementType, list[int | str]] = ("float32", [size, size])
    session = open_session(graph.model({"x": shape}, {"y": shape}), unsigned_weights=False)
    ones = np.ones((size, size), dtype=np.float32)
    return not np.allclose(session.run(None, {"x": ones})[0], size, rtol=1e-3)
