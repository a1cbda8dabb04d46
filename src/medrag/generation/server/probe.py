"""Which constraint a server really obeys: asked, not believed.

Servers ignore fields that they do not know and answer 200 with free text, and the fields have
changed with their versions. So each way to send a constraint is tried with one that allows a
single unlikely word, the likeliest for this server first, until one brings that word.

The cost is one request of a few tokens for each way that is tried, once for each `ServerLLM`:
one with vLLM since 0.12, llama.cpp, SGLang and Ollama, which say what they are; at most eight
with a server that obeys none. A reply is given up at its first token that cannot be the word.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from medrag.core.prompt import Dialect
from medrag.core.protocols import Constraint
from medrag.generation.server.refusal import ServerError

_log = logging.getLogger(__name__)

Ask = Callable[[dict[str, Any], Callable[[str], bool]], str]

_WORD = "medrag-ok"
_OBJECT = {"p": 7, "t": _WORD}
_NOT_THIS_ONE = frozenset({400, 404, 415, 422, 500, 501})
PROBE_TOKENS = 128
"""Four times what the word needs as JSON, for white space that a server's grammar allows."""


@dataclass(frozen=True, slots=True)
class Route:
    """One way to send a constraint.

    Attributes:
        field: Where in the request it stands.
        dialect: What is written there.
        of: The server software that reads it, as it calls itself in its list of models.
        fields: What a constraint adds to a request.
    """

    field: str
    dialect: Dialect
    of: str
    fields: Callable[[Constraint], dict[str, Any]]


def _structured(grammar: str) -> dict[str, Any]:
    return {"structured_outputs": {"grammar": grammar}}


def _json_schema(constraint: Constraint) -> dict[str, Any]:
    named = {"name": "answer", "strict": True, "schema": constraint.json_schema()}
    return {"response_format": {"type": "json_schema", "json_schema": named}}


_DENSE = (
    _WORD,
    *(
        json.dumps(dict(pairs), separators=(",", ":"))
        for pairs in (_OBJECT.items(), reversed(_OBJECT.items()))
    ),
)
ROUTES = (
    # vLLM since 0.12; its guidance backend reads Lark and compiles it in milliseconds.
    Route(
        "structured_outputs",
        "lark",
        "vllm",
        lambda c: {"structured_outputs": {"grammar": c.lark()}},
    ),
    Route(
        "structured_outputs",
        "gbnf",
        "vllm",
        lambda c: {"structured_outputs": {"grammar": c.gbnf()}},
    ),
    Route("grammar", "gbnf", "llamacpp", lambda c: {"grammar": c.gbnf()}),
    Route("ebnf", "gbnf", "sglang", lambda c: {"ebnf": c.gbnf()}),
    # vLLM before 0.12.
    Route("guided_grammar", "gbnf", "vllm", lambda c: {"guided_grammar": c.gbnf()}),
    Route(
        "response_format.ebnf",
        "gbnf",
        "tensorrt_llm",
        lambda c: {"response_format": {"type": "ebnf", "ebnf": c.gbnf()}},
    ),
    # OpenAI's own field; Ollama makes its `format` of it.
    Route("response_format.json_schema", "json_schema", "library", _json_schema),
    Route(
        "response_format.json",
        "json_schema",
        "tgi",
        lambda c: {"response_format": {"type": "json", "value": c.json_schema()}},
    ),
)
"""The ways there are, the best first: a grammar says more than a schema."""


class OneWord:
    """A constraint that allows one unlikely word, made of what real ones are made of."""

    def lark(self) -> str:
        """Return the word in Lark."""
        return f'%llguidance {{}}\nstart: "{_WORD}"\n'

    def gbnf(self) -> str:
        """Return the word in GBNF."""
        return f'root ::= "{_WORD}"\n'

    def json_schema(self) -> dict[str, Any]:
        """Return an object with the word as its only value; other kinds of object also there."""
        kinds = [
            {
                "type": "object",
                "properties": {"p": {"const": 7}, "t": {"enum": [_WORD]}},
                "required": ["p", "t"],
                "additionalProperties": False,
            }
        ]
        return {"anyOf": kinds}

    def admits(self, text: str, *, cut: bool = False) -> bool:
        """Return whether the text is the word, or the object with it; never where `cut`."""
        try:
            return not cut and (text == _WORD or json.loads(text) == _OBJECT)
        except (ValueError, RecursionError):
            return False

    def is_lost(self, text: str) -> bool:
        """Return whether nothing that follows makes this the word, or the object with it."""
        dense = "".join(text.split())
        return not any(whole.startswith(dense) for whole in _DENSE)

    def after_thinking(self) -> OneWord:
        """Return the same: nobody thinks about it."""
        return self


class Probe:
    """Finds the ways that a server obeys, and remembers.

    Args:
        ask: Asks the server with these fields and returns what it says, or its beginning as
            soon as the second argument says that it is lost.
        owner: What the server calls itself; empty where it does not say.
    """

    def __init__(self, ask: Ask, owner: str) -> None:
        self._ask = ask
        # Stable: among equals the better way stays first.
        self._order = sorted(ROUTES, key=lambda route: not owner.startswith(route.of))
        self._obeyed: dict[Route, bool] = {}
        self._lock = threading.Lock()

    def best(self, after: Route | None = None) -> Route | None:
        """Return the first way that the server obeys, after a given one; None where there is none.

        Raises:
            MedragError: The server could not be asked, or refused whatever it was asked;
                nothing is remembered of that.
        """
        with self._lock:
            refused: ServerError | None = None
            start = 0 if after is None else self._order.index(after) + 1
            for route in self._order[start:]:
                if route not in self._obeyed:
                    refused = self._try(route)
                if self._obeyed.get(route):
                    return route
            if refused is not None and not self._obeyed:
                raise refused
            return None

    def _try(self, route: Route) -> ServerError | None:
        """Ask, and remember what the server does; return its refusal where it refuses."""
        word = OneWord()
        try:
            said = self._ask(route.fields(word), word.is_lost)
        except ServerError as error:
            if error.status not in _NOT_THIS_ONE:
                raise
            return error
        self._obeyed[route] = word.admits(said.strip())
        verdict = "obeyed" if self._obeyed[route] else "ignored"
        _log.info("constraint in %s (%s): %s", route.field, route.dialect, verdict)
        return None
