"""Which sense of an abbreviation is meant, as far as the rest of the question tells."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from medrag.clinical.tables import items
from medrag.retrieval.understanding.questions import Question, folded
from medrag.retrieval.understanding.vocabulary import Sense, own_rows
from medrag.text.ordinary import ordinary_words

_SHORT = 2
"""An abbreviation of so few letters is a word of its own in many texts."""
_CUE, _MOST_OF_A_TOPIC = 2, 2
_UNITS, _ALWAYS_UNITS = frozenset({"hr", "hrs", "mg", "mm", "ms", "ng"}), frozenset({"Hg", "pH"})
"""Written so, they are units beside a number or a slash, or always: "mm Hg" names no illness."""
_BOTH = 2
"""Senses that are looked for together where nothing tells them apart; of more, none is."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A field of medicine: beginnings of its words, and its classes of drugs."""

    cues: tuple[str, ...]
    classes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Meant:
    """What an abbreviation stands for in one question.

    Attributes:
        senses: The sense that is meant; two where neither is told from the other; or none.
        open: It is an abbreviation, and nothing tells which of its senses is meant.
    """

    senses: tuple[Sense, ...]
    open: bool = False


class Context:
    """What a question says beside an abbreviation.

    Args:
        question: The question.
        clinical: Folded clinical names of what the question calls otherwise.
        classes: Keys of the classes of all drugs that it names.
    """

    def __init__(self, question: Question, clinical: str, classes: Collection[str]) -> None:
        self._question = question
        self._clinical = clinical
        self._classes = classes

    def meant(self, senses: Sequence[Sense], first: int, last: int) -> Meant:
        """Return what the words from `first` to `last` stand for.

        Args:
            senses: Those that they may have.
            first: Position of the abbreviation's first word.
            last: Position of its last word.
        """
        written = self._question.written(first, last)
        if self._is_unit(written, first):
            return Meant(())
        scored = [(self._score(sense, first, last), sense) for sense in senses]
        likely = [(score, sense) for score, sense in scored if self._may_be(sense, written, score)]
        best = max((score for score, _ in likely), default=0)
        meant = tuple(sense for score, sense in likely if score == best)
        if len(meant) <= _BOTH:
            return Meant(meant)
        return Meant((), open=True)

    def _is_unit(self, written: str, place: int) -> bool:
        if written not in _UNITS:
            return written in _ALWAYS_UNITS
        word, text = self._question.words[place], self._question.text
        beside = text[max(word.start - 1, 0) : word.end + 1]
        before = self._question.keys[place - 1] if place else ""
        return "/" in beside or before[-1:].isdigit() or before == "per"

    def _may_be(self, sense: Sense, written: str, score: int) -> bool:
        exact = written.removesuffix("s") == sense.short or written == sense.short
        if sense.rare and score <= exact:
            return False
        if exact and not self._question.shouts:
            return True
        letters = folded(written).replace(" ", "")
        if any(char in sense.short for char in " -/"):
            return True
        if letters in ordinary_words() or len(letters) == 1:
            told = score >= _CUE and bool(sense.cues) and len(letters) > _SHORT
            return told or (self._question.shouts and score > 0)
        return len(letters) > _SHORT or score > 0 or not (sense.cues or sense.topics)

    def _score(self, sense: Sense, first: int, last: int) -> int:
        """Return how much of the question speaks for a sense; capitals as in the table count 1."""
        written = self._question.written(first, last)
        found = int(sense.short in {written, written.removesuffix("s")})
        found += sum(_CUE for cue in sense.cues if self._speaks(cue, first, last))
        return found + sum(self._of_topic(name, first, last) for name in sense.topics)

    def _speaks(self, cue: str, first: int, last: int) -> bool:
        if cue == "#":
            beside = self._question.keys[max(first - 1, 0) : last + 3]
            return any(word[0].isdigit() for word in beside)
        return f" {cue}" in self._rest(first, last)

    def _of_topic(self, name: str, first: int, last: int) -> int:
        topic = topics()[name]
        rest = self._rest(first, last)
        told = sum(f" {cue}" in rest for cue in topic.cues)
        told += len(topic.classes.intersection(self._classes))
        return min(told, _MOST_OF_A_TOPIC)

    def _rest(self, first: int, last: int) -> str:
        keys = self._question.keys
        return f" {' '.join((*keys[:first], *keys[last + 1 :]))} {self._clinical}"


@lru_cache(maxsize=1)
def topics() -> Mapping[str, Topic]:
    """Return the fields of medicine by name."""
    return {
        row["topic"]: Topic(
            tuple(folded(cue) for cue in items(row["cues"])), frozenset(items(row["classes"]))
        )
        for row in own_rows("topics")
    }
