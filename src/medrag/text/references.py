"""Where labels say that more is told: `( 2.1 , 5.3 )`, `[see Warnings and Precautions (5.1)]`.

Flattened labels end what they say by such a reference, with a full stop before it, behind it or
nowhere; the next statement follows on the same line.
"""

from __future__ import annotations

import re
from bisect import bisect_right, insort

from medrag.text.statements import is_order, is_self_contained, keeps_from

_SECTION = r"\d{1,2}(?:\.\d{1,2})?"
# `(1)`, without a point or spaces, may number a condition.
_IN_BRACKETS = (
    rf"(?<=\()(?:\s?\d{{1,2}}\.\d{{1,2}}|\s\d{{1,2}}\s?(?=[,)]))(?:\s?,\s?{_SECTION}){{0,8}}\s?\)"
)
_SEE = r"\s?[Ss]ee\b[^\]\[]{1,200}\]"
REFERENCE = re.compile(rf" ?(?:\({_SECTION}(?:, ?{_SECTION}){{0,8}}\)|\[{_SEE})")
"""A reference in folded text, with the space before it."""

# The bracket is consumed before the rest is looked at: `re` skips to it then.
_BEFORE_CAPITAL = re.compile(rf"[(\[](?:{_IN_BRACKETS}|(?<=\[){_SEE})\s?\.?(?=\s+[A-Z])")
_OPENS = re.compile(
    r"\W*(?:if|when\w*|where\w*|unless|until|while|although|though|because|since|as|in|for|with\w*"
    r"|during|after|before|prior|among|despite|following|given|should|by|on|at|once|to|of|only|no|not"
    r"|never|neither|even)\b",
    re.IGNORECASE,
)
_HANGS = re.compile(
    r"\b(?:that|whether|and|or|nor|than|the|an?|is|are|be|not|of|for|with|in|by|to)\Z", re.I
)
# A lead-in whose list may go on behind the reference: `If clearance is low: Stop (2.1) Wait (2.2)`.
_LEADS_ON = re.compile(
    r"\b(?:if|when|who|whose|unless|following|these|any of|one of|patients|people|those|adults"
    r"|children|women|men|infants)\b[^:.]{0,120}:(?=\s)",
    re.IGNORECASE,
)
_BARE_VERB = re.compile(
    r"\s*(?:has|have|had|is|are|was|were|do|does|did|can|cannot|may|might|must|should|will)\b", re.I
)
_NAMED = re.compile(r"\s*(?:[\w-]+ )?[Uu]se (?:in|with|during|by)\b")  # a noun, as in a list
_LABEL = re.compile(r"[^.:;]{2,80}:(?=\s)")
_PIECE_END = re.compile(r"[.;!?](?=[\s\d])|[(\[](?=[\s\d])")
_LONGEST_LEFT = 1000  # characters; a longer sentence is none
_LONGEST_PIECE = 200


def with_references(text: str, start: int, end: int, ends: list[int]) -> list[int]:
    """Return the ends of sentences with those behind references that part two statements.

    A fragment behind a reference is an item of a list that lost its lines, and belongs to what
    leads in; what begins as a clause or a phrase (`When used with warfarin (7.1) Examplazine`)
    goes on behind its reference, unless a full stop stands before it.
    """
    found = list(ends)
    for match in _BEFORE_CAPITAL.finditer(text, start, end):
        at = bisect_right(found, match.end())
        begin = found[at - 1] if at else start
        if begin == match.end() or match.start() - begin > _LONGEST_LEFT:
            continue
        left = text[begin : match.start()].strip()
        closed = left.endswith((".", "!", "?"))
        if not closed and _goes_on(left):
            continue
        listed = ":" in left and _LEADS_ON.search(left) is not None
        if _is_statement(text, match.end(), end, listed=listed):
            parted = closed or is_self_contained(left)
        else:  # what is no statement stands apart where it can be no item of a list
            may_list = listed or not closed or keeps_from(left)
            parted = not may_list and is_self_contained(left)
        if parted:
            insort(found, match.end())
    return found


def _goes_on(left: str) -> bool:
    """Return whether words without a full stop go on behind their reference."""
    if left.endswith((",", ";", ":")):
        return True
    return _OPENS.match(left) is not None or _HANGS.search(left[-12:]) is not None


def _is_statement(text: str, start: int, end: int, *, listed: bool) -> bool:
    """Return whether a statement or an order begins at `start`, behind a label perhaps.

    Where it may be an item of a list (`listed`), only what has a subject of its own.
    """
    stop = min(end, start + _LONGEST_PIECE)
    over = _PIECE_END.search(text, start, stop)
    piece = text[start : over.start() if over is not None else stop]
    if listed and (is_order(piece) or _BARE_VERB.match(piece)):
        return False
    label = _LABEL.match(piece)
    if label is not None and is_order(piece[label.end() :]):
        return True
    return is_self_contained(piece) and not _NAMED.match(piece)
