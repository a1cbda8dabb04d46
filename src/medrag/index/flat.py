"""Exact search: every vector is compared, in half precision.

Half precision scans 2.5 times as fast as single and takes half the room; the inner product of
unit vectors moves by about 1e-5, a thousandth of what an int8 embedder moves it by.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import faiss as _faiss
import numpy as np

from medrag.index.vectors import EXACT_FILE, Halves, Mask, Rows, Vectors, best, nothing

faiss: Any = _faiss  # its stubs lack what its own Python layer adds

_CHUNK_ROWS = 1 << 16
_WRITE_BYTES = 1 << 20
_GATHER_SHARE = 0.05
"""Below this allowed share, collecting the allowed vectors beats scanning past the others."""


class FlatIndex:
    """Compares every vector; the kind that other kinds are measured against."""

    floor = 1.0

    def __init__(self, folder: Path) -> None:
        path = folder / EXACT_FILE
        self._faiss = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
        self._shape: tuple[int, int] = (self._faiss.ntotal, self._faiss.d)
        self.vectors = _codes(path, self._shape)

    @staticmethod
    def build(folder: Path, vectors: Halves) -> None:
        """Write nothing: the exact vectors are there already."""

    @classmethod
    def open(cls, folder: Path) -> FlatIndex:
        """Return the exact index in `folder`, memory-mapped."""
        return cls(folder)

    def __len__(self) -> int:
        return self._shape[0]

    def search(
        self, queries: Vectors, k: int, *, allowed: Mask | None = None
    ) -> tuple[Vectors, Rows]:
        """Return the k nearest, all compared; see `core.protocols.VectorIndex.search`."""
        count = len(self) if allowed is None else int(np.count_nonzero(allowed))
        k = min(k, count)
        if k <= 0 or not len(queries):
            return nothing(len(queries))
        if allowed is not None and count <= _GATHER_SHARE * len(self):
            return self._gather(queries, k, np.flatnonzero(allowed))
        parameters = None
        if allowed is not None:
            bits = np.packbits(allowed, bitorder="little")
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(bits))
        with cores_for(queries):
            scores, rows = self._faiss.search(np.ascontiguousarray(queries), k, params=parameters)
        return best(scores, rows, k)

    def _gather(self, queries: Vectors, k: int, rows: Rows) -> tuple[Vectors, Rows]:
        gathered = self.vectors[rows].astype(np.float32)
        # Not a matrix product: it adds in another order where it has more questions, so a score
        # would depend on what is asked beside it, and its threads cost a few questions more.
        scores = np.einsum("qd,rd->qr", queries, gathered)
        return best(scores, np.broadcast_to(rows, scores.shape), k)


def _codes(path: Path, shape: tuple[int, int]) -> Halves:
    if not shape[0]:
        return np.empty(shape, dtype=np.float16)
    # FAISS writes the codes last, so they can be read without copying them.
    start = path.stat().st_size - 2 * shape[0] * shape[1]
    return np.memmap(path, dtype="<f2", mode="r", offset=start, shape=shape)


@contextlib.contextmanager
def one_core() -> Iterator[None]:
    """Let FAISS use one core inside; the setting is this thread's own and is put back.

    Where the work is small, threads spend their time waiting for each other, on a busy machine
    a hundred times as long as the work takes.
    """
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


def cores_for(queries: Vectors) -> contextlib.AbstractContextManager[None]:
    """Return what to search in: one core for one question, all of them for a batch."""
    return one_core() if len(queries) == 1 else contextlib.nullcontext()


def write_exact(folder: Path, vectors: Halves) -> None:
    """Write `vectors`, shape (n, dim), as the exact vectors of the part in `folder`.

    Raises:
        OSError: The disk is full, or the folder cannot be written.
    """
    index = faiss.IndexScalarQuantizer(
        vectors.shape[1], faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    )
    for start in range(0, len(vectors), _CHUNK_ROWS):
        index.add(vectors[start : start + _CHUNK_ROWS].astype(np.float32))
    write_faiss(index, folder / EXACT_FILE)


def write_faiss(index: Any, path: Path) -> None:
    """Write a FAISS index through Python's file, whose errors are not lost.

    Raises:
        OSError: The disk is full, or the folder cannot be written.
    """
    with path.open("wb") as file:
        writer = faiss.PyCallbackIOWriter(file.write, _WRITE_BYTES)
        faiss.write_index(index, writer)
        del writer
