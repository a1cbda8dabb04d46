"""The numbers and frequencies of a claim that its quotations give otherwise or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple

from medrag.clinical.grounding_bounds import agree
from medrag.clinical.grounding_equal import FOLD, Number, ends, is_comparable, is_same
from medrag.clinical.grounding_facts import Facts, paces
from medrag.clinical.grounding_tokens import Token, content, is_light, key, tokens
from medrag.clinical.grounding_words import NUMBER_WORDS
from medrag.clinical.quantity import Frequency


class Other(NamedTuple):
    """A value of the claim that its quotations do not give; see `grounding.Ungrounded`."""

    kind: Literal["number", "comparator", "frequency"]
    start: int
    end: int
    message: str
    expected: str = ""


def other_numbers(said: Facts, sources: Sequence[Facts]) -> Iterator[Other]:
    """Yield the numbers that no quotation has, bounds otherwise, or gives to something else."""
    for number in said.numbers:
        site = Site(said, number)
        same = _same(site, sources)
        if not same:
            if not _stands_bare(number, sources) and not _is_derived(number, sources):
                yield _absent(site, _nearest(number, sources))
        elif all(_bounds_apart(number, other.number) for other in same):
            yield _bounded(site, same[0])
        elif rival := _of_another(site, same, sources):
            message = f"The quotation has {rival!r} where the claim has {site.words!r}."
            yield Other("number", number.start, number.end, message, rival)
    yield from _paces(said, sources)


def _absent(site: Site, near: str) -> Other:
    instead = f"; they say {near!r}" if near else ""
    message = f"{site.words!r} stands in no quotation of this claim{instead}."
    return Other("number", site.number.start, site.number.end, message, near)


def _bounded(site: Site, other: Site) -> Other:
    start, end = other.number.start, other.number.end
    near = other.facts.text[max(0, start - 25) : end + 12].strip()
    message = f"The claim bounds {site.words!r} otherwise than its quotation: {near!r}."
    return Other("comparator", site.number.start, site.number.end, message, near)


# --- Presence ------------------------------------------------------------------------------


class Site(NamedTuple):
    """A number in the text it stands in."""

    facts: Facts
    number: Number

    @property
    def words(self) -> str:
        """The number as written."""
        return self.facts.text[self.number.start : self.number.end]


def _sites(sources: Sequence[Facts]) -> Iterator[Site]:
    return (Site(source, number) for source in sources for number in source.numbers)


def _same(one: Site, sources: Sequence[Facts]) -> list[Site]:
    found = [site for site in _sites(sources) if is_same(one.number, site.number)]
    return found or _both_ends(one, sources)


def _both_ends(one: Site, sources: Sequence[Facts]) -> list[Site]:
    """Return the site itself where it joins numbers of a quotation, or takes a range apart."""
    if one.number.quantity.high is not None:
        low, high = ends(one.number)
        for source in sources:
            parts = [end for other in source.numbers for end in ends(other)]
            if any(is_same(low, part) for part in parts) and any(
                is_same(high, part) for part in parts
            ):
                return [one]
        return []
    for site in _sites(sources):
        parts = list(ends(site.number))
        mine = [part for part in parts if is_same(one.number, part)]
        rest = [part for part in parts if part not in mine]
        if mine and all(any(is_same(n, part) for n in one.facts.numbers) for part in rest):
            return [one]
    return []


def _stands_bare(number: Number, sources: Sequence[Facts]) -> bool:
    """Return whether a number without a unit is written in a quotation, in digits or words."""
    if number.quantity.unit != "1" or number.unit_later:
        return False
    written = number.written.lower().replace(",", "")
    word = NUMBER_WORDS.get(written, written)
    pattern = rf"(?<![\w.]){re.escape(written)}(?![\w]|\.\d)|\b{re.escape(word)}\b"
    return any(re.search(pattern, s.text.replace(",", ""), re.IGNORECASE) for s in sources)


def _is_derived(number: Number, sources: Sequence[Facts]) -> bool:
    """Return whether "doubled" is the multiple between two numbers of a quotation."""
    worded = number.quantity.unit == FOLD and (number.about or number.written[:1].isalpha())
    if not worded:
        return False
    for source in sources:
        values = [n.quantity.value for n in source.numbers if n.quantity.unit not in {"1", "a"}]
        for one in values:
            for other in values:
                if other and abs(one / other - number.quantity.value) <= Decimal("0.05") * (
                    number.quantity.value
                ):
                    return True
    return False


def _nearest(number: Number, sources: Sequence[Facts]) -> str:
    """Return the quotation's number of the same sort that a reader would compare with."""
    if number.quantity.unit == "1":
        return ""
    alike = (site for site in _sites(sources) if is_comparable(number, site.number))
    return next((site.words for site in alike), "")


