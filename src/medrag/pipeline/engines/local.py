"""Everything in this process: one thread reads, another embeds on every core."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from medrag.core.closing import Closing
from medrag.core.protocols import Progress
from medrag.errors import InputError
from medrag.pipeline.cutting import Item, Piece, pieces
from medrag.pipeline.engines.protocol import Embedded, Work

_BATCH = 1024
"""Texts embedded between two saves: what an interrupted build has to do again at most."""


def open_local(argument: str, work: Work) -> LocalEngine:
    """Return the engine.

    Raises:
        InputError: There is an argument; it takes none.
    """
    if argument:
        raise InputError(f"The build engine 'local' takes no argument, got {argument!r}.")
    return LocalEngine(work)


class LocalEngine(Closing):
    """Reads in the thread that asks, embeds in the thread that asks; starts no process."""

    lanes = 1
    batch = _BATCH

    def __init__(self, work: Work) -> None:
        self._work = work

    def close(self) -> None:
        """Do nothing: there is nothing to let go of."""

    def read(self, items: Sequence[Item]) -> Iterator[Piece]:
        """Yield the pieces of each item, read when they are asked for."""
        for item in items:
            yield from pieces(item, self._work.embedder, self._work.budget)

    def embed(self, texts: Sequence[str], *, progress: Progress) -> Embedded:
        """Return the vectors of texts; none is lost."""
        return Embedded(self._work.embedder.embed_passages(texts, progress=progress))
