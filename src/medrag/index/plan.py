"""What a build has to do: the files of the corpus compared with those of the index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from medrag.errors import IndexStateError
from medrag.index.catalog import FileEntry
from medrag.index.manifest import Recipe


@dataclass(frozen=True, slots=True)
class FileState:
    """One file of the corpus as it is now; what `medrag.documents.discover` says of it."""

    key: str
    fingerprint: str
    loader: str
    loader_version: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What a build has to do.

    Attributes:
        to_read: Files that are new, changed, moved or failed before, in the order given.
        unchanged: Keys of files that need nothing.
        removed: Keys of files that are gone and will be taken out.
        kept: Keys of files that were not given and stay, because `prune` was off.
        moved: New key and old key of each file whose content is known under another key.
        retried: Keys of files that could not be read the last time.
    """

    to_read: tuple[FileState, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    kept: tuple[str, ...]
    moved: tuple[tuple[str, str], ...]
    retried: tuple[str, ...]


def make_plan(
    files: Sequence[FileState], known: Mapping[str, FileEntry], recipe: Recipe, *, prune: bool
) -> Plan:
    """Return what turns an index of the files `known` into one of `files`.

    Raises:
        ValueError: Two files have one key.
    """
    given = {file.key for file in files}
    if len(given) < len(files):
        raise ValueError("two files have one key: keys must tell files apart")
    unchanged = tuple(file.key for file in files if _is_unchanged(file, known, recipe))
    skip = set(unchanged)
    gone = [key for key in known if key not in given]
    moved = _moves([file for file in files if file.key not in known], known, gone)
    sources = {old for _, old in moved}
    left = tuple(key for key in gone if key not in sources)
    return Plan(
        to_read=tuple(file for file in files if file.key not in skip),
        unchanged=unchanged,
        removed=left if prune else (),
        kept=() if prune else left,
        moved=moved,
        retried=tuple(
            file.key for file in files if file.key in known and known[file.key].failed is not None
        ),
    )


def file_entry(
    file: FileState,
    recipe: Recipe,
    *,
    documents: tuple[str, ...] = (),
    failed: str | None = None,
    unread: tuple[str, ...] = (),
) -> FileEntry:
    """Return what the index remembers of a file that was read, or could not be."""
    return FileEntry(
        fingerprint=file.fingerprint,
        loader=file.loader,
        loader_version=file.loader_version,
        recipe=recipe.digest,
        documents=documents,
        failed=failed,
        unread=unread,
    )


def forsaken(
    files: Mapping[str, FileEntry], before: Mapping[str, FileEntry], lost: set[str], reason: str
) -> dict[str, FileEntry]:
    """Return an entry for each of `files` that holds a lost document: failed, as it was before.

    Args:
        files: What the build has read, by key.
        before: What of the index may go on answering, by key.
        lost: Ids of documents that cannot be used.
        reason: Why, for people.
    """
    return {
        key: replace(
            entry,
            documents=before[key].documents if key in before else (),
            failed=reason,
            unread=(),
        )
        for key, entry in files.items()
        if not lost.isdisjoint(entry.documents)
    }


def refuse_two_embedders(root: Path, old: Recipe, new: Recipe, kept: Sequence[str]) -> None:
    """Refuse to keep passages whose vectors another embedder made.

    Raises:
        IndexStateError: Some files would stay without being read again.
    """
    if kept:
        raise IndexStateError(
            f"{root}: made with the embedder {old.embedder_name}, now {new.embedder_name}; "
            f"{len(kept)} of its files were not given ({kept[0]}, ...). "
            "Give every source, or prune those that are gone."
        )


def _is_unchanged(file: FileState, known: Mapping[str, FileEntry], recipe: Recipe) -> bool:
    entry = known.get(file.key)
    if entry is None or entry.failed is not None:
        return False
    same = file_entry(file, recipe, documents=entry.documents, unread=entry.unread)
    return entry == same


def _moves(
    new: Sequence[FileState], known: Mapping[str, FileEntry], gone: Sequence[str]
) -> tuple[tuple[str, str], ...]:
    by_content = {(known[key].fingerprint, known[key].loader): key for key in gone}
    found = ((file.key, by_content.pop((file.fingerprint, file.loader), None)) for file in new)
    return tuple((key, old) for key, old in found if old is not None)
