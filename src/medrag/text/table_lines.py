"""Lines without bars that belong to tables whose rows have them."""

from __future__ import annotations

from collections.abc import Sequence

from medrag.text.layout import CAPTION, CLOSED, Line

_MOST_PARAGRAPHS = 6  # of one cell
_WIDE_TABLE = 4  # bars in the rows above and below
_MOST_TITLES = 3
_LONGEST_TITLE = 90  # characters


def barless_rows(text: str, lines: Sequence[Line]) -> dict[int, bool]:
    """Return the numbers of lines that are rows or parts of rows, and which go on a row before.

    The first paragraphs of a cell that has several, with the line of bars that ends its row; and
    headings inside a table.
    """
    return {**_titles_inside(text, lines), **_broken_rows(text, lines)}


def _broken_rows(text: str, lines: Sequence[Line]) -> dict[int, bool]:
    """Return the lines of rows that begin on lines before their first bar, and which go on.

    Where rows end with a bar and do not begin with one, a cell of several paragraphs stands on
    lines of its own, and the next line begins with the bar behind it.
    """
    found: dict[int, bool] = {}
    for number, (start, _) in enumerate(lines):
        if text[start : start + 1] != "|":
            continue
        first = number
        while first and number - first < _MOST_PARAGRAPHS and _is_barless(text, lines[first - 1]):
            first -= 1
        above = text[slice(*lines[first - 1])] if first else ""
        if first < number and above.endswith("|") and (first - 1 in found or above[0] != "|"):
            found.update((line, line > first) for line in range(first, number + 1))
    return found


def _titles_inside(text: str, lines: Sequence[Line]) -> dict[int, bool]:
    """Return the short lines between rows of one table, which are headings inside it."""
    bars = [text.count("|", *line) for line in lines]
    found: dict[int, bool] = {}
    above = 0  # bars of the row above, over a few titles
    run: list[int] = []
    for number, (start, end) in enumerate(lines):
        if bars[number]:
            if run and min(above, bars[number]) >= _WIDE_TABLE:
                found.update(dict.fromkeys(run, False))
            above, run = bars[number], []
        elif above and len(run) < _MOST_TITLES and _may_head(text[start:end]):
            run.append(number)
        else:
            above, run = 0, []
    return found


def _may_head(line: str) -> bool:
    """Return whether a line may be a heading inside a table: short, open, and no caption."""
    plain = 0 < len(line) <= _LONGEST_TITLE and not CAPTION.match(line)
    return plain and CLOSED.search(line) is None and not line.startswith("#")


def _is_barless(text: str, line: Line) -> bool:
    return line[0] < line[1] and text.find("|", *line) < 0
