"""What bears each value: the words that stand nearer to it than to the next value of its sort.

"A for 5 days" in one quotation and "B for 3 days" in another, a table row after a table row, "1.5 h
fasting and 4 h after a meal": a claim that gives a value to the bearer of another one has exchanged
them, however it words the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from operator import itemgetter
from typing import Literal, NamedTuple

from medrag.clinical.quantity import Frequency
from medrag.grounding.actors import actors
from medrag.grounding.arms import keeps_arm
from medrag.grounding.axes import AXES, DENIERS, Pole
from medrag.grounding.equal import Number, is_same
from medrag.grounding.facts import Facts
from medrag.grounding.follows import is_of_others, patients_at, spans_bands
from medrag.grounding.names import named_bodies
from medrag.grounding.stems import stems
from medrag.grounding.tokens import Token, between, key, tokens, within, words

_Read = Number | Frequency | str


class Value(NamedTuple):
    """A value with what bears it.

    Attributes:
        sort: What it measures: `time`, `mass`, `often`, a unit; or the axis of a word.
        read: The number, the frequency, or where the word stands on its axis.
        start, end: Its characters.
        bearer: Beginnings of the keys of the words that are nearest to it.
        sentence: Those of the whole sentence.
        place: The text and where its sentence begins.
        topic: Those of the only drug that the text names: of every value in it.
    """

    sort: str
    read: _Read
    start: int
    end: int
    bearer: frozenset[str]
    sentence: frozenset[str]
    place: tuple[str, int]
    topic: frozenset[str]


class Exchange(NamedTuple):
    """A value that the claim gives to the bearer of another; see `grounding.Ungrounded`."""

    kind: Literal["number", "direction"]
    start: int
    end: int
    expected: str


_SORTS = {
    **dict.fromkeys(("s", "min", "h", "d", "wk", "mo", "a"), "time"),
    **dict.fromkeys(("ug", "mg", "g"), "mass"),
}
_SENTENCE = re.compile(r"(?:(?:(?<=[a-z\d)%\]])|(?<=[A-Z]{2}))\.|;)(?=\s+\S)|\n")
_JOINT = re.compile(
    r"(?P<strong>, (?:and|or|but|then|while|whereas)\b|\s\|\s)"
    r"|(?P<or>\bor\b)|(?P<plain>\b(?:and|but|then|while|whereas|versus|vs|compared|followed"
    r"|than(?! \d))\b)"
    r"|(?P<comma>,(?!\d))", re.IGNORECASE,
)  # fmt: skip
_RANKS = ("strong", "plain", "comma", "or")
_MOST = 12
"""Values of one sort and text that are looked at."""


def exchanged(said: Facts, sources: Sequence[Facts]) -> Iterator[Exchange]:
    """Yield the values of `said` whose bearers bear another value in `sources`.

    Where the claim tells both values, the two must have changed bearers with each other; where it
    tells one, the other must stand in another sentence, which alone speaks of the bearer.
    """
    for sort in _sites(said):
        sites = [site for source in sources for site in _sites(source).get(sort, ())]
        if len({str(read) for read, _, _ in sites}) < _TWO:
            continue  # nothing to change places with
        told = [value for source in sources for value in values_of(source, sort)]
        if len(told) > 1:
            yield from _exchanged(said, sort, told, sources)


def _exchanged(
    said: Facts, sort: str, told: Sequence[Value], sources: Sequence[Facts]
) -> Iterator[Exchange]:
    own = values_of(said, sort)
    for one in own:
        same = [other for other in told if _agree(one, other)]
        for rival in (other for other in told if same and other not in same):
            if (
                one.sort == "act"
                and any(_RESUMED.match(v.place[0], v.start) for v in same)
                and (_RESUMED.match(one.place[0], one.start))
            ):
                continue  # what is resumed was stopped
            if one.sort == "mass" and _per_body(rival) and not _per_body(one):
                continue  # a fixed dose beside one by body surface
            if isinstance(rival.read, Number) and is_of_others(
                said, _patients(rival), map(_patients, same)
            ):
                continue
            others = [o for o in own if _agree(o, rival)]
            if others:
                turned = all(_are_crossed((one, o), (s, rival)) for o in others for s in same)
            elif (one.sort in _AXES and one.sort != "line") or _is_daily(one):
                turned = False
            else:
                turned = _is_elsewhere(one, rival, same) and not spans_bands(
                    said, one.read, rival.read, sources
                )
            if turned and not (isinstance(one.read, Number) and keeps_arm(said, one.read, sources)):
                kind: Literal["number", "direction"] = (
                    "direction" if isinstance(one.read, str) else "number"
                )
                yield Exchange(kind, one.start, one.end, _written(rival, sources))
                break


def _patients(value: Value) -> frozenset[str]:
    return patients_at(value.place[0], value.start, value.end)


_RESUMED = re.compile(r"re(?:start|sum|introduc|commenc)", re.IGNORECASE)


def _are_crossed(said: tuple[Value, Value], told: tuple[Value, Value]) -> bool:
    """Return whether two values have exchanged what bears the one and not the other.

    What they share says nothing; what all of a sentence is about stands on one side only.
    """
    if any(_are_listed(*pair) for pair in (said, told)):
        return False  # "active or latent": in no order
    one, two = said[0].bearer - said[1].bearer, said[1].bearer - said[0].bearer
    first, second = told[0].bearer - told[1].bearer, told[1].bearer - told[0].bearer
    crossed = bool(one & second) and bool(two & first)
    return crossed and not (one & first and two & second)


def keeps_bearer(said: Facts, number: Number, rival: Number, sources: Sequence[Facts]) -> bool:
    """Return whether the claim tells both numbers, and one of them of its own bearer."""
    sort = _sort(number)
    own, told = values_of(said, sort), [v for s in sources for v in values_of(s, sort)]
    one = next((v for v in own if v.read is number), None)
    listed = any("respectively" in facts.text for facts in (said, *sources))
    if one is None or listed:
        return False
    other = next((v for v in told if v.read is rival), None)
    twos = [v for v in own if other and _agree(v, other)]
    return any(
        bool((one.bearer - two.bearer) & (same.bearer - other.bearer))
        or bool((two.bearer - one.bearer) & (other.bearer - same.bearer))
        for two in twos if two is not one and other
        for same in told if _agree(one, same) and not _are_crossed((one, two), (same, other))
    )  # fmt: skip


def _are_listed(one: Value, two: Value) -> bool:
    """Return whether two words stand side by side."""
    start, end = min(one.end, two.end), max(one.start, two.start)
    told = one.place == two.place and _EITHER.fullmatch(one.place[0][start:end])
    return isinstance(one.read, str) and (end - start <= _SIDE_BY_SIDE or bool(told))


_EITHER = re.compile(r"(?:[\s-]+[a-z]+){0,2}\s+or\s+(?:[a-z]+\s+)?", re.IGNORECASE)
"""What parts two names of one list, in whose order nothing lies."""


_SIDE_BY_SIDE = 8


def _is_elsewhere(one: Value, rival: Value, same: Sequence[Value]) -> bool:
    """Return whether another sentence alone speaks of what bears a value of the claim."""
    held = frozenset[str]().union(*(other.sentence for other in same))
    if any(rival.place == other.place for other in same):
        return False
    near = all(rival.place[0] == other.place[0] for other in same)
    carried = not all(other.topic for other in same)
    # one drug for all of a text, and for a quotation after it that names none
    mine = one.bearer - rival.topic if near or carried else one.bearer
    return bool(mine & rival.bearer - held) and not mine & held - rival.sentence


def _per_body(value: Value) -> bool:
    unit = value.read.quantity.unit if isinstance(value.read, Number) else ""
    return bool(_PER_BODY & set(unit.split("/")))


def _agree(one: Value, other: Value) -> bool:
    if isinstance(one.read, Number) and isinstance(other.read, Number):
        return is_same(one.read, other.read)
    if isinstance(one.read, Frequency) and isinstance(other.read, Frequency):
        return one.read.per_day == other.read.per_day
    return one.read == other.read


def _is_daily(value: Value) -> bool:
    """Return whether a rate is only that of an amount: "100 mg a day"; "every day" is how often."""
    often = value.read
    daily = isinstance(often, Frequency) and often.per_day == 1
    return daily and not (isinstance(often, Frequency) and _HOW_OFTEN.search(often.text))


_HOW_OFTEN = re.compile(r"\b(?:every|each)\b", re.IGNORECASE)


def _written(value: Value, sources: Sequence[Facts]) -> str:
    for source in sources:
        if value in values_of(source, value.sort):
            return source.text[value.start : value.end]
    return ""


@lru_cache(maxsize=256)
def _sites(facts: Facts) -> dict[str, list[tuple[_Read, int, int]]]:
    """Return the values of a text with their places, sort by sort."""
    found: dict[str, list[tuple[_Read, int, int]]] = {}
    for number in facts.numbers:
        borne = number.bound or _sort(number) != "1" or _counts(facts, number)
        if number.quantity.unit[0] not in "#{" and borne:
            found.setdefault(_sort(number), []).append((number, number.start, number.end))
    for often in facts.frequencies:
        if often.per_day is not None:
            found.setdefault("often", []).append((often, often.start, often.end))
    read = tokens(facts.text)
    for at, token in enumerate(read):
        pole = _pole(token)
        if pole and not any(t.word in DENIERS for t in read[max(0, at - 4) : at]):
            found.setdefault(pole.axis, []).append((pole.pole, token.start, token.end))
    for sort, name, start, end in _named(facts):
        found.setdefault(sort, []).append((name, start, end))
    for match in _FOR_EVER.finditer(facts.text):
        found.setdefault("time", []).append(("ever", *match.span()))
    return found


def _named(facts: Facts) -> Iterator[tuple[str, str, int, int]]:
    """Yield what is named and may change places with another of its sort, with that sort."""
    for drug in facts.drugs:
        if not drug.is_class:
            yield "drug", "+".join(sorted(drug.keys)), drug.start, drug.end
    for lab in facts.labs:
        yield "lab", lab.analyte, lab.start, lab.end
    for disease in facts.diseases:
        yield "disease", disease.diagnosis, disease.start, disease.end
    for actor in actors(facts.text):
        yield "actor", actor.name, actor.start, actor.end
    for name, start, end in named_bodies(facts.text):
        yield "body", name, start, end


_COUNTED = re.compile(
    r" (?:(?:(?:[a-z]+ ){0,2}(?:with|in|on|among|received|were|had)|occurred|[a-z]+s) "
    r"|[a-z]+(?: and\b|[,.;]|\Z))",
    re.IGNORECASE,
)


def _counts(facts: Facts, number: Number) -> bool:
    """Return whether a bare number counts people or events: "nine occurred in the placebo arm"."""
    if number.quantity.value != number.quantity.value.to_integral_value():
        return True  # a hazard ratio
    return number.quantity.high is None and _COUNTED.match(facts.text, number.end) is not None


@lru_cache(maxsize=1024)
def values_of(facts: Facts, sort: str) -> tuple[Value, ...]:
    """Return the values of one sort in a text with their bearers, in text order."""
    ones = sorted(_sites(facts).get(sort, [])[:_MOST], key=itemgetter(1))
    if sort in _AXES - {"line"} and len({str(read) for read, _, _ in ones}) < _TWO:
        return ()
    named = {drug.name for drug in facts.drugs}
    topic = stems(tokens(named.pop())) if len(named) == 1 else frozenset[str]()
    return tuple(
        Value(sort, read, start, end, *_bearer(facts, (low, start, end, high), sort), topic)
        for low, (read, start, end), high in _territories(facts.text, ones)
    )


_TWO = 2
_FOR_EVER = re.compile(
    r"\b(?:indefinite(?:ly)?|life-?long|for life|without (?:end|limit)|for good)\b", re.IGNORECASE
)
_AXES = words("""
line gravid menopause grade level purpose segment fraction heparin germ stroke release past phase
permanence
""")
"""Axes whose words name a bearer's class: each of them may be exchanged for the other."""
_ACTS = {
    **dict.fromkeys((key("stop"), key("hold")), Pole("act", "stop")),
    **dict.fromkeys((key("start"), key("restart"), key("resume")), Pole("act", "start")),
    **dict.fromkeys((key("reduce"), key("halve"), key("slow")), Pole("act", "less")),
    **dict.fromkeys((key("increase"), key("double"), key("doubled")), Pole("act", "more")),
    key("samedose"): Pole("act", "same"),
}  # fmt: skip


