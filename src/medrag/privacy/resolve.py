"""From what recognizers found to what is replaced: a clinical fact is never given up to a guess."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from medrag.privacy.evidence import CERTAIN, SOFT, Found, Note
from medrag.privacy.individual import about_somebody, is_evident


def resolve(note: Note, found: Iterable[Found]) -> list[Found]:
    """Return disjoint identifiers in text order.

    What overlaps is joined, so that no part of a find is left behind; the kind is that of the
    surest, then longest. A date keeps its own bounds, since it is moved, not replaced.
    """
    spared = (_without_doses(note, item) for item in set(found))
    kept = sorted(item for item in spared if item.end > item.start and not _protected(note, item))
    if not about_somebody(note, kept):
        kept = [item for item in kept if is_evident(item, note.text)]
    joined: list[list[Found]] = []
    reach = -1
    for item in kept:
        if item.start < reach:
            joined[-1].append(item)
        else:
            joined.append([item])
        reach = max(reach, item.end)
    return [piece for group in joined for piece in _pieces(group)]


_DOSE = re.compile(
    r"(?<![\w.])\d[\d.,]*\s?(?:mg|mcg|µg|ml|kg|mmol|meq|mmhg|bpm|units?|iu|%)(?![\w])",
    re.IGNORECASE,
)


def _without_doses(note: Note, item: Found) -> Found:
    """Return a find up to the first dose in it: no identifier has one, a long guess may."""
    dose = _DOSE.search(note.text, item.start, min(item.end + 4, len(note.text)))
    if dose is None or dose.start() >= item.end:
        return item
    end = item.start + len(note.text[item.start : dose.start()].rstrip(" ,.;:\n"))
    return replace(item, end=end)


def _protected(note: Note, item: Found) -> bool:
    """Return whether an amount or a clinical name forbids a find that is not certain."""
    if item.certainty >= CERTAIN:
        return False
    if item.kind != "date" and note.measured(item.start, item.end):
        return True
    within = any(hit.start <= item.start and item.end <= hit.end for hit in note.hits)
    return item.certainty == SOFT and within


def _pieces(group: Sequence[Found]) -> list[Found]:
    dates = [item for item in group if item.kind == "date"]
    if dates and len(dates) < len(group):
        longest = max(dates, key=_rank)
        if all(longest.start <= item.start and item.end <= longest.end for item in group):
            return [longest]
    best = max(group, key=_rank)
    start, end = min(item.start for item in group), max(item.end for item in group)
    return [Found(start, end, best.kind, best.certainty)]


def _rank(item: Found) -> tuple[int, int, str]:
    return item.certainty, item.end - item.start, item.kind
