"""Folders to candidate files: what lies under some roots, with the provenance beside it."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from medrag.documents.formats import loader_of
from medrag.documents.provenance import MANIFEST_NAME, SIDECAR_SUFFIXES, read_table
from medrag.errors import CorpusError

Entry = tuple[str, Mapping[str, Any]]
"""Where a corpus manifest says something about a file, and what."""

_ABOUT_THE_FOLDER = frozenset({"readme", "license", "licence", "changelog", "notice"})
_OF_AN_INDEX = frozenset({"CURRENT", "generations", "parts"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that nobody has looked into yet.

    Attributes:
        root: Name of the folder that its key is relative to.
        key: POSIX path under that folder; bytes that are not UTF-8 are escaped by backslashes.
        sidecar: The provenance file beside it, if any.
        entries: What manifests say of it, outermost first.
    """

    path: Path
    root: str
    key: str
    sidecar: Path | None
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class _Manifest:
    """One `corpus.toml`: path relative to its folder -> fields."""

    path: Path
    entries: Mapping[str, Mapping[str, Any]]


@dataclass(slots=True)
class Walk:
    """Collects candidates under one root after another; lives for one discovery.

    Attributes:
        candidates: In walking order; a file met twice stands here once.
        skipped: (path, reason) of what cannot be a document.
    """

    candidates: list[Candidate] = field(default_factory=list)
    skipped: list[tuple[Path, str]] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)

    def add(self, root: Path) -> None:
        """Collect what lies under `root`, a folder or a file.

        Raises:
            CorpusError: The root is missing, or a manifest is damaged or names a missing file.
        """
        if root.is_dir():
            for folder, names, manifests in self._folders(root):
                self._sort_out(folder, names, root, manifests)
        elif root.exists() and not root.is_file():
            raise CorpusError(f"{root}: neither a folder nor a regular file.")
        elif root.exists():
            folder = root.parent
            names = sorted(path.name for path in folder.iterdir())
            sidecar = _sidecars(folder, names).of.get(root.name)
            self._keep(root, folder, _manifest(folder), sidecar)
        else:
            raise CorpusError(f"{root}: no such file or folder. Check the path.")

    def _folders(self, root: Path) -> Iterator[tuple[Path, list[str], tuple[_Manifest, ...]]]:
        """Yield folders, outer ones first, names in byte order; none twice, whatever links say."""
        visited: set[str] = set()
        stack: list[tuple[Path, tuple[_Manifest, ...]]] = [(root, ())]
        while stack:
            folder, above = stack.pop()
            real = os.path.realpath(folder)
            if real in visited:
                continue
            visited.add(real)
            try:
                entries = sorted(os.scandir(folder), key=lambda entry: os.fsencode(entry.name))
            except OSError as error:
                self.skipped.append((folder, f"the folder cannot be opened ({error.strerror})"))
                continue
            if {entry.name for entry in entries} >= _OF_AN_INDEX:
                self.skipped.append((folder, "an index, not documents"))
                continue
            shown = [entry for entry in entries if not entry.name.startswith(".")]
            manifests = above + _manifest(folder)
            inner = {entry.name for entry in shown if _is_folder(entry)}
            yield folder, [entry.name for entry in shown if entry.name not in inner], manifests
            below = [(Path(entry.path), manifests) for entry in shown if entry.name in inner]
            stack.extend(reversed(below))

    def _sort_out(
        self, folder: Path, names: Sequence[str], root: Path, manifests: tuple[_Manifest, ...]
    ) -> None:
        sidecars = _sidecars(folder, names)
        # A file goes by its own name, not by that of a link to it beside it.
        for name in sorted(names, key=lambda name: (folder / name).is_symlink()):
            if name == MANIFEST_NAME or name in sidecars.used:
                continue
            path = folder / name
            reason = sidecars.problems.get(name) or _refusal(path)
            if reason:
                self.skipped.append((path, reason))
            else:
                self._keep(path, root, manifests, sidecars.of.get(name))

    def _keep(
        self, path: Path, root: Path, manifests: tuple[_Manifest, ...], sidecar: str | None
    ) -> None:
        real = os.path.realpath(path)
        if real not in self._seen:
            self._seen.add(real)
            self.candidates.append(
                Candidate(
                    path,
                    root=root.resolve().name,
                    key=_key(path, root),
                    sidecar=path.parent / sidecar if sidecar else None,
                    entries=tuple(_entries(path, manifests)),
                )
            )
        elif path.is_symlink():
            self.skipped.append((path, "a link to a file that is read under another name"))


