"""Moving an index between a folder and a server: `push` there, `pull` back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

from medrag.errors import InputError
from medrag.index.manifest import Manifest
from medrag.index.opening import folder_of, kind_of, shown

VectorSearch = Literal["exact", "hnsw"]
Say = Callable[[str], None]
"""Told what is being done."""


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push did.

    Attributes:
        push: Its number on the server.
        generation: Of the index folder.
        is_new: False where the server had exactly this already and nothing was sent.
        recall: Measured share of the true ten nearest that searches find, in [0, 1].
        removed: Numbers of the older pushes that were removed.
    """

    push: int
    generation: int
    passages: int
    is_new: bool
    recall: float
    removed: tuple[int, ...] = ()


@runtime_checkable
class Movable(Protocol):
    """An `index` kind that an index folder can be pushed to."""

    @staticmethod
    def push(path: Path, url: str, *, vectors: VectorSearch, keep: int, say: Say) -> Pushed:
        """Do what `moving.push` says."""
        ...

    @staticmethod
    def pull(url: str, path: Path, *, generation: int | None) -> Manifest:
        """Do what `moving.pull` says."""
        ...


def push(
    path: Path | str,
    url: str,
    *,
    vectors: VectorSearch = "exact",
    keep: int = 2,
    say: Say = lambda _: None,
) -> Pushed:
    """Make the index at `url` what the index folder at `path` is now.

    Readers see the old generation until all of the new one is there, then the new one; whatever
    dies in between leaves the old one. Readers that have the old one open keep it.

    Args:
        path: The index folder; every byte of it is compared first.
        url: Where to; its scheme is a registered `index`.
        vectors: Compare every vector, or make a graph of neighbors as well.
        keep: How many pushes stay on the server, the new one included; at least 1.
        say: Told what is being done.

    Raises:
        InputError: `url` names no server that can be pushed to.
        IndexStateError: The folder is damaged, or somebody else is pushing.
        BackendError: The server cannot be reached, or does not let this user write.
    """
    return _movable(url).push(
        folder_of(path, to_do="pushed"), url, vectors=vectors, keep=keep, say=say
    )


def pull(url: str, path: Path | str, *, generation: int | None = None) -> Manifest:
    """Make the folder at `path` the index that was pushed to `url`; return its manifest.

    A folder that holds an earlier generation of the same index fetches what it lacks. Every file
    is compared with its SHA-256; then one rename switches. Readers of the folder keep theirs.

    Args:
        url: Where from.
        path: An index folder, or a new one.
        generation: Of the index; None for the one that counts.

    Raises:
        InputError: `url` names no server that can be pulled from.
        IndexStateError: There is no index at `url`, what it sent is damaged, or the folder holds
            something else, or a later generation.
        BackendError: The server cannot be reached.
    """
    return _movable(url).pull(url, folder_of(path, to_do="pulled into"), generation=generation)


def _movable(url: str) -> Movable:
    kind = kind_of(url)
    if kind is None:
        raise InputError(
            f"{shown(url)}: no URL of a server. Give one such as "
            "postgresql://USER@HOST/DATABASE?schema=NAME"
        )
    if not isinstance(kind, Movable):
        raise InputError(f"{shown(url)}: nothing can be pushed to it or pulled from it.")
    return kind
