"""An index as its users see it: build, open, search, inspect."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from medrag.core.closing import Closing
from medrag.core.document import Document, Passage
from medrag.core.patient import Patient
from medrag.core.protocols import Embedder, PassageIndex, Reranker
from medrag.core.query import Filters, Hit, Query, RetrievalSettings, Retrieved, UnreadPart
from medrag.core.understanding import Explanation
from medrag.embedders import open_embedder
from medrag.embedders.remembered import remembered
from medrag.errors import IndexStateError
from medrag.index.opening import OpenedIndex, asked, folder_of, newest, open_index, refuse_partial

if TYPE_CHECKING:
    from medrag.pipeline.report import BuildReport, IndexInfo, PassedOver
    from medrag.retrieval import HybridRetriever

_BLOCK = 256
"""Questions of a batch that are searched together."""
_LOOKED_AT = 10
"""Hits among which a twin in force of what is not is looked for."""


class Index(Closing):
    """One generation of an index, opened for reading.

    Make one with `Index.build` or `Index.open`; use it as a context to close it. It keeps its
    generation while it is open, whatever a later build does; open it again to see the new one.

    Attributes:
        report: What the build did; None for an index that was only opened.
        names_embedder: Whether its embedder is known by name, and is not an object of the caller's.

    Example:
        >>> index = medrag.Index.build(["corpora/"], "guidelines.index")   # doctest: +SKIP
        >>> index.search("metformin in renal impairment", k=3)             # doctest: +SKIP
    """

    def __init__(
        self,
        store: OpenedIndex,
        *,
        report: BuildReport | None = None,
        loading: Future[Embedder] | None = None,
    ) -> None:
        self._store = store
        self._loading = loading
        self._rerankers: dict[str, Reranker] = {}
        self.report = report
        self.names_embedder = True

    @classmethod
    def build(  # noqa: PLR0913 - one argument for each thing that a caller decides
        cls,
        sources: Sequence[str | Path | Document],
        path: str | Path,
        *,
        embedder: str | Embedder | None = None,
        passage_tokens: int = 256,
        prune: bool = False,
        strict: bool = False,
        progress: bool | None = None,
        engine: str = "local",
    ) -> Index:
        """Bring the index at `path` up to date with `sources`, and open it.

        New and changed files are read, unchanged ones are left alone; only texts never seen
        before are embedded. The old index answers until the new one is complete; if the build
        dies at any moment the old one stays. A file that cannot be read is listed in
        `report.failed` and tried again by the next build.

        Args:
            sources: Folders and files; URLs that `fsspec` knows, such as `s3://BUCKET/labels`;
                also documents that another reader has read, such as those of
                `medrag.documents.from_llama_index`.
            path: The index directory; made if missing.
            embedder: Name, path or object; by default the one the index was made with, else
                `minilm`.
            passage_tokens: Longest passage, in the embedder's tokens.
            prune: Take out documents whose files are not among `sources` any more.
            strict: Leave the index as it was where a file fails or a document lacks provenance.
            progress: Show progress bars on standard error; None: on a terminal only.
            engine: Who reads and embeds: `local`, `ray`, `ray://HOST:PORT` or `auto`. The index
                is the same, whoever does.

        Raises:
            CorpusError: A source is missing, none of the files is a document, or two sources
                have one key.
            RefusedCorpusError: `strict`, and something is to be mended; it lists what.
            IndexStateError: The index is damaged, locked by another build, or cannot be written.
            BackendError: The embedder cannot be loaded, or the engine has nobody to do the work.
            UnknownNameError: No engine has that name.
        """
        from medrag.pipeline.building import build, recorded_embedder

        target = folder_of(path, to_do="built into")
        if embedder is None:
            embedder = recorded_embedder(target) or "minilm"
        named = isinstance(embedder, str)
        if isinstance(embedder, str):
            embedder = open_embedder(embedder)
        report = build(
            [_source(source) for source in sources],
            target,
            embedder=embedder,
            passage_tokens=passage_tokens,
            prune=prune,
            strict=strict,
            progress=progress,
            engine=engine,
        )
        index = cls(open_index(target), report=report)
        index.embedder = remembered(embedder)
        index.names_embedder = named
        return index

    @classmethod
    def open(cls, path: str | Path, *, preload: bool = False) -> Index:
        """Return the index at `path`; every byte of a folder is compared with its checksum first.

        Args:
            path: The index directory, or the URL of an index on a server: see
                docs/how-to/search-from-a-database.md.
            preload: Load the embedder and the tables meanwhile: for who will ask at once. What may
                go wrong with the embedder is raised when it is used.

        Raises:
            IndexStateError: There is no index, it is damaged, or of another format.
            BackendError: The server cannot be reached, or a library for it is missing.
        """
        if not preload:
            return cls(open_index(path))
        name = newest(path).recipe.embedder_name
        with ThreadPoolExecutor(1) as pool:
            loading = pool.submit(open_embedder, name)
            index = cls(open_index(path), loading=loading)
            from medrag.retrieval import prepare

            prepare()  # while the model loads
            # Not left to the pool's end: interrupted there, Python 3.12 and older take the thread
            # for ended and end under it, which native code answers with an abort.
            wait([loading])
            return index

    def __len__(self) -> int:
        return len(self._store)

    def close(self) -> None:
        """Let go of the files."""
        self._store.close()

    @property
    def opened(self) -> OpenedIndex:
        """What is searched: files of this machine, a server, or shards."""
        return self._store

    @cached_property
    def embedder(self) -> Embedder:
        """The embedder that the index was made with, loaded at first use.

        Raises:
            IndexStateError: What has its name now gives other vectors.
        """
        name, digest = self._store.embedder_name, self._store.embedder_digest
        embedder = open_embedder(name) if self._loading is None else self._loading.result()
        if embedder.digest != digest:
            raise IndexStateError(
                f"{self._store.path}: made with another version of the embedder {name} (digest "
                f"{digest[:12]}, found {embedder.digest[:12]}). Build the index anew."
            )
        return remembered(embedder)

    @cached_property
    def generation(self) -> str:
        """The generation's number and what identifies its content, for records."""
        manifest = self._store.manifest
        return f"{manifest.generation}-{manifest.content[:12]}"

    def search(
        self,
        question: str,
        k: int = 10,
        *,
        filters: Filters | None = None,
        patient: Patient | None = None,
        settings: RetrievalSettings | None = None,
    ) -> list[Hit]:
        """Return at most `k` passages for `question`, best first; those in force today by default.

        A blank question has no hits.

        Args:
            question: In words.
            k: The most hits.
            filters: Which sources may answer.
            patient: Whom it is about; weak evidence for where to look.
            settings: How the question is understood and passages are ranked.

        Raises:
            PartialSearchError: A shard does not answer; see `retrieved`.
        """
        query = Query(text=question, filters=filters or Filters(), patient=patient)
        return self.retrieve(query, k, settings=settings)

    def explain(
        self,
        question: str,
        k: int = 10,
        *,
        filters: Filters | None = None,
        patient: Patient | None = None,
        settings: RetrievalSettings | None = None,
    ) -> Explanation:
        """Return what `search` returns, with how the question was read and why each hit is there.

        In a notebook it shows itself.

        Args:
            question: In words.
            k: The most hits.
            filters: Which sources may answer.
            patient: Whom it is about; weak evidence for where to look.
            settings: How the question is understood and passages are ranked.
        """
        query = Query(text=question, filters=filters or Filters(), patient=patient)
        found, missing = asked(
            self._store, lambda store: self._retriever(store, settings).explain(query, k)
        )
        return found.model_copy(update={"not_searched": missing}) if missing else found

    def retrieve(
        self, query: Query, k: int, *, settings: RetrievalSettings | None = None
    ) -> list[Hit]:
        """Return at most `k` hits, best first, ranks from 1; no passage twice.

        Raises:
            PartialSearchError: A shard does not answer; see `retrieved`.
        """
        found = self.retrieved(query, k, settings=settings)
        refuse_partial(found.not_searched)
        return list(found.hits)

    def retrieved(
        self, query: Query, k: int, *, settings: RetrievalSettings | None = None
    ) -> Retrieved:
        """Return what `retrieve` does, and which parts of the index were not searched.

        Only an index in shards has parts that can be missing.
        """
        hits, missing = asked(
            self._store, lambda store: self._retriever(store, settings).retrieve(query, k)
        )
        return Retrieved(hits=tuple(hits), not_searched=missing, unread=tuple(self._unread(hits)))

    def _unread(self, hits: Sequence[Hit]) -> Iterator[UnreadPart]:
        """Yield what of the documents of hits was not read."""
        titles = {hit.source.path: hit.source.title for hit in hits if hit.source.path}
        noted = [failure for failure in self._store.manifest.unread if failure.key in titles]
        for path, title in titles.items():
            for failure in noted:
                if failure.key == path:
                    yield UnreadPart(document=title, path=path, reason=failure.reason)

    def search_many(
        self,
        questions: Sequence[str],
        k: int,
        *,
        filters: Filters | None = None,
        settings: RetrievalSettings | None = None,
        jobs: int | None = None,
    ) -> Iterator[list[Hit]]:
        """Yield for each question at most `k` hits of different documents, best first.

        A document stands where its best passage does: what a TREC run over documents needs. What
        a question finds does not depend on those beside it, nor on `jobs`.

        Args:
            questions: In words.
            k: The most hits of each.
            filters: Which sources may answer.
            settings: How questions are understood and passages are ranked.
            jobs: The most processes that search; by default one for each core where questions
                are so many that starting them pays. An index on a server or in shards, and one
                with a reranker or an embedder object of yours, is searched in this process.

        Raises:
            PartialSearchError: A shard does not answer.
            InputError: `jobs` is no whole number from 1.
        """
        from medrag.pipeline.elsewhere import Folder, Searching, jobs_for, spread

        chosen, own = filters or Filters(), settings or RetrievalSettings()
        most = jobs_for(len(questions), 2 + k / 8, jobs)
        folder = Folder.of(self) if most > 1 and own.reranker is None else None
        if folder is not None:
            yield from spread(Searching(folder, k, chosen, own), questions, most)
            return

        def work(store: PassageIndex) -> list[list[Hit]]:
            retriever = self._retriever(store, settings)
            return list(retriever.retrieve_documents(some, k, filters=chosen))

        for start in range(0, len(questions), _BLOCK):
            some = questions[start : start + _BLOCK]
            found, missing = asked(self._store, work)
            refuse_partial(missing)
            yield from found

    def passed_over(
        self,
        question: str,
        k: int = 3,
        *,
        filters: Filters | None = None,
        patient: Patient | None = None,
        settings: RetrievalSettings | None = None,
    ) -> list[PassedOver]:
        """Return better matches than the best hit whose sources are not in force, best first.

        What a search should say beside its hits: that something superseded, expired or not yet
        effective fits the question better. Empty where the best match of all is in force, or
        `filters` ask for superseded sources anyway. Only with the patient and the settings of the
        search is it said of that search.

        Args:
            question: In words.
            k: The most matches.
            filters: Which sources may answer.
            patient: Whom it is about.
            settings: How the question is understood and passages are ranked.

        Raises:
            PartialSearchError: A shard does not answer.
        """
        chosen = filters or Filters()
        everything = chosen.model_copy(update={"include_superseded": True})
        if chosen.include_superseded or self._store.holds_as_many(chosen, everything):
            return []
        query = Query(text=question, filters=everything, patient=patient)
        hits = self.retrieve(query, _LOOKED_AT + k, settings=settings)
        from medrag.pipeline.report import better_not_in_force

        return better_not_in_force(self._store, hits, as_of=chosen.as_of)[:k]

    def document(self, document_id: str) -> Document:
        """Return a document whole, with the text that quotations' spans count characters of.

        Raises:
            IndexStateError: No document of this index has that id.
        """
        return self._store.document(document_id)

    def passages(self, document_id: str) -> list[Passage]:
        """Return the passages that a document was cut into, in text order.

        Raises:
            IndexStateError: No document of this index has that id.
        """
        return self._store.passages_of(document_id)

    def info(self, as_of: date | None = None) -> IndexInfo:
        """Return what the index holds, what of it is in force, and what it was made with.

        Args:
            as_of: The day on which sources are in force or not; today in UTC where None.
        """
        from medrag.pipeline.report import index_info

        return index_info(self._store, as_of)

    def _retriever(
        self, store: PassageIndex, settings: RetrievalSettings | None
    ) -> HybridRetriever:
        """Return the retriever of these settings; a reranker's model is loaded once."""
        from medrag.retrieval import HybridRetriever

        chosen = settings or RetrievalSettings()
        name = chosen.reranker
        if name is not None and name not in self._rerankers:
            from medrag.pipeline.reranking import open_reranker

            self._rerankers[name] = open_reranker(name)
        reranker = self._rerankers[name] if name is not None else None
        return HybridRetriever(store, self.embedder, settings=chosen, reranker=reranker)


def _source(given: str | Path | Document) -> Path | str | Document:
    """Return a source as a build takes it: only URLs stay strings."""
    return Path(given) if isinstance(given, str) and "://" not in given else given
