"""Ordinary English words."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files


@lru_cache(maxsize=1)
def ordinary_words() -> frozenset[str]:
    """Return 16,700 ordinary English words in lower case; some are names as well ("will").

    Source: those words of the vocabulary of BERT (uncased, Apache-2.0) that a spelling
    dictionary writes in lower case.
    """
    text = (files("medrag.text") / "data" / "words.txt").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return frozenset(word for line in lines for word in line.split())
