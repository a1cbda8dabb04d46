"""The vectors that an index already holds, found by the hash of the text they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from medrag.index.manifest import PartEntry
from medrag.index.part import KEY_BYTES, Part
from medrag.index.vectors import Halves, Rows


class KnownVectors:
    """Looks up vectors over all parts of a generation, dead rows included: their texts may return.

    Sixteen bytes of memory for each row.
    """

    def __init__(self, root: Path, entries: Sequence[PartEntry]) -> None:
        self._parts = [Part(root, entry) for entry in entries]
        keys = [part.keys for part in self._parts]
        self._keys = np.concatenate([np.empty((0, KEY_BYTES), dtype=np.uint8), *keys])
        heads = _heads(self._keys)
        self._order = np.argsort(heads, kind="stable")
        self._sorted = heads[self._order]
        self._starts = np.cumsum([0, *(len(part) for part in self._parts)])

    def places(self, keys: Sequence[bytes]) -> Rows:
        """Return where the vector of each key is, -1 where it is not known."""
        if not keys or not len(self._sorted):
            return np.full(len(keys), -1, dtype=np.int64)
        wanted = np.frombuffer(b"".join(keys), dtype=np.uint8).reshape(-1, KEY_BYTES)
        near = np.searchsorted(self._sorted, _heads(wanted))
        places = self._order[np.minimum(near, len(self._order) - 1)]
        same = (self._keys[places] == wanted).all(axis=1)
        return np.where(same, places, -1)

    def vectors(self, places: Rows) -> Halves:
        """Return the vectors at `places`, which are known, shape (len(places), dim)."""
        owners = np.searchsorted(self._starts, places, side="right") - 1
        stored = [part.vectors for part in self._parts]
        found = np.empty((len(places), stored[0].shape[1]), dtype=np.float16)
        for number, vectors in enumerate(stored):
            mine = owners == number
            found[mine] = vectors[places[mine] - self._starts[number]]
        return found


def _heads(keys: NDArray[np.uint8]) -> NDArray[np.uint64]:
    return np.ascontiguousarray(keys[:, :8]).view("<u8").reshape(-1)
