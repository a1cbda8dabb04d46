"""Heads of requests that come late, slowly or without end."""

import asyncio
import contextlib
import socket
import threading
import time

import pytest

pytest.importorskip("uvicorn")
import uvicorn

from medrag.service import heads

HERE = "127.0.0.1"
WHOLE = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\nab"


async def echo(scope, receive, send):
    """Answer with the length of the body, after as many seconds as the path says."""
    if scope["type"] != "http":
        return
    length, more = 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return
        length, more = length + len(message["body"]), message["more_body"]
    await asyncio.sleep(float(scope["path"][1:] or 0))
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(length).encode()})


@pytest.fixture
def connect(monkeypatch):
    """Return what opens connections to a server that waits 0.4 s for a head."""
    monkeypatch.setattr(heads, "HEAD_S", 0.4)
    config = uvicorn.Config(echo, http=heads.BoundedHeads, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    with contextlib.ExitStack() as opened:
        held = opened.enter_context(socket.create_server((HERE, 0)))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [held]})
        thread.start()

        def end():
            server.should_exit = True
            thread.join()

        opened.callback(end)

        def made():
            client = opened.enter_context(socket.create_connection(held.getsockname()))
            client.settimeout(5)
            return client

        yield made


def is_ended(client):
    """Return whether the server has closed the connection, or does in 5 s."""
    try:
        return client.recv(4096) == b""
    except ConnectionResetError:
        return True


def answered(client):
    """Return what a whole answer says."""
    read = b""
    while not read.endswith(b"0\r\n\r\n"):
        read += client.recv(4096) or pytest.fail(f"closed after {read}")
    return read


def test_a_silent_connection_is_closed(connect):
    assert is_ended(connect())


@pytest.mark.parametrize("said", [b"GET / HT", b"GET / HTTP/1.1\r\nhost: x\r\n", b"\r\n"])
def test_a_head_that_does_not_end_is_given_up(connect, said):
    client = connect()
    client.sendall(said)
    assert is_ended(client)


def test_a_head_in_drops_is_given_up_in_the_same_time(connect):
    client, begun = connect(), time.monotonic()
    client.sendall(b"GET / HTTP/1.1\r\nx: ")
    with contextlib.suppress(ConnectionError):
        while time.monotonic() - begun < 5:
            client.sendall(b"a")
            time.sleep(0.05)
    assert time.monotonic() - begun < 3


def test_empty_lines_after_an_answer_keep_no_connection(connect):
    client = connect()
    client.sendall(WHOLE)
    assert b"\r\n2\r\n" in answered(client)
    client.sendall(b"\r\n")
    assert is_ended(client)


def test_who_asks_again_in_time_keeps_the_connection(connect):
    client = connect()
    for _ in range(6):
        client.sendall(WHOLE)
        assert b"\r\n2\r\n" in answered(client)
        time.sleep(0.2)


def test_an_answer_may_take_longer_than_a_head(connect):
    client = connect()
    client.sendall(WHOLE.replace(b"POST /", b"POST /1.2"))
    assert b"\r\n2\r\n" in answered(client)


def test_a_body_may_be_longer_than_a_head(connect):
    client = connect()
    body = b"a" * (10 * heads.MOST_HEAD)
    client.sendall(WHOLE[:-2].replace(b": 2", b": %d" % len(body)) + body)
    assert b"\r\n655360\r\n" in answered(client)


@pytest.mark.parametrize(
    "begun",
    [
        b"GET /",
        b"GET / HTTP/1.1\r\nx: ",
        b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx: ",
        b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n1;",
    ],
    ids=["target", "header", "trailer", "chunk"],
)
def test_what_never_ends_is_refused(connect, begun):
    client = connect()
    client.sendall(begun)
    sent = 0
    with contextlib.suppress(ConnectionError, TimeoutError):
        while sent < 64 << 20:
            client.sendall(b"a" * 65536)
            sent += 65536
    assert sent < 16 << 20, "it went on reading"


def test_headers_without_end_are_refused(connect):
    client = connect()
    client.sendall(b"GET / HTTP/1.1\r\n")
    sent = 0
    with contextlib.suppress(ConnectionError, TimeoutError):
        while sent < 64 << 20:
            sent += len(lines := b"".join(b"x-%d: a\r\n" % n for n in range(5000)))
            client.sendall(lines)
    assert sent < 16 << 20, "it went on reading"


def test_a_long_head_that_ends_is_read(connect):
    client = connect()
    client.sendall(WHOLE.replace(b"host: x", b"host: x\r\nx: " + b"a" * 20_000))
    assert b"\r\n2\r\n" in answered(client)
