"""Where the columns of a table are: the white strips that no cell crosses.

A head over several columns and the name of a group of rows cross them too. What tells such text
from a cell is that it covers whole gaps between the cells of other lines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from medrag.documents.pdf_lines import Fragment

_LEAST_STRIP = 2.0  # points
_OVER = 1.0  # points: what covers a gap reaches over the cells on both sides of it
_LEAST_PARTED = 2  # lines
_SAME_LINE = 0.3  # of the size
_MARKED = re.compile("[⁰¹²³⁴-⁹ᵃ-ᵿʰʲˡʳˢʷˣʸⁿⁱ*†‡§¶]")
_SUNK = 0.45  # of the size: a raised mark of a note lowers the cell it stands in

Lines = Sequence[Sequence[Fragment]]


def lines_of(fragments: Sequence[Fragment]) -> list[list[Fragment]]:
    """Return what stands on one baseline together, from left to right, from top to bottom.

    A cell of a row may stand a little lower, beside the others.
    """
    lines: list[list[Fragment]] = []
    for fragment in sorted(fragments, key=lambda f: (f.base, f.left)):
        if lines and is_in_line(fragment, lines[-1]):
            lines[-1].append(fragment)
        else:
            lines.append([fragment])
    return [sorted(line, key=lambda f: f.left) for line in lines]


def is_in_line(fragment: Fragment, line: Sequence[Fragment]) -> bool:
    """Return whether a fragment that stands no higher than those of a line is of the line."""
    off = (fragment.base - line[0].base) / fragment.size
    return off < _SAME_LINE or (
        off < _SUNK
        and any(_MARKED.search(f.text) for f in (fragment, *line))
        and all(f.right < fragment.left or fragment.right < f.left for f in line)
    )


def white_columns(fragments: Sequence[Fragment]) -> list[float]:
    """Return the middle of every strip that parts cells and that no cell crosses."""
    lines = lines_of(fragments)
    over = spanning(lines)
    cells = sorted((f.left, f.right) for line in lines for f in line if id(f) not in over)
    strips: list[float] = []
    reach = cells[0][1] if cells else 0.0
    for left, right in cells[1:]:
        if left - reach > _LEAST_STRIP:
            strips.append((left + reach) / 2)
        reach = max(reach, right)
    return strips


def spanning(lines: Lines) -> set[int]:
    """Return the ids of the fragments that cover gaps between cells of most lines parted there."""
    over: set[int] = set()
    asked: set[tuple[int, int]] = set()
    for line in lines:
        for one, other in pairwise(line):
            key = (round(one.right / _LEAST_STRIP), round(other.left / _LEAST_STRIP))
            if key in asked:
                continue
            asked.add(key)
            covering = [
                f
                for row in lines
                for f in row
                if f.left < one.right - _OVER and f.right > other.left + _OVER
            ]
            if covering and 2 * len(covering) <= _parted(lines, (one.right + other.left) / 2):
                over.update(map(id, covering))
    return over


def _parted(lines: Lines, x: float) -> int:
    """Return how many lines have cells on both sides of a place and none across it."""
    count = 0
    for line in lines:
        if line[0].right < x < line[-1].left:
            count += not any(f.left <= x <= f.right for f in line)
    return count if count >= _LEAST_PARTED else 0
