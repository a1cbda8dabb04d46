"""BM25 as a sparse inner product: what each word of a passage adds, for one generation.

A passage's score for a question is the inner product of two sparse vectors: here what each word
contributes by its frequency and the passage's length, there the word's rarity and weight. Only
the passage's half is stored. It is what tantivy computes for the embedded index, its coarse
lengths included, so both rank alike.

Source: Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, 2009;
lengths in one byte as in Lucene's SmallFloat.intToByte4, which tantivy takes over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import IO

import numpy as np
from numpy.typing import NDArray

from medrag.index.records import from_bytes
from medrag.index.weights import K1, MOST, B, weighed_terms

DIM = 1_000_000_000
"""Length of the sparse vectors: the longest that pgvector has."""

_FREE = 24


def _length_of(code: int) -> int:
    """Return the length that a byte stands for."""
    if code < _FREE:
        return code
    bits, shift = (code - _FREE) & 7, ((code - _FREE) >> 3) - 1
    return _FREE + (bits if shift < 0 else (bits | 8) << shift)


_LENGTHS = np.array([_length_of(code) for code in range(256)], dtype=np.int64)


def coarse(length: int) -> int:
    """Return the largest length that a byte can stand for and that is not above `length`."""
    return int(_LENGTHS[np.searchsorted(_LENGTHS, length, side="right") - 1])


class WordCounts:
    """Counts the words of passages one by one; what each adds is known when all are counted.

    Counts wait in `spool`, so memory holds the vocabulary only.

    Attributes:
        numbers: Number of each word, from 0, in the order in which they were met.
        passages: In how many passages each number stands.
    """

    def __init__(self, spool: IO[bytes]) -> None:
        self.numbers: dict[str, int] = {}
        self.passages: list[int] = []
        self._spool = spool
        self._tokens = 0
        self._rows = 0

    def add(self, record: bytes) -> None:
        """Count the words of one stored passage."""
        fields = from_bytes(record)
        counted: Counter[str] = Counter()
        length = 0
        for words in weighed_terms(fields["context"], fields["text"]):
            counted.update(words)
            length += len(words)
        places = np.fromiter((self._number(word) for word in counted), np.int32, len(counted))
        times_each = np.fromiter(counted.values(), np.int32, len(counted))
        order = np.argsort(places)
        np.array([len(counted), length], dtype=np.int32).tofile(self._spool)
        places[order].tofile(self._spool)
        times_each[order].tofile(self._spool)
        for place in places.tolist():
            self.passages[place] += 1
        self._tokens += length
        self._rows += 1

    def impacts(self) -> Iterator[tuple[NDArray[np.int32], NDArray[np.float32]]]:
        """Yield for each passage, in order, its words' numbers and what each adds."""
        mean = self._tokens / max(self._rows, 1) or 1.0
        self._spool.seek(0)
        for _ in range(self._rows):
            count, length = np.fromfile(self._spool, np.int32, 2).tolist()
            places = np.fromfile(self._spool, np.int32, count)
            times = np.fromfile(self._spool, np.int32, count)
            slope = K1 * (1 - B + B * coarse(length) / mean)
            yield places, (MOST * times / (times + slope)).astype(np.float32)

    def _number(self, word: str) -> int:
        number = self.numbers.setdefault(word, len(self.numbers))
        if number == len(self.passages):
            self.passages.append(0)
        return number


def sparse_text(weights: Iterable[tuple[int, float]]) -> str:
    """Return words' numbers with their weights as pgvector reads a sparse vector in text."""
    pairs = ",".join(f"{place + 1}:{weight!r}" for place, weight in sorted(weights))
    return f"{{{pairs}}}/{DIM}"
