"""Cells over several rows or columns of a table, told by the rules that are missing there.

A rule under two of four columns parts what stands over and under it in these two; in the others
one cell goes on past it. Such a cell is written in each row and column that it covers, as the
loaders of HTML and JATS do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from medrag.documents.pdf_cells import band_rows, column_of
from medrag.documents.pdf_page import Rule, Word
from medrag.documents.pdf_rows import Row

_HALF = 0.5  # of a column's width, or of a row's height
SAME_UPRIGHT = 12.0  # points
"""Rules of different rows that stand no further apart are edges of one column."""

_SAME_LEVEL = 3.5  # points

Span = tuple[int, int]
"""The numbers of the first and the last column that a cell covers."""


@dataclass(frozen=True, slots=True)
class _Cut:
    """Rules at one height, and the columns whose cells end there."""

    y: float
    rules: list[Rule]
    columns: set[int]


@dataclass(frozen=True, slots=True)
class Ruling:
    """What is ruled inside a table.

    Attributes:
        bounds: Of the columns: their left edges, and the right one of the last.
        partial: Horizontal rules that do not go over all columns.
        upright: Vertical rules; empty unless they part the columns all the way down.
        leading: What `leading_of` the table is.
    """

    bounds: Sequence[float]
    partial: Sequence[Rule]
    upright: Sequence[Rule]
    leading: float | None

    def rows(self, words: Sequence[Word], top: float, bottom: float, *, whole: bool) -> list[Row]:
        """Return the rows between two rules over all columns; one where `whole` and no rule."""
        cuts = self._cuts(words, top, bottom, header=whole)
        edges = [top, *(cut.y for cut in cuts), bottom]
        made: list[Row] = []
        began = [0] * (len(self.bounds) - 1)  # the row in which the last cell of a column began
        for at, (above, below) in enumerate(pairwise(edges)):
            over = cuts[at - 1].columns if made else set(range(len(began)))
            inside = self._inside(words, cuts[at:], over, above)
            spans = self._spans(inside, above, below, cuts[at].rules if at < len(cuts) else ())
            rows = band_rows(inside, self.bounds, spans, whole=whole, leading=self.leading)
            first = len(made)
            for row in rows:
                cells = (
                    cell if column in over else made[began[column]][column]
                    for column, cell in enumerate(row)
                )
                made.append(tuple(cells))
            for column in over:
                began[column] = first
        return made

    def _cuts(
        self, words: Sequence[Word], top: float, bottom: float, *, header: bool
    ) -> list[_Cut]:
        """Return the partial rules between two heights, those of one height together.

        Where a column that they pass has text over and under them, and no upright rules show that
        it is of one cell, they part all columns: the line under numbers that are summed up.
        """
        levels: list[list[Rule]] = []
        for rule in sorted(self.partial, key=lambda rule: rule.top):
            if top + _SAME_LEVEL < rule.top < bottom - _SAME_LEVEL:
                if levels and rule.top - levels[-1][0].top <= _SAME_LEVEL:
                    levels[-1].append(rule)
                else:
                    levels.append([rule])
        cuts = [_Cut(rules[0].top, rules, self._covered(rules)) for rules in levels]
        cuts = [cut for cut in cuts if cut.columns]
        if self.upright or header:
            return cuts
        filled: dict[int, set[int]] = {}
        for word in words:
            under = sum(word.base > cut.y + 1 for cut in cuts)
            filled.setdefault(column_of(word, self.bounds), set()).add(under)
        everything = set(range(len(self.bounds) - 1))
        passed = set().union(*(everything - cut.columns for cut in cuts)) if cuts else set()
        if any(len(filled.get(column, ())) > 1 for column in passed):
            return [_Cut(cut.y, cut.rules, everything) for cut in cuts]
        return cuts

    def _covered(self, rules: Sequence[Rule]) -> set[int]:
        """Return the columns that rules run over."""
        found = set()
        for at, (left, right) in enumerate(pairwise(self.bounds)):
            shared = sum(max(0.0, min(r.right, right) - max(r.left, left)) for r in rules)
            if shared > _HALF * (right - left):
                found.add(at)
        return found

    def _inside(
        self, words: Sequence[Word], cuts: Sequence[_Cut], over: set[int], top: float
    ) -> list[Word]:
        """Return the words of the cells that begin at a height, down to the next cut of each."""
        found = []
        for word in words:
            column = column_of(word, self.bounds)
            if column in over and word.base > top + 1:
                end = next((cut.y for cut in cuts if column in cut.columns), None)
                if end is None or word.base <= end + 1:
                    found.append(word)
        return found

    def _spans(
        self, words: Sequence[Word], top: float, bottom: float, under: Sequence[Rule]
    ) -> list[Span]:
        """Return the columns that cells between two heights cover together."""
        last = len(self.bounds) - 2
        if self.upright:
            parted = [at for at in range(1, last + 1) if self._is_parted(at, top, bottom)]
            starts, ends = [0, *parted], [*(at - 1 for at in parted), last]
            return [(a, b) for a, b in zip(starts, ends, strict=True) if b > a]
        spans = []
        for rule in under:
            columns = self._covered([rule])
            inside = [w for w in words if w.base > top and rule.left <= _middle(w) <= rule.right]
            if len(columns) > 1 and inside and _is_one_text(inside):
                spans.append((min(columns), max(columns)))
        return spans

    def _is_parted(self, at: int, top: float, bottom: float) -> bool:
        """Return whether an upright rule stands at a column's left edge between two heights."""
        x = self.bounds[at]
        covered = sum(
            max(0.0, min(r.bottom, bottom) - max(r.top, top))
            for r in self.upright
            if abs(r.left - x) < SAME_UPRIGHT
        )
        return covered > _HALF * (bottom - top)


def _middle(word: Word) -> float:
    return (word.left + word.right) / 2


def _is_one_text(words: Sequence[Word]) -> bool:
    """Return whether no wide gap stands between words of one line."""
    ordered = sorted(words, key=lambda w: (round(w.base), w.left))
    return all(
        b.left - a.right < a.size for a, b in pairwise(ordered) if round(a.base) == round(b.base)
    )
