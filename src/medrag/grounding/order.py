"""Which treatment comes before which: "Y if X fails", "X first, Y for those who cannot take it".

A treatment that is given where another one failed, was not tolerated or is not enough comes after
that one. A claim turns the order where the two have changed places, or where it numbers a line of
therapy otherwise than its quotations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

from medrag.grounding.bearers import Value, values_of
from medrag.grounding.facts import read_facts
from medrag.grounding.stems import stems
from medrag.grounding.tokens import between, tokens, within


class Order(NamedTuple):
    """Two treatments, the one before the other.

    Attributes:
        first, second: Beginnings of the keys of either.
        start, end: The words that order them.
        text: As written.
    """

    first: frozenset[str]
    second: frozenset[str]
    start: int
    end: int
    text: str


_UNABLE = (
    r"(?:fail\w*|(?:\w+ )?not (?:\w+ )?(?:tolerat\w+|respon\w+|work\w*|control\w*|help\w*|enough"
    r"|suffic\w*|effective|adequate\w*|improv\w*|take|use|suit\w*)|(?:cannot|can't|n't) (?:take"
    r"|use|tolerate|have|work|help|control)|unable to (?:take|use|tolerate|have)|inadequate\w*"
    r"|(?:cannot|can't|n't|do not|does not|did not|has not|have not)"
    r" (?!received|had|been|taken|undergone)(?:be )?\w+"
    r"|no (?:relief|response|effect|benefit|success)|insufficien\w*|intoleran\w+|resistan\w+ to"
    r"|refractory to|unsuccessful|ineffective"
    r"|unsuitable)"
)
_AFTER = re.compile(
    r"\b(?P<mark>if|when|once|after|until|where|(?:for|in|to|by) (?:(?:those|patients|people"
    r"|adults|children|women|men|anyone|disease|cases) ?)?(?:who|whose|in whom|that"
    r"|(?=unable|intolerant|resistant|refractory|inadequately))|(?:cases )?in which|its failure)"
    rf"\b(?P<what>[^,;.]*?\b{_UNABLE}[^,;.]*|(?<=failure))", re.IGNORECASE,
)  # fmt: skip
_AHEAD = re.compile(
    r"\b(?:comes?|goes|(?:is|are) (?:tried|used|given|offered|kept for use)) (?:ahead of|before)\b"
    r"(?P<what>[^,;.]*)", re.IGNORECASE,
)  # fmt: skip
_PART = re.compile(r"(?:[;,]|\.\s)\s*(?:(?:and|with|while|but|or)\b)?|\band\b", re.IGNORECASE)
_SENTENCE = re.compile(r"[.;](?=\s|\Z)")
_POINTS = re.compile(r"\b(?:it|that|them|this|these|its|they)\b", re.IGNORECASE)
_NUMBERED = re.compile(r"\b(?P<nth>second|third|fourth|fifth)[- ]line\b", re.IGNORECASE)
_MOST = 60
"""Orders of either side that are compared."""
_IDLE = frozenset({
    "fail", "toler", "respo", "work", "contr", "help", "adequ", "inade", "insuf", "suffi", "intol",
    "resis", "refra", "unabl", "unsui", "ineff", "unsuc", "added", "add", "consi", "reser", "kept",
    "alone", "patie", "optio", "those", "first", "treat", "thera", "itsel", "tried", "try", "come",
    "follo", "keep", "back", "avail", "diseas", "disea", "sympt", "who", "canno",
})  # fmt: skip
"""Words of order itself, which name no treatment."""


def turned_orders(claim: str, sources: Sequence[str]) -> Iterator[tuple[Order, str]]:
    """Yield each order of `claim` that `sources` tell the other way round, with their words."""
    said = orders(claim)
    told = [one for source in sources for one in orders(source)][:_MOST] if said else []
    for one in said[:_MOST]:
        if not any(one.first & o.first and one.second & o.second for o in told):
            other = next((o for o in told if one.first & o.second and one.second & o.first), None)
            if other:
                yield one, other.text
    yield from _misplaced(claim, sources) if told_ranks(claim) else ()
    own = {match["nth"].lower(): match for match in _NUMBERED.finditer(claim)}
    lines = [match for source in sources for match in _NUMBERED.finditer(source)] if own else []
    for nth, match in own.items():
        if lines and nth not in {line["nth"].lower() for line in lines}:
            yield Order(frozenset(), frozenset(), *match.span(), match[0]), lines[0][0]


def told_ranks(text: str) -> tuple[Value, ...]:
    """Return the words of a text that call a treatment first or later, with what bears them."""
    return values_of(read_facts(text), "line")


def _misplaced(claim: str, sources: Sequence[str]) -> Iterator[tuple[Order, str]]:
    """Yield a rank that the claim gives to a treatment which stands on the other side."""
    told = [one for source in sources for one in orders(source)][:_MOST]
    for rank in told_ranks(claim):
        sides = [(o.first, o.second, o) if rank.read == "first" else (o.second, o.first, o)
                 for o in told]  # fmt: skip
        own = rank.bearer - _IDLE
        other = next((o for _, wrong, o in sides if own & wrong), None)
        if other and not any(own & right for right, _, _ in sides):
            words = claim[rank.start : rank.end]
            yield Order(own, frozenset(), rank.start, rank.end, words), other.text


@lru_cache(maxsize=512)
def orders(text: str) -> tuple[Order, ...]:
    """Return what `text` gives before what, in order; what both sides share tells nothing."""
    return tuple(_orders(text))


def _orders(text: str) -> Iterator[Order]:
    yield from _ranked(text)
    for match in (*_AFTER.finditer(text), *_AHEAD.finditer(text)):
        start, end = between(_SENTENCE, text, match.start(), match.start())
        around = ((start, match.start()), (match.end(), end))
        inside = _about(text, (match.start("what"), match.end("what")))
        if not inside and not _POINTS.search(match[0]):
            continue
        if inside:
            outside = frozenset[str]().union(*(_about(text, place) for place in around))
        else:
            cut = _last_part(text, match.start())
            outside = _about(text, (cut, match.start())) | _about(text, around[1])
            ahead = max(0, cut - 2)
            inside = _about(text, (between(_SENTENCE, text, ahead, ahead)[0], cut))
        shared = inside & outside
        first, second = inside - shared, outside - shared
        if match.re is _AHEAD:
            first, second = second, first
        if first and second:
            yield Order(first, second, *match.span(), match[0])


def _ranked(text: str) -> Iterator[Order]:
    """Yield what is called first-line before what is called second-line or an alternative."""
    for one, two in combinations(told_ranks(text), 2):
        first, second = (one, two) if one.read == "first" else (two, one)
        own = first.bearer - second.bearer - _IDLE, second.bearer - first.bearer - _IDLE
        if one.read != two.read and all(own):
            yield Order(*own, first.start, first.end, text[first.start : first.end])


def _last_part(text: str, at: int) -> int:
    """Return where the part of a sentence begins that a pronoun at `at` stands in."""
    parts = [m for m in _PART.finditer(text, 0, at) if text[m.end() : at].strip()]
    return parts[-1].end() if parts else 0


def _about(text: str, place: tuple[int, int]) -> frozenset[str]:
    return stems(within(tokens(text), *place)) - _IDLE
