"""onnxruntime, kept silent: imported only here, after its telemetry has been switched off."""

from __future__ import annotations

import os

# The official builds of onnxruntime (1.31, for one) write a device id into the user's cache and
# upload usage events unless this is set before the library is loaded (its Privacy.md).
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime
from onnxruntime import InferenceSession

__all__ = ["InferenceSession", "open_session"]


def open_session(model: bytes) -> InferenceSession:
    """Return a session that computes in the calling thread only and starts none of its own."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return InferenceSession(model, options, providers=["CPUExecutionProvider"])
