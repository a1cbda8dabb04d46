"""A strict fake of an OpenAI-compatible server on loopback, with a script of faults.

It obeys only the fields that it is told to and ignores others, as real servers do; or refuses
what it does not know, as other real servers do. What it posts is chunked as a test wants it.
"""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ANSWER = '{"status":"insufficient","claims":[],"missing":"the dose"}'
KNOWN = {"model", "messages", "max_tokens", "temperature", "stream"}
EVENTS = {"Content-Type": "text/event-stream"}
JSON = {"Content-Type": "application/json"}


@dataclass
class Answer:
    """One answer, byte for byte.

    Attributes:
        steps: Bytes are sent as one chunk; a number is a pause in seconds; None breaks the
            connection off.
    """

    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: dict(EVENTS))
    steps: list[bytes | float | None] = field(default_factory=list)


def refusal(status: int, body: Any = "", **headers: str) -> Answer:
    """An answer that is no completion; `Retry_After` as keyword becomes a header."""
    raw = body if isinstance(body, bytes) else (body or json.dumps({"error": {}})).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, {**JSON, **named}, [raw])


def event(text: str | None = None, *, end: str | None = None, **more: Any) -> bytes:
    """One event of a streamed completion."""
    delta = {} if text is None else {"content": text}
    choice = {"index": 0, "delta": delta, "finish_reason": end}
    return said({"choices": [choice], **more})


def said(value: Any) -> bytes:
    return b"data: " + json.dumps(value, ensure_ascii=False).encode() + b"\n\n"


DONE = b"data: [DONE]\n\n"


def streamed(text: str, *, end: str = "stop", size: int = 7) -> list[bytes]:
    """A whole streamed reply: role, pieces, end, usage, done."""
    first = said({"choices": [{"index": 0, "delta": {"role": "assistant", "content": None}}]})
    pieces = [event(text[at : at + size]) for at in range(0, len(text), size)]
    usage = {"prompt_tokens": 700, "completion_tokens": len(pieces)}
    return [first, *pieces, event(end=end), said({"choices": [], "usage": usage}), DONE]


class FakeServer:
    """What the fake does.

    Attributes:
        obeys: The constraint fields that it reads: `grammar`, `response_format.json_schema`.
        strict: Whether it refuses fields that it does not know with 400.
        owner: What it says owns its models.
        text, end: Its reply and how it ends.
        pages: JSON at other paths; a callable gets the posted body.
        script: Answers given first, in order, instead of the reply; callables get the body.
        asked, headers, paths: What came.
    """

    def __init__(self) -> None:
        self.obeys: set[str] = set()
        self.strict = False
        self.owner = "nobody"
        self.text, self.end = ANSWER, "stop"
        self.models: Any = {"data": [{"id": "fake-1", "max_model_len": 4096}]}
        self.pages: dict[str, Any] = {}
        self.script: list[Any] = []
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.broken = threading.Event()
        self.url = ""

    def answer(self, body: dict[str, Any]) -> Answer:
        if self.script:
            step = self.script.pop(0)
            return step(body) if callable(step) else step
        unknown = set(body) - KNOWN - {path.partition(".")[0] for path in self.obeys}
        if self.strict and unknown:
            message = f"Extra inputs are not permitted: {sorted(unknown)}, messages: context size"
            return refusal(400, json.dumps({"object": "error", "input": message}))
        text = self._word(body) or self.text
        if body.get("stream"):
            return Answer(steps=[b"".join(streamed(text, end=self.end))])
        message = {"role": "assistant", "content": text}
        choice = {"index": 0, "message": message, "finish_reason": self.end}
        return refusal(200, json.dumps({"choices": [choice], "usage": {"prompt_tokens": 7}}))

    def _word(self, body: dict[str, Any]) -> str | None:
        """The reply to the one-word probe, under a field that is obeyed."""
        asked = ""
        for path in self.obeys:
            field, _, kind = path.partition(".")
            value = body.get(field)
            if value is not None and (not kind or kind in value):
                asked += json.dumps(value)
        if "medrag-ok" not in asked:
            return None
        return '{ "p": 7, "t": "medrag-ok" }' if "anyOf" in asked else "medrag-ok"


def _handler(fake: FakeServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            pass

        def do_GET(self) -> None:
            fake.paths.append(self.path)
            page = fake.models if self.path.endswith("/models") else fake.pages.get(self.path)
            self._page(page, {})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            fake.paths.append(self.path)
            if not self.path.endswith("/chat/completions"):
                self._page(fake.pages.get(self.path), body)
                return
            fake.asked.append(body)
            fake.headers.append(dict(self.headers))
            self._send(fake.answer(body))

        def _page(self, page: Any, body: dict[str, Any]) -> None:
            if callable(page):
                page = page(body)
            if isinstance(page, Answer):
                self._send(page)
            elif page is None:
                self._send(refusal(404))
            else:
                self._send(refusal(200, json.dumps(page)))

        def _send(self, answer: Answer) -> None:
            self.send_response(answer.status)
            headers = {**answer.headers, "Transfer-Encoding": "chunked", "Connection": "close"}
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.close_connection = True
            try:
                for step in answer.steps:
                    if step is None:
                        return
                    if isinstance(step, bytes):
                        self.wfile.write(b"%x\r\n%s\r\n" % (len(step), step))
                        self.wfile.flush()
                    else:
                        time.sleep(step)
                self.wfile.write(b"0\r\n\r\n")
            except OSError:
                fake.broken.set()

    return Handler


@contextmanager
def serving(fake: FakeServer, *, tls: ssl.SSLContext | None = None) -> Iterator[FakeServer]:
    """The fake at work; its address is in `fake.url`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(fake))
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # clients that give up are what is tested
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    fake.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}"
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
