"""What a quotation left outside that turns what it says.

Looks at the rest of the quoted sentence, at the heading over its list or table, and at an
exception in the next sentence. Returns places in the source, so that a reader can be shown
the words that were left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from medrag.quotes.frames import framing_ranges
from medrag.quotes.reading import Range, Reading, holds
from medrag.quotes.scope import is_repeated
from medrag.quotes.surroundings import surrounding_ranges
from medrag.text.cues import CROSSES, Cue
from medrag.text.governing import AMOUNT, is_neutral, states
from medrag.text.layout import SMALL_WORDS
from medrag.text.statements import (
    forbids,
    is_self_contained,
    is_sentence,
    keeps_from,
    takes_back,
)

_LIST_MARKER = re.compile(
    rf"[^\w{CROSSES}]*(?:\d{{1,2}}[.)]|\(?(?:\d{{1,2}}|[a-zA-Z]|[ivx]{{1,4}})[.)])?[^\w{CROSSES}]*\Z"
)
_SECTION_NUMBER = re.compile(r"\W*(?:\d{1,2}(?:\.\d{1,2}){0,3}\.?)?\Z")
_TITLE_WORD = re.compile(
    r"(?:[A-Z(][\w(),/&:;'-]*|and|or|of|in|for|the|to|with|on|a|an|by|from|,|&)\Z"
)
_FIRST_WORDS = 10
_NO_TITLE = re.compile(
    r"\A\W*(?:if|unless|when|in|for|only|not|no|never|avoid|do|except|without|although|though|until"
    r"|stop|discontinue|withhold|while|during|after|before|where|despite|contraindicated)\b"
    r"|\b(?:is|are|was|were|has|have|had|should|must|may|might|can|cannot|could|will|would|shall"
    r"|does|did|nor)\b|\b(?:not|no|never|neither|only|for|of|in|with|to|on|by|and|or"
    r"|from|at|than|as|a|an|the)\W*\Z",
    re.IGNORECASE,
)
_COMPARATOR_BEFORE = re.compile(
    r"(?:\bthan(?: or equal to)?|\bat (?:least|most)|\babove|\bbelow|\bunder|\bover|\bexceed\w*"
    r"|\bwithin|\bbetween|\bup to|\bmax(?:imum)?(?: of)?|\bminimum(?: of)?|\babout|\bnearly"
    r"|\balmost"
    r"|\bapproximately|\bhalf|\btwice|\bdouble|\bevery|\bfrom|\bbeyond|\bless|[<>]=?)"
    r"(?: (?:a|an|the|total|dose of|of))* ?"
    r"(?:(?:page )?\d{1,4}(?: of \d{1,4})? )?\Z",  # a page's number between the two
    re.IGNORECASE,
)
_DOSE_BY_WEIGHT_BEFORE = re.compile(
    r"\d ?(?:mcg|mg|g|units?|mL|mEq|mmol|µg)/(?:kg|m2)(?:/\w+)?[ ,(]*\Z", re.IGNORECASE
)
_COMPARATOR_AFTER = re.compile(
    r"[ (]*(?:(?:or|and) (?:more|less|greater|older|over|above|below|under|younger|higher|lower"
    r"|fewer|longer|beyond|up)\b|per\b(?: \w+)?|/|(?:to|through) \d|[<>])",
    re.IGNORECASE,
)
_QUOTE_BEGINS_WITH_NUMBER = re.compile(
    r"[^\w<>-]*(?:\d|(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|half)\b)", re.I
)
_CLAUSE = re.compile(r"[^,;]*[^,;. ]")
_CLAUSE_EDGE = re.compile(r";|, (?:and|while|whereas|or) |\. |: ")
# Between the edge of a clause and its first word: what follows from the clause before.
_BARE_START = re.compile(
    r"[ '\"(]*(?:(?:thus|therefore|hence|consequently|accordingly),? )?\Z", re.I
)
_ORDERS = re.compile(
    r"\b(?:should|must|shall|do not|don't|avoid\w*|contraindicat\w+|recommend\w*|exceed\w*"
    r"|may not|can ?not"
    r"|discontinu\w+|stop\w*|only|except\w*|unless|if|when\w*|until|withh\w+|however|but)\b",
    re.IGNORECASE,
)
_STATES = re.compile(
    r"\w+.*\b(?:is|are|was|were|has|have|had|does|did|do|can|could|may|might|will|would)\b", re.I
)


def turning_ranges(
    reading: Reading, start: int, end: int, beside: Sequence[Range] = ()
) -> list[Range]:
    """Return the places outside `[start, end)` that turn what stands inside, in order.

    What lies inside one of `beside`, quoted together with it, is not left out. Offsets count
    characters of the folded text.
    """
    first, last = reading.unit_at(start), reading.unit_at(end - 1)
    found = _in_sentence(reading, first, last, (start, end))
    if not found:
        glued = is_glued_heading(reading, first, (start, end))
        found += framing_ranges(reading, first, last, (start, end), glued=glued)
    found += _comparators(reading, first, last, (start, end))
    found += _behind_leader(reading, end)
    found += surrounding_ranges(reading, (start, end), beside)
    cores = {one: reading.without_marks(one) for one in found} if beside else {}
    left_out = (o for o in found if not any(holds(other, cores[o]) for other in beside))
    return sorted(set(left_out))


_LEADER = re.compile(r"\W?[ \t]*(?:\.(?: ?\.){3,}|…(?: ?…)+|_{4,})[ \t]*(?=[^\s._…])")


def _behind_leader(reading: Reading, end: int) -> list[Range]:
    """Return what dots lead to from the end of a quotation: the value of a line that it names.

    `Dopamine for renal protection ....... D` says nothing without the grade.
    """
    leader = _LEADER.match(reading.folded.text, end)
    if leader is None:
        return []
    value = re.compile(r"\S+").match(reading.folded.text, leader.end())
    return [value.span()] if value is not None else []


# --- The same sentence ---------------------------------------------------------------------


def _in_sentence(reading: Reading, first: int, last: int, quoted: Range) -> list[Range]:
    start, end = quoted
    text = reading.folded.text
    idle = {"dose", "stage"} if not AMOUNT.search(text, start, end) else set[str]()
    found: list[Range] = []
    if reading.units[first].start < start and not is_glued_heading(reading, first, quoted):
        outside = (reading.units[first].start, start)
        for cue in reading.cues(first):
            if cue.start >= start:
                break
            if _turns_rightward(cue, text, start) and cue.kind not in idle:
                found += _counted(cue, text, outside, before=True)
    outside = (end, end if _ends_line(reading, quoted) else reading.units[last].end)
    for cue in reading.cues(last) if end < outside[1] else ():
        if cue.end <= end or cue.kind == "stage" or cue.kind in idle:
            continue
        if cue.kind != "phrase" or _cut_phrase(cue, text, end):
            found += _counted(cue, text, outside, before=False)
    return found[:8]


def _ends_line(reading: Reading, quoted: Range) -> bool:
    """Return whether a quotation is a sentence that ends both with a full stop and with its line.

    What follows in small letters is the next item of a list that lost its marks.
    """
    words = reading.folded.text[slice(*quoted)]
    behind = reading.folded.origin[quoted[1] - 1] + 1
    ended = _STOPPED.search(words) is not None and _LINE_END.match(reading.text, behind) is not None
    if not (ended and is_sentence(words) and is_self_contained(words)):
        return False
    return not takes_back(reading.folded.text[quoted[1] : quoted[1] + 200].lstrip(), near=True)


_STOPPED = re.compile(r"[a-z]{5}\.\Z")
_LINE_END = re.compile(r"[ \t]*[\n\f]")


def _counted(cue: Cue, text: str, outside: Range, *, before: bool) -> list[Range]:
    if _in_other_clause(text, cue, outside, before=before):
        return []
    if cue.kind not in {"condition", "exception"} or not outside[0] <= cue.start < outside[1]:
        return [(cue.start, cue.end)]
    told = _CLAUSE.match(text, cue.start, min(outside[1], cue.start + 120))  # for the reader
    return [(cue.start, max(cue.end, told.end() if told else 0))]


def _cut_phrase(cue: Cue, text: str, end: int) -> bool:
    """Return whether the quotation ends inside the phrase, or where a "not only" begins."""
    if cue.start < end:
        return True
    return text[cue.start : cue.end].lower().startswith("no") and not text[end : cue.start].strip()


def _turns_rightward(cue: Cue, text: str, start: int) -> bool:
    if cue.kind == "phrase":  # turns what it was cut from, and what it leads into
        return not text[cue.end : start].strip()
    return text[cue.start : cue.end].lower() not in {"but", "however"}


def _in_other_clause(text: str, cue: Cue, outside: Range, *, before: bool) -> bool:
    """Return whether a plain "not" belongs to another statement of the same sentence.

    `X is absorbed well, and its metabolites are not active`: what is left out denies
    something else. Orders, limits and conditions always count, wherever they stand.
    """
    if cue.kind != "negation":
        return False
    low, high = outside[0], min(outside[1], max(cue.end, outside[0]) + 400)
    edges = [m.span() for m in _CLAUSE_EDGE.finditer(text, max(low, cue.start - 400), high)]
    if before:
        between = [edge for edge in edges if edge[0] >= cue.end]
        if not between or not _BARE_START.match(text, between[-1][1], outside[1]):
            return False  # the quotation does not begin where a clause begins
        if not is_self_contained(text[outside[1] : outside[1] + 160]):
            return False  # what is quoted leans on the clause before it
        clause = text[outside[0] : between[0][0]]
    else:
        between = [edge for edge in edges if edge[1] <= cue.start]
        if not between or text[outside[0] : between[0][0]].strip(" '\")"):
            return False  # the quotation does not end where a clause ends
        after = [edge[0] for edge in edges if edge[0] >= cue.end]
        clause = text[between[-1][1] : after[0] if after else high]
    return bool(_STATES.match(clause.strip())) and not _ORDERS.search(clause)


def is_glued_heading(reading: Reading, first: int, quoted: Range) -> bool:
    """Return whether only a list marker or a heading stands before the quotation.

    Flattened labels run the heading into the sentence: `4 CONTRAINDICATIONS Examplazine is`.
    """
    unit, text = reading.units[first], reading.folded.text
    left = text[unit.start : quoted[0]]
    if _are_cells(left) and _states_alone(reading, first, quoted):
        return True
    if len(left) > 160:
        return False
    if _LIST_MARKER.match(left):
        return True
    words = text[quoted[0] : quoted[1]]
    if _says_case(left, words) or not is_title(left) or not _is_written_otherwise(words):
        return False
    numbered = any(char.isdigit() for char in left) or left.isupper()
    cues = (cue.kind for cue in reading.cues(first) if cue.start < quoted[0])
    if not numbered and any(kind != "population" for kind in cues):
        return False
    repeated = forbids(left) and keeps_from(words) and states(words, unit.kind)
    return repeated or _states_alone(reading, first, quoted)


def _says_case(left: str, words: str) -> bool:
    """Return whether what stands before a quotation is a label that says of what it holds."""
    if not left.rstrip().endswith(":"):
        return False
    label = left.rstrip(" :")
    return not (is_neutral(label) or is_repeated(label, words))


def _states_alone(reading: Reading, first: int, quoted: Range) -> bool:
    """Return whether the quotation is a statement that begins as a sentence and ends its unit."""
    unit, text = reading.units[first], reading.folded.text
    whole = quoted[1] >= unit.end - 1 and text[quoted[0]].isupper()
    return whole and states(text[quoted[0] : quoted[1]], unit.kind)


_HANGS_ON = re.compile(
    r"(?:[:;,(<>=]|\b(?:of|for|in|with|to|by|the|an?|and|or|from|on|at|than|as|if|not|no|per|when"
    r"|until|unless|only))\s*\Z"
)
_LONGEST_CELLS = 600
_SHORTEST_CELLS = 12
_FRAMING = re.compile(
    r"\b(?:In|If|When|For|With|Without|During|Unless|After|Before|Until|Only|Not|No|Do|Avoid|Except"
    r"|Although|While|Despite|Where|Among|Never|Patients|Adults|Children|Contraindicated"
    r"|Contraindications?)\b|\b(?i:is|are|was|were|has|have|had|should|must|may|might|can|could"
    r"|will|would|shall|does|do|did|contraindicated|avoid|not|unless|if)\b"
)


def _are_cells(left: str) -> bool:
    """Return whether what stands before a quotation is cells of a table that lost its lines.

    "Starting dose 600 mg twice daily First dose reduction 450 mg": numbers, no verb, and nothing
    that a sentence could hang on.
    """
    if not _SHORTEST_CELLS <= len(left) <= _LONGEST_CELLS or not any(c.isdigit() for c in left):
        return False
    parted = _SENTENCE_ENDS.search(left) is None and _HANGS_ON.search(left[-12:]) is None
    return parted and _FRAMING.search(left) is None


_SENTENCE_ENDS = re.compile(r"[.!?](?!\d)")


def is_title(left: str) -> bool:
    """Return whether `left` is a section number, title words, or both; and no order."""
    words = left.split()
    if words and _SECTION_NUMBER.match(words[0]):
        words = words[1:]
    title = " ".join(words)
    return all(_TITLE_WORD.match(word) for word in words) and not _NO_TITLE.search(title)


def _is_written_otherwise(words: str) -> bool:
    """Return whether a quotation begins as a sentence does, so that a title before it ends there.

    Where it goes on in capitals, as titles are written, nothing shows where the title ends.
    """
    first = words.split(maxsplit=_FIRST_WORDS)[:_FIRST_WORDS]
    return words[:1].isupper() and any(w.islower() and w not in SMALL_WORDS for w in first)


def _comparators(reading: Reading, first: int, last: int, quoted: Range) -> list[Range]:
    start, end = quoted
    text = reading.folded.text
    found: list[Range] = []
    if _QUOTE_BEGINS_WITH_NUMBER.match(text, start, end):
        low = max(reading.units[first].start, start - 40)
        before = _COMPARATOR_BEFORE.search(text[low:start])
        if before:
            found.append((low + before.start(), low + before.end()))
    low = max(reading.units[first].start, start - 40)
    weighed = _DOSE_BY_WEIGHT_BEFORE.search(text[low:start])
    if weighed:
        found.append((low + weighed.start(), low + weighed.end()))
    right = text[end : min(reading.units[last].end, end + 24)]
    after = _COMPARATOR_AFTER.match(right)
    if after:
        found.append((end + after.start(), end + after.end()))
    return [(a, b) for a, b in found if text[a:b].strip()]
