"""What a regular expression's matches begin with, end with and must hold, read off the pattern.

Runs of characters are written as `written` writes a text: in small letters, a digit as "0", any
space but a new line as " ". What is not known of a pattern is said to be anything, never left out.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from importlib import import_module
from itertools import starmap
from typing import Any, Final, NamedTuple

_BEFORE_3_11 = sys.version_info < (3, 11)
_SYNTAX: Final[Any] = import_module("sre_constants" if _BEFORE_3_11 else "re._constants")
_PARSER: Final[Any] = import_module("sre_parse" if _BEFORE_3_11 else "re._parser")
RUN = 3
"""Characters of a run at most."""
NEED = 5
"""Characters of a need at most."""
END = 4
"""Characters of an ending at most."""
_MOST = 3000
"""Beginnings from which on a pattern is said to begin with anything."""
_WIDE = 12
"""Characters of a class from which on it is any character."""


class _Asked(NamedTuple):
    """How beginnings are asked for.

    Attributes:
        cased: Capitals are not small letters.
        most: Beginnings from which on a pattern is said to begin with anything.
        lines: A new line is no other space.
    """

    cased: bool
    most: int = _MOST
    lines: bool = True


_OF_NEEDS = _Asked(cased=False, most=500)
"""More runs than these are no need: a text would hold one of them anyway."""
_OF_ENDINGS = _Asked(cased=False, lines=False)
_Parsed = Sequence[tuple[Any, Any]]
_Beginning = tuple[str, bool]
"""What a match begins with, and whether what follows in the pattern goes on right behind it."""
_ANY: frozenset[_Beginning] = frozenset({("", False)})
WORD = "\0"
"""In a beginning: the characters of a word, at least one ("\\w+ly" begins with `WORD` + "ly")."""
CAPITAL = "\1"
"""As a beginning: a capital letter or anything beyond ASCII."""
START = "\2"
"""As a beginning: anything, at the start of a text."""
_MARKS = frozenset({WORD, CAPITAL, START})
_IN_WORD: frozenset[_Beginning] = frozenset({(WORD, True)})
_NOTHING: frozenset[_Beginning] = frozenset({("", True)})
_A_CAPITAL: frozenset[_Beginning] = frozenset({(CAPITAL, False)})
_AT_START: frozenset[_Beginning] = frozenset({(START, False)})
_REPEATS = {_SYNTAX.MAX_REPEAT, _SYNTAX.MIN_REPEAT}
_NO_WIDTH = {_SYNTAX.AT, _SYNTAX.ASSERT, _SYNTAX.ASSERT_NOT}
_NO_CHARACTER = {_SYNTAX.AT, _SYNTAX.ASSERT_NOT}
_LAST_OF_ASCII = 0x7F


def beginnings(pattern: str, length: int, flags: int = re.IGNORECASE) -> frozenset[str]:
    """Return the first `length` characters of all that `pattern` matches, fewer where it ends.

    "" where a match can begin with anything.
    """
    asked = _Asked(cased=not flags & re.IGNORECASE)
    found = _beginnings(_parsed(pattern, flags), length, asked=asked)
    lines = flags & re.MULTILINE  # "^" is the start of any line there
    return frozenset("" if lines and text == START else text for text, _ in found)


def endings(pattern: str, flags: int = 0) -> frozenset[str]:
    """Return the last `END` characters of all that `pattern` matches, fewer where it begins.

    "" where a match can end with anything, or anywhere but at the end of a text. A new line is
    written as any space is.
    """
    parsed = _parsed(pattern, flags)
    if not parsed or parsed[-1] not in _AT_END or flags & re.MULTILINE:
        return frozenset({""})
    found = {text for text, _ in _beginnings(_backwards(parsed), END, asked=_OF_ENDINGS)}
    return frozenset("" if text[:1] in _MARKS else text[::-1] for text in found)


_STARTS = frozenset({_SYNTAX.AT_BEGINNING, _SYNTAX.AT_BEGINNING_STRING})
_AT_END = ((_SYNTAX.AT, _SYNTAX.AT_END), (_SYNTAX.AT, _SYNTAX.AT_END_STRING))


def needs(pattern: str, flags: int = 0) -> tuple[frozenset[str], ...]:
    """Return sets of runs: of each, any text that `pattern` matches in holds one at least.

    The rarest first, `MOST_NEEDS` at most; none where nothing is known.
    """
    found: list[frozenset[str]] = []
    for runs in _needs(_parsed(pattern, flags)):
        found = sorted(dict.fromkeys([*found, runs]), key=_weight)[:MOST_NEEDS]
        if len(found) == MOST_NEEDS and _weight(found[-1]) <= _RARE:
            break
    return tuple(found)


MOST_NEEDS = 2
"""Needs of one pattern that are told; further ones hardly ever tell more."""
_WEIGHTS = {1: 900, 2: 90, 3: 9, 4: 2, 5: 1}
"""How often a run of so many characters stands in a text, beside one of three; roughly."""
_RARE = 800
"""A need of this weight or less is good enough not to look into a group for a better one."""


@lru_cache(maxsize=4)  # one pattern is asked several things in a row
def _parsed(pattern: str, flags: int) -> _Parsed:
    return _items(_PARSER.parse(pattern, flags))


def _needs(parsed: Any) -> Iterator[frozenset[str]]:
    """Yield the rarest need of each part of a parsed pattern."""
    items = _items(parsed)
    told = False
    for at, (operator, value) in enumerate(items):
        if _tells_nothing(operator, value) or (told and operator is _SYNTAX.LITERAL):
            continue
        runs = _runs({text for text, _ in _beginnings(items[at:], NEED, asked=_OF_NEEDS)})
        if runs is None or _weight(runs) > _RARE:
            within = _rarest(_needs_within(operator, value))
            runs = min(filter(None, (runs, within)), key=_weight, default=None)
        if runs is not None:
            yield runs
        told = runs is not None and operator is _SYNTAX.LITERAL  # one run of a word is enough


def _rarest(needed: Iterable[frozenset[str]]) -> frozenset[str] | None:
    rarest = None
    for runs in needed:
        if rarest is None or _weight(runs) < _weight(rarest):
            rarest = runs
        if _weight(rarest) == _WEIGHTS[NEED]:  # none is rarer
            break
    return rarest


def _tells_nothing(operator: Any, value: Any) -> bool:
    """Return whether a part may be left out of a match, or is a space: the next part tells more."""
    if operator in _REPEATS:
        return not value[0]
    space = operator is _SYNTAX.IN and value == [(_SYNTAX.CATEGORY, _SYNTAX.CATEGORY_SPACE)]
    return space or operator in _NO_CHARACTER


def _needs_within(operator: Any, value: Any) -> Iterable[frozenset[str]]:
    if operator is _SYNTAX.SUBPATTERN:
        return _needs(value[-1])
    if operator is _SYNTAX.ASSERT:
        return _needs(value[1])
    if operator in _REPEATS:
        return _needs(value[2])
    if operator is _SYNTAX.BRANCH:
        of_each = [_rarest(_needs(branch)) for branch in value[1]]
        if None not in of_each:
            return [_fewest({run for runs in of_each if runs for run in runs})]
    return ()


def _runs(found: Iterable[str]) -> frozenset[str] | None:
    """Return beginnings as runs that a text holds; None where one of them may be anything."""
    runs = {text.removeprefix(WORD) for text in found}
    return _fewest(runs) if runs.isdisjoint({"", CAPITAL, START}) else None


def _fewest(runs: set[str]) -> frozenset[str]:
    """Return runs without those that begin with another of them."""
    return frozenset(run for run in runs if runs.isdisjoint(run[:n] for n in range(1, len(run))))


def _weight(runs: frozenset[str]) -> int:
    return sum(_WEIGHTS[len(run)] * (2 if " " in run else 1) for run in runs)


def _backwards(parsed: Any) -> list[tuple[Any, Any]]:
    """Return a parsed pattern whose matches are those of `parsed`, read from their ends."""
    return [_backwards_one(operator, value) for operator, value in reversed(_items(parsed))]


def _backwards_one(operator: Any, value: Any) -> tuple[Any, Any]:
    if operator is _SYNTAX.SUBPATTERN:
        value = (*value[:-1], _backwards(value[-1]))
    elif operator is _SYNTAX.BRANCH:
        value = (value[0], [_backwards(branch) for branch in value[1]])
    elif operator in _REPEATS:
        value = (*value[:2], _backwards(value[2]))
    return operator, value


# --- What a pattern begins with -----------------------------------------------------------------


def _beginnings(parsed: Any, length: int, *, asked: _Asked) -> frozenset[_Beginning]:
    """Return what a match of a parsed pattern begins with, `length` characters at most."""
    items = _items(parsed)
    literal = _literal(items[:length])
    if literal is not None and len(literal) == length:
        return frozenset({(literal if asked.lines else literal.replace("\n", " "), True)})
    found = _NOTHING
    for operator, value in items:
        unended = {one for one in found if one[1] and _length(one[0]) < length}
        if not unended:
            break
        more_of = {
            n: _of_one(operator, value, n, asked=asked)
            for n in {length - _length(t) for t, _ in unended}
        }
        if len(unended) * max(map(len, more_of.values())) > 3 * asked.most:
            return _ANY
        found = (found - unended) | {
            (text, False) if text and more[:1] in _MARKS else (text + more, goes_on)
            for text, _ in unended
            for more, goes_on in more_of[length - _length(text)]
        }
        if len(found) > asked.most:
            return _ANY
    return found


def _items(parsed: Any) -> _Parsed:
    """Return the items of what the parser made, or of a list of them."""
    items: _Parsed = getattr(parsed, "data", parsed)
    return items


def _literal(items: _Parsed) -> str | None:
    """Return items that are plain characters of ASCII as they are written; None for others."""
    if any(operator is not _SYNTAX.LITERAL or value > _LAST_OF_ASCII for operator, value in items):
        return None
    return written("".join(chr(value) for _, value in items))


def _length(beginning: str) -> int:
    return len(beginning.removeprefix(WORD))


def _of_one(operator: Any, value: Any, length: int, *, asked: _Asked) -> frozenset[_Beginning]:
    found = _ANY
    if operator in _NO_WIDTH:
        starts = operator is _SYNTAX.AT and value in _STARTS
        found = _AT_START if starts else _NOTHING
    elif operator is _SYNTAX.LITERAL:
        found = _written_as([chr(value)], asked=asked)
    elif operator is _SYNTAX.IN:
        found = _of_class(value, asked=asked)
    elif operator is _SYNTAX.BRANCH:
        found = frozenset().union(*(_beginnings(one, length, asked=asked) for one in value[1]))
    elif operator is _SYNTAX.SUBPATTERN:
        inner = asked._replace(cased=_is_cased(value, cased=asked.cased))
        found = _beginnings(value[-1], length, asked=inner)
    elif operator in _REPEATS:
        found = _repeated(value, length, asked=asked)
    return found


def _is_cased(group: Any, *, cased: bool) -> bool:
    """Return whether a group tells capitals from small letters, by flags of its own: "(?i:...)"."""
    _, added, removed, _ = group
    return (cased or bool(removed & re.IGNORECASE)) and not added & re.IGNORECASE


def _repeated(value: Any, length: int, *, asked: _Asked) -> frozenset[_Beginning]:
    least, most, repeated = value
    unbounded = least and most is _SYNTAX.MAXREPEAT
    if unbounded and len(repeated) == 1 and _is_of_words(*repeated[0]):
        operator, inner = repeated[0]
        one = _of_one(operator, inner, length, asked=asked)
        return one if one == _A_CAPITAL else _IN_WORD
    found: frozenset[_Beginning] = frozenset()
    for times in range(least, min(most, least + length) + 1):
        begun = _beginnings(list(_items(repeated)) * times, length, asked=asked)
        found |= begun
        if times and not any(goes_on and _length(text) < length for text, goes_on in begun):
            break
    return found


def _is_of_words(operator: Any, members: Any) -> bool:
    """Return whether a class holds nothing but letters, digits and "_"."""
    return operator is _SYNTAX.IN and all(
        value is _SYNTAX.CATEGORY_WORD
        or (kind is _SYNTAX.RANGE and all(chr(end).isalnum() for end in value))
        for kind, value in members
    )


def _of_class(members: Sequence[tuple[Any, Any]], *, asked: _Asked) -> frozenset[_Beginning]:
    chars: list[str] = []
    for operator, value in members:
        if operator is _SYNTAX.LITERAL:
            chars.append(chr(value))
        elif operator is _SYNTAX.RANGE and value[1] - value[0] < _WIDE:
            chars += map(chr, range(value[0], value[1] + 1))
        elif value is _SYNTAX.CATEGORY_DIGIT:
            chars.append("0")
        elif value is _SYNTAX.CATEGORY_SPACE:
            chars += " \n" if asked.lines else " "
        else:
            capitals = asked.cased and all(starmap(_is_of_capitals, members))
            return _A_CAPITAL if capitals else _ANY
    return _written_as(chars, asked=asked)


def _is_of_capitals(operator: Any, value: Any) -> bool:
    """Return whether a part of a class holds capitals of ASCII or what is beyond ASCII alone."""
    if operator not in {_SYNTAX.RANGE, _SYNTAX.LITERAL}:
        return False
    low, high = value if operator is _SYNTAX.RANGE else (value, value)
    return low > _LAST_OF_ASCII or (chr(low).isupper() and chr(high).isupper())


def _written_as(chars: Sequence[str], *, asked: _Asked) -> frozenset[_Beginning]:
    if not all(map(_has_known_cases, chars)):
        return _ANY
    if not asked.lines:
        chars = [" " if char == "\n" else char for char in chars]
    return frozenset((written(char), True) for char in chars)


def _has_known_cases(char: str) -> bool:
    """Return whether `written` writes all that `re.IGNORECASE` takes for `char` alike."""
    cased = char > "\x7f" and (char.lower() != char.upper() or char.isdigit())
    latin = "\u00c0" <= char <= "\u024f" or "\u1ea0" <= char <= "\u1ef9"
    return not cased or (latin and char != "\u00df")


# --- How texts are written ----------------------------------------------------------------------

_ASCII = {
    **dict.fromkeys(map(ord, "0123456789"), "0"),
    **dict.fromkeys(map(ord, "\t\v\f\r\x1c\x1d\x1e\x1f"), " "),
}
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_LATIN = {"\u017f": "s", "\u0131": "i", "\u0130": "i", "\u212a": "k"}
"""The letters beyond ASCII that `re.IGNORECASE` takes for one of ASCII."""


def written(text: str) -> str:
    """Return `text` in lower case, digits as "0" and spaces as " ", character for character."""
    plain = text if text.isascii() else _BEYOND_ASCII.sub(_one, text)
    return plain.translate(_ASCII).lower()


def _one(match: re.Match[str]) -> str:
    char = match[0]
    if char.isspace() or char.isdigit():
        return " " if char.isspace() else "0"
    lower = char.lower()
    return _LATIN.get(char) or (lower if len(lower) == 1 else char)
