"""What stands around a quotation and turns it: headings, lead-ins, table heads, exceptions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from medrag.quotes.disavowals import DISAVOWS
from medrag.quotes.reading import FoldedUnit, Range, Reading, holds
from medrag.quotes.scope import counts, row_heading
from medrag.text.cues import turns
from medrag.text.governing import AMOUNT, Governor, governs
from medrag.text.rows import row_cells
from medrag.text.statements import (
    depends_on_context,
    doubts,
    forbids,
    is_fragment,
    is_order,
    is_self_contained,
    is_sentence,
    keeps_from,
    refers_back,
)
from medrag.text.tables import LIST_MARK

_MOST_NOTED = 60  # units of one quotation whose footnotes are looked for


def surrounding_ranges(reading: Reading, quoted: Range, beside: Sequence[Range]) -> list[Range]:
    """Return what a quotation needs beside it, in no order.

    An empty range at the start of a row stands for a header that is not in the passage.
    """
    first, last = reading.unit_at(quoted[0]), reading.unit_at(quoted[1] - 1)
    if reading.units[first].kind == "row":
        found = _table_ranges(reading, quoted, beside)
    else:
        found = [
            _whole(reading, governor)
            for governor in reading.over(first)
            if reading.units[governor].start < quoted[0]
            and _governs(reading, governor, reading.units[first], quoted)
        ]
        words = reading.folded.text[slice(*quoted)]
        named = is_fragment(words) and not keeps_from(words)
        leaned_on = reading.outline.leaned_on(first) if named else None
        if leaned_on is not None:
            found.append(_whole(reading, leaned_on))
    return found + _next_sentence(reading, last) + _notes(reading, first, last, quoted)


def needs_heading(reading: Reading, start: int, end: int, heading: str) -> bool:
    """Return whether a fragment that begins the passage needs the section's `heading`.

    Where a list was parted from its heading, the section path still knows it.
    """
    number = reading.unit_at(start)
    words = reading.folded.text[start:end]
    if reading.over(number) or is_self_contained(words):
        return False
    leading = reading.units[: number + 1]
    if any(unit.kind != leading[0].kind for unit in leading):
        return False
    return turns(heading)


_GLUED_TITLE = re.compile(
    r"(?:\d{1,2}(?:\.\d{1,2})*\.?\s+)?(?:[A-Z][A-Z&/,()-]{2,}\s+){1,8}"
    r"(?=[A-Z][\w-]*\s+(?:[\w-]+\s+){0,3}?(?:is|are|should|must|has|have|may|can|was|were)\b)"
    r"|(?:[A-Z][a-z]+\s+){1,4}(?=(?:In|For|If|When|During|The|Patients with)\s+[a-z])"
)
"""The title that a flattened label runs into its first sentence, before the sentence's subject."""


def _whole(reading: Reading, number: int) -> Range:
    """Return a unit without the title that was run into it."""
    unit = reading.units[number]
    title = _GLUED_TITLE.match(reading.folded.text, unit.start, unit.end)
    return title.end() if title is not None else unit.start, unit.end


def _governs(reading: Reading, governor: int, unit: FoldedUnit, quoted: Range) -> bool:
    """Return whether the heading or lead-in turns what the quotation says."""
    over, text = reading.units[governor], reading.folded.text
    words = text[over.start : over.end]
    near = reading.outline.is_near(governor, reading.unit_at(quoted[0]))
    return governs(Governor(words, over.kind, near), text[quoted[0] : quoted[1]], unit.kind)


# --- Tables --------------------------------------------------------------------------------


def _table_ranges(reading: Reading, quoted: Range, beside: Sequence[Range]) -> list[Range]:
    """Return the label, the rows and the captions that quoted rows must be read under."""
    first = reading.unit_at(quoted[0])
    if _says_itself(reading, first, quoted):
        return []
    label = row_heading(reading, reading.units[first])
    text = reading.folded.text
    numbered = LIST_MARK.match(text[slice(*label)]) and not AMOUNT.search(text, *quoted)
    found = [label] if quoted[0] >= label[1] > label[0] and not numbered else []
    rows = [first, *_more_rows(reading, first, quoted, beside)]
    needed: set[int] = set()
    for row in rows:
        heads = reading.heads(row)
        if heads is None:
            start = reading.units[row].start
            return [*found, (start, start)]
        needed.update(heads)
    around = (quoted, *beside)
    cores = {head: reading.without_marks(_whole(reading, head)) for head in needed}
    held = {head for head, core in cores.items() if any(holds(one, core) for one in around)}
    flat = len(row_cells(reading.outline.words(first))) == 1
    found += [_whole(reading, head) for head in needed - held if flat or counts(reading, head)]
    for caption in reading.over(first):
        if held:  # the columns are named: a caption need only be quoted where it forbids
            turns = forbids(reading.folded.text[slice(*_whole(reading, caption))])
        else:
            turns = _governs(reading, caption, reading.units[first], quoted)
        if turns and reading.units[caption].start < quoted[0]:
            found.append(_whole(reading, caption))
    return found


def _says_itself(reading: Reading, row: int, quoted: Range) -> bool:
    """Return whether a quotation is a sentence that fills the last cell of its row.

    It must name what it is about, and nothing over it or beside it may turn it.
    """
    text, unit = reading.folded.text, reading.units[row]
    words, left = text[slice(*quoted)], text[unit.start : quoted[0]].rstrip()
    if not left.endswith("|") or "|" in words or text[quoted[1] : unit.end].strip(" |"):
        return False
    own = is_sentence(words) and not (is_fragment(words) or is_order(words))
    if not own or depends_on_context(words) or refers_back(words):
        return False
    over = (*reading.over(row), *(reading.heads(row) or ()))
    beside = (left, *(text[reading.units[n].start : reading.units[n].end] for n in over))
    doubted = any(doubts(said) or DISAVOWS.search(said) for said in beside)
    return reading.heads(row) is not None and not (doubted or any(map(turns, beside)))


def _more_rows(reading: Reading, first: int, quoted: Range, beside: Sequence[Range]) -> list[int]:
    """Return the rows that are quoted with the first, in the same quotation or beside it."""
    last = reading.unit_at(quoted[1] - 1)
    rows = [*range(first + 1, last + 1), *(reading.unit_at(other[0]) for other in beside)]
    return [row for row in rows if reading.units[row].kind == "row"]


# --- The next sentence ---------------------------------------------------------------------


def _next_sentence(reading: Reading, last: int) -> list[Range]:
    taken = reading.outline.taken_back(last)
    if taken is None:
        return []
    number, how = taken
    near = reading.units[last].block == reading.units[number].block
    denies = any(cue.kind == "negation" for cue in reading.cues(last))
    if denies and near and re.search(r"\bnot\b", how, re.IGNORECASE):
        return []  # a further denial, not an exception
    return [_whole(reading, number)]


def _notes(reading: Reading, first: int, last: int, quoted: Range) -> list[Range]:
    """Return the footnotes that turn what is quoted; their marks stand in it or right behind."""
    found: list[Range] = []
    for number in range(first, min(last + 1, first + _MOST_NOTED)):
        for note in reading.outline.notes(number):
            unit = reading.units[note]
            if unit.end <= quoted[0] or quoted[1] <= unit.start:
                found.append((unit.start, unit.end))
    return found
