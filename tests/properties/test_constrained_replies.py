"""Whatever a constrained decoder says: it parses, and every claim passes the gate."""

from __future__ import annotations

import random

import pytest
from tests.properties.adversarial import hits

from medrag.core.prompt import Decoding
from medrag.core.query import Query
from medrag.generation import build_prompt, parse
from medrag.pipeline.answering import constraint_of
from medrag.pipeline.replies import judged

pytest.importorskip("llguidance")

MODES = ("quote", "pointer", "words")
DIALECTS = ("lark", "gbnf", "json_schema")


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("mode", MODES)
def test_every_random_reply_parses_and_every_claim_of_it_is_supported(mode, dialect):
    from medrag.generation.random_walk import RandomLLM

    llm = RandomLLM(dialect)
    rng = random.Random(f"{mode} {dialect}")
    claims = 0
    for _ in range(8):
        prompt = build_prompt(Query(text="Dose?"), hits(rng), mode=mode, max_claims=4)
        constraint = constraint_of(prompt, 4)
        for seed in range(4):
            decoding = Decoding(seed=seed, max_tokens=200_000)
            completion = llm.complete(prompt, constraint=constraint, decoding=decoding)
            assert completion.finish_reason == "stop"
            assert constraint.admits(completion.text)
            for draft in parse(completion, prompt).claims:
                claim = judged(draft, prompt, completion)
                assert claim.support == "supported", claim
                claims += 1
    assert claims > 8
