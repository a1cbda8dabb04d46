"""Words to fragments: words side by side on one baseline, up to the next wide gap.

A fragment is never wider than a column of text or a cell of a table; the same baseline may hold
fragments of several columns.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from medrag.documents.pdf_page import Word

_GAP = 0.6  # of the size: wider than most spaces of justified text, narrower than any gutter
_SAME_BASE = 0.22  # of the size
_RAISED = 0.85  # of the size of the line: what is smaller may stand off the baseline


_FROM_THE_RIGHT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_LETTER = re.compile(r"[^\W\d_]")

_LEFT = attrgetter("left")


class Fragment(NamedTuple):
    """A run of words on one baseline, from left to right; sizes and places as in `Word`."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    base: float
    size: float
    bold: bool
    words: tuple[Word, ...] = ()


BULLETS = "•●○■□▪▫◦‣⁃◆❖►▶➢➤❑❏❐☐☑✓✔∙·\uf0b7\uf0a7\uf0d8\u2013\u2014"
_RING = "o"  # a bullet, too, in the fonts of word processors
_HANGING = 3.0  # of the size: an item's text begins no further from its mark


CAPTION = re.compile(
    r"(?:(?:supplementary|appendix)\s+)?(?:table|figure|fig\.|box|panel|chart|scheme|plate)"
    r"\s+\w{1,4}(?:\.\w{1,3})*\s*(?:[.:|–—-]|[A-Z])",
    re.IGNORECASE,
)
"""How the caption of a table or figure begins."""


@dataclass(slots=True)
class _Row:
    base: float
    size: float
    words: list[Word]


def fragments_of(words: Iterable[Word]) -> list[Fragment]:
    """Return the fragments of a page from top to bottom, left to right on one baseline."""
    fragments: list[Fragment] = []
    for row in _rows(words):
        row.words.sort(key=_LEFT)
        start, widest, words = 0, _GAP * row.size, row.words
        for at in range(1, len(words)):
            gap = words[at].left - words[at - 1].right
            if gap > widest and not _is_mark_of(words[start:at], words[at], gap):
                fragments.append(fragment_of(words[start:at]))
                start = at
        fragments.append(fragment_of(words[start:]))
    fragments.sort(key=lambda fragment: (round(fragment.base), fragment.left))
    return fragments


def _is_mark_of(part: Sequence[Word], word: Word, gap: float) -> bool:
    """Return whether all there is before a gap is the mark of the item behind it."""
    mark = part[0].text if len(part) == 1 else ""
    is_mark = mark == _RING or (len(mark) == 1 and mark in BULLETS)
    return is_mark and gap < _HANGING * word.size and word.text[0].isalnum()


def _rows(words: Iterable[Word]) -> list[_Row]:
    buckets: defaultdict[int, list[_Row]] = defaultdict(list)
    rows: list[_Row] = []
    ordered = sorted(words, key=lambda word: (-round(word.size), word.base, word.left))
    largest = max((word.size for word in ordered), default=0.0)
    for word in ordered:
        # Words of one line mostly have one baseline; no row can be nearer than that of the last.
        row = rows[-1] if rows and rows[-1].base == word.base else _row_for(word, buckets)
        if row is None and word.size <= _RAISED * largest:
            row = _script_row(word, buckets)
        if row is None:
            row = _Row(word.base, word.size, [])
            rows.append(row)
            buckets[round(word.base)].append(row)
        row.words.append(word)
    return rows


def _row_for(word: Word, buckets: defaultdict[int, list[_Row]]) -> _Row | None:
    middle = round(word.base)
    reach = _SAME_BASE * word.size
    best: tuple[float, _Row] | None = None
    for key in range(middle - round(reach) - 1, middle + round(reach) + 2):
        for row in buckets.get(key, ()):
            off = abs(row.base - word.base)
            if off <= reach and (best is None or off < best[0]):
                best = (off, row)
    return best[1] if best else None


