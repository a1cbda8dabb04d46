"""What an index is made of: the manifest of one generation, and which generation counts.

```
guidelines.index/
  CURRENT                 which generation counts, and the SHA-256 of its manifest
  write.lock              held by the one writer
  generations/000007/     manifest, catalog, lexical index: immutable once CURRENT names it
  parts/000003/           passages and vectors, immutable, shared by generations
  pending/                vectors of an unfinished build
```
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from medrag.core.span import Value
from medrag.errors import IndexStateError
from medrag.index.disk import FileSum, replace_durably, write_durably
from medrag.index.locks import Lock, hold_for_reading
from medrag.index.records import to_bytes
from medrag.index.whole import refuse_shard

FORMAT = 2
"""Grows by one whenever an older medrag could not read what this one writes."""

CURRENT = "CURRENT"
WRITE_LOCK = "write.lock"
MANIFEST = "manifest.json"
READERS = "readers.lock"
STAGING = "staging"
PENDING = "pending"

_TRIES = 50
_OURS = {CURRENT, f"{CURRENT}.new", WRITE_LOCK, "generations", "parts", STAGING, PENDING}


class Recipe(Value):
    """What the vectors and passages of an index were made with.

    Attributes:
        embedder_name: The name to open the same embedder by.
        embedder_digest: `Embedder.digest`; another digest means another vector space.
        dim: Length of a vector.
        chunker_version: Passages of another version are cut anew.
        passage_tokens: Longest passage, in the embedder's tokens.
    """

    embedder_name: str
    embedder_digest: str
    dim: int = Field(ge=1)
    chunker_version: int
    passage_tokens: int

    @property
    def digest(self) -> str:
        """The first 16 hex digits of the SHA-256 of what decides passages and vectors."""
        parts = [self.embedder_digest, self.dim, self.chunker_version, self.passage_tokens]
        return hashlib.sha256(to_bytes(parts)).hexdigest()[:16]


class Failure(Value):
    """A file that could not be read, which is tried again at every build, or a part of one.

    Attributes:
        key: The file's key.
        reason: What went wrong, for people.
        kept: Whether an earlier version of the file, or its other parts, still answer.
    """

    key: str
    reason: str
    kept: bool = False


class PartEntry(Value):
    """One immutable part of the passages.

    Attributes:
        name: Its folder below `parts`.
        rows: Passages in the part, dead ones included.
        kind: Registered name of its vector index.
        recall: Measured share of the true ten nearest that the index finds, in [0, 1].
    """

    name: str
    rows: int
    kind: str
    recall: float


_CONTENT = ("documents.dat", "bodies.dat", "passages.dat", "row-documents.bin", "serials.bin")
"""Files whose bytes follow from the documents and the recipe alone."""


class Manifest(Value):
    """Everything that one generation of an index consists of.

    Attributes:
        generation: Grows by one with every change of the index; never reused.
        passages, documents: How many can answer.
        sources: How many files they were read from.
        dead: Passages that still take room but cannot be found.
        next_row, next_document, next_part: The first numbers never used so far.
        files: Checksums of every file of the generation and its parts.
        failed: Files that could not be read.
        unread: Parts of files that are not read, one by one, where the rest is.
    """

    format: int = FORMAT
    medrag: str
    generation: int
    created: datetime
    recipe: Recipe
    passages: int
    documents: int
    sources: int
    dead: int
    next_row: int
    next_document: int
    next_part: int
    parts: tuple[PartEntry, ...]
    files: tuple[FileSum, ...]
    failed: tuple[Failure, ...] = ()
    unread: tuple[Failure, ...] = ()

    @property
    def content(self) -> str:
        """SHA-256 over the recipe and the documents and passages, hex.

        Two builds of the same documents agree. Left out is what is made of them in no fixed order
        (words, vectors) and where the files lay; `files` binds those too.
        """
        sums = [
            f"{entry.path.rpartition('/')[2]}\0{entry.sha256}"
            for entry in self.files
            if entry.path.endswith(_CONTENT)
        ]
        return hashlib.sha256("\n".join([self.recipe.digest, *sums]).encode()).hexdigest()

    @property
    def size_bytes(self) -> int:
        """Bytes on disk of this generation and its parts."""
        return sum(entry.bytes for entry in self.files)


def refuse_foreign(root: Path) -> None:
    """Refuse to write an index into a folder that holds something else, or a shard of another.

    Raises:
        IndexStateError: It does, or there is a file of that name.
    """
    if not root.exists():
        return
    if not root.is_dir():
        raise IndexStateError(f"{root}: a file, not a folder. Give another place for the index.")
    foreign = sorted(path.name for path in root.iterdir() if path.name not in _OURS)
    if foreign and not (root / CURRENT).exists():
        raise IndexStateError(
            f"{root}: holds {foreign[0]!r} and is no index. Give an empty or a new folder."
        )
    if (root / CURRENT).exists():
        refuse_shard(generation_folder(root, _read_current(root)[0]), root)


def generation_folder(root: Path, generation: int) -> Path:
    """Return the folder of a generation."""
    return root / "generations" / f"{generation:06d}"


def part_folder(root: Path, name: str) -> Path:
    """Return the folder of a part."""
    return root / "parts" / name


def write_manifest(root: Path, manifest: Manifest) -> str:
    """Write the manifest of a generation durably and return its SHA-256."""
    data = to_bytes(manifest.model_dump(mode="json"))
    write_durably(generation_folder(root, manifest.generation) / MANIFEST, data)
    return hashlib.sha256(data).hexdigest()


def switch(root: Path, generation: int, digest: str) -> None:
    """Make `generation` the one that counts, by one atomic rename."""
    fields = {"format": FORMAT, "generation": generation, "sha256": digest}
    replace_durably(root / CURRENT, to_bytes(fields) + b"\n")


def current_manifest(root: Path) -> Manifest:
    """Return the manifest of the generation that counts.

    Raises:
        IndexStateError: There is no index, it is of another format, or its list is damaged.
        FileNotFoundError: The generation was replaced and removed meanwhile; ask again.
    """
    generation, digest = _read_current(root)
    manifest, found = generation_manifest(root, generation)
    if found != digest:
        raise _damaged(root, f"the manifest of generation {generation} was changed")
    return manifest


def generation_manifest(root: Path, generation: int) -> tuple[Manifest, str]:
    """Return the manifest of a generation, whether it counts or not, and its SHA-256.

    Raises:
        IndexStateError: It is damaged.
        FileNotFoundError: There is none.
    """
    data = (generation_folder(root, generation) / MANIFEST).read_bytes()
    try:
        manifest = Manifest.model_validate(json.loads(data))
    except (ValueError, ValidationError) as error:
        raise _damaged(root, f"the manifest of generation {generation} is not valid") from error
    return manifest, hashlib.sha256(data).hexdigest()


def held_generation(root: Path) -> tuple[Manifest, Lock]:
    """Return the manifest that counts and a lock that keeps its files from being removed."""
    for _ in range(_TRIES):
        try:
            manifest = current_manifest(root)
        except FileNotFoundError:
            continue
        lock = hold_for_reading(generation_folder(root, manifest.generation) / READERS)
        if lock is not None:
            return manifest, lock
    raise IndexStateError(
        f"{root}: the files of the current generation are missing. "
        "Restore the index from a copy, or delete the folder and build it anew."
    )


def _read_current(root: Path) -> tuple[int, str]:
    try:
        data = (root / CURRENT).read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise IndexStateError(
            f"{root}: no index here. Build one: medrag index build SOURCE --index {root}"
        ) from error
    try:
        fields: dict[str, Any] = json.loads(data)
        number, generation, digest = fields["format"], fields["generation"], fields["sha256"]
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(root, f"{CURRENT} is not readable") from error
    if number != FORMAT:
        raise IndexStateError(
            f"{root}: written in index format {number}, this medrag reads {FORMAT}. "
            "Use the medrag that wrote it, or build the index anew."
        )
    if to_bytes(fields) + b"\n" != data or not isinstance(generation, int):
        raise _damaged(root, f"{CURRENT} was changed")
    return generation, digest


def _damaged(root: Path, what: str) -> IndexStateError:
    return IndexStateError(
        f"{root}: {what}. Restore the index from a copy, or delete the folder and build it anew."
    )
