"""Comparing every byte of an index with its checksums."""

from __future__ import annotations

import hashlib
from pathlib import Path

from medrag.errors import IndexStateError
from medrag.index.disk import FileSum, damaged
from medrag.index.manifest import held_generation
from medrag.index.opening import kind_of


def verify(path: Path | str) -> list[str]:
    """Return what is wrong with each damaged file of the index at `path`; [] when it is sound.

    `path` may be a URL: what is compared then says the kind of index that it names.
    Compares the SHA-256 of every file of the current generation, so every flipped, missing or
    added byte is found.

    Raises:
        IndexStateError: There is no index at `path`, or it is of another format.
    """
    kind = kind_of(path)
    if kind is not None:
        return kind.verify(str(path))
    root = Path(path)
    if not root.is_dir():
        raise IndexStateError(f"{root}: no index here. Give the folder of an index.")
    manifest, lock = held_generation(root)
    with lock:
        problems = damaged(root, manifest.files)
        named = {problem.partition(":")[0] for problem in problems}
        for entry in manifest.files:
            if entry.path not in named and not _has_digest(root, entry):
                problems.append(f"{entry.path}: the SHA-256 differs")
    return problems


def _has_digest(root: Path, entry: FileSum) -> bool:
    with (root / entry.path).open("rb") as file:
        digest = hashlib.sha256()
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest() == entry.sha256
