"""What a build did, and what an index holds."""

from __future__ import annotations

from pydantic import AwareDatetime

from medrag.core.span import Value


class FileNote(Value):
    """Something to know about one file.

    Attributes:
        file: Its key in the index, or its path where it never became part of it.
        note: What is to be known, for people.
    """

    file: str
    note: str


class BuildReport(Value):
    """What one build did; nothing that was found is left unmentioned.

    Attributes:
        generation: The generation that counts now.
        read, unchanged, removed, moved: Files, by what was done with them.
        failed: Files that could not be read; they are tried again at the next build.
        skipped: Files that are no documents.
        unattributed: Documents without some of their provenance, and what is missing.
        superseded: Sources that are not in force today, and why.
        documents, passages: What the index holds now.
        embedded: Texts embedded by this build.
        seconds: Wall time.
    """

    generation: int
    read: int = 0
    unchanged: int = 0
    removed: tuple[str, ...] = ()
    moved: tuple[FileNote, ...] = ()
    failed: tuple[FileNote, ...] = ()
    skipped: tuple[FileNote, ...] = ()
    unattributed: tuple[FileNote, ...] = ()
    superseded: tuple[FileNote, ...] = ()
    documents: int = 0
    passages: int = 0
    embedded: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        files = f"{self.read} files read, {self.unchanged} unchanged"
        for word, items in (("removed", self.removed), ("failed", self.failed)):
            files += f", {len(items)} {word}" if items else ""
        return (
            f"generation {self.generation}: {self.documents} documents, {self.passages} passages; "
            f"{files}; {self.embedded} texts embedded, {self.seconds:.1f} s"
        )


class SourceInfo(Value):
    """One document of an index, for a table.

    Attributes:
        in_force: Whether it answers today.
    """

    id: str
    key: str
    title: str
    edition: str | None
    kind: str
    in_force: bool
    passages: int


class IndexInfo(Value):
    """What an index holds and what it was made with."""

    path: str
    generation: int
    created: AwareDatetime
    medrag: str
    embedder: str
    embedder_digest: str
    passage_tokens: int
    documents: int
    passages: int
    size_bytes: int
    vector_kinds: tuple[str, ...]
    failed: tuple[FileNote, ...] = ()
    sources: tuple[SourceInfo, ...] = ()
