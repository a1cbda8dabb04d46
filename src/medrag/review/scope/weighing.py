"""What a question's words, taken together, speak for: a linear model, small enough to read.

No single rule knows every wording. Each word, pair of words and notion, and what the rules
decided, adds its weight for "emergency" and for "refused" against "answer"; `weights.tsv` holds
them, one a line, learned by `training.py` from questions written for this project. The same words
have the same weights everywhere, and the heaviest of them are what the reason names.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise

from medrag.core.scope import ScopeKind
from medrag.errors import ConfigError
from medrag.review.scope.frames import request_start
from medrag.review.scope.words import Sentence

WINDOW = 90
"""Words weighed at once: in a longer question, harmless words must not outweigh a harmful part."""

RULED_BONUS = 3.5
"""Added for the decision that a rule found: rules were written with a kind in view."""
UNRULED_TOLLS = (0.6, 1.2)
"""Taken from an emergency and a refusal where no rule found anything: what only the weights say
must say more; less of it for an emergency, which is worse to miss than a question to stop."""

_FRAME = frozenset(
    {"how", "many", "much", "what", "who", "where", "when", "why", "do", "does", "did", "can"}
    | {"could", "would", "should", "will", "may", "might", "must", "am", "me", "my", "you", "your"}
    | {"we", "our", "us", "he", "she", "they", "him", "her", "his", "them", "their", "need", "want"}
    | {"get", "give", "make", "tell", "about", "up", "out", "so", "if", "then", "there", "any"}
)
"""Words that build a question: they weigh, but no reason names them."""
LEAST_SAID = 0.1
"""What the three heaviest words must weigh where no rule found anything: nobody is stopped by
words that the model does not know."""

_ASKING = frozenset(
    {"f:asks", "s:?", "n:lay_first", "n:my", "n:kin", "n:pronoun", "n:bystander", "n:patient_word"}
    | {"n:command", "w:you", "w:your", "s:!"}
)

_NEUTRAL = frozenset(
    {"the", "a", "an", "of", "by", "to", "in", "on", "at", "as", "than", "more", "most", "from"}
    | {"through", "which", "between", "into", "and", "or", "with", "for", "is", "are", "was"}
    | {"were", "be", "been", "it", "its", "this", "that", "these", "those", "has", "have", "had"}
    | {"not", "no", "but", "also", "both", "such"}
)
"""Words that say nothing by themselves; pairs of words hold them still."""

_HEADER = "# weights of the scope model"


def features(sentences: Sequence[Sentence], ruled: str | None) -> set[str]:
    """Return what is weighed: `w:word`, `p:two words`, `n:notion`, `r:decision of the rules`.

    Args:
        sentences: The part of the question that is weighed.
        ruled: `decision kind` by the rules; None where their decision is not to count.
    """
    found = {"bias"}
    for sentence in sentences:
        words = ("^", *sentence.words)
        found.update(f"w:{word}" for word in sentence.words if _telling(word))
        found.update(f"p:{first} {second}" for first, second in pairwise(words))
        found.update(f"n:{notion}" for notion in sentence.places)
        found.add(f"s:{sentence.stop or 'open'}")
        found.add("f:asks" if request_start(sentence) is not None else "f:tells")
    if ruled is not None:
        found.add(f"r:{ruled.split()[0]}")
        found.add(f"r:{ruled}")
    return found


def _telling(word: str) -> bool:
    return word.isalpha() and len(word) > 1 and word not in _NEUTRAL


def windows(sentences: Sequence[Sentence]) -> Iterator[Sequence[Sentence]]:
    """Yield runs of sentences of about `WINDOW` words that together are the whole question."""
    run: list[Sentence] = []
    size = 0
    for sentence in sentences:
        if run and size + len(sentence.words) > WINDOW:
            yield run
            run, size = [], 0
        run.append(sentence)
        size += len(sentence.words)
    if run:
        yield run


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a part of a question speaks for.

    Attributes:
        decision: The decision with the largest sum.
        chances: Decision -> probability; together 1.
        heaviest: The words that weighed most for the decision, heaviest first; at most three.
    """

    decision: ScopeKind
    chances: Mapping[ScopeKind, float]
    heaviest: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Weights:
    """Feature -> its weight for `emergency` and for `refused`; `answer` weighs nothing."""

    of: Mapping[str, tuple[float, float]]

    def weigh(self, found: Set[str]) -> Weighed:
        """Return what the features speak for; ties go to `answer`."""
        known = [(feature, self.of[feature]) for feature in sorted(found) if feature in self.of]
        sums = [math.fsum(weight[side] for _, weight in known) for side in (0, 1)]
        sums = _with_rules(sums, found)
        chances = softmax(sums)
        best = max(range(3), key=lambda side: (chances[side], side == 2))
        if best < 2 and "r:answer" in found:
            unfounded = _by_words(known, best) < LEAST_SAID or _is_impersonal(found)
            best = 2 if unfounded else best
        decisions: tuple[ScopeKind, ...] = ("emergency", "refused", "answer")
        heaviest: tuple[str, ...] = ()
        if best < 2:
            said = [
                item for item in known if item[0].startswith("w:") and item[0][2:] not in _FRAME
            ]
            said.sort(key=lambda item: -item[1][best])
            heaviest = tuple(feature[2:] for feature, weight in said[:3] if weight[best] > 0)
        return Weighed(decisions[best], dict(zip(decisions, chances, strict=True)), heaviest)


