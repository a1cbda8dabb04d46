"""Quotations that leave out a middle: `Take examplazine ... with water`."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise

from medrag.quotes.reading import (
    MARK,
    Range,
    Reading,
    inner_bullets,
    line_bullets,
    search_key,
    without_bullets,
)
from medrag.text import is_inside_token, normalize
from medrag.text.statements import (
    forbids,
    is_order,
    points_forward,
    refers_back,
    takes_back,
    turns_away,
)

Joined = tuple[list[Range], list[Range]]
"""Where the pieces of a quotation stand, and the gaps between them that turn what they say."""

_ELLIPSIS = re.compile(r"(?:[\[(]\s?)?(?:…|\.\s?\.\s?\.(?:\s?\.)?|\*\s?\*\s?\*)(?:\s?[\])])?")
_AMOUNT = re.compile(
    r"\d\s?(?:%|[^\W\d_]|/)|[<>]"
    r"|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|each|every) (?:times|hours?"
    r"|days?|weeks?|months?|tablets?|capsules?|doses?|drops?|puffs?|milligrams?|micrograms?)\b"
    r"|\b(?:hourly|nightly|monthly|yearly|fortnightly|alternate|b\.?i\.?d|t\.?i\.?d|q\.?i\.?d|qds"
    r"|tds|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|mornings?|evenings?|bedtime"
    r"|intra(?:thecal|ven|musc)\w+|subcutaneous\w*|oral(?:ly)?|rectal(?:ly)?|topical(?:ly)?|inhaled"
    r"|sublingual\w*|hamsters?|withdrawal)\b",
    re.IGNORECASE,
)
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
    r"|although|though|despite|in spite|albeit|even|combined|together|plus|along with|rather"
    r"|rats?|mice|rabbits?|dogs?|monkeys?|animals?|vitro|every|each|per|only|once|daily|weekly"
    r"|until|while|against|between|from|contra\w+|un(?:able|likely|safe|common|known)|non-?\w+)\b",
    re.IGNORECASE,
)
_GAP_VERB = re.compile(rf"\b{_VERB}", re.IGNORECASE)
_BEGINS_WITH_VERB = re.compile(rf"\W*(?:not )?{_VERB}", re.IGNORECASE)
_REFERENCE = re.compile(
    r"[\[(][^\])]{0,300}[\])]"
    r"|\bas (?:described|noted|shown|mentioned|stated|discussed|listed)"
    r"(?: (?:above|below|elsewhere|earlier|previously|in \w+ [\d.]+))?",
    re.IGNORECASE,
)
_RELATIVE = re.compile(r"\W*(?:which|who|whose)\b[^.;:]*,\W*\Z", re.IGNORECASE)
# Of whom or of what it holds: a clause without a comma before it, or people anywhere.
_RESTRICTS = re.compile(
    r"\s*(?:who|whom|whose|which|that|where|when|in wh\w+)\b"
    r"|.*\b(?:in|for|among|amongst|by|with|to|of) (?:[\w-]+ ){0,3}?(?:patients|subjects"
    r"|participants|persons|people|individuals|adults?|adolescents|child(?:ren)?|infants?|neonates?|newborns?"
    r"|wom[ae]n|m[ae]n|females?|males?|those|volunteers|recipients|users|carriers)\b",
    re.IGNORECASE | re.DOTALL,
)
# Half a phrase on the left, or a second subject, is no aside that may be left out.
_HALF_PHRASE = re.compile(
    r"\b(?:of|for|in|with|to|by|the|a|an|and|or|from|on|at|than|as|be|not|no|per|is|are)\Z", re.I
)
_COORDINATED = re.compile(r",? ?(?:and|or|nor|but|plus|with|versus|vs)\b", re.IGNORECASE)
_CLAUSE_ENDS = re.compile(r"[.;:!?](?!\d)")
_MOST_PIECES = 6
_MOST_STARTS = 20
_SHORTEST = 6  # characters of a piece that may be less than a whole item or row
_LONGEST_GAP = 600
_LONGEST_SKIP = 3000  # of whole sentences
_LIMITS_DOSE = re.compile(
    r"\b(?:max(?:imum|imal)? (?:(?!human)\w+ ){0,3}dos\w+|(?:not|never) (?:to )?exceed)\b",
    re.IGNORECASE,
)


def split_at_ellipses(quote: str) -> list[str]:
    """Return the pieces between ellipses; empty where there are none, or all are scraps."""
    pieces = [piece.strip() for piece in _ELLIPSIS.split(quote)]
    pieces = [piece for piece in pieces if any(char.isalnum() for char in piece)]
    joined = _ELLIPSIS.search(quote) and 1 <= len(pieces) <= _MOST_PIECES
    return pieces if joined and max(map(len, pieces)) >= _SHORTEST else []


def find_pieces(reading: Reading, pieces: list[str]) -> list[Joined]:
    """Return the ways in which the pieces may stand in the passage, the likeliest first.

    Pieces must stand in order, whole tokens each, one after the other; empty where they do
    not. First come those where every piece but the last is a heading, a lead-in or a header
    row of it; then the tightest, or one about as tight whose gaps turn what it says.
    """
    forms = [_forms(piece, first=not number) for number, piece in enumerate(pieces)]
    found: list[Joined] = []
    at = 0
    for _ in range(_MOST_STARTS):
        places = _pieces_from(reading, forms, at)
        if places is None:
            break
        found.append((places, _turning_gaps(reading, places)))
        at = places[0][0] + 1
    if not found:
        return []
    tightest = min(found, key=_length)
    near = [one for one in found if one[1] and 2 * _length(one) <= 3 * _length(tightest)]
    return [*(one for one in found if _is_headed(reading, one[0])), near[0] if near else tightest]


def groups(reading: Reading, places: Sequence[Range]) -> list[Range]:
    """Return the ranges to judge on their own: pieces that one sentence or paragraph holds.

    A header and its row, or a lead-in and its item, are quoted one beside the other, whatever
    stands between them.
    """
    found = [places[0]]
    for number, place in enumerate(places[1:]):
        if is_governed(reading, places, number):
            found.append(place)
        else:
            found[-1] = (found[-1][0], place[1])
    return found


def _is_headed(reading: Reading, places: Sequence[Range]) -> bool:
    """Return whether every piece but the last is a heading, a lead-in or a header of it."""
    return len(places) > 1 and all(
        is_governed(reading, places, number) for number in range(len(places) - 1)
    )


def _length(candidate: Joined) -> int:
    return candidate[0][-1][1] - candidate[0][0][0]


def _pieces_from(reading: Reading, forms: list[list[str]], at: int) -> list[Range] | None:
    """Return the first places of the pieces from `at` on, the middle ones drawn to the last."""
    places: list[Range] = []
    for piece in forms:
        place = next(_places(reading, piece, at, len(reading.folded.text)), None)
        if place is None:
            return None
        places.append(place)
        at = place[1]
    for number in range(len(forms) - 2, 0, -1):
        between = (places[number][0], places[number + 1][0])
        *_, places[number] = _places(reading, forms[number], *between)
    return places


def _forms(piece: str, *, first: bool) -> list[str]:
    key = search_key(normalize(piece).text)[0].strip()
    other = key[:1].swapcase() + key[1:] if first else key
    forms = (key, key.rstrip(".,;: "), other, without_bullets(key))
    return list(dict.fromkeys(form for form in forms if form))


def _places(reading: Reading, forms: list[str], after: int, before: int) -> Iterator[Range]:
    """Yield the places of the first form that has any between two folded offsets."""
    found = False
    for place in _places_in(reading, (reading.key, reading.key_to_folded), forms, (after, before)):
        found = True
        yield place
    if not found:
        yield from _places_in(reading, reading.unmarked(), forms, (after, before))


def _places_in(
    reading: Reading, keyed: tuple[str, array[int]], forms: list[str], within: Range
) -> Iterator[Range]:
    (key, index), text = keyed, reading.folded.text
    begin, stop = (bisect_left(index, edge) for edge in within)
    for form in forms:
        found = False
        at = key.find(form, begin, stop)
        while at >= 0:
            start, end = index[at], index[at + len(form) - 1] + 1
            cut = is_inside_token(text, start) or is_inside_token(text, end)
            bullets = inner_bullets(forms[0]) - inner_bullets(form)
            lost = bullets and bullets != line_bullets(reading, (start, end))
            if not (cut or lost) and (len(form) >= _SHORTEST or _is_unit(reading, start, end)):
                found = True
                yield start, end
            at = key.find(form, at + 1, stop)
        if found:
            return


def _is_unit(reading: Reading, start: int, end: int) -> bool:
    """Return whether a piece is a whole item, row or lead-in, a list mark aside."""
    unit, text = reading.units[reading.unit_at(start)], reading.folded.text
    around = text[unit.start : start] + text[end : unit.end]
    whole = unit.kind in {"item", "row"} or text[unit.end - 1] == ":"
    return whole and not any(char.isalnum() for char in around)


def is_governed(reading: Reading, places: Sequence[Range], number: int) -> bool:
    """Return whether the next piece is read with piece `number`, whatever stands between.

    Both are heads of a later piece, or one heads the other, or the next is a footnote.
    """
    above = reading.unit_at(places[number][1] - 1)
    below = reading.unit_at(places[number + 1][0])
    if any(char.isalnum() for char in _rest(reading, places[number][1], above)):
        return False
    if any(below in reading.outline.notes(reading.unit_at(end - 1)) for _, end in places):
        return True
    if reading.units[above].kind == "heading" and _goes_on(reading, places[number + 1][0]):
        return False  # a heading for the subject of another sentence's verb
    for start, end in places[number + 1 :]:
        unit = reading.unit_at(start)
        heads = {*reading.all_over(unit), *reading.all_over(reading.unit_at(end - 1))}
        if above in heads and (below == unit or below in heads):
            return True
    return False


def _goes_on(reading: Reading, at: int) -> bool:
    """Return whether a piece begins inside a sentence, with its verb."""
    inside = at > reading.units[reading.unit_at(at)].start
    return inside and _BEGINS_WITH_VERB.match(reading.folded.text, at) is not None


def _rest(reading: Reading, at: int, unit: int) -> str:
    mark = MARK.match(reading.folded.text, at)
    return reading.folded.text[mark.end() if mark else at : reading.units[unit].end]


def _turning_gaps(reading: Reading, places: Sequence[Range]) -> list[Range]:
    return [
        (before[1], after[0])
        for number, (before, after) in enumerate(pairwise(places))
        if not is_governed(reading, places, number) and _matters(reading, (before[1], after[0]))
    ]


def _matters(reading: Reading, gap: Range) -> bool:
    """Return whether what was elided turns what is left.

    It does where it holds a cue, an amount, a word that qualifies, or another clause's verb
    before a piece that begins with a verb, or where it runs over the end of a sentence while
    either side is not whole.
    """
    text = reading.folded.text
    words = text[gap[0] : gap[1]]
    if not any(char.isalnum() for char in words):
        return False
    first, last = reading.unit_at(gap[0]), reading.unit_at(gap[1])
    if first != last and _whole_units(reading, gap, first, last):
        around = range(first, last + 1)
        other = refers_back(text[gap[1] :]) and not _begin_alike(reading, around)
        far = gap[1] - gap[0] > _LONGEST_SKIP
        return far or other or any(_reverses(reading, number) for number in range(first + 1, last))
    plain = _REFERENCE.sub(" ", words)
    if (
        _parts_brackets(words)
        or _RESTRICTS.match(plain if first == last else "")
        or gap[1] - gap[0] > _LONGEST_GAP
        or _holds_cue(reading, gap, range(first, last + 1))
        or _AMOUNT.search(plain)
        or (first == last and _QUALIFIES.search(plain))
    ):
        return True
    if first != last:
        return not _whole_units(reading, gap, first, last)
    if _HALF_PHRASE.search(text[max(0, gap[0] - 8) : gap[0]]) or _COORDINATED.match(words):
        return True
    another_clause = _CLAUSE_ENDS.search(plain) or _GAP_VERB.search(plain)
    return bool(
        another_clause and not _RELATIVE.match(plain) and _BEGINS_WITH_VERB.match(text, gap[1])
    )


def _begin_alike(reading: Reading, units: range) -> bool:
    """Return whether sentences begin with the same word, so that one pronoun means one thing."""
    said = (reading.folded.text[slice(*reading.units[number][:2])] for number in units)
    return len({words.split(maxsplit=1)[0] for words in said}) == 1


def _parts_brackets(words: str) -> bool:
    """Return whether what was elided holds half of a bracket: two would be read as one."""
    depth = 0
    for sign in words:
        depth += (sign in "([") - (sign in ")]")
        if depth < 0:
            return True
    return depth > 0


def _reverses(reading: Reading, number: int) -> bool:
    """Return whether a whole sentence that was skipped turns the one before or after it."""
    unit = reading.units[number]
    words = reading.folded.text[unit.start : unit.end]
    if takes_back(words, near=True) or turns_away(words) or points_forward(words):
        return True
    if words.endswith(":"):
        return True
    if (is_order(words) and forbids(words)) or _LIMITS_DOSE.search(words):
        return True
    kinds = {cue.kind for cue in reading.cues(number)}
    return refers_back(words) and bool(kinds & {"negation", "exception", "condition"})


def _holds_cue(reading: Reading, gap: Range, units: range) -> bool:
    cues = (cue for unit in units for cue in reading.cues(unit))
    return any(cue.start < gap[1] and cue.end > gap[0] for cue in cues)


def _whole_units(reading: Reading, gap: Range, first: int, last: int) -> bool:
    """Return whether the gap is made of whole sentences of one block."""
    units, text = reading.units, reading.folded.text
    begins = not text[gap[0] : units[first].end].strip(" .;:!?'\")]")
    ends = not text[units[last].start : gap[1]].strip(" '\"([")
    return begins and ends and units[first].block == units[last].block
