"""Building an index: discover, read, chunk, embed, commit."""

from __future__ import annotations

import logging
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from medrag.core.document import Document
from medrag.core.protocols import Embedder, Progress
from medrag.documents import CHUNKER_VERSION, missing_provenance
from medrag.errors import IndexStateError, RefusedCorpusError
from medrag.index import IndexWriter, Plan, Recipe, Store
from medrag.index.editions import Edition, rings
from medrag.pipeline.cutting import Ending, Piece
from medrag.pipeline.embedding import Embedding
from medrag.pipeline.engines import Work, open_engine
from medrag.pipeline.intake import taken_in
from medrag.pipeline.report import BuildReport, FileNote, not_in_force

_log = logging.getLogger(__name__)

_LOST = "it holds a text that ended the embedder's process every time. The file is left out."


class Job(NamedTuple):
    """One build under way.

    Attributes:
        progress: Whether to show bars; None: on a terminal only.
    """

    writer: IndexWriter
    plan: Plan
    embedding: Embedding
    progress: bool | None


def build(  # noqa: PLR0913 - what a caller of `Index.build` decides
    sources: Sequence[Path | str | Document],
    path: Path,
    *,
    embedder: Embedder,
    passage_tokens: int,
    prune: bool,
    strict: bool = False,
    progress: bool | None,
    engine: str = "local",
) -> BuildReport:
    """Bring the index at `path` up to date with `sources`; see `Index.build`.

    A source that is a string is a URL.
    """
    started = perf_counter()
    work = Work(embedder, min(passage_tokens, embedder.max_tokens))
    recipe = Recipe(
        embedder_name=embedder.name,
        embedder_digest=embedder.digest,
        dim=embedder.dim,
        chunker_version=CHUNKER_VERSION,
        passage_tokens=work.budget,
    )
    with taken_in(sources) as intake, IndexWriter(path, recipe=recipe) as writer:
        plan = writer.plan(intake.states(), prune=prune)
        items = [intake.item(state.key) for state in plan.to_read]
        with (
            open_engine(engine if items else "local", work, items) as workers,
            Embedding(writer, workers) as embedding,
        ):
            job = Job(writer, plan, embedding, progress)
            failed = _read_all(job, workers.read(items))
            unattributed = _unattributed(writer)
            if strict and (failed or unattributed):
                raise RefusedCorpusError(_pairs(failed), _pairs(unattributed))
            _embed_rest(job)
        failed += _forsake(job)
        if strict and failed:
            raise RefusedCorpusError(_pairs(failed), ())
        unread = [FileNote(file=key, note=part) for key, part in writer.unread()]
        dangling, unclear = _dangling(writer), _unclear(writer)
        generation = writer.commit()
    with Store.open(path, check="sizes") as store:
        report = BuildReport(
            generation=generation,
            read=len(plan.to_read) - len(failed),
            unchanged=len(plan.unchanged),
            removed=plan.removed,
            moved=tuple(FileNote(file=new, note=f"moved from {old}") for new, old in plan.moved),
            failed=tuple(failed),
            unread=tuple(unread),
            skipped=tuple(FileNote(file=file, note=why) for file, why in intake.skipped),
            unattributed=tuple(unattributed),
            dangling=tuple(dangling),
            unclear=tuple(unclear),
            not_in_force=tuple(
                FileNote(file=key, note=why) for key, why in sorted(not_in_force(store).items())
            ),
            documents=store.manifest.documents,
            passages=store.manifest.passages,
            embedded=embedding.embedded,
            seconds=round(perf_counter() - started, 3),
        )
    _log.info("built %s", report)
    return report


def recorded_embedder(path: Path) -> str | None:
    """Return the name of the embedder that the index at `path` was made with, if there is one."""
    try:
        with Store.open(path, check="sizes") as store:
            return store.embedder_name
    except IndexStateError:
        return None  # none yet; a damaged one is refused by the writer, which says more


