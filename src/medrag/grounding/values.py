"""The numbers of a claim that its quotations give otherwise or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

from medrag.grounding.arms import keeps_arm, of_another_arm
from medrag.grounding.bearers import keeps_bearer
from medrag.grounding.bounds import direction, is_limiting
from medrag.grounding.context import SIDES, around, behind, chain_of, segment
from medrag.grounding.equal import Number, is_comparable, is_same
from medrag.grounding.facts import Facts
from medrag.grounding.follows import is_follow, is_of_others, patients_at, spans_bands
from medrag.grounding.owners import of_own_band
from medrag.grounding.periods import other_period, other_total, whole_each
from medrag.grounding.places import (
    FEW,
    Site,
    is_derived,
    is_idle,
    is_inside,
    nearest,
    same_sites,
    sites_of,
    stands_bare,
)
from medrag.grounding.remains import is_what_remains, other_remains
from medrag.grounding.shares import of_another_clause
from medrag.grounding.sums import is_reckoned
from medrag.grounding.tokens import content, key, tokens, within
from medrag.text.prefilter import prefiltered


class Other(NamedTuple):
    """A value of the claim that its quotations do not give; see `grounding.Ungrounded`."""

    kind: Literal["number", "comparator"]
    start: int
    end: int
    message: str
    expected: str = ""


def other_numbers(said: Facts, sources: Sequence[Facts]) -> Iterator[Other]:
    """Yield the numbers that no quotation has, bounds otherwise, or gives to something else."""
    yield from _misordered(said)
    for number in said.numbers:
        site = Site(said, number)
        same = same_sites(site, sources)
        if back := _turned_back(number, sources):
            message = f"The claim turns {site.words!r} round; its quotation says {back!r}."
            yield Other("number", number.start, number.end, message, back)
            continue
        if not same:
            yield from _missing(site, sources)
        elif apart := other_remains(said, number, [(s.facts, s.number) for s in same]):
            message = f"The claim tells {site.words!r} as what is left; its quotation: {apart!r}."
            yield Other("number", number.start, number.end, message, apart)
        elif total := (
            other_total(site, same) or other_period(site, same) or whole_each(site, same)
        ):
            yield Other("number", number.start, number.end, total, same[0].words)
        elif all(bounds_apart(site, other) or _uncapped(site, other) for other in same):
            yield from () if _is_counted_rate(number, sources) else [_bounded(site, same[0])]
        else:
            yield from _of_others(site, same, sources)


def _of_others(site: Site, same: Sequence[Site], sources: Sequence[Facts]) -> Iterator[Other]:
    """Yield a number that the quotations give to something else than the claim does."""
    said, number = site.facts, site.number
    if rival := (_of_another(site, same, sources) or _of_clause(said, number, same, sources)):
        if not (of_own_band(said, number, sources) or keeps_arm(said, number, sources)):
            message = f"The quotation has {rival!r} where the claim has {site.words!r}."
            yield Other("number", number.start, number.end, message, rival)
    elif number.quantity.unit[0] != "#" and (
        arm := of_another_arm(said, number, [(s.facts, s.number) for s in same], sources)
    ):
        message = f"The quotation gives {site.words!r} to another: {arm}."
        yield Other("number", number.start, number.end, message)


def _missing(site: Site, sources: Sequence[Facts]) -> Iterator[Other]:
    """Yield a number that no quotation writes, unless it follows from one that stands there."""
    near = nearest(site.number, sources)
    told = is_told_otherwise(site, sources) or is_inside(site.facts, site.number, sources)
    if not told and not is_idle(site, near):
        yield _absent(site, near)


def is_told_otherwise(site: Site, sources: Sequence[Facts]) -> bool:
    """Return whether a number that no quotation writes follows from what one writes."""
    said, number = site.facts, site.number
    return (
        stands_bare(number, sources)
        or _is_divided(number, sources)
        or _is_of_strength(site, sources)
        or is_derived(number, sources)
        or is_reckoned(said, number, sources)
        or is_follow(said, number, sources)
        or is_what_remains(said, number, sources)
    )


def _of_clause(said: Facts, number: Number, same: Sequence[Site], sources: Sequence[Facts]) -> str:
    """Return the number that the quotation gives to what the claim gives this one; "" if none."""
    other = of_another_clause(said, number, [(s.facts, s.number) for s in same])
    if not other or keeps_bearer(said, number, other[1], sources):
        return ""
    return Site(*other).words


_COMPARED = re.compile(
    r"[^.;]*\b(?:(?P<up>higher|more|greater|longer|larger|above)"
    r"|(?P<down>lower|less|fewer|shorter|smaller|below)) (?:[\w-]+ ){0,2}?(?:than )?(?:the )?",
    re.IGNORECASE,
)


def _misordered(said: Facts) -> Iterator[Other]:
    """Yield "23 %, higher than the 26 %": a comparison that its own numbers belie."""
    for one, two in pairwise(said.numbers):
        a, b = one.quantity, two.quantity
        between = said.text[one.end : two.start]
        match = _COMPARED.fullmatch(between) if "than" in between else None
        alike = a.unit == b.unit and a.high is b.high is None and not two.bound
        if match and alike and (a.value < b.value if match["up"] else a.value > b.value):
            words = between.strip(" ,")
            message = f"The claim says {words!r} of numbers that say the opposite."
            yield Other("comparator", one.start, two.end, message)


def _turned_back(number: Number, sources: Sequence[Facts]) -> str:
    """Return "from 22 % to 9 %" where the claim says "from 9 % to 22 %"; else ""."""
    q = number.quantity
    for site in sites_of(sources):
        other = site.number.quantity
        if q.high is not None and (q.value, q.high, q.unit) == (
            other.high, other.value, other.unit
        ):  # fmt: skip
            return site.words
    return ""


def _absent(site: Site, near: str) -> Other:
    instead = f"; they say {near!r}" if near else ""
    message = f"{site.words!r} stands in no quotation of this claim{instead}."
    return Other("number", site.number.start, site.number.end, message, near)


def _bounded(site: Site, other: Site) -> Other:
    start, end = other.number.start, other.number.end
    near = other.facts.text[max(0, start - 25) : end + 12].strip()
    message = f"The claim bounds {site.words!r} otherwise than its quotation: {near!r}."
    return Other("comparator", site.number.start, site.number.end, message, near)


def _is_of_strength(site: Site, sources: Sequence[Facts]) -> bool:
    """Return whether "5 mL" is what a quotation's strength is per: "4 mg/5 mL"."""
    return any(
        match["per"] == site.words
        for source in sources
        for match in _STRENGTH.finditer(source.text)
    )


