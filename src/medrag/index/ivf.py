"""Lists around centroids over 8-bit vectors, rescored exactly: quick to build, small to search.

Source: Jégou, Douze and Schmid, doi:10.1109/TPAMI.2010.57.
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

_FILE = "ivf.faiss"
_SETTINGS = "ivf.json"
_CHUNK_ROWS = 1 << 16
_ROWS_A_LIST = 40
"""FAISS wants at least 39 vectors to train one centroid."""

_CANDIDATES = 64
_PROBES = (16, 32, 64, 128, 256, 512, 1024)


class IvfKind:
    """Looks only into the lists nearest to the question."""

    floor = 0.95

    @staticmethod
    def build(folder: Path, vectors: Halves) -> None:
        """Write the lists of `vectors` into `folder`, and how many must be looked into."""
        rows, dim = vectors.shape
        lists = max(1, min(int(4 * rows**0.5), rows // _ROWS_A_LIST))
        index = faiss.IndexIVFScalarQuantizer(
            faiss.IndexFlatIP(dim),
            dim,
            lists,
            faiss.ScalarQuantizer.QT_8bit,
            faiss.METRIC_INNER_PRODUCT,
        )
        index.cp.spherical = True
        index.train(vectors[:: max(1, rows // (lists * _ROWS_A_LIST))].astype(np.float32))
        for start in range(0, rows, _CHUNK_ROWS):
            index.add(vectors[start : start + _CHUNK_ROWS].astype(np.float32))
        exact = FlatIndex(folder)
        settings = [probes for probes in _PROBES if probes < lists] + [lists]
        probes, _ = tuned(exact, settings, lambda probes: _opened(index, exact, probes))
        write_faiss(index, folder / _FILE)
        write_settings(folder / _SETTINGS, probes=probes)

    @staticmethod
    def open(folder: Path) -> Rescored:
        """Return the lists in `folder`, memory-mapped."""
        index = faiss.read_index(str(folder / _FILE), faiss.IO_FLAG_MMAP)
        return _opened(index, FlatIndex(folder), read_settings(folder / _SETTINGS)["probes"])


def _opened(index: Any, exact: FlatIndex, probes: int) -> Rescored:
    def propose(queries: Vectors, wanted: int, allowed: Mask | None) -> Rows:
        bits, selector, wide = None, None, probes
        if allowed is not None:
            bits = np.packbits(allowed, bitorder="little")
            selector = faiss.IDSelectorBitmap(bits)
            # The nearest allowed rows lie further away, so more lists must be opened.
            count = int(np.count_nonzero(allowed))
            wide = min(index.nlist, probes * len(allowed) // count)
        parameters = faiss.SearchParametersIVF(nprobe=wide, sel=selector)
        with cores_for(queries):
            asked = np.ascontiguousarray(queries)
            rows: Rows = index.search(asked, wanted, params=parameters)[1]
        return rows

    return Rescored(exact, propose, candidates=_CANDIDATES)
