"""Shards that answer as one index: asked together, each within its time, what is missing said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import TypeVar

from medrag.core.document import Document, Passage, Source
from medrag.core.protocols import PassageIndex
from medrag.core.query import Filters, NotSearched
from medrag.errors import BackendError, IndexStateError, PartialSearchError
from medrag.index.manifest import Manifest
from medrag.index.scatter import Lost, LostError, Shards
from medrag.index.shard import Shard, ShardFacts
from medrag.index.sharding import shard_of
from medrag.index.sitting import Sitting, of_a_day
from medrag.index.store import today

_T = TypeVar("_T")
_WORDS_KEPT = 100_000


class ShardedStore:
    """The shards of one split, opened for reading; see `core.protocols.OpenedIndex`.

    A row is `number * shards + shard`, with the permanent number of its passage: rows of all shards
    ascend as those of the index that was split. Ranking is done here, over what all shards found
    and with statistics that all of them share, so shards rank as the index does.

    Args:
        shards: All of a split, in the order of their numbers.
        limit_s: The longest time for one question to one shard, in seconds.
        retry_s: Seconds before a shard that was not reached is asked again.

    Raises:
        IndexStateError: They are not the shards of one split in its order.
        BackendError: None of them can be reached.
    """

    def __init__(
        self, shards: Sequence[Shard], *, limit_s: float = 2.0, retry_s: float = 1.0
    ) -> None:
        self._shards = Shards(shards, limit_s=limit_s, retry_s=retry_s)
        self._words: dict[str, int] = {}
        try:
            self._facts = self._agreed()
            for shard in shards:
                shard.expect(self._facts.whole.split)
        except BaseException:
            self.close()
            raise

    def _agreed(self) -> ShardFacts:
        """Return what a shard says of itself, where all that answer are of one split."""
        lost: Lost = {}
        found = self._shards.ask(lambda shard: shard.facts(), lost)
        if not found:
            raise self._nobody(lost)
        of, splits = len(self._shards), {facts.whole.split for facts in found.values()}
        fit = all((one.whole.number, one.whole.of) == (at, of) for at, one in found.items())
        if len(splits) > 1 or not fit:
            shown = "; ".join(
                f"in place {at + 1} is shard {one.whole.number + 1} of {one.whole.of} of "
                f"generation {one.whole.generation} ({one.whole.split})"
                for at, one in sorted(found.items())
            )
            raise IndexStateError(
                f"The shards are not those of one split, in their order: {shown}. Give all that "
                "one `medrag index shard` made, from shard-0 on."
            )
        return next(iter(found.values()))

    def _nobody(self, lost: Lost) -> BackendError:
        named = "; ".join(f"{one.part}: {one.reason}" for one in self._shards.named(lost))
        return BackendError(f"No shard of the index answers ({named}). Start them.")

    @property
    def path(self) -> str:
        """How many shards, for messages."""
        return f"{len(self._shards)} shards"

    @property
    def manifest(self) -> Manifest:
        """Of the index that was split: its shards answer as it does."""
        return self._facts.manifest

    @property
    def embedder_name(self) -> str:
        """The name to open the embedder of the index by."""
        return self.manifest.recipe.embedder_name

    @property
    def embedder_digest(self) -> str:
        """The digest that a query's embedder must have."""
        return self.manifest.recipe.embedder_digest

    def __len__(self) -> int:
        return self._facts.whole.passages

    def close(self) -> None:
        """Let go of the shards."""
        self._shards.close()

    def asked(self, work: Callable[[PassageIndex], _T]) -> tuple[_T, tuple[NotSearched, ...]]:
        """Return what `work` makes of the shards, and which of them were not searched.

        Raises:
            BackendError: None of them answers.
        """
        self._shards.look()
        lost: Lost = {}
        if len(self._words) > _WORDS_KEPT:
            self._words = {}
        while len(lost) < len(self._shards):
            try:
                done = work(Sitting(self._shards, lost, self._facts, self._words))
            except LostError:
                continue  # one more is lost: anew, so that everything comes from the same shards
            if len(lost) < len(self._shards):
                return done, self._shards.named(lost)
        raise self._nobody(lost)

    def _of_all(self, ask: Callable[[Shard], _T]) -> dict[int, _T]:
        """Return what every shard answers, by its number.

        Raises:
            PartialSearchError: One of them does not.
        """
        self._shards.look()
        lost: Lost = {}
        found = self._shards.ask(ask, lost)
        if lost:
            raise self._partial(lost)
        return found

    def _partial(self, lost: Lost) -> PartialSearchError:
        return PartialSearchError([(one.part, one.reason) for one in self._shards.named(lost)])

    def holds_as_many(self, narrow: Filters, wide: Filters) -> bool:
        """Return whether `narrow` lets through as many rows as `wide`, which allows more.

        Raises:
            PartialSearchError: A shard does not answer.
        """
        pair = [of_a_day(filters) for filters in (narrow, wide)]
        counts = self._of_all(lambda shard: [shard.count(filters) for filters in pair])
        return all(few == many for few, many in counts.values())

    def document(self, document_id: str) -> Document:
        """Return a document with its canonical text.

        Raises:
            InputError: The index holds no such document.
            PartialSearchError: The shard that would hold it does not answer.
        """
        return self._from_its_shard(document_id, lambda shard: shard.document(document_id))

    def passages_of(self, document_id: str) -> list[Passage]:
        """Return the passages of a document, in text order; errors are those of `document`."""
        return self._from_its_shard(document_id, lambda shard: shard.passages_of(document_id))

    def _from_its_shard(self, document_id: str, ask: Callable[[Shard], _T]) -> _T:
        self._shards.look()
        number = shard_of(document_id, len(self._shards))
        lost: Lost = {}
        found = self._shards.ask_each({number: ask}, lost)
        if number in lost:
            raise self._partial(lost)
        return found[number]

    def sources(self) -> Iterator[tuple[str, Source, int]]:
        """Yield (document id, source, number of passages) of each document, as they were added.

        Raises:
            PartialSearchError: A shard does not answer.
        """
        listed = self._of_all(lambda shard: shard.sources())
        for one in sorted(one for some in listed.values() for one in some):
            yield one.id, one.source, one.passages

    def documents(self) -> Iterator[Document]:
        """Yield every document, in the order in which they were added.

        Raises:
            PartialSearchError: A shard does not answer.
        """
        return (self.document(document_id) for document_id, _, _ in self.sources())

    def superseded(
        self,
        as_of: date | None = None,
        *,
        among: Iterable[str] | None = None,  # noqa: ARG002 - all of them are few
    ) -> dict[str, tuple[str, ...]]:
        """Return the keys of replaced sources, each with the keys of what replaces it.

        Raises:
            PartialSearchError: A shard does not answer.
        """
        day = as_of or today()
        found = self._of_all(lambda shard: shard.superseded(day))
        every = {old: new for some in found.values() for old, new in some.items()}
        return dict(sorted(every.items()))

    def keys_in_force(self, as_of: date | None = None) -> set[str]:
        """Return the keys of the sources that are in force on the day.

        Raises:
            PartialSearchError: A shard does not answer.
        """
        day = as_of or today()
        return set[str]().union(*self._of_all(lambda shard: shard.keys_in_force(day)).values())
