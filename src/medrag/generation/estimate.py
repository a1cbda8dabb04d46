"""How many tokens a text can have, where nothing is at hand that counts them."""

from __future__ import annotations

_LETTERS_PER_TOKEN = 3
"""Below what any clinical text needs (3.1 to 3.75 were measured with Gemma's vocabulary)."""


def most_tokens(text: str) -> int:
    """Return an upper estimate of the tokens of `text`, for any vocabulary with byte fallback.

    Three letters or spaces a token; every digit and mark is one of its own, as in Gemma; any
    other character has at most as many as it has bytes.
    """
    letters = sum(char.isascii() and (char.isalpha() or char == " ") for char in text)
    return -(-letters // _LETTERS_PER_TOKEN) + len(text.encode("utf-8", "replace")) - letters
