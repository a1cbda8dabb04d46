"""Text itself: normalization with an origin map, sentences, token boundaries."""

from medrag.text.normalization import Normalized, normalize
from medrag.text.rows import labelled_row, row_cells
from medrag.text.segmentation import Unit, UnitKind, segment, sentences
from medrag.text.tokens import cuts_token, is_inside_token

__all__ = [
    "Normalized",
    "Unit",
    "UnitKind",
    "cuts_token",
    "is_inside_token",
    "labelled_row",
    "normalize",
    "row_cells",
    "segment",
    "sentences",
]
