"""What stands on a PDF page: words with their places, and ruled lines; by pypdfium2.

Coordinates are PDF points from the top left corner of the page as a reader sees it; y grows
downwards. Text that runs at another angle than most of the page is left out: watermarks and axis
labels, which are no part of any sentence.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from medrag.documents.scripts import raised

MAX_CHARS_ON_PAGE = 400_000
_MAX_PATHS = 4_000  # a map has more; its lines rule no table
_THIN = 3.0  # points: a filled box this thin is a ruled line
_HYPHEN_AT_LINE_END = "\x02"  # pdfium's own sign for it
_HYPHEN_IN_BULK = "\ufffe"  # the same, where pdfium gives a page's text at once
_CHECKED_CHARS = 32  # of a page, to see that two ways of asking give the same
_PRINTED = re.compile(
    "[^\\s\x00-\x20\x7f\u00ad\u200b\ufffe\uffff]*\x02|[^\\s\x00-\x20\x7f\u00ad\u200b\ufffe\uffff]+"
)
_DIGITS_TOGETHER = re.compile(r"\d\d")
_ANGLES_PER_TURN = 8  # text angles are told apart by 45 degrees


class Word(NamedTuple):
    """Characters without white space between them.

    Attributes:
        left, right, top, bottom: The box of its characters' font, not of their ink.
        base: Baseline.
        size: Height of the font's box, about its nominal size.
        bold: Whether the font's name says so.
    """

    text: str
    left: float
    right: float
    top: float
    bottom: float
    base: float
    size: float
    bold: bool


class Rule(NamedTuple):
    """A straight ruled line or the edge of a filled box, horizontal or vertical."""

    left: float
    right: float
    top: float
    bottom: float

    @property
    def horizontal(self) -> bool:
        """Whether it runs from left to right."""
        return self.right - self.left > self.bottom - self.top


@dataclass(frozen=True, slots=True)
class PageContent:
    """One page before anybody has decided on a reading order.

    Attributes:
        number: Physical page, from 1.
        label: From the file's page labels; None where it has none.
        words: In the order of the file, which may be any.
        chars: How many characters the page has at any angle.
        images: How many images stand on the page.
    """

    number: int
    label: str | None
    width: float
    height: float
    words: tuple[Word, ...]
    rules: tuple[Rule, ...]
    chars: int
    images: int

    def dumped(self) -> dict[str, object]:
        """Return this page as JSON values; `loaded` is the way back."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def loaded(cls, dumped: dict[str, Any]) -> PageContent:
        """Return the page that `dumped` was made of."""
        words = tuple(Word(*word) for word in dumped["words"])
        rules = tuple(Rule(*rule) for rule in dumped["rules"])
        return cls(**dumped | {"words": words, "rules": rules})


def page_content(page: pdfium.PdfPage, number: int, label: str | None) -> PageContent:
    """Return the words and rules of one page.

    Raises:
        ValueError: The page has more than `MAX_CHARS_ON_PAGE` characters.
    """
    textpage = page.get_textpage()
    try:
        count = textpage.count_chars()
        if count > MAX_CHARS_ON_PAGE:
            raise ValueError(f"page {number} has {count} characters")
        chars = _Chars(textpage.raw, count)
        frame, runs = _reading_frame(page, chars)
        words = tuple(_words(chars, runs, frame))
    finally:
        textpage.close()
    rules, images = _rules(page, frame)
    return PageContent(
        number=number,
        label=label or None,
        width=frame.width,
        height=frame.height,
        words=words,
        rules=rules,
        chars=count,
        images=images,
    )


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
        self, left: float, bottom: float, right: float, top: float
    ) -> tuple[float, float, float, float]:
        """Return (left, top, right, bottom) as a reader sees it, y downwards."""
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


