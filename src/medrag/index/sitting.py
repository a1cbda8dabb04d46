"""One question to the shards of a split, as retrieval asks an index."""

from __future__ import annotations

from collections.abc import Callable, Iterable, MutableMapping, Sequence
from datetime import date
from functools import partial
from typing import TypeVar

import numpy as np

from medrag.core.query import Filters, Hit
from medrag.core.understanding import Added
from medrag.index.scatter import Lost, LostError, Shards
from medrag.index.shard import Shard, ShardFacts
from medrag.index.store import today
from medrag.index.terms import terms
from medrag.index.vectors import Rows, Vectors, best, levelled, nothing

_T = TypeVar("_T")
_EVERYTHING = Filters(include_superseded=True)
Words = MutableMapping[str, int]


class Sitting:
    """The shards as one question finds them; see `core.protocols.PassageIndex`.

    Args:
        shards: All of them.
        lost: Those that do not answer, and why; grows.
        facts: Of any of them.
        words: In how many passages words stand, as far as it was asked.
    """

    quick = False
    """Shards are asked over a network."""

    def __init__(self, shards: Shards, lost: Lost, facts: ShardFacts, words: Words) -> None:
        self._shards, self._lost, self._facts, self._words = shards, lost, facts, words

    def __len__(self) -> int:
        return self._facts.whole.passages

    def select(self, filters: Filters) -> Filters:
        """Return the filters with the day on which sources must be in force."""
        return of_a_day(filters)

    def dense(
        self, queries: Vectors, k: int, *, allowed: Filters | None = None
    ) -> tuple[Vectors, Rows]:
        """Return the nearest rows of all shards."""
        chosen = allowed or _EVERYTHING
        found = self._shards.ask(lambda shard: shard.dense(queries, k, chosen), self._lost)
        none = nothing(len(queries))
        scores = [none[0], *(found[number][0] for number in sorted(found))]
        rows = [none[1], *(self._rows(number, found[number][1]) for number in sorted(found))]
        return best(np.concatenate(scores, axis=1), np.concatenate(rows, axis=1), k)

    def lexical(
        self, text: str, k: int, *, allowed: Filters | None = None, added: Sequence[Added] = ()
    ) -> list[tuple[int, float]]:
        """Return the best rows of all shards by BM25."""
        chosen = allowed or _EVERYTHING
        ask = partial(_lexical, text=text, k=k, filters=chosen, added=added)
        found = self._shards.ask(ask, self._lost)
        of = len(self._shards)
        every = [(n * of + number, score) for number, some in found.items() for n, score in some]
        return merged(every)[:k]

    def vectors(self, rows: Sequence[int]) -> Vectors:
        """Return the stored vectors of rows, in the order given."""
        wanted = np.asarray(rows, dtype=np.int64)
        found = self._of_each(wanted, lambda shard, numbers: shard.vectors(numbers))
        every = np.empty((len(wanted), self._facts.manifest.recipe.dim), dtype=np.float32)
        for number, vectors in found.items():
            every[wanted % len(self._shards) == number] = vectors
        return every

    def terms(self, text: str) -> list[str]:
        """Return the words of `text` as the lexical search compares them."""
        return terms(text)

    def frequencies(self, words: Sequence[str]) -> list[int]:
        """Return in how many passages each of `words` stands; every shard knows it of all."""
        new = [word for word in dict.fromkeys(words) if word not in self._words]
        while new:
            number = next((n for n in range(len(self._shards)) if n not in self._lost), None)
            if number is None:
                raise LostError("no shard is left")
            ask = partial(_frequencies, words=new)
            if found := self._shards.ask_each({number: ask}, self._lost):
                self._words.update(zip(new, found[number], strict=True))
                break
        return [self._words[word] for word in words]

    def hits(
        self, ranked: Sequence[tuple[int, float]], *, retriever: str, as_of: date | None = None
    ) -> list[Hit]:
        """Return (row, score) pairs as hits, ranked from 1 in the order given."""
        day = as_of or today()
        wanted = np.array([row for row, _ in ranked], dtype=np.int64)
        found = self._of_each(wanted, lambda shard, numbers: shard.hits(numbers, day))
        left = {number: iter(hits) for number, hits in found.items()}
        return [
            next(left[row % len(self._shards)]).model_copy(
                update={"rank": rank, "score": score, "retriever": retriever}
            )
            for rank, (row, score) in enumerate(ranked, start=1)
        ]

    def _of_each(self, rows: Rows, ask: Callable[[Shard, Rows], _T]) -> dict[int, _T]:
        """Return what the shards of `rows` answer about their own.

        Raises:
            LostError: One of them is lost.
        """
        owners = rows % len(self._shards)
        own = {
            number: rows[owners == number] // len(self._shards) for number in set(owners.tolist())
        }
        if self._lost.keys() & own.keys():
            raise LostError("a shard is lost")
        questions = {number: partial(_asked, ask=ask, numbers=some) for number, some in own.items()}
        found = self._shards.ask_each(questions, self._lost)
        if self._lost.keys() & own.keys():
            raise LostError("a shard is lost")
        return found

    def _rows(self, number: int, numbers: Rows) -> Rows:
        return numbers * len(self._shards) + number


def of_a_day(filters: Filters) -> Filters:
    """Return the filters with the day on which sources must be in force; today by default."""
    return filters.model_copy(update={"as_of": filters.as_of or today()})


def merged(found: Iterable[tuple[int, float]]) -> list[tuple[int, float]]:
    """Return (row, score) of several shards, as `index.vectors.levelled` orders them."""
    rows, scores = zip(*found, strict=True) if (found := list(found)) else ((), ())
    level, ordered = levelled(np.array(scores, dtype=np.float64), np.array(rows, dtype=np.int64))
    return list(zip(ordered.tolist(), level.tolist(), strict=True))


def _lexical(
    shard: Shard, *, text: str, k: int, filters: Filters, added: Sequence[Added]
) -> list[tuple[int, float]]:
    return shard.lexical(text, k, filters, added)


def _frequencies(shard: Shard, *, words: Sequence[str]) -> list[int]:
    return shard.frequencies(words)


def _asked(shard: Shard, *, ask: Callable[[Shard, Rows], _T], numbers: Rows) -> _T:
    return ask(shard, numbers)
