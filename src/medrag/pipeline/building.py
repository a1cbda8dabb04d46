"""Building an index: discover, read, chunk, embed, commit."""

from __future__ import annotations

import logging
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import NamedTuple

from medrag.core.document import Document, Passage
from medrag.core.protocols import Embedder, Progress
from medrag.documents import CHUNKER_VERSION, chunk, missing_provenance, table_header
from medrag.errors import CorpusError, IndexStateError, PartlyReadError, RefusedCorpusError
from medrag.index import Batch, FileState, IndexWriter, Plan, Recipe, Store
from medrag.pipeline.intake import Intake, take_in
from medrag.pipeline.report import BuildReport, FileNote, not_in_force

_log = logging.getLogger(__name__)

_CONTEXT_TOKENS = 40
"""Room kept for a passage's context (title, headings) beside its text, in tokens."""

_BATCH = 1024
"""Texts embedded between two saves: what an interrupted build has to do again at most."""

_FIRST_BATCH = 64
"""The first batch, so that embedding starts early; each one after it is twice as large."""

_BLOCK_CHARS = 1 << 20
"""Characters of a file of many documents that are cut together."""

_WAITING = 8
"""Batches that may wait for the embedder; then reading waits, so memory stays flat."""


class Job(NamedTuple):
    """One build under way.

    Attributes:
        budget: Longest passage with its context, in the embedder's tokens.
        progress: Whether to show bars; None: on a terminal only.
    """

    writer: IndexWriter
    embedder: Embedder
    budget: int
    progress: bool | None


class Embedding:
    """Embeds and saves full batches in a thread of its own while files are read.

    Use it as a context: leaving waits for the batch under way and drops those that wait.
    Batches are the same, in the same order, however fast either side is.
    """

    def __init__(self, writer: IndexWriter, embedder: Embedder) -> None:
        self._writer = writer
        self._embedder = embedder
        self._pool = ThreadPoolExecutor(1)
        self._under_way: deque[Future[None]] = deque()
        self._size = _FIRST_BATCH
        self.embedded = 0
        self.advance: Progress = lambda _: None

    def __enter__(self) -> Embedding:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    def feed(self) -> None:
        """Hand over the batches that are full; wait while too many wait.

        Raises:
            MedragError: The embedder failed, or a batch could not be saved.
        """
        while (batch := self._writer.take(self._size)) is not None:
            self._hand_over(batch)
            self._size = min(2 * self._size, _BATCH)

    def finish(self) -> None:
        """Hand over what is left and wait until all is saved.

        Raises:
            MedragError: As `feed`.
        """
        for batch in self._writer.batches(_BATCH):
            self._hand_over(batch)
        while self._under_way:
            self._under_way.popleft().result()

    def _hand_over(self, batch: Batch) -> None:
        while self._under_way and (len(self._under_way) >= _WAITING or self._under_way[0].done()):
            self._under_way.popleft().result()
        self._under_way.append(self._pool.submit(self._save, batch))

    def _save(self, batch: Batch) -> None:
        vectors = self._embedder.embed_passages(batch.texts, progress=self._advance)
        self._writer.put(batch, vectors)

    def _advance(self, count: int) -> None:
        self.embedded += count
        self.advance(count)


class Passages(NamedTuple):
    """The documents of one file, cut."""

    documents: list[Document]
    passages: list[Passage]
    contexts: list[str]


def build(  # noqa: PLR0913 - what a caller of `Index.build` decides
    sources: Sequence[Path | Document],
    path: Path,
    *,
    embedder: Embedder,
    passage_tokens: int,
    prune: bool,
    strict: bool = False,
    progress: bool | None,
) -> BuildReport:
    """Bring the index at `path` up to date with `sources`; see `Index.build`."""
    started = perf_counter()
    intake = take_in(sources)
    budget = min(passage_tokens, embedder.max_tokens)
    recipe = Recipe(
        embedder_name=embedder.name,
        embedder_digest=embedder.digest,
        dim=embedder.dim,
        chunker_version=CHUNKER_VERSION,
        passage_tokens=budget,
    )
    with IndexWriter(path, recipe=recipe) as writer:
        plan = writer.plan(intake.states(), prune=prune)
        job = Job(writer, embedder, budget, progress)
        with Embedding(writer, embedder) as embedding:
            failed = _read_all(job, plan, intake, embedding)
            unattributed = _unattributed(writer)
            unread = [FileNote(file=key, note=part) for key, part in writer.unread()]
            if strict and (failed or unattributed):
                raise RefusedCorpusError(_pairs(failed), _pairs(unattributed))
            embedded = _embed_rest(job, embedding)
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
            skipped=tuple(FileNote(file=str(p), note=reason) for p, reason in intake.skipped),
            unattributed=tuple(unattributed),
            not_in_force=tuple(
                FileNote(file=key, note=why) for key, why in sorted(not_in_force(store).items())
            ),
            documents=store.manifest.documents,
            passages=store.manifest.passages,
            embedded=embedded,
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


