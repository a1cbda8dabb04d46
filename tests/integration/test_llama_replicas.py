"""Two real llama.cpp servers behind one answerer, one of which is killed."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.integration.test_llama_server import (
    SHAPES,
    TEXTS,
    drawn,
    judged,
    prompt_of,
    running,
)

import tiny_gguf
from medrag.generation.server import Connection
from medrag.generation.server.replicas import Replicas, ReplicatedLLM
from medrag.pipeline.answering import constraint_of


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> Path:
    pytest.importorskip("gguf", reason="writing the model needs gguf, which the dev extra has")
    path = tmp_path_factory.mktemp("llama") / "tiny.gguf"
    tiny_gguf.write(path, [*TEXTS, *SHAPES * 3], context=16384)
    return path


def test_a_killed_server_is_stood_in_for_and_every_reply_obeys_its_grammar(model):
    prompt = prompt_of(*TEXTS)
    constraint = constraint_of(prompt, 8)
    with running(model) as (first, process), running(model) as (second, _):
        settings = Replicas(urls=(first, second), each=2, check_s=60)
        llm = ReplicatedLLM(settings, connection=Connection(connect_s=2.0))
        try:
            before = [
                llm.complete(prompt, constraint=constraint, decoding=drawn(seed))
                for seed in range(4)
            ]
            assert [load.served for load in llm.loads()] == [2, 2]
            process.kill()
            process.wait()
            after = llm.complete_many([prompt] * 4, constraints=[constraint] * 4, decoding=drawn(9))
            assert llm.loads()[0].down is not None
            assert llm.loads()[1].down is None
        finally:
            llm.close()
    found = judged([*before, *after], prompt)
    assert found["constrained"] + found["lenient bytes"] == 8, found
    assert {reply.dialect for reply in before} == {"gbnf"}
