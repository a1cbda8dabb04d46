"""Which of the ranked hits are shown: none that says what a better one says."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from medrag.core.query import Hit

_WORD = re.compile(r"\w+")
_T = TypeVar("_T")


def distinct(kept: Sequence[_T], batch: Sequence[_T], hit_of: Callable[[_T], Hit]) -> list[_T]:
    """Return `kept` and those of `batch` that say something else, in order."""
    seen = {_said(hit_of(item)) for item in kept}
    result = list(kept)
    for item in batch:
        said = _said(hit_of(item))
        if said not in seen:
            seen.add(said)
            result.append(item)
    return result


def _said(hit: Hit) -> tuple[bool, tuple[str, ...]]:
    """Return what two passages share when one may stand for the other.

    Case, punctuation and line breaks may differ, no word may: one word can be the drug, the
    number or the `not`. An edition in force never stands for one that is not.
    """
    return hit.in_force, tuple(_WORD.findall(hit.passage.text.casefold()))