def _key(path: Path, root: Path) -> str:
    raw = os.fsencode(path.relative_to(root).as_posix())
    return raw.decode("utf-8", "backslashreplace")


def _manifest(folder: Path) -> tuple[_Manifest, ...]:
    path = folder / MANIFEST_NAME
    if not path.is_file():
        return ()
    entries: dict[str, Mapping[str, Any]] = {}
    for written, fields in read_table(path).items():
        if not isinstance(fields, dict):
            raise CorpusError(
                f'{path}: {written!r} is no table. Write one table per file, such as ["a.pdf"].'
            )
        name = posixpath.normpath(written)  # `./a.pdf` is a.pdf
        if name in entries or name.startswith(("../", "/")):
            why = "stands there twice" if name in entries else f"lies outside {folder}"
            raise CorpusError(f"{path}: {written!r} {why}. Say it once, where its folder is.")
        if not (folder / name).is_file():
            present = [p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()]
            close = get_close_matches(name, present, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            raise CorpusError(f"{path}: there is no file {written!r} in {folder}.{hint}")
        entries[name] = fields
    return (_Manifest(path, entries),)


def _entries(path: Path, manifests: Sequence[_Manifest]) -> Iterator[Entry]:
    for manifest in manifests:
        name = path.relative_to(manifest.path.parent).as_posix()
        if name in manifest.entries:
            yield f"{manifest.path} [{name}]", manifest.entries[name]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def _refusal(path: Path) -> str:
    """Return why a file is no document; empty if it may be one."""
    if not path.exists():
        return "a symbolic link that leads nowhere"
    if not path.is_file():
        return "not a regular file"
    if path.name.startswith("~$"):
        return "a lock file of an open office document"
    if path.stem.lower() in _ABOUT_THE_FOLDER:
        return "describes the folder; name the file itself to read it"
    return ""


# --- Sidecars ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sidecars:
    """Which names of one folder are provenance (document -> sidecar), and which only look so."""

    of: Mapping[str, str]
    used: frozenset[str]
    problems: Mapping[str, str]


def _sidecars(folder: Path, names: Sequence[str]) -> _Sidecars:
    """Return the sidecars among `names`: `x.pdf.toml` for `x.pdf`, `x.toml` for the only `x.*`.

    A `.json` file describes only a document of another suffix, and only where it does not look
    like a document itself. A full name wins over a stem.
    """
    of: dict[str, str] = {}
    problems: dict[str, str] = {}
    present = set(names)
    candidates = [n for n in names if Path(n).suffix.lower() in SIDECAR_SUFFIXES]
    candidates.sort(key=lambda name: (Path(name).stem not in present, name))
    for name in candidates:
        owners = _owners(name, names, present)
        if name == MANIFEST_NAME or (owners and _is_document(folder / name)):
            continue
        if len(owners) == 1 and owners[0] not in of:
            of[owners[0]] = name
        elif len(owners) == 1:
            problems[name] = f"{owners[0]} already has the sidecar {of[owners[0]]}"
        elif owners:
            problems[name] = f"could describe any of {', '.join(owners)}; name it after one"
        elif name.lower().endswith(".toml"):
            problems[name] = "provenance without a document beside it"
    return _Sidecars(of, frozenset(of.values()), problems)


def _is_document(path: Path) -> bool:
    try:
        return path.suffix.lower() == ".json" and bool(loader_of(path)[0])
    except OSError:
        return False


def _owners(name: str, names: Sequence[str], present: set[str]) -> list[str]:
    stem = Path(name).stem
    if stem in present:
        return [stem]
    same = [n for n in names if Path(n).stem == stem]
    documents = [n for n in same if Path(n).suffix.lower() not in SIDECAR_SUFFIXES]
    if documents or not name.lower().endswith(".toml"):
        return documents
    return [n for n in same if Path(n).suffix.lower() == ".json"]
