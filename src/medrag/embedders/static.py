"""A table of one vector for each word piece, averaged: for corpora too large for a transformer.

Made by `medrag.embedders.fitting.distill` from a transformer and the passages of a corpus. It
knows no order of words and no context, so a negation moves a vector little.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from medrag.core.protocols import Progress
from medrag.embedders.word_pieces import WordPieces
from medrag.errors import InputError

VECTORS_FILE = "vectors.npy"
TOKENIZER_FILE = "tokenizer.json"
ABOUT_FILE = "static.json"
FORMAT = 1

_MAX_TOKENS = 8192
"""Longer texts say too much for one vector; no length costs more than its words."""

_BLOCK = 2048


def open_static(argument: str) -> StaticEmbedder:
    """Return the embedder in the folder that `argument` names.

    Raises:
        InputError: No folder is named, or it holds no such embedder.
    """
    if not argument:
        raise InputError(
            "static: needs a folder. Make one from your documents with "
            "'medrag index distill SOURCE... --out FOLDER' and write static:FOLDER."
        )
    return StaticEmbedder(Path(argument))


class StaticEmbedder:
    """The average of the vectors of a text's word pieces, to length 1.

    A row depends on its text only, to the last bit. Safe to share between threads.
    """

    rows_alone = True

    def __init__(self, folder: Path) -> None:
        self.name = f"static:{folder}"
        self.max_tokens = _MAX_TOKENS
        digest = hashlib.sha256()
        try:
            about = json.loads((folder / ABOUT_FILE).read_bytes())
            for name in (ABOUT_FILE, TOKENIZER_FILE, VECTORS_FILE):
                digest.update((folder / name).read_bytes())
            table = np.load(folder / VECTORS_FILE, allow_pickle=False)
            tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        except Exception as error:  # tokenizers raises plain Exception
            raise InputError(
                f"{folder}: no static embedder, or a damaged one. Make it anew with "
                "'medrag index distill'."
            ) from error
        if about.get("format") != FORMAT or len(table) != tokenizer.get_vocab_size():
            raise InputError(f"{folder}: made by another version of medrag. Distill it anew.")
        self._pieces = WordPieces(tokenizer)
        self._table: NDArray[np.float32] = table.astype(np.float32)
        self.dim = int(table.shape[1])
        self.digest = digest.hexdigest()

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of word pieces of each text, uncut."""
        return self._pieces.count(texts)

    def embed_passages(
        self, texts: Sequence[str], *, progress: Progress | None = None
    ) -> NDArray[np.float32]:
        """Return float32 of shape (len(texts), dim), rows of L2 norm 1, in input order.

        A text without any word piece gets the first unit vector.
        """
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        for start in range(0, len(texts), _BLOCK):
            block = self._pieces.ids(texts[start : start + _BLOCK], most=_MAX_TOKENS)
            for row, pieces in enumerate(block, start=start):
                vectors[row] = self._table[pieces].sum(axis=0)
            if progress is not None:
                progress(len(block))
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        vectors[norms[:, 0] == 0, 0] = 1.0
        unit: NDArray[np.float32] = vectors / np.where(norms == 0, np.float32(1), norms)
        return unit

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return what `embed_passages` does; a question's words count as any others do."""
        return self.embed_passages(texts)
