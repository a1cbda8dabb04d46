"""Many questions at once: what other processes open to find and to answer the same as this one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TypeVar

from medrag.children import can_start
from medrag.config import Settings
from medrag.core.answer import CheckedAnswer
from medrag.core.query import Filters, Hit, Query, RetrievalSettings
from medrag.cores import cores
from medrag.errors import InputError
from medrag.index.manifest import Manifest
from medrag.pipeline.index import Index
from medrag.pipeline.side_by_side import side_by_side
from medrag.review.approval import Approval

_T = TypeVar("_T")
_D = TypeVar("_D")

_PAYS_MS = 2_000
"""Work from which processes save more time than they take to start."""

_TASK = 32
"""Questions that a process gets at a time."""

ANSWER_MS = 20
"""About what a question of the extractive answerer takes."""


@dataclass(frozen=True, slots=True)
class Folder:
    """The generation of an index folder that is open here, for another process to open.

    Attributes:
        path, manifest: Of the opened store.
    """

    path: Path
    manifest: Manifest

    @classmethod
    def of(cls, index: Index) -> Folder | None:
        """Return that of `index`; None where another process would not find the same.

        That is so of servers and shards, of an embedder object of the caller's, of vectors that
        depend on the texts beside them, and where another index lies in that folder by now.
        """
        from medrag.index.store import Store

        store = index.opened
        alone = index.names_embedder and getattr(index.embedder, "rows_alone", False)
        if type(store) is Store and alone and store.stands:
            return cls(store.path, store.manifest)
        return None

    def opened(self) -> Index:
        """Return the index, opened in this process too."""
        from medrag.index.store import Store

        return Index(Store.reopened(self.path, self.manifest))


@dataclass(frozen=True, slots=True)
class Searching:
    """Opens a folder to search as `Index.search_many` does.

    Attributes:
        k, filters, settings: As of `Index.search_many`.
    """

    folder: Folder
    k: int
    filters: Filters
    settings: RetrievalSettings

    def __call__(self) -> Callable[[Sequence[str]], list[list[Hit]]]:
        """Return what searches some questions."""
        index = self.folder.opened()

        def search(questions: Sequence[str]) -> list[list[Hit]]:
            found = index.search_many(
                questions, self.k, filters=self.filters, settings=self.settings, jobs=1
            )
            return list(found)

        return search


@dataclass(frozen=True, slots=True)
class Answering:
    """Opens a folder to answer as an engine with these settings and this approval does."""

    folder: Folder
    settings: Settings
    approval: Approval | None

    def __call__(self) -> Callable[[Sequence[Query]], list[CheckedAnswer]]:
        """Return what answers some questions."""
        from medrag.pipeline.engine import QueryEngine

        engine = QueryEngine(self.folder.opened(), settings=self.settings, approval=self.approval)
        return engine.query_many


def spread(
    opener: Callable[[], Callable[[Sequence[_T]], list[_D]]], questions: Sequence[_T], jobs: int
) -> Iterator[_D]:
    """Yield what becomes of each question, in order, in as many processes as `jobs_for` says."""
    lots = (questions[at : at + _TASK] for at in range(0, len(questions), _TASK))
    return chain.from_iterable(side_by_side(opener, lots, jobs))


def jobs_for(count: int, each_ms: float, jobs: int | None) -> int:
    """Return in how many processes so many questions are worked on.

    Args:
        count: Questions.
        each_ms: What one takes, about.
        jobs: What the caller asks for; None: one process for each core where it pays.

    Raises:
        InputError: `jobs` is no whole number from 1.
    """
    if jobs is not None and (type(jobs) is not int or jobs < 1):
        raise InputError(f"jobs is {jobs!r}; expected a whole number from 1, or None.")
    if not can_start():
        return 1
    most = (cores() if count * each_ms >= _PAYS_MS else 1) if jobs is None else jobs
    return max(1, min(most, -(-count // _TASK)))
