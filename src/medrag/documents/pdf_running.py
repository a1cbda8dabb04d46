"""Running heads and feet: lines near a page's edge that many pages print at the same height."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from medrag.documents.pdf_lines import Fragment
from medrag.documents.pdf_page import PageContent, Rule

NUMBER_ALONE = re.compile(
    r"[-–—|\s]*(?:page\s+)?(\d{1,5}|[ivxlc]{1,7})(?:\s+of\s+\d+)?[-–—|\s]*", re.I
)
"""What a page number is printed as."""

_MARGIN = 0.12  # of the page's height, at the top and at the bottom
_WIDE_MARGIN = 0.25  # the same, for the outermost line
_OFF = 1.6  # of the usual size: a running line stands off from the text, lines of text do not
_SAME_PLACE = 6.0  # points
_CAPTION = re.compile(r"(?:table|figure|fig\.|box|appendix|chart)\b", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")
_SAME_LINE = 0.25  # of the size
_SPACE = 1.2  # of the size: spaces of a justified line are no wider
_ALIGNED = 3.0  # points
_ROW_STEP = 2.4  # of the size: rows of a table stand no further apart
_WRAPPED = 1.35  # of the size: lines of one cell stand no further apart
_FULL = 0.8  # of the distance to the next cell: text fills more, cells less
_SAME_EDGE = 12.0  # points: rules of one table
_HEADER_STEPS = 8.0  # of the size: a table's header is no higher
_LEAST_CELLS = 2
_MANY_CELLS = 4  # side by side: more than a page has columns of text


@dataclass(frozen=True, slots=True)
class _Printed:
    """One print of what may be a running line."""

    page: int
    place: int
    base: float
    numbers: tuple[int, ...]


def edges_of(fragments: Sequence[Fragment], page: PageContent) -> list[str]:
    """Return for each fragment whether it is at the `top` or `bottom` of its page, or neither: ''.

    That is the first and the last eighth of the page, and in its first and last quarter the
    outermost line where it stands off from the text: margins may be wide.
    """
    bases = sorted({fragment.base for fragment in fragments})
    size = median(fragment.size for fragment in fragments) if fragments else 0.0
    first, last = _standing_off(bases, size), -_standing_off([-b for b in bases[::-1]], size)
    wide = _WIDE_MARGIN * page.height
    top, bottom = min(first, wide), max(last, page.height - wide)
    return [_edge(fragment, page, top, bottom) for fragment in fragments]


def _standing_off(bases: Sequence[float], size: float) -> float:
    """Return how far the outermost line reaches; no line does where the next stands close to it."""
    line = [base for base in bases if base < bases[0] + _SAME_PLACE / 2]
    after = bases[len(line)] if len(line) < len(bases) else -math.inf
    return line[-1] + _SAME_PLACE / 2 if line and after > line[-1] + _OFF * size else -math.inf


def _edge(fragment: Fragment, page: PageContent, top: float, bottom: float) -> str:
    if fragment.base < max(_MARGIN * page.height, top):
        return "top"
    low = fragment.top > (1 - _MARGIN) * page.height
    return "bottom" if low or fragment.base > bottom else ""


def running_lines(
    contents: Sequence[PageContent], pages: Sequence[Sequence[Fragment]], least: int
) -> list[set[int]]:
    """Return for each page which of its fragments are of running heads and feet, by their index.

    Args:
        contents: The pages in order.
        pages: The fragments of each.
        least: On how many pages a line has to stand.
    """
    prints: defaultdict[tuple[str, str], list[_Printed]] = defaultdict(list)
    for at, (content, fragments) in enumerate(zip(contents, pages, strict=True)):
        edges = edges_of(fragments, content)
        for place, (fragment, edge) in enumerate(zip(fragments, edges, strict=True)):
            named = NUMBER_ALONE.fullmatch(fragment.text) or _CAPTION.match(fragment.text)
            if edge and not named:
                text = _DIGITS.sub("#", fragment.text).casefold()
                numbers = tuple(int(digits) for digits in _DIGITS.findall(fragment.text))
                prints[edge, text].append(_Printed(at, place, fragment.base, numbers))
    running: list[set[int]] = [set() for _ in pages]
    for found in prints.values():
        for printed in _alike(found, least):
            running[printed.page].add(printed.place)
    return [
        gone - _rows_of_tables(fragments, gone, content.rules) - _words_of_lines(fragments, gone)
        for content, fragments, gone in zip(contents, pages, running, strict=True)
    ]


def _alike(found: Sequence[_Printed], least: int) -> list[_Printed]:
    """Return the prints whose numbers are those of enough others, or count the pages as theirs."""
    kept = list(found)
    for at in range(len(found[0].numbers)):
        same = Counter(printed.numbers[at] for printed in kept)
        counting = Counter(printed.numbers[at] - printed.page for printed in kept)
        enough = min(least, 3)
        kept = [
            printed
            for printed in kept
            if same[printed.numbers[at]] >= enough
            or counting[printed.numbers[at] - printed.page] >= enough
        ]
    return kept if kept and _most_at_one_height(kept) >= least else []


def _most_at_one_height(found: Sequence[_Printed]) -> int:
    """Return on how many pages a line stands at one height; a word may be printed twice on one."""
    heights: defaultdict[int, set[int]] = defaultdict(set)
    for printed in found:
        heights[round(printed.base / _SAME_PLACE)].add(printed.page)
    return max(len(heights[key] | heights.get(key + 1, set())) for key in list(heights))


def _words_of_lines(fragments: Sequence[Fragment], gone: set[int]) -> set[int]:
    """Return those of `gone` that a space parts from text that stays: words of a stretched line."""
    stay = [
        f
        for at, f in enumerate(fragments)
        if at not in gone and NUMBER_ALONE.fullmatch(f.text) is None
    ]
    words: set[int] = set()
    more = True
    while more:
        found = {
            at
            for at in gone - words
            for other in [*stay, *(fragments[word] for word in words)]
            if _is_beside(fragments[at], other)
        }
        words |= found
        more = bool(found)
    return words


def _is_beside(one: Fragment, other: Fragment) -> bool:
    gap = max(other.left - one.right, one.left - other.right)
    is_near = abs(one.base - other.base) < _SAME_LINE * one.size and gap < _SPACE * one.size
    return is_near and abs(one.size - other.size) < _SAME_LINE * one.size


def _rows_of_tables(
    fragments: Sequence[Fragment], gone: set[int], rules: Sequence[Rule]
) -> set[int]:
    """Return those of `gone` that stand in one line with cells of a table.

    A row that many pages print alike is a header that is repeated, or a common dose: it stays.
    Lines are looked at from the middle of the page outwards, since a row is known by the row
    beside it that is not at the edge.
    """
    if not gone:
        return set()
    lines = _lines(fragments)
    rows = {
        at
        for at in gone
        if _is_in_grid(fragments[at], rules) or _heads_table(fragments[at], fragments, rules)
    }
    for order in (lines, lines[::-1]):
        for outer, inner in reversed(list(pairwise(order))):
            known = not set(inner) & gone or set(inner) & rows
            if known and _is_row(outer, inner, fragments):
                rows |= set(outer) & gone
    kept = [fragment for at, fragment in enumerate(fragments) if at not in gone - rows]
    return rows | {at for at in gone - rows if _is_wrapped(fragments[at], kept)}


def _is_in_grid(fragment: Fragment, rules: Sequence[Rule]) -> bool:
    """Return whether a line stands between upright rules of a table; a frame has two only."""
    upright = sorted(
        rule.left
        for rule in rules
        if not rule.horizontal and rule.top < fragment.base < rule.bottom + 1
    )
    if not upright or not upright[0] < fragment.left or not fragment.right < upright[-1]:
        return False
    return sum(b - a > _ALIGNED for a, b in pairwise(upright)) >= _LEAST_CELLS


def _heads_table(fragment: Fragment, fragments: Sequence[Fragment], rules: Sequence[Rule]) -> bool:
    """Return whether a line stands with others right under a rule, over another one as wide.

    Rules of running heads stand over nothing or under them; both rules of a table are as wide,
    and its header has several cells.
    """
    flat = [r for r in rules if r.horizontal and r.left - 3 < fragment.left < r.right]
    above = [r for r in flat if 0 < fragment.base - r.top < _ROW_STEP * fragment.size]
    mates = [
        f
        for f in fragments
        if f is not fragment and abs(f.base - fragment.base) < _ROW_STEP * fragment.size / 2
    ]
    return any(
        abs(over.left - under.left) < _SAME_EDGE
        and abs(over.right - under.right) < _SAME_EDGE
        and 0 < under.top - fragment.base < _HEADER_STEPS * fragment.size
        and any(over.left - 3 < mate.left and mate.right < over.right + 3 for mate in mates)
        for over in above
        for under in flat
    )


def _lines(fragments: Sequence[Fragment]) -> list[list[int]]:
    lines: list[list[int]] = []
    for at in sorted(range(len(fragments)), key=lambda at: fragments[at].base):
        fragment = fragments[at]
        if lines:
            first = fragments[lines[-1][0]]
            if fragment.base - first.base < _SAME_LINE * fragment.size:
                lines[-1].append(at)
                continue
        lines.append([at])
    return [sorted(line, key=lambda at: fragments[at].left) for line in lines]


def _is_row(outer: Sequence[int], inner: Sequence[int], fragments: Sequence[Fragment]) -> bool:
    """Return whether two cells or more of a line stand over or under cells of the next line."""
    one = [fragments[at] for at in outer]
    other = [fragments[at] for at in inner]
    if abs(one[0].base - other[0].base) > _ROW_STEP * one[0].size:
        return False
    shared = sum(any(_aligned(cell, beside) for beside in other) for cell in one)
    full = any(
        here.right - here.left > _FULL * (after.left - here.left) for here, after in pairwise(other)
    )
    return shared >= (_MANY_CELLS if full else _LEAST_CELLS)


def _is_wrapped(line: Fragment, kept: Sequence[Fragment]) -> bool:
    """Return whether a line is another line of a cell that stands beside other cells."""
    mates = [
        mate
        for mate in kept
        if abs(mate.base - line.base) < _WRAPPED * line.size and _aligned(line, mate)
    ]
    return any(
        abs(other.base - mate.base) < mate.size
        and (other.left > mate.right + mate.size or other.right < mate.left - mate.size)
        for mate in mates
        for other in kept
    )


def _aligned(one: Fragment, other: Fragment) -> bool:
    middles = abs(one.left + one.right - other.left - other.right) / 2
    return min(abs(one.left - other.left), abs(one.right - other.right), middles) < _ALIGNED
