"""Readers who leave a stream, over real sockets: a test client behaves otherwise."""

import json
import socket
import threading
import time

import httpx
import pytest
import uvicorn
from tests.unit.service.conftest import TOKENS

from medrag.service.app import create_app

QUESTION = json.dumps({"question": "What dose of examplazine do adults get?"})


@pytest.fixture
def port(settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(create_app(settings), port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 30
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    yield port
    server.should_exit = True
    thread.join(20)


def headers(**more):
    return {"Authorization": f"Bearer {TOKENS['reader']}", "Host": "127.0.0.1", **more}


def leave_a_stream(port):
    sent = headers(Accept="text/event-stream", **{"Content-Length": str(len(QUESTION))})
    sent["Content-Type"] = "application/json"
    lines = [f"{name}: {value}" for name, value in sent.items()]
    head = "\r\n".join(["POST /v1/ask HTTP/1.1", *lines])
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(f"{head}\r\n\r\n{QUESTION}".encode())


def test_readers_who_leave_a_stream_give_their_places_back(port, settings):
    for _ in range(3 * settings.limits.answers):
        leave_a_stream(port)
    time.sleep(1)
    answers = [
        httpx.post(
            f"http://127.0.0.1:{port}/v1/ask",
            content=QUESTION,
            headers=headers(**{"Content-Type": "application/json"}),
            timeout=20,
        )
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
