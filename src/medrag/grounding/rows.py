"""Tables written on one line: "CrCl (mL/min) | Dose: 30 to 60: 1 g; 11 to 29: 500 mg".

Papers and labels set small tables as a list of rows, each its label and what is given there. They
are written out as tables of lines, so that a claim is laid beside their cells.
"""

from __future__ import annotations

import re
from functools import lru_cache

_PARTED = re.compile(r";\s+")
_LABEL = re.compile(
    r"(?:[A-Za-z][\w-]* ){0,2}[<>≤≥]?=?\s?\d[\d.,]*(?:\s?[a-zA-Z%]+)?"
    r"(?:\s?(?:to|-|\u2013)\s?(?:[<>≤≥]\s?)?\d[\d.,]*)?"
    r"(?:\s?[a-zA-Z%/]+[\d.]*){0,3}(?: or (?:more|less|above|below|over|under|higher|lower))?"
    r"|(?:over|under|above|below) \d[^,]*"
)
"""What a comma may part from its value: a level or a range, no sentence."""
_MOST_WORDS = 8
_LEAST_ROWS = 2
_UNNAMED = "·"
"""The label of a column that has none."""
_SEPARATORS = (" | ", " / ", ": ", ", ")
_LED = re.compile(
    r"(?P<label>(?!(?:over|under|above|below|less|more|up|at)\b)[A-Za-z][^\d<>≤≥]*?)\s+(?P<value>[<>≤≥]?=?\d.*)"
)
"""A row whose label stands before its first value: "Headache 12 / 11"."""
_ENDED = re.compile(r"[^\s.]\.[^\s\d][^\s]*\Z")
_BRACKETED = re.compile(r"\((?P<labels>[^()]* / [^()]*)\)\s*\Z")


@lru_cache(maxsize=256)
def inline_table(text: str) -> str:
    """Return the rows of `text` as lines with bars below a line of labels; "" where it has none.

    Two rows at least, parted by semicolons; the words before the first row are the labels.
    """
    parts = _PARTED.split(text.strip().rstrip(".")) if ";" in text and "\n" not in text else []
    if len(parts) < _LEAST_ROWS:
        return ""
    for separator in _SEPARATORS:
        head, first = _opened(parts[0], separator)
        rows = [_row(part, separator) for part in (first, *parts[1:])]
        if all(rows) and len({len(row) for row in rows}) == 1:
            labels = _labels(head, len(rows[0]))
            return "\n".join(" | ".join(cells) for cells in (labels, *rows))
    return ""


def _opened(part: str, separator: str) -> tuple[str, str]:
    """Return the labels and the first row."""
    pieces = part.split(": ")
    rows = _LEAST_ROWS if separator == ": " else 1
    return ": ".join(pieces[:-rows]), ": ".join(pieces[-rows:])


def _row(part: str, separator: str) -> tuple[str, ...]:
    label, parted, value = part.partition(separator)
    if not parted or len(label.split()) > _MOST_WORDS or _ENDED.search(label.strip()):
        return ()
    if separator == ", " and not _LABEL.fullmatch(label.strip()):
        return ()
    cells = value.split(separator) if separator in _CELLS else [value]
    led = _LED.fullmatch(label.strip()) if separator == " / " else None
    if led:
        label, cells = led["label"], [led["value"], *cells]
    return (label.strip(), *(cell.strip() for cell in cells))


_CELLS = (" | ", " / ")
"""What parts any number of cells; other marks part a label from its value."""


def _labels(head: str, width: int) -> tuple[str, ...]:
    """Return a label for each column; of words that name no columns the last stands over values."""
    bracketed = _BRACKETED.search(head)
    named = (bracketed["labels"] if bracketed else head).split(" / ")
    for cells in (head.split("|"), named, [_UNNAMED, *named] if len(named) > 1 else named):
        if len(cells) == width:
            return tuple(cell.strip() for cell in cells)
    return (_UNNAMED, *[head.replace("|", " ").strip() or _UNNAMED] * (width - 1))
