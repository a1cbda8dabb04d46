"""What stands in place of an identifier: numbered tags, moved dates, the category of old ages."""

from __future__ import annotations

import re
from typing import Protocol

from medrag.privacy.values import Kind
from medrag.privacy.vocabulary import folded
from medrag.text.tags import TAG


class Pseudonyms(Protocol):
    """Remembers which tag stands for which words, within one text or for one patient."""

    def tag(self, kind: Kind, original: str) -> str:
        """Return the tag of `original`: the same for the same words, a new one for others."""
        ...

    def record(self, surrogate: str, original: str) -> None:
        """Remember a surrogate that was made elsewhere (a moved date)."""
        ...


class Numbering:
    """The tags of one text, numbered by kind in the order of first use; nothing is kept."""

    def __init__(self) -> None:
        self._tags: dict[tuple[Kind, str], str] = {}
        self._people: list[tuple[set[str], int]] = []
        self._counts: dict[tuple[Kind, int], int] = {}

    def tag(self, kind: Kind, original: str) -> str:
        """Return the tag of `original`; case and spaces make no difference."""
        written = " ".join(original.split())
        key = kind, folded(written)
        if key not in self._tags:
            number = self._number(kind, key[1])
            form = self._counts.get((kind, number), 0)
            self._counts[kind, number] = form + 1
            self._tags[key] = f"[{kind.upper()}-{number}{_letters(form)}]"
        return self._tags[key]

    def record(self, surrogate: str, original: str) -> None:
        """Forget it: within one text nothing is turned back."""

    def restore(self, kind: Kind, original: str, tag: str) -> None:
        """Take up a tag that was given before."""
        match = TAG.fullmatch(tag)
        if match is None:
            return
        number = int(match["number"])
        key = folded(" ".join(original.split()))
        self._tags[kind, key] = tag
        self._counts[kind, number] = self._counts.get((kind, number), 0) + 1
        if kind == "name":
            self._people.append((_parts(key), number))

    def _number(self, kind: Kind, key: str) -> int:
        """Return the number of a name that shares a part with an earlier one, or the next."""
        parts = _parts(key)
        if kind == "name":
            for known, number in self._people:
                if parts & known and (parts <= known or known <= parts):
                    known.update(parts)
                    return number
        number = 1 + max((n for k, n in self._counts if k == kind), default=0)
        if kind == "name":
            self._people.append((parts, number))
        return number


def _parts(key: str) -> set[str]:
    return {part for part in re.findall(r"\w{1,40}", key) if len(part) > 1}


def _letters(form: int) -> str:
    """Return "" for the first form of a name, then b, c, ... z, ba, bb, ..."""
    letters = ""
    while form:
        form, rest = divmod(form, 26)
        letters = chr(ord("a") + rest) + letters
    return letters
