"""What servers do wrong, by accident and on purpose."""

from __future__ import annotations

import json
import socket
import threading
import time
import traceback
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest

from fake_chat_server import (
    ANSWER,
    DONE,
    JSON,
    Answer,
    FakeServer,
    event,
    refusal,
    said,
    serving,
    streamed,
)
from medrag.core.prompt import Decoding
from medrag.errors import BackendError, DraftParseError, InputError
from medrag.generation import parse
from medrag.generation.server.address import Address, Connection
from medrag.generation.server.wire import Wire
from medrag.quotes import verify

SECRET = "s3cret-token"


def fails(llm, prompt, match, error=BackendError):
    with pytest.raises(error, match=match) as caught:
        llm.complete(prompt)
    shown = "".join(traceback.format_exception(caught.value))
    assert "SECRET" not in shown
    assert SECRET not in shown


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_or_failing_server_is_asked_again(llm, fake, prompt, status):
    fake.script = [refusal(status), refusal(status)]
    assert llm.complete(prompt).text == ANSWER
    assert len(fake.asked) == 3


def test_retry_after_is_obeyed_as_seconds_and_as_date(llm, fake, prompt):
    fake.script = [refusal(429, Retry_After="1")]
    began = time.monotonic()
    llm.complete(prompt)
    assert time.monotonic() - began >= 1

    soon = datetime.now(timezone.utc) + timedelta(seconds=2)
    fake.script = [refusal(503, Retry_After=format_datetime(soon, usegmt=True))]
    began = time.monotonic()
    llm.complete(prompt)
    assert time.monotonic() - began >= 0.9


@pytest.mark.parametrize("told", ["99999999999999999999", "-5", "soon", "", "1e9", "٣"])
def test_a_strange_retry_after_does_no_harm(llm, fake, prompt, told):
    fake.script = [refusal(503, Retry_After=told.encode().decode("latin-1"))]
    if told.startswith("999"):
        fails(llm, prompt, "HTTP 503")
    else:
        assert llm.complete(prompt).text == ANSWER


def test_retries_end(llm, fake, prompt):
    fake.script = [refusal(503)] * 9
    fails(llm, prompt, "failed.*HTTP 503")
    assert len(fake.asked) == 3


def test_a_server_too_busy_for_all_retries_says_so(llm, fake, prompt):
    fake.script = [refusal(429)] * 9
    fails(llm, prompt, "busy.*HTTP 429")


def test_retries_end_with_the_deadline(open_at, fake, prompt):
    llm = open_at(fake.url, backoff_s=100.0)
    fake.script = [refusal(503)] * 9
    began = time.monotonic()
    fails(llm, prompt, "HTTP 503")
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("status", [400, 404, 409, 422, 501])
def test_what_asking_again_does_not_mend_is_not_asked_again(llm, fake, prompt, status):
    fake.script = [refusal(status)] * 9
    fails(llm, prompt, f"HTTP {status}")
    # Twice where the optional fields may be the reason.
    assert len(fake.asked) == (2 if status in {400, 422} else 1)


def test_optional_fields_that_a_server_refuses_are_left_out_for_good(llm, fake, prompt):
    fake.strict = True
    assert llm.complete(prompt).text == ANSWER
    assert llm.complete(prompt).text == ANSWER
    assert [set(body) & {"seed", "stream_options"} for body in fake.asked] == [
        {"seed", "stream_options"},
        set(),
        set(),
    ]


