"""The index in use: every request keeps the generation that it began with."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from medrag.config import SELECTION, Settings
from medrag.errors import IndexStateError, MedragError
from medrag.index.opening import newest, shown
from medrag.pipeline.engine import QueryEngine
from medrag.pipeline.index import Index

_QUOTING = Settings(llm=SELECTION, scope=False, deidentify=False, max_claims=1)
"""What looks for quotations about a finding: rules' words, never a person's, and no answer."""


@dataclass(frozen=True, slots=True)
class Opened:
    """One opened generation.

    Attributes:
        index: The index.
        engine: Answers questions from it, as the settings say.
        quoting: Quotes from it what speaks of a finding; needs no language model, and what it
            finds is no answer, so it is not recorded as one.
    """

    index: Index
    engine: QueryEngine
    quoting: QueryEngine


@dataclass(slots=True)
class _Shelf:
    """One opened generation, and how many requests use it."""

    opened: Opened
    number: int
    readers: int = 0
    is_replaced: bool = False


@dataclass(slots=True)
class Desk:
    """Hands out the newest generation and closes an older one when its last reader is done.

    Args:
        path: Folder or URL of the index.
        engine_of: Makes the engine of an opened index.
    """

    path: str
    engine_of: Callable[[Index], QueryEngine]
    _shelf: _Shelf | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def open(self) -> None:
        """Open the index that is current now.

        Raises:
            IndexStateError: There is none, or it is damaged.
        """
        number = newest(self.path).generation
        index = Index.open(self.path, preload=True)
        try:
            quoting = QueryEngine(index, settings=_QUOTING)
            shelf = _Shelf(Opened(index, self.engine_of(index), quoting), number)
        except MedragError:
            index.close()  # it is tried again, and each try would keep one open
            raise
        with self._lock:
            old, self._shelf = self._shelf, shelf
            if old is not None:
                old.is_replaced = True
        self._put_away(old)

    def refresh(self) -> bool:
        """Open a newer generation where there is one; return whether there was.

        Where the new one cannot be opened the old one stays in use.

        Raises:
            IndexStateError: The newer one is damaged.
        """
        with self._lock:
            known = self._shelf.number if self._shelf else None
        if newest(self.path).generation == known:
            return False
        self.open()
        return True

    @contextmanager
    def lease(self) -> Iterator[Opened]:
        """Hold the current generation for one request.

        Raises:
            IndexStateError: No index is open, or a file of it is gone.
        """
        with self._lock:
            shelf = self._shelf
            if shelf is None:
                raise IndexStateError(f"{shown(self.path)}: no index is open. Look at /readyz.")
            shelf.readers += 1
        try:
            yield shelf.opened
        except OSError as error:
            raise IndexStateError(
                f"{shown(self.path)}: a file of the index cannot be read ({error.strerror}). "
                "Put it back, or build the index anew."
            ) from error
        finally:
            with self._lock:
                shelf.readers -= 1
            self._put_away(shelf)

    @property
    def generation(self) -> str | None:
        """The version of the index in use; None before it is opened."""
        shelf = self._shelf
        return shelf.opened.index.generation if shelf else None

    def close(self) -> None:
        """Close the index; requests that hold it finish first."""
        with self._lock:
            old, self._shelf = self._shelf, None
            if old is not None:
                old.is_replaced = True
        self._put_away(old)

    def _put_away(self, shelf: _Shelf | None) -> None:
        with self._lock:
            is_idle = shelf is not None and shelf.is_replaced and shelf.readers == 0
            if shelf is not None and is_idle:
                shelf.is_replaced = False  # closed once
        if shelf is not None and is_idle:
            shelf.opened.index.close()
