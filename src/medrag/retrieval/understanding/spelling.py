"""American and British spellings of a word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from medrag.retrieval.understanding.questions import Question
from medrag.retrieval.understanding.vocabulary import own_rows
from medrag.text.ordinary import ordinary_words

_SHORTEST = 4
_ENDING = re.compile(r"i([sz])(ed?|es|ing|ations?)\Z")
_SHORTEST_ENDED = 7
_SOURCE = "spelling: general use in American and British English"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two spellings of a part of words, where it stands in them, and who says so."""

    american: str
    british: str
    place: str
    source: str

    def changed(self, word: str, *, to_british: bool) -> str:
        """Return `word` spelled the other way; itself where it has no such part."""
        old, new = (self.american, self.british) if to_british else (self.british, self.american)
        if old not in word or (to_british and self.british in word):
            return word
        if self.place == "whole":
            return new if word == old else word
        if self.place == "start":
            return new + word[len(old) :] if word.startswith(old) else word
        if self.place == "end":
            return word[: -len(old)] + new if word.endswith(old) else word
        return word.replace(old, new)


def other_spellings(question: Question) -> Iterator[tuple[int, str, str]]:
    """Yield position, other spelling and source of each word that is spelled in two ways."""
    for to_british in (True, False):
        pairs = _of_use(question.joined, to_british=to_british)
        for place, word in enumerate(question.keys):
            if len(word) < _SHORTEST:
                continue
            other, source = word, _SOURCE
            for pair in pairs:
                changed = pair.changed(other, to_british=to_british)
                if changed != other:
                    other, source = changed, f"spelling: {pair.source}"
            ended = _with_other_ending(other, to_british=to_british)
            if ended != word:
                yield place, ended, source


def _of_use(joined: str, *, to_british: bool) -> list[Pair]:
    """Return the pairs of which one part stands anywhere in the question."""
    return [pair for pair in _pairs() if (pair.american if to_british else pair.british) in joined]


def _with_other_ending(word: str, *, to_british: bool) -> str:
    """Return `hospitalised` for `hospitalized` and back, the latter only for known words."""
    match = _ENDING.search(word) if len(word) >= _SHORTEST_ENDED else None
    if match is None or (match[1] == "z") != to_british:
        return word
    other = f"{word[: match.start(1)]}{'s' if to_british else 'z'}{word[match.end(1) :]}"
    return other if to_british or other in ordinary_words() else word


@lru_cache(maxsize=1)
def _pairs() -> tuple[Pair, ...]:
    rows = own_rows("spelling")
    return tuple(Pair(r["american"], r["british"], r["place"], r["source"]) for r in rows)
