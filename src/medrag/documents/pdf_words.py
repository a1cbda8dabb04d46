"""What stands on a PDF page: words with their places, and ruled lines; by pypdfium2.

Text that runs at another angle than most of the page is left out: watermarks and axis labels,
which are no part of any sentence.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray

from medrag.documents.pdf_accents import composed
from medrag.documents.pdf_chars import HYPHEN_AT_LINE_END, Chars
from medrag.documents.pdf_decoding import spelled
from medrag.documents.pdf_drawn import drawn, rules_of
from medrag.documents.pdf_page import PackedPage
from medrag.documents.scripts import lowered, raised

MAX_CHARS_ON_PAGE = 400_000
_PRINTED = re.compile(
    "[^\\s\x00-\x20\x7f\u00ad\u200b\ufffe\uffff]*\x02|[^\\s\x00-\x20\x7f\u00ad\u200b\ufffe\uffff]+"
)
_BREAK = "\r\n"
_DIGITS = frozenset("0123456789")
_DIGIT_INSIDE = re.compile(r"\S\d")
_NOTE = re.compile(r"\d{1,3}(?=[^\W\d_])")  # before its first word
_MARK = re.compile(r"\d[\d,–-]*|[a-z](?:,[a-z])*")  # of a reference or note, or an exponent
_SMALLER = 0.85  # of the size beside it: a raised character is
_HIGHER = 0.15  # of the size beside it
_BESIDE = 0.4  # of the size beside it: no further away
_MOST_BETWEEN = 2  # words, in the file, between a number and its mark
_TOUCHING = 0.08  # of the size: less than any space
_LEVEL = 0.02  # of the size: digits of one number stand no further off its line
_LOWER = 0.08  # of the size beside it
_OTHER_LINE = 0.6  # of the size: no index or exponent stands so far off
_ANGLES_PER_TURN = 8  # text angles are told apart by 45 degrees

_Run = tuple[int, int]
_Boxes = Sequence[NDArray[np.float64]]  # left, top, right, bottom


def page_content(page: pdfium.PdfPage, number: int, label: str | None) -> PackedPage:
    """Return the words and rules of one page.

    Raises:
        ValueError: The page has more than `MAX_CHARS_ON_PAGE` characters.
    """
    textpage = page.get_textpage()
    try:
        count = textpage.count_chars()
        if count > MAX_CHARS_ON_PAGE:
            raise ValueError(f"page {number} has {count} characters")
        chars = Chars(textpage.raw, count)
        frame, runs = _reading_frame(page, chars)
        words, numbers, bold = _words(chars, _without_marks(chars, runs), frame)
    finally:
        textpage.close()
    bounds, images = drawn(page)
    rules = rules_of(*frame.place(*bounds))
    about = {
        "number": number,
        "label": label or None,
        "width": frame.width,
        "height": frame.height,
        "texts": " ".join(words),
        "bold": bold,
        "chars": count,
        "images": images,
    }
    return PackedPage(about, numbers.tobytes() + rules.tobytes())


@dataclass(frozen=True, slots=True)
class _Frame:
    """How a page's own coordinates map to those in which its text runs from left to right.

    Attributes:
        turns: Quarters of a turn, clockwise. The page's own rotation says how it is shown, which
            is not always how its text runs, so only the text's angle counts.
    """

    left: float
    bottom: float
    width: float
    height: float
    turns: int

    @classmethod
    def of(cls, page: pdfium.PdfPage, turns: int) -> _Frame:
        left, bottom, right, top = page.get_cropbox()
        width, height = right - left, top - bottom
        if turns % 2:
            width, height = height, width
        return cls(left, bottom, width, height, turns)

    def place(
        self,
        left: NDArray[np.float64],
        bottom: NDArray[np.float64],
        right: NDArray[np.float64],
        top: NDArray[np.float64],
    ) -> tuple[NDArray[np.float64], ...]:
        """Return (left, top, right, bottom) as a reader sees it, y downwards.

        Takes and gives arrays of any one shape.
        """
        left, right = left - self.left, right - self.left
        bottom, top = bottom - self.bottom, top - self.bottom
        if self.turns == 1:
            return bottom, left, top, right
        if self.turns == 2:
            return self.width - right, bottom, self.width - left, top
        if self.turns == 3:
            return self.width - top, self.height - right, self.width - bottom, self.height - left
        return left, self.height - top, right, self.height - bottom


# --- Words ---------------------------------------------------------------------------------


def _reading_frame(page: pdfium.PdfPage, chars: Chars) -> tuple[_Frame, list[_Run]]:
    """Return the frame of the angle that most text has, and the runs at that angle.

    A run is (start, end) of printed characters; a hyphen at a line's end ends one.
    """
    runs = [match.span() for match in _PRINTED.finditer(chars.text)]
    eighths = np.rint(chars.angles([start for start, _ in runs]) / (2 * math.pi) * _ANGLES_PER_TURN)
    angles = (eighths.astype(np.int64) % _ANGLES_PER_TURN).tolist()
    weights: Counter[int] = Counter()
    for angle, (start, end) in zip(angles, runs, strict=True):
        weights[angle] += end - start
    main = max(weights, key=lambda angle: (weights[angle], angle == 0), default=0)
    if len(weights) > 1:
        runs = [run for run, angle in zip(runs, angles, strict=True) if angle == main]
    return _Frame.of(page, -(main // 2) % 4), runs


def _without_marks(chars: Chars, runs: Sequence[_Run]) -> list[_Run]:
    """Return the runs with the small raised number that begins a note apart from its first word."""
    parted: list[_Run] = []
    for start, end in runs:
        mark = _NOTE.match(chars.text, start, end)
        if mark is not None:
            first, word = chars.boxes([start, mark.end()]) @ (0, 0, -1, 1)
            bases = chars.origins([start, mark.end()])[:, 1]
            if first < _SMALLER * word and bases[0] - bases[1] > _HIGHER * first:
                parted += [(start, mark.end()), (mark.end(), end)]
                continue
        parted.append((start, end))
    return parted


def _words(
    chars: Chars, runs: Sequence[_Run], frame: _Frame
) -> tuple[list[str], NDArray[np.float64], str]:
    """Return the words' texts, their numbers as `PackedPage` has them, and what is bold."""
    text = chars.text.replace(HYPHEN_AT_LINE_END, "-")
    runs, first, last = _placed(chars, runs, frame)
    starts = [start for start, _ in runs]
    x, y = chars.origins(starts).T
    base = frame.place(x, y, x, y)[3]
    size = np.maximum(first[3] - first[1], 0.1)
    edges = (np.minimum(first[0], last[0]), np.maximum(first[2], last[2]))
    numbers = np.stack([*edges, first[1], first[3], base, size])
    words = [text[start:end] for start, end in runs]
    gaps = np.zeros(len(starts))
    gaps[1:] = edges[0][1:] - edges[1][:-1]
    places = list(zip(base.tolist(), size.tolist(), gaps.tolist(), strict=True))
    bold = _bold(chars, words, starts, places)
    smaller = last[3] - last[1] < _SMALLER * size
    _write_raised(chars, words, starts, smaller.tolist())
    _write_raised_words(words, numbers)
    words = [composed(spelled(word)) for word in words]
    broken = np.array([text[a[1] : b[0]] == _BREAK for a, b in pairwise(runs)], dtype=np.bool_)
    return _whole(words, numbers, bold, broken)