def _bounds_apart(number: Number, other: Number) -> bool:
    if number is other or agree(number.bound, other.bound, number.quantity.unit):
        return False
    # one end of a range, which the claim names as such
    return other.quantity.high is None or number.quantity.high is not None


# --- What a number is of -----------------------------------------------------------------------


def _of_another(one: Site, same: Sequence[Site], sources: Sequence[Facts]) -> str:
    """Return another number of the quotation that stands where the claim has this one.

    `5 % had nausea, 6 % headache` does not support `6 % had nausea`: the words around the
    claim's number stand, in the quotation, around another of the same sort, and none of those
    that set this one apart stand around it.
    """
    mine = around(*one)
    if not mine or one in same:
        return ""
    for rival in _sites(sources):
        if any(rival.number is other.number for other in same):
            continue
        fits = (
            any(_of_one_sort(other.number, rival.number) for other in same)
            and not any(_told_in_order(one, other, rival) for other in same)
            and all(_fits_better(mine, other, rival) for other in same)
        )
        if fits and (one.number.bound in {"", rival.number.bound} or mine & _SIDES):
            return rival.words
    return ""


def _told_in_order(one: Site, other: Site, rival: Site) -> bool:
    """Return whether claim and quotation list both numbers in the same order."""
    mine, theirs = _chain(*one), _chain(*other)
    if len(mine) < 2 or len(mine) != len(theirs) or not any(rival.number is n for n in theirs):
        return False
    return all(map(is_same, mine, theirs))


def _of_one_sort(other: Number, rival: Number) -> bool:
    """Return whether two numbers of the quotations could change places."""
    a, b = other.quantity.unit, rival.quantity.unit
    if (a == "1") != (b == "1") or not is_comparable(other, rival):
        return False
    return a == b or not {a, b} & {"s", "ms"}  # 100 ms and 24 h are never confused


def _fits_better(mine: frozenset[str], other: Site, rival: Site) -> bool:
    equal, unequal = around(*other), around(*rival)
    apart = unequal - equal
    if other.facts is not rival.facts:
        apart -= content(tokens(other.facts.text))
    return bool(mine & apart) and not mine & (equal - unequal)


@lru_cache(maxsize=2048)
def around(facts: Facts, number: Number) -> frozenset[str]:
    """Return the keys of the words that a number stands among, up to the nearest breaks.

    Numbers of one list share their words; "a and b were 1 and 2, respectively" is paired; a
    number that follows "and" shares the words before the list with the one before it.
    """
    chain = _chain(facts, number)
    paired = _paired(facts, chain, number)
    if paired is not None:
        return paired
    words = tokens(facts.text)
    first = next((i for i, t in enumerate(words) if t.end > chain[0].start), len(words))
    last = next((i for i, t in enumerate(words) if t.start >= chain[-1].end), len(words))
    in_brackets = _fills_brackets(facts.text, chain[0].start, chain[-1].end)
    opened = in_brackets or facts.text[: chain[0].start].endswith(("(", "["))
    found = _left_of(facts, words, first, in_brackets=opened)
    if any(t.word in _PRONOUNS for t in found):
        found += _before_last(facts, words, first)
    if not in_brackets:
        found += _right_of(words, last)
    return _keys(found, words)


def _fills_brackets(text: str, start: int, end: int) -> bool:
    """Return whether a number stands in brackets after what it is of: "nausea (5%)"."""
    opened = text[:start].rstrip("<>≤≥~= ").endswith(("(", "["))
    return opened and re.match(r"\s?[%)\],;/]|\s?\Z", text[end : end + 2]) is not None


_NEIGHBORS = 8
_JOINS = frozenset({"and", "or", "versus", "vs", "than", "while", "compared", "but"})


def _left_of(facts: Facts, words: Sequence[Token], first: int, *, in_brackets: bool) -> list[Token]:
    found: list[Token] = []
    at = first
    if at < len(words) and words[at].breaks and not in_brackets:
        return _shared_subject(facts, words, first)
    while at > 0 and len(found) < _NEIGHBORS:
        at -= 1
        found.append(words[at])
        if words[at].breaks:
            break
    return [t for t in found if t.word not in _JOINS]


