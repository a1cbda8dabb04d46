"""What a build asks of an engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Protocol

from medrag.core.protocols import Embedder, Progress
from medrag.pipeline.cutting import Item, Piece

if TYPE_CHECKING:
    from medrag.core.protocols import Vectors


class Work(NamedTuple):
    """What every file and text of a build is worked on with.

    Attributes:
        embedder: Turns texts into vectors; counts tokens.
        budget: Longest passage with its context, in the embedder's tokens.
    """

    embedder: Embedder
    budget: int


class Embedded(NamedTuple):
    """Vectors of some texts.

    Attributes:
        vectors: Shape (texts - lost, dim), rows of L2 norm 1, in input order.
        lost: Positions of texts without a vector, ascending: each ended its worker every time.
    """

    vectors: Vectors
    lost: tuple[int, ...] = ()


class BuildEngine(Protocol):
    """Reads files and embeds texts for one build.

    Use it as a context: entering makes it ready for work, leaving lets everything go. How fast
    its parts are, and how often it had to begin anew, does not change a byte of what it gives.

    Attributes:
        lanes: How many calls of `embed` may be under way at once, each in a thread of its own.
        batch: The most texts of one call.
    """

    lanes: int
    batch: int

    def __enter__(self) -> BuildEngine: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def close(self) -> None:
        """Let everything go; who waits gets a `BackendError`. Once more does nothing."""
        ...

    def read(self, items: Sequence[Item]) -> Iterator[Piece]:
        """Yield the pieces of each item, items in the order given, each ended by its `Ending`.

        Documents of an item may come a second time, the same to the byte, where reading it began
        anew. Called once, and consumed by one thread.

        Raises:
            BackendError: There is nobody left to do the work.
        """
        ...

    def embed(self, texts: Sequence[str], *, progress: Progress) -> Embedded:
        """Return the vectors of texts.

        Raises:
            BackendError: The embedder failed, or there is nobody left to do the work.
        """
        ...
