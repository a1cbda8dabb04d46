"""Bytes to events to pieces: wherever a network or a server cuts them."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrag.errors import BackendError
from medrag.generation.server.events import (
    Piece,
    Reported,
    Usage,
    WholeCharacters,
    events,
    object_of,
    piece_of,
    whole,
    words_of,
)

STREAM = (
    ': ping\r\n\r\nevent: message\r\ndata: {"a": "≥90 kg"}\r\n\r\n'
    'data: {"b": "💊\u2028\u0085x"}\n\ndata:{"c":1}\n\n'
    "data: one\ndata: two\n\nid: 7\n\ndata: [DONE]\n\ndata: after\n\n"
).encode()
DATA = ['{"a": "≥90 kg"}', '{"b": "💊\u2028\u0085x"}', '{"c":1}', "one\ntwo"]


def read(chunks, most=10_000):
    return list(events(chunks, most_bytes=most))


def test_events_are_their_data_up_to_done():
    assert read([STREAM]) == DATA


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_it_does_not_matter_where_the_network_cuts(places):
    marks = [0, *sorted(places), len(STREAM)]
    assert read([STREAM[a:b] for a, b in pairwise(marks)]) == DATA


def test_byte_by_byte_is_the_same():
    assert read([bytes([byte]) for byte in STREAM]) == DATA


def test_a_carriage_return_alone_ends_a_line():
    assert read([b"data: x\r\r", b"data: y\r", b"\ndata: z\r\n\r\n"]) == ["x", "y\nz"]


def test_an_event_that_the_end_cuts_is_dropped():
    assert read([b"data: whole\n\ndata: {cut"]) == ["whole"]


def test_errors_in_a_field_of_their_own_are_events():
    assert read([b'error: {"code": 500}\n\n']) == ['{"code": 500}']


def test_more_bytes_than_allowed_are_refused():
    with pytest.raises(BackendError, match="more than was asked for"):
        read([b"data: x\n\n"] * 20, most=100)


def test_a_line_without_end_is_given_up():
    with pytest.raises(BackendError, match="more than was asked for"):
        read([b"data: " + b"x" * (1 << 19)] * 3, most=1 << 30)


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(BackendError, match="not UTF-8"):
        read([b"data: \xff\n\n"])


def test_a_whole_body_has_a_limit_too():
    assert whole([b"a\xc3", b"\xa9"], most_bytes=3) == "aé"
    with pytest.raises(BackendError, match="more than was asked for"):
        whole([b"abcd"], most_bytes=3)


@pytest.mark.parametrize("text", ["<html>", "", "[1]", "3", '{"a":', "[" * 100_000])
def test_what_is_no_json_object_is_refused(text):
    with pytest.raises(BackendError, match="JSON"):
        object_of(text)


def piece(**choice):
    return piece_of({"choices": [{"index": 0, **choice}]})


def test_a_delta_and_a_message_are_pieces():
    assert piece(delta={"content": "x"}) == Piece(text="x")
    assert piece(message={"content": "x"}, finish_reason="stop") == Piece(text="x", ended="stop")
    assert piece(delta={"role": "assistant", "content": None}) == Piece()
    assert piece(delta={}, finish_reason="length") == Piece(ended="length")
    assert piece(finish_reason="stop") == Piece(ended="stop")


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
def test_thinking_that_the_server_tells_apart_stays_apart(name):
    assert piece(delta={name: "hm"}) == Piece(thinking="hm")


@pytest.mark.parametrize(
    ("reason", "ended"),
    [
        ("eos_token", "stop"),
        ("max_tokens", "length"),
        ("content_filter", "content_filter"),
        ("tool_calls", "tool_calls"),
        ("\x1b[31mrm -rf\n" + "x" * 99, "unknown"),
        ("", None),
        (None, None),
        (7, None),
    ],
)
def test_ends_have_one_name_each_and_strange_ones_are_not_repeated(reason, ended):
    assert piece(delta={}, finish_reason=reason).ended == (ended or None)


def test_a_refusal_is_an_end():
    assert piece(delta={"refusal": "I cannot"}).ended == "refusal"


def test_usage_comes_with_or_without_a_choice():
    told = {"prompt_tokens": 5, "completion_tokens": 3}
    details = {**told, "completion_tokens_details": {"reasoning_tokens": 2}}
    assert piece_of({"choices": [], "usage": told}) == Piece(usage=Usage(5, 3))
    assert piece_of({"usage": details}).usage == Usage(5, 3, 2)
    assert piece_of({"usage": {"prompt_tokens": -1, "completion_tokens": "x"}}).usage == Usage()


def test_other_choices_than_the_first_are_not_mixed_in():
    choices = [{"index": 1, "delta": {"content": "no"}}, {"index": 0, "delta": {"content": "yes"}}]
    assert piece_of({"choices": choices}).text == "yes"


@pytest.mark.parametrize(
    "event",
    [
        {"choices": "x"},
        {"choices": ["x"]},
        {"choices": [{"index": 0}]},
        {"choices": [{"message": None}]},
        {"choices": [{"delta": {"content": ["x"]}}]},
        {"choices": [{"delta": {"content": 3}}]},
    ],
)
def test_what_is_no_part_of_a_completion_is_refused(event):
    with pytest.raises(BackendError):
        piece_of(event)


def test_errors_inside_a_stream_keep_their_status():
    told = {"error": {"code": 400, "message": "Exceeds the CONTEXT size", "type": "x"}}
    assert piece_of(told) == Reported(400, "exceeds the context size x")
    assert piece_of({"object": "error", "message": "m", "code": 404}) == Reported(404, "m")
    assert piece_of({"error": "CUDA", "error_type": "generation"}) == Reported(500, "cuda")


def test_only_the_reason_of_a_refusal_is_read_and_not_the_echo_of_a_request():
    body = {"error": {"message": "m" * 900}, "input": "context length"}
    assert words_of(json.dumps(body)) == "m" * 400
    assert not words_of("<html>context length</html>")
    assert not words_of("[" * 100_000)


@given(st.text(), st.integers(0, 30))
def test_characters_cut_into_halves_are_joined(text, place):
    halves = json.dumps(text)[1:-1]
    raw = json.loads(f'"{halves}"')
    utf16 = [
        chr(int.from_bytes(raw.encode("utf-16-le")[i : i + 2], "little"))
        for i in range(0, len(raw.encode("utf-16-le")), 2)
    ]
    joiner = WholeCharacters()
    parts = ["".join(utf16[:place]), "".join(utf16[place:])]
    assert "".join(joiner.feed(part) for part in parts) + joiner.end() == text


def test_half_a_character_is_no_character_of_any_passage():
    joiner = WholeCharacters()
    assert joiner.feed("a\udc8ab\ud83d") + joiner.end() == "a\ufffdb\ufffd"
