"""Which sentences of its sources a statement can rest on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from medrag.grounding.facts import read_facts
from medrag.grounding.tokens import Token, is_light, tokens
from medrag.text import sentences

_MOST = 8
"""Sentences laid beside one statement at most; sources with no more are taken whole."""
_LEAST_SHARED = 2


@dataclass(frozen=True, slots=True)
class Evidence:
    """The sentences that a statement is compared with.

    Attributes:
        sentences: Their words, the nearest first.
        places: For each, the number of its source from 0 and where it begins there.
        wanted: Whether the statement names a drug or a number, and so needs any.
    """

    sentences: tuple[str, ...]
    places: tuple[tuple[int, int], ...]
    wanted: bool

    @property
    def found(self) -> bool:
        """Whether any sentence speaks of what the statement speaks of."""
        return bool(self.sentences)


@dataclass(frozen=True, slots=True)
class _Line:
    source: int
    start: int
    text: str
    words: frozenset[str]


def evidence_for(statement: str, sources: Sequence[str]) -> Evidence:
    """Return the sentences of `sources` that together say most of what `statement` says.

    The nearest sentence is taken first, then each that tells most of what is still untold: a
    statement may join two sentences of a page. Linear in the length of the sources.
    """
    facts = read_facts(statement)
    wanted = bool(facts.drugs or facts.numbers)
    lines = [line for number, text in enumerate(sources) for line in _lines(number, text)]
    if len(lines) <= _MOST:
        return _evidence(lines, wanted)
    said = _keys(tokens(statement))
    chosen = _cover(said, lines)
    return _evidence(chosen, wanted)


def _evidence(lines: Sequence[_Line], wanted: bool) -> Evidence:
    return Evidence(
        sentences=tuple(line.text for line in lines),
        places=tuple((line.source, line.start) for line in lines),
        wanted=wanted,
    )


def _cover(said: frozenset[str], lines: Sequence[_Line]) -> list[_Line]:
    """Return lines chosen one by one, each for the words that none before it has."""
    worded = sum(not key[0].isdigit() for key in said)
    least = min(_LEAST_SHARED, max(1, worded))
    near = [line for line in lines if len(said & line.words) >= least]
    chosen: list[_Line] = []
    untold = said
    while near and len(chosen) < _MOST:
        best = max(near, key=lambda line: (len(untold & line.words), len(said & line.words)))
        told = untold & best.words
        if chosen and not told:
            break
        chosen.append(best)
        near.remove(best)
        untold -= told
    return chosen


def _lines(number: int, text: str) -> Iterator[_Line]:
    for start, line, words in _read(text):
        yield _Line(number, start, line, words)


@lru_cache(maxsize=256)
def _read(text: str) -> tuple[tuple[int, str, frozenset[str]], ...]:
    found: list[tuple[int, str, frozenset[str]]] = []
    end = 0
    for span in sentences(text):
        line = span.of(text)
        start = span.start
        if "|" in line and found and "|" in found[-1][1] and not text[end:start].strip(" \n"):
            start = found.pop()[0]  # a row is read with the rows above it
            line = text[start : span.end]
        end = span.end
        found.append((start, line, _keys(tokens(line))))
    return tuple(found)


def _keys(stretch: Sequence[Token]) -> frozenset[str]:
    """Return the words and numbers that say what a sentence is about."""
    return frozenset(t.key for t in stretch if t.key[0].isdigit() or not is_light(t))
