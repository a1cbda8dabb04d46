"""Any sentence-transformers model, from a folder or from the local cache of the model hub."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from threading import Lock

import numpy as np
import torch
from huggingface_hub import snapshot_download
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer

try:
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
except ImportError:  # before version 6
    from sentence_transformers.models import Pooling, Transformer  # type: ignore[no-redef]

from medrag.core.protocols import Progress
from medrag.embedders.model_reference import ModelReference, hashed_files
from medrag.embedders.model_usage import NO_TITLE, TITLE, PoolingMode, Use
from medrag.embedders.well_formed import well_formed
from medrag.errors import BackendError, InputError

_BLOCK = 1024
_RECIPE = 2
_ASKING = ("query",)
_STATING = ("document", "passage", "corpus")
"""Names that prompts have in the files of models, the first of them counts."""


def open_sentence_transformer(argument: str) -> SentenceTransformerEmbedder:
    """Return the embedder over the model that `argument` names; see `ModelReference`.

    Nothing is fetched unless the argument says `download=yes`.

    Raises:
        InputError: The model is not on this machine, is damaged, or does not say how token
            vectors become one; or an option is wrong.
        BackendError: sentence-transformers cannot load the model.
    """
    return SentenceTransformerEmbedder(ModelReference.parse(argument))


class SentenceTransformerEmbedder:
    """A sentence-transformers model, or a pair of them.

    Questions and passages are prompted as the reference says, else as the model's own files do,
    else as is known of the model by its name. Calls from several threads wait for each other:
    the tokenizers beneath are not safe to share. A forked child computes on one core.
    """

    def __init__(self, given: ModelReference) -> None:
        name = given.label
        self.name = f"sentence-transformers:{name}"
        reference = given.completed()
        folders = [_folder(reference, reference.model)]
        if reference.query is not None:
            folders.append(_folder(reference, reference.query))
        _refuse_other_pooling(given, folders)
        opened = [_open(folder, reference.pooling) for folder in folders]
        self._passages, self._queries = opened[0], opened[-1]
        self._lock = Lock()
        self._process = os.getpid()
        full = _dim(self._passages)
        if _dim(self._queries) != full:
            raise InputError(
                f"{name}: vectors of {full} and of {_dim(self._queries)} numbers cannot be "
                "compared. Give two encoders of one pair."
            )
        if reference.dim is not None and reference.dim > full:
            raise InputError(f"{name}: dim={reference.dim} is more than the model's {full}.")
        self.dim = reference.dim or full
        self._use = Use(
            query_prompt=_prompt(
                given.query_prompt, reference.query_prompt, self._queries, _ASKING
            ),
            passage_prompt=_prompt(
                given.passage_prompt, reference.passage_prompt, self._passages, _STATING
            ),
            titles=reference.titles,
        )
        self.max_tokens = _max_tokens(self._passages, self._use)
        self.digest = _digest(folders, reference, self._use)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text, special tokens included, uncut.

        A prompt for passages is not counted: `max_tokens` is already less by it.
        """
        if not texts:
            return []
        clean = [well_formed(text) for text in texts]
        with self._alone():
            encoded = self._passages.tokenizer(clean, truncation=False, verbose=False)
        return [len(ids) for ids in encoded["input_ids"]]

    def embed_passages(
        self, texts: Sequence[str], *, progress: Progress | None = None
    ) -> NDArray[np.float32]:
        """Return float32 of shape (len(texts), dim), rows of L2 norm 1, in input order.

        Where the model takes titles, the first line of a text of several lines is its title.
        """
        blocks = []
        for start in range(0, len(texts), _BLOCK):
            block = [well_formed(text) for text in texts[start : start + _BLOCK]]
            inputs, prompt = self._use.of_passages(block)
            with self._alone():
                vectors = self._passages.encode_document(
                    inputs, prompt=prompt, show_progress_bar=False
                )
            blocks.append(self._unit(vectors))
            if progress is not None:
                progress(len(block))
        return np.concatenate(blocks) if blocks else np.empty((0, self.dim), np.float32)

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return vectors as `embed_passages` does, by the query prompt or the query encoder."""
        if not texts:
            return np.empty((0, self.dim), np.float32)
        clean = [well_formed(text) for text in texts]
        with self._alone():
            vectors = self._queries.encode_query(
                clean, prompt=self._use.query_prompt, show_progress_bar=False
            )
        return self._unit(vectors)

    def _alone(self) -> Lock:
        if self._process != os.getpid():
            # A forked child: torch's threads stayed behind, and waiting for them never ends;
            # whoever held the lock stayed behind too.
            torch.set_num_threads(1)
            self._process, self._lock = os.getpid(), Lock()
        return self._lock

    def _unit(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        cut = np.ascontiguousarray(vectors[:, : self.dim], dtype=np.float32)
        unit: NDArray[np.float32] = cut / np.linalg.norm(cut, axis=1, keepdims=True)
        return unit


def _folder(reference: ModelReference, model: str) -> Path:
    if Path(model).is_dir():
        return Path(model)
    try:
        found = snapshot_download(
            model, revision=reference.revision, local_files_only=not reference.download
        )
    except (OSError, ValueError) as error:
        raise InputError(
            f"{model}: neither a folder nor a model in the local cache of the hub. Fetch it "
            f"once where there is a network (hf download {model}), or open it as "
            f"'sentence-transformers:{model}?download=yes'."
        ) from error
    return Path(found)


def _refuse_other_pooling(given: ModelReference, folders: Sequence[Path]) -> None:
    if given.pooling is not None and all(_says_its_pooling(folder) for folder in folders):
        raise InputError(
            f"{given.label}: the model says itself how token vectors become one. "
            "Leave ?pooling= out."
        )


def _says_its_pooling(folder: Path) -> bool:
    return (folder / "modules.json").is_file()


def _open(folder: Path, pooling: PoolingMode | None) -> SentenceTransformer:
    if not _says_its_pooling(folder) and pooling is None:
        raise InputError(
            f"{folder}: the model does not say how token vectors become one (no modules.json). "
            "Add ?pooling=mean or ?pooling=cls, as its authors say."
        )
    try:
        if _says_its_pooling(folder):
            model = SentenceTransformer(str(folder), local_files_only=True)
        else:
            transformer = Transformer(str(folder))
            model = SentenceTransformer(
                modules=[transformer, Pooling(_hidden_size(folder), pooling)]
            )
    except ModuleNotFoundError:
        raise
    except Exception as error:  # the loader's errors share no root
        raise BackendError(
            f"{folder}: sentence-transformers cannot load this model "
            f"({type(error).__name__}). Fetch or copy it again."
        ) from error
    # weights of 16 bits would make a vector depend on what else is in its batch
    return model.float()


def _hidden_size(folder: Path) -> int:
    return int(json.loads((folder / "config.json").read_text(encoding="utf-8"))["hidden_size"])


def _dim(model: SentenceTransformer) -> int:
    # by trying: the method that tells has another name in each major version
    return int(model.encode([""], show_progress_bar=False).shape[1])


def _prompt(
    given: str | None, known: str | None, model: SentenceTransformer, names: Sequence[str]
) -> str:
    """Return what stands before a text: as given, as the model's files say, or as is known.

    A prompt of the model's files that is the known one without a title gives way to it.
    """
    own = next((prompt for name in names if (prompt := model.prompts.get(name))), "")
    if given is not None:
        return given
    if known is not None and own in {"", known.replace(TITLE, NO_TITLE)}:
        return known
    return own


def _max_tokens(model: SentenceTransformer, use: Use) -> int:
    limit = model.max_seq_length
    longest = int(limit if limit is not None else model.tokenizer.model_max_length)
    if use.titles == "pair":
        return longest - 1  # the mark between title and text
    prompt = use.passage_prompt.replace(TITLE, NO_TITLE)
    if not prompt:
        return longest
    return longest - len(model.tokenizer(prompt, add_special_tokens=False)["input_ids"])


def _digest(folders: Sequence[Path], reference: ModelReference, use: Use) -> str:
    pooling = None if all(map(_says_its_pooling, folders)) else reference.pooling
    recipe = {"recipe": _RECIPE, "dim": reference.dim, "pooling": pooling, **asdict(use)}
    digest = hashlib.sha256(json.dumps(recipe, sort_keys=True).encode())
    for folder in folders:
        digest.update(b"\0encoder\0")
        for path in hashed_files(folder):
            name = path.relative_to(folder).as_posix()
            digest.update(f"\0{name}\0{path.stat().st_size}\0".encode())
            with path.open("rb") as file:
                while block := file.read(1 << 20):
                    digest.update(block)
    return digest.hexdigest()
