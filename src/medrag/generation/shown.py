"""How a passage is shown to a model, and the way back to the passage's own words.

Prompt, grammar and parser share this one view. White space inside a sentence becomes single
spaces, invisible characters go, and what could be taken for a control token or for the
prompt's own markup is broken up by an invisible word joiner: a document that holds
`<end_of_turn>` stays text. The parser turns shown words back into the passage's own.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from medrag.core.document import Passage
from medrag.core.span import Span
from medrag.text import sentences

JOINER = "\u2060"
"""Word joiner: no width, no break, no token of any control sequence."""

# `<x`, `</x`, `<|x` and their full-width twins begin every chat markup known (Gemma, ChatML,
# Llama 3, DeepSeek) and our own passage tags; `[INST]` and kin are Mistral's. `<30` and `< 5`
# are clinical and stay.
_MARKUP = re.compile(r"<(?=[A-Za-z_/|｜!?<])|\[(?=/?[A-Z]{2,}[A-Z_]*\])")
_KEPT_FORMAT = frozenset("\u200c\u200d")  # joiners that spell words in Persian and Indic scripts


@dataclass(frozen=True, slots=True)
class Unit:
    """One quotable sentence, table row or list item.

    Attributes:
        text: As shown to the model: one line, not blank.
        span: Where it stands in the passage's text.
        breaks: Whether a line ends between the unit before and this one.
    """

    text: str
    span: Span
    breaks: bool


def inert(text: str) -> str:
    """Return `text` on one line, with nothing in it that a tokenizer or reader takes as markup."""
    visible = "".join(
        " " if char.isspace() or unicodedata.category(char) == "Cc" else char
        for char in text
        if unicodedata.category(char) != "Cf" or char in _KEPT_FORMAT
    )
    return _MARKUP.sub(lambda match: match.group() + JOINER, " ".join(visible.split()))


def units(passage: Passage) -> tuple[Unit, ...]:
    """Return the quotable units of a passage, in text order; empty where it holds no words."""
    found: list[Unit] = []
    end = 0
    for span in sentences(passage.text):
        text = inert(span.of(passage.text))
        if text:
            found.append(Unit(text, span, "\n" in passage.text[end : span.start]))
            end = span.end
    return tuple(found)


def shown(passage: Passage) -> str:
    """Return the passage as a prompt shows it: its units, with the passage's line breaks."""
    parts: list[str] = []
    for number, unit in enumerate(units(passage)):
        parts.append(("\n" if unit.breaks else " ") * (number > 0) + unit.text)
    return "".join(parts)


def source_words(quoted: str, passage: Passage) -> str:
    """Return the passage's own words where `quoted` is a run of its units as shown.

    The exact inverse of showing; anything else comes back as it is, without the joiners that
    showing put in, for the gate to judge.
    """
    wanted = " ".join(quoted.split())
    found = units(passage)
    for first, unit in enumerate(found):
        if not wanted.startswith(unit.text):
            continue
        last = _run_end(wanted, found, first)
        if last is not None:
            return passage.text[unit.span.start : found[last].span.end]
    return quoted.replace(JOINER, "")


def _run_end(wanted: str, found: tuple[Unit, ...], first: int) -> int | None:
    """Return the index of the unit that completes `wanted`, starting at `first`, or None."""
    text = ""
    for number in range(first, len(found)):
        text = f"{text} {found[number].text}" if text else found[number].text
        if text == wanted:
            return number
        if not wanted.startswith(text):
            return None
    return None
