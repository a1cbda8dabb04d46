"""How much each word of a question counts, and the most that a passage could reach.

Every lexical search weighs by this, whatever engine finds the passages: scores are shares of one
ceiling, so they mean the same everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from medrag.core.understanding import Added
from medrag.index.terms import FUNCTION_WORDS, terms

K1, B = 1.2, 0.75
"""BM25's constants."""

TEXT_TIMES, CONTEXT_TIMES = 3, 12
"""How often the words of a passage and of its context are counted.

Words counted thrice are weighed as by k1 = 0.4: that a passage holds a word counts for more, how
often it does for less. Title and headings count four times as much.
"""

MOST = K1 + 1
"""The largest share of its rarity that one word can add."""

_FUNCTION_WEIGHT = 0.3


def weighed_terms(context: str, text: str) -> list[list[str]]:
    """Return the terms of a passage's context and of its text, as often as they are counted."""
    return [terms(context) * CONTEXT_TIMES, terms(text) * TEXT_TIMES]


def weight_of(word: str) -> float:
    """Return how much a word counts beside its rarity."""
    return _FUNCTION_WEIGHT if word in FUNCTION_WORDS else 1.0


def rarity(passages: int, often: int) -> float:
    """Return BM25's inverse document frequency of a word that `often` of `passages` hold."""
    return math.log1p(max(passages - often + 0.5, 0.5) / (often + 0.5))


@dataclass(frozen=True, slots=True)
class Weighing:
    """Weighs the words of questions to one index.

    Attributes:
        passages: How many passages the index holds.
        frequencies: Gives in how many of them each word stands.
    """

    passages: int
    frequencies: Callable[[Sequence[str]], list[int]]

    def weigh(self, text: str, added: Sequence[Added]) -> tuple[dict[str, float], float]:
        """Return all words to look for with their weights, and what they can reach together.

        What was added counts as much as the words that it stands for, at most, where any passage
        holds those: a rare or long name never drowns the word that was asked. In the sum the
        heavier of the two counts, so words asked that no passage holds cost nothing then; what
        stands for nothing asked comes on top.
        """
        left = dict.fromkeys(terms(text))
        weights, reached = {word: weight_of(word) for word in left}, 0.0
        for asked, others in _by_asked(added):
            own = self._rarity(terms(asked), held=True)
            heaviest = self._rarity(_taken(left, asked), held=True)
            for more in others:
                words = terms(more.text)
                theirs = self._rarity(words, held=True)
                weight = more.weight * (own / theirs if 0 < own < theirs else 1.0)
                heaviest = max(heaviest, weight * theirs)
                for word in words:
                    weights[word] = max(weights.get(word, 0.0), weight * weight_of(word))
            reached += heaviest if asked else 0.0
        return weights, MOST * (reached + self._rarity(left)) or 1.0

    def _rarity(self, words: Iterable[str], *, held: bool = False) -> float:
        """Return the sum of the words' weights; where `held`, of those that some passage holds."""
        known = list(dict.fromkeys(words))
        return math.fsum(
            weight_of(word) * rarity(self.passages, often)
            for word, often in zip(known, self.frequencies(known), strict=True)
            if often or not held
        )


def _taken(left: dict[str, None], asked: str) -> list[str]:
    """Take the words of `asked` out of `left`, and return them."""
    own = [word for word in dict.fromkeys(terms(asked)) if word in left]
    for word in own:
        del left[word]
    return own


def _by_asked(added: Sequence[Added]) -> list[tuple[str, list[Added]]]:
    """Return what was added, grouped by what it stands for; what stands for nothing, alone."""
    groups: dict[str, list[Added]] = {}
    for more in added:
        if more.asked:
            groups.setdefault(more.asked, []).append(more)
    return [*groups.items(), *((more.asked, [more]) for more in added if not more.asked)]
