"""What makes the lexical engine weigh the words of a shard as it does those of the whole index."""

from __future__ import annotations

import math

BALLAST = "_"
"""A word that `terms` never gives."""
_TRIED = 512


def ballast_for(
    passages: int, term_count: int, *, whole_passages: int, whole_terms: int
) -> list[int]:
    """Return the lengths of entries that make the mean length in a shard that of the whole index.

    The engine takes the mean from its own files and cannot be told another. Entries of a word that
    nobody can ask, or of none, bring it to that of the whole: as few as suffice, and of the next
    few hundred numbers the one that comes nearest, because lengths are whole numbers.

    Args:
        passages: Of the shard.
        term_count: Words of all of them.
        whole_passages: Of the index that was split.
        whole_terms: Words of all of them.
    """
    mean = whole_terms / whole_passages if whole_passages else 0.0
    if not mean or not passages:
        return []
    least = max(1, math.ceil(term_count / mean) - passages)
    _, entries, length = min(
        (abs(mean * (passages + some) - term_count - wanted), some, wanted)
        for some in range(least, least + _TRIED)
        for wanted in (round(mean * (passages + some)) - term_count,)
        if wanted >= 0
    )
    share, rest = divmod(length, entries)
    return [share + (1 if place < rest else 0) for place in range(entries)]
