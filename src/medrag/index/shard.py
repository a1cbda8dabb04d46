"""One shard of an index, as a front asks it: on this machine, or behind an address.

Passages are named by their permanent numbers, which all shards of a split share; filters travel
instead of rows, and the day on which sources must be in force travels with them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple, Protocol

from medrag.core.document import Document, Passage, Source
from medrag.core.query import Filters, Hit
from medrag.core.span import Value
from medrag.core.understanding import Added
from medrag.errors import BackendError, IndexStateError, InputError
from medrag.index.manifest import Manifest
from medrag.index.opening import OpenedIndex
from medrag.index.store import Store
from medrag.index.vectors import Rows, Vectors
from medrag.index.whole import WholeFacts

RETRIEVER = "shard"


class ShardFacts(Value):
    """What a shard says of itself.

    Attributes:
        whole: Which split it is of, and which shard of it.
        manifest: Of the index that was split.
    """

    whole: WholeFacts
    manifest: Manifest


class ListedSource(NamedTuple):
    """One document of a shard: its permanent number, id, source and how many passages it has."""

    number: int
    id: str
    source: Source
    passages: int


class ShardFailedError(BackendError):
    """A shard gave no answer.

    Attributes:
        reason: Why, in words that may be shown: no address, nothing that was asked.
        is_down: Whether it need not be asked again at once.
    """

    def __init__(self, reason: str, *, is_down: bool) -> None:
        self.reason = reason
        self.is_down = is_down
        super().__init__(f"A shard of the index {reason}. See its log.")


class Shard(Protocol):
    """What a front asks one shard; every method may raise `ShardFailedError`."""

    def facts(self) -> ShardFacts:
        """Return what it says of itself."""
        ...

    def expect(self, split: str) -> None:
        """Answer as a shard of this split, or not at all; said before any question but `facts`."""
        ...

    def dense(self, queries: Vectors, k: int, filters: Filters) -> tuple[Vectors, Rows]:
        """Return the nearest passages; see `core.protocols.VectorIndex.search`."""
        ...

    def lexical(
        self, text: str, k: int, filters: Filters, added: Sequence[Added]
    ) -> list[tuple[int, float]]:
        """Return the best passages by BM25 with the whole index's statistics."""
        ...

    def vectors(self, numbers: Rows) -> Vectors:
        """Return the stored vectors of passages, in the order given."""
        ...

    def hits(self, numbers: Rows, as_of: date) -> list[Hit]:
        """Return passages as hits without rank and score, in the order given."""
        ...

    def frequencies(self, words: Sequence[str]) -> list[int]:
        """Return in how many passages of the whole index each word stands."""
        ...

    def count(self, filters: Filters) -> int:
        """Return how many of its passages pass."""
        ...

    def document(self, document_id: str) -> Document:
        """Return a document; InputError where it holds none of that id."""
        ...

    def passages_of(self, document_id: str) -> list[Passage]:
        """Return a document's passages; InputError where it holds none of that id."""
        ...

    def sources(self) -> list[ListedSource]:
        """Return its documents, without their texts."""
        ...

    def superseded(self, as_of: date) -> dict[str, tuple[str, ...]]:
        """Return the keys of its sources that are replaced, by whatever shard."""
        ...

    def keys_in_force(self, as_of: date) -> set[str]:
        """Return the keys of its sources that are in force on the day."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


class LocalShard:
    """A shard on this machine's disk.

    Args:
        store: An opened shard.

    Raises:
        IndexStateError: It is no shard.
    """

    def __init__(self, store: OpenedIndex) -> None:
        if not isinstance(store, Store) or store.whole is None:
            raise IndexStateError(
                f"{store.path}: an index, not a shard of one. Split it: medrag index shard."
            )
        self._store, self._whole = store, store.whole

    @property
    def whole(self) -> WholeFacts:
        """Which split it is of, and which shard of it."""
        return self._whole.facts

    def facts(self) -> ShardFacts:
        """Return what it says of itself."""
        manifest = Manifest.model_validate_json(self._whole.manifest)
        return ShardFacts(whole=self._whole.facts, manifest=manifest)

    def expect(self, split: str) -> None:
        """Make sure that it is of this split; an opened store stays what it is.

        Raises:
            IndexStateError: It is of another.
        """
        if split != self._whole.facts.split:
            raise IndexStateError(f"{self._store.path}: a shard of another split.")

    def dense(self, queries: Vectors, k: int, filters: Filters) -> tuple[Vectors, Rows]:
        """Return the nearest passages.

        Raises:
            InputError: The queries are as long as those of another embedder.
        """
        dim = self._store.manifest.recipe.dim
        if queries.shape[1] != dim:
            raise InputError(
                f"A question of {queries.shape[1]} numbers was asked of an index of {dim}. Ask "
                "with the embedder that the index was built with."
            )
        scores, rows = self._store.dense(queries, k, allowed=self._store.select(filters))
        return scores, self._store.serials(rows)

    def lexical(
        self, text: str, k: int, filters: Filters, added: Sequence[Added]
    ) -> list[tuple[int, float]]:
        """Return the best passages by BM25 with the whole index's statistics."""
        found = self._store.lexical(text, k, allowed=self._store.select(filters), added=added)
        numbers = self._store.serials([row for row, _ in found]).tolist()
        return [(number, score) for number, (_, score) in zip(numbers, found, strict=True)]

    def vectors(self, numbers: Rows) -> Vectors:
        """Return the stored vectors of passages, in the order given."""
        return self._store.vectors(self._store.rows_of(numbers).tolist())

    def hits(self, numbers: Rows, as_of: date) -> list[Hit]:
        """Return passages as hits without rank and score, in the order given."""
        ranked = [(row, 0.0) for row in self._store.rows_of(numbers).tolist()]
        return self._store.hits(ranked, retriever=RETRIEVER, as_of=as_of)

    def frequencies(self, words: Sequence[str]) -> list[int]:
        """Return in how many passages of the whole index each word stands."""
        return self._store.frequencies(words)

    def count(self, filters: Filters) -> int:
        """Return how many of its passages pass."""
        return self._store.count(filters)

    def document(self, document_id: str) -> Document:
        """Return a document."""
        return self._store.document(document_id)

    def passages_of(self, document_id: str) -> list[Passage]:
        """Return a document's passages."""
        return self._store.passages_of(document_id)

    def sources(self) -> list[ListedSource]:
        """Return its documents, without their texts."""
        return [
            ListedSource(entry.number, entry.id, Source.model_validate(entry.source), entry.count)
            for entry, _ in self._store.stored_documents()
        ]

    def keys_in_force(self, as_of: date) -> set[str]:
        """Return the keys of its sources that are in force on the day."""
        return self._store.keys_in_force(as_of)

    def superseded(self, as_of: date) -> dict[str, tuple[str, ...]]:
        """Return the keys of its sources that are replaced, by whatever shard."""
        return self._store.superseded(as_of)

    def close(self) -> None:
        """Close the store."""
        self._store.close()