_STRENGTH = re.compile(
    r"\d\s?(?:m?c?g|units?|IU|mmol|mEq)\s?(?:/|per|in)\s?(?P<per>\d[\d.]*\s?[a-zA-Z]+)\b"
)


def _is_divided(number: Number, sources: Sequence[Facts]) -> bool:
    """Return whether a count of doses stands in a quotation as how something is divided."""
    quantity = number.quantity
    return quantity.unit == "{dose}" and any(
        "dose" in often.text and often.per_day == quantity.value
        for source in sources
        for often in source.frequencies
    )


def _is_counted_rate(number: Number, sources: Sequence[Facts]) -> bool:
    """Return whether "no more than four" is how often a day, though four hours stand there, too."""
    q = number.quantity
    return q.unit == "1" and any(f.per_day == q.value for s in sources for f in s.frequencies)


def _lasts_until(one: Site, other: Site) -> bool:
    """Return whether it is "below 1,000 daily" of "daily until it is 1,000 or above"."""
    complement = {one.number.bound, other.number.bound} in ({"<", ">="}, {">", "<="})
    return complement and any(_UNTIL.search(s.facts.text, 0, s.number.start) for s in (one, other))


_UNTIL = re.compile(r"\buntil\b[^.;|\d]*\Z", re.IGNORECASE)


def bounds_apart(one: Site, other: Site) -> bool:
    """Return whether two bounds on one number point the opposite way."""
    a, b = one.number, other.number
    if b.quantity.high is not None and (a.quantity.high is None or {a.bound, b.bound} == _LEADING):
        return False  # "up to 400" of "above 200 to 400", "from 45 up to 75"
    mine = direction(a.bound, a.quantity.unit) or _side(one, other)
    theirs = direction(b.bound, b.quantity.unit) or _side(other, one)
    if not mine or not theirs or mine == theirs or _lasts_until(one, other):
        return False
    if _side(one, other) or _side(other, one):
        return True
    if _denies(one) != _denies(other):
        complement = {a.bound, b.bound} in ({"<", ">="}, {">", "<="})
        if complement and not _limits(one) and not _limits(other):
            return False  # "nobody under 65" of "only those of 65 and older"
    within = next((site for site in (one, other) if site.number.bound == "within"), None)
    if within is not None and _limits(within):
        return False  # "not within 14 days", "at least two weeks must pass"
    return _limits(one) == _limits(other)


