"""Words that only lead to a date and go with it: "the evening of 11 July", "last Monday, 5 Feb"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from medrag.privacy.evidence import Found, Note
from medrag.privacy.sieve import ending

_PART_OF_DAY = (
    r"(?:(?:very\s)?(?:early|late)\s)?"
    r"(?:morning|forenoon|afternoon|evening|night|eve|early\shours|small\shours)"
)
_FRAME = (
    rf"(?:(?:(?:on|in|from|since|until|by)\s)?the\s{_PART_OF_DAY}\s(?:of|before|after)\s(?:the\s)?"
    r"|(?:on\s)?(?:last|next|this|coming|this\scoming|past)\s"
    r"|(?:the\s)?(?:day\s(?:before\syesterday|after\stomorrow)|yesterday|today|tonight|tomorrow|tmrw|tmr|tmw|tomoz)"
    r"(?:\s(?:morning|afternoon|evening|night|am|pm))?,?\s\(?(?:the\s)?"
    r"|(?:the\s)?(?:week|weekend)\s(?:of|commencing|beginning|ending|starting)\s(?:the\s)?|w/[ceb]\s)"
)
_BEFORE = ending(rf"(?<![\w-]){_FRAME}$", re.IGNORECASE)
_FRAMED = re.compile(rf"{_FRAME}(?=[\w'\u2019])", re.IGNORECASE)
_WEEKDAY = re.compile(r"(?:last|next|this|past|coming)\s$", re.IGNORECASE)
_NAMED_DAY = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\b", re.IGNORECASE)
_WIDTH = 40


def find_framed(note: Note, dates: Iterable[Found]) -> Iterator[Found]:
    """Yield each date; where words that only lead to it stand before it, with these.

    "Last" and "next" belong to a date that begins with a weekday or a word: "last Friday, 8 Nov".
    """
    for item in dates:
        frame = _frame(note, item)
        yield item if frame is None else replace(item, start=item.start - len(frame))


def unframed(written: str) -> tuple[str, str]:
    """Return what only leads to a date, which tells no day and stays, and the date."""
    frame = _FRAMED.match(written)
    end = frame.end() if frame else 0
    return written[:end], written[end:]


def _frame(note: Note, item: Found) -> str | None:
    found = _BEFORE.search(note.before(item.start, _WIDTH))
    if found is None:
        return None
    if _WEEKDAY.search(found[0]) and not _NAMED_DAY.match(note.text, item.start):
        return None
    return found[0]
