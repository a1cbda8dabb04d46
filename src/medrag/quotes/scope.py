"""What stands over a unit: list lead-ins, headings, table headings; and what needs them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from medrag.quotes.reading import FoldedUnit, Reading
from medrag.text import is_inside_token, normalize
from medrag.text.cues import find_cues
from medrag.text.governing import states
from medrag.text.rows import row_cells
from medrag.text.statements import depends_on_context, forbids, is_order

_AMOUNT_FIRST = re.compile(
    r"[^\w]*(?:\d|(?:usual|recommended|initial|maximum|starting)?\s?dos(?:e|age)\b)", re.I
)
_BRACKETED = re.compile(r"[(\[][^()\[\]]*[)\]]")
_ALIKE = 0.7  # of the words of two sentences that are the same but for their references
_CELL_END = re.compile(r" ?\|")


def row_heading(reading: Reading, unit: FoldedUnit) -> tuple[int, int]:
    """Return the first cell of a table row; an empty range where the row has one cell."""
    text = reading.folded.text
    start = unit.start
    while start < unit.end and text[start] in "| ":
        start += 1
    edge = _CELL_END.search(text, start, unit.end)
    if edge:
        return start, edge.start()
    # Tabs and runs of spaces became one space when the text was folded: look in the source.
    cells = row_cells(reading.words(start, unit.end))
    label = normalize(cells[0]).text if len(cells) > 1 else ""
    return start, start + min(len(label), unit.end - start)


def counts(reading: Reading, head: int) -> bool:
    """Return whether a row over another must be quoted: a heading inside a table may be idle."""
    filled = [cell for cell in row_cells(reading.outline.words(head)) if cell]
    return len(filled) > 1 or bool(reading.cues(head)) or forbids(filled[0] if filled else "")


def context_of(reading: Reading, start: int, end: int) -> tuple[str, ...]:
    """Return what a quotation must be read with; equal contexts say the same thing.

    Empty for a statement with a subject of its own. An order that holds an amount is read
    under its heading (`Take 10 mg daily` is about the drug above it). A fragment is read
    under its lead-in and headings, with its row's label and, where it holds an amount, with
    the rest of its sentence.
    """
    text = reading.folded.text
    words = text[start:end]
    number = reading.unit_at(start)
    unit = reading.units[number]
    amount = any(char.isdigit() for char in words)
    if unit.kind in {"prose", "item"} and states(words, unit.kind):
        subjectless = is_order(words) or _AMOUNT_FIRST.match(words)
        above = _heading_above(reading, number)
        return (above,) if subjectless and amount and above else ()
    heads = (reading.heads(number) or ()) if unit.kind == "row" else ()
    over = [g for g in (*reading.over(number), *heads) if amount or reading.cues(g)]
    context = [_bare(text[reading.units[g].start : reading.units[g].end]) for g in over]
    if unit.kind == "row":
        context.append(_bare(text[slice(*row_heading(reading, unit))]))
    if amount:
        last = reading.units[reading.unit_at(end - 1)]
        context += (_bare(text[unit.start : start][-200:]), _bare(text[end : last.end][:200]))
        context.append(_heading_above(reading, number))
    return tuple(context)


def differs_in_company(reading: Reading, places: Sequence[tuple[int, int]]) -> bool:
    """Return whether a sentence that leans on the one before it stands after different ones.

    A place at the beginning of a paragraph says nothing about that.
    """
    text = reading.folded.text
    if not depends_on_context(text[slice(*places[0])]):
        return False
    before = [_sentence_before(reading, start) for start, _ in places]
    known = [words for words in before if words]
    return any(not _alike(known[0], words) for words in known[1:])


def _sentence_before(reading: Reading, start: int) -> frozenset[str]:
    """Return the words of the sentence before, in the same paragraph, without references."""
    number = reading.unit_at(start)
    unit = reading.units[number]
    if not number or reading.units[number - 1].block != unit.block:
        return frozenset()
    above = reading.units[number - 1]
    words = _BRACKETED.sub(" ", reading.folded.text[above.start : above.end])
    return frozenset(re.findall(r"\w+", words.lower()))


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    numbers = {word for word in one ^ other if word[0].isdigit()}
    return not numbers and len(one & other) >= _ALIKE * len(one | other)


def _heading_above(reading: Reading, number: int) -> str:
    """Return the nearest heading of the passage above unit `number`, or ""."""
    above = reading.outline.heading[number]
    if above is None:
        return ""
    unit = reading.units[above]
    return _bare(reading.folded.text[unit.start : unit.end])


def _bare(words: str) -> str:
    return " ".join(re.findall(r"\w+", words.lower()))


def expand_token(text: str, at: int) -> tuple[int, int] | None:
    """Return the token around the place `at`, or None where `at` lies between tokens."""
    if not is_inside_token(text, at):
        return None
    start = end = at
    while start > 0 and at - start < 48 and is_inside_token(text, start):
        start -= 1
    while end < len(text) and end - at < 48 and is_inside_token(text, end):
        end += 1
    return start, end


_LONG_WORD = re.compile(r"[^\W_]{3,}")


def is_repeated(label: str, words: str) -> bool:
    """Return whether the quotation says itself what its label says (`Adults: Adults take ...`)."""
    told = {word.lower() for word in _LONG_WORD.findall(words)}
    named = {word.lower() for word in _LONG_WORD.findall(label)}
    plain = all(cue.kind == "population" for cue in find_cues(label, 0, len(label)))
    return plain and bool(named) and named <= told
