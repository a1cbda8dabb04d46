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
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from importlib import import_module
from typing import Any, Final, NamedTuple

_BEFORE_3_11 = sys.version_info < (3, 11)
_SYNTAX: Final[Any] = import_module("sre_constants" if _BEFORE_3_11 else "re._constants")
_PARSER: Final[Any] = import_module("sre_parse" if _BEFORE_3_11 else "re._parser")
_RUN = 3
"""Characters of a beginning."""
_SHORT = 60
"""Characters under which a text is not worth cutting into runs."""
_MOST = 3000
"""Beginnings from which on a pattern is tried everywhere."""
_WIDE = 12
"""Characters of a class from which on it is any character."""

_Beginning = tuple[str, bool]
"""What a match begins with, and whether what follows in the pattern goes on right behind it."""
_ANY: frozenset[_Beginning] = frozenset({("", False)})
_WORD = "\0"
"""In a beginning: the characters of a word, at least one ("\\w+ly" begins with `_WORD` + "ly")."""
_IN_WORD: frozenset[_Beginning] = frozenset({(_WORD, True)})
_NOTHING: frozenset[_Beginning] = frozenset({("", True)})


class Prefiltered:
    """A compiled pattern with a prefilter; the methods are those of `re.Pattern`."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self.whole = pattern
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
        return _runs(text).places(self.beginnings, pos, endpos)

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
        parsed = _PARSER.parse(self.whole.pattern, self.whole.flags)
        found = {text for text, _ in _beginnings(parsed, _RUN)}
        in_words = {text.removeprefix(_WORD) for text in found if text.startswith(_WORD)}
        if "" in found or any(len(text) < _RUN for text in in_words):
            return None
        ones, twos, threes = (
            frozenset(text for text in found if len(text) == n and not text.startswith(_WORD))
            for n in range(1, _RUN + 1)
        )
        return _Beginnings(ones, twos, threes, frozenset(in_words))


class _Beginnings(NamedTuple):
    """What a match begins with, in the writing of `_written`.

    Attributes:
        ones, twos, threes: Runs of so many characters.
        in_words: Runs of three behind the first letters of a word.
    """

    ones: frozenset[str]
    twos: frozenset[str]
    threes: frozenset[str]
    in_words: frozenset[str]


def prefiltered(pattern: str, flags: int = 0) -> Prefiltered:
    """Return `pattern` compiled, to be tried only where a match can begin."""
    return Prefiltered(re.compile(pattern, flags))


def beginnings(pattern: str, length: int) -> frozenset[str]:
    """Return the first `length` characters of all that `pattern` matches, fewer where it ends.

    In small letters and with "0" for a digit; "" where a match can begin with anything.
    """
    parsed = _PARSER.parse(pattern, re.IGNORECASE)
    return frozenset(text for text, _ in _beginnings(parsed, length))


# --- The beginnings of a pattern ---------------------------------------------------------------


def _beginnings(parsed: Iterable[tuple[Any, Any]], length: int) -> frozenset[_Beginning]:
    """Return what a match of a parsed pattern begins with, `length` characters at most."""
    found = _NOTHING
    for operator, value in parsed:
        unended = {one for one in found if one[1] and _length(one[0]) < length}
        if not unended:
            break
        found = (found - unended) | {
            (text, False) if text and more.startswith(_WORD) else (text + more, goes_on)
            for text, _ in unended
            for more, goes_on in _of_one(operator, value, length - _length(text))
        }
        if len(found) > _MOST:
            return _ANY
    return found


def _length(beginning: str) -> int:
    return len(beginning.removeprefix(_WORD))


def _of_one(operator: Any, value: Any, length: int) -> frozenset[_Beginning]:
    found = _ANY
    if operator in {_SYNTAX.AT, _SYNTAX.ASSERT, _SYNTAX.ASSERT_NOT}:
        found = _NOTHING
    elif operator is _SYNTAX.LITERAL:
        found = _written_as([chr(value)])
    elif operator is _SYNTAX.IN:
        found = _of_class(value)
    elif operator is _SYNTAX.BRANCH:
        found = frozenset().union(*(_beginnings(one, length) for one in value[1]))
    elif operator is _SYNTAX.SUBPATTERN:
        found = _beginnings(value[-1], length)
    elif operator in {_SYNTAX.MAX_REPEAT, _SYNTAX.MIN_REPEAT}:
        found = _repeated(value, length)
    return found


def _repeated(value: Any, length: int) -> frozenset[_Beginning]:
    least, most, repeated = value
    if least and most is _SYNTAX.MAXREPEAT and len(repeated) == 1 and _is_of_words(*repeated[0]):
        return _IN_WORD
    found = _beginnings(list(repeated) * min(max(least, 1), length), length)
    if most > max(least, 1):
        found = frozenset((text, not text and goes_on) for text, goes_on in found)
    return found if least else found | _NOTHING


def _is_of_words(operator: Any, members: Any) -> bool:
    """Return whether a class holds nothing but letters, digits and "_"."""
    return operator is _SYNTAX.IN and all(
        value is _SYNTAX.CATEGORY_WORD
        or (kind is _SYNTAX.RANGE and all(chr(end).isalnum() for end in value))
        for kind, value in members
    )


def _of_class(members: Iterable[tuple[Any, Any]]) -> frozenset[_Beginning]:
    chars: list[str] = []
    for operator, value in members:
        if operator is _SYNTAX.LITERAL:
            chars.append(chr(value))
        elif operator is _SYNTAX.RANGE and value[1] - value[0] < _WIDE:
            chars += map(chr, range(value[0], value[1] + 1))
        elif value is _SYNTAX.CATEGORY_DIGIT:
            chars.append("0")
        elif value is _SYNTAX.CATEGORY_SPACE:
            chars.append(" ")
        else:
            return _ANY
    return _written_as(chars)


def _written_as(chars: Iterable[str]) -> frozenset[_Beginning]:
    if any(char > "\x7f" and (char.lower() != char.upper() or char.isdigit()) for char in chars):
        return _ANY  # its other cases are not known here
    return frozenset((_written(char), True) for char in chars)


# --- The runs of a text -----------------------------------------------------------------------

_ASCII = {
    **dict.fromkeys(map(ord, "0123456789"), "0"),
    **dict.fromkeys(map(ord, "\t\n\v\f\r\x1c\x1d\x1e\x1f"), " "),
}
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_LATIN = {"\u017f": "s", "\u0131": "i", "\u0130": "i", "\u212a": "k"}
"""The letters beyond ASCII that `re.IGNORECASE` takes for one of ASCII."""


def _written(text: str) -> str:
    """Return `text` in lower case, digits as "0" and spaces as " ", character for character."""
    plain = text if text.isascii() else _BEYOND_ASCII.sub(_one, text)
    return plain.translate(_ASCII).lower()


def _one(match: re.Match[str]) -> str:
    char = match[0]
    if char.isspace() or char.isdigit():
        return " " if char.isspace() else "0"
    lower = char.lower()
    return _LATIN.get(char) or (lower if len(lower) == 1 else char)


class _Runs:
    """The runs of one, two and three characters that a text holds, and where they stand.

    `text` is as `_written` writes it.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._threes = {text[at : at + _RUN] for at in range(len(text))}

    @cached_property
    def _twos(self) -> set[str]:
        return {run[:2] for run in self._threes}

    @cached_property
    def _ones(self) -> set[str]:
        return set(self._text)

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
        find = self._text.find
        for run in held:
            at = find(run, pos, endpos)
            while at >= 0:
                found.add(at)
                at = find(run, at + 1, endpos)
        for run in in_words:
            found.update(self._in_words(run, pos, endpos))
        return sorted(found)

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


@lru_cache(maxsize=64)
def _runs(text: str) -> _Runs:
    return _runs_of_written(_written(text))


_runs_of_written = lru_cache(maxsize=64)(_Runs)
"""A text and the same in lower case have the same runs."""
