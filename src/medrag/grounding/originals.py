"""Sentences as they are told again: what each is about, beside its values.

A sentence tells another one again where each has nearly all words of the other, in whatever order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from medrag.clinical.quantity import Frequency
from medrag.grounding.equal import Number
from medrag.grounding.facts import Facts, read_facts, read_values
from medrag.grounding.substitutes import senses, stands_in
from medrag.grounding.tokens import Token, content, key, tokens, within
from medrag.grounding.tokens import words as words_of


@dataclass(frozen=True, slots=True, eq=False)
class Sentence:
    """One sentence of a text, as it is told again.

    Attributes:
        facts: Those of the text that it stands in.
        words: Its words and numbers.
        about: Keys of what it is about, without values and units.
        numbers, frequencies: Its own.
    """

    facts: Facts
    words: tuple[Token, ...]
    about: frozenset[str]
    numbers: tuple[Number, ...]
    frequencies: tuple[Frequency, ...]

    @property
    def start(self) -> int:
        """Where its first word begins."""
        return self.words[0].start

    @property
    def end(self) -> int:
        """Where its last word ends."""
        return self.words[-1].end


_UNITS = frozenset(
    map(key, words_of("""
mg g kg mcg ug ml l minute minutes hour hours day days week weeks month months year years daily
weekly monthly hourly percent per cent mm cm time times once twice thrice bid tid qid fold
one two three four five six seven eight nine ten eleven twelve age aged old older younger least
minimum maximum greater less equal more than
"""))
)  # fmt: skip
"""What values are written with, which are held to each other as values."""
_SPEAKING = frozenset(
    map(key, words_of("""
short brief summary sum cited document documents guideline guidelines guidance leaflet monograph
reference references published insert prescribing label labeling labelling stated said says per
according puts put quoted quoting quotation quotations passages excerpts citation citations extract
extracts wording noted notes writes written
see table tables figure figures section sections
"""))
)  # fmt: skip
"""What an answer says of its source: "according to the cited document"."""
_LEAST_ALIKE = 0.5
_NEARLY = 0.15
"""How much less alike another sentence may be that the claim may tell as well."""
_MOST_STRANGE = 0.12
"""Share of the claim's words that may be others; one may always be."""
_MOST_MISSING = 0.25
"""Share of the original's words that may be left out; two may always be."""
_FEWEST = 2
"""Words and values of a sentence that can be told again."""


def originals(one: Sentence, told: Sequence[Sentence]) -> list[Sentence]:
    """Return the sentences that `one` may tell again: the one most alike, and those nearly so."""
    alike = [(_alike(one, other), other) for other in told]
    least = max(_LEAST_ALIKE, max((share for share, _ in alike), default=0) - _NEARLY)
    return [other for share, other in alike if share >= least]


def differences(one: Sentence, other: Sentence) -> tuple[list[str], list[str]] | None:
    """Return what `one` has for its own and what it leaves out, if it tells `other` again."""
    strange, missing = _left(one, other), _left(other, one)
    if len(strange) > max(1, _MOST_STRANGE * len(one.about)) or len(missing) > max(
        2, _MOST_MISSING * len(other.about)
    ):
        return None
    return strange, missing


_LEAST_SHARED = 4
"""Words in common from which on a sentence is known to be one told again."""


def tells_again(text: str, at: int, quotes: Sequence[str]) -> bool:
    """Return whether the sentence of `text` around `at` tells one of the quotations again.

    What such a sentence says is said of what its original is about, not of the patient at hand.
    """
    told = [one for quote in quotes for one in read_sentences(read_facts(quote))]
    return any(
        len(one.about & other.about) >= _LEAST_SHARED and differences(one, other) is not None
        for one in read_sentences(read_facts(text)) if one.start <= at < one.end
        for other in originals(one, told)
    )  # fmt: skip


@lru_cache(maxsize=256)
def read_sentences(facts: Facts) -> tuple[Sentence, ...]:
    """Return the sentences of a text, and behind each the parts that semicolons make of it."""
    return tuple(
        one for place in _places(facts.text) if (one := _sentence(facts, *place)) is not None
    )


def _places(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for end in (*(match.start() for match in _END.finditer(text)), len(text)):
        yield start, end
        cuts = [match.start() for match in _PART.finditer(text, start, end)]
        if cuts:
            yield from pairwise((start, *cuts, end))
        start = end


_END = re.compile(r"(?:(?<=[a-z\d)%\]])|(?<=[a-z)%\]] )|(?<=[A-Z]{2}))\.(?=\s+\S)|\n| \| ")
_PART = re.compile(r";(?=\s)(?!(?:[^()\[\]]|\([^()]*\)|\[[^\[\]]*\])*[)\]])")


def _sentence(facts: Facts, start: int, end: int) -> Sentence | None:
    words = within(tokens(facts.text), start, end)
    numbers = tuple(n for n in facts.numbers if start <= n.start < end)
    rates = tuple(part for f in facts.frequencies if start <= f.start < end for part in _parts(f))
    valued = [(n.start, n.end) for n in numbers] + [(rate.start, rate.end) for rate in rates]
    about = content([t for t in words if not any(a <= t.start < b for a, b in valued)])
    about -= _UNITS | _SPEAKING
    if not about or len(about) + len(valued) < _FEWEST:
        return None
    return Sentence(facts, words, about, numbers, rates)


_TWO_RATES = re.compile(r"(?:daily|(?:a|per|each) day) (?=every|each|once|twice)", re.IGNORECASE)


def _parts(rate: Frequency) -> Iterator[Frequency]:
    """Yield "daily every 2 weeks", an amount of a day that is changed so often, as its two."""
    match = _TWO_RATES.match(rate.text)
    if match is None:
        yield rate
        return
    for text, at in ((match[0].rstrip(), 0), (rate.text[match.end() :], match.end())):
        for part in read_values(text)[1]:
            start = rate.start + at
            yield replace(part, start=start + part.start, end=start + part.end)


def _alike(one: Sentence, other: Sentence) -> float:
    """Return the share of the words of two sentences that both have."""
    return len(one.about & other.about) / len(one.about | other.about)


def _left(one: Sentence, other: Sentence) -> list[str]:
    """Return what one sentence is about and the other is not, in any word for it."""
    words = {token.key: token.word for token in (*one.words, *other.words)}
    return [
        key for key in sorted(one.about - other.about)
        if not stands_in(key, words[key], other.about)
        and not any(senses(words[key]) & senses(words.get(o, o)) for o in other.about)
    ]  # fmt: skip