@pytest.mark.parametrize(
    ("fault", "error", "message"),
    [
        (refusal(400, "SECRET"), BackendError, "refuses the request"),
        (refusal(413, "SECRET"), InputError, "does not fit"),
        (refusal(418, "SECRET"), BackendError, "HTTP 418"),
        (refusal(404, '{"detail":"Not Found"}'), BackendError, "no chat completions"),
        (refusal(204), BackendError, "HTTP 204"),
        (refusal(200, "SECRET <html>"), BackendError, "not JSON"),
        (refusal(200, '["SECRET"]'), BackendError, "no object"),
        (refusal(200, '{"choices": [{"message": null}]}'), BackendError, "no completion"),
        (refusal(200, '{"choices": "SECRET"}'), BackendError, "no completion"),
        (refusal(200, b"\xff\xfe"), BackendError, "not UTF-8"),
        (refusal(200, "[" * 50_000), BackendError, "not JSON"),
        (refusal(200, '{"choices": []}'), BackendError, "broke off"),
        (refusal(200, "{}"), BackendError, "broke off"),
        (Answer(headers={}, steps=[b"SECRET"]), BackendError, "neither events nor JSON"),
        (
            Answer(headers={"Content-Type": "text/html"}, steps=[b"<html>SECRET"]),
            BackendError,
            "neither events nor JSON",
        ),
        (Answer(steps=[b"data: {SECRET\n\n"]), BackendError, "not JSON"),
        (Answer(steps=[b"data: SECRET\n\n"]), BackendError, "not JSON"),
        (Answer(steps=[said({"error": {"code": 400, "message": "SECRET"}})]), BackendError, "400"),
        (Answer(steps=[said({"error": "SECRET"})]), BackendError, "HTTP 500"),
        (Answer(steps=[event(end="content_filter")]), BackendError, "'content_filter'"),
        (Answer(steps=[event(end="tool_calls")]), BackendError, "'tool_calls'"),
        (Answer(steps=[said({"choices": [{"delta": {"refusal": "SECRET"}}]})]), BackendError,
         "'refusal'"),
    ],
)  # fmt: skip
def test_faults_are_named_and_the_servers_words_are_not_repeated(
    llm, fake, prompt, fault, error, message
):
    fake.script = [fault] * 9
    fails(llm, prompt, message, error)


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (400, "This model's maximum context length is 8192 tokens. However, you requested 9000"),
        (400, "the request exceeds the available context size, try increasing it"),
        (400, "prompt too long; exceeded max context length by 12 tokens"),
        (422, "`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000"),
        (500, "input is too long"),
    ],
)
def test_a_prompt_that_is_too_long_for_the_server_is_the_askers_fault(
    open_at, fake, prompt, status, told
):
    fake.script = [refusal(status, json.dumps({"error": {"message": told}}))] * 9
    fails(open_at(fake.url, retries=0), prompt, "does not fit the server's context", InputError)


def test_an_unknown_model_is_the_askers_fault(llm, fake, prompt):
    body = json.dumps({"error": {"message": "The model `SECRET` does not exist."}})
    fake.script = [refusal(404, body)]
    fails(llm, prompt, "does not have the model", InputError)


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_token_is_not_printed_though_the_server_echoes_it(open_at, fake, prompt, status):
    llm = open_at(fake.url, token=SECRET)
    body = json.dumps({"error": {"message": f"Incorrect API key provided: {SECRET}"}})
    fake.script = [refusal(status, body, WWW_Authenticate=f"Bearer {SECRET}")]
    fails(llm, prompt, "refuses the token.*MEDRAG_LLM_TOKEN")
    assert SECRET not in repr(vars(llm))
    assert len(fake.asked) == 1


def test_a_redirect_is_not_followed_and_the_token_stays(open_at, fake, prompt):
    with serving(FakeServer()) as thief:
        llm = open_at(fake.url, token=SECRET)
        for status in (301, 302, 307, 308):
            fake.script = [refusal(status, "", Location=f"{thief.url}/v1/chat/completions")]
            fails(llm, prompt, "another address, which is not followed")
        assert not thief.paths


def test_a_reply_that_breaks_off_keeps_what_was_said(llm, fake, prompt):
    fake.script = [Answer(steps=[event('{"status":'), None])]
    completion = llm.complete(prompt)
    assert (completion.text, completion.finish_reason) == ('{"status":', "error")
    assert completion.note == "The server broke off in the middle of its reply."
    assert len(fake.asked) == 1
    with pytest.raises(DraftParseError):
        parse(completion, prompt)


def test_a_stream_that_ends_without_an_end_was_cut(llm, fake, prompt):
    fake.script = [Answer(steps=[event('{"status":'), DONE])]
    assert llm.complete(prompt).finish_reason == "error"


def test_a_connection_that_breaks_before_a_word_is_tried_again(llm, fake, prompt):
    fake.script = [Answer(steps=[None]), Answer(steps=[said({"choices": []}), None])]
    assert llm.complete(prompt).text == ANSWER
    assert len(fake.asked) == 3


def test_a_reply_that_ended_is_whole_whatever_follows(llm, fake, prompt):
    fake.script = [Answer(steps=[event(ANSWER), event(end="stop"), None])]
    assert llm.complete(prompt).finish_reason == "stop"
    fake.script = [Answer(steps=[event(ANSWER), event(end="stop"), 30.0])]
    began = time.monotonic()
    assert llm.complete(prompt).text == ANSWER
    assert time.monotonic() - began < 5


def test_a_filter_that_steps_in_later_leaves_what_was_said(llm, fake, prompt):
    fake.script = [Answer(steps=[event('{"status":'), event(end="content_filter"), DONE])]
    completion = llm.complete(prompt)
    assert (completion.text, completion.finish_reason) == ('{"status":', "error")
    assert "content_filter" in completion.note


