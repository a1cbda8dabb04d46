"""Characters of the fonts Symbol and Wingdings: places of a font, not letters.

Word keeps an inserted sign as its font and place (`Symbol`, `F0B3` for ≥), old pages write `m` in
the font Symbol for µ. Left out, or read as letters, they turn a limit or a unit into another.

Source: Adobe's `symbol.txt` (Symbol encoding to Unicode, 1.0); for Wingdings what its signs show.
"""

from __future__ import annotations

UNKNOWN = "\ufffd"
"""Stands where a sign was printed whose meaning is not known here."""

_SYMBOL_20 = (
    " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_"
    f"{UNKNOWN}αβχδεφγηιϕκλµνοπθρστυϖωξψζ{{|}}∼"
)
_SYMBOL_A1 = "ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑"
_FONTS = {
    "symbol": dict(enumerate(_SYMBOL_20, 0x20)) | dict(enumerate(_SYMBOL_A1, 0xA1)),
    "wingdings": {
        0x20: " ", 0x6C: "●", 0x6E: "■", 0x6F: "□", 0x71: "❑", 0x76: "❖", 0xA7: "▪", 0xA8: "□",
        0xD8: "➢", 0xDF: "←", 0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xE8: "➔", 0xF0: "⇨", 0xFB: "✗",
        0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
    },
}  # fmt: skip


def is_symbol_font(font: str) -> bool:
    """Return whether letters in this font are signs."""
    return font.strip(" \"'").casefold() in _FONTS


def sign(code: int, font: str) -> str:
    """Return the sign at a place of a font, `UNKNOWN` where none is known.

    Places are counted from 0, or from U+F000, where programs keep such signs.
    """
    place = code - 0xF000 if 0xF000 <= code <= 0xF0FF else code
    return _FONTS.get(font.strip(" \"'").casefold(), {}).get(place, UNKNOWN)


def signs(text: str, font: str) -> str:
    """Return text that is set in a symbol font as what it shows; other characters stay."""
    shown = (
        char if 0xFF < ord(char) < 0xF000 or ord(char) > 0xF0FF else sign(ord(char), font)
        for char in text
    )
    return "".join(shown)
