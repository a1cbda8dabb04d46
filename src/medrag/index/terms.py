"""The words that lexical search sees, for passages and questions alike.

A clinical text is full of words that ordinary tokenizers break: `HbA1c`, `P2Y12`, `0.5`,
`500mg`, `β-blocker`. `terms` is the only tokenizer of the index, so what was indexed and what is
asked are cut in the same way. A change of its output is a new index format.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import tantivy

_LONGEST = 64
"""Longer runs are no words (base64, sequences); their first characters are kept."""

_UNITS = (
    "mcg|mg|ug|ng|kg|g|ml|dl|l|mmol|umol|mol|meq|mosm|iu|units?|mm|cm|hrs?|h|min|days?|wks?|yrs?"
)

_WORD = re.compile(
    r"\d{1,3}(?:,\d{3})+(?:\.\d+)?"  # 10,000
    # the 500 of 500mg, whose mg is the next word
    rf"|(?:\d+(?:\.\d+)?|\.\d+)(?=(?:{_UNITS})(?![^\W_]))"
    r"|(?<![\w.])\.\d+"  # .5
    r"|\d+(?:\.\d+)*(?:[^\W\d_]+\d*)*"  # 10, 0.5, 2c19, 24h3
    r"|[^\W\d_]+(?:\d+(?:\.\d+)?[^\W\d_]*)*"  # insulin, hba1c, p2y12, cha2ds2, pm2.5
    r"|[%°]"
)

_SPELLED = str.maketrans(
    {
        "α": "alpha",
        "β": "beta",
        "γ": "gamma",
        "δ": "delta",
        "ε": "epsilon",
        "κ": "kappa",
        "λ": "lambda",
        "ω": "omega",
        "μ": "u",  # the prefix micro, after compatibility folding of the micro sign
        "\u00ad": None,  # soft hyphen
        "\u200b": None,  # zero-width space
    }
)

_STEMMER = (
    tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.raw())
    .filter(tantivy.Filter.stemmer("english"))
    .build()
)


def terms(text: str) -> list[str]:
    """Return the search terms of `text`, in text order, repeats kept.

    Case, accents and typographic variants fold; Greek letters become their names, so that
    `β-blocker` and `beta-blocker` give the same two terms, and microgram is `ug` however it is
    abbreviated. Letters and digits that stand together stay together (`hba1c`, `p2y12`), but a
    number parts from the unit written onto it: `500mg` is `500`, `mg`. Decimals and thousands
    stay whole, and equal ones are one term: `1,000` is `1000`, `.50` is `0.5`, `5.0` is `5`.
    Words of letters alone lose their English ending. Everything else separates. A term holds no
    white space and at most 64 characters; none is a query operator, none is dropped as common.

    Source: the English stemmer of Snowball (Porter 2), snowballstem.org/algorithms/english.
    """
    folded = unicodedata.normalize("NFKD", text.casefold())
    if not folded.isascii():
        kept = (char for char in folded if not unicodedata.combining(char))
        folded = "".join(kept).translate(_SPELLED)
    return [_term(word) for word in _WORD.findall(folded)]


@lru_cache(maxsize=1 << 16)
def _term(word: str) -> str:
    word = word[:_LONGEST]
    if word.isalpha():
        stem = (_STEMMER.analyze(word) or [word])[0]
        return "ug" if stem == "mcg" else str(stem)
    number = word.replace(",", "")
    if number.startswith("."):
        number = "0" + number
    whole, dot, decimals = number.partition(".")
    if dot and decimals.isdigit():
        number = f"{whole}.{decimals.rstrip('0')}".rstrip(".")
    return number


FUNCTION_WORDS = frozenset(
    term
    for term in terms(
        "a about am an and are as at be been being by can could did do does for from had has have "
        "how i if in into is it its may me might must my of on or our shall should so than that "
        "the then there these this those to was we were what when where which who whom whose why "
        "will with would you your"
    )
)
"""Terms of words that carry a question rather than say what it is about; `not` and `no` do not."""
