"""Making a static embedder: word vectors fitted so that their mean is a transformer's vector.

Source:
    Tulkens and van Dongen, "Model2Vec" (github.com/MinishLab/model2vec), for taking the first
    vectors from the transformer's own word pieces, weighted by rank, and for fitting them to
    its vectors of whole texts ("tokenlearn").
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from medrag.core.protocols import Embedder, Progress
from medrag.embedders.static import ABOUT_FILE, FORMAT, TOKENIZER_FILE, VECTORS_FILE
from medrag.errors import InputError

_COMMON = 1e-4
"""Word pieces that are more frequent than this weigh less, by Zipf's law over their rank."""

_EPOCHS = 8
_STEP = 1e-3
_TEXTS_A_STEP = 256


def distill(
    texts: Sequence[str],
    folder: Path,
    *,
    teacher: Embedder,
    tokenizer_file: Path,
    dim: int = 256,
    progress: Progress | None = None,
) -> None:
    """Write a static embedder fitted to `teacher` over `texts` into `folder`.

    The same texts give the same table on one machine and one version of torch.

    Args:
        texts: Passages like those that will be embedded; some thousands are enough.
        folder: Must not exist; it appears whole or not at all.
        teacher: The transformer whose vectors are imitated.
        tokenizer_file: A `tokenizer.json` whose word pieces get vectors.
        dim: Length of a vector, at most the teacher's.
        progress: Told how many texts the teacher has embedded.

    Raises:
        InputError: The folder exists, or there are no texts.
    """
    if folder.exists():
        raise InputError(f"{folder}: exists already. Name a new folder.")
    if not texts:
        raise InputError("No texts to learn from. Give documents with text.")
    tokenizer = Tokenizer.from_file(str(tokenizer_file))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    targets = teacher.embed_passages(texts, progress=progress)
    turn = np.linalg.svd(targets.T @ targets)[0][:, : min(dim, teacher.dim)]
    first = _first_vectors(tokenizer, teacher) @ turn
    pieces = [e.ids for e in tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)]
    table = _fitted(first, pieces, targets @ turn)
    about = {
        "format": FORMAT,
        "teacher": teacher.name,
        "teacher_digest": teacher.digest,
        "texts": len(texts),
        "dim": int(table.shape[1]),
    }
    _write(folder, table, about, tokenizer_file)


def _first_vectors(tokenizer: Tokenizer, teacher: Embedder) -> NDArray[np.float32]:
    """Return the teacher's vectors of the word pieces alone, less their mean, common ones small."""
    names = {number: piece for piece, number in tokenizer.get_vocab().items()}
    words = [names.get(number, "").removeprefix("##") for number in range(len(names))]
    vectors = teacher.embed_passages(words)
    shares = 1 / np.arange(2, len(words) + 2)
    weights = _COMMON / (_COMMON + shares / shares.sum())
    centered: NDArray[np.float32] = (vectors - vectors.mean(axis=0)) * weights[:, None]
    return centered.astype(np.float32)


def _fitted(
    first: NDArray[np.float32], pieces: Sequence[Sequence[int]], targets: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return word vectors whose mean over each text points where its target does."""
    bag = torch.nn.EmbeddingBag.from_pretrained(torch.from_numpy(first), freeze=False, mode="mean")
    wanted = torch.nn.functional.normalize(torch.from_numpy(targets), dim=1)
    optimizer = torch.optim.Adam(bag.parameters(), lr=_STEP)
    chance = np.random.default_rng(0)
    kept = np.array([at for at, ids in enumerate(pieces) if ids], dtype=np.int64)
    for _ in range(_EPOCHS):
        chance.shuffle(kept)
        for start in range(0, len(kept), _TEXTS_A_STEP):
            some = kept[start : start + _TEXTS_A_STEP].tolist()
            ids = torch.tensor([number for at in some for number in pieces[at]])
            starts = np.cumsum([0, *(len(pieces[at]) for at in some[:-1])])
            found = torch.nn.functional.normalize(bag(ids, torch.from_numpy(starts)), dim=1)
            loss = (1 - (found * wanted[some]).sum(dim=1)).mean()
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
    table: NDArray[np.float32] = bag.weight.detach().numpy()
    return table


def _write(
    folder: Path, table: NDArray[np.float32], about: dict[str, object], tokenizer_file: Path
) -> None:
    beside = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    try:
        np.save(beside / VECTORS_FILE, table.astype(np.float16), allow_pickle=False)
        shutil.copyfile(tokenizer_file, beside / TOKENIZER_FILE)
        text = json.dumps(about, indent=2, sort_keys=True) + "\n"
        (beside / ABOUT_FILE).write_text(text, encoding="utf-8")
        beside.rename(folder)
    except OSError as error:
        shutil.rmtree(beside, ignore_errors=True)
        raise InputError(f"{folder}: cannot be written ({error.strerror}).") from error
