"""A language model behind an OpenAI-compatible server: vLLM, llama.cpp, SGLang, Ollama, ...

Servers silently ignore fields that they do not know and answer 200 with free text. So the first
call asks once, with a grammar that allows a single word, which constraint is obeyed; what is
not obeyed is not claimed, and every answer says whether it was constrained.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx

from medrag.core.prompt import GREEDY, Completion, Decoding, Dialect, FinishReason, Prompt
from medrag.core.protocols import Cancelled, Constraint, Embedder
from medrag.errors import BackendError, InputError
from medrag.generation.one_by_one import complete_each, stream_whole
from medrag.generation.thinking import split_thinking

_log = logging.getLogger(__name__)

_WORD = "medrag-ok"
_PROBE_GRAMMAR = f'root ::= "{_WORD}"\n'
_PROBE_SCHEMA = {
    "type": "object",
    "properties": {"reply": {"const": _WORD}},
    "required": ["reply"],
    "additionalProperties": False,
}
_AGAIN = frozenset({429, 502, 503, 504})
_LONGEST_WAIT_S = 10.0
_UNKNOWN_CONTEXT = 8192
_CHARS_PER_TOKEN = 3
"""Below what any clinical text needs (3.1 to 3.75 were measured with Gemma's vocabulary)."""


class ServerLLM:
    """Answers with a model behind an OpenAI-compatible server.

    Args:
        url: Of the server, with or without `/v1`.
        model: As the server names it; its first model where None.
        token: Sent as bearer token; from `MEDRAG_LLM_TOKEN`, or the file that
            `MEDRAG_LLM_TOKEN_FILE` names, where None.
        timeout_s: For one reply.
        retries: How often a busy or unreachable server is asked again.
        wait: Called with the seconds to wait before asking again.

    Attributes:
        context_tokens: As the server says; 8,192 where it does not.
    """

    def __init__(
        self,
        url: str,
        *,
        model: str | None = None,
        token: str | None = None,
        timeout_s: float = 300.0,
        retries: int = 2,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._url = url.rstrip("/").removesuffix("/v1") + "/v1"
        self._retries, self._wait = retries, wait
        token = token or _token()
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        timeout = httpx.Timeout(timeout_s, connect=5.0)
        self._client = httpx.Client(headers=headers, timeout=timeout, follow_redirects=False)
        listed = self._models()
        chosen = next((m for m in listed if model in {None, m.get("id")}), {})
        self._model = model or str(chosen.get("id", ""))
        self.context_tokens = _context(chosen)
        self.name = f"{self._model or 'model'} (server)"

    def count_tokens(self, text: str) -> int:
        """Return an upper estimate of the tokens of `text`: a third of its characters."""
        return -(-len(text) // _CHARS_PER_TOKEN)

    def complete(
        self,
        prompt: Prompt,
        *,
        constraint: Constraint | None = None,
        decoding: Decoding = GREEDY,
        cancelled: Cancelled | None = None,  # noqa: ARG002
    ) -> Completion:
        """Return one reply.

        Raises:
            InputError: The server says that the prompt does not fit its context.
            BackendError: The server is unreachable, busy after all retries, refuses the token,
                or answers something that is no completion. Its words are never repeated.
        """
        body = {
            "messages": [message.model_dump() for message in prompt.messages],
            "max_tokens": decoding.max_tokens,
            "temperature": decoding.temperature,
            "seed": decoding.seed,
            **self._fields(constraint),
        }
        choice, usage = self._chat(body)
        message = choice["message"]
        text = message.get("content") or ""
        dialect = None if constraint is None else self._obeyed
        thought, text = (None, text) if dialect else split_thinking(text)
        reason: FinishReason = "length" if choice.get("finish_reason") == "length" else "stop"
        return Completion(
            text=text,
            thinking=message.get("reasoning_content") or thought,
            model=self.name,
            finish_reason=reason,
            constrained=dialect is not None,
            dialect=dialect,
            prompt_tokens=usage.get("prompt_tokens"),
            completion_tokens=usage.get("completion_tokens"),
        )

    def stream(
        self,
        prompt: Prompt,
        *,
        constraint: Constraint | None = None,
        decoding: Decoding = GREEDY,
        cancelled: Cancelled | None = None,
    ) -> Iterator[str | Completion]:
        """Yield the whole reply, then its completion."""
        yield from stream_whole(
            self.complete(prompt, constraint=constraint, decoding=decoding, cancelled=cancelled)
        )

    def complete_many(
        self,
        prompts: Sequence[Prompt],
        *,
        constraints: Sequence[Constraint | None] | None = None,
        decoding: Decoding = GREEDY,
        cancelled: Cancelled | None = None,
    ) -> list[Completion]:
        """Return the reply to each prompt, one after the other."""
        return complete_each(
            self, prompts, constraints=constraints, decoding=decoding, cancelled=cancelled
        )

    def dialect(self) -> Dialect | None:
        """Return the strongest constraint that the server was seen to obey; asked once."""
        return self._obeyed

    @cached_property
    def _obeyed(self) -> Dialect | None:
        if self._obeys(_grammar_fields(_PROBE_GRAMMAR), _WORD):
            return "gbnf"
        if self._obeys(_schema_fields(_PROBE_SCHEMA), json.dumps({"reply": _WORD})):
            return "json_schema"
        _log.info("the server obeys no grammar: replies are free and parsed strictly")
        return None

    def _obeys(self, fields: dict[str, Any], expected: str) -> bool:
        messages = [{"role": "user", "content": "Say hello."}]
        try:
            choice, _ = self._chat({"messages": messages, "max_tokens": 32, **fields})
        except (BackendError, InputError):
            return False
        said = choice["message"].get("content") or ""
        return "".join(said.split()) == "".join(expected.split())

    def _fields(self, constraint: Constraint | None) -> dict[str, Any]:
        if constraint is None or self._obeyed is None:
            return {}
        if self._obeyed == "gbnf":
            return _grammar_fields(constraint.gbnf())
        return _schema_fields(constraint.json_schema())

    def _chat(self, body: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        fields = {"model": self._model, "temperature": 0, "seed": 0, "stream": False, **body}
        reply = self._ask("POST", "/chat/completions", fields)
        try:
            choice = reply["choices"][0]
            choice["message"].get("content")
        except (KeyError, IndexError, TypeError, AttributeError) as error:
            raise BackendError(
                f"{self._url} answered something that is no completion. Is it OpenAI-compatible?"
            ) from error
        return choice, reply.get("usage") or {}

    def _models(self) -> list[dict[str, Any]]:
        listed = self._ask("GET", "/models", None).get("data")
        return [m for m in listed if isinstance(m, dict)] if isinstance(listed, list) else []

    def _ask(self, method: str, path: str, fields: dict[str, Any] | None) -> dict[str, Any]:
        for attempt in range(self._retries):
            pause = 0.5 * 2**attempt
            try:
                response = self._client.request(method, self._url + path, json=fields)
            except httpx.TransportError:
                self._wait(pause)
                continue
            if response.status_code not in _AGAIN:
                return self._read(response)
            self._wait(_seconds(response, pause))
        try:
            return self._read(self._client.request(method, self._url + path, json=fields))
        except httpx.TransportError as error:
            raise BackendError(
                f"{self._url} is not reachable ({type(error).__name__}). Start the server, or "
                "check its address and its certificate."
            ) from error

    def _read(self, response: httpx.Response) -> dict[str, Any]:
        status = response.status_code
        if status in {400, 413} and "context" in response.text:
            raise InputError("The prompt does not fit the server's context. Give fewer passages.")
        if status in {401, 403}:
            raise BackendError(f"{self._url} refuses the token. Set MEDRAG_LLM_TOKEN.")
        if status != 200:
            raise BackendError(f"{self._url} answered with HTTP status {status}; expected 200.")
        try:
            body = response.json()
        except ValueError as error:
            raise BackendError(f"{self._url} answered something that is not JSON.") from error
        if not isinstance(body, dict):
            raise BackendError(f"{self._url} answered JSON that is no object.")
        return body


def _grammar_fields(grammar: str) -> dict[str, Any]:
    # Each server reads its own field: llama.cpp, vLLM, SGLang, vLLM before 0.12.
    return {
        "grammar": grammar,
        "structured_outputs": {"grammar": grammar},
        "ebnf": grammar,
        "guided_grammar": grammar,
    }


def _schema_fields(schema: dict[str, Any]) -> dict[str, Any]:
    named = {"name": "answer", "strict": True, "schema": schema}
    return {"response_format": {"type": "json_schema", "json_schema": named}}


def _context(model: dict[str, Any]) -> int:
    meta = model.get("meta")
    told = model.get("max_model_len") or (meta.get("n_ctx") if isinstance(meta, dict) else None)
    return told if isinstance(told, int) and told > 0 else _UNKNOWN_CONTEXT


def _seconds(response: httpx.Response, otherwise: float) -> float:
    told = response.headers.get("Retry-After", "")
    return min(float(told), _LONGEST_WAIT_S) if told.isdecimal() else otherwise


def _token() -> str | None:
    path = os.environ.get("MEDRAG_LLM_TOKEN_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise InputError(
                f"MEDRAG_LLM_TOKEN_FILE names {path}, which cannot be read."
            ) from error
    return os.environ.get("MEDRAG_LLM_TOKEN")


def open_server(name: str, *, embedder: Embedder | None = None) -> ServerLLM:  # noqa: ARG001
    """Return the first model of the server at the URL `name`."""
    return ServerLLM(name)
