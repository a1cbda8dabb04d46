"""Text from a scanner: digits that were read as letters, letters that were read as digits."""

from __future__ import annotations

import re

from medrag.privacy.sieve import sifted

_NUMBERLIKE = sifted(r"(?<![\w])(?=\S{0,80}\d)[\dOoIlSB]+(?:[/().+-]+[\dOoIlSB]+){0,8}(?![\w])")
_DATELIKE = sifted(r"(?<!\w)[\dOoIl]{1,2}(?=[-\s](?:[A-Z][a-z]{2,8}|Ju1y)[-\s][\dOoIl]{4})")
_YEARLIKE = sifted(r"(?<=[a-z01][-\s])[I1l][9][\dOoIl]{2}(?!\w)|(?<=[a-z01][-\s])2[\dOo]{3}(?!\w)")
_WORDLIKE = sifted(
    r"(?<![\w-])[A-Za-z]+[017][A-Za-z]+(?:-[A-Za-z]+)?(?![\w-])|(?<!\w)0f(?!\w)"
    r"|(?<!\w)[A-Z]0B?(?!\w)"
)
_WORD_END = sifted(r"(?<![\w-])[A-Z][a-z]{4,}5(?![\w-])")
_DIGITS = str.maketrans("OoIlSB", "001158")
_LETTERS = {"0": "o", "1": "l", "7": "t", "5": "s"}


def unscanned(text: str) -> str:
    """Return `text` with what a scanner confused put right; offsets stay the same.

    "l2/O3/l957" becomes "12/03/1957", "D0B" "DOB" and "Hadd0n" "Haddon". Amounts, genes and
    scores are not touched: a letter is put right only inside a number, a digit only inside a word.
    """
    for pattern in (_NUMBERLIKE, _DATELIKE, _YEARLIKE):
        text = pattern.sub(_as_number, text)
    return _WORD_END.sub(_as_word, _WORDLIKE.sub(_as_word, text))


def _as_number(match: re.Match[str]) -> str:
    """Return a number of six characters or more put right; "I10" is a code of its own."""
    whole = len(match[0]) > 5 or match.re is not _NUMBERLIKE.whole
    return match[0].translate(_DIGITS) if whole else match[0]


def _as_word(match: re.Match[str]) -> str:
    written = match[0]
    if not re.search(
        r"[a-z][017][a-z]|[a-z]5$|^[A-Z][017][a-z]|^[A-Z]0B?$|^0f$|[A-Z]{2}[01][A-Z]{2}", written
    ):
        return written
    letters = (_LETTERS.get(char, char) for char in written)
    return "".join(char.upper() if written.isupper() else char for char in letters)
