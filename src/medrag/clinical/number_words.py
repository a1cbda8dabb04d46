"""Numbers as words: one table for counts, times and ages, and how a written count is read."""

from __future__ import annotations

from decimal import Decimal

BELOW_TWENTY = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90,
}  # fmt: skip
CARDINALS = {word: n for word, n in BELOW_TWENTY.items() if n <= 12} | {"twenty-four": 24}
"""Words that count hours, doses and the like in orders."""
COUNTS = {**CARDINALS, "a": 1, "an": 1}
"""Words that count a unit of time: "an hour", "two weeks"."""
CARDINAL = "|".join(sorted(CARDINALS, key=len, reverse=True))
COUNT = "|".join(sorted(COUNTS, key=len, reverse=True))
"""The alternatives of a pattern, longest first: "an" is not read as "a"."""


def count_of(written: str) -> Decimal:
    """Return the number that a word of `COUNTS` or digits stand for.

    Raises:
        decimal.InvalidOperation: The words are neither; the caller's pattern lets nothing else in.
    """
    word = written.lower()
    return Decimal(COUNTS.get(word, word))
