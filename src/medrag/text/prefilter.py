r"""Regular expressions that are only tried where a match can begin.

A pattern of many words (`\b(?:because of|due to|...)`) is tried by `re` at every character. Here
the beginnings of its matches, three characters each, are read off the pattern once; a text is cut
into its own runs of three once, for all patterns; and a pattern is tried where the two meet, most
often nowhere. The matches are those of `re`, which stays the one that matches.

Source: the prefilter of RE2 (FilteredRE2) and Google Code Search: R. Cox, "Regular expression
matching with a trigram index", 2012, with beginnings in the place of trigrams.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

from medrag.text.beginnings import CAPITAL, NEED, RUN, START, WORD, beginnings, written

_SHORT = 60
"""Characters under which a text is not worth cutting into runs."""


class Prefiltered:
    """A compiled pattern with a prefilter; it is used as one of `re` is.

    Args:
        pattern: The pattern.
        begun: Tells what its matches begin with, `RUN` characters, by pattern and flags.
    """

    def __init__(
        self, pattern: re.Pattern[str], begun: Callable[[str, int], frozenset[str]] | None = None
    ) -> None:
        self._begun = begun or _beginnings
        self.whole = pattern
        self.pattern, self.flags = pattern.pattern, pattern.flags
        self.match = pattern.match
        self.fullmatch = pattern.fullmatch

    def finditer(
        self, text: str, pos: int = 0, endpos: int = sys.maxsize
    ) -> Iterator[re.Match[str]]:
        """Return every match in `text[pos:endpos]`, as `re` finds them, in order."""
        starts = self._starts(text, pos, endpos)
        if starts is None:
            return self.whole.finditer(text, pos, endpos)
        return self._matches(text, starts, endpos) if starts else iter(())

    def search(self, text: str, pos: int = 0, endpos: int = sys.maxsize) -> re.Match[str] | None:
        """Return the first match in `text[pos:endpos]`, None where there is none."""
        starts = self._starts(text, pos, endpos)
        if starts is None:
            return self.whole.search(text, pos, endpos)
        for start in starts:
            match = self.match(text, start, endpos)
            if match is not None:
                return match
        return None

    def sub(self, repl: str | Callable[[re.Match[str]], str], text: str) -> str:
        """Return `text` with every match replaced."""
        starts = self._starts(text, 0, len(text))
        return text if starts is not None and not starts else self.whole.sub(repl, text)

    def _starts(self, text: str, pos: int, endpos: int) -> Sequence[int] | None:
        """Return where in `text[pos:endpos]` a match can begin, in order; None for anywhere."""
        if len(text) < _SHORT or self.beginnings is None:
            return None
        return self._places(self.beginnings, text, pos, endpos)

    def _places(self, wanted: _Beginnings, text: str, pos: int, endpos: int) -> Sequence[int]:
        places = runs_of(text).places(wanted, pos, endpos)
        marked: set[int] = set()
        if wanted.capital:
            marked.update(_between(_capitals(text), pos, endpos))
        if wanted.start and pos == 0 < endpos and text:
            marked.add(0)
        return sorted(marked.union(places)) if marked else places

    def _matches(self, text: str, starts: Iterable[int], endpos: int) -> Iterator[re.Match[str]]:
        behind = 0
        for start in starts:
            match = self.match(text, start, endpos) if start >= behind else None
            if match is not None:
                behind = match.end()
                yield match

    @cached_property
    def beginnings(self) -> _Beginnings | None:
        """What every match begins with; None where it can begin with anything, or be empty."""
        found = self._begun(self.pattern, self.flags)
        in_words = {text.removeprefix(WORD) for text in found if text.startswith(WORD)}
        if "" in found or any(len(text) < RUN for text in in_words):
            return None
        runs = {text for text in found if not text.startswith((WORD, CAPITAL, START))}
        ones, twos, threes = (
            frozenset(text for text in runs if len(text) == n) for n in range(1, RUN + 1)
        )
        marks = {"capital": CAPITAL in found, "start": START in found}
        return _Beginnings(ones, twos, threes, frozenset(in_words), **marks)


class _Beginnings(NamedTuple):
    """What a match begins with, in the writing of `written`.

    Attributes:
        ones, twos, threes: Runs of so many characters.
        in_words: Runs of three behind the first letters of a word.
        capital: A capital letter.
        start: Anything, at the start of the text.
    """

    ones: frozenset[str]
    twos: frozenset[str]
    threes: frozenset[str]
    in_words: frozenset[str]
    capital: bool
    start: bool


def _beginnings(pattern: str, flags: int) -> frozenset[str]:
    return beginnings(pattern, RUN, flags)


def prefiltered(pattern: str, flags: int = 0) -> Prefiltered:
    """Return `pattern` compiled, to be tried only where a match can begin."""
    return Prefiltered(re.compile(pattern, flags))


class Runs:
    """The runs of one, two and three characters that a text holds, and where they stand.

    `text` is as `written` writes it.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._places: dict[str, Sequence[int]] = {}
        self._threes = {text[at : at + RUN] for at in range(len(text))}

    @cached_property
    def _twos(self) -> set[str]:
        return {run[:2] for run in self._threes}

    @cached_property
    def _ones(self) -> set[str]:
        return set(self._text)

    @property
    def all(self) -> set[str]:
        """The runs of any length up to `NEED`."""
        text = self._text
        needed = (text[at : at + n] for n in range(RUN + 1, NEED + 1) for at in range(len(text)))
        return self._threes.union(self._twos, self._ones, needed)

    def places(self, wanted: _Beginnings, pos: int, endpos: int) -> Sequence[int]:
        """Return where in `text[pos:endpos]` one of the wanted runs stands, in order."""
        held = wanted.threes & self._threes
        if wanted.twos:
            held |= wanted.twos & self._twos
        if wanted.ones:
            held |= wanted.ones & self._ones
        in_words = wanted.in_words & self._threes if wanted.in_words else ()
        if not held and not in_words:
            return ()
        found: set[int] = set()
        for run in held:
            found.update(_between(self._places_of(run), pos, endpos))
        for run in in_words:
            found.update(self._in_words(run, pos, endpos))
        return sorted(found)

    def _places_of(self, run: str) -> Sequence[int]:
        """Return where a run stands; it is looked for once, whoever asks for it."""
        places = self._places.get(run)
        if places is None:
            places = self._places[run] = list(self._finds(run, 0, len(self._text)))
        return places

    def _finds(self, run: str, pos: int, endpos: int) -> Iterator[int]:
        at = self._text.find(run, pos, endpos)
        while at >= 0:
            yield at
            at = self._text.find(run, at + 1, endpos)

    def _in_words(self, run: str, pos: int, endpos: int) -> Iterator[int]:
        """Yield the characters of a word that stand before `run`."""
        behind = pos
        for at in self._finds(run, pos, endpos):
            first = at
            while first > behind and (
                self._text[first - 1].isalnum() or self._text[first - 1] == "_"
            ):
                first -= 1
            yield from range(first, at)
            behind = at


def _between(places: Sequence[int], pos: int, endpos: int) -> Sequence[int]:
    """Return those of some places, in order, that stand in `text[pos:endpos]`."""
    return places[bisect_left(places, pos) : bisect_left(places, endpos)]


_CAPITAL = re.compile(r"[A-Z]|[^\x00-\x7f]")


@lru_cache(maxsize=64)
def _capitals(text: str) -> Sequence[int]:
    return [match.start() for match in _CAPITAL.finditer(text)]


@lru_cache(maxsize=64)
def runs_of(text: str) -> Runs:
    """Return the runs that `text` holds, found once for all patterns."""
    return _runs_of_written(written(text))


_runs_of_written = lru_cache(maxsize=64)(Runs)
"""A text and the same in lower case have the same runs."""
