"""What comes before what: "A before B", "B after A" and "A, then B" are one relation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from medrag.grounding.sides import MOST_SIDE, NEAREST, Relation, side
from medrag.grounding.tokens import Token, is_light

EARLIER = frozenset({"before", "precede", "precedes", "preceded", "preceding"})
_FOLLOWS = frozenset({"then", "thereafter", "afterwards", "afterward", "followed"})
LATER = frozenset({"after", "following"}) | _FOLLOWS
_STOPS_SIDE = frozenset({"if", "when", "while", "because", "unless", "who", "which", "that"})
_RELATIVE = frozenset({"who", "which", "that"})


def in_time(words: Sequence[Token], at: int) -> Iterator[Relation]:
    """Yield the relation in time that the word at `at` makes; none where it only points."""
    token = words[at]
    if _both_ways(words, at) or (at and words[at - 1].word in _DENIED_TIME):
        return
    if token.word == "before" and words[at + 1 : at + 2] and words[at + 1].breaks:
        return  # "from five days beforehand, and ..."
    if token.word == "following" and at and words[at - 1].word in {"the", "these"}:
        return
    left, right = left_side(words, at), right_side(words, at)
    follows = token.word in _FOLLOWS
    if follows and token.word != "followed" and words[at + 1 : at + 2] and words[at + 1].breaks:
        left, right = _parted(words, at)
    pointed = at + 1 < len(words) and words[at + 1].word in _POINTING
    if not left and not follows:
        left = main_side(words, at)
    after = words[at + 2 : at + 3]
    pointed = pointed and (not right or (bool(after) and after[0].word in _GOING_ON))
    if pointed or (at == 0 and not left) or _is_of_course(words, at):
        return
    preceded = token.word == "preceded" and at + 1 < len(words) and words[at + 1].word == "by"
    earlier = (token.word in EARLIER and not preceded) or follows
    first, second = (left, right) if earlier else (right, left)
    if first or second:
        axis = "sequence" if follows else "time"
        opens = at > 0 and (words[at - 1].breaks or words[at - 1].word in {"and", "but"})
        above = [] if opens else words[max(0, at - NEAREST) : at]
        sides = _beside(above), _beside(words[at + 1 : at + 1 + NEAREST])
        near = sides if earlier else sides[::-1]
        yield Relation(axis, first, second, frozenset(), token.start, token.end, token.word, near)


_DENIED_TIME = frozenset({"nor", "not", "never"})
"""Before "before": what is not done before X is done after it."""
_GOING_ON = frozenset({"for", "in", "with", "if", "when", "at", "by", "and", "until", "unless"})
"""What stands behind "after that" where it points back, and is not "after that dose"."""


def _is_of_course(words: Sequence[Token], at: int) -> bool:
    """Return whether it is "before the next dose": when in the course of doses, no order."""
    after = [token.word for token in words[at + 1 : at + 4]]
    return bool(_NEXT & set(after[:2])) and bool({"dose", "doses"} & set(after))


_NEXT = frozenset({"next", "each", "every", "following", "subsequent"})


def _beside(found: Sequence[Token]) -> frozenset[str]:
    return frozenset(t.key for t in found if not is_light(t) or t.key[0].isdigit())


def _parted(words: Sequence[Token], at: int) -> tuple[frozenset[str], frozenset[str]]:
    """Return the sides of "A first, and B afterwards, ..."."""
    middle = next((place for place in range(at - 1, 0, -1) if words[place].breaks), 0)
    return side(words[max(0, middle - MOST_SIDE) : middle]), side(words[middle:at])


def _both_ways(words: Sequence[Token], at: int) -> bool:
    """Return whether it is "before, or within two weeks after"."""
    near = words[max(0, at - 7) : at + 8]
    both = {t.word for t in near} & (EARLIER | LATER)
    joined = any(t.word in {"or", "to", "until"} for t in near)
    return words[at].word not in _FOLLOWS and len(both) > 1 and joined


def left_side(words: Sequence[Token], at: int) -> frozenset[str]:
    """Return what stands before the word at `at`, from where its side begins."""
    found: list[Token] = []
    for token in reversed(words[:at]):
        if token.word in EARLIER | LATER or token.word in _STOPS_SIDE or len(found) > MOST_SIDE:
            break
        found.append(token)
    return side(found)


def right_side(words: Sequence[Token], at: int) -> frozenset[str]:
    """Return what stands behind the word at `at`, up to where its side ends."""
    found: list[Token] = []
    for place, token in enumerate(words[at + 1 :]):
        stop = token.word in EARLIER | LATER or token.word in _STOPS_SIDE - _RELATIVE
        purpose = token.word == "to" and side(found)
        if stop or purpose or (place and token.breaks and token.word not in _GOES_ON):
            break
        found.append(token)
    return side(found[:MOST_SIDE])


_GOES_ON = frozenset({"or", "and"})


_POINTING = frozenset({"it", "them", "this", "that", "which"})
_OPENING = 8
"""Words in which "After X" must come to its comma."""


def main_side(words: Sequence[Token], at: int) -> frozenset[str]:
    """Return the main clause behind "After X, ..."."""
    for place in range(at + 2, min(at + _OPENING, len(words))):
        if words[place].breaks:
            return side(words[place : place + MOST_SIDE])
    return frozenset()
