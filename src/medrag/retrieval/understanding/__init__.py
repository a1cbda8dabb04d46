"""What a question means: names, abbreviations, spellings, kind, and whom it is about."""

from medrag.retrieval.understanding.understand import understand

__all__ = ["understand"]
