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
    return _words("words.txt")


@lru_cache(maxsize=1)
def rare_words() -> frozenset[str]:
    """Return further English words in lower case, seldom ones: what is here is hardly a name.

    Source: SCOWL 2020.12.07, sizes to 70, American and British, without endings that tell a word.
    """
    return _words("rare_words.txt")


def _words(name: str) -> frozenset[str]:
    text = (files("medrag.text") / "data" / name).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return frozenset("\n".join(lines).split())
