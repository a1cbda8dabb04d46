"""Digits that changed, or lost their sign or the end of their range, in a claim nearly repeated."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

Token = tuple[str, int, int]
ChangeKind = Literal["number", "negation", "population", "name", "direction", "drug"]


@dataclass(frozen=True, slots=True)
class Change:
    """A word of the claim, and the source's word in whose place it stands."""

    kind: ChangeKind
    start: int
    end: int
    source: str


TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
COUNTS = {
    "zero": "0", "one": "1", "once": "1", "single": "1", "two": "2", "twice": "2", "double": "2",
    "three": "3", "thrice": "3", "triple": "3", "four": "4", "five": "5", "six": "6",
    "seven": "7", "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12",
    "first": "1st", "second": "2nd", "third": "3rd", "fourth": "4th", "twofold": "2",
    "threefold": "3", "half": "0.5",
}  # fmt: skip
_RANGE = frozenset({"-", "–", "—", "to", "and", "or"})
_PLAIN_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?", re.ASCII)
_PERCENT = frozenset({"%", "‰", "percent", "per"})


def value_of(word: str) -> str:
    """Return the digits that a number word stands for; other words in lower case."""
    lower = word.lower()
    tens, _, ones = lower.partition("-")
    if tens in TENS and COUNTS.get(ones, "").isdigit():
        return str(10 * (TENS.index(tens) + 2) + int(COUNTS[ones]))
    return COUNTS.get(lower, lower)


def lost_ends(
    claim: Sequence[Token], at: int, source: Sequence[Token], gone: slice
) -> Iterator[Change]:
    """Yield a number before or behind `at` whose percent sign or range lost what is `gone`."""
    before, after, previous = claim[at - 1], claim[at], source[gone.start - 1][0]
    words = [word.lower() for word, _, _ in source[gone]]
    if before[0][:1].isdigit() and words[0] in _PERCENT and before[0] == previous:
        signed = after[0].lower() in _PERCENT | _RANGE
        if not signed and ("%" in words or "‰" in words or "percent" in words):
            yield Change("number", before[1], before[2], f"{previous}{words[0]}")
        return
    if len(words) != 2:
        return
    ranged, opened = words[0] in _RANGE - {"and", "or"}, words[1] in _RANGE - {"and", "or"}
    if words[1][0].isdigit() and ranged and before[0][0].isdigit() and _alone(before[0], source):
        yield Change("number", before[1], before[2], f"{before[0]} {' '.join(words)}")
    if words[0][0].isdigit() and opened and after[0][0].isdigit() and _alone(after[0], source):
        yield Change("number", after[1], after[2], f"{' '.join(words)} {after[0]}")


def _alone(number: str, source: Sequence[Token]) -> bool:
    """Return whether a number stands in the source only once, in its range."""
    return sum(word == number for word, _, _ in source) == 1


def other_digits(pairs: Sequence[tuple[Token, str]]) -> Iterator[Change]:
    """Yield digits in the place of other digits, where no second pair was swapped with them."""
    said = {(token[0], other) for token, other in pairs}
    swaps = {frozenset(pair) for pair in said if pair[::-1] in said and pair[0] != pair[1]}
    for (word, start, end), other in pairs:
        if word == other or not (word[0].isdigit() and other[0].isdigit()):
            continue
        if len(swaps) > 1 and frozenset((word, other)) in swaps:
            continue
        if not _is_rounding(word, other):
            yield Change("number", start, end, other)


def _is_rounding(word: str, other: str) -> bool:
    """Return whether one number as written is the other with fewer decimals."""
    if not (_PLAIN_NUMBER.fullmatch(word) and _PLAIN_NUMBER.fullmatch(other)):
        return False
    one, two = Decimal(word.replace(",", "")), Decimal(other.replace(",", ""))
    return one in {two, two.quantize(one, rounding=ROUND_HALF_UP)}
