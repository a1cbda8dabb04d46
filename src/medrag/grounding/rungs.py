"""Bounds that a claim moves to the next rung of a ladder: "below 45" of "below 30" and "30 to 45".

Where the quotations bound one thing by a value and another by the band beside it, the far end of
the band stands there, too. A claim that takes it for the bound is told of the band's statement only
where it says something of what that statement alone says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from medrag.grounding.bounds import direction
from medrag.grounding.equal import Number, is_comparable, is_same
from medrag.grounding.facts import Facts
from medrag.grounding.places import Site, sites_of
from medrag.grounding.stems import stems
from medrag.grounding.tokens import clauses, tokens, within


class Other(NamedTuple):
    """A bound of the claim that its quotations set at another value; see `grounding.Ungrounded`."""

    kind: Literal["comparator"]
    start: int
    end: int
    message: str
    expected: str


def other_rungs(said: Facts, sources: Sequence[Facts]) -> Iterator[Other]:
    """Yield the bounds of `said` that the quotations give only as the end of a band beside it."""
    bounded = [n for n in said.numbers if _way(n) and n.quantity.high is None]
    bands = [s for s in sites_of(sources) if s.number.quantity.high is not None]
    if not bounded or not bands:
        return
    single = [s for s in sites_of(sources) if s.number.quantity.high is None]
    for number in bounded:
        near = [site for site in bands if is_same(number, site.number)]
        if not near or any(is_same(number, site.number) for site in single):
            continue
        rivals = [s for s in single if _is_rung(number, s.number, near)]
        told = any(is_same(n, s.number) for s in rivals for n in said.numbers if n.bound)
        own = _about(Site(said, number))
        if (
            rivals
            and not told
            and any(_about(rival) & own for rival in rivals)
            and not any(own & _about(band) - _about(rival) for band in near for rival in rivals)
        ):
            words = said.text[number.start : number.end]
            expected = rivals[0].words
            message = f"The claim bounds by {words!r} what its quotation bounds by {expected!r}."
            yield Other("comparator", number.start, number.end, message, expected)


def _way(number: Number) -> str:
    return direction(number.bound, number.quantity.unit)


def _is_rung(number: Number, rival: Number, bands: Sequence[Site]) -> bool:
    """Return whether a bound points the same way, from the other end of a band."""
    return (
        _way(rival) == _way(number)
        and is_comparable(number, rival)
        and any(_ends_at(band.number, rival) for band in bands)
    )


def _ends_at(band: Number, rival: Number) -> bool:
    q, value = band.quantity, rival.quantity.value
    return is_comparable(rival, band) and value in {q.value, q.high}


def _about(site: Site) -> frozenset[str]:
    """Return what the clause around a number is about, or its part up to ", and"."""
    text, at = site.facts.text, site.number.start
    around = (place for place in clauses(text) if place[0] <= at < place[1])
    low, high = next(around, (0, len(text)))
    joints = [match.span() for match in _JOINT.finditer(text, low, high)]
    low = max([low, *(end for _, end in joints if end <= at)])
    high = min([high, *(start for start, _ in joints if start >= at)])
    return stems(within(tokens(text), low, high))


_JOINT = re.compile(r",? (?:and|while|whereas) (?=(?:[a-z]+ing|(?:with|for|when|if|from|at)) )|, ")
