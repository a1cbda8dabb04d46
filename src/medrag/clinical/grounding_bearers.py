"""What bears each value: the words that stand nearer to it than to the next value of its sort.

"A for 5 days" in one quotation and "B for 3 days" in another, a table row after a table row, "1.5 h
fasting and 4 h after a meal": a claim that gives a value to the bearer of another one has exchanged
them, however it words the rest.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from medrag.clinical.grounding_equal import Number, is_same
from medrag.clinical.grounding_facts import Facts
from medrag.clinical.grounding_tokens import Token, content, tokens
from medrag.clinical.quantity import Frequency


class Value(NamedTuple):
    """A value with what bears it.

    Attributes:
        sort: What it measures: `time`, `mass`, `often`, else its unit.
        read: The number or the frequency.
        start, end: Its characters.
        bearer: Beginnings of the keys of the words that are nearest to it.
        sentence: Those of the whole sentence.
        place: The text and where its sentence begins.
        topic: Those of the only drug that the text names: of every value in it.
    """

    sort: str
    read: Number | Frequency
    start: int
    end: int
    bearer: frozenset[str]
    sentence: frozenset[str]
    place: tuple[str, int]
    topic: frozenset[str]


class Exchange(NamedTuple):
    """A value that the claim gives to the bearer of another; see `grounding.Ungrounded`."""

    start: int
    end: int
    expected: str


_SORTS = {
    **dict.fromkeys(("s", "min", "h", "d", "wk", "mo", "a"), "time"),
    **dict.fromkeys(("ug", "mg", "g", "kg"), "mass"),
}
_SENTENCE = re.compile(r"(?<=[a-z\d)%\]])[.;](?=\s+\S)|\n")
_JOINT = re.compile(
    r"(?P<strong>, (?:and|or|but|then|while|whereas)\b|\s\|\s)"
    r"|(?P<plain>\b(?:and|or|but|then|while|whereas|versus|vs|against|than|compared|followed)\b)"
    r"|(?P<comma>,(?!\d))", re.IGNORECASE,
)  # fmt: skip
_RANKS = ("strong", "plain", "comma")
_STEM = 5
_MOST = 12
"""Values of one sort and text that are looked at."""


def exchanged(said: Facts, sources: Sequence[Facts]) -> Iterator[Exchange]:
    """Yield the values of `said` whose bearers bear another value in `sources`.

    Where the claim tells both values, the two must have changed bearers with each other; where it
    tells one, the other must stand in another sentence, which alone speaks of the bearer.
    """
    told = [value for source in sources for value in values_of(source)]
    sorts = {value.sort for value in told}
    own = [value for value in values_of(said) if value.sort in sorts and value.bearer]
    for one in own:
        alike = [other for other in told if other.sort == one.sort]
        same = [other for other in alike if _agree(one, other)]
        for rival in (other for other in alike if same and other not in same):
            others = [o for o in own if o.sort == one.sort and _agree(o, rival)]
            if others:
                turned = _is_nearer(one, rival, same) and any(
                    _is_nearer(other, s, [rival]) for other in others for s in same
                )
            else:
                turned = _is_elsewhere(one, rival, same)
            if turned:
                yield Exchange(one.start, one.end, _written(rival, sources))
                break


def _is_nearer(one: Value, rival: Value, same: Sequence[Value]) -> bool:
    """Return whether what bears a value of the claim bears the rival, and not its own."""
    held = frozenset[str]().union(*(other.bearer for other in same))
    return bool(one.bearer & rival.bearer - held) and not one.bearer & held - rival.bearer


def _is_elsewhere(one: Value, rival: Value, same: Sequence[Value]) -> bool:
    """Return whether another sentence alone speaks of what bears a value of the claim."""
    held = frozenset[str]().union(*(other.sentence for other in same))
    if all(rival.place[0] == other.place[0] for other in same):
        held -= rival.topic
    if any(rival.place == other.place for other in same):
        return False
    return bool(one.bearer & rival.bearer - held) and not one.bearer & held - rival.sentence


def _agree(one: Value, other: Value) -> bool:
    if isinstance(one.read, Number) and isinstance(other.read, Number):
        return is_same(one.read, other.read)
    if isinstance(one.read, Frequency) and isinstance(other.read, Frequency):
        return one.read.per_day == other.read.per_day
    return False


def _written(value: Value, sources: Sequence[Facts]) -> str:
    for source in sources:
        if value in values_of(source):
            return source.text[value.start : value.end]
    return ""


@lru_cache(maxsize=256)
def values_of(facts: Facts) -> tuple[Value, ...]:
    """Return the values of a text with their bearers, sort by sort."""
    found: dict[str, list[Number | Frequency]] = {}
    for number in facts.numbers:
        unit = number.unit_later or number.quantity.unit
        if unit[0] not in "#{1":
            found.setdefault(_SORTS.get(unit, unit), []).append(number)
    for often in facts.frequencies:
        if often.per_day is not None:
            found.setdefault("often", []).append(often)
    named = {drug.name for drug in facts.drugs}
    topic = _stems(tokens(named.pop())) if len(named) == 1 else frozenset[str]()
    return tuple(
        Value(sort, one, one.start, one.end, *_bearer(facts, low, one, high, sort), topic)
        for sort, ones in found.items()
        for low, one, high in _territories(facts.text, ones[:_MOST])
    )


def _territories(
    text: str, ones: Sequence[Number | Frequency]
) -> Iterator[tuple[int, Number | Frequency, int]]:
    """Yield each value between the borders of what belongs to it."""
    borders = [_border(text, a.end, b.start) for a, b in zip(ones, ones[1:], strict=False)]
    for at, one in enumerate(ones):
        low = borders[at - 1] if at else 0
        high = borders[at] if at < len(borders) else len(text)
        low = max([low, *(m.end() for m in _SENTENCE.finditer(text, low, one.start))])
        ended = _SENTENCE.search(text, one.end, high)
        yield low, one, ended.start() if ended else high


def _border(text: str, start: int, end: int) -> int:
    """Return where what stands between two values is parted."""
    ended = _SENTENCE.search(text, start, end)
    if ended:
        return ended.end()
    joints = list(_JOINT.finditer(text, start, end))
    best = min(joints, key=lambda m: _RANKS.index(m.lastgroup or "comma"), default=None)
    return best.start() if best else start


def _bearer(
    facts: Facts, low: int, one: Number | Frequency, high: int, sort: str
) -> tuple[frozenset[str], frozenset[str], tuple[str, int]]:
    """Return what stands around a value between two borders, and in its sentence; that one."""
    text = facts.text
    opened = max((m.end() for m in _SENTENCE.finditer(text, 0, one.start)), default=0)
    closed = _SENTENCE.search(text, one.end)
    whole = opened, closed.start() if closed else len(text)
    around, within = (_keys(facts, place, one, sort) for place in ((low, high), whole))
    return around, within, (text, opened)


def _keys(
    facts: Facts, place: tuple[int, int], one: Number | Frequency, sort: str
) -> frozenset[str]:
    words = tokens(facts.text)
    first, last = (bisect_left(words, at, key=_start) for at in place)
    inside = [t for t in words[first:last] if not one.start <= t.start < one.end]
    labels = {
        f"{n.quantity.value.normalize():f}-{n.quantity.top.normalize():f}"
        for n in facts.numbers
        if place[0] <= n.start < place[1] and n.quantity.high is not None
        and _SORTS.get(n.quantity.unit, n.quantity.unit) != sort
    }  # fmt: skip
    return _stems(inside) | labels


_UNITS = frozenset({"hour", "daily", "weekl", "month", "yearl", "minut", "g", "mg", "gram", "ml"})


def _stems(words: Sequence[Token]) -> frozenset[str]:
    return frozenset(key[:_STEM] for key in content(words)) - _UNITS


def _start(token: Token) -> int:
    return token.start
