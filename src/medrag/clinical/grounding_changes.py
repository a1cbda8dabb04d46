"""What a claim changed where it is nearly its quotation, word beside word.

A claim that keeps most words of a source sentence is laid beside it; what stands in the
place of a word is then compared: another count, another unit of time, an opposite made by a
prefix, another species or sex, another name, two words that changed places, a percent sign
or the end of a range that was lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Token = tuple[str, int, int]
ChangeKind = Literal["number", "negation", "population", "name", "direction"]

_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_TOKEN = re.compile(rf"(?:{'|'.join(_TENS)})-[a-z]+|" r"\d+(?:[.,]\d+)*|[^\W\d_]+|[%‰]|[^\w\s]")
_SENTENCE = re.compile(r"\.(?<=[\w)\]%]\.)(?=\s+[A-Z(])|\n")
_CLAUSE = re.compile(_SENTENCE.pattern + r"|;(?=\s)")
_CITATION = re.compile(r"[\[(][\d,; –-]+[\])]")
_KEPT = 0.6
_MOST_TOKENS = 160
_COUNTS = {
    "zero": "0", "one": "1", "once": "1", "single": "1", "two": "2", "twice": "2", "double": "2",
    "three": "3", "thrice": "3", "triple": "3", "four": "4", "five": "5", "six": "6",
    "seven": "7", "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12",
    "first": "1st", "second": "2nd", "third": "3rd", "fourth": "4th", "twofold": "2",
    "threefold": "3", "half": "0.5",
}  # fmt: skip
_TIMES = {
    "day": "day", "days": "day", "week": "week", "weeks": "week", "month": "month",
    "months": "month", "year": "year", "years": "year", "hour": "hour", "hours": "hour",
    "minute": "minute", "minutes": "minute", "daily": "day", "weekly": "week",
    "monthly": "month", "yearly": "year", "hourly": "hour",
}  # fmt: skip
_BEINGS = {
    **dict.fromkeys(("human", "humans", "people", "volunteers"), "human"),
    **dict.fromkeys(("rat", "rats"), "rat"),
    **dict.fromkeys(("mouse", "mice"), "mouse"),
    **dict.fromkeys(("rabbit", "rabbits"), "rabbit"),
    **dict.fromkeys(("dog", "dogs"), "dog"),
    **dict.fromkeys(("monkey", "monkeys"), "monkey"),
    **dict.fromkeys(("animal", "animals"), "animal"),
    **dict.fromkeys(("man", "men", "male", "males"), "male"),
    **dict.fromkeys(("woman", "women", "female", "females"), "female"),
    **dict.fromkeys(("boy", "boys"), "boy"),
    **dict.fromkeys(("girl", "girls"), "girl"),
    **dict.fromkeys(("adult", "adults"), "adult"),
    **dict.fromkeys(("child", "children", "pediatric", "paediatric"), "child"),
    **dict.fromkeys(("infant", "infants", "neonate", "neonates"), "infant"),
    **dict.fromkeys(("elderly", "older", "geriatric"), "old"),
    **dict.fromkeys(("young", "younger"), "young"),
}
# One may stand for the other.
_AKIN = frozenset({
    frozenset({"rat", "animal"}), frozenset({"mouse", "animal"}), frozenset({"rabbit", "animal"}),
    frozenset({"dog", "animal"}), frozenset({"monkey", "animal"}), frozenset({"girl", "female"}),
    frozenset({"boy", "male"}), frozenset({"infant", "child"}), frozenset({"girl", "child"}),
    frozenset({"boy", "child"}), frozenset({"human", "adult"}), frozenset({"human", "male"}),
    frozenset({"human", "female"}), frozenset({"human", "child"}),
})  # fmt: skip
_NEGATING = ("un", "in", "im", "ir", "il", "non", "dis", "a", "anti", "contra")
_RANGE = frozenset({"-", "–", "—", "to", "and", "or"})
_PERCENT = frozenset({"%", "‰", "percent", "per"})


@dataclass(frozen=True, slots=True)
class Change:
    """A word of the claim, and the source's word in whose place it stands."""

    kind: ChangeKind
    start: int
    end: int
    source: str


def changed_words(claim: str, sources: Sequence[str]) -> Iterator[Change]:
    """Yield what `claim` changed of the source sentence that it nearly repeats, in order."""
    cut = _SENTENCE if ";" in claim else _CLAUSE
    beside = [s for source in sources for s in _sentences(source, cut)]
    held = frozenset(word.lower() for source in sources for word, _, _ in _tokens(source))
    for words in _sentences(claim, _SENTENCE):
        best = max(beside, key=lambda other: _shared(words, other), default=None)
        if best and len(words) >= 4:
            yield from _compare(words, best, held)


def _tokens(text: str) -> list[Token]:
    plain = _CITATION.sub(lambda m: " " * len(m[0]) if "[" in m[0] else m[0], text)
    return [(match.group(), *match.span()) for match in _TOKEN.finditer(plain)]


def _sentences(text: str, cut: re.Pattern[str]) -> list[list[Token]]:
    found: list[list[Token]] = [[]]
    ends = [match.start() for match in cut.finditer(text)]
    for token in _tokens(text):
        if ends and token[1] >= ends[0]:
            ends.pop(0)
            found.append([])
        found[-1].append(token)
    return [one[:_MOST_TOKENS] for one in found if one]


def _shared(words: Sequence[Token], other: Sequence[Token]) -> int:
    return len({word.lower() for word, _, _ in words} & {word.lower() for word, _, _ in other})