_BEFORE = re.compile(r"\b(?:before|prior to|until)\s(?:week\s)?\Z", re.IGNORECASE)
_AFTER = re.compile(r"\b(?:after|beyond|past|since)\s(?:week\s)?\Z", re.IGNORECASE)
_OF_LIFE = prefiltered(r"\b(?:gestation\w*|pregnan\w+|of age|years old|of life)\b", re.IGNORECASE)


def _side(site: Site, other: Site) -> str:
    """Return which way "before 20 weeks" points where weeks count a pregnancy or a life."""
    if site.number.bound or not any(_OF_LIFE.search(s.facts.text) for s in (site, other)):
        return ""
    before = site.facts.text[max(0, site.number.start - 16) : site.number.start]
    if site.number.quantity.unit not in {"wk", "mo", "a", "#week"}:
        return ""
    return "down" if _BEFORE.search(before) else "up" if _AFTER.search(before) else ""


def _uncapped(one: Site, other: Site) -> bool:
    """Return whether the claim gives as the dose what its quotation gives as the most."""
    a, b = one.number, other.number
    capped = b.bound in {"<=", "cap"} and b.quantity.high is None
    if _CAPPING.search(one.facts.text) or not _GIVES.search(one.facts.text):
        return False
    return capped and not a.bound and _DOSE.match(a.quantity.unit) is not None


_LEADING = {"<=", "from"}
_CAPPING = prefiltered(
    r"\b(?:max\w*|limit\w*|ceilings?|cap(?:ped|s)?|exceed\w*|at most|up to|more than|over|above|top"
    r"|tops|highest|the most)\b", re.IGNORECASE,
)  # fmt: skip
_GIVES = prefiltered(
    r"\b(?:use|give|take|administer|inject|apply|start|prescribe)\b|\bdos(?:e|age) (?:is|of)\b"
    r"|\b(?:is|are|be) (?:given|taken|dosed|started)\b|\bneeds?\b", re.IGNORECASE,
)  # fmt: skip
_DOSE = re.compile(r"(?:[mukn]?g|\[[iI]U\]|mmol|meq)(?:/(?:kg|m2|d|\{dose\}))*\Z")


_DENIES = re.compile(r"\b(?:no|not|none|never|nobody|without)\b|n't\b", re.IGNORECASE)


def _denies(site: Site) -> bool:
    """Return whether a text denies elsewhere than in the words of this number's bound."""
    text, number = site.facts.text, site.number
    before = _OWN_BOUND.sub("", text[: number.start])
    return _DENIES.search(before + text[number.end :]) is not None


_OWN_BOUND = re.compile(
    r"\b(?:no|not|never)(?: to)?(?: be)? (?:less|more|fewer|greater|longer|later|earlier|sooner"
    r"|lower|higher|exceed(?:ing)?)(?: than)?\s*\Z", re.IGNORECASE,
)  # fmt: skip


def _limits(site: Site) -> bool:
    number = site.number
    place = slice(number.start, number.end)
    return is_limiting(number.bound, number.quantity.unit, site.facts.text, place)


# --- What a number is of -----------------------------------------------------------------------


def _of_another(one: Site, same: Sequence[Site], sources: Sequence[Facts]) -> str:
    """Return another number of the quotation that stands where the claim has this one.

    `5 % had nausea, 6 % headache` does not support `6 % had nausea`: the words around the
    claim's number stand, in the quotation, around another of the same sort, and none of those
    that set this one apart stand near it. Where the claim tells that other number too, the two
    have changed places or nothing has.
    """
    mine = around(*one)
    if not mine or one in same:
        return ""
    for rival in _beside(same, sources):
        alike = any(_of_one_sort(other.number, rival.number) for other in same)
        if not alike or is_same(one.number, rival.number):
            continue
        bound = one.number.bound in {"", rival.number.bound} or mine & SIDES
        told = any(is_same(n, rival.number) for n in one.facts.numbers)
        near = mine if told else segment(*one)
        if not told and is_of_others(one.facts, _patients(rival), map(_patients, same)):
            continue
        if (
            bound
            and all(_fits_better(mine, near, other, rival) for other in same)
            and not any(_told_in_order(one, other, rival) for other in same)
            and _changed_places(one, same, rival)
            and not (told and keeps_bearer(one.facts, one.number, rival.number, sources))
            and not spans_bands(one.facts, one.number, rival.number, sources)
        ):
            return rival.words
    return ""


