"""Question to hits: understood, searched by meaning and by words, ranked."""

from medrag.retrieval.context import Stretch, stretches
from medrag.retrieval.fusion import fuse_reciprocal_rank
from medrag.retrieval.hybrid import HybridRetriever, prepare

__all__ = ["HybridRetriever", "Stretch", "fuse_reciprocal_rank", "prepare", "stretches"]
