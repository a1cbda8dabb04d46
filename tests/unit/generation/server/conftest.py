"""A fake chat server, and models behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from fake_chat_server import FakeServer, serving
from medrag.generation.server import Connection, ServerLLM

QUICK = {"backoff_s": 0.01, "first_token_s": 5.0, "total_s": 20.0}


@pytest.fixture
def fake() -> Iterator[FakeServer]:
    """A chat server on loopback that does what the test tells it."""
    with serving(FakeServer()) as server:
        yield server


@pytest.fixture
def open_at() -> Iterator[Callable[..., ServerLLM]]:
    """Opens a server; keywords that `ServerLLM` does not know are those of `Connection`."""
    opened = []

    def make(url, *, model=None, context_tokens=None, at_once=8, **connection) -> ServerLLM:
        how = Connection(**{**QUICK, **connection})
        own = {"model": model, "context_tokens": context_tokens, "at_once": at_once}
        opened.append(ServerLLM(url, connection=how, **own))
        return opened[-1]

    yield make
    for llm in opened:
        llm.close()


@pytest.fixture
def llm(fake, open_at) -> ServerLLM:
    return open_at(fake.url)


@pytest.fixture
def prompt(prompt_of):
    return prompt_of("Dose?", "Give examplazine 40 mg. Take it with food.")
