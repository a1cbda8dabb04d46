"""Whether a prompt and its reply have room in a model's context."""

from __future__ import annotations

from medrag.core.prompt import Decoding
from medrag.errors import InputError

_LETTERS_PER_TOKEN = 3
"""Below what any clinical text needs (3.1 to 3.75 were measured with Gemma's vocabulary)."""
_WORDS = (
    *("context length", "context_length", "context size", "context_size", "context window"),
    *("max_model_len", "max_new_tokens", "max_total_tokens"),
    *("prompt is too long", "prompt too long", "input is too long"),
)


def most_tokens(text: str) -> int:
    """Return an upper estimate of the tokens of `text`, for any vocabulary with byte fallback.

    Three letters or spaces a token; every digit and mark is one of its own, as in Gemma; any
    other character has at most as many as it has bytes.
    """
    letters = sum(char.isascii() and (char.isalpha() or char == " ") for char in text)
    return -(-letters // _LETTERS_PER_TOKEN) + len(text.encode("utf-8", "replace")) - letters


def must_fit(prompt_tokens: int, decoding: Decoding, context_tokens: int) -> None:
    """Refuse a prompt that leaves no room for its reply.

    Raises:
        InputError: It does not fit.
    """
    if prompt_tokens + decoding.reply_tokens > context_tokens:
        raise InputError(
            f"The prompt has up to {prompt_tokens} tokens and the reply may have "
            f"{decoding.reply_tokens}; the context holds {context_tokens}. Give fewer passages "
            "or a shorter reply."
        )


def says_too_long(words: str) -> bool:
    """Return whether what a model's software says, in lower case, is that a prompt is too long."""
    return any(word in words for word in _WORDS)
