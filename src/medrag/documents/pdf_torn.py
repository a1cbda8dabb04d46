"""Lines that justifying tore: spaces as wide as a gutter, in a line that is one.

In narrow columns a justified line may have spaces wider than the gutter beside it. What tells
them apart is what stands over and under them: words stand across a space, and none across a
gutter; and all the spaces of one line are stretched alike, while cells are as far apart as they
happen to be.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from medrag.documents.pdf_lines import Fragment, fragment_of

_WIDEST = 1.8  # of the size: a stretched space
_ALIKE = 1.4  # times the usual space of its line
_SAME_BASE = 0.22  # of the size
_NEAR = 3.2  # of the size: lines over and under that are asked
_MOST_ASKED = 4
_LEAST_WORDS = 4
_CROSSED = 0.5  # of the lines asked have a word across it


def untorn(fragments: Sequence[Fragment]) -> list[Fragment]:
    """Return fragments with those together again that are parts of one justified line.

    Args:
        fragments: Of one page, as `fragments_of` gives them.
    """
    lines = _lines(fragments)
    made: list[Fragment] = []
    for at, line in enumerate(lines):
        parts = [line[0]]
        for part in line[1:]:
            if _is_space(parts[-1], part, line) and _is_crossed(parts[-1], part, lines, at):
                parts[-1] = fragment_of((*parts[-1].words, *part.words))
            else:
                parts.append(part)
        made += parts
    made.sort(key=lambda fragment: (round(fragment.base), fragment.left))
    return made


def _lines(fragments: Sequence[Fragment]) -> list[list[Fragment]]:
    lines: list[list[Fragment]] = []
    for fragment in sorted(fragments, key=lambda f: (f.base, f.left)):
        if lines and fragment.base - lines[-1][0].base < _SAME_BASE * fragment.size:
            lines[-1].append(fragment)
        else:
            lines.append([fragment])
    return [sorted(line, key=lambda f: f.left) for line in lines]


def _is_space(before: Fragment, part: Fragment, line: Sequence[Fragment]) -> bool:
    """Return whether the gap between two parts is as wide as other spaces around it."""
    gap = part.left - before.right
    if not 0 < gap < _WIDEST * part.size or abs(before.size - part.size) > 0.2 * part.size:
        return False
    words = [word for other in line for word in other.words]
    spaces = [b.left - a.right for a, b in pairwise(words)]
    near = [s for s in spaces if 0 < s < _WIDEST * part.size]
    return len(near) >= _LEAST_WORDS - 1 and gap < _ALIKE * median(near)


def _is_crossed(
    before: Fragment, part: Fragment, lines: Sequence[Sequence[Fragment]], at: int
) -> bool:
    """Return whether words of most lines over and under a gap stand across it."""
    left, right = before.right, part.left
    middle = (left + right) / 2
    asked = crossed = 0
    for step in (-1, 1):
        number, here = at + step, 0
        while 0 <= number < len(lines) and here < _MOST_ASKED // 2:
            line = lines[number]
            if abs(line[0].base - part.base) > _NEAR * part.size:
                break
            if line[0].left < left and line[-1].right > right:
                here += 1
                crossed += any(_covers(fragment, middle) for fragment in line)
            number += step
        asked += here
    return crossed > _CROSSED * asked if asked > 1 else asked == crossed == 1


def _covers(fragment: Fragment, x: float) -> bool:
    return any(word.left <= x <= word.right for word in fragment.words)
