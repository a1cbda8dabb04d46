"""Embedding and saving full batches while files are read."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from types import TracebackType

from medrag.core.protocols import Progress
from medrag.index import Batch, IndexWriter
from medrag.pipeline.engines import BuildEngine

_FIRST_BATCH = 64
"""The first batch, so that embedding starts early; each one after it is twice as large."""

_WAITING = 7
"""Batches that may wait beside those under way; then reading waits, so memory stays flat."""


class Embedding:
    """Embeds and saves full batches in threads of its own, as many as the engine has lanes.

    Use it as a context: leaving waits for the batches under way and drops those that wait.
    Batches are the same, in the same order, however fast either side is.

    Attributes:
        embedded: How many texts have a vector.
        lost: Hashes of the texts that cannot have one.
        advance: Told about each text that was embedded.
    """

    def __init__(self, writer: IndexWriter, engine: BuildEngine) -> None:
        self._writer = writer
        self._engine = engine
        self._pool = ThreadPoolExecutor(engine.lanes, thread_name_prefix="embedding")
        self._one_at_a_time = Lock()
        self._under_way: deque[Future[None]] = deque()
        self._size = min(_FIRST_BATCH, engine.batch)
        self.embedded = 0
        self.lost: list[bytes] = []
        self.advance: Progress = lambda _: None

    def __enter__(self) -> Embedding:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            self._engine.close()  # nobody shall wait for workers that are not needed any more
        self._pool.shutdown(cancel_futures=True)

    def feed(self) -> None:
        """Hand over the batches that are full; wait while too many wait.

        Raises:
            MedragError: The embedder failed, or a batch could not be saved.
        """
        while (batch := self._writer.take(self._size)) is not None:
            self._hand_over(batch)
            self._size = min(2 * self._size, self._engine.batch)

    def finish(self) -> None:
        """Hand over what is left and wait until all is saved.

        Raises:
            MedragError: As `feed`.
        """
        for batch in self._writer.batches(self._engine.batch):
            self._hand_over(batch)
        while self._under_way:
            self._under_way.popleft().result()

    def _hand_over(self, batch: Batch) -> None:
        most = _WAITING + self._engine.lanes
        while self._under_way and (len(self._under_way) >= most or self._under_way[0].done()):
            self._under_way.popleft().result()
        self._under_way.append(self._pool.submit(self._save, batch))

    def _save(self, batch: Batch) -> None:
        vectors, lost = self._engine.embed(batch.texts, progress=self._advance)
        gone = set(lost)
        keys = tuple(key for place, key in enumerate(batch.keys) if place not in gone)
        texts = tuple(text for place, text in enumerate(batch.texts) if place not in gone)
        with self._one_at_a_time:
            if keys:
                self._writer.put(Batch(keys, texts), vectors)
            self.lost += [batch.keys[place] for place in lost]

    def _advance(self, count: int) -> None:
        with self._one_at_a_time:
            self.embedded += count
            self.advance(count)
