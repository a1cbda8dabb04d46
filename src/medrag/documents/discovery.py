"""Which files of some folders are documents, which are not, and why."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from medrag import registry
from medrag.documents.formats import loader_of
from medrag.documents.walking import Candidate, Entry, Walk
from medrag.errors import CorpusError

_HASH_BLOCK = 2**20


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file to read, and everything that decides what reading it gives.

    Attributes:
        path: Where it is.
        key: POSIX path relative to the root it was found under; the file's name where the file
            itself was the root. Bytes of a name that are not UTF-8 are escaped by backslashes.
        fingerprint: Hex SHA-256 over the file's bytes and those of its provenance.
        loader: Registry name of the loader that reads it.
        loader_version: That loader's `version`.
        sidecar: The provenance file beside it, if any.
        manifests: What corpus manifests say of it, outermost first.
        stamp: What the file system said of the file and its sidecar before they were hashed.
    """

    path: Path
    key: str
    fingerprint: str
    loader: str
    loader_version: int
    sidecar: Path | None = None
    manifests: tuple[Entry, ...] = ()
    stamp: tuple[int, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found under some roots.

    Attributes:
        files: Sorted by key; keys are unique.
        skipped: (path, reason) of every other file that is not hidden, a sidecar or a manifest.
    """

    files: tuple[SourceFile, ...]
    skipped: tuple[tuple[Path, str], ...]


def discover(roots: Sequence[Path], *, loaders: Mapping[str, str] | None = None) -> Discovery:
    """Return the documents under `roots`, each a folder or a file, in an order that never varies.

    Folders are walked to any depth, through symbolic links too, but no folder twice. Hidden
    files and folders (`.name`) are passed over. A file named by two roots is read once.

    Args:
        roots: Folders and files. A key that two roots would share gets its folder's name in front.
        loaders: suffix -> loader name, to read a format with another loader than the default
            (`{".pdf": "pdf-pypdf"}`).

    Raises:
        CorpusError: A root is missing, nothing under the roots can be read, a manifest is
            damaged or names a file that is not there, or two files would share a key.
    """
    walk = Walk()
    for root in roots:
        walk.add(Path(root))
    files: list[SourceFile] = []
    skipped = list(walk.skipped)
    for candidate in _with_unique_keys(walk.candidates):
        made = _source_file(candidate, loaders or {})
        if isinstance(made, SourceFile):
            files.append(made)
        else:
            skipped.append((candidate.path, made))
    if not files:
        raise CorpusError(_nothing(roots, skipped))
    files.sort(key=lambda file: file.key)
    return Discovery(tuple(files), tuple(sorted(skipped, key=lambda pair: str(pair[0]))))


def _nothing(roots: Sequence[Path], skipped: Sequence[tuple[Path, str]]) -> str:
    where = ", ".join(str(root) for root in roots) or "no folder given"
    if not skipped:
        return f"{where}: no files. Name a folder that holds documents."
    path, reason = skipped[0]
    return f"{where}: none of {len(skipped)} files can be read. First: {path.name}: {reason}."


def _with_unique_keys(found: Sequence[Candidate]) -> list[Candidate]:
    counts = Counter(item.key for item in found)
    by_key: dict[str, Candidate] = {}
    for item in found:
        key = f"{item.root}/{item.key}" if counts[item.key] > 1 else item.key
        if key in by_key:
            raise CorpusError(
                f"{item.path} and {by_key[key].path} would both have the key {key!r}. "
                "Name their common parent folder instead."
            )
        by_key[key] = replace(item, key=key)
    return list(by_key.values())


def _source_file(item: Candidate, loaders: Mapping[str, str]) -> SourceFile | str:
    """Return the file, or the reason why it is not read."""
    try:
        name, reason = loaders.get(item.path.suffix.lower(), ""), ""
        if not name:
            name, reason = loader_of(item.path)
        if not name:
            return reason
        stamp = _stamp(item.path, item.sidecar)
        fingerprint = _fingerprint(item.path, item.sidecar, item.entries)
    except OSError as error:
        return f"cannot be opened ({error.strerror})"
    return SourceFile(
        item.path,
        item.key,
        fingerprint,
        loader=name,
        loader_version=int(registry.resolve("loader", name).version),
        sidecar=item.sidecar,
        manifests=item.entries,
        stamp=stamp,
    )


def is_as_found(file: SourceFile) -> bool:
    """Return whether a file and its provenance are here, with the bytes that were discovered."""
    try:
        return _fingerprint(file.path, file.sidecar, file.manifests) == file.fingerprint
    except OSError:
        return False


def has_changed(file: SourceFile) -> bool:
    """Return whether a file or its sidecar is other than it was when it was discovered.

    The bytes are compared again only where the file system says that somebody wrote.
    """
    try:
        same = _stamp(file.path, file.sidecar) == file.stamp
    except OSError:
        return True
    return not same and not is_as_found(file)


def _stamp(*paths: Path | None) -> tuple[int, ...]:
    states = [path.stat() for path in paths if path is not None]
    return tuple(n for s in states for n in (s.st_ino, s.st_size, s.st_mtime_ns))


def _fingerprint(file: Path, sidecar: Path | None, entries: Sequence[Entry]) -> str:
    digest = hashlib.sha256()
    for path in (file, sidecar):
        if path is not None:
            digest.update(f"{path.stat().st_size}\0".encode())
            with path.open("rb") as stream:
                while block := stream.read(_HASH_BLOCK):
                    digest.update(block)
    if entries:
        said = [fields for _, fields in entries]
        digest.update(json.dumps(said, sort_keys=True, default=str).encode())
    return digest.hexdigest()
