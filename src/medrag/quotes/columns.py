"""Rows quoted with the labels of their columns: `Age: 6 to 11 years; Dose: 5 mg`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from medrag.quotes.elision import Joined
from medrag.quotes.reading import MARK, Range, Reading
from medrag.quotes.scope import counts
from medrag.text import normalize
from medrag.text.cues import find_cues
from medrag.text.rows import row_cells
from medrag.text.statements import forbids

_BETWEEN = re.compile(r"(?:[\s:;,|]|[.=](?!\s?\d))*")
_OF_REGIMEN = re.compile(
    r"\b(?:frequenc\w+|intervals?|schedules?|routes?|how often|how given|durations?|units?|max\w*"
    r"|limits?|caution\w*|warnings?|comments?|notes?|remarks?|adjust\w*)\b",
    re.IGNORECASE,
)
"""A column without which a dose says another thing."""
_MOST_ROWS = 300


def labelled(reading: Reading, quote: str) -> list[Joined]:
    """Return the rows that a quotation tells cell by cell, each behind the label of its column.

    Every word must be the table's own and every cell whole; the first column must be told, and
    a column that is left out may hold nothing that turns what the others say.
    """
    said = MARK.sub("", normalize(quote).text)
    if ":" not in said:
        return []
    found: list[Joined] = []
    rows = [n for n, unit in enumerate(reading.units) if unit.kind == "row"][:_MOST_ROWS]
    labels: dict[int, list[str]] = {}
    for number in rows:
        heads = [head for head in reading.heads(number) or () if counts(reading, head)]
        if len(heads) != 1:
            continue
        (head,) = heads
        if head not in labels:
            labels[head] = _cells(reading, head)
        first = labels[head][0]
        if said.startswith(first) and _tells(said, labels[head], _cells(reading, number)):
            found.append(([_range(reading, head), _range(reading, number)], []))
    return found


def _cells(reading: Reading, number: int) -> list[str]:
    words = row_cells(reading.outline.words(number))
    return [MARK.sub("", normalize(cell).text).strip() for cell in words]


def _range(reading: Reading, number: int) -> Range:
    unit = reading.units[number]
    return unit.start, unit.end


def _tells(said: str, labels: Sequence[str], cells: Sequence[str]) -> bool:
    """Return whether `said` is the cells with their labels, some columns perhaps left out."""
    if len(labels) != len(cells) or len(cells) < 2 or not (labels[0] and cells[0]):
        return False
    at = 0
    for column, (label, cell) in enumerate(zip(labels, cells, strict=True)):
        behind = _behind(said, at, label)
        behind = behind if behind is None else _behind(said, behind, cell)
        if behind is not None:
            at = behind
        elif column == 0 or (cell and _turns(f"{label} {cell}")):
            return False
    return at == len(said)


def _turns(column: str) -> bool:
    told = _OF_REGIMEN.search(column) is not None
    return told or forbids(column) or bool(find_cues(column, 0, len(column)))


def _behind(said: str, at: int, words: str) -> int | None:
    """Return where what follows `words` begins in `said`; None where they do not stand there."""
    end = at + len(words)
    if not words or not said.startswith(words, at):
        return None
    between = _BETWEEN.match(said, end)
    behind = between.end() if between is not None else end
    return behind if behind > end or behind == len(said) else None
