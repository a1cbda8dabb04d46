"""Titles of drug labels: names as they are written in print, not in a database's capitals."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_SHORT = 3  # letters: `SR`, `XR` and `HCL` keep their capitals in a name
_SMALL = frozenset({"and", "for", "in", "of", "or", "the", "with"})


def product_title(brand: str, generic: str) -> str:
    """Return `Brand (generic)`, or the one of the two that there is.

    The generic name is left out where the brand says it already. Names in capitals throughout are
    written with one at the start of each word (brands) or none (generic names); no letter changes.
    """
    if not brand or not generic:
        return readable(brand or generic)
    if generic.casefold() in brand.casefold():
        return readable(brand)
    return f"{readable(brand)} ({_lowered(generic)})"


def readable(name: str) -> str:
    """Return a name without capitals throughout: `Rythmol SR` for `RYTHMOL SR`."""
    return _WORD.sub(_capitalized, name) if name.isupper() else name


def _capitalized(match: re.Match[str]) -> str:
    word = match[0]
    if word.lower() in _SMALL and match.start():
        return word.lower()
    return word if len(word) <= _SHORT and match.start() else word.capitalize()


def _lowered(name: str) -> str:
    if not name.isupper():
        return name
    return " ".join(w if any(map(str.isdigit, w)) else w.lower() for w in name.split())
