"""What is sent to each server is a grammar that its engine reads, and holds it to the passages.

Behind each field stands llguidance, which decodes at random whatever was posted there: the
engine of vLLM's guidance backend, and one more reader of the GBNF and the schemas of the others.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from fake_chat_server import Answer, FakeServer, refusal, serving, streamed
from medrag.core.prompt import Decoding
from medrag.core.query import Query
from medrag.errors import BackendError
from medrag.generation import build_prompt, parse
from medrag.generation.server.probe import ROUTES, Route
from medrag.pipeline.answering import constraint_of
from medrag.quotes import verify

random_walk = pytest.importorskip("medrag.generation.random_walk", reason="needs llguidance")


@dataclass(frozen=True)
class Posted:
    """A constraint as it came over the wire, in whatever dialect it came."""

    text: Any

    def lark(self) -> str:
        return self.text

    gbnf = json_schema = lark


class Obeying(FakeServer):
    """A server that decodes at random under what stands in its field, and ignores all others."""

    def __init__(self, route: Route, prompt: Any) -> None:
        super().__init__()
        self.models = {"data": [{"id": "m", "owned_by": route.of, "max_model_len": 100_000}]}
        self.pages = {"/api/ps": {"models": [{"name": "m", "context_length": 100_000}]}}
        self._route, self._prompt = route, prompt

    def answer(self, body: dict[str, Any]) -> Answer:
        posted = self._posted(body)
        if posted is None:
            return Answer(steps=[b"".join(streamed("What free text."))])
        if self._route.dialect == "gbnf" and "::=" not in posted:
            return refusal(400)  # xgrammar reads no Lark, which llguidance does in either case
        walker = random_walk.RandomLLM(self._route.dialect)
        decoding = Decoding(max_tokens=20_000, seed=body["seed"])
        try:
            said = walker.complete(self._prompt, constraint=Posted(posted), decoding=decoding)
        except BackendError:
            return refusal(400, json.dumps({"error": {"message": "the grammar is not read"}}))
        return Answer(steps=[b"".join(streamed(said.text, end=said.finish_reason))])

    def _posted(self, body: dict[str, Any]) -> Any:
        """What stands where this server's software documents that it looks."""
        form = body.get("response_format", {})
        return {
            "structured_outputs": body.get("structured_outputs", {}).get("grammar"),
            "grammar": body.get("grammar"),
            "ebnf": body.get("ebnf"),
            "guided_grammar": body.get("guided_grammar"),
            "response_format.ebnf": form.get("ebnf") if form.get("type") == "ebnf" else None,
            "response_format.json_schema": form.get("json_schema", {}).get("schema"),
            "response_format.json": form.get("value") if form.get("type") == "json" else None,
        }[self._route.field]


@pytest.mark.parametrize("mode", ["quote", "pointer", "words"])
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.field} {route.dialect}")
def test_every_field_holds_a_server_to_the_passages(open_at, hits_of, nasty, route, mode):
    prompt = build_prompt(Query(text="What is the dose?"), hits_of(*nasty), mode=mode)
    constraint = constraint_of(prompt, 4)
    with serving(Obeying(route, prompt)) as server:
        llm = open_at(server.url)
        assert llm.dialect() == route.dialect
        for seed in range(3):
            decoding = Decoding(max_tokens=4000, temperature=1.0, seed=seed)
            completion = llm.complete(prompt, constraint=constraint, decoding=decoding)
            assert (completion.constrained, completion.note) == (True, None)
            assert completion.dialect == route.dialect
            quoted = verify(parse(completion, prompt), prompt)
            found = {quote.match.status for claim in quoted.claims for quote in claim.quotes}
            # Words that leave their sentence's condition outside are clipped, never altered.
            assert found <= {"exact", "normalized", *(("clipped",) if mode == "words" else ())}