def _placed(
    chars: Chars, runs: Sequence[_Run], frame: _Frame
) -> tuple[Sequence[_Run], _Boxes, _Boxes]:
    """Return the runs, and the boxes of the first and of the last character of each.

    pdfium takes characters that stand one under the other for one vertical word: a column of
    digits is no number, so a run is parted where it leaves its line.
    """
    first = _boxes(chars, [start for start, _ in runs], frame)
    last = _boxes(chars, [end - 1 for _, end in runs], frame)
    leaving = _are_apart(first, last)
    if not leaving.any():
        return runs, first, last
    parted: list[_Run] = []
    for (start, end), leaves in zip(runs, leaving.tolist(), strict=True):
        edges = [start, end]
        if leaves:
            box = _boxes(chars, range(start, end), frame)
            steps = _are_apart([side[:-1] for side in box], [side[1:] for side in box])
            edges[1:1] = (np.flatnonzero(steps) + start + 1).tolist()
        parted += pairwise(edges)
    return (
        parted,
        _boxes(chars, [start for start, _ in parted], frame),
        _boxes(chars, [end - 1 for _, end in parted], frame),
    )


def _boxes(chars: Chars, indexes: Sequence[int], frame: _Frame) -> _Boxes:
    left, right, bottom, top = chars.boxes(indexes).T
    return frame.place(left, bottom, right, top)


def _are_apart(one: _Boxes, other: _Boxes) -> NDArray[np.bool_]:
    """Return whether characters stand in other lines."""
    size = np.maximum(one[3] - one[1], other[3] - other[1])
    found: NDArray[np.bool_] = (
        np.abs(one[1] + one[3] - other[1] - other[3]) > 2 * _OTHER_LINE * size
    )
    return found


