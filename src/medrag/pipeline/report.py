"""What a build did, and what an index holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timezone
from itertools import takewhile

from pydantic import AwareDatetime

from medrag.core.document import Source
from medrag.core.query import Hit
from medrag.core.span import Value
from medrag.index.opening import OpenedIndex


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
        unread: Parts of files that are not read, while the rest of the file is.
        skipped: Files that are no documents.
        unattributed: Documents without some of their provenance, and what is missing.
        dangling: Sources that supersede a key which no document has: gone since, or misspelled,
            and then the old edition goes on answering.
        unclear: Keys that several documents have, and sources that supersede themselves or each
            other: the editions meant to be replaced go on answering.
        not_in_force: Sources that do not answer today, and why.
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
    unread: tuple[FileNote, ...] = ()
    skipped: tuple[FileNote, ...] = ()
    unattributed: tuple[FileNote, ...] = ()
    dangling: tuple[FileNote, ...] = ()
    unclear: tuple[FileNote, ...] = ()
    not_in_force: tuple[FileNote, ...] = ()
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


class PassedOver(Value):
    """A match that no search shows by default, and why.

    Attributes:
        reason: Such as `superseded by KEY` or `expired on 2024-06-30`.
    """

    hit: Hit
    reason: str


class SourceInfo(Value):
    """One document of an index, for a table.

    Attributes:
        not_in_force: Why it does not answer today; None where it does.
    """

    id: str
    key: str
    title: str
    edition: str | None
    kind: str
    not_in_force: str | None
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
    unread: tuple[FileNote, ...] = ()
    sources: tuple[SourceInfo, ...] = ()


def index_info(store: OpenedIndex, as_of: date | None = None) -> IndexInfo:
    """Return what the index holds, what answers on the day (today), and what it was made with."""
    manifest, reasons = store.manifest, not_in_force(store, as_of)
    return IndexInfo(
        path=str(store.path),
        generation=manifest.generation,
        created=manifest.created,
        medrag=manifest.medrag,
        embedder=manifest.recipe.embedder_name,
        embedder_digest=manifest.recipe.embedder_digest,
        passage_tokens=manifest.recipe.passage_tokens,
        documents=manifest.documents,
        passages=manifest.passages,
        size_bytes=manifest.size_bytes,
        vector_kinds=tuple(sorted({part.kind for part in manifest.parts})),
        failed=tuple(FileNote(file=f.key, note=f.reason) for f in manifest.failed),
        unread=tuple(FileNote(file=f.key, note=f.reason) for f in manifest.unread),
        sources=tuple(
            SourceInfo(
                id=document_id,
                key=source.key,
                title=source.title,
                edition=source.edition,
                kind=source.kind,
                not_in_force=reasons.get(source.key),
                passages=passages,
            )
            for document_id, source, passages in store.sources()
        ),
    )


def not_in_force(store: OpenedIndex, as_of: date | None = None) -> dict[str, str]:
    """Return the keys of sources that do not answer on the day (today in UTC), each with why."""
    return _reasons((source for _, source, _ in store.sources()), store.superseded(as_of), as_of)


def why_not_in_force(
    store: OpenedIndex, sources: Sequence[Source], *, as_of: date | None = None
) -> dict[str, str]:
    """Return the keys of those of `sources` that do not answer on the day, each with why."""
    superseded = store.superseded(as_of, among=[source.key for source in sources])
    return _reasons(sources, superseded, as_of)


def better_not_in_force(
    store: OpenedIndex, hits: Sequence[Hit], *, as_of: date | None
) -> list[PassedOver]:
    """Return the hits before the first in force, less those whose words one in force says too."""
    said = {_words(hit) for hit in hits if hit.in_force}
    first = takewhile(lambda hit: not hit.in_force, hits)
    better = [hit for hit in first if _words(hit) not in said]
    if not better:
        return []
    reasons = why_not_in_force(store, [hit.source for hit in better], as_of=as_of)
    return [PassedOver(hit=hit, reason=reasons[hit.source.key]) for hit in better]


def _words(hit: Hit) -> str:
    return " ".join(hit.passage.text.casefold().split())


def _reasons(
    sources: Iterable[Source], superseded: dict[str, tuple[str, ...]], as_of: date | None
) -> dict[str, str]:
    day = as_of or datetime.now(timezone.utc).date()
    reasons = {}
    for source in sources:
        if source.key in superseded:
            reasons[source.key] = f"superseded by {', '.join(superseded[source.key])}"
        elif source.expires is not None and source.expires < day:
            reasons[source.key] = f"expired on {source.expires}"
        elif (start := source.effective or source.published) is not None and start > day:
            reasons[source.key] = f"in force from {start}"
    return reasons
