"""The patterns that rules look for in a text or in parts of it.

What a text must hold for each of them is looked up once a text, for all of them at once, and
`Context.search` then tries the few that it can match at all. `python tools/read_patterns.py` keeps
what is read of the patterns in `data/patterns.jsonl`.
"""

from __future__ import annotations

from medrag.text.readings import Readings
from medrag.text.sieve import Sieve

SIEVE = Sieve(Readings("medrag.checker"))
sifted = SIEVE.sifted
"""Compiles a pattern that is tried only in a text that holds what it needs."""
