"""Tests that a text puts off until they guard against nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from medrag.checker.words import find_all
from medrag.clinical.number_words import COUNT, count_of

_LATER = re.compile(
    rf"\b(?:in|after|until|for|at)\s(?:about\s)?(?P<n>\d+|{COUNT})\s(?P<unit>months?|years?)\b"
    r"|\b(?:until|at|before|for|in)\s(?:the\s|his\s|her\s|your\s)?(?:next year|(?:annual|yearly)"
    r"\s(?:review|check\w*|visit|exam\w*|test\w*|follow\w*))",
    re.I,
)
_SOONER = re.compile(
    r"\b(?:baseline|before|beforehand|today|now|first (?:week|month)|weekly|monthly|every"
    r"|(?:in|after|at|for|within|from) (?:\w+ ){0,2}(?:days?|weeks?)|day \d|week \d"
    r"|once (?:the|a|an)|again|then|thereafter|repeat\w*|recheck\w*|as well|normal|done|checked)\b",
    re.I,
)
"""Words of an earlier test, or of a later one that repeats it."""
_NEAR = 60
_LONGEST = 6
"""Months after which a first test comes too late for any drug that needs one."""


def is_put_off(text: str, tests: Sequence[str]) -> bool:
    """Return whether the only time that `text` gives for one of `tests` is half a year away."""
    places = find_all(text, tests)
    begin = (
        max((text.rfind(mark, 0, places[0].start) for mark in ";,."), default=0) if places else 0
    )
    if _SOONER.search(text, max(0, begin)):
        return False
    for place in places:
        end = text.find(".", place.end)
        after = text[place.end : min(len(text) if end < 0 else end, place.end + _NEAR)]
        if any(_is_late(match) for match in _LATER.finditer(after)):
            return True
    return False


def _is_late(match: re.Match[str]) -> bool:
    if match["n"] is None:
        return True
    count = count_of(match["n"])
    return count * (12 if match["unit"].lower().startswith("y") else 1) >= _LONGEST
