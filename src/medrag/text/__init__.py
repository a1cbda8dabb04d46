"""Text itself: normalization with an origin map, sentences, token boundaries."""

from medrag.text.normalization import Normalized, normalize
from medrag.text.segmentation import sentences
from medrag.text.tokens import cuts_token

__all__ = ["Normalized", "cuts_token", "normalize", "sentences"]
