"""What a shard knows of the index that it is a part of.

Enough to rank and to choose as the whole does, whichever other shards can be reached: how many
passages there are, how often each word stands in them, and which editions replace others. A shard
that is alone with its own statistics would rank otherwise, and one that did not see the newer
edition next door would show the older one as in force.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medrag.core.span import Value
from medrag.errors import IndexStateError
from medrag.index.disk import write_durably
from medrag.index.editions import Edition
from medrag.index.records import from_bytes, mapped, to_bytes

_FOLDER = "whole"
_FACTS, _EDITIONS, _MANIFEST = "whole.json", "editions.json", "manifest.json"
_KEYS, _COUNTS = "words.bin", "counts.bin"
_KEY, _COUNT = np.dtype("<u8"), np.dtype("<u4")
_DATES = ("published", "effective", "expires")


class WholeFacts(Value):
    """Which index was split, into how many shards, and which of them this one is.

    Attributes:
        split: Hex SHA-256 prefix of what was split and into how many; shards of one split, and
            no others, may answer together.
        number: From 0.
        of: How many shards there are.
        generation: Of the index that was split.
        passages: Of the whole.
        term_count: Words of all its passages as the lexical search weighs them, repeats counted.
    """

    split: str
    number: int
    of: int
    generation: int
    passages: int
    term_count: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """What is counted over the whole index, for every shard.

    Attributes:
        passages, term_count: See `WholeFacts`.
        frequencies: In how many passages each word stands.
        editions: Those that may replace others: of a series, or naming what they supersede.
        manifest: Of the index that was split, as it is stored.
    """

    passages: int
    term_count: int
    frequencies: Mapping[str, int]
    editions: tuple[Edition, ...]
    manifest: bytes


class Whole:
    """An opened `whole` folder of a shard; memory-mapped.

    Attributes:
        facts: Which split and which shard of it.
        manifest: The manifest of the index that was split, as it was stored.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.facts = WholeFacts.model_validate(from_bytes((folder / _FACTS).read_bytes()))
        self.manifest = (folder / _MANIFEST).read_bytes()
        self._keys: NDArray[np.uint64] = mapped(folder / _KEYS, _KEY)
        self._counts: NDArray[np.uint32] = mapped(folder / _COUNTS, _COUNT)

    def frequencies(self, words: Iterable[str]) -> list[int]:
        """Return in how many passages of the whole each word stands."""
        wanted = _hashes(words)
        if not len(self._keys):
            return [0] * len(wanted)
        places = np.minimum(np.searchsorted(self._keys, wanted), len(self._keys) - 1)
        found = np.where(self._keys[places] == wanted, self._counts[places], 0)
        return [int(count) for count in found]

    @cached_property
    def editions(self) -> tuple[Edition, ...]:
        """The editions of the whole index that may replace others."""
        rows = from_bytes((self._folder / _EDITIONS).read_bytes())
        return tuple(_edition(row) for row in rows)


def open_whole(generation: Path) -> Whole | None:
    """Return what the generation in a folder knows of a whole; None where it is no shard."""
    folder = generation / _FOLDER
    return Whole(folder) if folder.is_dir() else None


def refuse_shard(generation: Path, root: Path) -> None:
    """Refuse to change what is a part of another index.

    Raises:
        IndexStateError: It is a shard.
    """
    if (whole := open_whole(generation)) is not None:
        facts = whole.facts
        raise IndexStateError(
            f"{root}: shard {facts.number + 1} of {facts.of} of another index, which it ranks "
            "with. Build that index, and split it anew: medrag index shard."
        )


def write_whole(generation: Path, facts: WholeFacts, counted: Statistics) -> None:
    """Write what a shard knows of the whole into the folder of its generation."""
    folder = generation / _FOLDER
    folder.mkdir()
    keys = _hashes(counted.frequencies)
    counts = np.fromiter(counted.frequencies.values(), dtype=_COUNT, count=len(keys))
    order = np.argsort(keys, kind="stable")
    write_durably(folder / _KEYS, keys[order].astype(_KEY).tobytes())
    write_durably(folder / _COUNTS, counts[order].tobytes())
    write_durably(folder / _EDITIONS, to_bytes([_row(edition) for edition in counted.editions]))
    write_durably(folder / _MANIFEST, counted.manifest)
    write_durably(folder / _FACTS, to_bytes(facts.model_dump(mode="json")))


def replacing(editions: Iterable[Edition]) -> tuple[Edition, ...]:
    """Return the editions that may replace others."""
    return tuple(edition for edition in editions if edition.series or edition.supersedes)


def _hashes(words: Iterable[str]) -> NDArray[np.uint64]:
    # Eight bytes: among 50 million words two share one with a chance of 1 in 15,000.
    digests = [hashlib.blake2b(word.encode(), digest_size=8).digest() for word in words]
    return np.frombuffer(b"".join(digests), dtype=_KEY).astype(np.uint64)


def _row(edition: Edition) -> list[object]:
    days = [getattr(edition, name) for name in _DATES]
    shown = [day.isoformat() if day else None for day in days]
    return [edition.key, edition.series, *shown, list(edition.supersedes)]


def _edition(row: Sequence[Any]) -> Edition:
    key, series, *days, supersedes = row
    dates = {
        name: None if day is None else date.fromisoformat(day)
        for name, day in zip(_DATES, days, strict=True)
    }
    return Edition(key=key, series=series, supersedes=tuple(supersedes), **dates)
