"""The patterns of this room that are looked for in a whole text, or where a text ends.

`python tools/read_patterns.py` keeps what is read of them in `data/patterns.jsonl`.
"""

from __future__ import annotations

from medrag.text.readings import Readings
from medrag.text.sieve import Sieve

SIEVE = Sieve(Readings("medrag.privacy"))
sifted = SIEVE.sifted
"""Compiles a pattern that is tried only in a text that holds what it needs."""
ending = SIEVE.ending
"""Compiles a pattern for what ends where a text ends, tried only where a match can end."""
