"""Paragraphs that a source tore inside a sentence: which of them go on with the one before.

Pages made from print end a paragraph wherever a column or a page ended. Two half sentences say
something else than the whole one ("Do not give it to patients" / "without a pacemaker.").
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from medrag.text.layout import SMALL_WORDS

_TITLE_CHARS = 80  # a line without an end may be a title up to here
_LABEL_WORDS = 3  # "Not recommended" heads what stands below it
_FEWEST_WORDS = 3  # `or` on a line of its own joins items, not halves
_AFTER_END = "\"'”’»)]*†‡§¶#⁰¹²³⁴⁵⁶⁷⁸⁹0123456789 ,–-"
_ENDED = (".", "!", "?", ":", ";", "…")
_INNER_END = re.compile(r"[.!?]\s+[A-Z]")
_ITEM = re.compile(r"(?:[a-z]|[ivx]{1,4}|\d{1,3})[.)]\s|[-–•●▪◦*·]")
_TERM = re.compile(r"[^\s:=]+(?:\s[^\s:=]+){0,2}\s?[:=]\s")
_SMALL_FIRST = re.compile(r"[a-zß-öø-ÿ]+(?:[-'’][a-zß-öø-ÿ]+)*[,;.)]?(?=\s)")
_BINDING_NAMES = (
    "about against after although because before between despite during except had his her its "
    "nor over per since such than through under unless until upon via whether whose within without"
)
_BINDING = SMALL_WORDS | frozenset(_BINDING_NAMES.split())
"""No text begins with one of these in small letters, so such a line goes on with another."""
_NEVER_LAST = _BINDING - {"before", "her", "its", "more", "not", "over", "since", "this", "these"}


def goes_on(texts: Sequence[str]) -> list[bool]:
    """Return for each of some paragraphs in a row whether it goes on with the one before.

    It begins with a small letter, the one before ends no sentence, and there is a sign that
    both are one: that one's last word cannot end anything, this one's first word cannot begin
    anything, or that one is too long for a title. Items of a list that no mark shows are left
    apart: where several such lines follow each other, those between must hold an end of a
    sentence, or each must end in a word that cannot end anything.
    """
    found = [False] * len(texts)
    at = 1
    while at < len(texts):
        end = at
        while end < len(texts) and _may_go_on(texts[end - 1], texts[end]):
            end += 1
        if end > at and not texts[at - 1][:1].islower():
            is_prose = all(_INNER_END.search(text) for text in texts[at : end - 1])
            for place in range(at, end):
                before, text = texts[place - 1], texts[place]
                found[place] = _is_open(before) or (is_prose and _reads_on(before, text))
        at = max(end, at) + 1
    return found


def _may_go_on(before: str, text: str) -> bool:
    return (
        bool(_SMALL_FIRST.match(text))
        and not _ITEM.match(text)
        and not _TERM.match(text)
        and bool(before)
        and not before.endswith("-")  # whether the sign goes is not known here
        and not before.rstrip(_AFTER_END).endswith(_ENDED)
        and len(text.split()) >= _FEWEST_WORDS
    )


def _is_open(text: str) -> bool:
    """Return whether a text ends in the middle, whatever follows."""
    last = text.rsplit(maxsplit=1)[-1]
    return text.endswith((",", "(")) or last in _NEVER_LAST


def _reads_on(before: str, text: str) -> bool:
    first = text.split(maxsplit=1)[0].rstrip(",;)")
    is_label = len(before.split()) <= _LABEL_WORDS
    return len(before) > _TITLE_CHARS or (first in _BINDING and not is_label)
