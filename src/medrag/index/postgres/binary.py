"""Rows in PostgreSQL's binary COPY format, several times as fast to send as text.

Source: PostgreSQL documentation, COPY, "Binary Format"; pgvector's send and receive functions.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

NULL = struct.pack(">i", -1)
_HEAD = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
_TAIL = struct.pack(">h", -1)
_CHUNK_BYTES = 1 << 17
_INT4_OID = 23
_HEAD_HALVES = 2
"""What `halfvec_send` puts before the numbers, in units of a number."""
_EPOCH = date(2000, 1, 1).toordinal()
_LOWER_INCLUDED, _LOWER_INFINITE, _UPPER_INFINITE = 0x02, 0x08, 0x10

Period = tuple["date | None", "date | None"]
"""From a day, up to and without another; None on either side has no end."""


def stream(rows: Iterable[Sequence[bytes]]) -> Iterator[bytes]:
    """Yield the stream of rows whose fields are encoded already, in pieces of 128 KiB."""
    buffer = bytearray(_HEAD)
    for fields in rows:
        buffer += struct.pack(">h", len(fields))
        buffer += b"".join(fields)
        if len(buffer) >= _CHUNK_BYTES:
            yield bytes(buffer)
            buffer.clear()
    yield bytes(buffer) + _TAIL


def raw(value: bytes | None) -> bytes:
    """Return a `bytea` or `text` field."""
    return NULL if value is None else struct.pack(">i", len(value)) + value


def integer(value: int) -> bytes:
    """Return an `integer` field."""
    return struct.pack(">ii", 4, value)


def day(value: date | None) -> bytes:
    """Return a `date` field."""
    return NULL if value is None else integer(value.toordinal() - _EPOCH)


def integers(values: NDArray[Any]) -> bytes:
    """Return an `integer[]` field."""
    count = len(values)
    if not count:
        return raw(struct.pack(">iii", 0, 0, _INT4_OID))
    pairs = np.empty((count, 2), dtype=">i4")
    pairs[:, 0], pairs[:, 1] = 4, values
    return raw(struct.pack(">iiiii", 1, 0, _INT4_OID, count, 1) + pairs.tobytes())


def half_vector(values: NDArray[np.float16]) -> bytes:
    """Return a `halfvec` field."""
    return raw(struct.pack(">HH", len(values), 0) + values.astype(">f2").tobytes())


def sparse_vector(places: NDArray[Any], values: NDArray[Any], dim: int) -> bytes:
    """Return a `sparsevec` field; places count from 0, ascend, and none has the value 0."""
    head = struct.pack(">iii", dim, len(places), 0)
    return raw(head + places.astype(">i4").tobytes() + values.astype(">f4").tobytes())


def periods(values: Sequence[Period]) -> bytes:
    """Return a `datemultirange` field."""
    ranges = b"".join(raw(_range(*period)) for period in values)
    return raw(struct.pack(">i", len(values)) + ranges)


def _range(first: date | None, end: date | None) -> bytes:
    flags = _LOWER_INFINITE if first is None else _LOWER_INCLUDED
    flags |= _UPPER_INFINITE if end is None else 0
    bounds = b"".join(day(bound) for bound in (first, end) if bound is not None)
    return bytes([flags]) + bounds


def halves_of(text: str, dim: int) -> NDArray[np.float16]:
    """Return the vectors, shape (n, dim), that `halfvec_send` gave one after another, in base64."""
    sent = np.frombuffer(base64.b64decode(text), dtype=">f2").reshape(-1, _HEAD_HALVES + dim)
    return sent[:, _HEAD_HALVES:].astype(np.float16)


def vector_text(values: Iterable[float]) -> str:
    """Return a vector as pgvector reads it in text."""
    return "[" + ",".join(map(repr, values)) + "]"
