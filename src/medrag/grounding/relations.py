"""What stands first and what second: in time, in amount, in preference.

"A before B", "B after A" and "A, then B" are one relation; so are "more with A than with B", "less
with B than with A" and "12 % with A and 8 % with B". A claim turns a relation where the two sides
have changed places, whatever words it is told in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from medrag.grounding.axes import AXES
from medrag.grounding.chosen import (
    PREFERS,
    SWITCHES,
    from_to,
    in_figures,
    is_choice,
    is_lessening,
    is_of_number,
    preference,
)
from medrag.grounding.counted import counted, in_steps
from medrag.grounding.facts import read_facts
from medrag.grounding.sides import MOST_SIDE, NOBODY, SPANS, Relation, side
from medrag.grounding.times import EARLIER, LATER, in_time, left_side, main_side, right_side
from medrag.grounding.tokens import Token, clauses, key, tokens, within
from medrag.grounding.tokens import words as words_of


@dataclass(frozen=True, slots=True)
class Reversal:
    """A relation of the claim that its quotations tell the other way round."""

    start: int
    end: int
    source: str


def reversals(claim: str, sources: Sequence[str]) -> Iterator[Reversal]:
    """Yield the relations of `claim` whose sides stand the other way round in `sources`."""
    every = [one for source in sources for one in relations(source)]
    halves = [one for one in every if _is_one_sided(one)]
    told = [one for one in every if one.axis != "amount" or (one.first and one.second)]
    told += [one for source in sources for one in in_steps(source)]
    in_numbers = [(one, source) for source in sources for one in counted(read_facts(source))]
    own = (*relations(claim), *in_steps(claim))
    for relation in own:
        if _is_one_sided(relation) and any(_tells_side(relation, one) for one in halves):
            continue
        alike = [one for one in told if _are_alike(relation, one)]
        if any(_stand_alike(relation, one) for one in alike):
            continue
        if relation.axis == "amount":
            alike += in_figures(relation, in_numbers)
        fits = [(*_fit(relation, other), other) for other in alike]
        fits = [one for one in fits if max(one[:2]) > 0]
        if not fits:
            continue
        straight, crossed, other = max(fits, key=lambda one: max(one[:2]))
        sides = (relation.first, relation.second, other.first, other.second)
        bare = relation.axis == "course" or any(side <= _COURSE for side in sides)
        least = _LEAST_BARE if bare else _LEAST
        turned = crossed > straight and crossed >= least and crossed > max(one[0] for one in fits)
        rest = (one for one in own if one is not relation and one.axis == other.axis)
        if turned and not any(_fit(one, other)[0] >= crossed for one in rest):  # told, too
            yield Reversal(relation.start, relation.end, other.word)


def _is_one_sided(one: Relation) -> bool:
    return one.axis == "amount" and bool(one.first) and not one.second


def _tells_side(one: Relation, other: Relation) -> bool:
    """Return whether one side alone is more in both: "more common with A", "more often on A"."""
    return one.lessened == other.lessened and len(one.first & other.first) >= _SAME_SIDE


_SAME_SIDE = 3
"""Words of a side, the matter with it."""


def _are_alike(one: Relation, other: Relation) -> bool:
    """Return whether two relations are of one axis; "then" and "before" only with full sides."""
    if one.axis == other.axis:
        return True
    full = all((one.first, one.second, other.first, other.second))
    return full and {one.axis, other.axis} == {"time", "sequence"}


def _stand_alike(one: Relation, other: Relation) -> bool:
    """Return whether what stands nearest to both relating words is on the same sides.

    "Stays on for 12 hours before it is washed off" is "wash off after 12 hours".
    """
    return all(mine & theirs for mine, theirs in zip(one.near, other.near, strict=True)) and not (
        one.near[0] & other.near[1] or one.near[1] & other.near[0]
    )


_COURSE = frozenset({"dose", "treat", "dosed", "singl", "divid", "tablet", "drug", "capsul"})
"""Keys that say only that something is given."""
_LEAST = 2.0
_LEAST_BARE = 1.0
"""Words that must have changed sides; fewer where a side is only "it"."""


def _fit(one: Relation, other: Relation) -> tuple[float, float]:
    """Return how well the sides of two relations agree as they stand, and crossed."""
    shared = other.first & other.second
    first, second = other.first - shared, other.second - shared
    straight = len(one.first & first) + len(one.second & second)
    crossed = len(one.first & second) + len(one.second & first)
    if one.axis != other.axis and not (one.first & second and one.second & first):
        crossed = 0  # "after an event give A, then B" is no order of A and the event
    if one.axis == "time" == other.axis and _crosses_near(one, other):
        return 0.0, float(max(crossed, _LEAST))
    matter = 1.0 * len(one.matter & other.matter)
    whole = one.first & second and one.second & first
    if one.axis == "amount" and one.matter and other.matter and not matter and not whole:
        return 0.0, 0.0
    if not one.second and crossed and one.axis == "amount":
        matter += 1.0  # one side alone tells
    return (straight + matter if straight else 0.0), (crossed + matter if crossed else 0.0)


def _crosses_near(one: Relation, other: Relation) -> bool:
    """Return whether what stands right at the relating word has changed sides, whatever else not.

    "In suspected failure A is started before B" shares all but A and B with its reverse.
    """
    mine, theirs = (
        [frozenset(k for k in near - SPANS if not k[0].isdigit()) for near in relation.near]
        for relation in (one, other)
    )
    across = mine[0] & theirs[1] and mine[1] & other.first and theirs[1] - one.second
    return bool(across) and not (one.second & other.second or mine[1] & other.second)


# --- As told -------------------------------------------------------------------------------------


@lru_cache(maxsize=512)
def relations(text: str) -> tuple[Relation, ...]:
    """Return the relations that `text` tells in words, in order; the latest texts are kept."""
    found: list[Relation] = []
    for start, end in clauses(text):
        headed = _HEADING.match(text, start, end)
        words = within(tokens(text), headed.end() if headed else start, end)
        for at in range(len(words)):
            found += _at(text, words, at)
    return tuple(found)


_HEADING = re.compile(r"\s*[^:;,.]{1,50}:\s")
"""What stands before a colon is the matter of what follows, and no side of it."""


def _at(text: str, words: Sequence[Token], at: int) -> Iterator[Relation]:
    """Yield the relations that the word at `at` makes."""
    token = words[at]
    if token.word in EARLIER or token.word in LATER:
        yield from in_time(words, at)
    elif token.word == "as" and at > 1 and words[at - 2].word == "as":
        yield from _as_great(words, at)
    elif token.word == "as" and (great := _multiplied(text, words, at)) is not None:
        yield _relation("amount", words, at, place=great[0], up=great[1])
    elif token.word in {"than", "over", "rather", "instead"} or token.word in _COMPARED:
        yield from _in_amount(words, at)
        yield from _of_chosen(words, at)
    elif token.word == "from" or token.word in SWITCHES:
        yield from from_to(words, at)
    elif token.word in _COMPARATIVES:
        yield from _of_one_side(words, at)
    elif token.word in PREFERS:
        yield from preference(words, at)
    else:
        yield from _of_worth(text, words, at)


def _of_worth(text: str, words: Sequence[Token], at: int) -> Iterator[Relation]:
    """Yield "A is superior to B", "A is preferred to B" and "A outweighs B"."""
    token = words[at]
    if token.word in _WORTH:
        related = text.startswith((" to ", " than "), token.end) and not _is_denied(words, at)
    else:
        inside = token.word in _OUTDOES and 0 < at < len(words) - 1
        denied = any(t.word in {"not", "no"} for t in words[at - 2 : at])
        related = inside and not denied and not words[at + 1].key[0].isdigit()
    if related:
        end = next((p for p in range(at + 2, len(words)) if words[p].word in _MATTER), len(words))
        yield _relation("worth", words[:end], at, place=at, up=token.word != "inferior")


_MATTER = frozenset({"in", "for", "at", "regarding", "when"})
"""What begins the matter in which one side is superior."""


_COMPARED = frozenset({"compared", "versus", "vs", "relative"})


_UP = frozenset({"up", "often", "better", "superior"})
_DOWN = frozenset({"down", "seldom", "worse", "inferior"})
_COMPARATIVE = frozenset({"amount", "rate", "worth", "fare"})


def _in_amount(words: Sequence[Token], at: int) -> Iterator[Relation]:
    after = words[at + 1 : at + 3]
    multiple = words[at].word == "than" and after and after[0].word == "as"  # "twice as common"
    if not after or multiple or is_of_number(after):
        return
    if words[at].word in {"rather", "instead", "over"}:
        chosen = words[at].word != "over" or is_choice(words, at)
        if chosen and words[at - 1].word not in {"not", "no"}:
            yield _relation("worth", words, at, place=at, up=True)
        return
    for place in range(at - 1, max(-1, at - 14), -1):
        pole = AXES.get(words[place].word) or AXES.get(words[place].key)
        if pole and pole.axis == "rate" and words[place - 1].word not in _GRADING:
            continue  # "usual" compares nothing, "lower frequent" does
        if words[place].word == "worsening":
            continue  # it names what is more or less
        behind = words[place + 1]
        if place + 1 < at and (behind.word == "than" or behind.key[0].isdigit()):
            continue  # "less than 50 kg", "under 12 years" bound, and compare no sides
        if pole and pole.axis in _COMPARATIVE and pole.pole in _UP | _DOWN:
            if not _is_denied(words, place):
                near = {t.key for t in words[max(0, place - 3) : place + 3]}
                good = near & _DOING_GOOD and not near & _COUNTED
                axis = "worth" if good or pole.axis == "worth" else "amount"
                lessened = place and words[place - 1].word in _LESSENING and pole.axis != "amount"
                more = place == at - 1 and is_lessening(words, place)
                up = (pole.pole in _UP) != bool(lessened or more)
                yield replace(_relation(axis, words, at, place=place, up=up), lessened=more)
            return


_GRADING = frozenset({"higher", "lower", "more", "less", "as", "so", "equally"})
_LESSENING = frozenset({"less", "fewer", "lower"})
_WORTH = frozenset({"superior", "inferior", "noninferior", "preferred", "preferable"})
_DOING_GOOD = frozenset(
    map(key, words_of("relieved relieves relief worked works effective helped protected improvement"
                      " benefit response healing"))
)  # fmt: skip
_COUNTED = frozenset(map(key, ("rate", "rates", "number", "percentage", "proportion")))
"""What figures are held to: "a lower response rate" is an amount, "a better response" is none."""


def _is_denied(words: Sequence[Token], place: int) -> bool:
    return any(t.word in {"not", "no", "non"} for t in words[max(0, place - 3) : place])


_MOST_AFTER = 24
"""Words of a clause in which what a choice meant must stand."""


def _of_chosen(words: Sequence[Token], at: int) -> Iterator[Relation]:
    """Yield "A rather than B meant more of C", and "compared with B, A had more of C"."""
    if words[at].word == "rather" and at:
        first, second = left_side(words, at), right_side(words, at)
        after = words[at + 1 : at + 1 + _MOST_AFTER]
    elif words[at].word in _COMPARED and at == 0:
        first, second = main_side(words, at), right_side(words, at)
        after = words[1 : 1 + _MOST_AFTER]
    else:
        return
    for place, token in enumerate(after):
        pole = AXES.get(token.word) or AXES.get(token.key)
        if pole and pole.axis in _COMPARATIVE and pole.pole in _UP | _DOWN and first and second:
            if not _is_denied(after, place):
                up = pole.pole in _UP
                sides = (first, second) if up else (second, first)
                matter = side(after[place : place + 4])
                yield Relation("amount", *sides, matter, token.start, token.end, token.word)
            return


def _as_great(words: Sequence[Token], at: int) -> Iterator[Relation]:
    """Yield "three times as great as" and "not as great as"; nothing for "as great as"."""
    before = {t.word for t in words[max(0, at - 6) : at - 2]}
    if before & {"not", "nor", "never", "half"}:
        yield _relation("amount", words, at, place=at - 1, up=False)
    elif before & {"times", "fold"}:
        yield _relation("amount", words, at, place=at - 1, up=True)


def _multiplied(text: str, words: Sequence[Token], at: int) -> tuple[int, bool] | None:
    """Return what is so many times as great, and whether the first side is the greater.

    "Twice as common with A as with B", "half as often in A as in B".
    """
    first = next(
        (n for n in range(at - 3, max(-1, at - MOST_SIDE), -1) if words[n].word == "as"), None
    )
    if first is None or any(token.breaks for token in words[first + 1 : at + 1]):
        return None
    told = _MULTIPLE.search(text, max(0, words[first].start - 24), words[first].start)
    return None if told is None else (first + 1, told["half"] is None)


_MULTIPLE = re.compile(
    r"\b(?:twice|double|thrice|(?:\d[\d.]*|two|three|four|five|six|seven|eight|nine|ten)"
    r"(?: times|-?fold)|(?P<half>half|(?:a|one) third|(?:a|one) quarter))\s*\Z", re.IGNORECASE,
)  # fmt: skip
_OUTDOES = frozenset({"outweigh", "outweighs", "outweighed", "outweighing", "exceed", "exceeds",
                      "exceeded", "surpass", "surpasses", "surpassed", "beat", "beats", "bested",
                      "outperform", "outperforms", "outperformed", "outlast",
                      "outlasts"})  # fmt: skip
_COMPARATIVES = frozenset({
    "higher", "lower", "longer", "shorter", "greater", "fewer", "more", "less", "rarer", "smaller",
    "commoner",
})  # fmt: skip


def _of_one_side(words: Sequence[Token], at: int) -> Iterator[Relation]:
    """Yield "more frequent in X", of which the other side is not told."""
    later = [t.word for t in words[at + 1 :]]
    if "than" in later or _COMPARED & set(later) or any(t.word == "than" for t in words):
        return
    nearby = [*words[max(0, at - 3) : at], *words[at + 1 : at + 3]]
    if any(t.key[0].isdigit() or t.word in {"no", "not", "or", "and"} for t in nearby):
        return
    told = side([*words[max(0, at - MOST_SIDE) : at], *words[at + 1 : at + 1 + MOST_SIDE]])
    up = words[at].word in {"higher", "longer", "greater", "more", "commoner"}
    if words[at].word in {"more", "less"} and at + 1 < len(words):
        pole = AXES.get(words[at + 1].word)
        up = up if pole is None or pole.pole != "seldom" else not up
    first, second = (told, NOBODY) if up else (NOBODY, told)
    token = words[at]
    yield Relation("amount", first, second, NOBODY, token.start, token.end, token.word)


def _relation(axis: str, words: Sequence[Token], at: int, *, place: int, up: bool) -> Relation:
    """Return the relation whose sides stand around the word at `at`."""
    token = words[place]
    label = words[place + 1 : at]
    if not (label and label[0].word in _LABELLING):
        label = [*words[max(0, place - MOST_SIDE) : place], *label]
    left, right = side(label), right_side(words, at)
    left, right = left - right, right - left or right
    first, second = (left, right) if up else (right, left)
    matter = side(words[place + 1 : at]) | side(words[max(0, place - 3) : place])
    return Relation(axis, first, second, matter, token.start, token.end, token.word)


_LABELLING = frozenset({"with", "in", "on", "among", "after", "under"})
"""What stands before the one side of "more common with A than with B"."""
