"""The seam between medrag and where an index lies: a folder here, or a server elsewhere.

A place is a folder, or `SCHEME://...`, whose scheme is a registered `index`. What opens it is an
`OpenedIndex` either way; nothing above this room asks which.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar, runtime_checkable

from medrag.core.protocols import PassageIndex
from medrag.errors import BackendMissingError, IndexStateError, InputError, PartialSearchError
from medrag.index.manifest import held_generation
from medrag.registry import resolve

if TYPE_CHECKING:
    from medrag.core.document import Document, Passage, Source
    from medrag.core.query import Filters, NotSearched
    from medrag.index.manifest import Manifest

_T = TypeVar("_T")
_PASSWORD = re.compile(r"(://[^/@:]*):.*@")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]+)://")
_NEARLY_A_URL = re.compile(r"\s*[a-z][a-z0-9+.-]+:/", re.IGNORECASE)


class OpenedIndex(PassageIndex, Protocol):
    """One generation of an index, opened for reading; safe to share between threads.

    It answers as the generation that it was opened on, whatever is written meanwhile, until it
    is closed. Rows count the passages that can answer, from 0.
    """

    @property
    def path(self) -> object:
        """Where the index lies, as messages name it: never with a password."""
        ...

    @property
    def manifest(self) -> Manifest:
        """What the generation consists of."""
        ...

    @property
    def embedder_name(self) -> str:
        """The name to open the embedder of this index by."""
        ...

    @property
    def embedder_digest(self) -> str:
        """The digest that a query's embedder must have."""
        ...

    def close(self) -> None:
        """Let go of the generation; closing twice is allowed."""
        ...

    def holds_as_many(self, narrow: Filters, wide: Filters) -> bool:
        """Return whether `narrow` lets through as many rows as `wide`, which allows more."""
        ...

    def document(self, document_id: str) -> Document:
        """Return a document with its canonical text.

        Raises:
            InputError: The index holds no such document.
        """
        ...

    def documents(self) -> Iterator[Document]:
        """Yield every document, in the order in which they were added."""
        ...

    def passages_of(self, document_id: str) -> list[Passage]:
        """Return the passages of a document, in text order.

        Raises:
            InputError: The index holds no such document.
        """
        ...

    def sources(self) -> Iterator[tuple[str, Source, int]]:
        """Yield (document id, source, number of passages) of each document, without its text."""
        ...

    def superseded(
        self, as_of: date | None = None, *, among: Iterable[str] | None = None
    ) -> dict[str, tuple[str, ...]]:
        """Return the keys of replaced sources, each with the keys of what replaces it, sorted.

        Args:
            as_of: The day; today in UTC where None.
            among: Keys of sources that are asked about; others may be left out. None: all.
        """
        ...

    def keys_in_force(self, as_of: date | None = None) -> set[str]:
        """Return the keys of the sources that are in force on the day, today unless given."""
        ...


@runtime_checkable
class Parted(Protocol):
    """What an `OpenedIndex` also is where parts of it may not answer."""

    def asked(self, work: Callable[[PassageIndex], _T]) -> tuple[_T, tuple[NotSearched, ...]]:
        """Return what `work` makes of the index, and which parts of it were not searched.

        Where a part fails meanwhile, `work` begins anew without it, so that everything in its
        result comes from the same parts.

        Raises:
            BackendError: No part of the index answers.
        """
        ...


def asked(
    store: OpenedIndex, work: Callable[[PassageIndex], _T]
) -> tuple[_T, tuple[NotSearched, ...]]:
    """Return what `work` makes of an index, and which parts of it were not searched.

    Raises:
        BackendError: No part of the index answers.
    """
    return store.asked(work) if isinstance(store, Parted) else (work(store), ())


def refuse_partial(missing: Sequence[NotSearched]) -> None:
    """Refuse to give a plain list, which cannot say that it is partial.

    Raises:
        PartialSearchError: Something was not searched.
    """
    if missing:
        raise PartialSearchError([(one.part, one.reason) for one in missing])


class IndexKind(Protocol):
    """What is registered as an `index`: opens the places of one URL scheme."""

    @staticmethod
    def open(url: str) -> OpenedIndex:
        """Return the generation that counts now.

        Raises:
            IndexStateError: There is no index, it is damaged, or of another format.
            BackendError: The server cannot be reached.
        """
        ...

    @staticmethod
    def newest(url: str) -> Manifest:
        """Return the manifest of the generation that counts now, without opening it."""
        ...

    @staticmethod
    def verify(url: str) -> list[str]:
        """Return what is wrong with each damaged piece of the index; [] when it is sound."""
        ...


def kind_of(place: str | Path) -> IndexKind | None:
    """Return what opens `place`; None where it is a folder.

    Raises:
        InputError: It is nearly a URL; taken for a folder it would be named, password and all.
        UnknownNameError: No `index` is registered for the scheme.
        BackendMissingError: A library is missing.
    """
    if isinstance(place, Path):
        return None
    found = _SCHEME.match(place)
    if found is None:
        if _NEARLY_A_URL.match(place):
            raise InputError(
                "The place of an index is a folder or SCHEME://..., the scheme in small letters, "
                "with two slashes and nothing before it; what was given is nearly that."
            )
        return None
    try:
        kind: IndexKind = resolve("index", found[1])
    except ModuleNotFoundError as error:
        raise BackendMissingError(str(error.name), extra=_extra(found[1])) from error
    return kind


def open_index(place: str | Path) -> OpenedIndex:
    """Return the index at a folder or URL, opened; every byte of a folder is compared first.

    Raises:
        IndexStateError: There is no index, it is damaged, or of another format.
        UnknownNameError, BackendError: The scheme, its library or its server is not there.
    """
    kind = kind_of(place)
    if kind is not None:
        return kind.open(str(place))
    from medrag.index.store import Store  # FAISS is loaded here

    return Store.open(Path(place))


def newest(place: str | Path) -> Manifest:
    """Return the manifest of the generation that counts at a folder or URL.

    Raises:
        IndexStateError, UnknownNameError, BackendError: As `open_index`.
    """
    kind = kind_of(place)
    if kind is not None:
        return kind.newest(str(place))
    manifest, lock = held_generation(Path(place))
    lock.close()
    return manifest


def folder_of(place: str | Path, *, to_do: str) -> Path:
    """Return `place` as a folder, for what only a folder can do.

    Raises:
        IndexStateError: It is a URL; says to pull it first.
    """
    if kind_of(place) is not None:
        raise IndexStateError(
            f"An index on a server cannot be {to_do}. Bring it into a folder first: "
            "medrag index pull URL --index DIR"
        )
    return Path(place)


def _extra(scheme: str) -> str:
    return {"postgresql": "postgres"}.get(scheme, scheme)


def shown(place: str | Path) -> str:
    """Return a place as messages and logs may show it: without the password of a URL."""
    return _PASSWORD.sub(r"\1@", str(place))
