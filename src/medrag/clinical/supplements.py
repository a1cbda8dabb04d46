"""Joins salts to their drugs, and reads electrolytes that are given as drugs."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from medrag.clinical.matching import Hit
from medrag.clinical.quantity import QuantityMention

SALT = re.compile(
    r"\s(hydrochloride|HCl|sodium|disodium|sul(?:f|ph)ate|tartrate|succinate|maleate|mesylate"
    r"|fumarate"
    r"|besylate|citrate|phosphate|acetate|potassium|calcium|bromide|hydrobromide|decanoate"
    r"|deoxycholate"
    r"|desoxycholate|nitrate|lactate|gluconate|carbonate|magnesium|monohydrate|hyclate|trihydrate"
    r"|mononitrate|dinitrate|propionate|valerate|etexilate|medoxomil|cilexetil|axetil|mofetil"
    r"|pamoate"
    r"|bitartrate|palmitate|DS"
    # "Diclofenac Sodium 0.01 MG/MG" in order lines; on the next line it is a result
    r"|(?<= )(?i:sodium|potassium|calcium|magnesium|succinate|tartrate|hydrochloride|sul(?:f|ph)ate"
    r"|propionate|fumarate|phosphate|acetate|citrate|maleate)(?!\s?[\d.]+\s?(?:mmol|meq|mg/dl)))"
    r"\b(?!\s(?:levels?|is|was|of)\b)"
)
_NEAR = 60
_SUPPLEMENTS: dict[str, tuple[str, Literal["drug", "class"]]] = {
    "potassium": ("potassium-chloride", "drug"),
    "magnesium": ("magnesium-sulfate", "drug"),
    "glucose": ("dextrose", "drug"),
    "bicarbonate": ("sodium-bicarbonate", "drug"),
    "calcium": ("calcium-supplement", "class"),
}


def with_salts(text: str, hits: list[Hit]) -> list[Hit]:
    """Return the hits with each salt put to its drug: "losartan potassium" is one name."""
    merged: list[Hit] = []
    for hit in hits:
        if merged and hit.start < merged[-1].end:
            continue
        salt = SALT.match(text, hit.end) if hit.kind == "drug" else None
        merged.append(hit if salt is None else replace(hit, end=salt.end()))
    return merged


def with_supplements(
    text: str, hits: Sequence[Hit], quantities: Sequence[QuantityMention]
) -> list[Hit]:
    """Return the hits with electrolytes that are given as a drug ("potassium 40 mEq") as drugs."""
    changed = []
    for hit in hits:
        if (
            hit.kind == "analyte"
            and hit.keys[0] in _SUPPLEMENTS
            and (_is_given(text, hit, quantities) or _is_told_to_give(text, hit))
        ):
            name, kind = _SUPPLEMENTS[hit.keys[0]]
            changed.append(replace(hit, kind=kind, keys=(name,), form="ingredient"))
        else:
            changed.append(hit)
    return changed


_TOLD = re.compile(
    r"(?<![\w-])(?:give|start|begin|hang|prescribe|order|infuse|administer|chart)(?:\s(?:him|her"
    r"|them))?"
    r"(?:\s(?:some|more|extra))?(?:\s(?:iv|intravenous|oral|po))?\s\Z",
    re.I,
)


def _is_told_to_give(text: str, hit: Hit) -> bool:
    """Return whether words right before a name order it: "give IV potassium"."""
    return (
        hit.keys[0] in {"potassium", "magnesium"}
        and _TOLD.search(text, max(0, hit.start - _NEAR), hit.start) is not None
        and _NO_DRUG.match(text, hit.end) is None
    )


_NO_DRUG = re.compile(
    r"[\s-](?:\w+\s)?(?:levels?|tests?|binders?|sparing|chelat\w*|check\w*)\b", re.I
)


def _is_given(text: str, hit: Hit, quantities: Sequence[QuantityMention]) -> bool:
    first = bisect_left(quantities, hit.start - _NEAR, key=lambda mention: mention.start)
    last = bisect_right(quantities, hit.end + 2, key=lambda mention: mention.start)
    for mention in quantities[first:last]:
        near = 0 <= mention.start - hit.end <= 2 or 0 <= hit.start - mention.end <= 4
        between = text[min(hit.end, mention.end) : max(hit.start, mention.start)]
        near = near and not any(mark in between for mark in ";,.:|")
        if near and mention.quantity.unit in {"meq", "g", "mg", "meq/h", "g/h", "mmol", "meq/kg"}:
            return hit.end - hit.start > 2 or text[hit.end : mention.start] == " "
    return False
