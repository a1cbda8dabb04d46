"""Accents printed over letters as glyphs of their own: `´e` on the page is `é`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

_OVER = {
    "`": "\u0300", "´": "\u0301", "^": "\u0302", "ˆ": "\u0302", "~": "\u0303", "˜": "\u0303",
    "¯": "\u0304", "˘": "\u0306", "˙": "\u0307", "¨": "\u0308", "˚": "\u030a", "˝": "\u030b",
    "ˇ": "\u030c", "¸": "\u0327", "˛": "\u0328",
}  # fmt: skip
_PAIR = re.compile(rf"[{re.escape(''.join(_OVER))}][^\W\d_]")
_COMPOSED = re.compile("[^\\W\\d_][\u0300-\u0328]")
_DOTLESS = str.maketrans("ıȷ", "ij")
_SHARE = 0.5  # of the narrower one's width stands over the other; an apostrophe stands beside


def accented(text: str, boxes: Callable[[Sequence[int]], NDArray[np.float64]]) -> str:
    """Return the text with each accent that stands over the next letter behind it, as a mark.

    Args:
        text: One character for each glyph, and so is what is returned.
        boxes: Takes indexes and returns rows (left, right, bottom, top).
    """
    pairs = [match.start() for match in _PAIR.finditer(text)]
    if not pairs:
        return text
    one, other = boxes(pairs), boxes([at + 1 for at in pairs])
    shared = np.minimum(one[:, 1], other[:, 1]) - np.maximum(one[:, 0], other[:, 0])
    width = np.minimum(one[:, 1] - one[:, 0], other[:, 1] - other[:, 0])
    chars = list(text)
    for at, is_over in zip(pairs, (shared > _SHARE * width).tolist(), strict=True):
        if is_over:
            chars[at : at + 2] = text[at + 1].translate(_DOTLESS), _OVER[text[at]]
    return "".join(chars)


def composed(text: str) -> str:
    """Return a text with letters and the accents over them as one character each."""
    if text.isascii():
        return text
    return _COMPOSED.sub(lambda match: unicodedata.normalize("NFC", match[0]), text)
