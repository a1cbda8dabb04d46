"""When two passages say the same, so that one may stand for the other.

The rule compares words, never degrees of likeness: between two passages that are 99 % alike the
rest can be the number, the `not` or the drug, and two sources that disagree must both be seen.
"""

from __future__ import annotations

import re
from functools import lru_cache

from medrag.clinical.tables import items, rows
from medrag.core.query import Hit

_TOKEN = re.compile(r"(?<![\w-])-(?=\d)|\d+(?:[.,]\d+)*|[^\W\d_]+|[<>=≤≥±%‰]")
_NUMBERING = re.compile(r"^(?:\d+\.)*\d+\.?\s+")
_DIGITS = re.compile(r"\d+")
_ARTICLES = frozenset({"a", "an", "the"})

About = tuple[bool, tuple[str, ...], tuple[str, ...]]


def said(hit: Hit) -> tuple[About, tuple[str, ...]]:
    """Return what is equal of two hits where one may stand for the other.

    Case, punctuation, line breaks and articles may differ, and so may the names of one drug (a
    brand, a generic name): then label copies of several manufacturers are one. No number, sign,
    comparator or other word may. What they speak of must be the same as well, because words like
    "Avoid in pregnancy" are about whatever stands above them: the drugs that the titles name, or
    the titles' words where they name none, and the innermost heading. An edition in force never
    stands for one that is not.
    """
    return _about(hit), _words(hit.passage.text)


class Seen:
    """Hits seen so far; tells whether another says something new.

    Most passages differ in what they are about or in their numbers, which are quickly read: all
    words are compared only where these are the same.
    """

    def __init__(self) -> None:
        self._alike: dict[tuple[About, tuple[str, ...]], list[str]] = {}

    def is_new(self, hit: Hit) -> bool:
        """Return whether no hit seen before says the same, and see this one."""
        text = hit.passage.text
        alike = self._alike.setdefault((_about(hit), _digits(text)), [])
        if alike and _words(text) in map(_words, alike):
            return False
        alike.append(text)
        return True


def _about(hit: Hit) -> About:
    section = hit.passage.section[-1] if hit.passage.section else ""
    title, drugs = _words(hit.source.title), ingredients()
    named = tuple(sorted({word for word in title if word in drugs}))
    return hit.in_force, named or title, _words(_NUMBERING.sub("", section))


@lru_cache(maxsize=4096)
def _digits(text: str) -> tuple[str, ...]:
    return tuple(_DIGITS.findall(text))


@lru_cache(maxsize=256)
def _words(text: str) -> tuple[str, ...]:
    """Return the words, numbers and comparators of `text`; a drug by its ingredient's key."""
    drugs = _drugs()
    found = (word for word in _TOKEN.findall(text.casefold()) if word not in _ARTICLES)
    return tuple(drugs.get(word, word) for word in found)


@lru_cache(maxsize=1)
def _drugs() -> dict[str, str]:
    """Return the ingredient's key for each name of one word; names of two drugs are left out."""
    keys: dict[str, set[str]] = {}
    for row in rows("drugs"):
        for name in (row["key"], *items(row["names"]), *items(row["brands"])):
            if name.isalpha():
                keys.setdefault(name.casefold(), set()).add(row["key"])
    return {name: next(iter(some)) for name, some in keys.items() if len(some) == 1}


@lru_cache(maxsize=1)
def ingredients() -> frozenset[str]:
    """Return the keys of all drugs' ingredients; read once."""
    return frozenset(_drugs().values())
