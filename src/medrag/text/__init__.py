"""Text itself: normalization with an origin map, sentences, token boundaries, outlines."""

from medrag.text.citable import Citable, citable
from medrag.text.normalization import Normalized, normalize
from medrag.text.rows import labelled_row, row_cells
from medrag.text.segmentation import segment, sentences
from medrag.text.tokens import cuts_token, is_inside_token

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