def _shared_subject(facts: Facts, words: Sequence[Token], first: int) -> list[Token]:
    """Return the words before the number that this one is coordinated with."""
    if not first or words[first - 1].word not in {"and", "or"}:
        return []
    return _before_last(facts, words, first)


_PRONOUNS = frozenset({"it", "they"})


def _before_last(facts: Facts, words: Sequence[Token], first: int) -> list[Token]:
    """Return the words before the number before this one, in the same sentence."""
    at = words[first].start if first < len(words) else len(facts.text)
    earlier = [n for n in facts.numbers if n.end < at]
    if not earlier or ". " in facts.text[earlier[-1].end : at]:
        return []
    start = next(i for i, t in enumerate(words) if t.end > earlier[-1].start)
    if start >= first:
        return []
    found: list[Token] = []
    while start > 0 and len(found) < _NEIGHBORS and not words[start].breaks:
        start -= 1
        found.append(words[start])
    return [t for t in found if t.word not in _JOINS]


def _right_of(words: Sequence[Token], last: int) -> list[Token]:
    found: list[Token] = []
    for token in words[last : last + _NEIGHBORS]:
        if token.breaks or token.word in _JOINS:
            break
        found.append(token)
    return found


_SIDES = frozenset({key("before"), key("after")})
_NAMED = frozenset(map(key, ("week", "day", "month", "year", "hour", "grade", "phase", "stage",
                             "type", "cycle", "genotype", "study", "cohort", "group")))  # fmt: skip
"""Keys of the words that a number beside them names."""
_CALENDAR = frozenset(map(key, ("day", "week", "month", "year", "hour")))


def _keys(found: Sequence[Token], words: Sequence[Token]) -> frozenset[str]:
    """Return what the words tell; a number only with the word that names it ("week 48")."""
    place = {token.start: at for at, token in enumerate(words)}
    keys = set()
    for token in found:
        at = place[token.start]
        if not token.key[0].isdigit():
            if token.key in _NAMED and at and words[at - 1].key[0].isdigit():
                continue
            if token.key in _CALENDAR:
                continue
            if not is_light(token) or token.key in _SIDES:
                keys.add(token.key)
            continue
        for beside in (at - 1, at + 1):
            if 0 <= beside < len(words) and words[beside].key in _NAMED:
                keys.add(f"{words[beside].key} {token.key}")
    return frozenset(keys)


_LISTED = re.compile(r"\brespectively\b", re.IGNORECASE)
_OPPOSED = re.compile(
    r"\s?%?,?\s?\(?(?:versus|vs\.?|compared (?:to|with)|and|or|,)\s?(?:and |or )?"
)
_AGAINST = re.compile(r"\b(?:versus|vs|compared)\b")


def _chain(facts: Facts, number: Number) -> tuple[Number, ...]:
    """Return the numbers of one sort joined to this one by "and", "versus" or commas."""
    unit = number.quantity.unit
    later = number.unit_later or unit
    alike = [n for n in facts.numbers if {unit, later} & {n.quantity.unit, n.unit_later}]
    place = next(i for i, n in enumerate(alike) if n is number)
    low = high = place
    while low > 0 and _OPPOSED.fullmatch(facts.text[alike[low - 1].end : alike[low].start]):
        low -= 1
    while high + 1 < len(alike) and _OPPOSED.fullmatch(
        facts.text[alike[high].end : alike[high + 1].start]
    ):
        high += 1
    return tuple(alike[low : high + 1])


def _paired(facts: Facts, chain: Sequence[Number], number: Number) -> frozenset[str] | None:
    """Return the words of the list item that a number of a list belongs to, else None.

    None where the numbers are not paired with items; empty where they are, but not readably.
    """
    between = facts.text[chain[0].end : chain[-1].start]
    opposed = len(chain) == 2 and _AGAINST.search(between)
    if not opposed and not _LISTED.search(facts.text):
        return None
    if len(chain) != 2:
        return frozenset()
    place = 0 if chain[0] is number else 1
    joints = {"versus", "vs", "compared", "than"} if opposed else {"and"}
    words = tokens(facts.text)
    best: tuple[int, frozenset[str]] | None = None
    for at, token in enumerate(words):
        inside = chain[0].start <= token.start < chain[-1].end
        if token.word not in joints or inside or not 0 < at < len(words) - 1:
            continue
        item = words[max(0, at - 3) : at] if place == 0 else words[at + 1 : at + 4]
        if words[at - 1].key[0].isdigit() and words[at + 1].key[0].isdigit():
            continue
        keys = frozenset(t.key for t in item if not is_light(t))
        distance = abs(token.start - chain[0].start)
        if keys and (best is None or distance < best[0]):
            best = distance, keys
    return best[1] if best else frozenset()


