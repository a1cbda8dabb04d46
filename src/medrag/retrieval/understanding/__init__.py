"""What a question means: names, abbreviations, spellings, kind, and whom it is about."""

from __future__ import annotations

from medrag.core.query import Query, RetrievalSettings
from medrag.core.understanding import UnderstoodQuery
from medrag.text.tags import untagged

__all__ = ["understand"]


def understand(query: Query, settings: RetrievalSettings) -> UnderstoodQuery:
    """Return what `query` asks, in the words in which documents may answer it.

    Args:
        query: The question, with the patient where one is known.
        settings: Which parts are on.
    """
    asked = untagged(query.text)
    if settings.spelling:
        return UnderstoodQuery(question=asked, dense_text=asked)
    return UnderstoodQuery(question=asked, dense_text=asked)