def contexts_of(
    passages: Sequence[Passage],
    documents: Sequence[Document],
    *,
    count_tokens: Callable[[Sequence[str]], list[int]],
    max_tokens: int = _CONTEXT_TOKENS,
) -> list[str]:
    """Return for each passage its title, headings and table header, as far as they fit.

    They are embedded and indexed before the passage's text, so that a table under "Renal
    impairment" is found for its drug, but are never part of what is quoted. The header is of a
    table that the passage goes on with. The most that fits `max_tokens` is taken of: title, all
    headings and the header; title, the innermost heading and the header; the same without the
    header; the title alone.
    """
    whole = {document.id: document for document in documents}
    choices = [_choices(whole[passage.document_id], passage) for passage in passages]
    unique = sorted({text for choice in choices for text in choice})
    sizes = dict(zip(unique, count_tokens(unique), strict=True)) if unique else {}
    return [next((text for text in c if sizes[text] <= max_tokens), "") for c in choices]


def _choices(document: Document, passage: Passage) -> list[str]:
    """Return the contexts that a passage may have, the longest first."""
    title, header = document.source.title, table_header(document.text, passage.span.start)
    paths = [(title, *passage.section), (title, *passage.section[-1:])]
    with_header = [(*path, header) for path in paths] if header else []
    return [" > ".join(parts) for parts in (*with_header, *paths, (title,))]


def _read_all(job: Job, plan: Plan, intake: Intake, embedding: Embedding) -> list[FileNote]:
    """Read and cut what the plan asks for; return what failed."""
    failed: list[FileNote] = []
    with _bar(len(plan.to_read), "reading", "file", job.progress) as advance:
        for state in plan.to_read:
            reason = _read_file(job, state, intake.read(state.key), embedding)
            if reason is not None:
                failed.append(FileNote(file=state.key, note=reason))
            advance(1)
    return failed


def _read_file(
    job: Job, state: FileState, read: Iterator[Document], embedding: Embedding
) -> str | None:
    """Read one file, document by document; return why it failed, if it did.

    A file that breaks off leaves what the index had of it; one of which some parts cannot be
    read gives the others.
    """
    names: list[str] = []
    try:
        for documents in _blocks(read):
            cut = _cut(documents, job.embedder, job.budget)
            names += job.writer.stage(cut.documents, cut.passages, contexts=cut.contexts)
            embedding.feed()
    except PartlyReadError as error:
        job.writer.keep(state, names, unread=error.parts)
        return None
    except CorpusError as error:
        job.writer.fail(state, str(error))
        return str(error)
    job.writer.keep(state, names)
    return None


def _blocks(documents: Iterator[Document]) -> Iterator[list[Document]]:
    """Yield documents together until they hold `_BLOCK_CHARS`, so that memory stays flat."""
    block: list[Document] = []
    size = 0
    try:
        for document in documents:
            block.append(document)
            size += len(document.text)
            if size >= _BLOCK_CHARS:
                yield block
                block, size = [], 0
    except PartlyReadError:  # raised after the last document, which is among those that wait
        yield block
        raise
    if block:
        yield block


def _cut(documents: list[Document], embedder: Embedder, budget: int) -> Passages:
    count = embedder.count_tokens
    room = budget - _CONTEXT_TOKENS if budget > 2 * _CONTEXT_TOKENS else budget
    passages = [p for d in documents for p in chunk(d, count_tokens=count, max_tokens=room)]
    contexts = contexts_of(
        passages, documents, count_tokens=count, max_tokens=min(_CONTEXT_TOKENS, budget - room)
    )
    return Passages(documents, passages, contexts)


def _embed_rest(job: Job, embedding: Embedding) -> int:
    """Wait until every text is embedded and return how many were."""
    with _bar(job.writer.missing, "embedding", "passage", job.progress) as advance:
        embedding.advance = advance
        embedding.finish()
    return embedding.embedded


def _unattributed(writer: IndexWriter) -> list[FileNote]:
    """Return what each document of the index to be, read now or before, does not say."""
    said = ((source.key, missing_provenance(source)) for source in writer.sources())
    return [
        FileNote(file=key, note=f"does not say its {', '.join(missing)}")
        for key, missing in said
        if missing
    ]


def _pairs(notes: Sequence[FileNote]) -> list[tuple[str, str]]:
    return [(note.file, note.note) for note in notes]


@contextmanager
def _bar(total: int, verb: str, unit: str, progress: bool | None) -> Iterator[Progress]:
    """Show a progress bar on standard error: always, never, or (None) on a terminal only."""
    wanted = sys.stderr.isatty() if progress is None else progress
    if not wanted or total == 0:
        yield lambda _: None
        return
    from tqdm import tqdm

    with tqdm(total=total, desc=verb, unit=unit, leave=False) as bar:

        def advance(count: int) -> None:
            bar.update(count)

        yield advance
