"""Question to hits: dense and lexical search, fused."""

from medrag.retrieval.fusion import fuse_reciprocal_rank, fuse_standard_scores
from medrag.retrieval.hybrid import HybridRetriever

__all__ = ["HybridRetriever", "fuse_reciprocal_rank", "fuse_standard_scores"]
