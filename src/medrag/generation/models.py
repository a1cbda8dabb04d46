"""Names to answerers."""

from __future__ import annotations

from pathlib import Path

from medrag.core.protocols import LLM, Embedder
from medrag.registry import names, resolve


def open_llm(name: str, *, embedder: Embedder | None = None) -> LLM:
    """Return the answerer called `name`.

    Args:
        name: A registered name (`extractive`, `medgemma-27b`), the URL of an OpenAI-compatible
            server (`http://...`), or the path of a folder with a transformers model.
        embedder: What `extractive` compares sentences and questions with; others ignore it.

    Raises:
        UnknownNameError: Nothing has that name; near misses are named.
        BackendError: The model or what it needs is missing; the message says what to do.
    """
    if name.startswith(("http://", "https://")):
        return _opened("server", name, embedder)
    if name not in names("llm") and Path(name).is_dir():
        return _opened("transformers", name, embedder)
    return _opened(name, name, embedder)


def _opened(row: str, name: str, embedder: Embedder | None) -> LLM:
    opened: LLM = resolve("llm", row)(name, embedder=embedder)
    return opened
