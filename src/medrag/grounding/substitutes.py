"""A single word that took another's place in a claim that else keeps to its quotation.

Paraphrase changes many words, or words for synonyms; a slip or an invention changes one. Where all
else that a clause of the claim says stands in one clause of its quotations, and one word does not,
the word that stands in its place there is told beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from medrag.grounding.axes import (
    AGAINST,
    AXES,
    COMPARISONS,
    DENIERS,
    FOR,
    KEEPS,
    STARTS,
    STOPS,
)
from medrag.grounding.tokens import Token, clauses, is_light, tokens, within
from medrag.grounding.tokens import words as words_of


@dataclass(frozen=True, slots=True)
class Substitute:
    """A word of the claim and the quotation's word in whose place it stands."""

    start: int
    end: int
    source: str


_FEWEST = 2
"""Words of the clause that must stand in the quotations beside the strange one."""
_MOST_STRANGE = 0.4
"""Share of a clause that may be in other words."""


def substitutes(
    claim: str, sources: Sequence[str], named: frozenset[str] = frozenset()
) -> Iterator[Substitute]:
    """Yield the single words of `claim` that stand in another's place, clause by clause.

    A word's place is told by the words right before and right behind it, the same on both sides.
    `named` are words in lower case that are compared elsewhere: drugs and brands.
    """
    beside = [within(tokens(s), *place) for s in sources for place in clauses(s)]
    everywhere = frozenset(t.key for clause in beside for t in clause)
    places: dict[_Sides, Token] | None = None
    for start, end in clauses(claim):
        words = within(tokens(claim), start, end)
        said = [t for t in words if _counts(t)]
        spoken = frozenset(t.key for t in words)
        strange = [t for t in said if not stands_in(t.key, t.word, everywhere)]
        if len(said) - len(strange) < _FEWEST or len(strange) > _MOST_STRANGE * len(said):
            continue
        for at, token in enumerate(words):
            if token in strange and _is_plain(token, named):
                places = _places(beside) if places is None else places
                other = places.get(_sides(words, at))
                strange_here = other is not None and other.key not in spoken
                alike = other is None or _are_alike(token, other) or _is_told(token, beside)
                if other and strange_here and _counts(other) and not alike:
                    yield Substitute(token.start, token.end, other.word)


def _are_alike(one: Token, other: Token) -> bool:
    """Return whether two words may be told for each other."""
    return _are_initials(one, other) or bool(senses(one.word) & senses(other.word))


def _is_told(one: Token, beside: Sequence[Sequence[Token]]) -> bool:
    """Return whether a word of the quotations, wherever it stands, may be told for this one."""
    own = senses(one.word)
    return bool(own) and any(own & senses(token.word) for clause in beside for token in clause)


def senses(word: str) -> frozenset[int]:
    """Return the groups of words told for each other that a word stands in."""
    return _akin().get(word, frozenset())


@lru_cache(maxsize=1)
def _akin() -> dict[str, frozenset[int]]:
    """Return word -> the groups of `akin_words.txt` that it stands in."""
    found: dict[str, set[int]] = {}
    lines = _AKIN.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(line for line in lines if not line.startswith("#")):
        for word in line.split():
            found.setdefault(word, set()).add(number)
    return {word: frozenset(groups) for word, groups in found.items()}


_AKIN = files("medrag.clinical") / "data" / "akin_words.txt"


def _are_initials(one: Token, other: Token) -> bool:
    """Return whether one word may be short for the other: "gi", "gastrointestinal"."""
    short, long = sorted((one.word, other.word), key=len)
    letters = iter(long)
    return len(short) <= _SHORT < len(long) and all(letter in letters for letter in short)


_SHORT = 4
_Sides = tuple[str, str, str, str]


def _places(beside: Sequence[Sequence[Token]]) -> dict[_Sides, Token]:
    """Return each word of the quotations by the words right before and behind it."""
    found: dict[_Sides, Token] = {}
    for clause in beside:
        for at, token in enumerate(clause):
            sides = _sides(clause, at)
            if sides != _NOWHERE and _is_plain(token, frozenset()):
                found.setdefault(sides, token)
    return found


_NOWHERE = ("", "", "", "")


def _sides(words: Sequence[Token], at: int) -> _Sides:
    """Return the two words on either side; nothing where they carry too little."""
    before = [words[place].key if place >= 0 else "" for place in (at - 2, at - 1)]
    after = [words[place].key if place < len(words) else "" for place in (at + 1, at + 2)]
    near = [t for t in words[max(0, at - 2) : at + 3] if t is not words[at]]
    if not before[1] or not after[0] or sum(_counts(t) for t in near) < _LEAST_NEAR:
        return _NOWHERE
    return (before[0], before[1], after[0], "")


_LEAST_NEAR = 1


def _counts(token: Token) -> bool:
    return not is_light(token) and not token.key[0].isdigit() and len(token.key) > 1


def stands_in(key: str, word: str, keys: frozenset[str]) -> bool:
    """Return whether a word with its key, or one of the same stem, stands among `keys`."""
    return key in keys or word in keys or any(_related(key, other) for other in keys)


def _related(one: str, other: str) -> bool:
    """Return whether two words share a stem, or one is the other with something before it."""
    short, long = sorted((one, other), key=len)
    if len(short) < _STEM:
        return False
    return long.startswith(short[: max(_STEM, len(short) - 2)]) or long.endswith(short)


_STEM = 4
_FUNCTION = re.compile(r"\w+(?:ly|ing|ed)\Z|(?:ones?|twice|once|else|yet|ever|per|via)\Z")


def _is_plain(token: Token, named: frozenset[str]) -> bool:
    """Return whether a word names or qualifies something: no adverb, no verb form."""
    turned = token.word in AXES or token.key in AXES or token.word in _TURNING
    known = turned or token.word in named or token.word in _MEASURES
    return not known and _FUNCTION.match(token.word) is None


_TURNING = frozenset(COMPARISONS) | FOR | AGAINST | STOPS | STARTS | KEEPS | DENIERS
_MEASURES = words_of("""
mg mcg ug kg gram grams ml min minute minutes hour hours day days week weeks month months year
years percent unit units hr hrs wk mm3 microlitre microliter microl litre liter millilitre
milliliter
""")
