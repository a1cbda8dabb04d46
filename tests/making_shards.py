"""Splitting small indexes in tests, and shards that fail as they are told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from making_indexes import Corpus, build
from medrag.index.shard import LocalShard, ShardFailedError
from medrag.index.sharded import ShardedStore
from medrag.index.sharding import split
from medrag.index.store import Store


class FaultyShard:
    """A shard that breaks at the methods it is told to, or hangs there until it is let go."""

    def __init__(self, shard: LocalShard) -> None:
        self._shard = shard
        self.broken: set[str] = set()
        self.hanging: set[str] = set()
        self.let_go = threading.Event()
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._shard, name)

        def called(*given: Any) -> Any:
            self.asked.append(name)
            if name in self.hanging:
                self.let_go.wait(30)
            if name in self.broken:
                raise ShardFailedError("cannot be reached", is_down=True)
            return method(*given)

        return called if callable(method) else method


class Split:
    """An index, its shards, and both opened."""

    def __init__(self, folder: Path, corpus: Corpus, shards: int, **limits: float) -> None:
        self.path, self.folder = folder / "index", folder / "shards"
        build(self.path, corpus)
        self.facts, self.manifests = split(self.path, self.folder, shards)
        self._stack = ExitStack()
        self.whole = self._stack.enter_context(Store.open(self.path))
        self.stores = [
            self._stack.enter_context(Store.open(self.folder / f"shard-{number}"))
            for number in range(shards)
        ]
        self.shards = [FaultyShard(LocalShard(store)) for store in self.stores]
        self.sharded = ShardedStore(self.shards, **limits)

    def __enter__(self) -> Split:
        return self

    def __exit__(self, *_: object) -> None:
        for shard in self.shards:
            shard.let_go.set()
        self.sharded.close()
        self._stack.close()

    def ids(self, rows: list[int]) -> list[str]:
        """Ids of the passages of the whole index's rows."""
        return [self.whole.passage(row).id for row in rows]


def lines_of(number: int) -> Corpus:
    """A corpus of as many documents, with words that are common, rare, and in one alone."""
    return {
        f"file{at}.txt": (
            "\n".join(
                f"examplazine {'renal ' * (at % 3)}dose {line} of otherazine word{at} {'x ' * at}"
                for line in range(1 + at % 4)
            ),
            {},
        )
        for at in range(number)
    }
