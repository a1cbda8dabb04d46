"""The forms in which a quotation is looked for: as given, unwrapped, without its final point."""

from __future__ import annotations

import re

from medrag.quotes.reading import search_key
from medrag.text import normalize

_QUOTE_MARKS = "'\"“”‘’«»`„‹›"
# Of markdown and of mail; `> Grade 2` compares.
_QUOTE_PREFIX = re.compile(
    r"\A>\s+(?=[*_]*[A-Z][A-Za-z]*[*_]*\s)(?![A-Za-z]+\s+(?:\d|[IVX]+\b)"
    r"|(?i:one|two|three|four|five|six|seven|eight|nine|ten|twelve|half|twice|thrice|double|triple"
    r"|the upper|the lower|upper|lower|ULN|LLN)\b)"
)
_EDITED_CAPITAL = re.compile(r"\A\[([^\W\d_])\]")
_UNIT_WORDS = frozenset({"m", "g", "l", "mg", "ml", "mcg", "mm", "cm", "mmol", "mol", "u", "s"})


def search_forms(quote: str, *, _again: bool = True) -> list[str]:
    """Return the search keys to try in order: as given, unwrapped, without a final point."""
    forms: list[str] = []
    unwrapped = _EDITED_CAPITAL.sub(r"\1", _QUOTE_PREFIX.sub("", quote))
    if len(unwrapped) > 2 and unwrapped[0] in _QUOTE_MARKS and unwrapped[-2] in _QUOTE_MARKS:
        unwrapped = unwrapped[:-2] + unwrapped[-1]  # the stop behind the closing mark
    bare = unwrapped.strip(_QUOTE_MARKS).strip()
    for variant in dict.fromkeys((quote, unwrapped, bare)):
        key = search_key(normalize(variant).text)[0].strip()
        if any(char.isalnum() for char in key):
            forms += [key, _other_case(key)]
    if forms and forms[-1].endswith((".", ",", ";", ":")):
        open_end = forms[-2][:-1].rstrip()
        forms += [open_end, _other_case(open_end)]
    flat = _AREA.sub(lambda m: f"{m[1]} {_POWER[m[2]]}", quote)
    for one, other in _SPACED_UNITS:
        flat = flat.replace(one, other) if one in flat else flat.replace(other, one)
    if flat != quote and _again:
        forms += search_forms(flat, _again=False)
    return list(dict.fromkeys(forms))


_SPACED_UNITS = (("mmHg", "mm Hg"),)
"""Units that are written with a space and without."""
_AREA = re.compile(
    r"\b([cmk]?m)(?:\^|<sup>)?([²³]|(?<=\^)[23]|(?<=<sup>)[23]|(?<=/[cm]m)[23]|(?<=/m)[23])"
    r"(?:</sup>)?(?![\w.,]*\w)"
)
"""A square or cubic meter; texts that lost their superscripts write it "m 2"."""
_POWER = {"²": "2", "³": "3", "2": "2", "3": "3"}


def _other_case(key: str) -> str:
    """Return `key` with the case of its first letter changed, unless it begins with a unit."""
    word = re.match(r"[^\W\d_]+", key)
    if not word or word[0].lower() in _UNIT_WORDS or word[0][1:].lower() != word[0][1:]:
        return key
    return key[0].swapcase() + key[1:] if len(key[0].swapcase()) == 1 else key
