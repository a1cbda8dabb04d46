"""Vectors of statements that were embedded before, kept in memory up to a bound.

Statements of the same passages are compared with one question after the other. An embedder that
computes each text alone gives the same row every time, to the last bit, so a row that is kept is
the row that would be computed again. Why in memory and not in the index: ADR 0224.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from medrag.core.protocols import Embedder, Progress

MOST_BYTES = 64 << 20
"""Of the vectors that one process keeps: 43,690 of MiniLM's."""
_QUESTIONS = 16
"""A question is embedded once to search and once to compare; no longer is it kept."""

_Vector = NDArray[np.float32]


def remembered(embedder: Embedder) -> Embedder:
    """Return `embedder` with a memory, where its rows depend on their texts alone; else itself."""
    alone = getattr(embedder, "rows_alone", False)
    return RememberedEmbedder(embedder) if alone else embedder


class RememberedEmbedder:
    """An embedder that computes no row twice while it still has it.

    Texts are known by their digest: no text, least of all a question, is kept. Several threads
    may use it at once.

    Args:
        embedder: Computes each row from its text alone, to the last bit.
        most_bytes: Of all vectors kept; what was used longest ago goes first.
    """

    rows_alone = True

    def __init__(self, embedder: Embedder, *, most_bytes: int = MOST_BYTES) -> None:
        self._embedder = embedder
        self.name = embedder.name
        self.digest = embedder.digest
        self.dim = embedder.dim
        self.max_tokens = embedder.max_tokens
        row_bytes = self.dim * np.dtype(np.float32).itemsize
        self._passages = _Memory(max(1, most_bytes // row_bytes))
        self._queries = _Memory(_QUESTIONS)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text, as the embedder counts them."""
        return self._embedder.count_tokens(texts)

    def embed_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> _Vector:
        """Return what the embedder does, row for row."""
        found = self._embedded(texts, self._passages, self._embedder.embed_passages)
        if progress is not None and texts:
            progress(len(texts))
        return found

    def embed_queries(self, texts: Sequence[str]) -> _Vector:
        """Return what the embedder does, row for row."""
        return self._embedded(texts, self._queries, self._embedder.embed_queries)

    def _embedded(
        self, texts: Sequence[str], memory: _Memory, embed: Callable[[list[str]], _Vector]
    ) -> _Vector:
        keys = [_digest(text) for text in texts]
        vectors = np.empty((len(texts), self.dim), dtype=np.float32)
        missing = memory.read(keys, vectors)
        if missing:
            vectors[missing] = embed([texts[row] for row in missing])
            memory.keep(keys, vectors, missing)
        return vectors


class _Memory:
    """So many rows by their keys."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._rows: OrderedDict[bytes, _Vector] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, keys: Sequence[bytes], into: _Vector) -> list[int]:
        """Write the rows that are known into `into`; return the numbers of the others."""
        missing = []
        with self._lock:
            for row, key in enumerate(keys):
                known = self._rows.get(key)
                if known is None:
                    missing.append(row)
                else:
                    self._rows.move_to_end(key)
                    into[row] = known
        return missing

    def keep(self, keys: Sequence[bytes], vectors: _Vector, rows: Sequence[int]) -> None:
        """Keep copies of some rows of `vectors`."""
        with self._lock:
            for row in rows:
                self._rows[keys[row]] = vectors[row].copy()
            while len(self._rows) > self._most:
                self._rows.popitem(last=False)


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
