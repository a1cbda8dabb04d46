"""Documents that lie in an object store: copied into a folder, and read there.

Any file system that `fsspec` reaches by a URL (`s3://`, `gs://`, `abfs://`, `sftp://`, ...). How it
is reached (keys, endpoints) is told to fsspec by its own configuration or environment.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import fsspec
from fsspec.implementations.local import LocalFileSystem

from medrag.documents.provenance import MANIFEST_NAME, SIDECAR_SUFFIXES
from medrag.errors import BackendError, CorpusError

_PASSWORD = re.compile(r"(://[^/@:]*):[^/@]*@")


@dataclass(frozen=True, slots=True)
class Fetched:
    """A copy of what lies under a URL.

    Attributes:
        root: The copy: a folder, or a file with its provenance beside it.
        name: Where it comes from, without a password.
        skipped: (name, why) of each object that cannot be a file here.
    """

    root: Path
    name: str
    skipped: tuple[tuple[str, str], ...] = ()


def fetch(url: str, folder: Path) -> Fetched:
    """Copy what lies under `url` into `folder`, as it lies there; `file://` is not copied.

    The copy's root has the last part of the URL as its name, so that keys in an index are what
    they would be for a folder of that name.

    Raises:
        CorpusError: Nothing lies there, or it cannot be fetched.
        BackendError: The package for this kind of URL is not installed.
    """
    name = _PASSWORD.sub(r"\1:...@", url).rstrip("/")
    try:
        files, place = fsspec.core.url_to_fs(url)
    except ImportError as error:
        raise BackendError(f"{name}: {error}.") from error
    except ValueError as error:
        raise CorpusError(f"{name}: {error}.") from error
    if isinstance(files, LocalFileSystem):
        return Fetched(Path(place), str(Path(place)))
    pairs: list[tuple[str, Path]]
    skipped: list[tuple[str, str]]
    root = folder / (PurePosixPath(place).name or "root")
    try:
        if files.isfile(place):
            wanted = _beside(files, place)
            pairs, skipped = [(path, folder / PurePosixPath(path).name) for path in wanted], []
        else:
            pairs, skipped = _below(files, place, root)
        _copy(files, pairs)
    except FileNotFoundError as error:
        raise CorpusError(f"{name}: nothing lies there. Check the URL.") from error
    except Exception as error:  # every file system has errors of its own
        raise CorpusError(
            f"{name}: cannot be fetched ({type(error).__name__}). Check the URL and what fsspec "
            "is told about it: keys, endpoint, network."
        ) from error
    return Fetched(root, name, tuple((f"{name}/{inner}", why) for inner, why in skipped))


def _beside(files: Any, place: str) -> list[str]:
    """Return a file and what says where it comes from: its sidecar, a manifest."""
    own = PurePosixPath(place)
    near = [PurePosixPath(path) for path in files.ls(str(own.parent), detail=False)]
    about = [
        str(path)
        for path in near
        if path.name == MANIFEST_NAME
        or (path.suffix.lower() in SIDECAR_SUFFIXES and path.stem in {own.name, own.stem})
    ]
    return [place, *(path for path in about if path != place)]


def _below(
    files: Any, place: str, root: Path
) -> tuple[list[tuple[str, Path]], list[tuple[str, str]]]:
    """Return (remote, local) of each object below a place, and what is left out with why."""
    found = sorted(files.find(place))
    if not found:
        raise FileNotFoundError(place)
    names = [path[len(place.rstrip("/")) + 1 :] for path in found]
    folders = {str(parent) for name in names for parent in PurePosixPath(name).parents}
    pairs: list[tuple[str, Path]] = []
    skipped: list[tuple[str, str]] = []
    for remote, name in zip(found, names, strict=True):
        if not _is_plain(name):
            skipped.append((name, "a name that is no path below a folder"))
        elif name in folders:
            skipped.append((name, "an object and a folder of the same name; rename one of them"))
        else:
            pairs.append((remote, root / name))
    return pairs, skipped


def _is_plain(name: str) -> bool:
    """Return whether a name stays below the folder that it is written into."""
    parts = name.split("/")
    return "\0" not in name and not {"", ".", ".."}.intersection(parts)


def _copy(files: Any, pairs: Sequence[tuple[str, Path]]) -> None:
    for folder in {local.parent for _, local in pairs}:
        folder.mkdir(parents=True, exist_ok=True)
    if pairs:
        files.get([remote for remote, _ in pairs], [str(local) for _, local in pairs])
