"""Which of the ranked hits are returned: none that says what a better one says."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from medrag.core.query import Hit
from medrag.retrieval.sameness import Seen

REPEATED = 0.01
"""What each passage of a document costs the next one of the same document."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A hit on its way to the result.

    Attributes:
        row: Of its passage in the index.
        score: What it is ordered by.
        bonus: What the headings above it add to the score, and `kind` for which question.
        rerank: What a reranker said of it.
    """

    row: int
    hit: Hit
    score: float
    bonus: float = 0.0
    kind: str = ""
    rerank: float | None = None


class Selection:
    """The best hits, in order of score.

    A passage that says what a better one says is left out. Each passage of a document costs the
    next one of the same document `repeated`, so that of several documents that answer more than
    one is seen.

    Args:
        size: How many are wanted.
        documents: Of how many documents there must be one, however many hits that takes.
        repeated: See above; 0 for no such cost.
    """

    def __init__(self, size: int, *, documents: int = 0, repeated: float = REPEATED) -> None:
        self._size = size
        self._documents = documents
        self._repeated = repeated
        self._kept: list[Placed] = []
        self._seen = Seen()
        self._taken: Counter[str] = Counter()

    @property
    def complete(self) -> bool:
        """Whether as many were found as are wanted."""
        return len(self._kept) >= self._size and len(self._taken) >= self._documents

    def offer(self, some: Iterable[Placed]) -> None:
        """Take the best of `some`, as long as there is room."""
        heap = [(-placed.score, placed.row, placed) for placed in some]
        heapq.heapify(heap)
        while heap and not self.complete:
            negative, row, placed = heapq.heappop(heap)
            cost = self._repeated * self._taken[placed.hit.passage.document_id]
            if placed.score - cost < -negative:  # others of its document were taken meanwhile
                heapq.heappush(heap, (cost - placed.score, row, placed))
                continue
            self._take(replace(placed, score=-negative) if cost else placed)

    def result(self) -> list[Placed]:
        """Return what was taken, best first, ranks from 1."""
        ordered = sorted(self._kept, key=lambda placed: (-placed.score, placed.row))
        return [_ranked(placed, rank) for rank, placed in enumerate(ordered, start=1)]

    def _take(self, placed: Placed) -> None:
        if not self._seen.is_new(placed.hit):
            return
        self._taken[placed.hit.passage.document_id] += 1
        self._kept.append(placed)


def _ranked(placed: Placed, rank: int) -> Placed:
    hit = placed.hit.model_copy(update={"rank": rank, "score": placed.score})
    return replace(placed, hit=hit)
