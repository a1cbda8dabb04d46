"""Which drug a misspelled name means: found by shared letters, accepted under guards.

A word that is any word at all is never corrected: an ordinary word, a name in any table, a word
that stands in the documents. A correction must be one drug only.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from medrag.clinical import tables
from medrag.clinical.tables import items
from medrag.retrieval.understanding.vocabulary import Vocabulary, own_rows
from medrag.text.ordinary import ordinary_words

_SHORTEST = 5
_SHORT_BRAND = 6
"""Brand names up to here must sound right: they are like too many words."""

_LONG = 10
_LONGER_BRANDS, _LONGER_INGREDIENTS = (9,), (8, 12)
"""Letters of a name from which on one more may be wrong."""

_MOST_LOOKED_AT = 24
_ENDINGS = ("s", "es", "ed", "d", "ing", "ly", "er", "ers", "al", "ic", "ally", "y", "ness")
_SOUNDS = (
    (re.compile("ph"), "f"),
    (re.compile("[ao]e"), "e"),
    (re.compile("c(?=[eiy])|z"), "s"),
    (re.compile("ck|q|c"), "k"),
    (re.compile("x"), "ks"),
    (re.compile("y"), "i"),
    (re.compile("th"), "t"),
    (re.compile("rh"), "r"),
    (re.compile(r"(.)\1"), r"\1"),
    (re.compile("e$"), ""),
)


@dataclass(frozen=True, slots=True)
class DrugName:
    """A name of a drug in lower case; `key` is one for all names of one drug."""

    name: str
    key: str
    brand: bool


@dataclass(frozen=True, slots=True)
class Near:
    """A name that a word is near to, and how far it is from it."""

    name: str
    key: str
    distance: int


def is_known(word: str, vocabulary: Vocabulary, stands: Callable[[str], bool]) -> bool:
    """Return whether `word` is a word already, so that it must not be corrected."""
    if len(word) < _SHORTEST or not word.isalpha():
        return True
    known = ordinary_words()
    if word in known or word in vocabulary.words or word in _look_alikes():
        return True
    stems = (word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending))
    if any(stem in known or f"{stem}e" in known or stem in vocabulary.words for stem in stems):
        return True
    return stands(word)


@lru_cache(maxsize=1)
def _look_alikes() -> frozenset[str]:
    """Return words of medicine that are one slip from a drug's name and are none."""
    return frozenset(row["word"] for row in own_rows("look_alikes"))


@lru_cache(maxsize=1024)
def near_drugs(word: str) -> tuple[Near, ...]:
    """Return the names that `word` most likely means, nearest first; empty where none is near.

    More than one key means that it cannot be told which drug is meant.
    """
    index = _index()
    shared = Counter(place for part in _parts(word) for place in index.parts.get(part, ()))
    sound = _sound(word)
    found = []
    for place, _ in shared.most_common(_MOST_LOOKED_AT):
        name = index.names[place]
        distance = _accepted(word, sound, name)
        if distance is not None:
            found.append(Near(name.name, name.key, distance))
    best = min((near.distance for near in found), default=0)
    nearest = [near for near in found if near.distance == best]
    return tuple(sorted(nearest, key=lambda near: near.name))


def _accepted(word: str, sound: str, name: DrugName) -> int | None:
    """Return how far a word is from a name that it may mean, or None.

    The distance counts letters and sounds: a slip that sounds the same costs less. Longer names
    bear more slips, and generic names more than brands, which are short and like other words.
    The first sound must be right, for it is what people know best.
    """
    name_sound = _sound(name.name)
    if sound[:1] != name_sound[:1]:
        return None
    length = len(name.name)
    sounds = edits(sound, name_sound, 2)
    if sounds > (length > (_SHORT_BRAND if name.brand else _SHORTEST)) + (length >= _LONG):
        return None
    longer = _LONGER_BRANDS if name.brand else _LONGER_INGREDIENTS
    allowed = 1 + sum(length >= letters for letters in longer) + (sounds == 0)
    letters = edits(word, name.name, allowed)
    return letters + 2 * sounds if letters <= allowed else None


def edits(one: str, other: str, most: int) -> int:
    """Return the insertions, deletions, replacements and swaps of neighbours between two words.

    Anything above `most` may be returned as `most + 1`.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, char in enumerate(one, start=1):
        last, row, before = row, [i], row if i == 1 else before
        row = [i]
        for j, wanted in enumerate(other, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (char != wanted))
            if i > 1 and j > 1 and char == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before = last
    return row[-1]


def _sound(word: str) -> str:
    for pattern, plain in _SOUNDS:
        word = pattern.sub(plain, word)
    return word


def _parts(word: str) -> set[str]:
    """Return all runs of three letters, and of two at both ends."""
    inner = {word[place : place + 3] for place in range(len(word) - 2)}
    return inner | {f"^{word[:2]}", f"{word[-2:]}$"}


@dataclass(frozen=True, slots=True)
class _Index:
    names: tuple[DrugName, ...]
    parts: Mapping[str, tuple[int, ...]]


@lru_cache(maxsize=1)
def _index() -> _Index:
    """Return all names of drugs of one word, by their parts."""
    names: dict[str, DrugName] = {}
    for name in _drug_names():
        if len(name.name) >= _SHORTEST and name.name.isalpha() and name.name.isascii():
            names.setdefault(name.name, name)
    parts: defaultdict[str, list[int]] = defaultdict(list)
    for place, written in enumerate(names):
        for part in _parts(written):
            parts[part].append(place)
    return _Index(
        names=tuple(names.values()),
        parts={part: tuple(places) for part, places in parts.items()},
    )


def _drug_names() -> Iterator[DrugName]:
    for row in tables.rows("drugs"):
        for name in (row["key"], *items(row["names"])):
            yield DrugName(name.lower(), row["key"], brand=False)
        for name in items(row["brands"]):
            yield DrugName(name.lower(), row["key"], brand=True)
    for row in tables.rows("combinations"):
        for name in items(row["names"]):
            yield DrugName(name.lower(), row["ingredients"], brand=True)
