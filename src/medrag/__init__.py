"""medrag: clinical questions answered from your own documents, quoted verbatim and checked.

    import medrag

    index = medrag.Index.build(["corpora/"], "guidelines.index")
    engine = medrag.QueryEngine(index)
    answer = engine.query("Metformin with an eGFR of 38?", patient=medrag.Patient(age_years=71))

Importing medrag loads nothing heavy and opens no socket; names load what they need when they
are first used. Research and development software, not a medical device.
"""

from __future__ import annotations

import logging
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from medrag.checker import check
    from medrag.config import Settings
    from medrag.core.answer import CheckedAnswer, Override, ReviewedAnswer
    from medrag.core.document import Document, Passage, Source
    from medrag.core.finding import CheckReport, Finding
    from medrag.core.patient import Lab, Patient
    from medrag.core.query import Filters, Hit, Query
    from medrag.core.span import Span
    from medrag.errors import MedragError
    from medrag.pipeline.engine import QueryEngine
    from medrag.pipeline.index import Index
    from medrag.privacy import deidentify
    from medrag.quotes import ground_text as ground
    from medrag.quotes import verify_quote
    from medrag.review import actionable, sign
    from medrag.review.scope import scope

_LAZY = {
    "CheckReport": "medrag.core.finding",
    "CheckedAnswer": "medrag.core.answer",
    "Document": "medrag.core.document",
    "Filters": "medrag.core.query",
    "Finding": "medrag.core.finding",
    "Hit": "medrag.core.query",
    "Index": "medrag.pipeline.index",
    "Lab": "medrag.core.patient",
    "MedragError": "medrag.errors",
    "Override": "medrag.core.answer",
    "Passage": "medrag.core.document",
    "Patient": "medrag.core.patient",
    "Query": "medrag.core.query",
    "QueryEngine": "medrag.pipeline.engine",
    "ReviewedAnswer": "medrag.core.answer",
    "Settings": "medrag.config",
    "Source": "medrag.core.document",
    "Span": "medrag.core.span",
    "actionable": "medrag.review",
    "check": "medrag.checker",
    "deidentify": "medrag.privacy",
    "ground": "medrag.quotes:ground_text",
    "scope": "medrag.review.scope",
    "sign": "medrag.review",
    "verify_quote": "medrag.quotes",
}

__all__ = [
    "CheckReport",
    "CheckedAnswer",
    "Document",
    "Filters",
    "Finding",
    "Hit",
    "Index",
    "Lab",
    "MedragError",
    "Override",
    "Passage",
    "Patient",
    "Query",
    "QueryEngine",
    "ReviewedAnswer",
    "Settings",
    "Source",
    "Span",
    "actionable",
    "check",
    "deidentify",
    "ground",
    "scope",
    "sign",
    "verify_quote",
]

logging.getLogger(__name__).addHandler(logging.NullHandler())


def __getattr__(name: str) -> Any:
    """Return a public name, importing its room now."""
    if name not in _LAZY:
        raise AttributeError(f"module 'medrag' has no attribute {name!r}")
    module, _, attribute = _LAZY[name].partition(":")
    return getattr(import_module(module), attribute or name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