def _compare(
    claim: Sequence[Token], source: Sequence[Token], held: frozenset[str]
) -> Iterator[Change]:
    left, right = [_value(word) for word, _, _ in claim], [_value(word) for word, _, _ in source]
    codes = SequenceMatcher(None, right, left, autojunk=False).get_opcodes()
    kept = sum(j2 - j1 for tag, _, _, j1, j2 in codes if tag == "equal")
    if kept < _KEPT * len(left):
        return
    pairs: list[tuple[Token, str]] = []
    for tag, i1, i2, j1, j2 in codes:
        if tag == "replace":
            pairs += _replaced(claim[j1:j2], source[i1:i2])
            yield from _turned(claim[j1:j2], source[i1:i2], held)
        elif tag == "delete" and 0 < j1 < len(claim):
            yield from _lost(claim[j1 - 1], claim[j1], source[i1:i2], source[i1 - 1][0])
    yield from _swapped(pairs)


def _value(word: str) -> str:
    lower = word.lower()
    tens, _, ones = lower.partition("-")
    if tens in _TENS and _COUNTS.get(ones, "").isdigit():
        return str(10 * (_TENS.index(tens) + 2) + int(_COUNTS[ones]))
    return _COUNTS.get(lower, lower)


def _replaced(claim: Sequence[Token], source: Sequence[Token]) -> list[tuple[Token, str]]:
    if len(claim) != len(source) or len(claim) > 2:
        return []
    return [(one, other[0]) for one, other in zip(claim, source, strict=True)]


def _turned(
    claim: Sequence[Token], source: Sequence[Token], held: frozenset[str]
) -> Iterator[Change]:
    """Yield the words of a replaced stretch that say another thing of the same sort."""
    times = _classes(claim, _TIMES) != _classes(source, _TIMES)
    counts = _numbers(claim) != _numbers(source)
    ends = [*zip(claim, source, strict=False), (claim[-1], source[-1])]
    for token, (other, _, _) in ends:
        kind = _sort(token[0], other, conversion=times and counts)
        if kind:
            yield Change(kind, token[1], token[2], other)
    yield from _other_name(claim, source, held)


def _classes(tokens: Sequence[Token], table: dict[str, str]) -> set[str]:
    return {table[word.lower()] for word, _, _ in tokens if word.lower() in table}


def _numbers(tokens: Sequence[Token]) -> list[str]:
    return [_value(word) for word, _, _ in tokens if _value(word)[0].isdigit()]


def _sort(word: str, other: str, *, conversion: bool) -> ChangeKind | None:
    one, two = word.lower(), other.lower()
    if one == two:
        return None
    if one in _COUNTS and two in _COUNTS and _COUNTS[one] != _COUNTS[two] and not conversion:
        return "number"
    if (one in _COUNTS and two.isdigit()) or (two in _COUNTS and one.isdigit()):
        return None if conversion or _value(one) == _value(two) else "number"
    if one in _TIMES and two in _TIMES and _TIMES[one] != _TIMES[two] and not conversion:
        return "number"
    if {one, two} <= {"%", "‰"}:
        return "number"
    return _sort_of_words(one, two)


def _sort_of_words(one: str, two: str) -> ChangeKind | None:
    if one in _BEINGS and two in _BEINGS:
        classes = frozenset({_BEINGS[one], _BEINGS[two]})
        return "population" if len(classes) > 1 and classes not in _AKIN else None
    if is_prefixed_opposite(one, two):
        return "negation"
    return None


def is_prefixed_opposite(one: str, other: str) -> bool:
    """Return whether two words differ by a negating prefix alone (`stable`, `unstable`)."""
    short, long = sorted((one, other), key=len)
    if len(short) < 4 or not long.endswith(short):
        return False
    return long[: -len(short)] in _NEGATING[:6] or long[: -len(short)] == "dis"


def _other_name(
    claim: Sequence[Token], source: Sequence[Token], held: frozenset[str]
) -> Iterator[Change]:
    if len(claim) != 1 or len(source) != 1:
        return
    (word, start, end), other = claim[0], source[0][0]
    named = word[:1].isupper() and word[1:].islower() and start > 0
    if named and other[:1].isupper() and other[1:].islower() and word.lower() not in held:
        yield Change("name", start, end, other)


def _lost(
    before: Token, after: Token, gone: Sequence[Token], source_before: str
) -> Iterator[Change]:
    """Yield a number whose percent sign or whose range lost something."""
    words = [word.lower() for word, _, _ in gone]
    if before[0][:1].isdigit() and words[0] in _PERCENT and before[0] == source_before:
        if "%" in words or "‰" in words or "percent" in words:
            yield Change("number", before[1], before[2], f"{source_before}{words[0]}")
        return
    if len(words) != 2:
        return
    joined = " ".join(words)
    if words[1][0].isdigit() and words[0] in _RANGE - {"and", "or"} and before[0][0].isdigit():
        yield Change("number", before[1], before[2], f"{before[0]} {joined}")
    if words[0][0].isdigit() and words[1] in _RANGE - {"and", "or"} and after[0][0].isdigit():
        yield Change("number", after[1], after[2], f"{joined} {after[0]}")


def _swapped(pairs: Sequence[tuple[Token, str]]) -> Iterator[Change]:
    """Yield the first of two words that changed places."""
    said = {(token[0].lower(), other.lower()) for token, other in pairs}
    for token, other in pairs:
        one, two = token[0].lower(), other.lower()
        if one != two and len(one) > 3 and len(two) > 3 and (two, one) in said:
            yield Change("direction", token[1], token[2], other)
            return
