"""What is chosen before what, what is lessened more, what one goes over to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from medrag.grounding.axes import AXES
from medrag.grounding.sides import MOST_SIDE, NOBODY, Relation, side
from medrag.grounding.tokens import Token, is_light

_PREFERRED = frozenset({"preferred", "recommended", "chosen", "favored", "favoured"})
PREFERS = frozenset({"prefer", "prefers", "favor", "favors", "favour", "favours"})
_CHOOSING = PREFERS | {"suggest", "suggests", "recommend", "recommends", "choose", "chooses"}
_ACTS = frozenset({"be", "use", "take", "give", "have", "start", "begin", "stop", "wait"})
"""What may stand behind the "to" that compares nothing: "prefers patients to take it"."""


_FAR = 14
"""Words before "over" in which a verb of choice may stand."""


def is_choice(words: Sequence[Token], at: int) -> bool:
    """Return whether "over" is of a choice: "preferred over", "we suggest using A over B"."""
    before = [t.word for t in words[max(0, at - _FAR) : at]]
    return bool(before) and (before[-1] in _PREFERRED or bool(_CHOOSING & set(before)))


_COUNTED_BY = frozenset({"twice", "half", "double", "doubled", "halved", "thrice", "expected"})


def is_of_number(after: Sequence[Token]) -> bool:
    """Return whether "than" is of a number: "than 5", "than about 5"; not "than codeine 60 mg"."""
    told = not is_light(after[0]) and not after[0].key[0].isdigit() and after[0].word not in _ROUGH
    near = after[:1] if told else after
    return any(t.key[0].isdigit() for t in near) or any(t.word in _COUNTED_BY for t in after)


_ROUGH = frozenset({"about", "around", "approximately", "roughly", "some", "nearly", "almost"})


def preference(words: Sequence[Token], at: int) -> Iterator[Relation]:
    """Yield "prefers A to B" as A before B in worth."""
    for place in range(at + 2, min(at + MOST_SIDE, len(words) - 1)):
        if words[place].breaks:
            return
        if words[place].word == "to" and words[place + 1].word not in _ACTS:
            first = side(words[at + 1 : place])
            second = side(words[place + 1 : place + MOST_SIDE]) - first
            first -= side(words[place + 1 : place + MOST_SIDE])
            token = words[at]
            if first and second:
                yield Relation("worth", first, second, NOBODY, token.start, token.end, token.word)
            return


def is_lessening(words: Sequence[Token], at: int) -> bool:
    """Return whether "more" is of what is lessened: "reduced deaths more than B"."""
    near = words[max(0, at - MOST_SIDE) : at]
    start = next((p for p in range(len(near) - 1, -1, -1) if near[p].breaks), 0)
    poles = (AXES.get(t.word) or AXES.get(t.key) for t in near[start:])
    return words[at].word in {"more", "less"} and any(
        pole is not None and (pole.axis, pole.pole) == ("amount", "down") for pole in poles
    )


_REDUCTION = re.compile(
    r"\b(?:reduc(?:tion|ed|e)s?|decreas\w*|decline\w*|fall|fell|drop(?:ped|s)?|loss|lower(?:ed|ing)?)\b",
    re.IGNORECASE,
)


def in_figures(relation: Relation, told: Sequence[tuple[Relation, str]]) -> Iterator[Relation]:
    """Yield what two figures of a text say of their sides, as `relation` is to be held to it.

    Where the figures are reductions ("reduction: 1.5 % with A"), "lowered it more" names them as
    they are, and stands turned itself.
    """
    for one, text in told:
        if relation.lessened and _REDUCTION.search(text):
            yield replace(one, first=one.second, second=one.first)
        else:
            yield one


SWITCHES = frozenset({"switch", "change", "convert", "switched", "changed", "converted"})


def from_to(words: Sequence[Token], at: int) -> Iterator[Relation]:
    """Yield "from A to B" and "switch A to B", of what is no number."""
    if words[at].word != "from" and any(t.word == "from" for t in words[at + 1 : at + 4]):
        return  # "from" tells it
    end = next((p for p in range(at + 1, min(at + 6, len(words))) if words[p].word == "to"), 0)
    near = words[at + 1 : end + 3]
    if end < at + 2 or any(t.key[0].isdigit() for t in near):
        return
    first, second = side(words[at + 1 : end]), side(words[end + 1 : end + 3])
    if first and second:
        token = words[at]
        yield Relation("course", first, second, NOBODY, token.start, token.end, token.word)