def _patients(site: Site) -> frozenset[str]:
    return patients_at(site.facts.text, site.number.start, site.number.end)


def _changed_places(one: Site, same: Sequence[Site], rival: Site) -> bool:
    """Return whether the claim is silent of the rival, or tells it where this one stands."""
    told = [Site(one.facts, n) for n in one.facts.numbers if is_same(n, rival.number)]
    return not told or any(
        _fits_better(around(*other), segment(*other), rival, site)
        for other in told
        for site in same
    )


def _beside(same: Sequence[Site], sources: Sequence[Facts]) -> Iterator[Site]:
    """Yield the numbers around each site, and those of the other quotations, some of each."""
    holding = []
    for site in same:
        at = next(i for i, n in enumerate(site.facts.numbers) if n is site.number)
        near = site.facts.numbers[max(0, at - FEW) : at + FEW]
        yield from (Site(site.facts, number) for number in near)
        holding.append(site.facts)
    for source in sources:
        if not any(source is facts for facts in holding):
            yield from (Site(source, number) for number in source.numbers[: 2 * FEW])


def _told_in_order(one: Site, other: Site, rival: Site) -> bool:
    """Return whether claim and quotation list both numbers in the same order."""
    mine, theirs = chain_of(*one), chain_of(*other)
    if len(mine) < 2 or len(mine) != len(theirs) or not any(rival.number is n for n in theirs):
        return False
    return all(map(is_same, mine, theirs))


def _of_one_sort(other: Number, rival: Number) -> bool:
    """Return whether two numbers of the quotations could change places."""
    a, b = other.quantity.unit, rival.quantity.unit
    if a == b == "1" and _are_ratio_and_count(other, rival):
        return False  # a ratio and a count
    if (a == "1") != (b == "1") or not is_comparable(other, rival):
        return False
    # 100 ms and 24 h, 250 mg and a patient's 15 kg are never confused
    return a == b or not {a, b} & {"s", "ms", "kg"}


_LEAST_COUNT = 100


def _are_ratio_and_count(one: Number, other: Number) -> bool:
    """Return whether one number is a large count and the other has decimals: 905 and 0.57."""
    small, large = sorted((one.quantity.value, other.quantity.value))
    return large >= _LEAST_COUNT and (small % 1 == 0) != (large % 1 == 0)


_BEHIND = 80  # characters behind a number in which what it is of may stand


@lru_cache(maxsize=256)
def _subject(facts: Facts) -> frozenset[str]:
    """Return the key of the only drug a quotation names: all its numbers are of it."""
    names = {key(drug.name) for drug in facts.drugs}
    return frozenset(names) if len(names) == 1 else frozenset()


_ARMS = frozenset(map(key, (
    "active", "actively", "treated", "placebo", "vehicle", "control", "group", "groups", "arm",
)))  # fmt: skip
"""Keys of the arms of a trial, which a second outcome is told without: "and 62 % and 4 %"."""


def _fits_better(mine: frozenset[str], near: frozenset[str], other: Site, rival: Site) -> bool:
    equal, unequal = behind(*other), behind(*rival)
    if other.facts is rival.facts and equal - unequal and unequal - equal:
        return bool(mine & (unequal - equal)) and not near & (equal - unequal)
    equal, unequal = around(*other), around(*rival)
    apart = unequal - equal - _subject(other.facts)
    if other.facts is not rival.facts:
        apart -= content(tokens(other.facts.text))
        return len(mine & apart) > 1 and not near & (equal - unequal)
    own = equal - unequal - _ARMS
    text, end = rival.facts.text, rival.number.end
    right = content(within(tokens(text), end, end + _BEHIND))
    whole = mine <= unequal and not mine & equal and bool(mine & right)
    told = bool(own) or len(mine & apart) > 1 or whole
    return bool(mine & apart) and told and not near & own
