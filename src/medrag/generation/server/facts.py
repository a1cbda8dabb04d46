"""What a server tells of itself: its model, the room for prompt and reply, its tokenizer."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from medrag.errors import InputError
from medrag.generation.server.refusal import ServerError
from medrag.generation.server.wire import Wire

_log = logging.getLogger(__name__)

_LOAD_S = 600.0
_UNSAID_CONTEXT = 8192
_OLLAMA = "library"
"""What Ollama says owns its models."""
_OLLAMA_CONTEXT = 4096
"""Ollama's own default below 24 GiB of video memory; it cuts longer prompts without a word."""
_CONTEXT_KEYS = ("max_model_len", "context_length", "context_window", "loaded_context_length")
"""vLLM and SGLang; gateways; LM Studio."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a server before it is asked anything.

    Attributes:
        model: As the server names it; empty where it has one only and does not name it.
        owner: What the server says owns the model: often the name of its software.
        name: The model with its revision, quantization and software, as far as the server tells.
        context_tokens: The most tokens of prompt and reply together.
    """

    model: str
    owner: str
    name: str
    context_tokens: int


def learn(wire: Wire, wanted: str | None, context_tokens: int | None) -> Facts:
    """Return what the server tells.

    Args:
        wire: A line to it.
        wanted: The model's name; None where it has one only.
        context_tokens: Where it is known better than by the server.

    Raises:
        InputError: It lists several models and none is wanted, or not the wanted one.
        ServerError: It cannot be reached, or refuses the token.
    """
    entry = _chosen(_listed(wire), wanted)
    model, owner = _name(entry) or wanted or "", _shown(entry.get("owned_by"))
    owner = "" if wire.tells_token(owner) else owner
    loaded = _loaded(wire, model) if owner == _OLLAMA else {}
    told = context_tokens or next(_contexts(wire, entry, loaded, model), None)
    if told is None:
        told = _UNSAID_CONTEXT
        _log.info("the server does not tell its context: taken as %d tokens", told)
    name = _full_name(model or "model", owner, entry, loaded)
    # It is written into answers, logs and audits.
    safe = "model (server)" if wire.tells_token(name) else name
    return Facts(model=model, owner=owner, name=safe, context_tokens=told)


def counted(wire: Wire, model: str, text: str) -> int | None:
    """Return the tokens of `text` as the server's tokenizer counts them; None where it has none.

    vLLM and SGLang read `prompt`, llama.cpp reads `content`.
    """
    asked = {"model": model, "prompt": text, "content": text}
    try:
        told = wire.fact("/tokenize", {**asked, "add_special_tokens": False, "add_special": False})
    except ServerError:
        return None
    tokens = (told or {}).get("tokens")
    return len(tokens) if isinstance(tokens, list) and (tokens or not text) else None


def _listed(wire: Wire) -> list[dict[str, Any]]:
    data = (wire.models() or {}).get("data")
    entries = [entry for entry in data if isinstance(entry, dict)] if isinstance(data, list) else []
    return [e for e in entries if _name(e) and not wire.tells_token(_name(e))]


def _chosen(listed: list[dict[str, Any]], wanted: str | None) -> dict[str, Any]:
    # Ollama lists "name:latest" for what everybody calls "name".
    fitting = [e for e in listed if wanted is None or _name(e) in {wanted, f"{wanted}:latest"}]
    if len(fitting) == 1 or not listed:
        return fitting[0] if fitting else {}
    shown = ", ".join(re.sub(r"[^\w./:@+-]", "?", _name(entry))[:80] for entry in listed[:8])
    found = "has several models" if wanted is None else "does not list the model that was named"
    raise InputError(f"The server {found}. Name one of them after # in its URL: {shown}.")


def _name(entry: dict[str, Any]) -> str:
    name = entry.get("id")
    return name if isinstance(name, str) and name.isprintable() and len(name) <= 300 else ""


def _contexts(
    wire: Wire, entry: dict[str, Any], loaded: dict[str, Any], model: str
) -> Iterator[int]:
    """Yield the context as each page tells it that servers have, the surest first."""
    for key in _CONTEXT_KEYS:
        yield from _counts(entry, key)
    yield from _counts(entry.get("meta"), "n_ctx")  # llama.cpp; n_ctx_train is the model's own
    if entry.get("owned_by") == _OLLAMA:
        yield next(_counts(loaded, "context_length"), _OLLAMA_CONTEXT)
    props = wire.fact(f"/props?model={quote(model)}") or {}
    yield from _counts(props.get("default_generation_settings"), "n_ctx")
    yield from _counts(wire.fact("/info"), "max_total_tokens")  # TGI


def _loaded(wire: Wire, model: str) -> dict[str, Any]:
    """Return what Ollama tells of the model as it runs, which is not the model as it could run.

    Only a loaded model has a context to tell, so it is loaded first, as its first question would.
    """
    wire.fact("/api/generate", {"model": model}, limit_s=_LOAD_S)
    running = (wire.fact("/api/ps") or {}).get("models")
    for one in running if isinstance(running, list) else []:
        if isinstance(one, dict) and model in {one.get("name"), one.get("model")}:
            return one
    return {}


def _full_name(model: str, owner: str, entry: dict[str, Any], loaded: dict[str, Any]) -> str:
    """Return `model@revision quantization (software)`, without what the server does not tell."""
    meta, details = entry.get("meta"), loaded.get("details")
    digest = _shown(loaded.get("digest"))[:12]
    quantization = _shown(meta.get("ftype")) if isinstance(meta, dict) else ""
    if isinstance(details, dict):
        quantization = _shown(details.get("quantization_level"))
    software = "ollama" if owner == _OLLAMA else owner or "server"
    known = f"{model}@{digest}" if digest else model
    return " ".join(part for part in (known, quantization, f"({software})") if part)


def _shown(value: Any) -> str:
    """Return a word of the server's that may be shown; empty where it is none."""
    return value if isinstance(value, str) and len(value) <= 80 and value.isprintable() else ""


def _counts(fields: Any, key: str) -> Iterator[int]:
    """Yield the number at `key`, if there is one that can be a number of tokens."""
    value = fields.get(key) if isinstance(fields, dict) else None
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1 << 31:
        yield value
