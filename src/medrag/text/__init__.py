"""Text itself: normalization with an origin map, sentences, token boundaries, outlines.

Names load what they need when they are first used: a search needs none of the patterns that
reading quotations does, and building those takes longer than opening an index.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from medrag.text.citing import Citable, citable
    from medrag.text.normalization import normalize
    from medrag.text.origins import Normalized
    from medrag.text.rows import labelled_row, row_cells
    from medrag.text.segmentation import segment, sentences
    from medrag.text.tokens import cuts_token, is_inside_token

_LAZY = {
    "Citable": "citing",
    "Normalized": "origins",
    "citable": "citing",
    "cuts_token": "tokens",
    "is_inside_token": "tokens",
    "labelled_row": "rows",
    "normalize": "normalization",
    "row_cells": "rows",
    "segment": "segmentation",
    "sentences": "segmentation",
}

__all__ = [
    "Citable",
    "Normalized",
    "citable",
    "cuts_token",
    "is_inside_token",
    "labelled_row",
    "normalize",
    "row_cells",
    "segment",
    "sentences",
]


def __getattr__(name: str) -> Any:
    """Return a public name, importing its file now."""
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)
