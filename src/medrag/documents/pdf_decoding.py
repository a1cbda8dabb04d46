r"""Glyphs for which a PDF names no letter: read where their code can mean one thing, else shown.

TeX's bitmap fonts carry no map to letters. Their letters and digits have the codes of ASCII; the
ligatures (ff, fi, fl, ffi, ffl), dashes and quotation marks have codes below the space, where
other tables have control characters. Dropped as such, "di\x1berence" became "di erence", and a
minus or a `≥` left no trace. Signs have the codes of other signs: a dash that of a brace, and the
point of a number in a formula that of a colon (5:0).
"""

from __future__ import annotations

import re
from collections.abc import Callable

UNREAD = "\ufffd"
"""What stands where a glyph was printed that no one could read."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]|\r(?!\n)")
_LIGATURES = {"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl"}
_OLD = dict(zip("\x0b\x0c\x0d\x0e\x0f", _LIGATURES, strict=True))  # OT1
_OLD_MARKS = _OLD | {chr(at): mark for at, mark in enumerate("ıȷ`´ˇ˘¯˚¸ßæœøÆŒØ", 0x10)}
_CORK = dict(zip("\x1b\x1c\x1d\x1e\x1f", _LIGATURES, strict=True))  # T1
_CORK_MARKS = dict(zip("\x10\x11\x12\x13\x14\x15\x16", "“”„«»–—", strict=True))
_SIGN = re.compile(r"[!\"#$%&'*+/:;<=>?@\[\\\]^_`{|}~\x7f-\xff]")
_CORK_LETTERS = (
    "ĂĄĆČĎĚĘĞĹĽŁŃŇŊŐŔŘŚŠŞŤŢŰŮŸŹŽŻĲİđ§ăąćčďěęğĺľłńňŋőŕřśšşťţűůÿźžżĳ¡¿£"  # from 0x80; then Latin 1's
)
_CORK_SIGNS = {chr(at): letter for at, letter in enumerate(_CORK_LETTERS, 0x80)} | dict(
    zip("\xd7\xdf\xf7\xff", "Œẞœß", strict=True)
)
_COMPANION = re.compile("[\xa2-\xbe]")  # TS1, the only font of signs with such codes, has Latin 1's
_OLD_SIGNS = dict(zip('"<>\\{|\x7f', "”¡¿“–—¨", strict=True))  # OT1, too
_MOST_UNREAD = 0.05  # of a page's characters: where more have no letters, no code means anything
_AROUND = 20  # characters on both sides tell whether a font is that of the text
_SHARE = 0.6  # of the letters there are set in it; signs come from fonts of their own
_LEAST_LETTERS = 3
_SPELLED = str.maketrans(_LIGATURES)


def decoded(
    text: str, has_no_letter: Callable[[int], bool], font_of: Callable[[int], object]
) -> str:
    """Return the characters of a page with a letter, or `UNREAD`, for each that has none.

    Args:
        text: One character for each glyph, and so is what is returned: a ligature stays one.
        has_no_letter: Whether what stands at an index is a glyph for which the file names no
            letter, and the character its code.
        font_of: What tells the font at an index from others.

    Only glyphs of the font that the text around is set in are read: the same code is another sign
    in a font of signs (a dash here, `≥` there; a colon here, a decimal point there). Which of TeX's
    two encodings the text has is told by the codes that stand inside its words.

    Source:
        The Cork encoding (T1): Ferguson, TUGboat 11(4), 1990, 514-516. OT1: Knuth, Computer
        Modern Typefaces, 1986.
    """
    places = [match.start() for match in _CONTROL.finditer(text) if has_no_letter(match.start())]
    signs = [match.start() for match in _SIGN.finditer(text) if has_no_letter(match.start())]
    if not places and not signs:
        return text
    chars = list(text)
    for at in (*places, *signs):
        chars[at] = UNREAD
    known: dict[str, str] = {}
    if len(places) <= _MOST_UNREAD * len(text):
        of_text = [at for at in places if _is_of_text(text, at, font_of)]
        codes = {text[at] for at in of_text if _is_in_word(text, at)}
        known = {**_CORK, **_CORK_MARKS} if codes & _CORK.keys() else {}
        known = _OLD_MARKS if codes & _OLD.keys() else known
        for at in of_text:
            chars[at] = known.get(text[at], UNREAD)
    for at in signs:
        if _is_beside_its_font(text, at, font_of) or _is_of_text(text, at, font_of):
            chars[at] = _sign(text[at], known)
        elif _COMPANION.match(text[at]):
            chars[at] = text[at]
    return "".join(chars)


def _sign(char: str, known: dict[str, str]) -> str:
    """Return what a sign of the text's font is, in an encoding of which `known` is a part."""
    if known is _OLD_MARKS:
        return _OLD_SIGNS.get(char, char) if char <= "\x7f" else UNREAD
    if known:
        return _CORK_SIGNS.get(char, char) if char != "\x7f" else "-"
    return UNREAD if char in _OLD_SIGNS or char > "~" else char


def _is_beside_its_font(text: str, at: int, font_of: Callable[[int], object]) -> bool:
    """Return whether a letter or digit right beside a sign is set in the sign's font."""
    beside = [i for i in (at - 1, at + 1) if 0 <= i < len(text) and text[i].isalnum()]
    return any(font_of(i) == font_of(at) for i in beside)


def spelled(text: str) -> str:
    """Return a text with the letters of its ligatures."""
    return text.translate(_SPELLED)


def _is_of_text(text: str, at: int, font_of: Callable[[int], object]) -> bool:
    """Return whether the letters of its word, or most around, are set in the font of a glyph."""
    font = font_of(at)
    start = max(text.rfind(space, 0, at) for space in " \n") + 1
    end = min((e for space in " \r" if (e := text.find(space, at)) >= 0), default=len(text))
    around = range(max(0, at - _AROUND), min(len(text), at + _AROUND))
    word = range(max(start, at - _AROUND), min(end, at + _AROUND))
    for asked, share in ((word, 1.0), (around, _SHARE)):
        letters = [index for index in asked if text[index].isalpha()]
        same = sum(font_of(index) == font for index in letters)
        if same >= max(_LEAST_LETTERS, share * len(letters)):
            return True
    return False


def _is_in_word(text: str, at: int) -> bool:
    return text[at - 1 : at].isalpha() or text[at + 1 : at + 2].isalpha()
