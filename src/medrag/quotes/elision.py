"""Quotations that leave out a middle: `Take examplazine ... with water`."""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import pairwise

from medrag.quotes.reading import Range, Reading, search_key
from medrag.text import is_inside_token, normalize

_ELLIPSIS = re.compile(r"(?:[\[(]\s?)?(?:…|\.\s?\.\s?\.(?:\s?\.)?|\*\s?\*\s?\*)(?:\s?[\])])?")
_AMOUNT = re.compile(r"\d\s?(?:%|[^\W\d_]|/)|[<>]")
_VERB = (
    r"(?:is|are|was|were|has|have|had|should|must|may|might|can|could|will|would"
    r"|shall|does|do|did)\b"
)
# Words that bound, grade, time or doubt what stands beside them.
_QUALIFIES = re.compile(
    r"\b(?:than|up to|at least|at most|within|above|below|under|over|beyond|exceed\w*|not|never"
    r"|less|more|fewer|greater|higher|lower|half|twice|thrice|double|triple|about|approximately"
    r"|almost|nearly|max(?:imum|imal)?|min(?:imum|imal)?|may|might|could|possibl[ey]|probabl[ey]"
    r"|rarely|usually|generally|sometimes|often|occasionally|mild|moderate|severe|slight\w*"
    r"|partial\w*|before|after|during|without|instead|suspected|reported\w*|alleged\w*|placebo"
    r"|rats?|mice|rabbits?|dogs?|monkeys?|animals?|vitro|every|each|per|only|once|daily|weekly"
    r"|until|while|against|between|from|contra\w+|un(?:able|likely|safe|common|known)|non-?\w+)\b",
    re.IGNORECASE,
)
_GAP_VERB = re.compile(rf"\b{_VERB}", re.IGNORECASE)
_BEGINS_WITH_VERB = re.compile(rf"\W*(?:not )?{_VERB}", re.IGNORECASE)
_REFERENCE = re.compile(r"[\[(][^\])]{0,300}[\])]")
_CLAUSE_ENDS = re.compile(r"[.;:!?](?!\d)")
_MOST_PIECES = 6
_MOST_STARTS = 20
_LONGEST_GAP = 600


def split_at_ellipses(quote: str) -> list[str]:
    """Return the pieces between ellipses; empty where there are none, or one is a scrap."""
    pieces = [piece.strip() for piece in _ELLIPSIS.split(quote)]
    pieces = [piece for piece in pieces if any(char.isalnum() for char in piece)]
    joined = _ELLIPSIS.search(quote) and len(pieces) <= _MOST_PIECES
    return pieces if joined and all(len(piece) >= 6 for piece in pieces) else []


def find_pieces(reading: Reading, pieces: list[str]) -> tuple[int, int, list[Range]] | None:
    """Return the folded range from the first to the last piece, and the gaps that matter.

    Pieces must stand in order, whole tokens each, one after the other; None where they do
    not. Where they stand more than once, the tightest place counts, or one about as tight
    whose gaps matter. A gap matters where it holds a cue, an amount, a word
    that qualifies, or another clause's
    verb before a piece that begins with a verb, or where it runs over the end of a sentence
    while either side is not whole.
    """
    candidates: list[tuple[int, int, list[Range]]] = []
    at = 0
    for _ in range(_MOST_STARTS):
        places = _pieces_from(reading, pieces, at)
        if places is None:
            break
        gaps = [(a[1], b[0]) for a, b in pairwise(places)]
        turning = [gap for gap in gaps if _matters(reading, gap)]
        candidates.append((places[0][0], places[-1][1], turning))
        at = places[0][0] + 1
    if not candidates:
        return None
    tightest = min(candidates, key=_length)
    near = [one for one in candidates if one[2] and 2 * _length(one) <= 3 * _length(tightest)]
    return near[0] if near else tightest


def _length(candidate: tuple[int, int, list[Range]]) -> int:
    return candidate[1] - candidate[0]


def _pieces_from(reading: Reading, pieces: list[str], at: int) -> list[Range] | None:
    places: list[Range] = []
    for piece in pieces:
        place = _find(reading, piece, at, first=not places)
        if place is None:
            return None
        places.append(place)
        at = place[1]
    return places


def _find(reading: Reading, piece: str, after: int, *, first: bool) -> Range | None:
    key = search_key(normalize(piece).text)[0].strip()
    index, text = reading.key_to_folded, reading.folded.text
    for form in (key, key.rstrip(".,;: "), key[:1].swapcase() + key[1:] if first else key):
        at = reading.key.find(form, bisect_left(index, after)) if form else -1
        while at >= 0:
            start, end = index[at], index[at + len(form) - 1] + 1
            if not (is_inside_token(text, start) or is_inside_token(text, end)):
                return start, end
            at = reading.key.find(form, at + 1)
    return None


def _matters(reading: Reading, gap: Range) -> bool:
    text = reading.folded.text
    words = text[gap[0] : gap[1]]
    if not any(char.isalnum() for char in words):
        return False
    first, last = reading.unit_at(gap[0]), reading.unit_at(gap[1])
    if gap[1] - gap[0] > _LONGEST_GAP or _holds_cue(reading, gap, range(first, last + 1)):
        return True
    plain = _REFERENCE.sub(" ", words)
    if first == last and _QUALIFIES.search(plain):
        return True
    if _AMOUNT.search(plain):
        return True
    if first != last:
        return not _whole_units(reading, gap, first, last)
    another_clause = _CLAUSE_ENDS.search(plain) or _GAP_VERB.search(plain)
    return bool(another_clause and _BEGINS_WITH_VERB.match(text, gap[1]))


def _holds_cue(reading: Reading, gap: Range, units: range) -> bool:
    cues = (cue for unit in units for cue in reading.cues(unit))
    return any(cue.start < gap[1] and cue.end > gap[0] for cue in cues)


def _whole_units(reading: Reading, gap: Range, first: int, last: int) -> bool:
    """Return whether the gap is made of whole sentences of one block."""
    units, text = reading.units, reading.folded.text
    begins = not text[gap[0] : units[first].end].strip(" .;:!?'\")]")
    ends = not text[units[last].start : gap[1]].strip(" '\"([")
    return begins and ends and units[first].block == units[last].block