def _is_impersonal(found: Set[str]) -> bool:
    """Return whether it states something of nobody in particular and asks nothing."""
    return not found & _ASKING and "s:." in found


def _by_words(known: Sequence[tuple[str, tuple[float, float]]], side: int) -> float:
    """Return what the three heaviest words weigh together for a decision."""
    words = sorted((weight[side] for feature, weight in known if feature[:2] == "w:"), reverse=True)
    return math.fsum(max(weight, 0.0) for weight in words[:3])


def _with_rules(sums: Sequence[float], found: Set[str]) -> list[float]:
    if "r:answer" in found:
        return [value - toll for value, toll in zip(sums, UNRULED_TOLLS, strict=True)]
    ruled = [f"r:{side}" in found for side in ("emergency", "refused")]
    return [value + RULED_BONUS * agrees for value, agrees in zip(sums, ruled, strict=True)]


def softmax(sums: Sequence[float]) -> list[float]:
    """Return the probabilities of emergency, refused and answer, whose sum is 0."""
    top = max(*sums, 0.0)
    powers = [math.exp(value - top) for value in (*sums, 0.0)]
    whole = math.fsum(powers)
    return [power / whole for power in powers]


@lru_cache(maxsize=1)
def load_weights() -> Weights:
    """Return the weights of the installed package, read once.

    Raises:
        ConfigError: A line is not `feature TAB emergency TAB refused`.
    """
    text = files("medrag.review.scope").joinpath("weights.tsv").read_text(encoding="utf-8")
    return read_weights(text)


def read_weights(text: str) -> Weights:
    """Return the weights written in `text`.

    Raises:
        ConfigError: A line is not `feature TAB emergency TAB refused`.
    """
    of: dict[str, tuple[float, float]] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line or line.startswith("# "):
            continue
        try:
            feature, emergency, refused = line.split("\t")
            of[feature] = (float(emergency), float(refused))
        except ValueError as error:
            raise ConfigError(
                f"scope weights, line {number}: expected a feature and two numbers. "
                "Write the file with python -m medrag.review.scope.training."
            ) from error
    return Weights(of)


def write_weights(weights: Weights, texts: str) -> str:
    """Return the weights as a file, sorted by feature; `texts` is the digest of what taught."""
    rows = (f"{name}\t{pair[0]:g}\t{pair[1]:g}\n" for name, pair in sorted(weights.of.items()))
    return f"{_HEADER}; learned from texts of SHA-256 {texts}\n" + "".join(rows)
