r"""Many patterns over one text: which of them it can match is found for all of them at once.

`\b(?:MRN|chart)\s?\d{4,}` matches in no text without three digits in a row. What a text must hold
for each pattern is read off the patterns once; the runs of characters of a text are looked up once;
and most patterns are then never tried. The matches are those of `re`.

Source: the filter of RE2 (FilteredRE2) and Google Code Search: R. Cox, "Regular expression
matching with a trigram index", 2012.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache

from medrag.text.beginnings import END, endings, needs, written
from medrag.text.prefilter import Prefiltered, runs_of

_COMMON = frozenset(" 0abcdefghijklmnopqrstuvwxyz")
"""Characters that stand nearly everywhere: where matches that begin so may be tells little."""
_MANY = 20
"""Beginnings from which on `re` is slow even over a short text."""
_LONG = 150
"""Characters of a text over which `re` takes longer than looking for a few beginnings."""
_DENSE = 4
"""From one place in so many characters on, `re` is quicker at finding them."""

_UNKNOWN = -1
"""All bits: any need may be met."""


class Sieve:
    """Holds the patterns that are asked of the same texts.

    Args:
        after: Texts that are asked without the sieve first: what the patterns need is read in the
            time of some hundred texts, which one who asks a few should not wait for.
    """

    def __init__(self, after: int = 0) -> None:
        self._patterns: list[Sifted] = []
        self._unsifted = after
        self.held = lru_cache(maxsize=8)(self._held)

    def sifted(self, pattern: str, flags: int = 0) -> Sifted:
        """Return a pattern of this sieve; it is tried only in texts that can match it."""
        made = Sifted(re.compile(pattern, flags), self)
        self._patterns.append(made)
        self.__dict__.pop("_needs", None)  # they are read again, with those of the new pattern
        self.held.cache_clear()
        return made

    @cached_property
    def _needs(self) -> dict[str, int]:
        """Which needs a run meets, as bits; each pattern is told which needs are its own."""
        met: dict[str, int] = {}
        bit = 1
        for pattern in self._patterns:
            wanted = 0
            for runs in needs(pattern.pattern, pattern.flags):
                wanted |= bit
                for run in runs:
                    met[run] = met.get(run, 0) | bit
                bit <<= 1
            pattern.wanted = wanted
            pattern.beginnings  # noqa: B018  read now: no later text waits for it
        return met

    def _held(self, text: str) -> int:
        """Return the needs that `text` meets, as bits; `_UNKNOWN` while they are not read."""
        if self._unsifted > 0:
            self._unsifted -= 1
            return _UNKNOWN
        met, held = self._needs, 0
        for run in met.keys() & runs_of(text).all:
            held |= met[run]
        return held


class Sifted(Prefiltered):
    """A pattern of a sieve; the methods are those of `re.Pattern`.

    Attributes:
        wanted: The needs of the pattern, as bits; the sieve sets them.
    """

    def __init__(self, pattern: re.Pattern[str], sieve: Sieve) -> None:
        super().__init__(pattern)
        self.wanted = 0
        self._held = sieve.held

    def finditer(
        self, text: str, pos: int = 0, endpos: int = sys.maxsize
    ) -> Iterator[re.Match[str]]:
        """Return every match in `text[pos:endpos]`, as `re` finds them, in order."""
        if self._held(text) & self.wanted != self.wanted:  # most often so: nothing more is asked
            return iter(())
        return super().finditer(text, pos, endpos)

    def _starts(self, text: str, pos: int, endpos: int) -> Sequence[int] | None:
        if self._held(text) & self.wanted != self.wanted:
            return ()
        unread = self._held(text) == _UNKNOWN
        if unread or self.beginnings is None or len(text) < self.worth:
            return None
        starts = self._places(self.beginnings, text, pos, endpos)
        return starts if len(starts) * _DENSE < len(text) else None

    @cached_property
    def worth(self) -> int:
        """How long a text must be for looking where a match can begin to be quicker than `re`."""
        begun = self.beginnings
        if begun is None or not _COMMON.isdisjoint(begun.ones):
            return sys.maxsize
        return 0 if len(begun.threes) >= _MANY else _LONG


class Ending(Prefiltered):
    r"""A pattern for what ends where a text ends: `(?:Mrs?|Dr)\.?\s$`.

    It is tried only where the last characters of a text can be those of a match.
    """

    def __init__(self, pattern: re.Pattern[str]) -> None:
        super().__init__(pattern)
        self._can_end = lru_cache(maxsize=1024)(self._fits)

    def _starts(self, text: str, pos: int, endpos: int) -> Sequence[int] | None:  # noqa: ARG002
        return None if endpos < len(text) or self._can_end(text[-END:]) else ()

    def _fits(self, last: str) -> bool:
        """Return whether a match can end with the last characters of a text."""
        if self.ends is None or last.endswith("\n"):  # "$" is before a new line, too
            return True
        end = written(last).replace("\n", " ")
        return any(end[-length:] in self.ends for length in range(1, END + 1))

    @cached_property
    def ends(self) -> frozenset[str] | None:
        """The last characters of all matches; None where they are not known."""
        found = endings(self.pattern, self.flags)
        return None if "" in found else found


def ending(pattern: str, flags: int = 0) -> Ending:
    """Return `pattern` compiled, to be tried only where a text ends as a match can end."""
    return Ending(re.compile(pattern, flags))
