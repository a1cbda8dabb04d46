"""All vectors scanned as 4-bit codes held in registers, then rescored exactly.

The scan reads 48 or 96 bytes for a vector of 384 numbers, several GB/s a core, so it stays in
the low milliseconds for a million passages; unlike a graph it is built in seconds, and nothing
can be out of its reach.

Source: product quantization, doi:10.1109/TPAMI.2010.57; scanned as in André, Kermarrec and
Le Scouarnec, doi:10.14778/2856318.2856324.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import faiss as _faiss
import numpy as np

from medrag.index.flat import FlatIndex, cores_for, one_core, write_faiss
from medrag.index.rescored import TARGET, Rescored, read_settings, tuned, write_settings
from medrag.index.vectors import Halves, Mask, Rows, Vectors

faiss: Any = _faiss  # its stubs lack what its own Python layer adds

_FILE = "compact.faiss"
_SETTINGS = "compact.json"
_BITS = 4
_TRAINING_ROWS = 50_000
_FEWEST_ROWS = 39 << _BITS
"""FAISS wants at least 39 vectors to train one centroid."""

_CHUNK_ROWS = 1 << 16
_COARSE, _FINE = 4, 2
"""Numbers of a vector in one code: coarse is twice as fast, fine is right for any vectors."""

_CANDIDATES = {_COARSE: (200, 400, 800, 1600), _FINE: (200, 400, 800, 1600, 3200)}


class CompactKind:
    """Codes of a sixteenth or an eighth of the size of half precision, for millions."""

    floor = 0.98

    @staticmethod
    def build(folder: Path, vectors: Halves) -> None:
        """Write the codes of `vectors` into `folder`, as coarse as their recall allows."""
        index, candidates, recall = _chosen(vectors, FlatIndex(folder), _COARSE)
        if recall < TARGET:
            index, candidates, _ = _chosen(vectors, FlatIndex(folder), _FINE)
        write_faiss(index, folder / _FILE)
        write_settings(folder / _SETTINGS, candidates=candidates)

    @staticmethod
    def open(folder: Path) -> Rescored:
        """Return the codes in `folder`, memory-mapped."""
        index = faiss.read_index(str(folder / _FILE), faiss.IO_FLAG_MMAP_IFC)
        return _opened(index, FlatIndex(folder), read_settings(folder / _SETTINGS)["candidates"])


def _chosen(vectors: Halves, exact: FlatIndex, numbers: int) -> tuple[Any, int, float]:
    """Return the codes of `numbers` to a code, the candidates they need, and their recall."""
    index = _coded(vectors, numbers)
    settings = _CANDIDATES[numbers]
    candidates, recall = tuned(exact, settings, lambda count: _opened(index, exact, count))
    return index, candidates, recall


def _coded(vectors: Halves, numbers: int) -> Any:
    rows, dim = vectors.shape
    width = -(-dim // numbers) * numbers
    index = faiss.IndexPQFastScan(width, width // numbers, _BITS, faiss.METRIC_INNER_PRODUCT)
    sample = _padded(vectors[:: max(1, rows // _TRAINING_ROWS)], width)
    with one_core():  # 0.6 s, where four busy cores needed 15 to 38 s
        index.train(np.resize(sample, (max(len(sample), _FEWEST_ROWS), width)))
    for start in range(0, rows, _CHUNK_ROWS):
        index.add(_padded(vectors[start : start + _CHUNK_ROWS], width))
    return index


def _padded(vectors: Halves | Vectors, width: int) -> Vectors:
    """Return `vectors` with zeros up to `width`, which change no inner product."""
    wide = np.zeros((len(vectors), width), dtype=np.float32)
    wide[:, : vectors.shape[1]] = vectors
    return wide


def _opened(index: Any, exact: FlatIndex, candidates: int) -> Rescored:
    def propose(queries: Vectors, wanted: int, allowed: Mask | None) -> Rows:
        del allowed  # the scan has no selector; `wanted` was widened by the filter's share
        with cores_for(queries):
            rows: Rows = index.search(_padded(queries, index.d), wanted)[1]
        return rows

    return Rescored(exact, propose, candidates=candidates)