def test_an_error_after_some_words_leaves_them(llm, fake, prompt):
    fake.script = [Answer(steps=[event('{"status":'), said({"error": "CUDA"})])]
    assert llm.complete(prompt).finish_reason == "error"


def test_a_server_that_says_nothing_is_given_up(open_at, fake, prompt):
    llm = open_at(fake.url, first_token_s=0.4)
    fake.script = [Answer(steps=[30.0])]
    began = time.monotonic()
    fails(llm, prompt, "said nothing in time")
    assert time.monotonic() - began < 3
    assert len(fake.asked) == 1


def test_pings_and_empty_events_are_no_tokens(open_at, fake, prompt):
    llm = open_at(fake.url, first_token_s=0.5)
    drip = [b": ping\n\n", 0.1, said({"choices": []}), 0.1, event("")] * 60
    fake.script = [Answer(steps=drip)]
    began = time.monotonic()
    fails(llm, prompt, "said nothing in time")
    assert time.monotonic() - began < 3


@pytest.fixture
def dripping():
    """The address of a server whose answer is a header that never ends, byte by byte."""
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def drip() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(100_000)
            connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
            with suppress(OSError):
                while not over.wait(0.05):
                    connection.sendall(b"a")

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    over.set()
    thread.join()
    listener.close()


def test_headers_that_drip_are_given_up(dripping):
    how = Connection(first_token_s=0.5, retries=0)
    wire = Wire(Address.read(dripping), how)
    began = time.monotonic()
    with pytest.raises(BackendError, match="said nothing in time"):
        list(wire.chat({"model": "m", "messages": [], "max_tokens": 8}))
    assert time.monotonic() - began < 2
    wire.close()


def test_a_stalled_reply_is_given_up_and_kept(open_at, fake, prompt):
    llm = open_at(fake.url, idle_s=0.4)
    fake.script = [Answer(steps=[event('{"status":'), 30.0])]
    began = time.monotonic()
    completion = llm.complete(prompt)
    assert (completion.text, completion.finish_reason) == ('{"status":', "timeout")
    assert time.monotonic() - began < 3


def test_slow_tokens_are_waited_for(open_at, fake, prompt):
    llm = open_at(fake.url, idle_s=1.0, first_token_s=1.0)
    steps = [step for piece in streamed(ANSWER, size=10) for step in (piece, 0.2)]
    fake.script = [Answer(steps=steps)]
    assert llm.complete(prompt).text == ANSWER


def test_the_whole_reply_has_a_deadline(llm, fake, prompt):
    fake.script = [Answer(steps=[event("{"), *([0.1, event("x")] * 300)])]
    began = time.monotonic()
    completion = llm.complete(prompt, decoding=Decoding(timeout_s=0.7))
    assert completion.finish_reason == "timeout"
    assert completion.text.startswith("{xx")
    assert time.monotonic() - began < 3


def test_a_reply_without_end_is_refused(llm, fake, prompt):
    flood = Answer(steps=[event("x" * 100_000)] * 200)
    fake.script = [flood]
    with pytest.raises(BackendError, match="more than was asked for"):
        llm.complete(prompt, decoding=Decoding(max_tokens=64))


def test_a_huge_whole_reply_is_refused(llm, fake, prompt):
    fake.script = [Answer(headers=JSON, steps=[b"{" + b" " * 500_000] * 20)]
    with pytest.raises(BackendError, match="more than was asked for"):
        llm.complete(prompt, decoding=Decoding(max_tokens=64))


def test_a_huge_refusal_is_read_at_its_beginning_only(llm, fake, prompt):
    fake.script = [Answer(400, JSON, [b"x" * 60_000] * 400)] * 2
    fails(llm, prompt, "HTTP 400")
    assert fake.broken.wait(3)


def test_control_characters_of_a_reply_reach_no_message(llm, fake, prompt):
    fake.script = [Answer(steps=[event(end="\x1b[2J\x07bell")])]
    with pytest.raises(BackendError, match="'unknown'"):
        llm.complete(prompt)


def test_a_quotation_that_the_server_invents_does_not_pass(llm, fake, prompt):
    quote = {"p": 1, "t": "Give examplazine 400 mg."}
    claim = {"quotes": [quote], "claim": "Give 400 mg."}
    fake.text = json.dumps({"status": "answered", "claims": [claim]})
    quoted = verify(parse(llm.complete(prompt), prompt), prompt)
    assert [claim.support for claim in quoted.claims] == ["unsupported"]
