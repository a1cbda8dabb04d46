"""Which label each number of a sentence is of, by where both stand.

"5 and 8 with A and B", "14 months with A and 7 with B", "lower with A than with B (1 % vs 2 %)": a
number is of the label beside it, of its own in order, or of all of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from medrag.grounding.equal import Number


class Label(NamedTuple):
    """What a number can be of: `("sex", "women")` where it stands."""

    sort: str
    key: str
    start: int
    end: int


def are_joined(text: str, places: Sequence[Number] | Sequence[Label]) -> bool:
    """Return whether nothing but commas, "and" and a few words stands between the places."""
    spans = [(place.start, place.end) for place in places]
    return all(_JOINED.fullmatch(text[one[1] : two[0]]) for one, two in pairwise(spans))


_PARTED = re.compile(r"[,;:]")
_APART = re.compile(
    r"[,;|]|\b(?:and|or|versus|vs|compared|than|followed|then|plus|against|while)\b", re.I
)
_OF = re.compile(r"\b(?:in|with|for|of|by|at|after|on|among|receiving|to|from|during)\b", re.I)
_JOINED = re.compile(r"[\s,/]*(?:\band\b|\bor\b|\bversus\b|\bvs\b\.?|\bthen\b)?[\s\w]{0,24}", re.I)


def of_each(text: str, numbers: Sequence[Number], labels: Sequence[Label]) -> list[frozenset[str]]:
    """Return the keys of each number in order; none where the text does not tell."""
    if not numbers:
        return []
    if len(numbers) == 1:
        end = numbers[0].end
        near = [label for label in labels if not _PARTED.search(text[end : max(end, label.start)])]
        return [frozenset(label.key for label in near)]
    slots: list[list[Label]] = [[] for _ in range(len(numbers) + 1)]
    for label in labels:
        slots[sum(n.start < label.start for n in numbers)].append(label)
    if slots[0] and slots[-1] and _is_change(text, numbers, slots[-1][0]):
        return [frozenset(label.key for label in slot) for slot in (slots[-1], slots[0])]
    full = [place for place, slot in enumerate(slots) if slot]
    if len(full) == 1 and full[0] in {0, len(numbers)}:
        return _in_order(text, numbers, slots[full[0]])
    keys: list[set[str]] = [set() for _ in numbers]
    keys[0] |= {label.key for label in slots[0]}
    keys[-1] |= {label.key for label in slots[-1]}
    for place, slot in enumerate(slots[1:-1]):
        if _are_told_next(text, slot, numbers[place + 1 :]):
            for label, number_keys in zip(slot, keys[place + 1 :], strict=False):
                number_keys.add(label.key)
            continue
        for label in slot:
            pair = numbers[place], numbers[place + 1]
            behind = _is_of_former(text, label, pair, led=bool(slots[0]))
            keys[place if behind else place + 1].add(label.key)
    return [frozenset(one) for one in keys]


def _is_of_former(text: str, label: Label, pair: tuple[Number, Number], *, led: bool) -> bool:
    """Return whether a label between two numbers is of the one before it."""
    before = text[pair[0].end : label.start]
    parted = _APART.search(before), _APART.search(text, label.end, pair[1].start)
    if parted[0] or parted[1]:
        return parted[1] is not None
    return _OF.search(before) is not None or not led


def _are_told_next(text: str, slot: Sequence[Label], numbers: Sequence[Number]) -> bool:
    """Return whether "lower with A than with B (1 % vs 2 %)" gives each arm its own in order."""
    if len(slot) < len(("A", "B")) or len({label.key for label in slot}) < len(slot):
        return False
    own = numbers[: len(slot)]
    opened = _BRACKET.fullmatch(text, slot[-1].end, own[0].start) is not None
    return opened and len(own) == len(slot) and are_joined(text, slot) and are_joined(text, own)


_BRACKET = re.compile(r"(?: \w+)?[\s:,]*\(")
_FROM = re.compile(r"\bfrom \Z", re.IGNORECASE)
_TO = re.compile(r"\s?(?:to|-|\u2013)\s?")
_BESIDE = re.compile(
    r"[^.;]{0,20}\b(?:compared (?:with|to)|versus|vs\.?|relative to|as against) (?:the )?\Z", re.I
)


def _is_change(text: str, numbers: Sequence[Number], other: Label) -> bool:
    """Return whether "A lowered it from 18 % to 14 % compared with B" gives B 18 %, A 14 %."""
    one, two = numbers[0], numbers[-1]
    return (
        len(numbers) == len((one, two))
        and _FROM.search(text, max(0, one.start - 6), one.start) is not None
        and _TO.fullmatch(text, one.end, two.start) is not None
        and _BESIDE.fullmatch(text, two.end, other.start) is not None
    )


def _in_order(
    text: str, numbers: Sequence[Number], labels: Sequence[Label]
) -> list[frozenset[str]]:
    """Return "5 and 8 with A and B" in order; all for each where they are no list."""
    alone = len(labels) == len(numbers) and len({label.key for label in labels}) == len(labels)
    listed = alone and are_joined(text, labels) and are_joined(text, numbers)
    if listed:
        return [frozenset({label.key}) for label in labels]
    shared = {label.key for label in labels if label.sort not in {"step", "dose"}}
    arms, diseases = (
        {label.key for label in labels if label.sort == sort} for sort in ("drug", "disease")
    )
    worded = [bool(_WORDED.search(text, a.end, b.start)) for a, b in pairwise(numbers)]
    keys = []
    for at in range(len(numbers)):
        changed = _is_end_of_change(text, numbers, at)
        apart = arms if changed or (at and _is_other_side(text, numbers, at)) else set()
        keys.append(frozenset(shared - apart - (diseases if any(worded[:at]) else set())))
    return keys


def _is_end_of_change(text: str, numbers: Sequence[Number], at: int) -> bool:
    """Return whether a number is one of "from 2.5 to 1.4 %", which tells no arm."""
    one = numbers[at]
    if at and _TO.fullmatch(text, numbers[at - 1].end, one.start):
        one = numbers[at - 1]
    return _FROM.search(text, max(0, one.start - 6), one.start) is not None


_WORDED = re.compile(
    r"\b(?!and\b|or\b|to\b|versus\b|vs\b|against\b|compared\b|with\b|than\b|in\b|on\b|of\b|the\b"
    r"|for\b|from\b|respectively\b|a\b|per\b|years?\b|group\b|arm\b|placebo\b)[a-z]{3,}",
    re.IGNORECASE,
)
"""What goes on to another matter between two shares of a disease: "4 %, and bleeds 2 %"."""


_AGAINST = re.compile(r"\b(?:against|versus|vs|compared (?:with|to))\b", re.IGNORECASE)


def _is_other_side(text: str, numbers: Sequence[Number], at: int) -> bool:
    """Return whether a number is of what the drug is compared with: "9 % against 14 %".

    Or of something else that the sentence goes on to: ", and iron waits six hours".
    """
    between = numbers[at - 1].end, numbers[at].start
    return any(joint.search(text, *between) for joint in (_AGAINST, _NEW_SUBJECT))


_NEW_SUBJECT = re.compile(
    r",\s(?:and|but|while|whereas)\s(?!(?:then|thereafter|after\w*|increas\w+|rais\w+|up|at|to|for"
    r"|it|not|in|on|with|by|a|an|the|may|can|should|must|is|was|no|never|later|from|over"
    r"|maintenance|subsequent\w*|next)\b)[a-z]+(?: or [a-z]+)?(?: [a-z]+)?"
    r" (?:must |should |has to )?"
    r"(?:waits?|comes?|goes|follows?|is|are|takes?|needs?)\b", re.IGNORECASE,
)  # fmt: skip
