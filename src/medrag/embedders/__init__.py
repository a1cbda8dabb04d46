"""Text to unit vectors: each family of embedders in one file, reached by name."""

from medrag.embedders.opening import open_embedder

__all__ = ["open_embedder"]
