"""A product with what it holds in brackets: "Janumet (sitagliptin 50 mg/metformin 1,000 mg)"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from medrag.clinical.matching import Hit
from medrag.clinical.parts import SentenceParts
from medrag.clinical.quantity import Quantity

_OPENS = re.compile(r"(?:[\s-][\w/.-]+){0,3}\s?\(")
_LONGEST = 160
"""Characters in the brackets behind a product."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What brackets say a product holds.

    Attributes:
        end: Where the brackets close.
        strengths: One for each ingredient of the product, in its order; empty where one is not
            stated.
    """

    end: int
    strengths: tuple[Quantity, ...]


def contents(parts: SentenceParts, names: Sequence[Hit]) -> dict[int, Contents]:
    """Return what brackets behind a combination say it holds, by the start of its name.

    The names in such brackets are not further drugs. Brackets that name anything else are left
    alone.
    """
    found = {}
    for hit in names:
        opened = _OPENS.match(parts.folded, hit.end) if len(hit.keys) > 1 else None
        if opened is None or hit.kind == "class":
            continue
        closed = parts.folded.find(")", opened.end(), opened.end() + _LONGEST)
        inner = [name for name in names if opened.end() <= name.start < closed]
        if inner and all(set(name.keys) <= set(hit.keys) for name in inner):
            strengths = _strengths(parts, hit, inner, closed)
            found[hit.start] = Contents(closed + 1, strengths)
    return found


def _strengths(
    parts: SentenceParts, hit: Hit, inner: Sequence[Hit], closed: int
) -> tuple[Quantity, ...]:
    """Return the amount behind each name in the brackets, in the order of the product's."""
    held: dict[str, Quantity] = {}
    for name, end in zip(inner, [*(n.start for n in inner[1:]), closed], strict=True):
        own = [q.quantity for q in parts.quantities if name.end <= q.start < end]
        if own and len(name.keys) == 1:
            held[name.keys[0]] = own[0]
    return tuple(held[key] for key in hit.keys) if held.keys() >= set(hit.keys) else ()
