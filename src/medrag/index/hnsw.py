"""A graph of neighbors over 8-bit vectors, rescored exactly: the fastest single question.

Source: Malkov and Yashunin, arXiv:1603.09320.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import faiss as _faiss
import numpy as np

from medrag.index.flat import FlatIndex, cores_for, write_faiss
from medrag.index.rescored import Rescored, read_settings, tuned, write_settings
from medrag.index.vectors import Halves, Mask, Rows, Vectors

faiss: Any = _faiss  # its stubs lack what its own Python layer adds

_FILE = "hnsw.faiss"
_SETTINGS = "hnsw.json"
_NEIGHBORS = 32
_CONSTRUCTION = 120
_TRAINING_ROWS = 50_000
_CHUNK_ROWS = 1 << 16
_CANDIDATES = (64, 128, 256, 512, 1024)


class HnswKind:
    """Half a millisecond for a question over a million vectors; slow to build."""

    floor = 0.95

    @staticmethod
    def build(folder: Path, vectors: Halves) -> None:
        """Write the graph of `vectors` into `folder`, and how far it has to be walked."""
        index = faiss.IndexHNSWSQ(
            vectors.shape[1],
            faiss.ScalarQuantizer.QT_8bit,
            _NEIGHBORS,
            faiss.METRIC_INNER_PRODUCT,
        )
        index.hnsw.efConstruction = _CONSTRUCTION
        step = max(1, len(vectors) // _TRAINING_ROWS)
        index.train(vectors[::step].astype(np.float32))
        for start in range(0, len(vectors), _CHUNK_ROWS):
            index.add(vectors[start : start + _CHUNK_ROWS].astype(np.float32))
        exact = FlatIndex(folder)
        candidates, _ = tuned(exact, _CANDIDATES, lambda count: _opened(index, exact, count))
        write_faiss(index, folder / _FILE)
        write_settings(folder / _SETTINGS, candidates=candidates)

    @staticmethod
    def open(folder: Path) -> Rescored:
        """Return the graph in `folder`, memory-mapped."""
        index = faiss.read_index(str(folder / _FILE), faiss.IO_FLAG_MMAP_IFC)
        return _opened(index, FlatIndex(folder), read_settings(folder / _SETTINGS)["candidates"])


def _opened(index: Any, exact: FlatIndex, candidates: int) -> Rescored:
    def propose(queries: Vectors, wanted: int, allowed: Mask | None) -> Rows:
        bits, selector = None, None
        if allowed is not None:
            # The walk still passes through rows that are not allowed, so the allowed share
            # of `wanted` is what it finds; asking for all of them would only be slower.
            bits = np.packbits(allowed, bitorder="little")
            selector = faiss.IDSelectorBitmap(bits)
        parameters = faiss.SearchParametersHNSW(efSearch=wanted, sel=selector)
        with cores_for(queries):
            asked = np.ascontiguousarray(queries)
            rows: Rows = index.search(asked, wanted, params=parameters)[1]
        return rows

    return Rescored(exact, propose, candidates=candidates)
