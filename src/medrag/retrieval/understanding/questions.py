"""A question cut into the words that the tables are asked about."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

_DOTTED = re.compile(r"\b(?!(?:i\.e|e\.g|u\.s)\.)(?:[A-Za-z]\.){2,}", re.IGNORECASE)
_POSSESSIVE = re.compile(r"['\u2019]s\b")
_WORD = re.compile(r"[^\W_]+")
_MOST_WORDS = 256


def folded(text: str) -> str:
    """Return `text` as names are compared: lower case, no accents, words a space apart."""
    lower = text.casefold()
    if lower.isalpha() and lower.isascii():
        return lower
    if not lower.isascii():
        parts = unicodedata.normalize("NFKD", lower)
        lower = "".join(char for char in parts if not unicodedata.combining(char))
    return " ".join(_WORD.findall(lower))


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a question.

    Attributes:
        start, end: Offsets into the question's `text`.
        written: As it stands there.
        key: Folded, as names are compared.
    """

    start: int
    end: int
    written: str
    key: str


class Question:
    """A question and its words.

    Attributes:
        text: The question with `b.i.d.` as `BID` and without possessive endings; `i.e.`, `e.g.`
            and `U.S.` stay, for `IE` and `US` have other senses.
        words: In text order; of a longer text the first 256, the rest is searched as it is.
    """

    def __init__(self, text: str) -> None:
        undotted = _DOTTED.sub(lambda match: match[0].replace(".", "").upper(), text)
        self.text = _POSSESSIVE.sub("", undotted)
        self.words = tuple(
            Word(match.start(), match.end(), match[0], folded(match[0]))
            for match in islice(_WORD.finditer(self.text), _MOST_WORDS)
        )

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The folded words, in text order."""
        return tuple(word.key for word in self.words)

    @cached_property
    def joined(self) -> str:
        """The folded words, each with a space before it, and one at the end."""
        return f" {' '.join(self.keys)} "

    @cached_property
    def shouts(self) -> bool:
        """Whether all letters are capitals, so that capitals tell nothing."""
        return self.text.isupper() and len(self.words) > 2

    def written(self, first: int, last: int) -> str:
        """Return the text from word `first` to word `last`, both included."""
        return self.text[self.words[first].start : self.words[last].end]

    def holds(self, phrase: str) -> bool:
        """Return whether words of a folded phrase stand in the question, one after another.

        The last of them may go on ("relaps" stands in "relapsing").
        """
        return f" {phrase}" in self.joined