class _Chars:
    """The characters of one text page, asked for one by one in C."""

    def __init__(self, raw: pdfium_c.FPDF_TEXTPAGE, count: int) -> None:
        self._raw = raw
        self._rect = pdfium_c.FS_RECTF()
        self._at = ctypes.byref(self._rect)
        self._x, self._y = ctypes.c_double(), ctypes.c_double()
        self._name = ctypes.create_string_buffer(128)
        self._flags = ctypes.c_int()
        self.text = self._all(count)

    def _all(self, count: int) -> str:
        """Return the characters, index for index; at once where pdfium gives one unit for each."""
        buffer = (ctypes.c_ushort * (count + 1))()
        code, raw = pdfium_c.FPDFText_GetUnicode, self._raw
        if count and pdfium_c.FPDFText_GetText(raw, 0, count, buffer) == count + 1:
            text = bytes(buffer)[: 2 * count].decode("utf-16-le", "surrogatepass")
            text = text.replace(_HYPHEN_IN_BULK, _HYPHEN_AT_LINE_END)
            checked = range(count - 1, -1, -max(1, count // _CHECKED_CHARS))
            if len(text) == count and all(ord(text[i]) == code(raw, i) for i in checked):
                return text
        return "".join(_char(code(raw, index)) for index in range(count))

    def box(self, index: int) -> tuple[float, float, float, float]:
        """Return (left, bottom, right, top) of a character's font box."""
        pdfium_c.FPDFText_GetLooseCharBox(self._raw, index, self._at)
        rect = self._rect
        return rect.left, rect.bottom, rect.right, rect.top

    def origin(self, index: int) -> tuple[float, float]:
        """Return where a character's baseline begins."""
        x, y = self._x, self._y
        pdfium_c.FPDFText_GetCharOrigin(self._raw, index, ctypes.byref(x), ctypes.byref(y))
        return x.value, y.value

    def angle(self, index: int) -> float:
        """Return a character's angle in radians."""
        return float(pdfium_c.FPDFText_GetCharAngle(self._raw, index))

    def bold(self, index: int) -> bool:
        length = pdfium_c.FPDFText_GetFontInfo(
            self._raw, index, self._name, len(self._name), ctypes.byref(self._flags)
        )
        if not length:
            return False
        name = self._name.value.lower()
        return any(mark in name for mark in (b"bold", b"black", b"heavy", b"demi"))


def _char(code: int) -> str:
    # Broken files name halves of surrogate pairs, and characters that are none.
    return chr(code) if code < 0xD800 or 0xDFFF < code < 0x110000 else "\ufffd"


def _reading_frame(page: pdfium.PdfPage, chars: _Chars) -> tuple[_Frame, list[tuple[int, int]]]:
    """Return the frame of the angle that most text has, and the runs at that angle."""
    runs = list(_runs(chars.text))
    angles = [_eighth(chars.angle(start)) for start, _ in runs]
    weights: Counter[int] = Counter()
    for angle, (start, end) in zip(angles, runs, strict=True):
        weights[angle] += end - start
    main = max(weights, key=lambda angle: (weights[angle], angle == 0), default=0)
    kept = [run for run, angle in zip(runs, angles, strict=True) if angle == main]
    return _Frame.of(page, -(main // 2) % 4), kept


def _words(chars: _Chars, runs: Sequence[tuple[int, int]], frame: _Frame) -> Iterator[Word]:
    text = chars.text.replace(_HYPHEN_AT_LINE_END, "-")
    bold, line_base, line_size = False, math.inf, 0.0
    for start, end in runs:
        left, top, right, bottom = _box_of(chars, start, end, frame)
        x, y = chars.origin(start)
        base, size = frame.place(x, y, x, y)[3], max(bottom - top, 0.1)
        # A font is asked for at the start of a line or where the size changes, and at capitals,
        # digits and marks, where a bold run begins or ends inside a line.
        if abs(base - line_base) > 1 or abs(size - line_size) > 0.1 or not text[start].islower():
            bold, line_base, line_size = chars.bold(start), base, size
        word = _word_text(chars, text[start:end], start)
        yield Word(word, left, right, top, bottom, base, size, bold)


def _runs(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of runs of printed characters; a hyphen at a line's end ends one."""
    return (match.span() for match in _PRINTED.finditer(text))


def _eighth(angle: float) -> int:
    return round(angle / (2 * math.pi) * _ANGLES_PER_TURN) % _ANGLES_PER_TURN


def _box_of(
    chars: _Chars, start: int, end: int, frame: _Frame
) -> tuple[float, float, float, float]:
    first = frame.place(*chars.box(start))
    if end - start == 1:
        return first
    last = frame.place(*chars.box(end - 1))
    return min(first[0], last[0]), first[1], max(first[2], last[2]), first[3]


def _word_text(chars: _Chars, word: str, start: int) -> str:
    """Return a word; digits raised after a digit are written as superscripts (10⁹, never 109)."""
    if not _DIGITS_TOGETHER.search(word):
        return word
    parts = [word[0]]
    _, bottom, _, top = chars.box(start)
    height = top - bottom
    _, base = chars.origin(start)
    up = False
    for at, char in enumerate(word[1:], start=1):
        if char.isdigit() and (word[at - 1].isdigit() or up):
            _, low, _, high = chars.box(start + at)
            _, own = chars.origin(start + at)
            up = high - low < 0.85 * height and own - base > 0.15 * height
        elif not (up and char in "+-−–"):
            up = False
        parts.append(raised(char, parts[-1]) if up else char)
    return "".join(parts)


# --- Rules ---------------------------------------------------------------------------------


def _rules(page: pdfium.PdfPage, frame: _Frame) -> tuple[tuple[Rule, ...], int]:
    rules: list[Rule] = []
    images = paths = 0
    for thing in page.get_objects(max_depth=4):
        if thing.type == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            images += 1
        elif thing.type == pdfium_c.FPDF_PAGEOBJ_PATH:
            paths += 1
            if paths > _MAX_PATHS:
                return (), images
            rules += _edges(frame.place(*thing.get_bounds()))
    return tuple(rules), images


def _edges(box: tuple[float, float, float, float]) -> Iterator[Rule]:
    """Yield the lines that a path draws: itself where it is thin, else the edges of its box."""
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    if width < _THIN and height < _THIN:
        return
    if height < _THIN or width < _THIN:
        yield Rule(left, right, top, bottom)
        return
    yield Rule(left, right, top, top)
    yield Rule(left, right, bottom, bottom)
    yield Rule(left, left, top, bottom)
    yield Rule(right, right, top, bottom)