# --- Frequencies ---------------------------------------------------------------------------

_ONCE = re.compile(r"\b(?:single|once|one|one-time|stat)\b", re.IGNORECASE)
_DAILY = re.compile(
    r"(?<!once )(?<!twice )(?<!times )(?<!three )\bdaily\b|/\s?(?:day|d|24\s?h)\b|\bper day\b"
    r"|(?<!once )(?<!twice )(?<!times )\b(?:a|each|any|one) day\b|\b24[- ]hours?\b", re.IGNORECASE,
)  # fmt: skip
_NEEDED = re.compile(
    r"\b(?:need|necess|requir|adjust|accordingly|appropriate|warrant)", re.IGNORECASE
)


def other_frequencies(said: Facts, sources: Sequence[Facts]) -> Iterator[Other]:
    """Yield how often the claim says where no quotation says the same."""
    stated = [f for source in sources for f in source.frequencies]
    for frequency in said.frequencies:
        if any(_as_often(frequency, other) for other in stated):
            continue
        if frequency.once and any(_ONCE.search(source.text) for source in sources):
            continue
        if frequency.per_day == 1 and _is_daily(said, frequency, sources):
            continue
        needed = any(_NEEDED.search(source.text) for source in sources)
        if frequency.per_day is None and (needed or not stated):
            continue
        near = stated[0].text if stated else ""
        instead = f"; they say {near!r}" if near else ""
        message = f"{frequency.text!r} stands in no quotation of this claim{instead}."
        yield Other("frequency", frequency.start, frequency.end, message, near)


def _is_daily(said: Facts, frequency: Frequency, sources: Sequence[Facts]) -> bool:
    """Return whether "80 mg daily" is an amount that the quotations give for a day."""
    daily = [source for source in sources if _DAILY.search(source.text)]
    if re.match(r" (?:\w+ ){0,2}(?:dos|amount|total|maximum)", said.text[frequency.end :][:40]):
        return bool(daily)
    amounts = [n for n in said.numbers if 0 <= frequency.start - n.end <= 30]
    return bool(daily and not amounts) or any(
        is_same(one, other) and not _has_pace(source, other)
        for one in amounts for source in daily for other in source.numbers
    )  # fmt: skip


def _has_pace(source: Facts, number: Number) -> bool:
    """Return whether a number of a quotation is given at a frequency of its own."""
    return any(n is number and f.per_day not in {None, 1} for n, f in paces(source))


def _as_often(one: Frequency, other: Frequency) -> bool:
    if one.per_day is None and other.per_day is None:
        return one.prn == other.prn
    if one.per_day is None or other.per_day is None:
        return False
    return _near(one.per_day, other.per_day) and (
        one.per_day_low == other.per_day_low or one.per_day_low is None or other.per_day_low is None
    )


def _near(one: Decimal, other: Decimal) -> bool:
    """Return whether two rates are one: every 3 months, quarterly; 12 months, yearly."""
    return abs(one - other) <= Decimal("0.03") * other if other < 1 else one == other


_STRENGTH = re.compile(
    r"[\s-]?(?:film|tablet|capsule|vial|syringe|kit|pen\b|package|strength|tab\b|cap\b)",
    re.IGNORECASE,
)


def _paces(said: Facts, sources: Sequence[Facts]) -> Iterator[Other]:
    """Yield doses that the quotations give at another frequency, and this one at another dose."""
    stated = [(s.text, *pace) for s in sources for pace in paces(s)]
    for number, frequency in paces(said):
        same = [f for _, other, f in stated if is_same(number, other)]
        strength = any(
            is_same(number, n) and _STRENGTH.match(s.text, n.end)
            for s in sources
            for n in s.numbers
        )
        if (
            not (same or strength)
            or number.quantity.unit == FOLD
            or any(_as_often(frequency, f) for f in same)
        ):
            continue
        for text, other, often in stated:
            if _as_often(frequency, often):
                near = text[other.start : other.end]
                yield Other("number", number.start, number.end,
                            f"The quotation gives {near!r} {often.text}, not "
                            f"{said.text[number.start : number.end]!r}.", near)  # fmt: skip
                break
