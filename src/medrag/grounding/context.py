"""What a number is of: the words it stands among, in lists, brackets and coordinations."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from medrag.grounding.equal import Number, is_comparable
from medrag.grounding.facts import Facts
from medrag.grounding.tokens import Token, content, is_light, key, tokens


@dataclass(frozen=True, slots=True, eq=False)
class _Layout:
    """Where words and numbers of one text stand, for looking up by character."""

    words: tuple[Token, ...]
    starts: list[int]
    ends: list[int]
    numbers: list[int]


@lru_cache(maxsize=64)
def _layout(facts: Facts) -> _Layout:
    words = tokens(facts.text)
    return _Layout(
        words=words,
        starts=[token.start for token in words],
        ends=[token.end for token in words],
        numbers=[number.start for number in facts.numbers],
    )


@lru_cache(maxsize=4096)
def around(facts: Facts, number: Number) -> frozenset[str]:
    """Return the keys of the words that a number stands among, up to the nearest breaks.

    Numbers of one list share their words; "a and b were 1 and 2, respectively" is paired; a
    number that follows "and" shares the words before the list with the one before it.
    """
    chain = chain_of(facts, number)
    paired = _paired(facts, chain, number)
    if paired is not None:
        return paired
    layout = _layout(facts)
    first = bisect_right(layout.ends, chain[0].start)
    last = bisect_left(layout.starts, _past_brackets(facts.text, chain[-1].end))
    in_brackets = _fills_brackets(facts.text, chain[0].start, chain[-1].end)
    opened = in_brackets or facts.text[max(0, chain[0].start - 1) : chain[0].start] in {"(", "["}
    found = _left_of(facts, chain[0], first, in_brackets=opened)
    if any(t.word in _PRONOUNS for t in found):
        found += _before_alike(facts, chain[0])
    if not in_brackets:
        found += _right_of(layout.words, last)
    return _keys(found, facts)


@lru_cache(maxsize=4096)
def segment(facts: Facts, number: Number) -> frozenset[str]:
    """Return the keys between the numbers of the same sort on either side of a number.

    Wider than `around`: what a number is of may stand at the other end of its clause.
    """
    layout = _layout(facts)
    text, at = facts.text, bisect_left(layout.numbers, number.start)
    low = max(0, text.rfind(". ", 0, number.start), text.rfind("\n", 0, number.start))
    high = len(text)
    for other in facts.numbers[max(0, at - _FAR) : at]:
        if is_comparable(other, number):
            low = max(low, other.end)
    for other in facts.numbers[at + 1 : at + _FAR]:
        if other.start >= number.end and is_comparable(other, number):
            high = other.start
            break
    first, last = bisect_left(layout.starts, low), bisect_left(layout.starts, high)
    return _keys([t for t in layout.words[first:last] if t.word not in _JOINS], facts)


_ASIDE = re.compile(r"\s?[(\[][^()\[\]]{1,40}[)\]](?=\s(?:in|with|for|of|at|on|among|after)\b)")


def _past_brackets(text: str, end: int) -> int:
    """Return where a text goes on behind "24.1 months (95% CI 21 to 27)"."""
    aside = _ASIDE.match(text, end)
    return aside.end() + 1 if aside else end


def _fills_brackets(text: str, start: int, end: int) -> bool:
    """Return whether a number stands in brackets after what it is of: "nausea (5%)"."""
    opened = text[max(0, start - 6) : start].rstrip("<>≤≥~= ").endswith(("(", "["))
    return opened and re.match(r"\s?[%)\],;/]|\s?\Z", text[end : end + 2]) is not None


@lru_cache(maxsize=4096)
def behind(facts: Facts, number: Number) -> frozenset[str]:
    """Return the keys right behind a number, up to a break or the next number: "in women"."""
    layout = _layout(facts)
    end = _past_brackets(facts.text, number.end)
    if _LABELS.match(facts.text, max(number.end, end - 1)) is None:
        return frozenset()
    last = bisect_left(layout.starts, end)
    at = bisect_left(layout.numbers, number.start)
    nexts = [n.start for n in facts.numbers[at + 1 : at + _FAR]
             if n.start >= number.end and is_comparable(n, number)]  # fmt: skip
    found = [t for t in _right_of(layout.words, last) if not nexts or t.start < nexts[0]]
    return _keys(found, facts)


_LABELS = re.compile(
    r"\s?%?\s(?:of [a-z]+ )?(?:in|with|for|on|among|at|receiving)\b"
    r"|\s?%?\s[a-z]+(?=[,.;]|\sand\b)"
)
_NEIGHBORS = 8
_JOINS = frozenset({"and", "or", "against", "versus", "vs", "than", "while", "compared", "but"})


def _left_of(facts: Facts, number: Number, first: int, *, in_brackets: bool) -> list[Token]:
    words = _layout(facts).words
    found: list[Token] = []
    at = first
    broken = at < len(words) and words[at].breaks and not in_brackets
    while at > 0 and len(found) < _NEIGHBORS and not broken:
        at -= 1
        found.append(words[at])
        broken = words[at].breaks
    kept = [t for t in found if t.word not in _JOINS]
    joined = broken and at and words[at - 1].word in {"and", "or"}
    if joined and not content(kept):
        kept += _before_alike(facts, number)
    return kept


_PRONOUNS = frozenset({"it", "they"})


def _before_alike(facts: Facts, number: Number) -> list[Token]:
    """Return the words before the number of the same sort that this one follows.

    "It" points back to them, and "a 5 mg and b 10 mg dose" shares them.
    """
    layout = _layout(facts)
    at = bisect_left(layout.numbers, number.start)
    for other in reversed(facts.numbers[max(0, at - _FAR) : at]):
        if other.end < number.start and is_comparable(other, number):
            between = facts.text[other.end : number.start]
            return [] if ". " in between else _just_before(layout, other.start)
    return []


_FAR = 12
"""Numbers looked back or aside at most."""


def _just_before(layout: _Layout, start: int) -> list[Token]:
    words = layout.words
    at = bisect_right(layout.ends, start)
    found: list[Token] = []
    while at > 0 and len(found) < _NEIGHBORS and not (at < len(words) and words[at].breaks):
        at -= 1
        found.append(words[at])
    return [t for t in found if t.word not in _JOINS]


def _right_of(words: Sequence[Token], last: int) -> list[Token]:
    found: list[Token] = []
    for token in words[last : last + _NEIGHBORS]:
        if token.breaks or token.word in _JOINS:
            break
        found.append(token)
    return found


SIDES = frozenset({key("before"), key("after")})
_NAMED = frozenset(map(key, ("week", "day", "month", "year", "hour", "grade", "phase", "stage",
                             "type", "cycle", "genotype", "study", "cohort", "group")))  # fmt: skip
"""Keys of the words that a number beside them names."""
_CALENDAR = frozenset(map(key, ("day", "week", "month", "year", "hour")))


def _keys(found: Sequence[Token], facts: Facts) -> frozenset[str]:
    """Return what the words tell; a number only with the word or the bound that names it."""
    layout = _layout(facts)
    words = layout.words
    keys: set[str] = set()
    for token in found:
        at = bisect_left(layout.starts, token.start)
        if token.key[0].isdigit():
            keys.update(_named(words, at, facts))
        elif token.key in _NAMED and at and words[at - 1].key[0].isdigit():
            continue
        elif token.key not in _CALENDAR and (not is_light(token) or token.key in SIDES):
            keys.add(token.key)
    return frozenset(keys)


def _named(words: Sequence[Token], at: int, facts: Facts) -> Iterator[str]:
    """Yield "week 48" for a number beside a word, ">= 65" for one with a bound."""
    for beside in (at - 1, at + 1):
        if 0 <= beside < len(words) and words[beside].key in _NAMED:
            yield f"{words[beside].key} {words[at].key}"
    last = bisect_right(_layout(facts).numbers, words[at].start)
    for number in facts.numbers[max(0, last - 2) : last]:
        if number.start <= words[at].start < number.end and number.bound:
            yield f"{number.bound} {words[at].key}"


_SPAN = 300
"""Characters on either side in which "respectively" and its list are looked for."""
_LISTED = re.compile(r"\brespectively\b", re.IGNORECASE)
_OPPOSED = re.compile(
    r"\s?%?,?\s?\(?(?:versus|vs\.?|against|compared (?:to|with)|and|or|,)\s?(?:and |or )?"
)
_AGAINST = re.compile(r"\b(?:versus|vs|against|compared)\b")


def chain_of(facts: Facts, number: Number) -> tuple[Number, ...]:
    """Return the numbers of one sort joined to this one by "and", "versus" or commas."""
    numbers, text = facts.numbers, facts.text
    place = bisect_left(_layout(facts).numbers, number.start)
    while numbers[place] is not number:
        place += 1
    low = high = place
    while low > max(0, place - _FAR) and _joined(text, numbers[low - 1], numbers[low]):
        low -= 1
    while high + 1 < min(len(numbers), place + _FAR) and _joined(
        text, numbers[high], numbers[high + 1]
    ):
        high += 1
    return tuple(numbers[low : high + 1])


def _joined(text: str, one: Number, two: Number) -> bool:
    units = {one.quantity.unit, one.unit_later} & {two.quantity.unit, two.unit_later} - {""}
    return bool(units) and _OPPOSED.fullmatch(text[one.end : two.start]) is not None


def _paired(facts: Facts, chain: Sequence[Number], number: Number) -> frozenset[str] | None:
    """Return the words of the list item that a number of a list belongs to, else None.

    None where the numbers are not paired with items; empty where they are, but not readably.
    """
    between = facts.text[chain[0].end : chain[-1].start]
    opposed = len(chain) == 2 and _AGAINST.search(between)
    near = slice(max(0, chain[0].start - _SPAN), chain[-1].end + _SPAN)
    if not opposed and not _LISTED.search(facts.text[near]):
        return None
    if len(chain) != 2:
        return frozenset()
    place = 0 if chain[0] is number else 1
    joints = {"versus", "vs", "compared", "than"} if opposed else {"and"}
    layout = _layout(facts)
    words = layout.words
    best: tuple[int, frozenset[str]] | None = None
    for at in range(bisect_left(layout.starts, near.start), bisect_left(layout.starts, near.stop)):
        token = words[at]
        inside = chain[0].start <= token.start < chain[-1].end
        if token.word not in joints or inside or not 0 < at < len(words) - 1:
            continue
        item = words[max(0, at - 3) : at] if place == 0 else words[at + 1 : at + 4]
        if words[at - 1].key[0].isdigit() and words[at + 1].key[0].isdigit():
            continue
        keys = frozenset(t.key for t in item if not is_light(t))
        distance = abs(token.start - chain[0].start)
        if keys and (best is None or distance < best[0]):
            best = distance, keys
    return best[1] if best else frozenset()
