"""From a name to a reranker."""

from __future__ import annotations

from pathlib import Path

from medrag.core.protocols import Reranker
from medrag.errors import BackendError, InputError
from medrag.generation import open_llm
from medrag.registry import names, resolve

_FAMILY = "cross-encoder"
_SELECTS = "extractive"


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
    family, _, argument = name.partition(":")
    if family not in names("reranker") and ("/" in name or Path(name).is_dir()):
        family, argument = _FAMILY, name
    try:
        reranker: Reranker = resolve("reranker", family)(argument)
    except ModuleNotFoundError as error:
        raise BackendError(
            f"The reranker {family!r} needs the module {error.name!r}, which is not installed. "
            "Run: pip install --upgrade medrag"
        ) from error
    return reranker


def open_llm_reranker(name: str) -> Reranker:
    """Return the reranker that asks the language model `name`.

    Raises:
        InputError: It is the one that selects statements and cannot follow a request.
        UnknownNameError, BackendError: As `open_llm`.
    """
    from medrag.retrieval.llm_reranker import LLMReranker

    if name == _SELECTS:
        raise InputError(
            f"{name!r} selects statements and cannot order passages. Give a language model, such "
            "as llm:medgemma-27b or llm:http://localhost:8000/v1."
        )
    return LLMReranker(open_llm(name))