def _pole(token: Token) -> Pole | None:
    pole = AXES.get(token.word) or AXES.get(token.key)
    if pole and pole.axis in _AXES:
        return pole
    if pole and pole.axis == "pace":
        return _ACTS[key("increase") if pole.pole == "quick" else key("reduce")]
    return _ACTS.get(token.key)


def _sort(number: Number) -> str:
    unit = number.unit_later or number.quantity.unit
    if unit == "mo" and number.quantity.top >= _YEARS_LONG and number.quantity.high is not None:
        return "age"  # "one month to twelve years"
    return _SORTS.get(
        unit.split("/", maxsplit=1)[0] if _PER_BODY & set(unit.split("/")) else unit, unit
    )


_YEARS_LONG = 36
_PER_BODY = frozenset({"kg", "m2"})


def _territories(
    text: str, ones: Sequence[tuple[_Read, int, int]]
) -> Iterator[tuple[int, tuple[_Read, int, int], int]]:
    """Yield each value between the borders of what belongs to it."""
    borders = [_border(text, a[2], b[1]) for a, b in pairwise(ones)]
    for at, one in enumerate(ones):
        low = borders[at - 1][0] if at else 0
        high = borders[at][1] if at < len(borders) else len(text)
        low = max([low, *(m.end() for m in _SENTENCE.finditer(text, low, one[1] + 1))])
        ended = _SENTENCE.search(text, one[2], high)
        high = ended.start() if ended else high
        if isinstance(one[0], str) and len(ones) == 1:
            near = between(_PARTING, text, one[1], one[2])
            low, high = max(low, near[0]), min(high, near[1])
        yield low, one, high


