"""Names to answerers."""

from __future__ import annotations

import re
from pathlib import Path

from medrag.config import SELECTION
from medrag.core.protocols import LLM, Embedder
from medrag.errors import InputError
from medrag.registry import names, resolve

_HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+")


def open_llm(name: str, *, embedder: Embedder | None = None, max_claims: int = 4) -> LLM:
    """Return the answerer called `name`.

    Args:
        name: A registered name (`extractive`, `medgemma-27b`), the URL of an OpenAI-compatible
            server (`http://...`) or several of one model (`http://...,http://...`, or
            `replicas:FILE.toml`), the path of a folder with a transformers model, or a name at
            the model hub (`google/medgemma-27b-it`) whose files are in the local cache. Local
            models take options: `medgemma-27b?load=4bit&batch=2` (see `LocalModel`).
        embedder: What `extractive` compares sentences and questions with; others ignore it.
        max_claims: The most statements that `extractive` selects; others choose themselves.

    Raises:
        InputError: A path leads to no folder.
        UnknownNameError: Nothing has that name; near misses are named.
        BackendError: The model or what it needs is missing; the message says what to do.
    """
    if name.startswith(("http://", "https://")):
        row = "replicas" if "," in name else "server"
        return _opened(row, name, embedder, max_claims)
    if name.startswith("replicas:"):
        return _opened("replicas", name, embedder, max_claims)
    plain = name.partition("?")[0]
    if plain in names("llm"):
        return _opened(plain, name, embedder, max_claims)
    if plain.startswith((".", "/", "~", "\\")) and not Path(plain).is_dir():
        raise InputError(f"{plain}: no such folder. Give the folder of a transformers model.")
    if Path(plain).is_dir() or _HUB_NAME.fullmatch(plain):
        return _opened("transformers", name, embedder, max_claims)
    return _opened(plain, name, embedder, max_claims)


def _opened(row: str, name: str, embedder: Embedder | None, max_claims: int) -> LLM:
    if row == SELECTION:
        chosen: LLM = resolve("llm", row)(name, embedder=embedder, max_claims=max_claims)
        return chosen
    opened: LLM = resolve("llm", row)(name, embedder=embedder)
    return opened