def _read_all(job: Job, pieces: Iterator[Piece]) -> list[FileNote]:
    """Stage what the plan asks for as it is read; return what failed."""
    failed: list[FileNote] = []
    with _bar(len(job.plan.to_read), "reading", "file", job) as advance:
        for state in job.plan.to_read:
            names, ending = _staged(job, pieces)
            if ending.failed is None:
                job.writer.keep(state, names, unread=ending.unread)
            else:
                job.writer.fail(state, ending.failed)
                failed.append(FileNote(file=state.key, note=ending.failed))
            advance(1)
    return failed


def _staged(job: Job, pieces: Iterator[Piece]) -> tuple[list[str], Ending]:
    """Stage the documents of one file, some at a time; return their ids and how it ended.

    A file that breaks off leaves what the index had of it; one of which some parts cannot be
    read gives the others.
    """
    names: list[str] = []
    for piece in pieces:
        if isinstance(piece, Ending):
            return names, piece
        names += job.writer.stage(piece)
        job.embedding.feed()
    raise AssertionError("an engine ends every file")


def _embed_rest(job: Job) -> None:
    """Wait until every text is embedded."""
    with _bar(job.writer.missing, "embedding", "passage", job) as advance:
        job.embedding.advance = advance
        job.embedding.finish()


def _forsake(job: Job) -> list[FileNote]:
    """List as failed what holds a text that cannot be embedded."""
    if not (lost := job.embedding.lost):
        return []
    return [FileNote(file=key, note=_LOST) for key in job.writer.forsake(lost, _LOST)]


def _unattributed(writer: IndexWriter) -> list[FileNote]:
    """Return what each document of the index to be, read now or before, does not say."""
    said = ((source.key, missing_provenance(source)) for source in writer.sources())
    return [
        FileNote(file=key, note=f"does not say its {', '.join(missing)}")
        for key, missing in said
        if missing
    ]


def _dangling(writer: IndexWriter) -> list[FileNote]:
    """Return what each document says it supersedes, and no document of the index to be is."""
    named = [(source.key, source.supersedes) for source in writer.sources()]
    keys = {key for key, _ in named}
    return [
        FileNote(file=key, note=f"supersedes {old!r}, which no document here has as its key")
        for key, supersedes in named
        for old in supersedes
        if old not in keys
    ]


def _unclear(writer: IndexWriter) -> list[FileNote]:
    """Return what leaves open which edition counts: one key for several, and rings of names."""
    sources = list(writer.sources())
    paths: defaultdict[str, list[str]] = defaultdict(list)
    for source in sources:
        paths[source.key].append(source.path or source.title)
    notes = [
        FileNote(
            file=key,
            note=f"is the key of {len(of)} documents that differ ({', '.join(sorted(of)[:3])}); "
            "what supersedes one supersedes all, and none of them another",
        )
        for key, of in sorted(paths.items())
        if len(of) > 1
    ]
    found = rings([Edition(key=source.key, supersedes=source.supersedes) for source in sources])
    for keys in found:
        others = ", ".join(keys[1:4])
        ring = f"and {others} supersede each other" if others else "supersedes itself"
        notes.append(FileNote(file=keys[0], note=f"{ring}, which replaces nothing"))
    return notes


def _pairs(notes: Sequence[FileNote]) -> list[tuple[str, str]]:
    return [(note.file, note.note) for note in notes]


@contextmanager
def _bar(total: int, verb: str, unit: str, job: Job) -> Iterator[Progress]:
    """Show a progress bar on standard error: always, never, or (None) on a terminal only."""
    wanted = sys.stderr.isatty() if job.progress is None else job.progress
    if not wanted or total == 0:
        yield lambda _: None
        return
    from tqdm import tqdm

    with tqdm(total=total, desc=verb, unit=unit, leave=False) as bar:

        def advance(count: int) -> None:
            bar.set_postfix_str(f"{job.embedding.embedded} texts embedded", refresh=False)
            bar.update(count)

        yield advance
