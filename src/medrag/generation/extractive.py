"""The answerer without a language model: whole sentences that answer the question."""

from __future__ import annotations

import json

from medrag.core.prompt import Completion, Prompt
from medrag.core.protocols import Embedder
from medrag.errors import InputError
from medrag.generation.shown import units

THRESHOLD = 0.45


class ExtractiveLLM:
    """Selects sentences of the passages, each a claim with itself as its quotation.

    Args:
        embedder: Compares sentences with the question.
        max_claims: The most sentences of one answer, from 1.
    """

    context_tokens = 1_000_000

    def __init__(self, embedder: Embedder, *, max_claims: int = 4) -> None:
        self._embedder = embedder
        self._max_claims = max_claims
        self.name = f"extractive-1+{embedder.name}"

    def count_tokens(self, text: str) -> int:
        """Return the number of words of `text`."""
        return len(text.split())

    def complete(self, prompt: Prompt, *, max_tokens: int = 1024) -> Completion:
        """Return the best sentences in the answer contract, or that none answers.

        At most `max_claims` claims and `max_tokens` words of quotation; no claim is ever cut.
        """
        found = [
            (number, unit.text)
            for number, hit in enumerate(prompt.hits, start=1)
            for unit in units(hit.passage)
        ]
        texts = [text for _, text in found]
        question = self._embedder.embed_queries([prompt.question])[0]
        scores = self._embedder.embed_passages(texts) @ question
        order = sorted(range(len(found)), key=lambda i: (-scores[i], i))[: self._max_claims]
        chosen = [found[i] for i in order if scores[i] >= THRESHOLD]
        while sum(self.count_tokens(text) for _, text in chosen) > max_tokens:
            chosen.pop()
        return Completion(text=_reply(chosen), model=self.name, constrained=True)


def _reply(chosen: list[tuple[int, str]]) -> str:
    if not chosen:
        missing = "No sentence of the retrieved passages answers this question."
        fields: dict[str, object] = {"status": "insufficient", "claims": [], "missing": missing}
    else:
        claims = [{"quotes": [{"p": p, "t": text}], "claim": text} for p, text in chosen]
        fields = {"status": "answered", "claims": claims}
    return json.dumps(fields, ensure_ascii=False)


def open_extractive(name: str, *, embedder: Embedder | None = None) -> ExtractiveLLM:
    """Return the extractive answerer.

    Raises:
        InputError: There is no embedder.
    """
    if embedder is None:
        raise InputError(f"{name!r} needs the index's embedder: open_llm({name!r}, embedder=...).")
    return ExtractiveLLM(embedder)
