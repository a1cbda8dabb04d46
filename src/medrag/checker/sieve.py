"""The patterns that rules look for in a text or in parts of it.

What a text must hold for each of them is looked up once a text, for all of them at once, and
`Context.search` then tries the few that it can match at all. `python tools/read_patterns.py` keeps
what is read of the patterns in `data/patterns.jsonl`.
"""

from __future__ import annotations

import re

from medrag.text.readings import Readings
from medrag.text.sieve import Sieve, Sifted

SIEVE = Sieve(Readings("medrag.checker"))
sifted = SIEVE.sifted
"""Compiles a pattern that is tried only in a text that holds what it needs."""
lacks = SIEVE.lacks
"""Returns the needs of patterns, as bits, that no part of a text meets."""


def search(text: str, pattern: Sifted, part: str) -> re.Match[str] | None:
    """Return the first match in a part of a text, tried only where the text can match."""
    return None if pattern.wanted & lacks(text) else pattern.whole.search(part)