def _script_row(word: Word, buckets: defaultdict[int, list[_Row]]) -> _Row | None:
    """Return the row of larger type that a superscript or subscript stands beside."""
    middle = round(word.base)
    reach = max(2, round(word.size))
    rows = (
        row for key in range(middle - reach, middle + reach + 1) for row in buckets.get(key, ())
    )
    found = [row for row in rows if _is_script_of(word, row)]
    return min(found, key=lambda row: abs(row.base - word.base), default=None)


def _is_script_of(word: Word, row: _Row) -> bool:
    """Return whether a smaller word is a superscript or subscript of a word in the row."""
    if word.size > _RAISED * row.size or abs(row.base - word.base) > 0.5 * row.size:
        return False
    near = 0.4 * row.size
    return any(
        -1.0 < word.left - other.right < near or -1.0 < other.left - word.right < near
        for other in row.words
    )


def fragment_of(words: Sequence[Word]) -> Fragment:
    """Return words of one line, from left to right, as one fragment."""
    texts, lefts, rights, tops, bottoms, bases, sizes, bolds = zip(*words, strict=True)
    text = in_reading_order(texts)
    size, base = round(sizes[0], 1), bases[0]
    if len(set(sizes)) > 1:
        size = _usual_size(words)
        main = [word for word in words if abs(word.size - size) < 0.1] or words
        tops = tuple(word.top for word in main)
        bottoms = tuple(word.bottom for word in main)
        base = main[0].base
    bold = all(bolds)
    if not bold and any(bolds):
        letters = len(text) - len(words) + 1
        bold = sum(len(word.text) for word in words if word.bold) * 2 > letters
    return Fragment(
        text=text,
        left=lefts[0],
        right=max(rights),
        top=min(tops),
        bottom=max(bottoms),
        base=base,
        size=size,
        bold=bold,
        words=tuple(words),
    )


def in_reading_order(texts: Sequence[str]) -> str:
    """Return texts that stand side by side, given from left to right, as they are read.

    Words of other scripts among words that are read from the right keep their order.
    """
    if not reads_from_the_right(texts):
        return " ".join(texts)
    runs = [(is_rtl, list(run)) for is_rtl, run in groupby(texts, key=_is_from_the_right)]
    ordered = (run[::-1] if is_rtl else run for is_rtl, run in reversed(runs))
    return " ".join(text for run in ordered for text in run)


def reads_from_the_right(texts: Sequence[str]) -> bool:
    """Return whether most words among texts are of a script that is read so, as Arabic is."""
    if not any(map(_is_from_the_right, texts)):
        return False
    words = [word for text in texts for word in text.split()]
    others = sum(bool(_LETTER.search(word)) and not _is_from_the_right(word) for word in words)
    return sum(map(_is_from_the_right, words)) > others


def _is_from_the_right(text: str) -> bool:
    return _FROM_THE_RIGHT.search(text) is not None


def _usual_size(words: Sequence[Word]) -> float:
    sizes: Counter[float] = Counter()
    for word in words:
        sizes[round(word.size, 1)] += len(word.text)
    return max(sizes, key=lambda key: (sizes[key], key))


def merged(fragments: Sequence[Fragment]) -> list[Fragment]:
    """Return one line per baseline: fragments side by side joined by a space, top to bottom."""
    lines: list[list[Fragment]] = []
    for part in sorted(fragments, key=lambda f: (round(f.base), f.left)):
        before = lines[-1] if lines else None
        if before is None or part.base - before[0].base > _SAME_BASE * max(
            part.size, *(f.size for f in before)
        ):
            lines.append([part])
        else:
            before.append(part)
    return [_side_by_side(line) for line in lines]


def _side_by_side(line: Sequence[Fragment]) -> Fragment:
    """Return parts of a line as one, in the type of the longest.

    A number in larger type may stand lower than its item, and a bullet is often in a smaller one.
    """
    if len(line) == 1:
        return line[0]
    parts = sorted(line, key=_LEFT)
    longest = max(line, key=lambda part: len(part.text))
    return longest._replace(
        text=in_reading_order([part.text for part in parts]),
        left=parts[0].left,
        right=max(part.right for part in parts),
        top=min(part.top for part in parts),
        bottom=max(part.bottom for part in parts),
        bold=all(part.bold for part in parts),
        words=tuple(word for part in parts for word in part.words),
    )
