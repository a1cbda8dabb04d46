"""Rules over notions: what they look like, how they are read, where one applies."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from medrag.errors import ConfigError
from medrag.review.scope.words import Lexicon, Sentence

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_KEYS = {"kind", "why", "say", "within", "also", "unless", "frame", "guard", "guard_last"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Notions that, standing in this order, mean one thing.

    Attributes:
        kind: The closed word for what is meant (`drug-diversion`, `chest-pain`).
        why: The same as words for the person who asked; follows `the question`.
        say: The notions in order; each is a tuple of which one must stand there.
        within: The most words between two of them.
        also: Each is a tuple of which one must stand anywhere in the sentence.
        unless: Notions of which none may stand in the sentence.
        guard: Notions that, before the wrong, make it something to prevent.
        guard_last: The last notion of `say` is the wrong, not the first.
        frame: What the reader asks of the sentence besides; its words are the reader's.
    """

    kind: str
    why: str
    say: tuple[tuple[str, ...], ...]
    within: int = 5
    also: tuple[tuple[str, ...], ...] = ()
    unless: tuple[str, ...] = ()
    frame: str = ""
    guard: tuple[str, ...] = ("protect",)
    guard_last: bool = False

    def match(self, sentence: Sentence, start: int = 0) -> tuple[int, int] | None:
        """Return the first `(first, after)` words that match, none before `start`, or None."""
        return next(self.matches(sentence, start), None)

    def matches(self, sentence: Sentence, start: int = 0) -> Iterator[tuple[int, int]]:
        """Yield every match, at most one for each place of the first notion."""
        if not sentence.has(*self.say[0]):
            return
        if sentence.has(*self.unless) or not all(sentence.has(*any_of) for any_of in self.also):
            return
        rest = [_places(sentence, any_of) for any_of in self.say[1:]]
        if not all(rest):
            return
        for first, after in _places(sentence, self.say[0]):
            end = self._follow(after, rest) if first >= start else None
            if end is not None:
                yield first, end

    def _follow(self, after: int, rest: list[list[tuple[int, int]]]) -> int | None:
        """Return where the rest of the notions ends when the first one ends at `after`."""
        for places in rest:
            end = _first_from(places, after, after + self.within)
            if end is None:
                return None
            after = end
        return after


def _places(sentence: Sentence, any_of: tuple[str, ...]) -> list[tuple[int, int]]:
    if len(any_of) == 1:
        return sentence.places.get(any_of[0], [])
    return sorted(place for notion in any_of for place in sentence.places.get(notion, ()))


def _first_from(places: list[tuple[int, int]], low: int, high: int) -> int | None:
    """Return the end of the first place that begins in `[low, high]`; places are in order."""
    left, right = 0, len(places)
    while left < right:
        middle = (left + right) // 2
        if places[middle][0] < low:
            left = middle + 1
        else:
            right = middle
    return places[left][1] if left < len(places) and places[left][0] <= high else None


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The words and rules of the installed package.

    Attributes:
        emergencies, refusals: In the order they are tried; the first that applies decides.
        digest: First 12 hex digits of the SHA-256 of the files they were read from.
    """

    lexicon: Lexicon
    emergencies: tuple[Rule, ...]
    refusals: tuple[Rule, ...]
    digest: str


@lru_cache(maxsize=1)
def load() -> RuleSet:
    """Return the rule set, read once.

    Raises:
        ConfigError: A rule has an unknown key or names a notion that is not there.
    """
    folder = files("medrag.review.scope")
    raw = [
        folder.joinpath(name).read_bytes()
        for name in ("notions.toml", "emergencies.toml", "refusals.toml")
    ]
    words, emergencies, refusals = (tomllib.loads(text.decode()) for text in raw)
    notions = {name: text for part in words["notions"].values() for name, text in part.items()}
    lexicon = Lexicon(
        notions, words["irregular"], tuple(words["misspelled"]["notions"]), words["unlike"]["words"]
    )
    weights = folder.joinpath("weights.tsv").read_bytes()
    digest = hashlib.sha256(b"\0".join((*raw, weights))).hexdigest()[:12]
    return RuleSet(
        lexicon,
        tuple(_rule(row, notions) for row in emergencies["rule"]),
        tuple(_rule(row, notions) for row in refusals["rule"]),
        digest,
    )


def _rule(row: Mapping[str, Any], notions: Mapping[str, str]) -> Rule:
    rule = Rule(
        kind=row.get("kind", ""),
        why=row.get("why", ""),
        say=_any_ofs(row.get("say", "")),
        within=row.get("within", 5),
        also=_any_ofs(row.get("also", "")),
        unless=tuple(row.get("unless", "").split()),
        frame=row.get("frame", ""),
        guard=tuple(row.get("guard", "protect").split()),
        guard_last=row.get("guard_last", False),
    )
    named = {notion for any_of in (*rule.say, *rule.also, rule.unless) for notion in any_of}
    wrong = sorted(set(row) - _KEYS) + sorted(named - set(notions))
    if wrong or not (rule.kind and rule.why and rule.say):
        raise ConfigError(
            f"scope rule {rule.kind!r}: unknown {', '.join(wrong) or 'nothing'}; "
            "a rule needs kind, why and say, and names notions of notions.toml."
        )
    return rule


def _any_ofs(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(part.split("|")) for part in text.split())
