"""What an index holds, and how two of them differ, in lines for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from medrag.index import Difference
    from medrag.pipeline.report import IndexInfo


def changes(found: Difference) -> str:
    """Return what differs between two indexes, a list for each kind of change."""
    lists = [
        ("added", found.added),
        ("removed", found.removed),
        ("changed", found.changed),
        ("described otherwise, text as before", found.described),
        ("superseded", [f"{key}, by {by}" for key, by in found.superseded]),
        ("no longer in force", found.lapsed),
    ]
    lines = []
    for title, names in lists:
        if names:
            lines += [f"{title} ({len(names)}):", *(f"  {name}" for name in names)]
    return "\n".join(lines) or "no difference"


def table(facts: IndexInfo) -> str:
    """Return what an index holds, a line for each document."""
    lines = [
        f"{facts.path}: generation {facts.generation} of {facts.created:%Y-%m-%d %H:%M} UTC, "
        f"medrag {facts.medrag}",
        f"{facts.documents} documents, {facts.passages} passages, "
        f"{facts.size_bytes / 1e6:.1f} MB, vectors {', '.join(facts.vector_kinds) or 'none'}",
        f"embedder {facts.embedder} ({facts.embedder_digest[:12]}), "
        f"passages of at most {facts.passage_tokens} tokens",
        "",
    ]
    for source in facts.sources:
        state = f"  NOT IN FORCE: {source.not_in_force}" if source.not_in_force else ""
        edition = f", {source.edition}" if source.edition else ""
        lines.append(
            f"  {source.id}  {source.kind:<9} {source.passages:>5} passages  "
            f"{source.title}{edition}{state}"
        )
    lines += [f"  failed: {note.file}: {note.note}" for note in facts.failed]
    lines += [f"  not read: {note.file}: {note.note}" for note in facts.unread]
    return "\n".join(lines)
