"""From what recognizers found to what is replaced: a clinical fact is never given up to a guess."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from medrag.privacy.evidence import CERTAIN, SOFT, Found, Note
from medrag.privacy.individual import about_somebody, is_evident


def resolve(note: Note, found: Iterable[Found]) -> list[Found]:
    """Return disjoint identifiers in text order.

    What overlaps is joined, so that no part of a find is left behind; the kind is that of the
    surest, then longest. A date keeps its own bounds, since it is moved, not replaced.
    """
    kept = sorted(
        item for item in set(found) if item.end > item.start and not _protected(note, item)
    )
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
