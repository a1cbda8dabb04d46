"""Lower case that keeps offsets."""

from __future__ import annotations


def fold(text: str) -> str:
    """Return `text` in lower case, character for character, so that offsets stay true."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(one if len(one := char.lower()) == 1 else char for char in text)
