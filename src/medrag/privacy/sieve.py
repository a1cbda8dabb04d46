"""The patterns of this room that are looked for in a whole text."""

from __future__ import annotations

from medrag.text.sieve import Sieve

_SIEVE = Sieve()
sifted = _SIEVE.sifted
"""Compiles a pattern that is tried only in a text that holds what it needs."""
