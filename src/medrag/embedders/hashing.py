"""An embedder without weights: hashed words and character trigrams.

For tests and plumbing. It finds texts that share words or parts of words; it knows no
synonyms. Nothing clinical should rest on it.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from medrag.core.protocols import Progress
from medrag.errors import InputError

_TOKEN = re.compile(r"\w+|[^\w\s]")
_VERSION = 1
_WORD_CHARACTERS = 64
_TRIGRAM_WEIGHT = 0.25


def open_hashing(argument: str) -> HashingEmbedder:
    """Return the embedder for `hashing` or `hashing:DIM`.

    Raises:
        InputError: DIM is not a whole number in [8, 4096].
    """
    if not argument:
        return HashingEmbedder()
    if not argument.isdecimal() or not 8 <= int(argument) <= 4096:
        raise InputError(f"hashing:{argument}: expected a dimension from 8 to 4096.")
    return HashingEmbedder(dim=int(argument))


class HashingEmbedder:
    """Feature hashing of lower-cased words and character trigrams, with random signs.

    Deterministic on every machine. Tokens are words and single punctuation marks; text
    without any gives the first unit vector.

    Source:
        Weinberger et al., ICML 2009, doi:10.1145/1553374.1553516.
    """

    rows_alone = True

    def __init__(self, *, dim: int = 256, max_tokens: int = 256) -> None:
        self.name = "hashing" if dim == 256 else f"hashing:{dim}"
        self.dim = dim
        self.max_tokens = max_tokens
        key = f"medrag-hashing\0{_VERSION}\0{dim}\0{max_tokens}"
        self.digest = hashlib.sha256(key.encode()).hexdigest()

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of words and punctuation marks of each text, uncut."""
        return [sum(1 for _ in _TOKEN.finditer(text)) for text in texts]

    def embed_passages(
        self, texts: Sequence[str], *, progress: Progress | None = None
    ) -> NDArray[np.float32]:
        """Return float32 of shape (len(texts), dim), rows of L2 norm 1, in input order."""
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row] = self._embed(text)
            if progress is not None:
                progress(1)
        return vectors

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return what `embed_passages` does; questions are treated alike."""
        return self.embed_passages(texts)

    def _embed(self, text: str) -> NDArray[np.float64]:
        vector = np.zeros(self.dim)
        for feature, weight in self._features(text):
            code = zlib.crc32(feature.encode("utf-8", "surrogatepass"))
            vector[(code >> 1) % self.dim] += weight if code & 1 else -weight
        norm = float(np.linalg.norm(vector))
        if norm == 0.0:
            vector[0] = norm = 1.0
        return vector / norm

    def _features(self, text: str) -> Iterator[tuple[str, float]]:
        for number, match in enumerate(_TOKEN.finditer(text)):
            if number >= self.max_tokens:
                return
            word = match[0].lower()[:_WORD_CHARACTERS]
            if not word[0].isalnum():
                continue
            yield word, 1.0
            edged = f"<{word}>"
            for start in range(len(edged) - 2):
                yield f"#{edged[start : start + 3]}", _TRIGRAM_WEIGHT
