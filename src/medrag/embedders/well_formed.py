"""Texts as every tokenizer takes them."""

from __future__ import annotations


def well_formed(text: str) -> str:
    """Return `text` with each lone surrogate, which UTF-8 cannot hold, as U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
