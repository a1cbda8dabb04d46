"""Whether an unknown word is spelled as names are: by its groups of letters."""

from __future__ import annotations

from collections.abc import Iterator

from medrag.privacy.vocabulary import weighed

_LONGEST = 4
_ENOUGH = 40


def groups(key: str) -> Iterator[str]:
    """Yield the groups of two to four letters of a folded word, its ends marked."""
    marked = f"^{key[:_ENOUGH]}$"
    for length in range(2, _LONGEST + 1):
        for start in range(len(marked) - length + 1):
            yield marked[start : start + length]


def likeness(key: str) -> float:
    """Return the logarithm of the odds that a folded word of no list is a name or a place."""
    weights = weighed("spelling")
    return sum(weights.get(group, 0.0) for part in key.split("-") for group in groups(part))
