"""Names to answerers."""

from __future__ import annotations

from pathlib import Path

from medrag.core.protocols import LLM, Embedder
from medrag.registry import names, resolve


def open_llm(name: str, *, embedder: Embedder | None = None, max_claims: int = 4) -> LLM:
    """Return the answerer called `name`.

    Args:
        name: A registered name (`extractive`, `medgemma-27b`), the URL of an OpenAI-compatible
            server (`http://...`), or the path of a folder with a transformers model.
        embedder: What `extractive` compares sentences and questions with; others ignore it.
        max_claims: The most statements that `extractive` selects; others choose themselves.

    Raises:
        UnknownNameError: Nothing has that name; near misses are named.
        BackendError: The model or what it needs is missing; the message says what to do.
    """
    if name.startswith(("http://", "https://")):
        return _opened("server", name, embedder, max_claims)
    if name not in names("llm") and Path(name).is_dir():
        return _opened("transformers", name, embedder, max_claims)
    return _opened(name, name, embedder, max_claims)


def _opened(row: str, name: str, embedder: Embedder | None, max_claims: int) -> LLM:
    if row == "extractive":
        chosen: LLM = resolve("llm", row)(name, embedder=embedder, max_claims=max_claims)
        return chosen
    opened: LLM = resolve("llm", row)(name, embedder=embedder)
    return opened
