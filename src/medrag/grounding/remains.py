"""A share that is taken away, or put on, beside the share that is then left.

"Cut to 80 % of the previous dose" is "reduced by 20 %", and "20 % of the previous dose" is not: a
percentage is read with what it measures, the change or what the change leaves.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from medrag.grounding.equal import Number
from medrag.grounding.facts import Facts
from medrag.grounding.tokens import between

_WHOLE = Decimal(100)
_DOWN = re.compile(
    r"\b(?:reduc\w+|decreas\w+|lower\w*|cut(?:s|ting)?|drop\w*|f[ae]ll\w*|declin\w+|less|fewer"
    r"|smaller)\b", re.IGNORECASE,
)  # fmt: skip
_UP = re.compile(
    r"\b(?:increas\w+|rais\w+|rise[sn]?|rising|rose|grow\w*|higher|more|greater|larger|up)\b",
    re.IGNORECASE,
)
_LEFT_BEHIND = re.compile(
    r"\s?(?:of|as much as) (?:what|(?:the |an? |its |their |his |her |your )?(?:[\w-]+ ){0,2}?"
    r"(?:usual|previous|former|prior|original|initial|normal|calculated|full|standard|regular"
    r"|current|old|earlier|baseline|oral|intravenous|adult|starting|equianalgesic|total)\b)",
    re.IGNORECASE,
)
_TO = re.compile(r"\bto(?: an?)?(?: about| around| roughly| some| approximately)? ?\Z", re.I)
_BY = re.compile(r"\bby(?: an?)?(?: about| around| roughly| some| approximately)? ?\Z", re.I)
_CHANGE_BEHIND = re.compile(
    r"\s?(?:(?:dose|dosage) )?(?:reduction|decrease|cut|increase|rise|less|lower|higher|more|drop"
    r"|fall)\b", re.IGNORECASE,
)  # fmt: skip
_SENTENCE = re.compile(r"(?:(?<=[a-z\d)%\]])\.|;)\s+|\n")


class Share(NamedTuple):
    """A percentage of what was: what a change leaves, whether told so or as the change itself."""

    left: Decimal
    as_change: bool


@lru_cache(maxsize=256)
def _shares(facts: Facts) -> dict[int, Share]:
    """Return the shares that a text tells of what was before, by where they stand."""
    found = {}
    for number in facts.numbers:
        if number.quantity.unit == "%" and number.quantity.high is None:
            share = _share(facts.text, number)
            if share is not None:
                found[number.start] = share
    return found


def _share(text: str, number: Number) -> Share | None:
    value = number.quantity.value
    low, high = between(_SENTENCE, text, number.start, number.end)
    down, up = _DOWN.search(text, low, high), _UP.search(text, low, high)
    before = text[low : number.start]
    changed = _BY.search(before) or _CHANGE_BEHIND.match(text, number.end)
    if changed and bool(down) != bool(up):
        return Share(_WHOLE - value if down else _WHOLE + value, as_change=True)
    left = _LEFT_BEHIND.match(text, number.end) or (_TO.search(before) and (down or up))
    return Share(value, as_change=False) if left and not changed else None


def is_what_remains(said: Facts, number: Number, sources: Sequence[Facts]) -> bool:
    """Return whether a share of the claim is the other way to tell one of its quotations'."""
    share = _shares(said).get(number.start)
    return share is not None and any(
        share.left == other.left and share.as_change != other.as_change
        for source in sources
        for other in _shares(source).values()
    )


def other_remains(said: Facts, number: Number, same: Sequence[tuple[Facts, Number]]) -> str:
    """Return the change that a quotation tells where the claim tells what is left, or reversed."""
    share = _shares(said).get(number.start)
    if share is None:
        return ""
    told = [(facts.text[n.start : n.end], _shares(facts).get(n.start)) for facts, n in same]
    apart = [
        words for words, other in told
        if other is not None and other.as_change != share.as_change and other.left != share.left
    ]  # fmt: skip
    return apart[0] if apart and len(apart) == len(told) else ""
