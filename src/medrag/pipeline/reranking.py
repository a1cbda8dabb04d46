"""From a name to a reranker."""

from __future__ import annotations

from medrag.config import SELECTION
from medrag.core.protocols import Reranker
from medrag.errors import InputError
from medrag.generation import open_llm
from medrag.registry import open_named

_FAMILY = "cross-encoder"


def open_reranker(name: str) -> Reranker:
    """Return the reranker that `name` means; its library is imported now.

    - a registered name with its argument: `cross-encoder:FOLDER-OR-HUB-NAME`, `llm:NAME` with
      what names a language model everywhere else (`llm:medgemma-27b`, `llm:http://...`);
    - else an existing folder, or anything with a `/` in it, is a cross-encoder.

    Raises:
        UnknownNameError: It is none of these; carries near misses.
        InputError: The model cannot be used.
        BackendError: Its library is missing or fails.
    """
    reranker: Reranker = open_named("reranker", name, models=_FAMILY)
    return reranker


def open_llm_reranker(name: str) -> Reranker:
    """Return the reranker that asks the language model `name`.

    Raises:
        InputError: It is the one that selects statements and cannot follow a request.
        UnknownNameError, BackendError: As `open_llm`.
    """
    from medrag.retrieval.llm_reranker import LLMReranker

    if name == SELECTION:
        raise InputError(
            f"{name!r} selects statements and cannot order passages. Give a language model, such "
            "as llm:medgemma-27b or llm:http://localhost:8000/v1."
        )
    return LLMReranker(open_llm(name))
