"""Whatever a constrained decoder says: it parses, and every claim passes the gate."""

from __future__ import annotations

import json
import random

import pytest
from tests.properties.adversarial import hits

from medrag.core.prompt import Completion, Decoding, Prompt
from medrag.core.query import Query
from medrag.generation import build_prompt, parse
from medrag.generation.grammar import AnswerGrammar
from medrag.pipeline.answering import constraint_of
from medrag.pipeline.replies import judged

MODES = ("quote", "pointer", "words")
DIALECTS = ("lark", "gbnf", "json_schema")


def asked(rng: random.Random, mode: str) -> tuple[Prompt, AnswerGrammar]:
    prompt = build_prompt(Query(text="Dose?"), hits(rng), mode=mode, max_claims=4)
    return prompt, constraint_of(prompt, 4)


def supported_claims(completion: Completion, prompt: Prompt, constraint: AnswerGrammar) -> int:
    """Return how many claims a reply has, all of them supported."""
    assert completion.finish_reason == "stop"
    assert constraint.admits(completion.text)
    claims = parse(completion, prompt).claims
    for draft in claims:
        claim = judged(draft, prompt, completion)
        assert claim.support == "supported", claim
    return len(claims)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("mode", MODES)
def test_every_random_reply_parses_and_every_claim_of_it_is_supported(mode, dialect):
    pytest.importorskip("llguidance")
    from medrag.generation.random_walk import RandomLLM

    llm, rng, claims = RandomLLM(dialect), random.Random(f"{mode} {dialect}"), 0
    for _ in range(8):
        prompt, constraint = asked(rng, mode)
        for _ in range(4):
            decoding = Decoding(seed=rng.getrandbits(32), max_tokens=200_000)
            completion = llm.complete(prompt, constraint=constraint, decoding=decoding)
            claims += supported_claims(completion, prompt, constraint)
    assert claims > 8


@pytest.mark.parametrize("dialect", ["lark", "gbnf"])
def test_an_answer_after_a_random_thought_is_held_as_well(dialect):
    pytest.importorskip("llguidance")
    from medrag.generation.random_walk import RandomLLM

    llm, rng = RandomLLM(dialect), random.Random(dialect)
    thoughts = 0
    for _ in range(16):
        prompt, constraint = asked(rng, "quote")
        decoding = Decoding(seed=rng.getrandbits(32), max_tokens=200_000, think_tokens=1)
        completion = llm.complete(prompt, constraint=constraint, decoding=decoding)
        supported_claims(completion, prompt, constraint)
        thoughts += completion.thinking is not None
    assert 0 < thoughts < 16


@pytest.mark.parametrize("dialect", ["gbnf", "json_schema"])
@pytest.mark.parametrize("mode", MODES)
def test_another_grammar_engine_reads_the_same_language(mode, dialect):
    xgrammar = pytest.importorskip("xgrammar")
    compiler = xgrammar.GrammarCompiler(
        xgrammar.TokenizerInfo(
            [*(bytes([byte]) for byte in range(256)), b"</s>"],
            vocab_type=xgrammar.VocabType.RAW,
            stop_token_ids=[256],
        )
    )
    rng, claims = random.Random(f"{mode} {dialect}"), 0
    for _ in range(12):
        prompt, constraint = asked(rng, mode)
        if dialect == "gbnf":
            compiled = compiler.compile_grammar(constraint.gbnf())
        else:
            schema = json.dumps(constraint.json_schema())
            compiled = compiler.compile_json_schema(schema, any_whitespace=False)
        text = xgrammar_walk(xgrammar, compiled, rng)
        claims += supported_claims(Completion(text=text, model="x"), prompt, constraint)
    assert claims > 3


def xgrammar_walk(xgrammar, compiled, rng: random.Random) -> str:
    """Return a random reply that xgrammar allows, byte by byte."""
    matcher = xgrammar.GrammarMatcher(compiled)
    mask = xgrammar.allocate_token_bitmask(1, 257)
    said = bytearray()
    while True:
        matcher.fill_next_token_bitmask(mask)
        words = [int(word) & 0xFFFFFFFF for word in mask[0]]
        allowed = [byte for byte in range(257) if words[byte // 32] >> byte % 32 & 1]
        closes = ord('"') in allowed and rng.random() < 0.06
        byte = ord('"') if closes else rng.choice(allowed)
        if byte == 256:
            return said.decode("utf-8", "replace")
        assert matcher.accept_token(byte)
        said.append(byte)
