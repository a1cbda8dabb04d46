"""Nouns that a claim qualifies or counts otherwise than its quotations do.

"Titration phase" beside a quotation's "maintenance phase", "three trials" beside "two trials":
the noun is the same, what stands before it is not, and stands nowhere in the quotations.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from medrag.grounding.axes import AXES, COMPARISONS, EVENTS
from medrag.grounding.substitutes import senses
from medrag.grounding.tokens import Token, is_light, key, tokens, words


@dataclass(frozen=True, slots=True)
class OtherHead:
    """A qualifier or a count of the claim, and the quotation's in its stead."""

    kind: Literal["direction", "number"]
    start: int
    end: int
    source: str


_HEADS = frozenset(map(key, words("""
phase period arm cohort wall lobe trimester tumor tumour cancer carcinoma infection failure rupture
deficiency anemia inhibitor inducer antagonist agonist receptor syndrome disease surgery artery
vein valve ulcer virus acid bleeding hemorrhage edema fracture embolism infarction fibrosis
hyperplasia lymphoma leukemia sarcoma neuropathy nephropathy retinopathy cardiomyopathy pneumonia
dermatitis arthritis hepatitis meningitis thrombosis stenosis fibrillation tachycardia shock
acidosis toxicity rash oil water solution glucose transplant transplantation spray suppository
injection patch cream ointment
""")))  # fmt: skip
"""Keys of nouns that are told apart by the word before them."""
_ANY = frozenset(map(key, words("""
new other same such own known suspected possible potential underlying existing confirmed present
future recurrent previous prior current ongoing further additional first second serious common
rare typical clinical drug patient related associated induced concomitant concurrent oral daily
single human adult pediatric normal abnormal significant developing having treat treated active
fatal advanced metastatic invasive systemic local medical body initial entire whole overall full
""")))  # fmt: skip
"""Keys of words that may stand before such a noun without naming it."""


def other_heads(claim: str, sources: Sequence[str]) -> Iterator[OtherHead]:
    """Yield the words of `claim` that qualify or count a noun which the sources have otherwise."""
    told = [tokens(source) for source in sources]
    everywhere = frozenset(t.key for source in told for t in source)
    said = tokens(claim)
    spoken = frozenset(t.key for t in said)
    qualified = _qualified(told)
    counted = _counted(told)
    for at, token in enumerate(said[:-1]):
        noun = said[at + 1]
        if noun.breaks:
            continue
        others = qualified.get(noun.key, {})
        rivals = [word for k, word in others.items() if k not in spoken]
        if any(senses(token.word) & senses(rival) for rival in rivals):
            continue
        if rivals and _names(token) and not _is_akin(token.key, everywhere):
            yield OtherHead("direction", token.start, token.end, rivals[0])
        counts = _count_at(said, at)
        for count, thing in counts:
            known = counted.get(thing, {})
            if known and count not in known and len(known) == 1:
                yield OtherHead("number", token.start, token.end, next(iter(known.values())))


def _names(token: Token) -> bool:
    """Return whether a word names what kind of a thing the noun behind it is."""
    turned = token.word in AXES or token.key in AXES or token.word in COMPARISONS
    idle = is_light(token) or turned or token.word in EVENTS or token.key in _ANY
    return not idle and token.word.isalpha() and len(token.word) > _SHORT


_SHORT = 3


def _is_akin(word: str, everywhere: frozenset[str]) -> bool:
    """Return whether a word, or one that begins alike, stands in the sources."""
    return any(word[:4] == other[:4] or word in other or other in word
               for other in everywhere if len(other) > _SHORT)  # fmt: skip


def _qualified(told: Sequence[Sequence[Token]]) -> dict[str, dict[str, str]]:
    """Return, by noun, the words that the sources set before it: key to word."""
    found: dict[str, dict[str, str]] = {}
    for source in told:
        for one, noun in pairwise(source):
            if noun.key in _HEADS and not noun.breaks and _names(one):
                found.setdefault(noun.key, {})[one.key] = one.word
    return found


# --- Counts --------------------------------------------------------------------------------------

_THINGS = frozenset(map(key, words("""
trial study arm group needle vial syringe tablet capsule dose injection occasion measurement site
center session visit bolus infusion patch puff drop cycle course reading sample operation form
center session visit component factor drug agent regimen criterion patient
""")))  # fmt: skip


def _counted(told: Sequence[Sequence[Token]]) -> dict[str, dict[str, str]]:
    """Return, by noun, how many of it the sources count: value to the words."""
    found: dict[str, dict[str, str]] = {}
    for source in told:
        for at in range(len(source)):
            for count, thing in _count_at(source, at):
                found.setdefault(thing, {})[count] = source[at].word
    return found


@lru_cache(maxsize=16)
def _worded() -> frozenset[str]:
    return words("two three four five six seven eight nine ten eleven twelve")


def _count_at(source: Sequence[Token], at: int) -> Iterator[tuple[str, str]]:
    """Yield ("2", "needl") for "two safety needles"; nothing for "two of the five trials"."""
    if source[at].word not in _worded():
        return
    around = (
        source[at - 1].word if at else "",
        source[at + 1].word if at + 1 < len(source) else "",
    )
    if {"or", "of", "to", "every", "first", "times", "the"} & set(around):
        return
    for token in source[at + 1 : at + 3]:
        if token.breaks or token.key[0].isdigit():
            return
        if token.key in _THINGS:
            yield source[at].key, token.key
            return
