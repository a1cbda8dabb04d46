"""The words that lexical search sees, for passages and questions alike.

A clinical text is full of words that ordinary tokenizers break: `HbA1c`, `P2Y12`, `0.5`,
`beta-blocker`, `β`. `terms` is the only tokenizer of the index, so what was indexed and what is
asked are cut in the same way.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_LONGEST = 64
"""Longer runs are no words (base64, long sequences); their first characters are kept."""

_WORD = re.compile(
    r"\d+(?:[.,]\d+)*(?:[^\W\d_]+\d*)*"  # 10, 0.5, 1,000, 500mg, 2c19
    r"|[^\W\d_]+(?:\d+(?:\.\d+)?[^\W\d_]*)*"  # insulin, hba1c, p2y12, cyp2d6, b12
    r"|[%°]"
)

_GREEK = {
    "α": "alpha",
    "β": "beta",
    "γ": "gamma",
    "δ": "delta",
    "ε": "epsilon",
    "κ": "kappa",
    "λ": "lambda",
    "ω": "omega",
    "μ": "u",  # the prefix micro: µg is written ug or mcg
}

_SPELLED = str.maketrans({**_GREEK, "’": "'", "‘": "'", "\u00ad": None, "\u200b": None})


def terms(text: str) -> list[str]:
    """Return the search terms of `text`, in text order, repeats kept.

    Case, accents and typographic variants fold; Greek letters become their names (`β-blocker`
    and `beta-blocker` give the same two terms) and the micro sign becomes `u`. Letters and
    digits that stand together stay together (`hba1c`, `p2y12`, `500mg`), decimals and thousands
    stay whole, and plurals fold onto their singular. Everything else separates. A term holds no
    white space and at most 64 characters.
    """
    folded = unicodedata.normalize("NFKD", text.casefold())
    if not folded.isascii():
        folded = "".join(c for c in folded if not unicodedata.combining(c)).translate(_SPELLED)
    return [_stem(word) for word in _WORD.findall(folded)]


@lru_cache(maxsize=1 << 16)
def _stem(word: str) -> str:
    """Fold an English plural onto its singular.

    Source: the S stemmer of Harman, JASIS 42(1), 1991, doi:10.1002/(SICI)1097-4571(199101)42:1.
    """
    word = word.replace(",", "")[:_LONGEST]
    if len(word) < 4 or not word.endswith("s"):
        return word
    if word.endswith("ies") and not word.endswith(("eies", "aies")):
        return word[:-3] + "y"
    if word.endswith(("us", "ss", "is")):
        return word
    return word[:-1]
