"""Servers that send anything at all: a completion or one of our errors, in bounded time."""

from __future__ import annotations

import contextlib
import json
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fake_chat_server import EVENTS, JSON, Answer, event
from medrag.core.prompt import Completion, Decoding
from medrag.errors import BackendError, DraftParseError, MedragError
from medrag.generation import parse
from medrag.generation.server.events import Piece, Reported, events, object_of, piece_of
from medrag.generation.server.facts import learn
from medrag.quotes import verify

WORDS = st.sampled_from(
    [
        *("choices", "delta", "message", "content", "finish_reason", "error", "code", "usage"),
        *("index", "stop", "prompt_tokens", "completion_tokens", "data", "id", "max_model_len"),
        *("meta", "n_ctx", "owned_by", "details", "digest"),
    ]
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | WORDS
KEYS = WORDS | st.text(max_size=4)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
OBJECTS = st.dictionaries(WORDS, VALUES, max_size=4)


@given(OBJECTS)
def test_any_event_is_a_piece_or_our_error(told):
    with contextlib.suppress(BackendError):
        made = piece_of(json.loads(json.dumps(told)))
        assert isinstance(made, (Piece, Reported))
        if isinstance(made, Piece):
            assert isinstance(made.text, str)
            assert made.ended is None or (made.ended.isprintable() and len(made.ended) <= 24)


@given(st.lists(st.binary(max_size=40) | st.sampled_from([b"data: ", b"\n\n", b"{}", b"\r"])))
def test_any_bytes_are_events_or_our_error(chunks):
    with contextlib.suppress(BackendError):
        for data in events(chunks, most_bytes=500):
            object_of(data)


class Told:
    """A line on which every question has the same answer."""

    def __init__(self, told):
        self._told = told

    def models(self):
        return self._told

    def tells_token(self, text):
        return False

    def fact(self, path, body=None, *, limit_s=0):
        return self._told


@given(st.none() | OBJECTS, st.none() | st.just("m"))
def test_any_facts_are_facts_or_our_error(told, wanted):
    with contextlib.suppress(MedragError):
        facts = learn(Told(told), wanted, None)
        assert 0 < facts.context_tokens < 1 << 31
        assert facts.name.isprintable()


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from([EVENTS, JSON, {}]),
    st.sampled_from([200, 200, 200, 400, 500, 302]),
    st.lists(
        st.binary(min_size=1, max_size=60)
        | OBJECTS.map(lambda told: b"data: " + json.dumps(told).encode() + b"\n\n")
        | st.sampled_from([event("{"), event(end="stop"), b"data: [DONE]\n\n", None]),
        max_size=6,
    ),
)
def test_any_answer_is_a_completion_or_our_error(open_at, fake, prompt, headers, status, steps):
    llm = open_at(fake.url, retries=0, first_token_s=2.0)
    fake.script = [Answer(status, headers, list(steps)) for _ in range(2)]
    began = time.monotonic()
    with contextlib.suppress(MedragError):
        completion = llm.complete(prompt)
        assert isinstance(completion, Completion)
        assert not any("\ud800" <= char <= "\udfff" for char in completion.text)
        completion.model_dump_json()  # it can be written into the audit log
        with contextlib.suppress(DraftParseError):
            verify(parse(completion, prompt), prompt)
    assert time.monotonic() - began < 4


def test_bytes_one_by_one_cost_no_more_than_bytes(llm, fake, prompt):
    raw = event("{" + "x" * 20_000)
    fake.script = [Answer(steps=[raw[at : at + 1] for at in range(len(raw))])]
    began = time.monotonic()
    completion = llm.complete(prompt, decoding=Decoding(max_tokens=8))
    assert completion.finish_reason == "error"
    assert len(completion.text) == 20_001
    assert time.monotonic() - began < 8


@pytest.mark.parametrize("drop", [b"x", b"\r"])
def test_a_million_drops_do_not_cost_their_square(drop):
    began = time.monotonic()
    with contextlib.suppress(BackendError):
        list(events((drop for _ in range(1 << 20)), most_bytes=1 << 30))
    assert time.monotonic() - began < 20


def test_control_characters_of_a_reply_are_no_words_of_a_claim(llm, fake, prompt):
    quote = {"p": 1, "t": "Give examplazine 40 mg."}
    claim = {"quotes": [quote], "claim": "Give \u001b[2J\u0007\u202e40 mg\u0000."}
    fake.text = json.dumps({"status": "answered", "claims": [claim]})
    completion = llm.complete(prompt)
    (said,) = parse(completion, prompt).claims
    assert not set(said.text) & set("\u001b\u0007\u0000\u202e")
    assert "40 mg" in said.text
    assert json.loads(completion.text)["claims"] == [claim]  # raw for the audit
