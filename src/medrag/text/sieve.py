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
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from threading import Lock
from typing import NamedTuple

from medrag.text.beginnings import END, MOST_NEEDS, written
from medrag.text.prefilter import Prefiltered, runs_of
from medrag.text.readings import Readings, kept

_COMMON = frozenset(" 0abcdefghijklmnopqrstuvwxyz")
"""Characters that stand nearly everywhere: where matches that begin so may be tells little."""
_MANY = 20
"""Beginnings from which on `re` is slow even over a short text."""
_LONG = 150
"""Characters of a text over which `re` takes longer than looking for a few beginnings."""
_DENSE = 4
"""From one place in so many characters on, `re` is quicker at finding them."""

_EACH = 10
"""Patterns whose needs are read with a new text, which takes some 20 ms: none waits for all."""


class _Known(NamedTuple):
    """What is read of the patterns of a sieve.

    Attributes:
        read: How many of them are read.
        met: Which needs a run meets, as bits.
    """

    read: int
    met: Mapping[str, int]


class Sieve:
    """Holds the patterns that are asked of the same texts.

    What they need is kept in a file, or read bit by bit with the first texts; a pattern that is
    not read yet is asked of any text. May be used by several threads.
    """

    def __init__(self, readings: Readings | None = None) -> None:
        self._readings = readings or Readings()
        self._patterns: list[Sifted] = []
        self._endings: list[Ending] = []
        self._known = _Known(0, {})
        self._reading = Lock()
        self.lacks = lru_cache(maxsize=8)(self._lacks)
        """Returns the needs, as bits, that a text does not meet; none of what is not read yet."""

    def sifted(self, pattern: str, flags: int = 0) -> Sifted:
        """Return a pattern of this sieve; it is tried only in texts that can match it."""
        made = Sifted(re.compile(pattern, flags), self, self._readings)
        self._patterns.append(made)
        return made

    def ending(self, pattern: str, flags: int = 0) -> Ending:
        """Return a pattern that is tried only where a text ends as a match can end."""
        made = Ending(re.compile(pattern, flags), self._readings)
        self._endings.append(made)
        return made

    def kept(self) -> str:
        """Return the contents of the file in which `Readings` keep what is read of its patterns."""
        searched = ((one.pattern, one.flags) for one in self._patterns)
        return kept(searched, ((one.pattern, one.flags) for one in self._endings))

    def _lacks(self, text: str) -> int:
        if self._known.read < len(self._patterns):
            self._read_on()
        known, held = self._known, 0
        for run in known.met.keys() & runs_of(text).all:
            held |= known.met[run]
        return ((1 << MOST_NEEDS * known.read) - 1) & ~held

    def _read_on(self) -> None:
        """Read what some more patterns need; which needs a run meets are the bits of a number."""
        with self._reading:
            more, read = self._next(), self._known.read
            met, wanted = dict(self._known.met), dict.fromkeys(more, 0)
            for place, pattern in enumerate(more, read):
                for number, runs in enumerate(self._readings.needs(pattern.pattern, pattern.flags)):
                    bit = 1 << (MOST_NEEDS * place + number)
                    wanted[pattern] |= bit
                    for run in runs:
                        met[run] = met.get(run, 0) | bit
                pattern.beginnings  # noqa: B018  read now: no later text waits for it
            self._known = _Known(read + len(more), met)
            for pattern, bits in wanted.items():  # last: a bit that is wanted is one that is known
                pattern.wanted, pattern.is_read = bits, True

    def _next(self) -> Sequence[Sifted]:
        """Return the patterns to be read next: all that are kept, and a few that are not."""
        more, anew = [], 0
        for pattern in self._patterns[self._known.read :]:
            anew += not self._readings.holds(pattern.pattern, pattern.flags)
            if anew > _EACH:
                break
            more.append(pattern)
        return more


class Sifted(Prefiltered):
    """A pattern of a sieve; the methods are those of `re.Pattern`.

    Attributes:
        wanted: The needs of the pattern, as bits; the sieve sets them, none before they are read.
        is_read: The sieve has read what it needs.
    """

    def __init__(self, pattern: re.Pattern[str], sieve: Sieve, readings: Readings) -> None:
        super().__init__(pattern, readings.beginnings)
        self.wanted, self.is_read = 0, False
        self._lacks = sieve.lacks

    def finditer(
        self, text: str, pos: int = 0, endpos: int = sys.maxsize
    ) -> Iterator[re.Match[str]]:
        """Return every match in `text[pos:endpos]`, as `re` finds them, in order."""
        if self.wanted & self._lacks(text):  # most often so: nothing more is asked
            return iter(())
        return super().finditer(text, pos, endpos)

    def _starts(self, text: str, pos: int, endpos: int) -> Sequence[int] | None:
        if self.wanted & self._lacks(text):
            return ()
        if not self.is_read or self.beginnings is None or len(text) < self.worth:
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

    def __init__(self, pattern: re.Pattern[str], readings: Readings) -> None:
        super().__init__(pattern)
        self._ended = readings.endings
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
        found = self._ended(self.pattern, self.flags)
        return None if "" in found else found
