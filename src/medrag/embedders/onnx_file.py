"""Writes ONNX models, as bytes, without the `onnx` package.

Only what an inference graph needs: nodes, float and integer attributes, initialisers,
inputs and outputs. An ONNX file is a protocol-buffer message, and a message is
a list of numbered fields, so the writer is a page long and saves a 31 MB dependency.

Source:
    https://github.com/onnx/onnx/blob/v1.17.0/onnx/onnx.proto (field numbers and types);
    https://protobuf.dev/programming-guides/encoding/ (wire format).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Attribute = int | float | Sequence[int]
Array = NDArray[np.float32] | NDArray[np.int8] | NDArray[np.uint8] | NDArray[np.int64]
ElementType = Literal["float32", "uint8", "int8", "int32", "int64"]

_ELEMENT_CODE: dict[str, int] = {"float32": 1, "uint8": 2, "int8": 3, "int32": 6, "int64": 7}
_IR_VERSION = 8
_OPSET = 17
_MICROSOFT = "com.microsoft"


@dataclass(frozen=True, slots=True)
class Graph:
    """A graph under construction: its nodes in execution order, and its constants.

    Constants are kept as pieces and joined once, because they are nearly all of the file.
    """

    nodes: list[bytes] = field(default_factory=list)
    constants: list[bytes | memoryview] = field(default_factory=list)

    def constant(self, name: str, value: Array) -> str:
        """Add a constant array and return its name."""
        array = np.ascontiguousarray(value, dtype=value.dtype.newbyteorder("<"))
        head = b"".join(_integer(1, size) for size in array.shape)
        head += _integer(2, _ELEMENT_CODE[array.dtype.name]) + _text(8, name)
        head += _tag(9, 2) + _varint(array.nbytes)
        self.constants.append(_tag(5, 2) + _varint(len(head) + array.nbytes) + head)
        self.constants.append(array.reshape(-1).view(np.uint8).data)
        return name

    def node(
        self,
        operator: str,
        inputs: Sequence[str],
        output: str,
        *,
        also: Sequence[str] = (),
        attributes: Mapping[str, Attribute] | None = None,
        microsoft: bool = False,
    ) -> str:
        """Add a node and return the name of its first output.

        Args:
            operator: As in the ONNX operator list, or in onnxruntime's contributed
                operators where `microsoft` is true.
            inputs: Names; an empty name leaves an optional input out.
            output: The name of its first output.
            also: The names of its other outputs.
            attributes: By name; an int, a float or a sequence of ints.
            microsoft: Whether the operator is of the domain `com.microsoft`.
        """
        message = b"".join(_text(1, name) for name in inputs)
        message += b"".join(_text(2, name) for name in (output, *also))
        message += _text(3, output) + _text(4, operator)
        for name, value in (attributes or {}).items():
            message += _message(5, _attribute(name, value))
        if microsoft:
            message += _text(7, _MICROSOFT)
        self.nodes.append(message)
        return output

    def model(
        self,
        inputs: Mapping[str, tuple[ElementType, Sequence[int | str]]],
        outputs: Mapping[str, tuple[ElementType, Sequence[int | str]]],
    ) -> bytes:
        """Return the model file; a `str` in a shape is a dimension fixed only at run time."""
        start = b"".join(_message(1, node) for node in self.nodes) + _text(2, "medrag")
        end = b"".join(_message(11, _value(n, *kind)) for n, kind in inputs.items())
        end += b"".join(_message(12, _value(n, *kind)) for n, kind in outputs.items())
        size = len(start) + sum(len(part) for part in self.constants) + len(end)
        opsets = (("", _OPSET), (_MICROSOFT, 1))
        head = _integer(1, _IR_VERSION) + _text(2, "medrag")
        head += b"".join(_message(8, _text(1, d) + _integer(2, v)) for d, v in opsets)
        return b"".join([head, _tag(7, 2) + _varint(size), start, *self.constants, end])


def _attribute(name: str, value: Attribute) -> bytes:
    message = _text(1, name)
    if isinstance(value, float):
        return message + _tag(2, 5) + struct.pack("<f", value) + _integer(20, 1)
    if isinstance(value, int):
        return message + _integer(3, value) + _integer(20, 2)
    return message + b"".join(_integer(8, item) for item in value) + _integer(20, 7)


def _value(name: str, kind: ElementType, shape: Sequence[int | str]) -> bytes:
    dims = b"".join(
        _message(1, _integer(1, size) if isinstance(size, int) else _text(2, size))
        for size in shape
    )
    tensor = _integer(1, _ELEMENT_CODE[kind]) + _message(2, dims)
    return _text(1, name) + _message(2, _message(1, tensor))


def _integer(number: int, value: int) -> bytes:
    return _tag(number, 0) + _varint(value & 0xFFFF_FFFF_FFFF_FFFF)


def _text(number: int, value: str) -> bytes:
    return _message(number, value.encode())


def _message(number: int, content: bytes) -> bytes:
    return _tag(number, 2) + _varint(len(content)) + content


def _tag(number: int, wire_type: int) -> bytes:
    return _varint(number << 3 | wire_type)


def _varint(value: int) -> bytes:
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    parts.append(value)
    return bytes(parts)
