"""Words as the frames of two texts are compared by: beginnings that inflections share.

"Rehab" and "rehabilitation" begin alike; "hypokalemia" is of potassium as "low potassium" is.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from medrag.grounding.tokens import Token, is_light

_STEM = 5
_UNITS = frozenset({"hour", "daily", "weekl", "month", "yearl", "minut", "g", "mg", "gram", "ml"})
_OF_WORD = {
    "natr": "sodiu", "kal": "potas", "calc": "calci", "glyc": "gluco", "magn": "magne",
    "phos": "phosp", "thyr": "thyro", "tens": "blood",
}  # fmt: skip
_COUNTS = {
    "thrombocytop": "plate", "neutrop": "neutr", "lymphop": "lymph", "leukop": "white",
    "anem": "hemog", "corticost": "stero", "glucocort": "stero", "sugar": "gluco",
    "intranas": "nasal", "antacid": "antac", "tachyc": "heart", "bradyc": "heart",
}  # fmt: skip


@lru_cache(maxsize=8192)
def stem(key: str, word: str) -> str:
    """Return what a word is compared by: what it measures, else the beginning of its key."""
    for prefix in ("hypo", "hyper"):
        rest = word.removeprefix(prefix)
        if rest != word:
            found = next((noun for root, noun in _OF_WORD.items() if rest.startswith(root)), "")
            measured = rest[:_STEM] if rest.endswith("emia") else key[: _STEM + 4]
            return found or measured
    found = next((noun for root, noun in _COUNTS.items() if word.startswith(root)), "")
    return found or key[:_STEM]


def stems(words: Sequence[Token]) -> frozenset[str]:
    """Return what a stretch of text is about: no numbers, no units, "treat" among the rest."""
    found = {
        stem(t.key, t.word)
        for t in words
        if not t.key[0].isdigit() and (not is_light(t) or t.key == "treat")
    }
    return frozenset(found - _UNITS)