def _whole(
    words: list[str], numbers: NDArray[np.float64], bold: str, broken: NDArray[np.bool_]
) -> tuple[list[str], NDArray[np.float64], str]:
    """Return the words with those put together again that were parted where a line goes on.

    pdfium begins a new line where type rises or sinks back (10⁹ | /L), and between characters
    drawn one by one. A smaller mark that begins a note stays apart from it, and so does a number
    from one that is raised.

    Args:
        words: In the order of the file.
        numbers: Of the words, as `PackedPage` has them.
        bold: A 1 or 0 for each word.
        broken: Whether nothing but the end of a line stands between each word and the next.
    """
    left, right, _, _, base, size = numbers
    near = np.maximum(size[1:], size[:-1])
    beside = (np.abs(left[1:] - right[:-1]) <= _TOUCHING * near) & (
        np.abs(base[1:] - base[:-1]) <= _BESIDE * near
    )
    level = np.maximum(np.abs(size[1:] - size[:-1]), np.abs(base[1:] - base[:-1])) < _LEVEL * near
    first = list(range(len(words)))
    for at in (np.flatnonzero(broken & beside) + 1).tolist():
        to = first[at - 1]
        are_numbers = words[to][-1] in _DIGITS and words[at][0] in _DIGITS
        if size[at] * _SMALLER <= size[to] and (level[at - 1] or not are_numbers):
            words[to] += words[at]
            right[to] = max(right[to], right[at])
            first[at] = to
    kept = [at for at, to in enumerate(first) if at == to]
    return [words[at] for at in kept], numbers[:, kept], "".join(bold[at] for at in kept)


def _bold(
    chars: Chars,
    words: Sequence[str],
    starts: Sequence[int],
    places: Sequence[tuple[float, float, float]],
) -> str:
    """Return a 1 for each bold word, a 0 for others.

    `places` has the baseline and the size of each, and the gap between it and the one before.

    A font is asked for at the start of a line, behind a wide gap (a line's printed number) or
    where the size changes, and at capitals, digits and marks, where a bold run begins or ends
    inside a line.
    """
    marks: list[str] = []
    mark, line_base, line_size = "0", math.inf, 0.0
    for word, start, (base, size, gap) in zip(words, starts, places, strict=True):
        starts_line = abs(base - line_base) > 1 or gap > size
        if starts_line or abs(size - line_size) > 0.1 or not word[0].islower():
            mark, line_base, line_size = "01"[chars.bold(start)], base, size
        marks.append(mark)
    return "".join(marks)


def _write_raised(
    chars: Chars, words: list[str], starts: Sequence[int], smaller: Sequence[bool]
) -> None:
    """Write what is raised inside a word as superscripts, in place (10⁹, never 109; mgᵃ).

    `smaller` tells of each word whether its last character is smaller than its first.
    """
    numbers = [at for at, word in enumerate(words) if smaller[at] or _DIGIT_INSIDE.search(word)]
    places = [starts[at] + offset for at in numbers for offset in range(len(words[at]))]
    heights = (chars.boxes(places) @ (0, 0, -1, 1)).tolist()
    bases = chars.origins(places)[:, 1].tolist()
    begin = 0
    for at in numbers:
        end = begin + len(words[at])
        words[at] = _with_raised(words[at], heights[begin:end], bases[begin:end])
        begin = end


def _write_raised_words(words: list[str], numbers: NDArray[np.float64]) -> None:
    """Write words of digits that stand raised close behind a word as superscripts, in place.

    A line number in the margin may stand between the two in the file.
    """
    left, right, _, _, base, size = numbers
    for back in range(1, _MOST_BETWEEN + 2):
        smaller = size[back:] < _SMALLER * size[:-back]
        higher = base[:-back] - base[back:]
        raised_up = (higher > _HIGHER * size[:-back]) & (higher < size[:-back])
        beside = np.abs(left[back:] - right[:-back]) < _BESIDE * size[:-back]
        for at in (np.flatnonzero(smaller & raised_up & beside) + back).tolist():
            if _MARK.fullmatch(words[at]):
                words[at] = raised(words[at], words[at - back])


def _with_raised(word: str, heights: Sequence[float], bases: Sequence[float]) -> str:
    """Return a word; `heights` and `bases` are its characters', upwards.

    An index is written as one only behind a number: `log10` says no other number.
    """
    parts = [word[0]]
    mark = ""  # what is raised, up to here
    is_index = down = False
    for at, char in enumerate(word[1:], start=1):
        up = bool(mark) and char in "+-−–"
        if char.isalnum():
            off = bases[at] - bases[0] if heights[at] < _SMALLER * heights[0] else 0.0
            up = off > _HIGHER * heights[0]
            low = off < -_LOWER * heights[0] and char.isdigit()
            is_index = low and (is_index if down else word[at - 1].isdigit())
            down = low
        elif not up:
            is_index = down = False
        if up:
            mark += char
            continue
        if mark:
            parts.append(raised(mark, parts[-1]))
            mark = ""
        parts.append(lowered(char, parts[-1]) if is_index else char)
    if mark:
        parts.append(raised(mark, parts[-1]))
    return "".join(parts)
