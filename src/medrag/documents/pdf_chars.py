"""The characters of one PDF page, asked for in C with as little Python in between as can be.

pdfium answers for one character at a time and a page has thousands, so calls write into arrays
by address, through prototypes without the conversions of the generated bindings.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Sequence

import numpy as np
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from medrag.documents.pdf_accents import accented
from medrag.documents.pdf_decoding import decoded
from medrag.documents.symbol_fonts import sign

HYPHEN_AT_LINE_END = "\x02"  # pdfium's own sign for it
_HYPHEN_IN_BULK = "\ufffe"  # the same, where pdfium gives a page's text at once
_CHECKED_CHARS = 32  # of a page, to see that two ways of asking give the same
_PLACE_OF_FONT = re.compile("[\uf020-\uf0ff]")  # not a letter: what it shows is the font's affair
_SUBSET = re.compile(rb"[A-Z]{6}\+")
_SYMBOL_FONTS = {b"symbol": "symbol", b"wingdings": "wingdings"}
_BOLD = (b"bold", b"black", b"heavy", b"demi")
_FLOAT_BYTES = 4
_DOUBLE_BYTES = 8


def _handle(pointer: object) -> int | None:
    return ctypes.cast(pointer, ctypes.c_void_p).value  # type: ignore[arg-type]


def _address(function: object) -> int:
    found = _handle(function)
    assert found is not None
    return found


_PLACE = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
_POINT = ctypes.PYFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p
)
_ANGLE = ctypes.PYFUNCTYPE(ctypes.c_float, ctypes.c_void_p, ctypes.c_int)

_loose_box = _PLACE(_address(pdfium_c.FPDFText_GetLooseCharBox))
_char_origin = _POINT(_address(pdfium_c.FPDFText_GetCharOrigin))
_char_angle = _ANGLE(_address(pdfium_c.FPDFText_GetCharAngle))


class Chars:
    """The characters of one text page.

    Attributes:
        text: One character for each that pdfium counts, index for index.
    """

    def __init__(self, raw: pdfium_c.FPDF_TEXTPAGE, count: int) -> None:
        self._raw = raw
        self._page = _address(raw)
        self._name = ctypes.create_string_buffer(128)
        self._flags = ctypes.c_int()
        self._bold_names: dict[bytes, bool] = {}
        text = _PLACE_OF_FONT.sub(self._sign, self._all(count))
        self.text = accented(decoded(text, self._has_no_letter, self._font), self.boxes)

    def _all(self, count: int) -> str:
        """Return the characters, index for index; at once where pdfium gives one unit for each."""
        buffer = (ctypes.c_ushort * (count + 1))()
        code, raw = pdfium_c.FPDFText_GetUnicode, self._raw
        if count and pdfium_c.FPDFText_GetText(raw, 0, count, buffer) == count + 1:
            text = bytes(buffer)[: 2 * count].decode("utf-16-le", "surrogatepass")
            text = text.replace(_HYPHEN_IN_BULK, HYPHEN_AT_LINE_END)
            checked = range(count - 1, -1, -max(1, count // _CHECKED_CHARS))
            if len(text) == count and all(ord(text[i]) == code(raw, i) for i in checked):
                return text
        return "".join(_char(code(raw, index)) for index in range(count))

    def _sign(self, match: re.Match[str]) -> str:
        """Return what a place in Symbol or Wingdings shows; places of other fonts stay."""
        name = _SUBSET.sub(b"", self._font_name(match.start())).lower()
        fonts = (font for start, font in _SYMBOL_FONTS.items() if name.startswith(start))
        font = next(fonts, None) if not name.startswith(b"wingdings2") else None
        return sign(ord(match[0]), font) if font else match[0]

    def _has_no_letter(self, index: int) -> bool:
        """Return whether a character is a glyph for which the file names no letter."""
        if pdfium_c.FPDFText_GetUnicode(self._raw, index) == 0:
            return not pdfium_c.FPDFText_IsGenerated(self._raw, index)
        return bool(pdfium_c.FPDFText_HasUnicodeMapError(self._raw, index) == 1)

    def _font(self, index: int) -> int | None:
        thing = pdfium_c.FPDFText_GetTextObject(self._raw, index)
        return _handle(pdfium_c.FPDFTextObj_GetFont(thing)) if thing else None

    def boxes(self, indexes: Sequence[int]) -> NDArray[np.float64]:
        """Return font boxes as rows (left, right, bottom, top), shape (len(indexes), 4)."""
        found = np.zeros((len(indexes), 4), dtype=np.float32)
        page, ask, at = self._page, _loose_box, found.ctypes.data
        for index in indexes:
            ask(page, index, at)
            at += 4 * _FLOAT_BYTES
        # FS_RECTF holds left, top, right, bottom.
        return found[:, (0, 2, 3, 1)].astype(np.float64)

    def origins(self, indexes: Sequence[int]) -> NDArray[np.float64]:
        """Return where baselines begin as rows (x, y), shape (len(indexes), 2)."""
        found = np.zeros((len(indexes), 2), dtype=np.float64)
        page, ask, at = self._page, _char_origin, found.ctypes.data
        for index in indexes:
            ask(page, index, at, at + _DOUBLE_BYTES)
            at += 2 * _DOUBLE_BYTES
        return found

    def angles(self, indexes: Sequence[int]) -> NDArray[np.float64]:
        """Return angles in radians, shape (len(indexes),)."""
        page, ask = self._page, _char_angle
        return np.array([ask(page, index) for index in indexes], dtype=np.float64)

    def bold(self, index: int) -> bool:
        """Return whether the name of a character's font says that it is bold."""
        name = self._font_name(index)
        known = self._bold_names.get(name)
        if known is None:
            known = self._bold_names[name] = any(mark in name.lower() for mark in _BOLD)
        return known

    def _font_name(self, index: int) -> bytes:
        length = pdfium_c.FPDFText_GetFontInfo(
            self._raw, index, self._name, len(self._name), self._flags
        )
        return self._name.value if length else b""


def _char(code: int) -> str:
    # Broken files name halves of surrogate pairs, and characters that are none.
    return chr(code) if code < 0xD800 or 0xDFFF < code < 0x110000 else "\ufffd"
