"""A product with what it holds in brackets: "Janumet (sitagliptin 50 mg/metformin 1,000 mg)"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import repeat

from medrag.clinical.matching import Hit
from medrag.clinical.parts import SentenceParts
from medrag.clinical.quantity import Quantity

_OPENS = re.compile(r"(?:[\s-][\w/.-]+){0,3}\s?\(")
_DEVICE = (
    r"(?:\s(?:Respimat|Ellipta|Diskus|Accuhaler|Turb[ou]haler|Aerosphere|HFA|MDI|DPI|Inhub|RespiClick"
    r"|Nexthaler|Spiromax|Genuair|Pressair|Evohaler|Fe|inhaler))?"
)
_STRENGTHS = re.compile(
    _DEVICE + r"\s?((?:\d[\d,]*(?:\.\d+)?(?:\s?(?:mg|mcg|g)\b)?\s?[/-]\s?){1,3}\d[\d,]*(?:\.\d+)?)"
    r"\s?(mg|mcg|g|units?)?(?![\w/])"
)
_STRENGTH = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s?(mg|mcg|g)?")
_MICROGRAMS_FROM = {
    **dict.fromkeys(
        ("aclidinium", "beclomethasone", "budesonide", "fluticasone", "formoterol",
         "glycopyrrolate", "indacaterol", "levothyroxine", "liothyronine",
         "mometasone", "olodaterol", "salmeterol", "tiotropium", "umeclidinium", "vilanterol"), 1,
    ),
    "albuterol": 10, "ipratropium": 10, "ethinyl-estradiol": 5, "levonorgestrel": 10,
    "norelgestromin": 10, "desogestrel": 10, "norgestimate": 10,
}  # fmt: skip
"""The number from which a strength without a unit counts micrograms, as products are named:
Symbicort 160/4.5, Junel 1/20, but DuoNeb 0.5/2.5 and Yaz 3/0.02 (section 3 of their labels)."""
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


_TWICE = re.compile(r"\b(?:double|full)[\s-]strength\b|\bDS\b")
_ONCE = re.compile(r"\b(?:single|regular|normal|standard)[\s-]strength\b|\bSS\b")
_OF_ONE_TO_FIVE = {"trimethoprim": 80, "sulfamethoxazole": 400}
"""Milligrams of a single-strength tablet; a double-strength one has twice as much."""
_NAMED_NEAR = 40


def strength_named(text: str, hit: Hit) -> tuple[Quantity, ...]:
    """Return what a tablet holds whose strength has a name: "co-trimoxazole, double strength".

    Source: Bactrim prescribing information, sections 3 and 11.
    """
    if set(hit.keys) != set(_OF_ONE_TO_FIVE):
        return ()
    near = text[max(0, hit.start - _NAMED_NEAR) : hit.end + _NAMED_NEAR]
    double = _TWICE.search(near) is not None
    if double is (_ONCE.search(near) is not None):
        return ()  # neither is named, or both
    return tuple(Quantity(Decimal(_OF_ONE_TO_FIVE[key] * (1 + double)), "mg") for key in hit.keys)


def strengths_behind(text: str, hit: Hit, end: int) -> tuple[tuple[Quantity, ...], int]:
    """Return "10/325 mg" after the name of a combination product, and where it ends.

    It stands behind the name, or behind the brackets that close at `end`.
    """
    if hit.kind != "combination":
        return (), end
    match = _STRENGTHS.match(text, hit.end) or _STRENGTHS.match(text, end)
    if match is None:
        return (), end
    codes = {"mcg": "ug", "units": "[iU]", "unit": "[iU]", "g": "g"}
    amounts = [(Decimal(one[1].replace(",", "")), one[2]) for one in _STRENGTH.finditer(match[1])]
    if match[2] is None and _is_count(match[1], amounts, text[match.end() :][:_COUNTED]):
        return (), end
    keys = _as_named(text[hit.start : hit.end].lower(), hit.keys)
    if len(amounts) != len(keys):
        keys = (*keys, *repeat("", len(amounts)))
    named = [
        (key, Quantity(amount, codes.get(unit or match[2] or _unit_of(key, amount), "mg")))
        for (amount, unit), key in zip(amounts, keys, strict=False)
    ]
    if len(amounts) == len(hit.keys):
        named.sort(key=lambda pair: hit.keys.index(pair[0]))
    held = tuple(quantity for _, quantity in named)
    return held, max(match.end(), end)


_COUNTED = 10
_THINGS = re.compile(r"\s?(?:tab|cap|puff|pill|time|day|week|hour|x\b)", re.I)
_DAYS = 31


def _is_count(written: str, amounts: Sequence[tuple[Decimal, str]], after: str) -> bool:
    """Return whether bare numbers behind a name count things or days: "Percocet 1-2 tablets"."""
    if any(unit for _, unit in amounts) or any(number % 1 for number, _ in amounts):
        return False
    few = all(number <= _DAYS for number, _ in amounts)
    return few and ("-" in written or (_THINGS.match(after) is not None and amounts[0][0] < 4))


_NAMED_AS = {
    "co-codamol": ("codeine", "acetaminophen"),
    "co-dydramol": ("dihydrocodeine", "acetaminophen"),
}
"""Products whose first number is of the ingredient that is listed last (BNF, 2024)."""


def _as_named(name: str, keys: tuple[str, ...]) -> tuple[str, ...]:
    """Return the ingredients in the order in which a product's numbers name them."""
    if set(_NAMED_AS.get(name, ())) == set(keys):
        return _NAMED_AS[name]
    places = {key: name.find(key[:6]) for key in keys}
    return keys if min(places.values()) < 0 else tuple(sorted(keys, key=places.__getitem__))


def _unit_of(drug: str, amount: Decimal) -> str:
    """Return the unit that a bare number in a product's name has."""
    least = _MICROGRAMS_FROM.get(drug)
    return "mg" if least is None or amount < least else "mcg"


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