_PARTING = re.compile(r"[,;:]\s|(?<=[a-z)])\.\s")


def _border(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where what stands between two values is parted; all is of both where nothing parts."""
    if start >= end:
        return start, end
    ended = _SENTENCE.search(text, start, end + 1)
    if ended:
        return ended.end(), ended.end()
    joints = list(_JOINT.finditer(text, start, end))
    best = min(joints, key=lambda m: _RANKS.index(m.lastgroup or "comma"), default=None)
    return (best.start(), best.start()) if best else (start, end)


def _bearer(
    facts: Facts, around: tuple[int, int, int, int], sort: str
) -> tuple[frozenset[str], frozenset[str], tuple[str, int]]:
    """Return what stands around a value between two borders, and in its sentence; that one."""
    low, start, end, high = around
    one = start, end
    text = facts.text
    whole = between(_SENTENCE, text, *one)
    near, around_it = (_keys(facts, place, one, sort) for place in ((low, high), whole))
    return near, around_it, (text, whole[0])


def _keys(facts: Facts, place: tuple[int, int], one: tuple[int, int], sort: str) -> frozenset[str]:
    inside = [t for t in within(tokens(facts.text), *place) if not one[0] <= t.start < one[1]]
    labels = {
        f"{n.quantity.value.normalize():f}-{n.quantity.top.normalize():f}"
        for n in facts.numbers
        if place[0] <= n.start < place[1] and _sort(n) != sort
    }
    sides = {t.word for t in inside if t.word in _SIDES} if sort == "time" else set()
    when = {"@late" for t in inside if t.word in _LATE} or {
        "@early" for t in inside if t.word in _EARLY
    }
    past = {"@past"} if _PAST.search(facts.text, *place) else set()
    inside = [t for t in inside if sort != "mass" or t.word != "placebo"]  # which has no dose
    return stems(inside) | labels | sides | when | past


_PAST = re.compile(
    r"\b(?:previous(?:ly)?|formerly|no longer|used to be|until now|superseded|instead of"
    r"|rather than|replac(?:es|ed|ing))\b", re.IGNORECASE,
)  # fmt: skip
"""What tells of the advice that was, beside the advice that is."""


_LATE = words("then thereafter afterwards afterward later next last subsequently followed second")
_EARLY = words("first initially initial loading starting initiation")
_SIDES = frozenset({"before", "after"})
