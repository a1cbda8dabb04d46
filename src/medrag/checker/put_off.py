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
    if not places:
        return False
    begin = max(text.rfind(mark, 0, places[0].start) for mark in ";,.")
    if _SOONER.search(text, max(0, begin)):
        return False
    for place in places:
        end = text.find(".", place.end)
        after = text[place.end : min(len(text) if end < 0 else end, place.end + _NEAR)]
        if any(_is_late(match) for match in _LATER.finditer(after)):
            return True
    return False


_SEEN = re.compile(
    r"\b(?:see(?:n| you| me| him| her| them| us)|comes? (?:back|again|in)|returns?|back|again|visit"
    r"|appointment|review(?:ed)?|follow(?:ed)?[- ]?up|check-?up|clinic|consultation)\b"
    r"[^.;]{0,25}?(?=\b(?:in|after|until|for|at|before|next)\b)"
    r"|\bnothing (?:more |further |else )?(?=(?:for|until|in)\b)",
    re.I,
)


def is_seen_late(text: str) -> bool:
    """Return whether the only time at which `text` sees a patient again is half a year away."""
    for seen in _SEEN.finditer(text):
        late = _LATER.match(text, seen.end())
        begin = max(text.rfind(mark, 0, seen.start()) for mark in ".;") + 1
        if late is not None and _is_late(late) and _SOONER.search(text, begin) is None:
            return True
    return False


_RESULT_OPEN = re.compile(
    r"[\w\s*:-]{0,30}?\b(?:is|are|comes?|came|has|have|gets?)\s(?:\w+\s){0,2}?(?:back|known|available|in\b|ready"
    r"|reported|done|read|returned)",
    re.I,
)
_BEFORE_IT = re.compile(
    r"\bbefore\s(?:(?:the|a|an|any|her|his|your|their)\s)?(?:[\w-]+\s)?\Z", re.I
)
_NOT_BEFORE = re.compile(
    r"\b(?:not|never|no|avoid|wait|cannot|can't|don't|only|without|rather than|instead "
    r"of)\b[^.;]*\Z",
    re.I,
)
_AFTERWARDS = re.compile(
    r"[\w*:-]*\s(?:(?!(?:and|then|start|starts|begin|give|if|once|before|negative|normal|repeat\w*|again)\b)[\w-]+\s){0,3}?"
    r"(?:(?:can|may|will|could|should|might)\s(?:follow|wait|come|be\s(?:done|sent|checked|drawn|arranged|talked"
    r"|discussed|sorted|added|thought)(?:\s(?:about|out))?\s(?:later|afterwards|next|at|after|some))|(?:some\stime\s)?later|afterwards"
    r"|next (?:month|week|time|visit|year)|at (?:the|his|her|your) (?:next|first|following) \w+"
    r"|when (?:convenient|there is time|time allows)|in due course)\b(?!\s(?:start|begin|give))",
    re.I,
)
_DONE = re.compile(
    r"\b(?:repeat\w*|again|recheck\w*|baseline|negative|normal|done|checked|first|already|another)\b",
    re.I,
)


def comes_after(text: str, tests: Sequence[str]) -> bool:
    """Return whether a text has a drug begin before one of its first tests is read.

    "Give it before the G6PD result is back"; "the TB test at the next visit".
    """
    for place in find_all(text, tests):
        begin = max(text.rfind(mark, 0, place.start) for mark in ";.") + 1
        before = text[begin : place.start]
        if _BEFORE_IT.search(before) and _RESULT_OPEN.match(text, place.end):
            if _NOT_BEFORE.search(before) is None:
                return True
            continue
        late = _AFTERWARDS.match(text, place.end)
        if late is not None and _DONE.search(text[begin : late.end()]) is None:
            return True
    return False


def _is_late(match: re.Match[str]) -> bool:
    if match["n"] is None:
        return True
    count = count_of(match["n"])
    return count * (12 if match["unit"].lower().startswith("y") else 1) >= _LONGEST
